from decimal import Decimal
from uuid import uuid4

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user

from .common import XeroCase


class ItemCase(XeroCase):
    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.quick_ref("purchase.group_purchase_manager")
            | cls.quick_ref("stock.group_stock_manager")
        )

    def _goods(self, name="Floor Lamp", **values):
        return self.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "lst_price": 120.0,
                "taxes_id": [Command.set(self.tax_sale.ids)],
                "supplier_taxes_id": [Command.set(self.tax_purchase.ids)],
                **values,
            }
        )

    def _item(self, product):
        binding = self._binding(product)
        return self._in_xero("Items", ItemID=binding.external_id)[0] if binding.external_id else None

    def _count(self, product, quantity):
        """A count in the warehouse."""
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        quant = (
            self.env["stock.quant"]
            .with_context(inventory_mode=True)
            .create(
                {
                    "product_id": product.id,
                    "location_id": warehouse.lot_stock_id.id,
                    "inventory_quantity": quantity,
                }
            )
        )
        quant.action_apply_inventory()

    def _tracked_item(self, code, quantity, cost=20, **values):
        """An item whose stock Xero counts, and a bill that brought it in."""
        client = self.connection._get_client()
        item = {
            "Code": code,
            "Name": f"Counted {code}",
            "InventoryAssetAccountCode": "630",
            "PurchaseDetails": {"COGSAccountCode": "310", "UnitPrice": cost, "TaxType": "INPUT2"},
            "SalesDetails": {"UnitPrice": 50, "AccountCode": "200", "TaxType": "OUTPUT2"},
            **values,
        }
        answer = client.put("Items", {"Items": [item]}, key=str(uuid4()))
        self.assertTrue(answer.elements[0].ok, answer.elements[0].messages)
        self._buy_in_xero(code, quantity, cost)
        return answer.elements[0].data

    def _buy_in_xero(self, code, quantity, cost=20):
        bill = {
            "Type": "ACCPAY",
            "Contact": {"ContactID": self._in_xero("Contacts")[0]["ContactID"]},
            "Date": "2026-03-02",
            "DueDate": "2026-03-20",
            "Status": "AUTHORISED",
            "LineAmountTypes": "NoTax",
            "LineItems": [
                {"Description": "In", "Quantity": quantity, "UnitAmount": cost, "ItemCode": code, "AccountCode": "630"}
            ],
        }
        answer = self.connection._get_client().put("Invoices", {"Invoices": [bill]}, key=str(uuid4()))
        self.assertTrue(answer.elements[0].ok, answer.elements[0].messages)


