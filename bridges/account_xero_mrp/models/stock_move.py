from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _xero_stock_cause(self):
        """What a manufacturing order or an unbuild order consumed or made."""
        made = self.production_id | self.raw_material_production_id
        if made or self.unbuild_id or self.consume_unbuild_id:
            return "production"
        return super()._xero_stock_cause()
