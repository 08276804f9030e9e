from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    xero_connection_ids = fields.One2many("xero.connection", "company_id", string="Xero Connections")

    def _xero_connection(self):
        """Return the company's linked Xero connection, or an empty recordset.

        A connection that waits for being authorised again counts: changes made meanwhile are queued.
        """
        self.ensure_one()
        connections = self.env["xero.connection"].sudo()
        found = connections.browse(connections._active_id_for_company(self.id) or ())
        return found.sudo(self.env.su)
