from odoo import api, models
from odoo.tools import SQL

from .xero_sync_mixin import LINKED


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _with_valuation_context(self):
        """Count one company's stock only where the stock journals ask: the worker's user sees all companies."""
        products = super()._with_valuation_context()
        company_id = self.env.context.get("xero_stock_company")
        if not company_id:
            return products
        domain = [("is_valued_internal", "=", True), ("company_id", "=", company_id)]
        return products.with_context(location=self.env["stock.location"].search(domain).ids)


class ProductValue(models.Model):
    _inherit = "product.value"

    # A cost that somebody sets revalues what is in stock, and no stock move says so.

    @api.model_create_multi
    def create(self, vals_list):
        values = super().create(vals_list)
        self.env["xero.outbox"]._mark(values)
        return values

    @api.model
    def _xero_mark_query(self, ids):
        return SQL(
            """SELECT c.id, 'xero.connection', c.id FROM product_value v
                 JOIN xero_connection c ON c.company_id = v.company_id AND %s
                  AND c.sync_inventory AND c.stock_mode = 'untracked'
                WHERE v.id = ANY(%s)""",
            LINKED,
            list(ids),
        )
