from odoo import api, fields, models


class XeroBudget(models.Model):
    """How many calls Xero still allows, as its last answer said (xero-api.md 2.1).

    A row of its own, referenced by nothing: many tables hold a foreign key on the connection, and
    writing the connection after every call would make users and the worker wait for each other.
    """

    _name = "xero.budget"
    _description = "Remaining Xero Calls"
    _rec_name = "connection_id"

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="connection_id.company_id")
    minute_remaining = fields.Integer(string="Calls Left This Minute", readonly=True)
    day_remaining = fields.Integer(string="Calls Left Today", readonly=True)
    app_remaining = fields.Integer(string="Calls Left This Minute, All Organisations", readonly=True)
    retry_at = fields.Datetime(readonly=True, help="No call before this time: Xero asked to wait.")
    limit = fields.Char(readonly=True, help="The limit that was reached.")
    updated_at = fields.Datetime(readonly=True)

    _connection_unique = models.UniqueIndex("(connection_id)", "A connection has one budget.")

    @api.model
    def _of(self, connection):
        """Return the budget of the connection, made on first use."""
        budget = self.sudo().search([("connection_id", "=", connection.id)], limit=1)
        return budget or self.sudo().create({"connection_id": connection.id})

    def _record(self, remaining):
        """Note what an answer's headers said; a header that was absent leaves its figure as it was."""
        names = {"minute": "minute_remaining", "day": "day_remaining", "app": "app_remaining"}
        figures = {
            ours: getattr(remaining, theirs)
            for theirs, ours in names.items()
            if getattr(remaining, theirs, None) is not None
        }
        if figures:
            self.sudo().write({**figures, "updated_at": fields.Datetime.now()})

    def _wait(self, until, limit=None):
        """Note that Xero is to be left alone until `until` (naive UTC datetime), and for which limit."""
        self.sudo().write({"retry_at": until, "limit": limit or False})
