from odoo.fields import Command

from .stock_common import StockCase


class TestStockLandedCosts(StockCase):
    """Freight that raises what goods are worth."""

    def setUp(self):
        super().setUp()
        if "stock.landed.cost" not in self.env:
            self.skipTest("The app Landed Costs is not installed.")
        self.lamp = self._goods()
        self.freight_account = self.env["account.account"].create(
            {"name": "Freight Inwards", "code": "510100", "account_type": "expense_direct_cost"}
        )
        mapped = {"account_id": self.freight_account.id, "xero_account_id": self._xero_account("425").id}
        self.env["xero.account.mapping"].create({"connection_id": self.connection.id, **mapped})
        order = self._order(self.lamp, 10, 20)
        self.picking = self._receive(order)
        self._bill(order)
        self._sync()

    def _sync(self):
        self._export()
        self._export()

    def _freight(self, amount):
        product = self.env["product.product"].create(
            {"name": "Freight", "type": "service", "landed_cost_ok": True, "taxes_id": False}
        )
        line = {
            "product_id": product.id,
            "name": "Freight",
            "price_unit": amount,
            "split_method": "equal",
            "account_id": self.freight_account.id,
        }
        cost = self.env["stock.landed.cost"].create(
            {
                "company_id": self.company.id,
                "picking_ids": [Command.set(self.picking.ids)],
                "account_journal_id": self.company.account_stock_journal_id.id,
                "cost_lines": [Command.create(line)],
            }
        )
        cost.button_validate()
        return cost

    def test_freight_raises_the_stock(self):
        """S4-13, S4-14: what freight adds to the stock is taken from the account of its cost line, once."""
        before = self._balance("425")
        self._freight(33.33)
        self._sync()
        self.assertStockAgrees()
        self.assertEqual(float(self._stock_value()), 233.33)
        self.assertEqual(float(self._balance("425") - before), -33.33)
        self.assertIn("landed_cost", self._documents().line_ids.mapped("cause"))
        self.assertFalse(self._issues())

    def test_freight_of_what_has_gone(self):
        """S4-13: of freight on goods of which some were delivered Xero's stock takes what Odoo's takes."""
        self._deliver(self.lamp, 4)
        self._sync()
        self._freight(50)
        self._sync()
        self.assertStockAgrees()
        self.assertFalse(self._issues())

    def test_its_entry_is_not_sent_as_well(self):
        """S4-13: Odoo's own entry for the freight is no manual journal beside the stock journal that carries it."""
        self.connection.sync_manual_journals = True
        before = self._balance("425")
        cost = self._freight(12)
        self.assertTrue(cost.account_move_id)
        self._sync()
        self.assertStockAgrees()
        self.assertEqual(float(self._balance("425") - before), -12)
        narrations = [one["Narration"] for one in self._journals()]
        self.assertFalse([text for text in narrations if cost.account_move_id.name in text])
