from odoo import api, fields, models
from odoo.tools import SQL


class XeroCursor(models.Model):
    """How far a resource has been read, on Xero's clock (xero-api.md 3.5: never on ours)."""

    _name = "xero.cursor"
    _description = "Xero Import Watermark"
    _rec_name = "resource"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade", index=True)
    resource = fields.Char(required=True)
    load_line_id = fields.Many2one(
        "xero.first.load.line", ondelete="cascade", index="btree_not_null", help="The first load that reads for itself."
    )
    modified_since = fields.Datetime()
    last_success = fields.Datetime()
    position = fields.Datetime(help="Where a reading that is under way goes on; empty between readings.")
    page = fields.Integer(default=1, help="The page at the position: more records may share a second than fit a page.")
    generation = fields.Integer(
        default=0, required=True, help="Counts how often the watermark was set back; a reading under way then stops."
    )
    failures = fields.Integer(help="Failed readings since the last one that succeeded.")

    _resource_unique = models.UniqueIndex("(connection_id, resource, COALESCE(load_line_id, 0))")

    @api.model
    def _get(self, connection, resource):
        cursor = self.search([*self._ordinary(connection), ("resource", "=", resource)])
        return cursor or self.create(
            {
                "connection_id": connection.id,
                "resource": resource,
                "modified_since": self._start_of(connection, resource),
            }
        )

    @api.model
    def _ordinary(self, connection):
        return [("connection_id", "=", connection.id), ("load_line_id", "=", False)]

    @api.model
    def _start_of(self, connection, resource):
        return self.env["xero.mapper"]._for_resource(resource)._reads_from(connection)

    @api.model
    def _rewind(self, connection, resource=None):
        """Begin at the start date again, at the next run; a reading under way notices and stops."""
        domain = self._ordinary(connection) + ([("resource", "=", resource)] if resource else [])
        for cursor in self.search(domain):
            start = self._start_of(connection, cursor.resource)
            cursor.write({"modified_since": start, "position": False, "page": 1, "generation": cursor.generation + 1})

    @api.model
    def _read_again(self, connection, resource, since):
        """Read a resource once more from a moment or day on, at the next run, where it was read beyond that."""
        cursor, since = self._get(connection, resource), fields.Datetime.to_datetime(since)
        if not cursor.position and (not cursor.modified_since or cursor.modified_since <= since):
            return
        cursor.write(
            {
                "modified_since": min(since, cursor.modified_since or since),
                "position": False,
                "page": 1,
                "generation": cursor.generation + 1,
            }
        )
        connection._request_reading(resource)

    def _resumed(self):
        """Where an interrupted reading goes on: a moment and a page number."""
        return self.position, self.page

    def _go_on(self, generation, position, page):
        """A page is kept and more follow; False where the watermark was set back meanwhile."""
        return self._move(generation, position=position, page=page)

    def _finish(self, generation, server_time):
        """The last page is kept: the next reading begins at Xero's time of this one."""
        done = {"modified_since": server_time, "last_success": fields.Datetime.now(), "failures": 0}
        return self._move(generation, **done, position=None, page=1)

    def _move(self, generation, **values):
        """Compare and set in one statement: somebody who sets it back at the same time is not overruled."""
        self.flush_recordset()
        pairs = SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items())
        moved = self.env.execute_query(
            SQL("UPDATE xero_cursor SET %s WHERE id = %s AND generation = %s RETURNING id", pairs, self.id, generation)
        )
        self.invalidate_recordset()
        return bool(moved)

    def _count_failure(self):
        self.failures += 1
        return self.failures
