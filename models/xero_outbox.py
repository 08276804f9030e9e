from odoo import api, fields, models
from odoo.tools import SQL


class XeroOutbox(models.Model):
    """ "This changed." One row a mark; written in the user's own transaction, deleted by the worker.

    Nobody but the engine writes here: marks are raw INSERTs (engine/outbox.py).
    """

    _name = "xero.outbox"
    _inherit = ["xero.record.row"]
    _description = "Xero Export Queue"
    _order = "id"
    _rec_name = "record_name"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade")
    res_id = fields.Many2oneReference(required=True)
    request_id = fields.Many2one("xero.request", index="btree_not_null", help="The call that carries this change now.")
    issue_id = fields.Many2one("xero.issue", index="btree_not_null", ondelete="set null", string="Waits for")
    asked = fields.Boolean(
        help="Somebody pressed Export Now on the record: it goes whatever its schedule and its date say."
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("sending", "In progress"), ("held", "Held")], compute="_compute_state"
    )

    _waiting = models.Index("(connection_id, id) WHERE request_id IS NULL AND issue_id IS NULL")
    _record = models.Index("(model, res_id)")
    _of_connection = models.Index("(connection_id, id)")

    @api.depends("request_id", "issue_id")
    def _compute_state(self):
        for row in self:
            row.state = "held" if row.issue_id else "sending" if row.request_id else "waiting"

    @api.model
    def _send_now(self, query):
        """Queue what somebody asked for, whatever the schedule says; returns the notification that says so.

        :param query: SQL that selects (connection_id, model, res_id)
        """
        outbox = self.sudo()
        outbox._insert_marks([query])
        outbox._ask_for(query)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("Queued for Xero."),
                "type": "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _is_asked(self, connection, record):
        """Whether somebody asked for a record, or a first load takes it: then it goes, whatever its date."""
        domain = [("connection_id", "=", connection.id), ("model", "=", record._name), ("res_id", "=", record.id)]
        return bool(self.sudo().search_count([*domain, ("asked", "=", True)], limit=1))

    @api.model
    def _ask_for(self, query):
        """Let the rows of what a query selects (connection_id, model, res_id) go at once."""
        self.env.cr.execute(
            SQL(
                """UPDATE xero_outbox row SET asked = TRUE FROM (%s) AS source(connection_id, model, res_id)
                    WHERE row.connection_id = source.connection_id AND row.model = source.model
                      AND row.res_id = source.res_id""",
                query,
            )
        )
        self.invalidate_model(["asked"])
