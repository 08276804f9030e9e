"""Stock that Xero does not track: Xero's stock account comes to Odoo's stock value, by one journal a day."""

from decimal import Decimal

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form

from .stock_common import StockCase
from .stock_value_steps import ON_HAND, RECEIVED


class TestStockJournals(StockCase):
    def test_received_and_billed(self):
        """S4-79, S4-87: goods without bill are owed for; their bill then carries the value in their place."""
        lamp = self._goods()
        order = self._order(lamp, 10, 12.5)
        self._receive(order)
        self._export()
        [journal] = self._journals()
        lines = {line["AccountCode"]: float(line["LineAmount"]) for line in journal["JournalLines"]}
        self.assertEqual(lines, {ON_HAND: 125.0, RECEIVED: -125.0})
        self.assertEqual(self._balance(ON_HAND), Decimal("125.00"))
        self.assertSynced(self._documents())
        self._bill(order)
        self._export()
        self.assertEqual(self._balance(ON_HAND), Decimal("125.00"))
        self.assertEqual(self._balance(RECEIVED), 0)
        self.assertStockAgrees()
        self.assertFalse(self._issues())

    def test_delivered(self):
        """S4-41, S4-90: counts go against the adjustment account, deliveries to the cost of sales."""
        lamp = self._goods(standard_price=20.0)
        self._count(lamp, 5)
        self._export()
        self._deliver(lamp, 2)
        self._export()
        [journal] = self._journals()
        lines = [(line["AccountCode"], float(line["LineAmount"])) for line in journal["JournalLines"]]
        self.assertEqual(sorted(lines), [("310", 40.0), ("429", -100.0), (ON_HAND, -40.0), (ON_HAND, 100.0)])
        self.assertStockAgrees()
        self.assertEqual(self._documents().move_ids, self.env["stock.move"].search([("product_id", "=", lamp.id)]))

    def test_nothing_twice(self):
        """S4-39: a stocktake is one journal, whatever is looked at again afterwards."""
        self._count(self._goods(standard_price=20.0), 5)
        self._export()
        self.xero.clear_journal()
        self.connection._look_at_stock()
        self._export()
        self.assertFalse(self._writes())
        self.assertEqual(len(self._journals()), 1)
        self.assertFalse(self._queue())

    def test_transfer(self):
        """S4-40, S4-84, S4-91: a transfer between locations sends nothing, and says why."""
        lamp = self._goods(standard_price=20.0)
        self._count(lamp, 5)
        self._export()
        self.xero.clear_journal()
        picking = self._move(lamp, 2, self.stock, self._shelf())
        self._export()
        self.assertFalse(self._writes())
        [line] = self.env["xero.history"].search([("model", "=", "stock.move"), ("res_id", "in", picking.move_ids.ids)])
        self.assertEqual(line.action, "skipped")
        self.assertIn("transfer between locations", line.note)
        self.assertStockAgrees()

    def test_transfer_between_accounts(self):
        """S4-40: where two places have different accounts, a transfer moves the value between them, and back."""
        show_room = self.valuation.copy({"name": "Goods on Show", "code": "110200"})
        shelf = self._shelf("Show Room", valuation_account_id=show_room.id)
        self.env["xero.account.mapping"].create(
            {
                "connection_id": self.connection.id,
                "account_id": show_room.id,
                "xero_account_id": self._xero_account("620").id,
            }
        )
        lamp = self._goods(standard_price=20.0)
        self._count(lamp, 5)
        before = self._balance("620")
        self._move(lamp, 2, self.stock, shelf)
        self._export()
        self.assertEqual((self._balance(ON_HAND), self._balance("620") - before), (Decimal("60.00"), Decimal("40.00")))
        self._move(lamp, 2, shelf, self.stock)
        self._export()
        self.assertEqual(self._balance("620"), before)
        self.assertStockAgrees()

    def test_periodic(self):
        """S4-79: where bills are booked as expenses, what is billed leaves the expenses for the stock account."""
        lamp = self._goods(category=self.periodic)
        order = self._order(lamp, 10, 12.5)
        self._receive(order)
        self._export()
        self.assertEqual((self._balance(ON_HAND), self._balance(RECEIVED)), (Decimal("125.00"), Decimal("-125.00")))
        bill = self._bill(order)
        self._export()
        self.assertNotIn(self.valuation, bill.invoice_line_ids.account_id)
        self.assertEqual((self._balance(ON_HAND), self._balance(RECEIVED)), (Decimal("125.00"), 0))
        self.assertStockAgrees()

    def test_cogs_lines_and_closing_stay_in_odoo(self):
        """S4-86: an invoice's lines for the cost of sales and Odoo's closing entry stay beside the journal in Odoo."""
        self.connection.sync_manual_journals = True
        lamp = self._goods(standard_price=20.0)
        self._count(lamp, 5)
        self._deliver(lamp, 2)
        invoice = self._invoice(lines=((lamp, 2, 100.0),))
        self.assertTrue(invoice.line_ids.filtered(lambda line: line.display_type == "cogs"))
        self.company.action_close_stock_valuation(auto_post=True)
        self._export()
        self.assertEqual(len(self._journals()), 1)
        self.assertEqual(self._balance("310"), Decimal("40.00"))
        self.assertStockAgrees()

    def test_price_differs_on_the_bill(self):
        """S4-79: the bill's price revalues the receipt; nothing stays owed for what is billed."""
        lamp = self._goods()
        order = self._order(lamp, 3, 10.0)
        self._receive(order)
        self._export()
        self._deliver(lamp, 1)
        self._bill(order, price=11.11)
        self._export()
        self.assertStockAgrees()
        self.assertEqual(self._balance(RECEIVED), 0)
        self.assertFalse(self._queue())

    def test_cost_set_by_hand(self):
        """S4-41: a cost that somebody sets revalues the stock in Xero too."""
        lamp = self._goods(standard_price=20.0)
        self._count(lamp, 5)
        self._export()
        lamp.standard_price = 22.0
        self._export()
        self.assertEqual(self._balance(ON_HAND), Decimal("110.00"))
        self.assertStockAgrees()

    def test_undone_the_same_day(self):
        """S4-41: what is undone the same day leaves no journal behind."""
        lamp = self._goods(standard_price=20.0)
        self._count(lamp, 5)
        self._export()
        self._count(lamp, 0)
        self._export()
        self.assertFalse(self._journals())
        self.assertEqual(self._balance(ON_HAND), 0)
        self._count(lamp, 1)
        self._export()
        self.assertStockAgrees()
        self.assertEqual(len(self._journals()), 1)

    def test_accounts_are_asked_for(self):
        """S4-45, S4-50: without its account a count waits, names the setting, and goes once that is chosen."""
        self.connection.stock_adjustment_account_id = False
        self._count(self._goods(standard_price=20.0), 5)
        self._export()
        issue = self._issues()
        self.assertEqual(issue.code, "stock_account_missing")
        self.assertIn("Account For Stock Adjustments", issue.text)
        self.assertFalse(self._journals())
        self.connection.stock_adjustment_account_id = self._xero_account("429")
        self._export()
        self.assertFalse(self._issues())
        self.assertStockAgrees()

    def test_inventory_accounts_take_no_journals(self):
        """S5-69: mapped to an account of the items that Xero counts, the journal waits with the way out."""
        rows = self.env["xero.account.mapping"].search(
            [("connection_id", "=", self.connection.id), ("account_id", "=", self.valuation.id)]
        )
        rows.xero_account_id = self._xero_account("630")
        self._count(self._goods(standard_price=20.0), 5)
        self._export()
        self.assertEqual(self._issues().code, "account_inventory")
        self.assertFalse(self._journals())
        rows.xero_account_id = self._xero_account(ON_HAND)
        self._export()
        self.assertStockAgrees()

    def test_locked_days(self):
        """S4-41: what Xero has locked is posted on its first open day."""
        today = fields.Date.today()
        self.xero.act("set-lock-dates", tenant_id=self.connection.tenant_id, period=fields.Date.to_string(today))
        self.connection.period_lock_date = today
        self._count(self._goods(standard_price=20.0), 5)
        self._export()
        [document] = self._documents()
        self.assertEqual(document.date, fields.Date.add(today, days=1))
        self.assertSynced(document)

    def test_switched_off(self):
        """S4-51, S4-52: nothing of the stock leaves unless it is ticked; then what was missed goes."""
        self.connection.sync_inventory = False
        self._count(self._goods(standard_price=20.0), 5)
        self._export()
        self.assertFalse(self._journals())
        self.assertFalse(self._documents())
        self.connection.sync_inventory = True
        self._export()
        self.assertStockAgrees()

    def test_before_the_start(self):
        """S4-38: what was in stock before the start is in Xero already; it goes only where it is asked for."""
        lamp = self._goods(standard_price=20.0)
        self.connection.sync_inventory = False
        self._count(lamp, 5)
        moves = self.env["stock.move"].search([("product_id", "=", lamp.id)])
        moves.date = fields.Datetime.subtract(fields.Datetime.now(), days=9)
        self.connection.write(
            {"sync_from_date": fields.Date.subtract(fields.Date.today(), days=5), "sync_inventory": True}
        )
        self._export()
        [opening] = self._documents()
        self.assertEqual((opening.is_opening, opening.value), (True, 100.0))
        self.assertFalse(self._journals())
        self._deliver(lamp, 1)
        self._export()
        self.assertEqual(self._balance(ON_HAND), Decimal("-20.00"))
        opening.xero_do_not_export = False
        opening.action_xero_export()
        self._export()
        self.assertStockAgrees()

    def test_late_moves(self):
        """S4-39: what is dated back to a day that has its journal goes with a later one, which names it."""
        lamp = self._goods(standard_price=20.0)
        self._count(lamp, 5)
        self._export()
        [first] = self._documents()
        yesterday = fields.Date.subtract(first.date, days=1)
        # As it is on the day after: the journal that is there is yesterday's.
        first.date = yesterday
        self._scrap(lamp, 2)
        late = self.env["stock.move"].search([("product_id", "=", lamp.id), ("scrap_id", "!=", False)])
        late.date = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        self.xero.clear_journal()
        self._export()
        second = self._documents() - first
        self.assertEqual((second.date, second.value), (fields.Date.add(yesterday, days=1), -40.0))
        self.assertIn(late.reference, second.explanation)
        self.assertEqual([call["method"] for call in self._writes() if "ManualJournals" in call["path"]], ["PUT"])
        self.assertStockAgrees()

    def test_lost_answer(self):
        """S4-39: where Xero's answer is lost, the journal is found by its name and not posted a second time."""
        self.xero.add_fault("reset", method="PUT", path="ManualJournals", when="after", times=1)
        self._count(self._goods(standard_price=20.0), 5)
        self._export()
        self.xero.advance(600)
        self.env["xero.request"].search([("state", "=", "doubt")]).write(
            {
                "sent_at": fields.Datetime.subtract(fields.Datetime.now(), minutes=10),
                "retry_at": fields.Datetime.now(),
            }
        )
        self._export()
        self.assertEqual(len(self._journals()), 1)
        self.assertSynced(self._documents())
        self.assertStockAgrees()

    def test_deleted_in_xero(self):
        """S4-29: the part of a bill that is withdrawn in Xero is carried by the journal again."""
        lamp = self._goods()
        order = self._order(lamp, 4, 10.0)
        self._receive(order)
        bill = self._bill(order)
        self._export()
        self.assertEqual(self._balance(RECEIVED), 0)
        self.connection.lock_invoices = False
        bill.button_draft()
        bill.button_cancel()
        self._export()
        self.assertEqual(self._balance(RECEIVED), Decimal("-40.00"))
        self.assertStockAgrees()


