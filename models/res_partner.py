from odoo import fields, models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "xero.sync.mixin"]

    # Shared between companies, so each company has its own policy.
    xero_do_not_export = fields.Boolean(company_dependent=True)
    xero_do_not_export_reason = fields.Char(company_dependent=True)
    xero_do_not_import = fields.Boolean(company_dependent=True)
    xero_do_not_import_reason = fields.Char(company_dependent=True)

    # An allow-list: posting writes customer_rank, mail writes message_bounce, and neither is an edit.
    _xero_watched = frozenset(
        {
            "name",
            "email",
            "vat",
            "phone",
            "website",
            "street",
            "street2",
            "city",
            "zip",
            "state_id",
            "country_id",
        }
    )
    _xero_mends = True
