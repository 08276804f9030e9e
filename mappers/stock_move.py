"""Moves in the warehouse. Xero has no moves and no locations: what they change of the stock's value goes (A6-8)."""

from odoo import api, models

from ..exceptions import Hold, Skip
from .xero_mapper import Built


class XeroMapperStockMove(models.AbstractModel):
    """Stock moves → the documents that carry them, or a reason why nothing has to be sent."""

    _name = "xero.mapper.stock_move"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Stock Moves"

    _xero_resource, _xero_id = "StockMoves", None
    _odoo_model, _rank, _batch_size = "stock.move", 82, 2000

    @api.model
    def _build(self, connection, ids):
        moves = self.env["stock.move"].browse(ids).exists()
        try:
            reasons = connection._stock_documents_for(moves)
        except Hold as hold:
            return Built(stops=dict.fromkeys(ids, hold))
        stops = {move.id: Skip(reasons[move.id]) for move in moves if move.id in reasons}
        return Built(stops=stops, unchanged=[id_ for id_ in ids if id_ not in stops])