class TestItemsOut(ItemCase):
    """Products of Odoo, as a bookkeeper finds them among Xero's items."""

    def test_only_once_it_matters(self):
        """S4-27: a product that was neither stocked, sold nor purchased stays in Odoo, whatever is edited on it."""
        product = self._goods(default_code="FLOOR")
        product.lst_price = 130.0
        self._invoice(post=False, lines=[(product, 1, 120.0)])
        self._export()
        self.assertFalse(self._in_xero("Items", Code="FLOOR"))
        self.assertFalse(self._queue(product))

    def test_stocked(self):
        """S4-27, S4-31, S5-45: a product that is counted in the warehouse is an item in Xero, without a quantity."""
        product = self._goods(default_code="FLOOR")
        self._count(product, 7)
        self._export()
        self.assertSynced(product)
        item = self._item(product)
        self.assertEqual((item["Code"], item["Name"]), ("FLOOR", "Floor Lamp"))
        self.assertFalse(item["IsTrackedAsInventory"])
        self.assertNotIn("QuantityOnHand", item)

    def test_sold_and_purchased(self):
        """S4-27, S4-31, S5-45: on an invoice, a bill, and a purchase order: each makes an item of the product."""
        sold, billed, ordered = (self._goods(name, default_code=name.upper()) for name in ("sold", "billed", "ordered"))
        self._invoice(lines=[(sold, 1, 120.0)])
        self._invoice("in_invoice", ref="B-1", lines=[(billed, 1, 60.0)])
        line = {"product_id": ordered.id, "product_qty": 1, "price_unit": 60.0}
        self.env["purchase.order"].create(
            {"partner_id": self.supplier.id, "company_id": self.company.id, "order_line": [Command.create(line)]}
        ).button_confirm()
        self._export()
        self.assertEqual([self._item(one)["Code"] for one in (sold, billed, ordered)], ["SOLD", "BILLED", "ORDERED"])

    def test_no_item_where_items_are_not_sent(self):
        """S4-27: with Send Products as Items off, a count makes no item."""
        self.connection.send_items = False
        product = self._goods(default_code="FLOOR")
        self._count(product, 7)
        self._export()
        self.assertFalse(self._in_xero("Items", Code="FLOOR"))

    def test_who_may_send(self):
        """S4-82: who may only look at a product cannot have it sent, whatever he calls."""
        product = self._goods(default_code="FLOOR")
        clerk = new_test_user(self.env, "clerk", groups="base.group_user", company_id=self.company.id)
        self.assertTrue(product.with_user(clerk).name)
        with self.assertRaises(AccessError):
            product.with_user(clerk).action_xero_export()
        self.assertFalse(self._queue(product))
        self._export()
        self.assertFalse(self._in_xero("Items", Code="FLOOR"))

    def test_accounts_and_taxes(self):
        """S2-23, S4-06: an item has the sales and the purchase account, tax, price and text of the product."""
        product = self._goods(
            default_code="FLOOR", standard_price=70.0, description_sale="Brass, 1.6 m", description_purchase="Order 88"
        )
        product.action_xero_export()
        self._export()
        item = self._item(product)
        mapped = self.env["xero.account.mapping"]._for(self.connection)
        accounts = product.product_tmpl_id.with_company(self.company).get_product_accounts()
        self.assertEqual(
            item["SalesDetails"],
            {"UnitPrice": 120, "AccountCode": mapped[accounts["income"].id].code, "TaxType": "OUTPUT2"},
        )
        self.assertEqual(
            item["PurchaseDetails"],
            {"UnitPrice": 70, "AccountCode": mapped[accounts["expense"].id].code, "TaxType": "INPUT2"},
        )
        self.assertEqual((item["Description"], item["PurchaseDescription"]), ("Brass, 1.6 m", "Order 88"))

    def test_later_changes(self):
        """S2-23, S4-06: name, price, tax and account of a linked product follow; Odoo's values win over Xero's."""
        product = self._goods(default_code="FLOOR")
        product.action_xero_export()
        self._export()
        changed = {"ItemID": self._item(product)["ItemID"], "Code": "FLOOR", "Name": "Typed in Xero"}
        self.connection._get_client().post("Items", {"Items": [changed]}, key="typed")
        income = self.company_data["default_account_revenue"].copy()
        self.connection.action_read_reference_data()
        mapping = self.env["xero.account.mapping"].search(
            [("connection_id", "=", self.connection.id), ("account_id", "=", income.id)]
        )
        mapping.xero_account_id = self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), ("code", "=", "260")], limit=1
        )
        product.write({"name": "Reading Lamp", "lst_price": 99.0, "property_account_income_id": income.id})
        product.product_tmpl_id.supplier_taxes_id = False
        self._export()
        item = self._item(product)
        self.assertEqual((item["Name"], item["SalesDetails"]["UnitPrice"]), ("Reading Lamp", 99))
        self.assertEqual(item["SalesDetails"]["AccountCode"], mapping.xero_account_id.code)
        self.assertEqual(len(self._in_xero("Items", Code="FLOOR")), 1)

    def test_no_purchase_price(self):
        """S5-46: a product without a cost goes, and a price that Xero has for it is not wiped out."""
        product = self._goods(default_code="FLOOR")
        self.assertEqual(product.standard_price, 0)
        product.action_xero_export()
        self._export()
        item = self._item(product)
        self.assertNotIn("UnitPrice", item["PurchaseDetails"])
        priced = {"ItemID": item["ItemID"], "Code": "FLOOR", "PurchaseDetails": {"UnitPrice": 45}}
        self.connection._get_client().post("Items", {"Items": [priced]}, key="priced")
        product.name = "Reading Lamp"
        self._export()
        self.assertEqual(self._item(product)["PurchaseDetails"]["UnitPrice"], 45)

    def test_first_of_two_taxes(self):
        """S5-47: of several purchase taxes the first goes, and the history names the others."""
        second = self.tax_purchase.copy({"name": "Levy"})
        product = self._goods(supplier_taxes_id=[Command.set((self.tax_purchase | second).ids)])
        product.action_xero_export()
        self._export()
        self.assertEqual(self._item(product)["PurchaseDetails"]["TaxType"], "INPUT2")
        history = self.env["xero.history"].search([("model", "=", product._name), ("res_id", "=", product.id)])
        self.assertIn("Levy", history.note)

    def test_name_by_setting(self):
        """S5-48: without Send Item Names the name stays empty in Xero, or what somebody typed there."""
        self.connection.send_item_names = False
        product = self._goods(default_code="FLOOR")
        product.action_xero_export()
        self._export()
        self.assertFalse(self._item(product).get("Name"))
        self.assertEqual(self._item(product)["Description"], "Floor Lamp")

    def test_codes(self):
        """S5-45: a code is the internal reference, made unique and at most 30 characters, else one is proposed."""
        long = "A-VERY-LONG-INTERNAL-REFERENCE-1"
        products = [self._goods(default_code=code) for code in (long, long, False)]
        for product in products:
            product.action_xero_export()
        self._export()
        codes = [self._item(product)["Code"] for product in products]
        self.assertEqual(codes[0], long[:30])
        self.assertEqual((codes[1][-len(str(products[1].id)) :], len(codes[1])), (str(products[1].id), 30))
        self.assertEqual(codes[2], f"ODOO-{products[2].id}")

    def test_existing_code(self):
        """S2-23: an item that Xero has under the same code is linked, not made twice and not overwritten."""
        product = self._goods("Oak chair", default_code="CHAIR-OAK")
        before = self._in_xero("Items", Code="CHAIR-OAK")
        product.action_xero_export()
        self._export()
        self.assertEqual(self._binding(product).external_id, before[0]["ItemID"])
        self.assertEqual(self._in_xero("Items", Code="CHAIR-OAK")[0]["SalesDetails"]["UnitPrice"], 240)

    def test_more_than_there_is(self):
        """S5-64, S5-65: Xero counts a tracked item and refuses to sell more of it than there is; the error says so."""
        product = self._goods(default_code="COUNTED")
        self._tracked_item("COUNTED", 3)
        product.action_xero_export()
        self._export()
        invoice = self._invoice(lines=[(product, 5, 120.0)])
        self._export()
        issue = self._issues()
        self.assertEqual(issue.code, "out_of_stock")
        self.assertFalse(self._in_xero("Invoices", InvoiceNumber=invoice.name))
        [item] = self._in_xero("Items", Code="COUNTED")
        self.assertEqual((item["QuantityOnHand"], item["TotalCostPool"]), (3, 60))


