from odoo import fields, models

# Rows shown in a tab. A one2many over the whole history would read every id of it with the form.
TAB_ROWS = 80


class XeroConnection(models.Model):
    """The tabs of a connection: the first rows of each list, with a way to all of them."""

    _inherit = "xero.connection"

    queue_tab_ids = fields.One2many("xero.outbox", compute="_compute_tabs", string="Next in the Queue")
    history_tab_ids = fields.One2many("xero.history", compute="_compute_tabs", string="Latest History")
    issue_tab_ids = fields.One2many("xero.issue", compute="_compute_tabs", string="Latest Errors")

    def _compute_tabs(self):
        for connection in self:
            ours = [("connection_id", "=", connection._origin.id)]
            unresolved = [*ours, ("state", "in", ("open", "retry"))]
            connection.queue_tab_ids = self.env["xero.outbox"].search(ours, limit=TAB_ROWS)
            connection.history_tab_ids = self.env["xero.history"].search(ours, limit=TAB_ROWS)
            connection.issue_tab_ids = self.env["xero.issue"].search(unresolved, limit=TAB_ROWS)

    def action_open_history(self):
        return self._action_of("account_xero.xero_history_action")
