"""Stock that Xero counts as well (features.md A6-9, mode *Tracked*), over the simulator."""

from decimal import Decimal

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from ..mappers.stock_bill import in_lines
from . import stock_making_steps, stock_value_steps
from .money_steps import unhurried
from .stock_steps import Warehouse
from .test_items import ItemCase


class TrackedCase(ItemCase):
    """A company at average cost whose stock Xero counts; adjustments are settled against two bank accounts."""

    def setUp(self):
        super().setUp()
        self.company.write({"cost_method": "average", "inventory_valuation": "real_time"})
        self.connection.write(
            {
                "sync_inventory": True,
                "stock_mode": "tracked",
                "stock_check_minutes": 0,
                "stock_cogs_account_id": self._account("310").id,
                "stock_adjustment_account_id": self._account("429").id,
                "supplier_payment_account_id": self._account("090").id,
                "supplier_refund_account_id": self._account("091").id,
            }
        )
        self.stock = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1).lot_stock_id

    def _account(self, code):
        return self.env["xero.account"].search([("connection_id", "=", self.connection.id), ("code", "=", code)])

    # === WHAT HAPPENS IN ODOO === #

    def _counted(self, *counts):
        """A stocktake: (product, quantity) counted, all in one go."""
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        for product, quantity in counts:
            quants |= quants.create(
                {"product_id": product.id, "location_id": self.stock.id, "inventory_quantity": quantity}
            )
        quants.action_apply_inventory()

    def _move(self, product, quantity, source, target, **values):
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": product.uom_id.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "company_id": self.company.id,
                **values,
            }
        )
        moves = move._action_confirm()
        for one in moves:
            one.quantity = one.product_uom_qty
        moves.picked = True
        return moves._action_done()

    def _deliver(self, product, quantity):
        return self._move(product, quantity, self.stock, self.env.ref("stock.stock_location_customers"))

    def _order(self, product, quantity, price):
        """A confirmed purchase order."""
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": quantity, "price_unit": price})
                ],
            }
        )
        order.button_confirm()
        return order

    def _receive(self, order):
        picking = order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()

    def _bill(self, order, price=None):
        order.action_create_invoice()
        bill = order.invoice_ids.filtered(lambda one: one.state == "draft")
        bill.write({"invoice_date": fields.Date.today(), "ref": f"INV-{bill.id}"})
        if price:
            bill.invoice_line_ids.price_unit = price
        bill.action_post()
        return bill

    def _bought(self, product, quantity, price):
        """Ordered, received and billed."""
        order = self._order(product, quantity, price)
        self._receive(order)
        self._bill(order)

    def _sync(self, runs=4):
        """Until nothing is left to be done: what a run finds or makes goes with the next one."""
        for _n in range(runs):
            self._export()

    # === WHAT BOTH SIDES SAY === #

    def _documents(self):
        return self.env["xero.stock.document"].search([("connection_id", "=", self.connection.id)], order="id")

    def _stock_in_xero(self, product):
        item = self._item(product)
        return Decimal(str(item["QuantityOnHand"])), Decimal(str(item["TotalCostPool"]))

    def _level(self, product):
        return self.env["xero.stock.level"].search([("product_id", "=", product.id)])


