from collections import defaultdict
from datetime import timedelta

from odoo import api, models

# Sales of so many days are compared with those of as many days before.
DAYS = 30
LISTED = 20
SOLD_BY = ("out_invoice", "out_refund", "out_receipt")


class XeroFigure(models.Model):
    """Growth per Product: what was sold of each, and how that has grown, in both books (features.md S5-13)."""

    _inherit = "xero.figure"

    @api.model
    def _read(self, connection, client, day):
        mapper = self.env["xero.mapper.figures"]
        reads = mapper._sales_reads(day - timedelta(days=2 * DAYS))
        sales = mapper._sales(answer for path, params in reads for answer in client.pages(path, params))
        return {**super()._read(connection, client, day), "sales": sales}

    @api.model
    def _least_calls(self, connection):
        return super()._least_calls(connection) + 2

    @api.model
    def _compared(self, connection, read, day):
        return [*super()._compared(connection, read, day), *self._of_products(connection, read["sales"], day)]

    def _of_products(self, connection, sales, day):
        middle = day - timedelta(days=DAYS)
        ours = self._odoo_sales(connection, middle + timedelta(days=1), day)
        ours_before = self._odoo_sales(connection, middle - timedelta(days=DAYS - 1), middle)
        theirs, theirs_before = defaultdict(float), defaultdict(float)
        products = self._products_by_code(connection, {sale.code for sale in sales})
        for sale in sales:
            side = theirs if sale.date > middle else theirs_before
            side[products.get(sale.code, sale.code)] += float(sale.amount)
        figures = [
            {
                "widget": "j_products",
                "key": f"product:{product if isinstance(product, str) else product.id}",
                "label": product if isinstance(product, str) else product.display_name,
                "odoo_amount": ours.get(product, 0.0),
                "xero_amount": theirs.get(product, 0.0),
                "odoo_before": ours_before.get(product, 0.0),
                "xero_before": theirs_before.get(product, 0.0),
                "compared": connection.send_items,
                "res_id": 0 if isinstance(product, str) else product.id,
            }
            for product in {**ours, **theirs, **ours_before, **theirs_before}
        ]
        return sorted(figures, key=lambda one: -max(abs(one["odoo_amount"]), abs(one["xero_amount"])))[:LISTED]

    def _odoo_sales(self, connection, first, last):
        """``{product: sold without tax}`` from one day to another."""
        groups = self.env["account.move.line"]._read_group(
            [*self._sales_domain(connection), ("invoice_date", ">=", first), ("invoice_date", "<=", last)],
            ["product_id"],
            ["balance:sum"],
        )
        return {product: -balance for product, balance in groups}

    def _sales_domain(self, connection):
        return [
            ("company_id", "=", connection.company_id.id),
            ("parent_state", "=", "posted"),
            ("move_id.move_type", "in", SOLD_BY),
            ("display_type", "=", "product"),
            ("product_id", "!=", False),
        ]

    def _products_by_code(self, connection, codes):
        """``{item code: product}``: by link, else by reference."""
        products = self.env["product.product"].with_context(active_test=False)
        own = products.search([("default_code", "in", list(codes))])
        linked = self.env["xero.binding"].search(
            [("connection_id", "=", connection.id), ("resource", "=", "Items"), ("code", "in", list(codes))]
        )
        return {
            **{product.default_code: product for product in own},
            **{link.code: products.browse(link.res_id) for link in linked},
        }

    def action_open(self):
        if self.widget != "j_products":
            return super().action_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "account.move.line",
            "views": [[False, "list"], [False, "form"]],
            "domain": [*self._sales_domain(self.connection_id), ("product_id", "=", self.res_id)],
        }
