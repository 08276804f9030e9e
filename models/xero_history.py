from collections import defaultdict

from odoo import api, fields, models


class XeroHistory(models.Model):
    """What was synced, when, and in which direction. Kept for audit; never lost by pruning requests."""

    _name = "xero.history"
    _description = "Xero Import/Export History"
    _order = "id desc"
    _rec_name = "record_name"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id")
    model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="model", string="Record ID")
    record_name = fields.Char(string="Record")
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

    @api.model
    def _names(self, keys):
        """Return ``{(model, id): display name}``; one read per model, and never an error for what is gone."""
        ids = defaultdict(set)
        for model, res_id in keys:
            ids[model].add(res_id)
        names = defaultdict(str)
        for model, res_ids in ids.items():
            records = self.env[model].sudo().browse(res_ids).exists() if model in self.env else []
            names.update({(model, res_id): f"{model},{res_id}" for res_id in res_ids})
            names.update({(model, record.id): record.display_name for record in records})
        return names

    @api.model
    def _open(self, model, res_id):
        """Window action that opens the form of a record (a reconciliation opens its document)."""
        record = self.env[model].browse(res_id).exists()
        if record and hasattr(record, "_xero_form_record"):
            record = record._xero_form_record()
        if not record:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [[False, "form"]],
        }

    def action_open_record(self):
        return self._open(self.model, self.res_id)

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
