from odoo import fields, models


class XeroIssueSkip(models.TransientModel):
    """Give changes up for a reason that stays in the history."""

    _name = "xero.issue.skip"
    _description = "Skip Xero Errors"

    issue_ids = fields.Many2many("xero.issue", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Take the changes that wait for the issues off the queue."""
        self.issue_ids.action_skip(self.reason)
        return {"type": "ir.actions.act_window_close"}
