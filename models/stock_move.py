from odoo import models
from odoo.tools import SQL

from .xero_sync_mixin import LINKED


class StockMove(models.Model):
    _inherit = "stock.move"

    # Receipts, deliveries, counts and scrap: a product goes to Xero once it has been in stock (S4-27, S4-31).
    _xero_watched = frozenset({"state"})
    _xero_mends = False

    def _write_multi(self, vals_list):
        super()._write_multi(vals_list)
        self.env["xero.outbox"]._mark_written(self, vals_list)

    def _xero_mark_query(self, ids):
        """The products of moves that are done, unless they are items in Xero already."""
        return SQL(
            """SELECT c.id, 'product.product', m.product_id FROM stock_move m
                 JOIN product_product p ON p.id = m.product_id
                 JOIN product_template t ON t.id = p.product_tmpl_id AND t.is_storable
                 JOIN xero_connection c ON c.company_id = m.company_id AND c.send_items AND %s
                 LEFT JOIN xero_binding b ON b.connection_id = c.id AND b.model = 'product.product'
                                         AND b.res_id = m.product_id
                WHERE m.id = ANY(%s) AND m.state = 'done' AND b.external_id IS NULL""",
            LINKED,
            list(ids),
        )
