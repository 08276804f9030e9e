from odoo import fields

from .test_items import ItemCase


class TestXeroIsMaster(ItemCase):
    """Xero counts the stock; Odoo reads it."""

    def setUp(self):
        super().setUp()
        self.connection.write({"import_items": True, "import_stock_levels": False})
        self._tracked_item("SOFA", 7, cost=20)
        self.connection.action_reimport()
        self._import()
        self.product = self.env["product.product"].search([("default_code", "=", "SOFA")])
        self.connection.write({"sync_inventory": True, "stock_mode": "xero"})
        self.xero.clear_journal()

    def _level(self):
        return self.env["xero.stock.level"].search([("product_id", "=", self.product.id)])

    def test_quantities_are_read(self):
        """S5-64, S5-67: quantity and value of what Xero counts are read and shown beside Odoo's."""
        self._export()
        level = self._level()
        self.assertEqual((level.xero_quantity, level.xero_value, level.on_hand), (7.0, 140.0, 0.0))
        self.assertFalse(level.is_equal)
        self.assertIn("Xero is master", level.explanation)
        self.assertFalse(self._writes())
        self._buy_in_xero("SOFA", 3)
        self.connection.action_check_stock()
        self._export()
        self.assertEqual(self._level().xero_quantity, 10.0)

    def test_nothing_is_written(self):
        """S5-68: a count in Odoo is not reflected in Xero, and makes Odoo's quantity agree."""
        self._count(self.product, 7)
        self._export()
        self.assertFalse([call for call in self._writes() if "Items" not in call["path"]])
        self.assertEqual(float(self._in_xero("Items", Code="SOFA")[0]["QuantityOnHand"]), 7.0)
        self.assertTrue(self._level().is_equal)
        self.assertFalse(self.env["xero.stock.document"].search([("connection_id", "=", self.connection.id)]))

    def test_not_all_the_time(self):
        """S5-68: quantities cost one call a while, not one a run."""
        self._export()
        self.xero.clear_journal()
        self._export()
        self.assertFalse(self._calls("GET", "Items"))
        self.connection.stock_checked_at = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        self._export()
        self.assertEqual(len([call for call in self.xero.journal("GET") if call["path"].endswith("/Items")]), 1)