class TestItemsIn(ItemCase):
    """Items of Xero, as the warehouse finds them in Odoo."""

    def setUp(self):
        super().setUp()
        self.connection.import_items = True

    def _product(self, code):
        found = self.env["xero.binding"].search(
            [("connection_id", "=", self.connection.id), ("resource", "=", "Items"), ("code", "=", code)]
        )
        return self.env["product.product"].browse(found.res_id)

    def _type_item(self, code, **values):
        """Somebody types an item into Xero."""
        item = {"Code": code, "Name": code.title(), **values}
        answer = self.connection._get_client().put("Items", {"Items": [item]}, key=str(uuid4()))
        self.assertTrue(answer.elements[0].ok, answer.elements[0].messages)
        return answer.elements[0].data

    def _retype(self, item, **values):
        changed = {"ItemID": item["ItemID"], "Code": item["Code"], **values}
        self.connection._get_client().post("Items", {"Items": [changed]}, key=str(uuid4()))

    # === FIRST LOAD === #

    def test_off_by_default(self):
        """S2-23: items stay in Xero unless the connection says so."""
        self.connection.import_items = False
        self._import()
        self.assertFalse(self.env["xero.binding"].search([("resource", "=", "Items")]))
        self.assertFalse(self._calls("GET", "Items"))

    def test_all_of_them_come(self):
        """S2-23, S5-12, S5-66: every item of Xero is a product with its prices, tax and account, and no stock."""
        self.connection.sync_from_date = "2026-01-01"
        self._import()
        for item in self._in_xero("Items"):
            product = self._product(item["Code"])
            self.assertEqual((product.name, product.default_code), (item["Name"], item["Code"]))
            self.assertEqual(product.lst_price, float(item["SalesDetails"]["UnitPrice"]))
            self.assertEqual((product.sale_ok, product.purchase_ok), (item["IsSold"], item["IsPurchased"]))
            self.assertEqual(product.taxes_id, self.tax_sale)
            self.assertFalse(product.is_storable)
        chair = self._product("CHAIR-OAK")
        self.assertEqual((chair.standard_price, chair.supplier_taxes_id), (130.0, self.tax_purchase))
        mapped = self.env["xero.account.mapping"]._for(self.connection)
        income = chair.product_tmpl_id.with_company(self.company).get_product_accounts()["income"]
        self.assertEqual(mapped[income.id].code, "200")
        self.assertEqual(chair.xero_state, "synced")
        self.assertFalse(self._issues(), self._issues().mapped("text"))

    def test_services_by_setting(self):
        """S5-12: where the connection says so, items without stock are services."""
        self.connection.imported_items_are = "service"
        self._import()
        self.assertEqual(self._product("SERVICE-HR").type, "service")

    def test_nothing_goes_back_and_nothing_comes_twice(self):
        """S5-12: what came in is not sent, and is not made again when everything is read again."""
        self._import()
        count = self.env["product.product"].search_count([])
        self.connection.action_reimport()
        self._import()
        self._product("CHAIR-OAK").action_xero_export()
        self.env["xero.binding"].search([("resource", "=", "Items")])
        self._export()
        self.assertEqual(self.env["product.product"].search_count([]), count)
        self.assertEqual(len(self._in_xero("Items", Code="CHAIR-OAK")), 1)

    def test_what_went_out_does_not_come_in(self):
        """S5-12: a product that Odoo has sent stays one product."""
        product = self._goods(default_code="FLOOR")
        product.action_xero_export()
        self._export()
        self._import()
        self.assertEqual(self._product("FLOOR"), product)
        self.assertEqual(self.env["product.product"].search_count([("default_code", "=", "FLOOR")]), 1)

    def test_edited_afterwards(self):
        """S4-06: an imported product that is edited in Odoo changes the item; without an edit no call is made."""
        self._import()
        chair = self._product("CHAIR-OAK")
        self.xero.clear_journal()
        self.env["xero.outbox"]._mark(chair)
        self._export()
        self.assertFalse(self._writes())
        chair.name = "Oak armchair"
        self._export()
        self.assertEqual(self._in_xero("Items", Code="CHAIR-OAK")[0]["Name"], "Oak armchair")

    # === WHICH PRODUCT === #

    def test_matched(self):
        """S5-12: by code before barcode before name, whatever the case; the product keeps what Odoo has."""
        by_code = self._goods("Something", default_code="chair-oak")
        by_barcode = self._goods("Another", barcode="TABLE-OAK")
        by_name = self._goods("furniture WAX", default_code="W1")
        self._goods("Oak table")  # the barcode is the better evidence
        self._import()
        self.assertEqual(self._product("CHAIR-OAK"), by_code)
        self.assertEqual(self._product("TABLE-OAK"), by_barcode)
        self.assertEqual(self._product("WAX-500"), by_name)
        self.assertEqual((by_code.name, by_code.lst_price), ("Something", 120.0))
        self.assertEqual(self._binding(by_code).external_id, self._in_xero("Items", Code="CHAIR-OAK")[0]["ItemID"])

    def test_ambiguous_is_asked(self):
        """S5-12: two products of the same name are never guessed from: somebody says which, or neither."""
        first, second = self._goods("Oak chair"), self._goods("Oak chair")
        third, fourth = self._goods("Oak table"), self._goods("Oak table")
        before = self.env["product.product"].search_count([])
        self._import()
        self.assertFalse(self._product("CHAIR-OAK") | self._product("TABLE-OAK"))
        self.assertEqual(set(self._issues().mapped("code")), {"item_ambiguous"})
        chair, table = (self._issues().filtered(lambda one, code=code: code in one.text) for code in ("CHAIR", "TABLE"))
        self.assertEqual(chair.product_candidate_ids, first | second)
        with self.assertRaisesRegex(UserError, "Choose the product"):
            chair.action_choose_product()
        chair.product_candidate_id = second
        chair.action_choose_product()
        table.action_create_product()
        self._import()
        self.assertEqual(self._product("CHAIR-OAK"), second)
        self.assertFalse(self._product("TABLE-OAK") & (third | fourth))
        self.assertEqual(self._product("TABLE-OAK").name, "Oak table")
        self.assertEqual(self.env["product.product"].search_count([]), before + 3)  # wax, hour, and the new table
        self.assertFalse(self._binding(first))
        self.assertFalse(self._issues(), self._issues().mapped("text"))

    def test_left_out(self):
        """S5-12: a product that is set not to be imported is not linked."""
        product = self._goods("Oak chair", default_code="CHAIR-OAK")
        product.with_company(self.company).xero_do_not_import = True
        self._import()
        self.assertFalse(self._binding(product).external_id)

    # === LATER === #

    def test_new_items_later(self):
        """S2-23: an item that is made in Xero later comes with the next reading."""
        self._import()
        self._type_item("STOOL", SalesDetails={"UnitPrice": 60, "AccountCode": "200", "TaxType": "OUTPUT2"})
        self._import()
        self.assertEqual((self._product("STOOL").name, self._product("STOOL").lst_price), ("Stool", 60.0))

    def test_odoo_owns(self):
        """S4-06: what is changed in Xero changes no product where Odoo owns them."""
        self._import()
        [item] = self._in_xero("Items", Code="CHAIR-OAK")
        self._retype(item, Name="Typed in Xero")
        self._import()
        self.assertEqual(self._product("CHAIR-OAK").name, "Oak chair")

    def test_xero_owns(self):
        """S2-23: where the connection says so, changes in Xero are taken over, and are not sent back."""
        self.connection.items_owner = "xero"
        self._import()
        [item] = self._in_xero("Items", Code="CHAIR-OAK")
        self._retype(item, Name="Ash chair", SalesDetails={"UnitPrice": Decimal("255.5")})
        self._import()
        chair = self._product("CHAIR-OAK")
        self.assertEqual((chair.name, chair.lst_price), ("Ash chair", 255.5))
        self.xero.clear_journal()
        self._export()
        self.env["xero.outbox"]._mark(chair)
        self._export()
        self.assertFalse(self._writes())
        history = self.env["xero.history"].search([("model", "=", chair._name), ("res_id", "=", chair.id)])
        self.assertEqual(history.mapped("action"), ["updated", "created"])

    # === STOCK LEVEL === #

    def test_initial_stock_level_once(self):
        """S4-38, S5-64: a counted item comes with quantity and cost as one adjustment; later changes in Xero do not."""
        self._tracked_item("COUNTED", 8, cost=20)
        self._buy_in_xero("COUNTED", 2, cost=30)
        self._import()
        product = self._product("COUNTED").with_company(self.company)
        self.assertTrue(product.is_storable)
        self.assertEqual((product.qty_available, product.standard_price), (10.0, 22.0))
        moves = self.env["stock.move"].search([("product_id", "=", product.id)])
        self.assertEqual((len(moves), moves.state, moves.is_inventory), (1, "done", True))
        self._buy_in_xero("COUNTED", 5)
        self._retype(self._in_xero("Items", Code="COUNTED")[0], Name="Counted once more")
        self.connection.action_reimport()
        self._import()
        product.invalidate_recordset()
        self.assertEqual(product.qty_available, 10.0)
        self.assertEqual(self.env["stock.move"].search_count([("product_id", "=", product.id)]), 1)
        self.assertEqual(self._in_xero("Items", Code="COUNTED")[0]["QuantityOnHand"], 15)

    def test_odoo_counts_already(self):
        """S4-38: a product that Odoo has counted before keeps its quantity, whatever Xero says."""
        product = self._goods(default_code="COUNTED")
        self._count(product, 3)
        self._tracked_item("COUNTED", 8)
        self._import()
        self.assertEqual(self._product("COUNTED"), product)
        self.assertEqual(product.qty_available, 3)

    def test_without_stock_levels(self):
        """S4-38: with Take the Initial Stock Level off, the product comes and its quantity does not."""
        self.connection.import_stock_levels = False
        self._tracked_item("COUNTED", 8)
        self._import()
        self.assertEqual((self._product("COUNTED").is_storable, self._product("COUNTED").qty_available), (True, 0))

    def test_quantity_is_never_written(self):
        """S5-68, S4-38: a count in Odoo changes no quantity of a tracked item in Xero by itself."""
        self._tracked_item("COUNTED", 8)
        self._import()
        product = self._product("COUNTED")
        self._count(product, 5)
        product.name = "Counted lamp"
        self._export()
        [item] = self._in_xero("Items", Code="COUNTED")
        self.assertEqual(
            (item["Name"], item["QuantityOnHand"], item["IsTrackedAsInventory"]), ("Counted lamp", 8, True)
        )
        self.assertFalse(self._issues(), self._issues().mapped("text"))

    def test_advice_on_tracking(self):
        """S5-67, S5-69: the connection says that tracking is switched on per item in Xero, and when better not to."""
        arch = self.env["xero.connection"].get_view(view_type="form")["arch"]
        self.assertIn("do not track the item in Xero as well", " ".join(arch.split()))
        self.assertIn("tracking is switched on per item there", " ".join(arch.split()))
