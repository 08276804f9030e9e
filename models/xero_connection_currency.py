from odoo import fields, models


class XeroConnection(models.Model):
    """Whether the organisation's plan includes several currencies."""

    _inherit = "xero.connection"

    multicurrency = fields.Boolean(
        string="Several Currencies",
        readonly=True,
        default=True,
        copy=False,
        help="Whether the organisation's plan includes several currencies. Where it does, a currency that a document "
        "needs is added in Xero by itself.",
    )

    def _read_reference_data(self, client):
        """Read besides what the plan allows; one call more, before the first write."""
        allowed = self._allowed_actions(client)
        super()._read_reference_data(client)
        self.multicurrency = allowed.get("UseMulticurrency", "ALLOWED") == "ALLOWED"
