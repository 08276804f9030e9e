from odoo import api, fields, models


class XeroCurrency(models.Model):
    """A currency the organisation has added; documents in any other are refused by Xero."""

    _name = "xero.currency"
    _description = "Xero Currency"
    _inherit = ["xero.reference"]
    _order = "code"
    _rec_name = "code"

    _xero_resource = "Currencies"
    _xero_key = "code"

    code = fields.Char(required=True, readonly=True)
    description = fields.Char(readonly=True)

    _code_unique = models.UniqueIndex(
        "(connection_id, code)", "This Xero currency has been read for this connection already."
    )

    @api.model
    def _from_xero(self, element):
        return {
            "code": element["Code"],
            "description": element.get("Description") or False,
            "active": True,
        }
