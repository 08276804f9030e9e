import logging

from psycopg2.errors import LockNotAvailable

from odoo import fields, models
from odoo.exceptions import UserError

from .. import server_config
from ..const import STATE_LOCK_TIMEOUT, UNAUTHORISED_PAUSE
from ..transactions import on_locked_row
from ..xero_api import codec, oauth
from ..xero_api.client import XeroClient
from ..xero_api.outcomes import ReconnectNeeded, RetryLater, Unauthorised, XeroError
from .xero_connection import MAPPINGS

_logger = logging.getLogger(__name__)

REFERENCE_MODELS = ("xero.account", "xero.tax.rate", "xero.currency", "xero.tracking.category")


class XeroConnection(models.Model):
    """How code talks to a connection's organisation: a client with a token that is good now."""

    _inherit = "xero.connection"

    def _credentials(self):
        """Return endpoints, client_id and client_secret (None for a PKCE app); UserError where no app is named."""
        client_id, client_secret = self._client_app()
        if not client_id:
            raise UserError(
                self.env._(
                    "Enter the client id of your Xero app on the connection first. "
                    "You find it at developer.xero.com, My Apps, Configuration."
                )
            )
        return {"endpoints": self._endpoints(), "client_id": client_id, "client_secret": client_secret}

    def _client_app(self):
        if self.environment == "simulator" and not self.client_id:
            return server_config.simulator_client()
        try:
            secret = self.env["xero.token"]._of(self)._open("client_secret")["client_secret"]
        except ReconnectNeeded as error:
            raise UserError(
                self.env._("The client secret was encrypted with another key than this server's: enter it again.")
            ) from error
        return (self.client_id or "").strip(), secret or None

    def _access_token(self, refused=None):
        """Return an access token that lives on for a minute at least.

        At most a renewal of the token is sent, in a transaction of its own; nothing else is.

        :param refused: the token that Xero has just answered with Unauthorised
        :raises ReconnectNeeded: the connection waits for being authorised again
        :raises RetryLater: another worker is renewing the token for too long
        """
        self.ensure_one()
        if self.state == "reconnect":
            raise ReconnectNeeded("The connection has to be authorised again.")
        if self.state != "connected":
            raise UserError(self.env._("%(name)s is not connected to Xero.", name=self.display_name))
        token = self.env["xero.token"]._of(self)
        try:
            return token._fresh_access_token(self, refused=refused)
        except ReconnectNeeded as error:
            self._note_reconnect_needed(error)
            raise

    def _make_client(self, access_token, **hooks):
        """Return a XeroClient; nothing is sent. Without ``hooks`` it may be used by another thread."""
        return XeroClient(self._endpoints(), access_token, self.tenant_id, roots=self._roots(), **hooks)

    def _roots(self):
        """Resources outside the Accounting API, and where they live; a hook of bridges."""
        return {}

    def _get_client(self, refused=None, on_answer=None, urgency="person"):
        """Return a XeroClient with a good token, whose calls are entered in the budget of the connection.

        :param refused: the client whose token Xero has just answered with Unauthorised
        :param on_answer: handed to the client
        :param urgency: how many of the day's calls are left to others, a key of the budget's reserves; a call that
            has to wait raises RetryLater
        :raises ReconnectNeeded, RetryLater: as `_access_token`
        """
        access_token = self._access_token(refused=refused and refused.access_token)
        budget = self.env["xero.budget"]._of(self)

        def note(call):
            budget._record(call.limits, call.sent_at)
            if on_answer:
                on_answer(call)

        return self._make_client(access_token, before=lambda: budget._admit(urgency), on_answer=note)

    def _with_client(self, function, on_answer=None, urgency="person"):
        """Return function(client); an Unauthorised answer renews the token and calls it once more.

        Where Xero says that the authorisation is gone, the connection moves to the state `reconnect` in
        a transaction of its own and ReconnectNeeded is raised again.
        """
        client = self._get_client(on_answer=on_answer, urgency=urgency)
        try:
            try:
                return function(client)
            except Unauthorised:
                return function(self._get_client(refused=client, on_answer=on_answer, urgency=urgency))
        except (ReconnectNeeded, Unauthorised) as error:
            if after := self._heed_refusal(error):
                raise RetryLater(str(error), after=after, status=error.status) from error
            raise ReconnectNeeded(str(error), status=error.status) from error

    def _heed_refusal(self, error):
        """Xero refused a fresh token: note that the connection has to be authorised again, if that is so.

        A single 401 happens to services. Nobody is called for it while Xero lists the organisation among those that
        the authorisation opens.

        :param error: ReconnectNeeded or Unauthorised
        :return: seconds to wait where the authorisation stands, else None
        """
        if isinstance(error, Unauthorised):
            try:
                if self._is_listed():
                    _logger.warning("Xero refused a token of connection %s that is good: %s", self.id, error)
                    return UNAUTHORISED_PAUSE
            except RetryLater as later:
                return later.after or UNAUTHORISED_PAUSE
            except XeroError as refusal:
                error = refusal
        self._note_reconnect_needed(error)
        return None

    def _is_listed(self):
        """Whether the authorisation opens this organisation; one call, which counts for no limit.

        :raises XeroError: as `_access_token` and `oauth.list_connections`
        """
        remotes = oauth.list_connections(self._endpoints(), self._access_token())
        return self.tenant_id in {remote.get("tenantId") for remote in remotes}

    def _note_reconnect_needed(self, error):
        """Move to the state `reconnect` with a message, in a transaction that survives the caller's rollback."""
        if self.state != "connected":
            return
        _logger.warning("Xero connection %s has to be authorised again: %s", self.id, error)
        try:
            on_locked_row(
                self.sudo(), lambda connection: connection._ask_for_reauthorisation(), lock_timeout=STATE_LOCK_TIMEOUT
            )
        except LockNotAvailable:
            # Somebody edits the connection now; the next failing call says it again.
            _logger.warning("The state of Xero connection %s could not be changed: its row is locked.", self.id)
        self.invalidate_recordset()

    def _ask_for_reauthorisation(self):
        if not self.exists() or self.state != "connected":
            return
        self.state = "reconnect"
        self.message_post(
            body=self.env._(
                "Xero no longer accepts this connection, for example because it was removed in Xero or the password "
                "changed. Open it and press Re-authorise. Changes are queued meanwhile, nothing is lost."
            )
        )

    # -- organisation and reference data -----------------------------------------------------

    def _organisation_values(self, organisation):
        """Return the fields that mirror Xero's Organisation (xero-api.md 4.10)."""
        currency = self.env["res.currency"].with_context(active_test=False)
        return {
            "organisation_name": organisation.get("Name"),
            "organisation_id": organisation.get("OrganisationID"),
            "organisation_class": organisation.get("Class"),
            "short_code": organisation.get("ShortCode"),
            "country_code": organisation.get("CountryCode"),
            "base_currency_id": currency.search([("name", "=", organisation.get("BaseCurrency"))], limit=1).id,
            "timezone": organisation.get("Timezone"),
            "period_lock_date": codec.read_date(organisation, "PeriodLockDate"),
            "end_of_year_lock_date": codec.read_date(organisation, "EndOfYearLockDate"),
            "lock_dates_read_at": fields.Datetime.now(),
        }

    def _read_organisation(self, client):
        """Return Xero's Organisation element; one call."""
        answer = client.get("Organisation")
        return answer.payload["Organisations"][0]

    def _read_lock_dates(self):
        """Read the organisation again, lock dates among it; UserError where Xero does not answer. One call each."""
        for connection in self:
            try:
                organisation = connection._with_client(connection._read_organisation)
            except XeroError as error:
                raise UserError(connection._words_for(error)) from error
            connection.write(connection._organisation_values(organisation))

    def _read_reference_data(self, client):
        """Read organisation, accounts, taxes, currencies and tracking, and propose what is not mapped; five calls.

        All calls come before the first write: a failing one may have to change this connection's state from
        another transaction.
        """
        organisation = self._read_organisation(client)
        fetched = {model: self.env[model]._fetch(self, client) for model in REFERENCE_MODELS}
        self.write(self._organisation_values(organisation))
        for model, rows in fetched.items():
            self.env[model]._replace(self, rows)
        self._choose_default_bank_account()
        for model in MAPPINGS:
            self.env[model]._propose(self)

    def _choose_default_bank_account(self):
        """Keep the user's choice; else the first bank account in the company's currency."""
        if self.default_bank_account_id.active:
            return
        banks = self.env["xero.account"].search([("connection_id", "=", self.id), ("type", "=", "BANK")])
        ours = banks.filtered(lambda bank: bank.currency in (False, self.base_currency_id.name))
        self.default_bank_account_id = (ours or banks)[:1]
