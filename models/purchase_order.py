from odoo import api, models
from odoo.tools import SQL

from .xero_sync_mixin import LINKED


class PurchaseOrder(models.Model):
    """Confirmed orders go to Xero, so that bills can be checked against them there; requests by setting, as drafts."""

    _name = "purchase.order"
    _inherit = ["purchase.order", "xero.sync.mixin"]

    _xero_watched = frozenset(
        {"state", "name", "partner_id", "partner_ref", "currency_id", "date_order", "date_approve", "date_planned"}
        | {"amount_total", "amount_tax", "invoice_status", "fiscal_position_id"}
    )
    _xero_company_owned = True

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        self.env["xero.outbox"]._mark(orders)
        return orders

    def _xero_mark_query(self, ids):
        """Orders of the connection's period, and whatever is in Xero already (S4-43)."""
        return SQL("%s AND o.id = ANY(%s)", self._xero_orders_query(SQL("o.company_id = c.company_id")), list(ids))

    def _xero_backlog_query(self, connection):
        return SQL(
            """%s AND (b.id IS NULL OR o.write_date > b.last_export_date)
                  AND NOT EXISTS (SELECT 1 FROM xero_outbox w
                       WHERE w.connection_id = c.id AND w.model = 'purchase.order' AND w.res_id = o.id)""",
            self._xero_orders_query(SQL("c.id = %s AND o.company_id = c.company_id", connection.id)),
        )

    def _xero_orders_query(self, connection_condition):
        return SQL(
            """SELECT c.id, 'purchase.order', o.id FROM purchase_order o
                 JOIN xero_connection c ON %s AND %s
                 LEFT JOIN xero_binding b ON b.connection_id = c.id AND b.model = 'purchase.order' AND b.res_id = o.id
                WHERE (b.external_id IS NOT NULL OR b.state = 'sending'
                       OR c.send_purchase_orders
                          AND (o.state = 'purchase' OR c.send_rfqs AND o.state IN ('draft', 'sent', 'to approve'))
                          -- Moments here, days there: the mapper decides about the first day.
                          AND COALESCE(o.date_approve, o.date_order)::date >= c.sync_from_date - 1
                       OR EXISTS (SELECT 1 FROM xero_outbox w
                                   WHERE w.connection_id = c.id AND w.model = 'purchase.order' AND w.res_id = o.id))""",
            connection_condition,
            LINKED,
        )


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    # What changes no amount of the order.
    _xero_watched = frozenset(
        {"name", "product_id", "product_qty", "product_uom_id", "price_unit", "discount", "sequence"}
        | {"display_type", "analytic_distribution", "qty_invoiced"}
    )
    _xero_mends = False

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self.env["xero.outbox"]._mark(lines)
        return lines

    def write(self, vals):
        result = super().write(vals)
        if "tax_ids" in vals:  # no column, and perhaps of the same rate
            self.env["xero.outbox"]._mark(self)
        return result

    def unlink(self):
        self.env["xero.outbox"]._mark(self.order_id)
        return super().unlink()

    def _write_multi(self, vals_list):
        super()._write_multi(vals_list)
        self.env["xero.outbox"]._mark_written(self, vals_list)

    def _xero_mark_query(self, ids):
        return SQL(
            """SELECT b.connection_id, 'purchase.order', l.order_id FROM purchase_order_line l
                 JOIN xero_binding b ON b.model = 'purchase.order' AND b.res_id = l.order_id
                                    AND (b.external_id IS NOT NULL OR b.state = 'sending')
                 JOIN xero_connection c ON c.id = b.connection_id AND %s
                WHERE l.id = ANY(%s)""",
            LINKED,
            list(ids),
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _xero_mark_query(self, ids):
        """A bill that is posted, or is no more, says whether its orders are billed."""
        if not self.env["xero.binding"]._any_linked("purchase.order"):
            return super()._xero_mark_query(ids)
        orders = SQL(
            """SELECT b.connection_id, 'purchase.order', p.order_id FROM account_move_line l
                 JOIN purchase_order_line p ON p.id = l.purchase_line_id
                 JOIN xero_binding b ON b.model = 'purchase.order' AND b.res_id = p.order_id
                                    AND (b.external_id IS NOT NULL OR b.state = 'sending')
                 JOIN xero_connection c ON c.id = b.connection_id AND %s
                WHERE l.move_id = ANY(%s)""",
            LINKED,
            list(ids),
        )
        return SQL("%s UNION ALL %s", super()._xero_mark_query(ids), orders)
