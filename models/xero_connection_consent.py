from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ..const import START_PATH
from ..xero_api import oauth
from ..xero_api.client import XeroClient
from ..xero_api.outcomes import Gone, MissingScope, ReconnectNeeded, Unauthorised, XeroError
from .xero_connection import LINKED_STATES

_lt = LazyTranslate(__name__)

# What the authorising user has to be allowed to do in Xero, by the status in which documents arrive
# (Organisation/Actions, xero-api.md 4.10), in words.
_DRAFTS = {"CreateDraftInvoice": _lt("create draft invoices"), "CreateDraftBill": _lt("create draft bills")}
NEEDED_ACTIONS = {
    "AUTHORISED": {
        "CreateApprovedInvoice": _lt("approve invoices"),
        "CreateApprovedBill": _lt("approve bills"),
        "CreateInvoicePayment": _lt("enter payments"),
    },
    "SUBMITTED": _DRAFTS,
    "DRAFT": _DRAFTS,
}


class XeroConnection(models.Model):
    """Connecting, testing and disconnecting. The web side of the consent is in controllers/oauth.py."""

    _inherit = "xero.connection"

    # -- buttons -----------------------------------------------------------------------------

    def action_connect(self):
        """Send the user to Xero's consent page."""
        self.ensure_one()
        self._check_may_connect()
        return {"type": "ir.actions.act_url", "url": f"{START_PATH}?connection_id={self.id}", "target": "self"}

    action_reauthorise = action_connect

    def action_test(self):
        """Call Xero and say in words whether the connection works and what right is missing."""
        self.ensure_one()
        try:
            organisation, problems = self._with_client(self._examine)
        except XeroError as error:
            return self._notify("danger", self.env._("Xero does not answer as it should"), self._words_for(error))
        except UserError as error:
            return self._notify("danger", self.env._("The connection cannot be tested"), str(error))
        self.write(self._organisation_values(organisation))
        if problems:
            return self._notify("warning", self.env._("Connected, but rights are missing"), " ".join(problems))
        return self._notify(
            "success",
            self.env._("The connection works"),
            self.env._(
                "%(organisation)s answered, and %(email)s has all the rights that are needed.",
                organisation=organisation.get("Name"),
                email=self.authorised_email or self.env._("the Xero user"),
            ),
        )

    def action_read_reference_data(self):
        """Read accounts, tax rates and currencies again and propose mappings for what is new."""
        self.ensure_one()
        try:
            self._with_client(self._read_reference_data)
        except XeroError as error:
            return self._notify("danger", self.env._("Nothing was read"), self._words_for(error))
        return self._notify(
            "success",
            self.env._("Reference data is up to date"),
            self.env._("Accounts, tax rates, currencies and lock dates were read; look at the mappings."),
        )

    def action_ask_disconnect(self):
        """Open the small form that says what disconnecting means."""
        self.ensure_one()
        view = self.env.ref("account_xero.xero_connection_view_form_disconnect")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Disconnect from Xero"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[view.id, "form"]],
            "target": "new",
        }

    def action_disconnect(self):
        """Remove the connection at Xero and forget the tokens; links, history and mappings stay."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in LINKED_STATES:
            raise UserError(self.env._("%(name)s is not connected to Xero.", name=self.display_name))
        told = self._remove_at_xero()
        self.env["xero.token"]._of(self)._wipe()
        self.write({"state": "disconnected", "remote_connection_id": False, "scopes": False})
        self.message_post(body=told)
        return {"type": "ir.actions.act_window_close"}

    # -- before the consent ------------------------------------------------------------------

    def _check_may_connect(self):
        """Raise UserError with what to do where sending the user to Xero can only end in a refusal."""
        self.check_access("write")
        if not self.active:
            raise UserError(self.env._("This connection is archived. Unarchive it before connecting."))
        self._refuse_second_for_company()
        self._credentials()

    def _refuse_second_for_company(self):
        other = self.sudo().search(
            [("company_id", "=", self.company_id.id), ("state", "in", LINKED_STATES), ("id", "!=", self.id)], limit=1
        )
        if other:
            raise UserError(
                self.env._(
                    "%(company)s is connected to %(organisation)s already, and a company has one Xero organisation. "
                    "Disconnect or archive that connection first.",
                    company=self.company_id.display_name,
                    organisation=other.display_name,
                )
            )

    def _authorize_url(self, *, redirect_uri, state, challenge):
        """Return the address of Xero's consent page."""
        credentials = self._credentials()
        return oauth.authorize_url(
            credentials["endpoints"],
            client_id=credentials["client_id"],
            redirect_uri=redirect_uri,
            scopes=self._wanted_scopes(),
            state=state,
            challenge=challenge,
        )

    # -- after the consent -------------------------------------------------------------------

    def _exchange_code(self, *, code, redirect_uri, verifier):
        """Return the TokenSet for a code that came back from the consent page."""
        return oauth.exchange_code(**self._credentials(), code=code, redirect_uri=redirect_uri, verifier=verifier)

    def _granted_organisations(self, tokens):
        """Return the /connections elements to choose from, those of this consent first of all.

        A re-authorisation may come back without a new event for an organisation that was connected
        all the time; then the one this connection belongs to is looked for among all.
        """
        endpoints = self._endpoints()
        event = oauth.claims(tokens.access_token).get("authentication_event_id")
        granted = _organisations(oauth.list_connections(endpoints, tokens.access_token, auth_event_id=event))
        if not granted and self.tenant_id:
            everything = _organisations(oauth.list_connections(endpoints, tokens.access_token))
            granted = [remote for remote in everything if remote["tenantId"] == self.tenant_id]
        if not granted:
            raise UserError(
                self.env._("No organisation was chosen on Xero's page. Press Connect to Xero again and choose one.")
            )
        return granted

    def _choose(self, granted):
        """Return the one organisation among `granted` to link: our own, else the one no other connection holds."""
        own = [remote for remote in granted if remote["tenantId"] == self.tenant_id]
        if own or self.tenant_id or len(granted) == 1:
            return (own or granted)[0]
        free = [remote for remote in granted if not self._linked_elsewhere(remote["tenantId"])]
        if len(free) > 1:
            raise UserError(
                self.env._(
                    "Several organisations were chosen on Xero's page: %(names)s. A connection has one. Press "
                    "Connect to Xero again and choose the one that belongs to %(company)s.",
                    names=", ".join(remote.get("tenantName") or remote["tenantId"] for remote in free),
                    company=self.company_id.display_name,
                )
            )
        return (free or granted)[0]

    def _accept_consent(self, tokens, remote):
        """Link this connection to the organisation `remote` (an element of /connections) or raise UserError.

        Nothing is written before all checks have passed, so that a refusal leaves the connection as it was.
        """
        self._refuse_second_for_company()
        self._refuse_other_organisation(remote)
        self._refuse_linked_elsewhere(remote)
        client = XeroClient(self._endpoints(), tokens.access_token, remote["tenantId"])
        organisation = self._read_organisation(client)
        self._refuse_other_currency(organisation, tokens, remote)
        again = bool(self.tenant_id)
        self.env["xero.token"]._of(self)._store(tokens)
        self.env["xero.budget"]._of(self)  # made here: the first two workers would make two
        self.write(
            {
                **self._organisation_values(organisation),
                "state": "connected",
                "tenant_id": remote["tenantId"],
                "remote_connection_id": remote["id"],
                "authorised_email": self._email_of(tokens),
                "authorised_at": fields.Datetime.now(),
                "scopes": tokens.scope,
            }
        )
        self._greet(client, again)
        self._wake_export()
        self._wake_import()

    def _email_of(self, tokens):
        return oauth.claims(tokens.id_token).get("email") if tokens.id_token else False

    def _greet(self, client, again):
        """Read the reference data, check the rights, and say in the chatter how it went."""
        done = self.env._("Authorised again by %(email)s.") if again else self.env._("Connected by %(email)s.")
        lines = [done % {"email": self.authorised_email or self.env.user.name}]
        try:
            self._read_reference_data(client)
            lines += self._examine(client)[1]
        except XeroError as error:
            lines.append(
                self.env._(
                    "The reference data could not be read: %(reason)s Press Read Reference Data to try again.",
                    reason=self._words_for(error),
                )
            )
        self.message_post(body=Markup("<br/>").join(lines))

    def _refuse_other_organisation(self, remote):
        if self.tenant_id and remote["tenantId"] != self.tenant_id:
            raise UserError(
                self.env._(
                    "You chose %(chosen)s, but this connection holds the links of %(own)s. Nothing was changed. "
                    "Authorise again and choose %(own)s, or disconnect and archive this connection and make a "
                    "new one for %(chosen)s.",
                    chosen=remote.get("tenantName"),
                    own=self.organisation_name,
                )
            )

    def _linked_elsewhere(self, tenant_id):
        domain = [("tenant_id", "=", tenant_id), ("state", "in", LINKED_STATES), ("id", "!=", self.id)]
        return self.sudo().search(domain, limit=1)

    def _refuse_linked_elsewhere(self, remote):
        other = self._linked_elsewhere(remote["tenantId"])
        if other:
            raise UserError(
                self.env._(
                    "%(organisation)s is connected to the company %(company)s already. One organisation belongs to one "
                    "company: disconnect it there first, or choose another organisation.",
                    organisation=remote.get("tenantName"),
                    company=other.company_id.display_name,
                )
            )

    def _refuse_other_currency(self, organisation, tokens, remote):
        """Refuse an organisation whose books are kept in another currency, and give its place at Xero back."""
        ours, theirs = self.company_id.currency_id.name, organisation.get("BaseCurrency")
        if ours == theirs:
            return
        if self.remote_connection_id != remote["id"]:
            # Xero counts connections until they are removed (xero-api.md 1.7).
            oauth.delete_connection(self._endpoints(), tokens.access_token, remote["id"])
        raise UserError(
            self.env._(
                "%(organisation)s keeps its books in %(theirs)s, but %(company)s in %(ours)s. Amounts would not "
                "agree, so nothing was connected. Choose an organisation with the base currency %(ours)s.",
                organisation=organisation.get("Name"),
                theirs=theirs,
                company=self.company_id.display_name,
                ours=ours,
            )
        )

    # -- examining and removing --------------------------------------------------------------

    def _examine(self, client):
        """Return (Organisation, problems in words): which rights the user or the consent lacks; two calls."""
        organisation = self._read_organisation(client)
        return organisation, self._missing_scopes() + self._missing_actions(client)

    def _missing_scopes(self):
        missing = self._lacking_scopes()
        if not missing:
            return []
        return [
            self.env._(
                "The consent does not cover %(missing)s. Press Re-authorise and allow everything that is asked for.",
                missing=", ".join(missing),
            )
        ]

    def _missing_actions(self, client):
        allowed = self._allowed_actions(client)
        needed = NEEDED_ACTIONS[self.document_status]
        missing = [self.env._(words) for name, words in needed.items() if allowed.get(name, "ALLOWED") != "ALLOWED"]
        if not missing:
            return []
        return [
            self.env._(
                "The Xero user %(email)s may not %(missing)s. In Xero, give this user the role Standard or Adviser "
                "(Settings, Users), or let somebody with that role re-authorise.",
                email=self.authorised_email or "",
                missing=", ".join(missing),
            )
        ]

    @api.model
    def _allowed_actions(self, client):
        """Return {name: status} of what the user and the plan allow (xero-api.md 4.10); one call."""
        try:
            answer = client.get("Organisation/Actions")
        except Gone:  # not offered for this organisation: nothing can be said
            return {}
        return {action["Name"]: action["Status"] for action in answer.payload.get("Actions") or []}

    def _remove_at_xero(self):
        """DELETE /connections for this organisation; return what to tell. UserError where Xero cannot be reached.

        Tokens are not revoked: that would end every connection this user made through the app (xero-api.md 1.1).
        """
        gone = self.env._("Disconnected. Xero had removed this connection already. Links and history are kept.")
        if self.state == "reconnect" or not self.remote_connection_id:
            return gone
        remote_id = self.remote_connection_id
        try:
            self._with_client(lambda client: self._delete_connection(client, remote_id))
        except (ReconnectNeeded, Gone):
            return gone
        except XeroError as error:
            raise UserError(
                self.env._("Xero could not be told, so nothing was changed: %(reason)s", reason=self._words_for(error))
            ) from error
        return self.env._("Disconnected, here and in Xero. Links and history are kept.")

    def _delete_connection(self, client, remote_id):
        oauth.delete_connection(self._endpoints(), client.access_token, remote_id)

    # -- words -------------------------------------------------------------------------------

    def _words_for(self, error):
        """Return what happened and what to do, for the outcomes a button can meet."""
        if isinstance(error, (ReconnectNeeded, Unauthorised)):
            return self.env._("Xero no longer accepts this connection. Press Re-authorise to connect it again.")
        if isinstance(error, MissingScope):
            return self.env._(
                "The consent or the Xero user lacks a right: %(detail)s Press Re-authorise as a user with the role "
                "Standard or Adviser.",
                detail=str(error),
            )
        return str(error)

    def _notify(self, kind, title, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": title,
                "message": message,
                "sticky": kind != "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


def _organisations(connections):
    """Keep organisations; a practice cannot be linked to a company (xero-api.md 1.4)."""
    return [remote for remote in connections if remote.get("tenantType") == "ORGANISATION"]
