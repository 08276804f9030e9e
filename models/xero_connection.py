from collections import Counter

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from .. import server_config
from ..const import CALLBACK_PATH, EXPORT_INTERVAL, IMPORT_INTERVAL
from ..xero_api.outcomes import ForbiddenHost

# A connection in these states is linked to its organisation: it speaks for its company, its changes
# are queued, and there is one per company and one per organisation.
LINKED_STATES = ("connected", "reconnect")
LINKING = frozenset({"active", "state", "company_id"})  # what decides whether one is linked, and for whom

# What decides which records a change is asked for; nobody waits for the answer of a setting that is off everywhere.
MARKING_SETTINGS = frozenset(
    {"sync_manual_journals", "sync_bank_transfers", "send_attachments", "send_invoice_pdf", "history_notes"}
    | {"unallocated_payments"}
)
OFF = (False, "hold")  # values with which one of them sends nothing

ORGANISATION_URL = "https://go.xero.com/organisationlogin/default.aspx?shortcode={short_code}"

# Nobody needs to know a longer list by its number, and counting a million rows takes a second at each view.
COUNTED = 10_000
MAPPINGS = ("xero.account.mapping", "xero.tax.mapping", "xero.journal.mapping")

CRONS = {
    "export_cron_id": ("Xero: export for %(name)s", "_run_export", EXPORT_INTERVAL),
    "import_cron_id": ("Xero: import for %(name)s", "_run_import", IMPORT_INTERVAL),
}


