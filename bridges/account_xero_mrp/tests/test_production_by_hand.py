from odoo.exceptions import UserError

from odoo.addons.account_xero.tests.test_stock_tracked import TrackedCase

from .making import Making


class TestProductionByHand(Making, TrackedCase):
    """What a manufacturing order says of itself, and what its buttons do."""

    def setUp(self):
        super().setUp()
        self.leg, self.table = (self._goods(name, default_code=name.upper()) for name in ("Leg", "Table"))
        self._bought(self.leg, 20, 5)
        self._sync()
        self.bom = self._bill_of_material(self.table, [(self.leg, 4)])

    def test_sent_by_hand(self):
        """S4-42, S4-82: an order whose schedule is by hand waits, and goes with Send to Xero, from list and form."""
        self.connection.schedule_ids.filtered(lambda row: row.direction == "out").mode = "manual"
        first, second = self._make(self.bom, 1), self._make(self.bom, 2)
        self._run_by_itself(self.connection.export_cron_id)
        self.assertEqual(self._stock_in_xero(self.leg), (20, 100))
        self.assertIn("Waiting", first.xero_stock_state)
        (first | second).action_xero_export_stock()
        self._sync()
        self.assertEqual(self._stock_in_xero(self.leg), (8, 40))
        self.assertEqual(self._stock_in_xero(self.table), (3, 60))
        for order in first | second:
            self.assertTrue(order.xero_stock_connected)
            self.assertIn("Synced", order.xero_stock_state)

    def test_what_is_not_done(self):
        """S4-42: an order that is not done has nothing to send, and says so."""
        order = self.env["mrp.production"].create(
            {"product_id": self.table.id, "bom_id": self.bom.id, "product_qty": 1, "company_id": self.company.id}
        )
        with self.assertRaises(UserError):
            order.action_xero_export_stock()
        self.assertFalse(order.xero_stock_state)
