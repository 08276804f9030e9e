from odoo import api, fields, models


class XeroCursor(models.Model):
    """How far a resource has been read, on Xero's clock (xero-api.md 3.5: never on ours)."""

    _name = "xero.cursor"
    _description = "Xero Import Watermark"
    _rec_name = "resource"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade", index=True)
    resource = fields.Char(required=True)
    modified_since = fields.Datetime()
    last_success = fields.Datetime()

    _resource_unique = models.UniqueIndex("(connection_id, resource)")

    @api.model
    def _get(self, connection, resource):
        cursor = self.search([("connection_id", "=", connection.id), ("resource", "=", resource)])
        return cursor or self.create(
            {
                "connection_id": connection.id,
                "resource": resource,
                "modified_since": fields.Datetime.to_datetime(connection.sync_from_date),
            }
        )
