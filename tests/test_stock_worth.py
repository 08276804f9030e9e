from datetime import timedelta

from odoo.tools import SQL

from .stock_common import StockCase

WRITTEN = ("product_product", "product_template", "product_category", "stock_move", "stock_quant", "product_value")


class TestStockWorth(StockCase):
    """A look at the stock reckons what has changed, and finds the rest where the last look left it."""

    def setUp(self):
        super().setUp()
        self.goods = [self._goods(f"Lamp {n}", standard_price=3.0 + n) for n in range(8)]
        for product in self.goods:
            self._count(product, 5)
        self.ledger = self.env["xero.stock.ledger"]._of(self.connection)
        self.value = self._look()

    def _look(self):
        """What the ledger says that the stock is worth, and how many statements it took."""
        company = self.company.with_env(self.ledger.env)
        accounts = self.ledger._accounts(company)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        values = self.ledger._values(company, accounts)
        self.statements = self.env.cr.sql_log_count - before
        return round(values[self.valuation], 2)

    def _long_ago(self):
        """As if everything had been written two days before the last look."""
        self.env.flush_all()
        for table in (*WRITTEN, "res_company"):
            ago = SQL("UPDATE %s SET write_date = write_date - %s", SQL.identifier(table), timedelta(days=2))
            self.env.cr.execute(ago)
        self.env.invalidate_all()

    def _tamper(self, product, value):
        query = SQL("UPDATE xero_stock_worth SET value = %s WHERE product_id = %s", value, product.id)
        self.env.cr.execute(query)

    def _as_odoo(self):
        self.assertEqual(self._look(), float(self._stock_value()))

    def test_what_has_not_changed_is_not_reckoned(self):
        """S4-13: the second look takes a few statements for any number of products, and says the same."""
        self.assertEqual(self.value, float(self._stock_value()))
        first = self.statements
        self._long_ago()
        self.assertEqual(self._look(), self.value)
        self.assertLess(self.statements, 5)
        self.assertGreater(first, 3 * len(self.goods))

    def test_what_has_changed_is(self):
        """S4-13, S4-41: a count, a new price, and another way to cost are seen each; what rests is taken as it was."""
        self._long_ago()
        self._tamper(self.goods[0], 1000.0)
        self.assertEqual(self._look(), self.value - 15.0 + 1000.0)  # 5 lamps at 3.00 are not looked at
        self._count(self.goods[0], 7)
        self._as_odoo()
        self._long_ago()
        self.goods[1].standard_price = 12.5
        self._as_odoo()
        self._long_ago()
        self.perpetual.property_cost_method = "standard"
        self._as_odoo()

    def test_once_a_day_everything_is(self):
        """S4-13: whatever was missed is put right after a day."""
        self._long_ago()
        self._tamper(self.goods[0], 1000.0)
        self.env.cr.execute(SQL("UPDATE xero_stock_worth SET looked_at = looked_at - %s", timedelta(hours=25)))
        self._long_ago()
        self._as_odoo()

    def test_both_sides(self):
        """S4-13: after many looks Xero has Odoo's value."""
        self._export()
        self._long_ago()
        self._deliver(self.goods[2], 2)
        self._export()
        self._export()
        self.assertStockAgrees()
