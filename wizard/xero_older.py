from odoo import api, fields, models
from odoo.tools import format_date

from ..models.xero_older import DECIDED

SHOWN = 10  # documents that are named


class XeroOlder(models.TransientModel):
    """Whether documents go that are dated before the day from which their connection sends them by itself."""

    _name = "xero.older"
    _inherit = ["xero.chosen"]
    _description = "Send Older Documents"

    older_count = fields.Integer(compute="_compute_older")
    explanation = fields.Text(compute="_compute_older")
    names = fields.Text("Older Documents", compute="_compute_older")

    @api.depends("model", "res_ids")
    def _compute_older(self):
        for wizard in self:
            older = wizard._older()
            wizard.older_count = len(older)
            wizard.explanation = wizard._explain(older)
            wizard.names = "\n".join(older[:SHOWN].mapped("display_name")) + ("\n…" if older[SHOWN:] else "")

    def _older(self):
        return self._records()._xero_older()

    def _explain(self, older):
        connections = self.env["xero.connection"].sudo().browse(older._xero_connection_ids())
        theirs = connections.filtered(lambda connection: connection.company_id in older.company_id)
        return "\n".join(
            self.env._(
                "Documents dated from %(day)s on go to %(organisation)s by themselves. What is older may be in its "
                "books already, entered there or by another program.",
                organisation=connection.organisation_name or connection.name,
                day=format_date(self.env, connection.sync_from_date),
            )
            for connection in theirs
        )

    def action_send(self):
        """All of them go, with what was paid and credited of them."""
        return self._send(self._records())

    def action_send_others(self):
        """Only those go that are not older."""
        return self._send(self._records() - self._older())

    def _send(self, records):
        self.ensure_one()
        return records.with_context(**{DECIDED: True}).action_xero_export()
