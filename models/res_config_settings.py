from odoo import api, fields, models

from .. import server_config
from ..const import CALLBACK_PATH

OF_CONNECTION = "[('connection_id', '=', xero_connection_id), ('code', '!=', False), %s]"
NO_BANK = OF_CONNECTION % "('type', 'not in', ('BANK', 'INVENTORY')), ('system_account', '=', False)"
BANK = OF_CONNECTION % "('type', '=', 'BANK')"
PAYABLE = "[('connection_id', '=', xero_connection_id), ('type', '!=', 'BANK'), ('payments_enabled', '=', True)]"


def _setting(name, kind=fields.Char, **more):
    """A setting of the company's connection, with its label and its help."""
    return kind(related=f"xero_connection_id.{name}", readonly=False, **more)


class ResConfigSettings(models.TransientModel):
    """Settings > Integrations > Xero, and Settings > Xero: the connection of the company in sight."""

    _inherit = "res.config.settings"

    xero_connection_id = fields.Many2one("xero.connection", compute="_compute_xero_connection_id")
    xero_state = fields.Selection(related="xero_connection_id.state")
    xero_environment = fields.Selection(related="xero_connection_id.environment")
    xero_organisation_name = fields.Char(related="xero_connection_id.organisation_name")
    xero_organisation_class = fields.Char(related="xero_connection_id.organisation_class")
    xero_authorised_email = fields.Char(related="xero_connection_id.authorised_email")
    xero_calls_left = fields.Char(related="xero_connection_id.calls_left")
    xero_last_success = fields.Html(related="xero_connection_id.last_success", sanitize=False)
    xero_simulator_available = fields.Boolean(compute="_compute_xero_server")
    xero_redirect_uri = fields.Char(compute="_compute_xero_server", string="Redirect URI")
    xero_wanted_rights = fields.Text(compute="_compute_xero_wanted_rights", string="Rights Xero Will Ask You For")

    # What can be set here; the rest is on the connection.
    xero_sync_from_date = _setting("sync_from_date", fields.Date)
    xero_document_status = _setting("document_status", fields.Selection)
    xero_import_contacts = _setting("import_contacts", fields.Selection)
    xero_sync_item_descriptions = _setting("sync_item_descriptions", fields.Boolean)
    xero_lock_invoices = _setting("lock_invoices", fields.Boolean)
    xero_clearing_account_id = _setting("clearing_account_id", fields.Many2one, domain=PAYABLE)
    xero_sync_inventory = _setting("sync_inventory", fields.Boolean)
    xero_stock_mode = _setting("stock_mode", fields.Selection)
    xero_stock_adjustment_account_id = _setting("stock_adjustment_account_id", fields.Many2one, domain=NO_BANK)
    xero_supplier_payment_account_id = _setting("supplier_payment_account_id", fields.Many2one, domain=BANK)
    xero_supplier_refund_account_id = _setting("supplier_refund_account_id", fields.Many2one, domain=BANK)
    xero_compare_balance_sheet = _setting("compare_balance_sheet", fields.Boolean)

    @api.depends("company_id")
    def _compute_xero_connection_id(self):
        for settings in self:
            settings.xero_connection_id = settings._xero_connection_of_company()

    def _compute_xero_server(self):
        for settings in self:
            settings.xero_simulator_available = bool(server_config.simulator_url())
            settings.xero_redirect_uri = settings.get_base_url() + CALLBACK_PATH

    @api.depends("company_id")
    def _compute_xero_wanted_rights(self):
        for settings in self:
            connection = settings.xero_connection_id or self.env["xero.connection"].new()
            settings.xero_wanted_rights = connection.wanted_rights

    def _xero_connection_of_company(self):
        """Return the company's linked connection, else the newest active one, else nothing."""
        company = self.company_id
        newest = self.env["xero.connection"].search([("company_id", "=", company.id)], order="id desc", limit=1)
        return company._xero_connection() or newest

    # === BUTTONS === #

    def action_xero_connect(self):
        """Go to Xero's consent page; where the app's client id is still to be entered, open the connection."""
        connection = self._xero_connection_of_company()
        connection = connection or connection.create({"company_id": self.company_id.id})
        if not connection._client_app()[0]:
            return connection.action_open()
        return connection.action_connect()

    def action_xero_test(self):
        return self._xero_connection_of_company().action_test()

    def action_xero_disconnect(self):
        return self._xero_connection_of_company().action_ask_disconnect()

    def action_xero_read_reference_data(self):
        return self._xero_connection_of_company().action_read_reference_data()

    def action_xero_open(self):
        return self._xero_connection_of_company().action_open()

    def action_xero_first_load(self):
        return self._xero_connection_of_company().action_first_load()
