from datetime import timedelta

from odoo import fields, models

# How old what was read may be; the worker looks in at least hourly.
FRESH = timedelta(minutes=30)


class XeroConnection(models.Model):
    """Xero is master of the stock: its quantities are read and shown, and nothing of it is sent (S5-67, S5-68)."""

    _inherit = "xero.connection"

    def _stock_check_is_due(self):
        if not self._counts_stock("xero"):
            return super()._stock_check_is_due()
        return not self.stock_checked_at or self.stock_checked_at <= fields.Datetime.now() - FRESH

    def _check_stock(self):
        if not self._counts_stock("xero"):
            return super()._check_stock()
        levels = self._read_stock()
        if levels is not None:
            self.sudo().stock_checked_at = fields.Datetime.now()
            levels._show()
        self.env["ir.cron"]._commit_progress(0, remaining=0)
        return None

    def write(self, vals):
        result = super().write(vals)
        masters = self.filtered(lambda one: one._counts_stock("xero"))
        if masters and {"sync_inventory", "stock_mode"} & vals.keys():
            super(XeroConnection, masters).write({"stock_checked_at": False})
            for connection in masters:
                connection._wake_export()
        return result


class XeroStockLevel(models.Model):
    _inherit = "xero.stock.level"

    def _show(self):
        """Put Odoo's quantity beside Xero's, which is the one that counts."""
        for level in self:
            product = level.product_id.with_company(level.company_id).with_context(
                allowed_company_ids=level.company_id.ids
            )
            on_hand = product.qty_available
            is_equal = level.is_tracked and not product.uom_id.compare(on_hand, level.xero_quantity)
            level.write(
                {
                    "on_hand": on_hand,
                    "expected": level.xero_quantity,
                    "odoo_value": product.total_value,
                    "expected_value": level.xero_value,
                    "is_equal": is_equal,
                    "explanation": level._said_of_master(is_equal),
                }
            )

    def _said_of_master(self, is_equal):
        if not self.is_tracked:
            return self.env._(
                "Xero does not count this item. Counting is switched on per item in Xero, and is off until then."
            )
        if is_equal:
            return self.env._("Xero is master of the stock, and Odoo has the same.")
        return self.env._(
            "Xero is master of the stock, and nothing is sent: no quantity can be written into it, its own invoices "
            "and bills move it. Count the product in Odoo where Odoo should show the same."
        )