class TestStockByHand(StockCase):
    """Buttons on what happens in the warehouse, where the schedule sends nothing by itself."""

    def setUp(self):
        super().setUp()
        rows = self.env["xero.schedule"]._of(self.connection)
        rows.filtered(lambda row: (row.resource, row.direction) == ("StockMoves", "out")).mode = "manual"

    def _sent(self):
        self._run_by_itself(self.connection.export_cron_id)
        return self._journals()

    def test_stocktakes(self):
        """S4-82, S4-83: where stock goes by hand, counts wait until somebody exports them from their list."""
        lamp, desk = self._goods(standard_price=20.0), self._goods("Desk", standard_price=50.0)
        self._count(lamp, 5)
        self._count(desk, 1)
        self.assertFalse(self._sent())
        quants = self.env["stock.quant"].search([("location_id", "=", self.stock.id)])
        quants.action_xero_export_stock()
        self.assertEqual(len(self._sent()), 1)
        self.assertEqual(self._balance(ON_HAND), Decimal("150.00"))
        [document] = self._documents()
        self.assertEqual(set(quants.mapped("xero_stock_state")), {f"{document.name}: Synced"})

    def test_transfers(self):
        """S4-84: exported by its button, a transfer says on the record that there is nothing to send."""
        lamp = self._goods(standard_price=20.0)
        self._count(lamp, 5)
        picking = self._move(lamp, 2, self.stock, self._shelf())
        self._mark()
        self.assertEqual(picking.xero_stock_state, "Waiting in the queue")
        picking.action_xero_export_stock()
        self._sent()
        picking.invalidate_recordset()
        self.assertIn("Nothing to send", picking.xero_stock_state)

    def test_scrap(self):
        """S4-41, S4-82: scrap is exported from its own form and goes against the adjustment account."""
        lamp = self._goods(standard_price=20.0)
        self._count(lamp, 5)
        scrap = self._scrap(lamp, 2)
        self.assertFalse(self._sent())
        scrap.action_xero_export_stock()
        self.assertTrue(self._sent())
        self.assertEqual(self._balance("429"), Decimal("-60.00"))

    def test_nothing_done(self):
        """S4-84: what has not been done yet, or has no connection to go to, cannot be exported, and says why."""
        lamp = self._goods(standard_price=20.0)
        order = self._order(lamp, 1, 10.0)
        with self.assertRaisesRegex(UserError, "nothing to send"):
            order.picking_ids.action_xero_export_stock()
        self._receive(order)
        self.connection.sync_inventory = False
        with self.assertRaisesRegex(UserError, "Sync Inventory with Xero"):
            order.picking_ids.action_xero_export_stock()


