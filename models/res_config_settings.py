from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    xero_connection_id = fields.Many2one("xero.connection", compute="_compute_xero_connection_id")
    xero_state = fields.Selection(related="xero_connection_id.state")
    xero_organisation_name = fields.Char(related="xero_connection_id.organisation_name")
    xero_authorised_email = fields.Char(related="xero_connection_id.authorised_email")

    @api.depends("company_id")
    def _compute_xero_connection_id(self):
        for settings in self:
            settings.xero_connection_id = settings._xero_connection_of_company()

    def _xero_connection_of_company(self):
        """Return the company's linked connection, else the newest active one, else nothing."""
        company = self.company_id
        newest = self.env["xero.connection"].search([("company_id", "=", company.id)], order="id desc", limit=1)
        return company._xero_connection() or newest

    def action_xero_connect(self):
        """Go to Xero's consent page; where the app's client id is still to be entered, open the connection."""
        connection = self._xero_connection_of_company()
        connection = connection or connection.create({"company_id": self.company_id.id})
        if not connection._client_app()[0]:
            return connection.action_open()
        return connection.action_connect()

    def action_xero_test(self):
        return self._xero_connection_of_company().action_test()

    def action_xero_open(self):
        return self._xero_connection_of_company().action_open()

    def action_xero_first_load(self):
        return self._xero_connection_of_company().action_first_load()
