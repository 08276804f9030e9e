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
    position = fields.Datetime(help="Where a reading that is under way goes on; empty between readings.")
    page = fields.Integer(default=1, help="The page at the position: more records may share a second than fit a page.")
    failures = fields.Integer(help="Failed readings since the last one that succeeded.")

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

    @api.model
    def _rewind(self, connection):
        """Begin at the start date again, at the next run; a reading under way notices and stops."""
        start = fields.Datetime.to_datetime(connection.sync_from_date)
        rewound = {"modified_since": start, "position": False, "page": 1, "failures": 0}
        self.search([("connection_id", "=", connection.id)]).write(rewound)
