from odoo import models
from odoo.tools import SQL

from .xero_sync_mixin import LINKED


class PurchaseOrder(models.Model):
    """Confirmed orders go to Xero, so that bills can be checked against them there."""

    _name = "purchase.order"
    _inherit = ["purchase.order", "xero.sync.mixin"]

    _xero_watched = frozenset(
        {"state", "name", "partner_id", "partner_ref", "currency_id", "date_approve", "date_planned"}
        | {"amount_total", "amount_tax", "invoice_status"}
    )
    _xero_company_owned = True

    def _xero_mark_query(self, ids):
        """Confirmed orders of the connection's period, and whatever is in Xero already."""
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
                       OR o.state = 'purchase' AND c.send_purchase_orders
                          AND COALESCE(o.date_approve, o.date_order)::date >= c.sync_from_date
                       OR EXISTS (SELECT 1 FROM xero_outbox w
                                   WHERE w.connection_id = c.id AND w.model = 'purchase.order' AND w.res_id = o.id))""",
            connection_condition,
            LINKED,
        )


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    # What changes no amount of the order.
    _xero_watched = frozenset({"name", "product_id", "product_qty", "sequence"})
    _xero_mends = False

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
