from . import stock_making_steps, stock_value_steps, stock_value_walk
from .money_steps import unhurried
from .stock_common import StockCase


class TestStockSteps(StockCase):
    """Whatever happens in the warehouse, in whatever order, the value in Xero is Odoo's."""

    def test_by_chance(self):
        """S4-13, S4-14, S4-41, S4-85, S4-89, S4-90, S4-91: after each sync of 60 steps Xero has Odoo's value."""
        self.startPatcher(unhurried(self.xero))
        categories = [
            stock_value_steps.category(self.env, self.valuation, *kind) for kind in stock_value_steps.CATEGORIES
        ]
        warehouse = stock_value_walk.ValuedWarehouse(
            self.env,
            self.connection,
            self.xero,
            self._export,
            self.supplier,
            self.customer,
            stock_value_steps.goods(self.env, categories),
            seed=8,
        )
        found = []
        made = warehouse.run(60, check=lambda: found.extend(warehouse.differences()))
        self.assertFalse(found, dict(made))
        self.assertGreater(sum(made.values()), 25)
        self.assertLessEqual(stock_making_steps.often(self.env), set(made))
        self.assertTrue(self._journals())
