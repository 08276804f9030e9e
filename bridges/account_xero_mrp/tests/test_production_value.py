from odoo.addons.account_xero.tests.stock_common import StockCase
from odoo.addons.account_xero.tests.stock_value_steps import ON_HAND

from .making import Making


class TestProductionValue(Making, StockCase):
    """Manufacturing where Xero does not count the stock: its value rises by the work."""

    def setUp(self):
        super().setUp()
        self.leg, self.table = self._goods("Leg"), self._goods("Table")
        order = self._order(self.leg, 20, 5)
        self._receive(order)
        self._bill(order)
        self._export()
        self._export()

    def test_the_work_stands_against_the_stock(self):
        """S4-15, S4-42: inputs and output even out; the work is taken from the account of its work centre."""
        bom = self._bill_of_material(self.table, [(self.leg, 4)], minutes=30)
        self._map(self.labour, "477")
        before = self._balance("477")
        self._make(bom, 2)
        self._export()
        self._export()
        self.assertStockAgrees()
        self.assertEqual(self._stock_value(), 160)  # 100 of legs and 60 of work
        self.assertEqual(self._balance("477") - before, -60)
        self.assertFalse(self._issues())

    def test_taken_apart(self):
        """S4-42: what is taken apart without loss leaves the value as it was."""
        order = self._make(self._bill_of_material(self.table, [(self.leg, 4)]), 2)
        self._unbuild(order, 1)
        self._export()
        self._export()
        self.assertStockAgrees()
        self.assertEqual(self._stock_value(), 100)
        self.assertFalse(self._issues())

    def test_left_out(self):
        """S4-42, S4-74: an order that is kept out moves no value in Xero, its work neither; taken in again it does."""
        bom = self._bill_of_material(self.table, [(self.leg, 4)], minutes=30)
        self._map(self.labour, "477")
        before = self._balance("477")
        order = self._make(bom, 2)
        order.write({"xero_do_not_export": True, "xero_do_not_export_reason": "Trial run"})
        self._export()
        self._export()
        self.assertEqual((self._stock_value(), self._balance(ON_HAND)), (160, 100))
        self.assertEqual(self._balance("477"), before)
        self.assertIn("Trial run", order.xero_stock_state)
        self.assertFalse(order.xero_code)
        order.action_xero_include()
        self._export()
        self._export()
        self.assertStockAgrees()
        self.assertEqual(self._balance("477") - before, -60)
        self.assertFalse(self._issues())

    def _map(self, account, code):
        rows = self.env["xero.account.mapping"].search([("connection_id", "=", self.connection.id)])
        row = rows.filtered(lambda row: row.account_id == account)
        values = {"connection_id": self.connection.id, "account_id": account.id}
        (row or row.create(values)).xero_account_id = self._xero_account(code)
