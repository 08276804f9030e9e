from odoo import api, fields, models


class XeroHistory(models.Model):
    """What was synced, when, and in which direction. Kept for audit; never lost by pruning requests."""

    _name = "xero.history"
    _inherit = ["xero.record.row"]
    _description = "Xero Import/Export History"
    _order = "id desc"
    _rec_name = "record_name"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade")
    record_name = fields.Char(
        compute=False, search=False, string="Record", help="The record's name when it was synced."
    )
    resource = fields.Char()
    external_id = fields.Char(string="Xero ID")
    direction = fields.Selection([("out", "Export"), ("in", "Import")], required=True)
    action = fields.Selection(
        [
            ("created", "Created"),
            ("updated", "Updated"),
            ("linked", "Linked"),
            ("deleted", "Deleted"),
            ("skipped", "Not sent"),
            ("failed", "Failed"),
            ("unlinked", "Link removed"),
        ],
        required=True,
    )
    note = fields.Char(help="Why, or what Xero warned of.")
    request_id = fields.Many2one("xero.request", ondelete="set null", index="btree_not_null")

    _record = models.Index("(model, res_id)")
    _of_connection = models.Index("(connection_id, id)")

    @api.model
    def _record_many(self, connection, rows):
        """Write one history line per dict of ``rows`` (model, res_id, direction, action, …)."""
        names = self._names((row["model"], row["res_id"]) for row in rows if row.get("res_id"))
        return self.create(
            [
                {"connection_id": connection.id, "record_name": names[row["model"], row.get("res_id")], **row}
                for row in rows
            ]
        )
