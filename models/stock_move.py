from odoo import models
from odoo.tools import SQL

from .xero_sync_mixin import LINKED


class StockMove(models.Model):
    _inherit = "stock.move"

    # Receipts, deliveries, counts and scrap: a product goes to Xero once it has been in stock (S4-27, S4-31), and what
    # the stock is worth changes. Bills and landed costs change the value of moves that are done.
    # What is set not to be exported changes what the stock journals carry (xero_stock_left_out.py).
    _xero_watched = frozenset({"state", "value", "xero_do_not_export"})
    _xero_mends = False

    def _write_multi(self, vals_list):
        super()._write_multi(vals_list)
        self.env["xero.outbox"]._mark_written(self, vals_list)

    def _xero_mark_query(self, ids):
        """The products of moves that are done, unless they are items in Xero already; and the moves themselves."""
        return SQL(
            "%s UNION ALL %s", self._xero_items_query(ids), self._xero_moves_query(SQL("m.id = ANY(%s)", list(ids)))
        )

    def _xero_items_query(self, ids):
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

    def _xero_moves_query(self, condition):
        """Moves of counted goods, where the connection sends what happens in the warehouse (S4-39 to S4-41)."""
        return SQL(
            """SELECT c.id, 'stock.move', m.id FROM stock_move m
                 JOIN product_product p ON p.id = m.product_id
                 JOIN product_template t ON t.id = p.product_tmpl_id AND t.is_storable
                 JOIN xero_connection c ON c.company_id = m.company_id AND %s
                  AND c.sync_inventory AND c.stock_mode IN ('untracked', 'tracked')
                WHERE m.state = 'done' AND m.date >= c.sync_from_date AND %s""",
            LINKED,
            condition,
        )

    def _xero_backlog_query(self, connection):
        """Without stock journals the first look takes all; where quantities are tracked, moves without document."""
        return

    def _xero_no_value(self):
        """Why a move changes nothing of what the stock is worth; False where it does."""
        if (
            self.is_in
            or self.is_out
            or self.location_id.valuation_account_id != self.location_dest_id.valuation_account_id
        ):
            return False
        if self.is_dropship:
            return self.env._("Nothing to send: it went from the supplier to the customer, past the stock.")
        return self.env._(
            "Nothing to send: a transfer between locations changes neither quantity nor value, and Xero knows no "
            "locations."
        )
