from odoo import fields, models

from ..xero_api.outcomes import XeroError


class XeroConnection(models.Model):
    """The journal of calls: what comes into it beside the workers' calls, and how long it is kept."""

    _inherit = "xero.connection"

    keep_bodies_days = fields.Integer(
        string="Keep Bodies (Days)", default=30, help="What was sent and answered word for word; 0 keeps none of it."
    )
    keep_calls_days = fields.Integer(
        string="Keep Calls (Days)",
        default=180,
        help="After so many days a call is cleared from the request log altogether. The history of records stays.",
    )
    keep_max_mb = fields.Integer(
        string="Bodies at Most (MB)",
        default=500,
        help="Beyond so many megabytes the oldest bodies of calls are cleared before their time.",
    )

    _keep_not_negative = models.Constraint(
        "CHECK(keep_bodies_days >= 0 AND keep_calls_days >= 1 AND keep_max_mb >= 0)",
        "Days and megabytes to keep cannot be negative, and calls are kept for a day at least.",
    )

    def _with_client(self, function, on_answer=None, urgency="person"):
        """Keep the reading calls of buttons and of reference data in the journal of calls."""
        calls = []

        def note(call):
            calls.append(call)
            if on_answer:
                on_answer(call)

        try:
            result = super()._with_client(function, on_answer=note, urgency=urgency)
        except XeroError:
            self.env["xero.request"]._note_reads(self, calls)
            raise
        self.env["xero.request"]._note_reads(self, calls)
        return result
