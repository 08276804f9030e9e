from odoo import api, fields, models

# Where Xero files the tax return itself, and leaves rates out of it that other programs made (xero-api.md 4.9).
FILES_RETURNS = ("AU", "NZ", "GB")


class XeroConnection(models.Model):
    """What happens where Xero has no rate for the taxes of a line, or cannot reach the cent by prices."""

    _inherit = "xero.connection"

    create_tax_rates = fields.Boolean(
        "Create Missing Tax Rates",
        tracking=True,
        help="On: where no rate in Xero says the same as the taxes of a line, it is created there, and the document "
        "goes. Off: the document waits until somebody maps the taxes or adds the rate in Xero.",
    )
    rounding_line = fields.Boolean(
        "Allow a Rounding Line",
        default=True,
        help="Where Xero counts the stock of an item, the quantity of a line has to stay as it is, and a price of more "
        "than four decimals leaves a few cents. On: they go on one line to Xero's rounding account. Off: such a "
        "document is held.",
    )
    files_returns = fields.Boolean(compute="_compute_files_returns")

    @api.depends("country_code")
    def _compute_files_returns(self):
        for connection in self:
            connection.files_returns = connection.country_code in FILES_RETURNS

    def _rounding_account(self):
        """Return the account that the organisation keeps for roundings, by its role: its code differs."""
        return (
            self.env["xero.account"]
            .sudo()
            .search([("connection_id", "=", self.id), ("system_account", "=", "ROUNDING")], limit=1)
        )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("create_tax_rates"):
            self.env["xero.issue"]._mended_code(("tax_unmapped",), self)
        return result
