from odoo import api, fields, models

# Where Xero files the tax return itself, and leaves rates out of it that other programs made (xero-api.md 4.9).
FILES_RETURNS = ("AU", "NZ", "GB")


class XeroConnection(models.Model):
    """What happens where Xero has no rate for the taxes of a line."""

    _inherit = "xero.connection"

    create_tax_rates = fields.Boolean(
        "Create Missing Tax Rates",
        tracking=True,
        help="On: where no rate in Xero says the same as the taxes of a line, it is created there, and the document "
        "goes. Off: the document waits until somebody maps the taxes or adds the rate in Xero.",
    )
    files_returns = fields.Boolean(compute="_compute_files_returns")

    @api.depends("country_code")
    def _compute_files_returns(self):
        for connection in self:
            connection.files_returns = connection.country_code in FILES_RETURNS

    def write(self, vals):
        result = super().write(vals)
        if vals.get("create_tax_rates"):
            self.env["xero.issue"]._mended_code(("tax_unmapped",), self)
        return result
