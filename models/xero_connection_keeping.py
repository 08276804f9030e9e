from odoo import fields, models


class XeroConnection(models.Model):
    """How long the journal of calls is kept."""

    _inherit = "xero.connection"

    keep_bodies_days = fields.Integer(
        string="Keep Bodies (Days)", default=30, help="What was sent and answered word for word; 0 keeps none of it."
    )
    keep_calls_days = fields.Integer(string="Keep Calls (Days)", default=180)
    keep_max_mb = fields.Integer(string="Bodies at Most (MB)", default=500)

    _keep_not_negative = models.Constraint(
        "CHECK(keep_bodies_days >= 0 AND keep_calls_days >= 1 AND keep_max_mb >= 0)",
        "Days and megabytes to keep cannot be negative, and calls are kept for a day at least.",
    )
