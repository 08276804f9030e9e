from odoo import api, fields, models


class XeroStockWatch(models.Model):
    """When the stock of a connection was last compared with Xero's, and whether it has moved there since.

    A row of its own, so that the worker writes nothing on the connection that a user may be editing (design.md 2).
    """

    _name = "xero.stock.watch"
    _description = "Watch over the Stock in Xero"

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade", index=True)
    checked_at = fields.Datetime(readonly=True)
    moved = fields.Boolean(readonly=True)

    _once = models.UniqueIndex("(connection_id)", "A connection's stock has one watch.")

    @api.model
    def _of(self, connection):
        """The watch of a connection, made on first use."""
        watch = self.sudo().search([("connection_id", "=", connection.id)], limit=1)
        return watch or self.sudo().create({"connection_id": connection.id})

    def _note_moved(self):
        if not self.moved:
            self.moved = True


class XeroConnection(models.Model):
    _inherit = "xero.connection"

    stock_checked_at = fields.Datetime(
        "Last Compared",
        compute="_compute_stock_checked_at",
        inverse="_inverse_stock_checked_at",
        help="When the stock of both sides was last compared.",
    )

    def _compute_stock_checked_at(self):
        # Reading makes no watch: a page that is opened has a cursor that may only read.
        watches = self.env["xero.stock.watch"].sudo().search([("connection_id", "in", self.ids)])
        checked = {watch.connection_id.id: watch.checked_at for watch in watches}
        for connection in self:
            connection.stock_checked_at = checked.get(connection.id, False)

    def _inverse_stock_checked_at(self):
        for connection in self:
            connection._stock_watch().checked_at = connection.stock_checked_at

    def _stock_watch(self):
        return self.env["xero.stock.watch"]._of(self)

    def _note_stock_moved(self):
        """What Xero counts, or what Odoo expects of it, has changed since both were compared."""
        self._stock_watch()._note_moved()
