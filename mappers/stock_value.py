from odoo import api, models

from ..exceptions import Hold
from .xero_mapper import Built


class XeroMapperStockValue(models.AbstractModel):
    """ "The stock may be worth something else": has the stock journals made once all documents before are in Xero.

    Nothing of its own leaves; the journals go as documents of theirs.
    """

    _name = "xero.mapper.stock_value"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Stock Value"

    _xero_resource, _xero_id = "StockMoves", None
    _odoo_model, _rank, _batch_size = "xero.connection", 83, 2000

    @api.model
    def _build(self, connection, ids):
        try:
            self.env["xero.stock.ledger"]._settle(connection)
        except Hold as hold:
            return Built(stops=dict.fromkeys(ids, hold))
        return Built(unchanged=list(ids))
