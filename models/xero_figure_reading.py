from odoo import api, fields, models


class XeroFigureReading(models.Model):
    """When the figures of a connection were read last, and what that cost.

    A row of its own, because a reading may find nothing, and because the row of the connection is not written for it
    (many tables hold a foreign key on it).
    """

    _name = "xero.figure.reading"
    _description = "Reading of Xero Figures"
    _rec_name = "connection_id"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    read_at = fields.Datetime(required=True)
    calls = fields.Integer(required=True, help="Calls to Xero that the reading took.")

    _connection_once = models.UniqueIndex("(connection_id)", "A connection has one reading.")

    @api.model
    def _of(self, connection):
        """The last reading, or empty."""
        return self.search([("connection_id", "=", connection.id)])

    @api.model
    def _note(self, connection, calls):
        values = {"read_at": fields.Datetime.now(), "calls": calls}
        if reading := self._of(connection):
            reading.write(values)
        else:
            self.create({"connection_id": connection.id, **values})
