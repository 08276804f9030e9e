import logging
import secrets
import time
from urllib.parse import urlsplit

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request
from odoo.tools import consteq
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..const import CALLBACK_PATH, CONSENT_MINUTES, START_PATH
from ..xero_api import hosts, oauth
from ..xero_api.outcomes import XeroError

_logger = logging.getLogger(__name__)

STATE_SCOPE = "account_xero.consent"
# Kept in the session between the two visits: {nonce: what the consent was begun with}. The PKCE verifier never
# travels through the browser.
SESSION_CONSENT = "account_xero_consent"


class ConsentRefused(Exception):
    """The way back from Xero is not the one that was begun here; carries the text of the page."""


class XeroOAuthController(http.Controller):
    """The web side of connecting: to Xero's consent page and back (OAuth 2.0 code flow with PKCE)."""

    @http.route(START_PATH, type="http", auth="user", methods=["GET"], sitemap=False)
    def start(self, connection_id=None, **_ignored):
        """Begin a consent for a connection and send the browser to Xero."""
        connection = self._connection(connection_id)
        try:
            connection._check_may_connect()
            redirect_uri = self._redirect_uri(connection)
            verifier, challenge = oauth.pkce_pair()
            state = self._begin(connection, verifier, redirect_uri)
            url = connection._authorize_url(redirect_uri=redirect_uri, state=state, challenge=challenge)
        except (UserError, XeroError) as error:
            return self._failed(str(error), connection)
        return request.redirect(url, local=False)

    @http.route(CALLBACK_PATH, type="http", auth="user", methods=["GET"], sitemap=False)
    def callback(self, state=None, code=None, error=None, error_description=None, **_ignored):
        """Come back from Xero: check that it is our consent, exchange the code, link the organisation."""
        connection = request.env["xero.connection"]
        try:
            begun = self._finish(state)
            connection = self._connection(begun["connection_id"])
            if error or not code:
                return self._failed(self._refusal(error, error_description), connection)
            with request.env.cr.savepoint():
                return self._accept(connection, begun, code)
        except ConsentRefused as refusal:
            return self._failed(str(refusal), connection, status=400)
        except UserError as refusal:
            return self._failed(str(refusal), connection)
        except XeroError as failure:
            _logger.info("Connecting to Xero failed: %s", failure)
            return self._failed(connection._words_for(failure), connection)

    # -- state: signed, bound to the session and the user, used once ----------------------------

    def _begin(self, connection, verifier, redirect_uri):
        nonce = secrets.token_urlsafe(32)
        deadline = time.time() + CONSENT_MINUTES * 60
        open_consents = {
            key: begun
            for key, begun in (request.session.get(SESSION_CONSENT) or {}).items()
            if begun["deadline"] > time.time()
        }
        open_consents[nonce] = {
            "connection_id": connection.id,
            "user_id": request.env.uid,
            "verifier": verifier,
            "redirect_uri": redirect_uri,
            "deadline": deadline,
        }
        request.session[SESSION_CONSENT] = open_consents
        return hash_sign(
            request.env(su=True), STATE_SCOPE, [connection.id, nonce], expiration_hours=CONSENT_MINUTES / 60
        )

    def _finish(self, state):
        """Return what was begun for `state` and forget it before it is used; ConsentRefused for anything else."""
        connection_id, nonce = self._verified(state)
        open_consents = dict(request.session.get(SESSION_CONSENT) or {})
        known = next((key for key in open_consents if consteq(key, nonce)), None)
        begun = open_consents.pop(known, None)
        request.session[SESSION_CONSENT] = open_consents
        if not begun or begun["user_id"] != request.env.uid or begun["connection_id"] != connection_id:
            raise ConsentRefused(
                request.env._(
                    "This way back from Xero was used already, or was begun in another browser or by another user. "
                    "Nothing was changed. Open the connection and press Connect to Xero again."
                )
            )
        return begun

    def _verified(self, state):
        try:
            values = verify_hash_signed(request.env(su=True), STATE_SCOPE, state or "")
            connection_id, nonce = values
        except (ValueError, TypeError):
            raise ConsentRefused(
                request.env._(
                    "The answer from Xero does not belong to a connection that was begun here, or it took longer than "
                    "%(minutes)s minutes. Nothing was changed. Open the connection and press Connect to Xero again.",
                    minutes=CONSENT_MINUTES,
                )
            ) from None
        return connection_id, nonce

    # -- steps ---------------------------------------------------------------------------------

    def _connection(self, connection_id):
        """Return the connection where the user is an administrator of it; 403 or 404 otherwise."""
        if not request.env.user.has_group("account_xero.group_xero_administrator"):
            raise AccessError(request.env._("Only a Xero administrator can connect an organisation."))
        if not str(connection_id or "").isdecimal():
            raise request.not_found()
        connection = request.env["xero.connection"].browse(int(connection_id)).exists()
        if not connection:
            raise request.not_found()
        companies = request.env.user.company_ids
        connection = connection.with_context(allowed_company_ids=companies.ids)
        connection.check_access("write")
        return connection.with_company(connection.company_id)

    def _accept(self, connection, begun, code):
        tokens = connection._exchange_code(code=code, redirect_uri=begun["redirect_uri"], verifier=begun["verifier"])
        connection._accept_consent(tokens, connection._choose(connection._granted_organisations(tokens)))
        return self._to_form(connection)

    def _redirect_uri(self, connection):
        """Return the address Xero sends the browser back to: the one the session's cookie belongs to.

        Xero takes https, and http for localhost alone (xero-api.md 1.2).
        """
        here = request.httprequest.url_root.rstrip("/")
        base = here if hosts.is_loopback(here) else connection.get_base_url()
        parsed = urlsplit(base)
        if connection.environment == "live" and parsed.scheme != "https" and parsed.hostname != "localhost":
            raise UserError(
                request.env._(
                    "Xero sends users back only to an https address, or to http://localhost for tests, and this is "
                    "%(address)s. Open Odoo under such an address and set it as the app's redirect URI.",
                    address=base,
                )
            )
        return base + CALLBACK_PATH

    def _refusal(self, error, description):
        if error == "access_denied":
            return request.env._(
                "Access was not allowed on Xero's page, so nothing was connected. Press Connect to Xero again when you "
                "are ready."
            )
        return request.env._(
            "Xero ended the consent without a result (%(reason)s). Nothing was changed. Check the client id and the "
            "redirect URI of the app, then press Connect to Xero again.",
            reason=(description or error or "no code")[:200],
        )

    def _to_form(self, connection):
        return request.redirect(f"/odoo/xero-connections/{connection.id}")

    def _failed(self, text, connection, status=200):
        back = f"/odoo/xero-connections/{connection.id}" if connection else "/odoo/xero-connections"
        return request.render("account_xero.oauth_failed", {"text": text, "back": back}, status=status)