class TestStockLeftOut(StockCase):
    """Moves that people keep out of Xero: the journals go as if they had not been."""

    def _leave_out(self, records, reason="Booked by hand"):
        action = records.action_xero_exclude()
        with Form(self.env[action["res_model"]].with_context(**action["context"])) as form:
            form.reason = reason
        form.save().action_confirm()

    def _short_of_odoo(self, value):
        """By how much Xero's stock account is below Odoo's stock."""
        self.assertEqual(self._stock_value() - self._balance(ON_HAND), Decimal(value))

    def test_before_it_goes(self):
        """S4-74, S4-75, S4-82: a delivery that is kept out changes nothing in Xero, nor later, and says why."""
        lamp = self._goods(standard_price=20.0)
        self._count(lamp, 5)
        self._export()
        picking = self._deliver(lamp, 2)
        self._leave_out(picking)
        self.assertEqual(picking.move_ids.xero_do_not_export_reason, "Booked by hand")
        self.xero.clear_journal()
        self._export()
        self._short_of_odoo("-40.00")
        self.assertFalse(self._writes())
        [line] = self.env["xero.history"].search([("model", "=", "stock.move"), ("res_id", "=", picking.move_ids.id)])
        self.assertEqual((line.action, "Booked by hand" in line.note), ("skipped", True))
        self.assertEqual(picking.xero_stock_state, "Set not to be exported to Xero: Booked by hand")
        self.assertFalse(picking.xero_code)
        self._deliver(lamp, 1)
        self._export()
        self._short_of_odoo("-40.00")
        self.assertEqual(self._balance("310"), Decimal("20.00"))
        self.assertFalse(self._issues())

    def test_after_it_went(self):
        """S4-74, S4-75: what went is taken back with the next journal, and comes again when it is taken in again."""
        lamp = self._goods(standard_price=20.0)
        self._count(lamp, 5)
        self._export()
        scrap, kept = self._scrap(lamp, 2), self._scrap(lamp, 1)
        self._export()
        self.assertStockAgrees()
        self._leave_out(scrap, "Insured")
        self.assertIn(scrap, scrap.search([("xero_do_not_export", "=", True)]))
        self.assertNotIn(kept, scrap.search([("xero_do_not_export", "=", True)]))
        self._export()
        self._short_of_odoo("-40.00")
        [document] = self._documents()
        self.assertNotIn(scrap.move_ids, document.move_ids)
        self.assertIn("Insured", document.explanation)
        [journal] = self._journals()
        self.assertIn("Insured", journal["Narration"])
        scrap.action_xero_include()
        self._export()
        self.assertStockAgrees()
        self.assertFalse(document.explanation)
        self.assertFalse(scrap.xero_do_not_export or scrap.xero_do_not_export_reason)

    def test_a_count(self):
        """S4-39, S4-74: of a product's counts the last one is kept out; it cannot be sent by hand meanwhile."""
        lamp = self._goods(standard_price=20.0)
        self._count(lamp, 5)
        self._export()
        self._count(lamp, 8)
        quant = self.env["stock.quant"].search([("product_id", "=", lamp.id), ("location_id", "=", self.stock.id)])
        self._leave_out(quant.with_context(inventory_mode=True))
        self._export()
        self._short_of_odoo("60.00")
        counts = quant._xero_stock_moves().sorted("id")
        self.assertEqual(counts.mapped("xero_do_not_export"), [False, True])
        with self.assertRaisesRegex(UserError, "Untick"):
            counts[-1:].action_xero_export_stock()
        quant.action_xero_include()
        self._export()
        self.assertStockAgrees()

    def test_a_transfer_between_accounts(self):
        """S4-40, S4-84: a transfer to a place with an account of its own that is kept out moves no value in Xero."""
        show_room = self.valuation.copy({"name": "Goods on Show", "code": "110200"})
        shelf = self._shelf("Show Room", valuation_account_id=show_room.id)
        row = {"connection_id": self.connection.id, "account_id": show_room.id}
        self.env["xero.account.mapping"].create({**row, "xero_account_id": self._xero_account("620").id})
        lamp, before = self._goods(standard_price=20.0), self._balance("620")
        self._count(lamp, 5)
        self._leave_out(self._move(lamp, 2, self.stock, shelf))
        self._move(lamp, 1, self.stock, shelf)
        self._export()
        self.assertEqual((self._balance(ON_HAND), self._balance("620") - before), (Decimal("80.00"), Decimal("20.00")))