class TestStockTracked(TrackedCase):
    def test_a_stocktake_makes_a_bill_and_a_credit_note(self):
        """S4-39, S4-47, S4-49, S4-13, S4-14, S4-45, S4-46, S4-48: what went up is billed, what went down credited."""
        lamp, desk = self._goods("Lamp", default_code="L1"), self._goods("Desk", default_code="D1")
        self._bought(lamp, 10, 20)
        self._bought(desk, 4, 150)
        self._sync()
        self.assertEqual(self._stock_in_xero(lamp), (10, 200))
        self.assertFalse(self._documents())
        self._counted((lamp, 12), (desk, 3))
        self._sync()
        up, down = self._documents()
        self.assertEqual((up.kind, down.kind), ("bill", "credit_note"))
        bill = self._in_xero("Invoices", InvoiceNumber=up.name)[0]
        credit = self._in_xero("CreditNotes", CreditNoteNumber=down.name)[0]
        self.assertEqual((bill["Type"], bill["Status"], bill["Total"]), ("ACCPAY", "PAID", 40))
        self.assertEqual((credit["Type"], credit["Status"], credit["Total"]), ("ACCPAYCREDIT", "PAID", 150))
        self.assertEqual([line["ItemCode"] for line in bill["LineItems"]], ["L1"])
        self.assertEqual([line["AccountCode"] for line in credit["LineItems"]], ["630"])
        accounts = {
            payment["Account"]["Code"]: payment["Amount"]
            for payment in self._in_xero("Payments")
            if payment["Reference"] in (up.name, down.name)
        }
        self.assertEqual(accounts, {"090": 40, "091": 150})
        self.assertEqual(self._stock_in_xero(lamp), (12, 240))
        self.assertEqual(self._stock_in_xero(desk), (3, 450))
        self.assertFalse(self._issues())

    def test_the_other_way_to_settle(self):
        """S4-45, S4-47, S4-49: Xero's own variant: two lines that cancel, so that nothing is to be paid."""
        self.connection.stock_settlement = "zero"
        lamp = self._goods("Lamp", default_code="L1")
        self._bought(lamp, 10, 20)
        self._sync()
        self._counted((lamp, 13))
        self._sync()
        self._counted((lamp, 11))
        self._sync()
        up, down = self._documents()
        bill = self._in_xero("Invoices", InvoiceNumber=up.name)[0]
        credit = self._in_xero("CreditNotes", CreditNoteNumber=down.name)[0]
        self.assertEqual((bill["Total"], credit["Total"]), (0, 0))
        self.assertEqual([line["AccountCode"] for line in bill["LineItems"]], ["630", "429"])
        self.assertFalse([one for one in self._in_xero("Payments") if one["Reference"] in (up.name, down.name)])
        self.assertEqual(self._stock_in_xero(lamp), (11, 220))
        self.assertFalse(self._queue())

    def test_what_was_there_before(self):
        """S4-85, S4-38: goods in stock when Xero begins to count become its opening stock, once and explained."""
        self.connection.sync_inventory = False
        lamp = self._goods("Lamp", default_code="L1", standard_price=7)
        self._counted((lamp, 30))
        self._sync(2)
        self.connection.sync_inventory = True
        self._sync()
        self.assertEqual(self._stock_in_xero(lamp), (30, 210))
        document = self._documents()
        self.assertEqual(document.kind, "bill")
        self.assertIn("30 on hand in Odoo", document.line_ids.explanation)
        self.assertIn(
            "30 on hand in Odoo",
            self._in_xero("Invoices", InvoiceNumber=document.name)[0]["LineItems"][0]["Description"],
        )
        self._sync()
        self.assertEqual(self._documents(), document)

    def test_delivered_and_not_invoiced(self):
        """S4-78, S4-79, S4-86, S4-87: what awaits its invoice is in Xero still, and what awaits its bill is not yet."""
        lamp = self._goods("Lamp", default_code="L1")
        self._bought(lamp, 10, 20)
        self._deliver(lamp, 4)
        order = self._order(lamp, 5, 20)
        self._receive(order)
        self._sync()
        self.assertEqual(self._stock_in_xero(lamp), (10, 200))
        level = self._level(lamp)
        self.assertEqual((level.on_hand, level.delivered, level.received, level.expected), (11, 4, 5, 10))
        self.assertTrue(level.is_equal)
        self.assertFalse(self._documents())
        self._invoice(lines=[(lamp, 4, 50.0)])
        self._bill(order)
        self._sync()
        self.assertEqual(self._stock_in_xero(lamp), (11, 220))
        self.assertFalse(self._documents())

    def test_invoiced_before_it_is_delivered(self):
        """S4-78, S4-86: Xero's stock falls with the invoice, and the delivery afterwards changes nothing there."""
        lamp = self._goods("Lamp", default_code="L1")
        self._bought(lamp, 10, 20)
        self._invoice(lines=[(lamp, 3, 50.0)])
        self._sync()
        self.assertEqual(self._stock_in_xero(lamp), (7, 140))
        self._deliver(lamp, 3)
        self._sync()
        self.assertEqual(self._stock_in_xero(lamp), (7, 140))
        self.assertFalse(self._documents())

    def test_a_difference_is_corrected(self):
        """S4-29, S4-52, S4-38: a quantity that was changed in Xero is brought back to Odoo's, and the line says why."""
        lamp = self._goods("Lamp", default_code="L1")
        self._bought(lamp, 10, 20)
        self._sync()
        self._buy_in_xero("L1", 3, 30)
        self.connection.action_check_stock()
        self._sync()
        self.assertEqual(self._stock_in_xero(lamp), (10, 200))
        document = self._documents()[0]
        self.assertIn("10 on hand in Odoo", document.line_ids.explanation)
        self.assertIn("Xero shows 13", document.line_ids.explanation)
        self.assertTrue(self._level(lamp).is_equal)
        number = len(self._documents())
        self.connection.action_check_stock()
        self._sync()
        self.assertEqual(len(self._documents()), number)

    def test_another_price_on_the_bill(self):
        """S5-64: what a bill, or a new price, adds to Odoo's valuation shows in Xero to the cent."""
        lamp = self._goods("Lamp", default_code="L1")
        self._bought(lamp, 3, 10)
        order = self._order(lamp, 4, 11)
        self._receive(order)
        self._deliver(lamp, 2)
        self._invoice(lines=[(lamp, 2, 50.0)])
        self._sync()
        self._bill(order, price=12.37)
        self._sync()
        product = lamp.with_company(self.company)
        quantity, value = self._stock_in_xero(lamp)
        self.assertEqual(quantity, 5)
        self.assertEqual(value, round(Decimal(repr(product.total_value)), 2))
        lamp.standard_price = 13.13
        self.connection.action_check_stock()
        self._sync()
        self.assertEqual(self._stock_in_xero(lamp), (5, Decimal("65.65")))

    def test_oversold_is_explained_before_sending(self):
        """S5-65: an invoice for more than Xero has waits with an explanation, and goes once the bill is there."""
        lamp = self._goods("Lamp", default_code="L1")
        self._bought(lamp, 2, 20)
        self._sync()
        order = self._order(lamp, 10, 20)
        self._receive(order)
        self._deliver(lamp, 5)
        invoice = self._invoice(lines=[(lamp, 5, 50.0)])
        self.xero.clear_journal()
        self._sync()
        self.assertFalse([call for call in self._writes() if "Invoices" in call["path"]])
        issue = self._issues()
        self.assertEqual((issue.code, issue.model), ("stock_short", "product.product"))
        self.assertIn("Xero has 2", issue.text)
        self.assertIn("10 were received", issue.text)
        self._bill(order)
        self._sync()
        self.assertSynced(invoice)
        self.assertFalse(self._issues())
        self.assertEqual(self._stock_in_xero(lamp), (7, 140))

    def test_scrapped_before_the_bill(self):
        """S4-41, S4-13: what is scrapped of goods that no bill has told Xero of waits for the bill; all else goes."""
        lamp, desk = self._goods("Lamp", default_code="L1"), self._goods("Desk", default_code="D1")
        self._bought(desk, 5, 100)
        self._sync()
        order = self._order(lamp, 10, 20)
        self._receive(order)
        for product in (lamp, desk):
            self.env["stock.scrap"].create(
                {"product_id": product.id, "scrap_qty": 1, "location_id": self.stock.id}
            ).do_scrap()
        self._sync()
        self.assertEqual(self._stock_in_xero(desk), (4, 400))
        self.assertEqual(self._issues().code, "stock_short")
        self._bill(order)
        self._sync()
        self.assertEqual(self._stock_in_xero(lamp), (9, 180))
        self.assertFalse(self._issues())

    def test_two_that_take_together_too_much(self):
        """S5-65, S4-41: of two days' scrap of goods without bill Xero is asked for what it has; the rest waits."""
        lamp = self._goods("Lamp", default_code="L1")
        self._bought(lamp, 3, 20)
        self._sync()
        order = self._order(lamp, 4, 20)
        self._receive(order)
        values = {"product_id": lamp.id, "scrap_qty": 2, "location_id": self.stock.id}
        for _n in range(2):
            self.env["stock.scrap"].create(values).do_scrap()
        scrapped = self.env["stock.move"].search([("product_id", "=", lamp.id)], order="id desc", limit=1)
        scrapped.date = fields.Datetime.add(scrapped.date, days=1)
        self._sync()
        self.assertEqual(len(self._documents()), 2)
        self.assertEqual(self._issues().mapped("code"), ["stock_short"])
        self.assertEqual(self._stock_in_xero(lamp), (1, 20))
        self._bill(order)
        self._sync()
        self.assertEqual(self._stock_in_xero(lamp), (3, 60))
        self.assertFalse(self._issues())

    def test_first_in_first_out(self):
        """S5-64: another costing method than Xero's is left alone, shown and explained."""
        self.company.cost_method = "fifo"
        lamp = self._goods("Lamp", default_code="L1")
        self._bought(lamp, 2, 10)
        self._bought(lamp, 2, 20)
        self._deliver(lamp, 2)
        self._invoice(lines=[(lamp, 2, 50.0)])
        self._sync()
        self.assertEqual(self._stock_in_xero(lamp), (2, 30))
        level = self._level(lamp)
        self.assertEqual((level.odoo_value, level.xero_value, level.is_equal), (40, 30, False))
        self.assertIn("average cost", level.explanation)
        self.assertFalse(self._documents())

    def test_a_lost_answer_makes_no_second_document(self):
        """S4-39: bill, credit note and their settlements are made once, whatever answer is lost."""
        lamp = self._goods("Lamp", default_code="L1")
        self._bought(lamp, 10, 20)
        self._sync()
        for path in ("Invoices", "CreditNotes", "Payments"):
            self.xero.add_fault("reset", "PUT", path, when="after", times=1)
        self._counted((lamp, 12))
        self._sync(2)
        self._counted((lamp, 9))
        self._sync(6)
        up, down = self._documents()
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=up.name)), 1)
        self.assertEqual(len(self._in_xero("CreditNotes", CreditNoteNumber=down.name)), 1)
        payments = [one for one in self._in_xero("Payments") if one["Reference"] in (up.name, down.name)]
        self.assertEqual(len(payments), 2)
        self.assertEqual(self._stock_in_xero(lamp), (9, 180))

    def test_no_echo(self):
        """S4-39: what went out as a stock document does not come back as a bill, and its payment as none."""
        self.connection.write({"import_documents": "all"} if "import_documents" in self.connection else {})
        lamp = self._goods("Lamp", default_code="L1")
        self._counted((lamp, 12))
        self._sync()
        moves = self.env["account.move"].search_count([])
        self._import()
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertFalse(self._issues())

    def test_amounts_to_the_cent(self):
        """S4-47: what Xero computes of quantity and price is Odoo's value, however many pieces there are."""
        for quantity, amount in ((3, "10.00"), (700, "1000.01"), (12345, "0.07"), ("0.3333", "99.99")):
            quantity, amount = Decimal(quantity), Decimal(amount)
            lines = in_lines(quantity, amount)
            self.assertEqual(sum(part for part, _unit in lines), quantity)
            total = sum((part * unit).quantize(Decimal("0.01"), "ROUND_HALF_UP") for part, unit in lines)
            self.assertEqual(total, amount)

    def test_a_count_that_is_left_out(self):
        """S4-74, S4-75: a count kept out gets no bill, and no comparison corrects it; taken in again it goes."""
        lamp = self._goods("Lamp", default_code="L1")
        self._bought(lamp, 10, 20)
        self._sync()
        self._counted((lamp, 12))
        quant = self.env["stock.quant"].search([("product_id", "=", lamp.id), ("location_id", "=", self.stock.id)])
        quant.write({"xero_do_not_export": True, "xero_do_not_export_reason": "Found on loan"})
        self._sync()
        self.assertFalse(self._documents())
        self.connection.action_check_stock()
        self._sync()
        self.assertFalse(self._documents())
        self.assertEqual(self._stock_in_xero(lamp), (10, 200))
        self.assertTrue(self._level(lamp).is_equal)
        self.assertIn("2 of it are left out", self._level(lamp).explanation)
        quant.action_xero_include()
        self._sync()
        self.assertEqual(self._stock_in_xero(lamp), (12, 240))
        with self.assertRaisesRegex(UserError, "carries it"):
            quant._xero_stock_moves()[-1:].xero_do_not_export = True


class TestStockTrackedSteps(TrackedCase):
    """Whatever happens in the warehouse, in whatever order, Xero shows what it should after every sync."""

    def _walk(self, seed, number, **values):
        self.connection.write(values)
        self.startPatcher(unhurried(self.xero))
        valuation = stock_value_steps.prepare_odoo(self.env, self.company)
        self.env["xero.account.mapping"].create(
            {
                "connection_id": self.connection.id,
                "account_id": valuation.id,
                "xero_account_id": self._account("630").id,
            }
        )
        products = [self._goods(f"Thing {n}", default_code=f"T{n}") for n in range(3)]
        warehouse = Warehouse(
            self.env, self.connection, self.xero, self._sync, self.supplier, self.customer, products, seed
        )
        made = warehouse.run(number, check=lambda: self.assertFalse(warehouse.differences(), dict(warehouse.made)))
        self.assertGreater(sum(made.values()), number / 3)
        self.assertLessEqual(stock_making_steps.often(self.env), set(made))

    def test_by_chance(self):
        """S4-78, S4-79, S4-29, S4-42, S4-85, S4-88: 60 random steps; quantities and values at average cost agree."""
        self._walk(1, 60)