class XeroConnection(models.Model):
    """One Xero organisation linked to one company. Tokens are in `xero.token`, limits in `xero.budget`."""

    _name = "xero.connection"
    _description = "Xero Connection"
    _inherit = ["mail.thread"]
    _order = "active desc, company_id, id"
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self.env._("Xero"), copy=False)
    active = fields.Boolean(default=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        help="The company whose books are kept in this Xero organisation. It has one active connection.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    state = fields.Selection(
        [
            ("draft", "Not Connected"),
            ("connected", "Connected"),
            ("reconnect", "Authorise Again"),
            ("disconnected", "Disconnected"),
        ],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
    )
    environment = fields.Selection(
        [("live", "Xero"), ("simulator", "Local Simulator")],
        required=True,
        default=lambda self: "simulator" if server_config.simulator_url() else "live",
        help="The local simulator can be chosen where the server's odoo.conf names its address.",
    )
    simulator_available = fields.Boolean(compute="_compute_simulator_available")

    # What the organisation says of itself
    tenant_id = fields.Char(string="Xero Tenant ID", readonly=True, copy=False)
    remote_connection_id = fields.Char(string="Xero's Connection ID", readonly=True, copy=False)
    organisation_name = fields.Char(string="Xero Organisation", readonly=True, copy=False, tracking=True)
    organisation_id = fields.Char(string="Organisation ID", readonly=True, copy=False)
    organisation_class = fields.Char(string="Xero Plan", readonly=True, copy=False)
    short_code = fields.Char(readonly=True, copy=False)
    authorised_email = fields.Char(string="Authorised By", readonly=True, copy=False, tracking=True)
    authorised_at = fields.Datetime(readonly=True, copy=False)
    country_code = fields.Char(readonly=True, copy=False)
    base_currency_id = fields.Many2one("res.currency", readonly=True, copy=False)
    timezone = fields.Char(string="Xero Time Zone", readonly=True, copy=False)
    period_lock_date = fields.Date(readonly=True, copy=False, help="Xero refuses documents dated up to this day.")
    end_of_year_lock_date = fields.Date(readonly=True, copy=False)
    lock_dates_read_at = fields.Datetime(readonly=True, copy=False)
    scopes = fields.Char(string="Granted Rights", readonly=True, copy=False)

    # Settings
    client_id = fields.Char(string="Client ID", copy=False, help="Client id of your app at developer.xero.com.")
    client_secret = fields.Char(
        compute="_compute_client_secret",
        inverse="_inverse_client_secret",
        store=False,
        groups="account_xero.group_xero_administrator",
        help="Only for an app of the type Web app; a Mobile or desktop app (PKCE) has none. "
        "It is stored encrypted and never shown again.",
    )
    has_client_secret = fields.Boolean(compute="_compute_has_client_secret")
    redirect_uri = fields.Char(compute="_compute_redirect_uri", string="Redirect URI")
    sync_from_date = fields.Date(
        string="Sync Documents Dated From",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        copy=False,
        help="Documents dated before this day are not sent by themselves, so that old books stay as they are. "
        "Export Now on one of them asks, and sends it.",
    )
    document_status = fields.Selection(
        [("AUTHORISED", "Approved"), ("SUBMITTED", "Awaiting Approval"), ("DRAFT", "Draft")],
        string="Documents Arrive in Xero As",
        required=True,
        default="AUTHORISED",
        tracking=True,
        help="Payments can be sent only for approved documents.",
    )
    default_bank_account_id = fields.Many2one(
        "xero.account",
        domain="[('connection_id', '=', id), '|', ('type', '=', 'BANK'), ('payments_enabled', '=', True)]",
        help="Payments of journals that are not mapped go to this Xero account.",
    )

    export_cron_id = fields.Many2one("ir.cron", readonly=True, copy=False, ondelete="set null")
    import_cron_id = fields.Many2one("ir.cron", readonly=True, copy=False, ondelete="set null")

    outbox_ids = fields.One2many("xero.outbox", "connection_id", string="Export Queue")
    history_ids = fields.One2many("xero.history", "connection_id", string="Import/Export History")
    issue_ids = fields.One2many("xero.issue", "connection_id", string="Unresolved Errors")
    request_ids = fields.One2many("xero.request", "connection_id", string="Requests")
    outbox_count = fields.Integer(compute="_compute_counts", help="Counted up to one more than 10,000.")
    issue_count = fields.Integer(compute="_compute_counts", help="Counted up to one more than 10,000.")
    outbox_shown = fields.Char(compute="_compute_counts", string="In Queue")
    issue_shown = fields.Char(compute="_compute_counts", string="Errors")
    unmapped_count = fields.Integer(compute="_compute_unmapped_count")

    _company_linked_once = models.UniqueIndex(
        "(company_id) WHERE active AND state IN ('connected', 'reconnect')",
        "This company is connected to a Xero organisation already. Disconnect or archive that connection first.",
    )
    _tenant_linked_once = models.UniqueIndex(
        "(tenant_id) WHERE active AND state IN ('connected', 'reconnect')",
        "This Xero organisation is connected to another company already. Disconnect it there first.",
    )

    # -- computed ----------------------------------------------------------------------------

    @api.depends("organisation_name", "name", "company_id.name")
    def _compute_display_name(self):
        for connection in self:
            unnamed = f"{connection.name} ({connection.company_id.name})"
            connection.display_name = connection.organisation_name or unnamed

    def _compute_simulator_available(self):
        self.simulator_available = bool(server_config.simulator_url())

    def _compute_client_secret(self):
        """Write-only: the field is always empty; whether one is stored is told by `has_client_secret`."""
        self.client_secret = False

    def _inverse_client_secret(self):
        for connection in self.filtered("client_secret"):
            self.env["xero.token"]._of(connection)._seal(client_secret=connection.client_secret.strip())
        self.invalidate_recordset(["client_secret", "has_client_secret"])

    def _compute_has_client_secret(self):
        stored = self.env["xero.token"]._connections_with("client_secret", self.ids)
        for connection in self:
            connection.has_client_secret = connection._origin.id in stored

    def _compute_redirect_uri(self):
        for connection in self:
            connection.redirect_uri = connection.get_base_url() + CALLBACK_PATH

    def _compute_counts(self):
        for connection in self:
            ours = [("connection_id", "=", connection._origin.id)]
            unresolved = [*ours, ("state", "in", ("open", "retry"))]
            connection.outbox_count = self.env["xero.outbox"].sudo().search_count(ours, limit=COUNTED + 1)
            connection.issue_count = self.env["xero.issue"].sudo().search_count(unresolved, limit=COUNTED + 1)
            connection.outbox_shown = _shown(connection.outbox_count)
            connection.issue_shown = _shown(connection.issue_count)

    def _compute_unmapped_count(self):
        missing = Counter()
        for model in MAPPINGS:
            domain = [("connection_id", "in", self.ids), ("mapped", "=", False)]
            groups = self.env[model].sudo()._read_group(domain, ["connection_id"], ["__count"])
            missing.update({connection.id: count for connection, count in groups})
        for connection in self:
            connection.unmapped_count = missing[connection._origin.id]

    # -- one linked connection per company ---------------------------------------------------

    @api.model
    @tools.ormcache("company_id", cache="stable")
    def _active_id_for_company(self, company_id):
        """Return the id of the linked, active connection of a company, or 0."""
        domain = [("company_id", "=", company_id), ("state", "in", LINKED_STATES)]
        return self.sudo().search(domain, limit=1).id or 0

    @api.model
    @tools.ormcache(cache="stable")
    def _any_active(self):
        """Whether any company is linked at all; asked at every change of a watched record.

        In the stable cache, because every import of records clears the default one.
        """
        return bool(self.sudo().search([("state", "in", LINKED_STATES)], limit=1))

    @api.model
    def _any_sends(self, *settings):
        """Whether any linked company has one of these ``MARKING_SETTINGS`` on.

        What nobody sends is left out of the query of a flush: PostgreSQL would plan it all the same, which took most
        of the time that posting an invoice spent here.
        """
        return not self._settings_on().isdisjoint(settings)

    @api.model
    @tools.ormcache(cache="stable")
    def _settings_on(self):
        """Those of ``MARKING_SETTINGS`` that any linked company has on; in the stable cache like ``_any_active``."""
        linked = self.sudo().search([("state", "in", LINKED_STATES)])
        return frozenset(name for name in MARKING_SETTINGS if any(value not in OFF for value in linked.mapped(name)))

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        self.env.registry.clear_cache("stable")
        return connections

    def write(self, vals):
        if "company_id" in vals and self.filtered(lambda c: c.tenant_id and c.company_id.id != vals["company_id"]):
            raise UserError(self.env._("A connection that was authorised stays with its company: make a new one."))
        result = super().write(vals)
        if not (LINKING | MARKING_SETTINGS).isdisjoint(vals):
            self.env.registry.clear_cache("stable")
        if not LINKING.isdisjoint(vals):
            self._arrange_crons()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_never_connected(self):
        known = self.filtered("tenant_id")
        if known:
            raise UserError(
                self.env._(
                    "%(names)s cannot be deleted: the links and the history of its records would be lost. "
                    "Disconnect and archive it instead.",
                    names=", ".join(known.mapped("display_name")),
                )
            )

    def unlink(self):
        self._remove_crons()
        result = super().unlink()
        self.env.registry.clear_cache("stable")
        return result

    # -- crons: one worker per organisation and direction -------------------------------------

    def _arrange_crons(self):
        """Give linked connections their crons and take them from the others."""
        linked = self.filtered(lambda connection: connection.active and connection.state in LINKED_STATES)
        for connection in linked:
            connection._create_missing_crons()
        (self - linked)._remove_crons()

    def _create_missing_crons(self):
        crons = self.env["ir.cron"].sudo()
        for field_name, (title, method, (number, unit)) in CRONS.items():
            self[field_name] = self[field_name] or crons.create(
                {
                    "name": title % {"name": self.organisation_name or self.name},
                    "model_id": self.env["ir.model"]._get_id(self._name),
                    "state": "code",
                    "code": f"model.browse({self.id}).{method}()",
                    "interval_number": number,
                    "interval_type": unit,
                    "user_id": self.env.ref("base.user_root").id,
                }
            )

    def _remove_crons(self):
        """Remove the crons of these connections; one that runs this moment is left, and does nothing next time."""
        crons = self.sudo().export_cron_id | self.sudo().import_cron_id
        crons.try_lock_for_update().unlink()

    def _run_export(self):
        """Entry of the export cron."""
        for connection in self._ready_to_run():
            self.env["xero.exporter"]._run(connection)

    def _run_import(self):
        """Entry of the import cron."""
        for connection in self._ready_to_run():
            self.env["xero.importer"]._run(connection)

    def _ready_to_run(self):
        return self.exists().filtered(lambda connection: connection.active and connection.state == "connected")

    # -- windows -----------------------------------------------------------------------------

    def action_open(self):
        """Open this connection's form."""
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
        }

    def action_open_organisation(self):
        """Open the organisation in Xero, in a new tab."""
        if not self.short_code:
            raise UserError(self.env._("Connect to Xero first: the organisation is not known yet."))
        return {
            "type": "ir.actions.act_url",
            "url": ORGANISATION_URL.format(short_code=self.short_code),
            "target": "new",
        }

    def _action_of(self, xml_id, **more):
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return {**action, "domain": [("connection_id", "=", self.id)], **more}

    def action_open_queue(self):
        return self._action_of("account_xero.xero_outbox_action")

    def action_open_issues(self):
        return self._action_of("account_xero.xero_issue_action")

    def action_open_unmapped(self):
        """Open the first mapping screen that has something left to map."""
        open_ones = (
            model
            for model in MAPPINGS
            if self.env[model].search_count([("connection_id", "=", self.id), ("mapped", "=", False)], limit=1)
        )
        model = next(open_ones, None)
        xml_id = f"account_xero.{(model or MAPPINGS[0]).replace('.', '_')}_action"
        return self._action_of(xml_id, context={"search_default_unmapped": 1} if model else {})

    def _endpoints(self):
        """Return the addresses this connection talks to; UserError where the server does not allow them."""
        try:
            return server_config.endpoints(self.environment)
        except (ValueError, ForbiddenHost) as error:
            raise UserError(str(error)) from error


def _shown(count):
    """A count as people read it: "12", or "10,000+" where it was not counted to the end."""
    return f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"