class TestWarehouses(StockCase):
    """Warehouses are options of a tracking category: what leaves them is told apart in Xero."""

    def setUp(self):
        super().setUp()
        self.warehouse.name = "North"
        self.south = self.env["stock.warehouse"].create({"name": "south ", "code": "ZS", "company_id": self.company.id})
        self.lamp = self._goods(standard_price=20.0)

    def _rows(self):
        return self.env["xero.warehouse.mapping"].search([("connection_id", "=", self.connection.id)])

    def _tracked(self, code):
        """What of an account stands under which option."""
        found = {}
        for line in (line for journal in self._journals() for line in journal["JournalLines"]):
            if line["AccountCode"] == code:
                [option] = [entry["Option"] for entry in line["Tracking"]] or [None]
                found[option] = found.get(option, 0) + line["LineAmount"]
        return {option: amount for option, amount in found.items() if amount}

    def _sold(self):
        self._count(self.lamp, 10)
        self._count(self.lamp, 10, self.south.lot_stock_id)
        self._deliver(self.lamp, 2)
        self._move(self.lamp, 3, self.south.lot_stock_id, self.customers)
        self._export()

    def test_proposals_and_coverage(self):
        """S2-41: warehouses find the options of their names; the gaps are counted, and a single warehouse is none."""
        self.assertEqual({row.warehouse_id: row.tracking_option_id.name for row in self._rows()}[self.south], "South")
        east = self.env["stock.warehouse"].create({"name": "East", "code": "ZE", "company_id": self.company.id})
        self.connection.action_propose_mappings()
        coverage = self.connection.coverage_ids.filtered(lambda row: row.kind == "warehouses")
        self.assertEqual((coverage.total, coverage.covered), (3, 2))
        action = coverage.action_open()
        gaps = self.env[action["res_model"]].search([*action["domain"], ("mapped", "=", False)])
        self.assertEqual((gaps.warehouse_id, action["context"]["search_default_unmapped"]), (east, 1))
        gaps.left_out = True
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self.connection.coverage_ids.filtered(lambda row: row.kind == "warehouses").gaps)

    def test_cost_of_sales_by_warehouse(self):
        """S2-20, S4-39: cost of sales and counts stand under the option of their warehouse, the stock under none."""
        self._sold()
        self.assertEqual(self._tracked("310"), {"North": 40.0, "South": 60.0})
        self.assertEqual(self._tracked("429"), {"North": -200.0, "South": -200.0})
        self.assertEqual(set(self._tracked(ON_HAND)), {None})
        self.assertStockAgrees()
        order = self._order(self.lamp, 4, 20.0)
        self._receive(order)
        self._bill(order)
        self._export()
        self.assertEqual(self._balance(RECEIVED), 0)
        self.assertEqual(self._tracked("310"), {"North": 40.0, "South": 60.0})
        self.assertStockAgrees()

    def test_another_option(self):
        """S2-41: what was booked without a warehouse, or under another, moves with the next journal."""
        north = self._rows().filtered(lambda row: row.warehouse_id == self.warehouse)
        south = self._rows() - north
        north.tracking_option_id = False
        self._sold()
        self.assertEqual(self._tracked("310"), {None: 40.0, "South": 60.0})
        north.tracking_option_id = south.tracking_option_id
        self._export()
        self.assertEqual(self._tracked("310"), {"South": 100.0})
        self.assertStockAgrees()
        self.assertFalse(self._issues())

    def test_read_again(self):
        """S2-41: a new option in Xero leaves what is mapped as it is; one that is gone leaves a gap."""
        [region] = self._in_xero("TrackingCategories", Name="Region")
        before = {row.warehouse_id: row.tracking_option_id for row in self._rows()}
        path = f"TrackingCategories/{region['TrackingCategoryID']}/Options"
        self.connection._with_client(lambda client: client.put(path, {"Name": "Far East"}, key="far-east"))
        self.connection.action_read_reference_data()
        self.assertEqual({row.warehouse_id: row.tracking_option_id for row in self._rows()}, before)
        self.assertIn("Far East", before[self.south].category_id.option_ids.mapped("name"))
        [south] = [one["TrackingOptionID"] for one in region["Options"] if one["Name"] == "South"]
        self.connection._with_client(lambda client: client.delete(f"{path}/{south}"))
        self.connection.action_read_reference_data()
        [gap] = self._rows().filtered(lambda row: not row.mapped)
        self.assertEqual(gap.warehouse_id, self.south)
