from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user

from .common import XeroCase


class TestStockAccount(XeroCase):
    """Where Odoo's stock stands in Xero, before anybody has thought about it."""

    def setUp(self):
        super().setUp()
        self.valuation = self.env["account.account"].create(
            {"name": "Stock Valuation", "code": "110100", "account_type": "asset_current"}
        )
        self.company.account_stock_valuation_id = self.valuation
        self.connection.write(
            {
                "sync_inventory": True,
                "stock_mode": "untracked",
                "stock_adjustment_account_id": self._account("429").id,
                "stock_cogs_account_id": self._account("310").id,
            }
        )

    def _row(self):
        mine = [("connection_id", "=", self.connection.id), ("account_id", "=", self.valuation.id)]
        return self.env["xero.account.mapping"].search(mine)

    def _propose(self):
        self.connection.action_read_reference_data()
        return self._row().xero_account_id

    def _make_in_xero(self, code, name, kind):
        account = {"Code": code, "Name": name, "Type": kind}
        self.connection._get_client().put("Accounts", account, key=f"test-{code}")

    def test_no_inventory_account_is_proposed(self):
        """S4-13, S5-69: Xero takes no journals on its inventory account 630, so it is not proposed for Odoo's stock."""
        self.assertFalse(self._propose())
        self.assertTrue(self._row())
        self.assertTrue(self.connection.stock_account_missing)

    def test_one_that_takes_journals_is(self):
        """S4-13: a current asset account that says that the stock is on it is proposed."""
        self._make_in_xero("1290", "Trading Stock", "CURRENT")
        self._make_in_xero("1291", "Deposits", "CURRENT")
        self.assertEqual(self._propose().code, "1290")
        self.assertFalse(self.connection.stock_account_missing)

    def test_where_xero_counts(self):
        """S4-38: where Xero counts the stock, it is on Xero's inventory account."""
        self.connection.stock_mode = "tracked"
        self.assertEqual(self._propose().code, "630")

    def test_an_earlier_proposal_is_taken_back(self):
        """S4-13: a proposal from when Xero counted is taken back; what was chosen by hand stays, and is explained."""
        self.connection.stock_mode = "tracked"
        inventory = self._propose()
        self.connection.stock_mode = "untracked"
        self.assertFalse(self._propose())
        self._row().xero_account_id = inventory
        self.assertEqual(self._propose(), inventory)
        self.assertTrue(self.connection.stock_account_missing)

    def test_the_account_is_made_in_xero(self):
        """S4-13: a button makes the account in Xero, once, and maps the stock to it; the journal goes then."""
        self._propose()
        self._row().xero_account_id = self._account("630")
        self._count_some()
        self._export()
        issue = self._issues()
        self.assertEqual(issue.code, "account_inventory")
        self.assertIn("make_stock_account", issue.buttons)
        issue.action_make_stock_account()
        made = [one for one in self._in_xero("Accounts") if one["Name"] == "Stock on Hand"]
        self.assertEqual([(one["Type"], one["Code"]) for one in made], [("CURRENT", "631")])
        self.assertEqual(self._row().xero_account_id.code, "631")
        self.assertFalse(self.connection.stock_account_missing)
        self._export()
        self.assertFalse(self._issues())
        [journal] = [one for one in self._in_xero("ManualJournals") if one["Status"] == "POSTED"]
        self.assertEqual([line["LineAmount"] for line in journal["JournalLines"] if line["AccountCode"] == "631"], [50])
        self._row().xero_account_id = False
        self.connection.action_make_stock_account()
        self.assertEqual(len([one for one in self._in_xero("Accounts") if one["Name"] == "Stock on Hand"]), 1)
        self.assertEqual(self._row().xero_account_id.code, "631")

    def test_an_unmapped_one_offers_it(self):
        """S4-13: where the stock is mapped to nothing the error offers to make an account, and suggests no other."""
        self._propose()
        self._count_some()
        self._export()
        issue = self._issues()
        self.assertEqual((issue.code, issue.res_id), ("account_unmapped", self.valuation.id))
        self.assertIn("make_stock_account", issue.buttons)
        self.assertFalse(issue.suggestion)
        issue.action_make_stock_account()
        self.assertEqual(self._row().xero_account_id.name, "Stock on Hand")

    def test_who_may(self):
        """S4-13: users of the connector make no accounts in Xero."""
        reader = new_test_user(
            self.env,
            "stock_reader",
            groups="base.group_user,account_xero.group_xero_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.connection.with_user(reader).action_make_stock_account()
        self.assertFalse([one for one in self._in_xero("Accounts") if one["Name"] == "Stock on Hand"])

    def _account(self, code):
        return self.env["xero.account"].search([("connection_id", "=", self.connection.id), ("code", "=", code)])

    def _count_some(self):
        category = self.env["product.category"].create(
            {"name": "Counted", "property_valuation": "periodic", "property_cost_method": "average"}
        )
        product = self.env["product.product"].create(
            {
                "name": "Lamp",
                "type": "consu",
                "is_storable": True,
                "standard_price": 10,
                "categ_id": category.id,
                "taxes_id": [Command.clear()],
            }
        )
        stock = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1).lot_stock_id
        quants = self.env["stock.quant"].sudo().with_context(inventory_mode=True)
        quants.create(
            {"product_id": product.id, "location_id": stock.id, "inventory_quantity": 5}
        ).action_apply_inventory()
