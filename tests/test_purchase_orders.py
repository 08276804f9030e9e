from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from .common import XeroCase


class TestPurchaseOrders(XeroCase):
    """Confirmed purchase orders, as a bookkeeper finds them in Xero."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("purchase.group_purchase_manager")

    def _order(self, quantity=4, price=49.99, confirm=True, **values):
        line = {
            "product_id": self.product.id,
            "product_qty": quantity,
            "price_unit": price,
            "tax_ids": [Command.set(self.tax_purchase.ids)],
        }
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "company_id": self.company.id,
                "order_line": [Command.create(line)],
                **values,
            }
        )
        if confirm:
            order.button_confirm()
        return order

    def _sent(self, order):
        return self._in_xero("PurchaseOrders", PurchaseOrderID=self._binding(order).external_id)[0]

    def test_older_order_goes_when_somebody_says_so(self):
        """Export Now on an order from before the start date asks, and then sends it."""
        order = self._order()
        self.connection.sync_from_date = fields.Date.today()
        order.date_approve = fields.Datetime.now() - timedelta(days=40)
        self._export()
        self.assertFalse(self._in_xero("PurchaseOrders"))
        action = order.action_xero_export()
        self.env["xero.older"].with_context(**action["context"]).create({}).action_send()
        self._export()
        self.assertSynced(order)

    def test_confirmed_orders(self):
        """S5-50: a confirmed order is an approved purchase order of its supplier in Xero; a request is none there."""
        request = self._order(confirm=False)
        order = self._order(partner_ref="Quote 88")
        self._export()
        self.assertFalse(self._binding(request))
        self.assertSynced(order)
        [sent] = self._in_xero("PurchaseOrders", PurchaseOrderNumber=order.name)
        self.assertEqual((sent["Status"], sent["Reference"]), ("AUTHORISED", "Quote 88"))
        self.assertEqual(sent["Contact"]["Name"], self.supplier.name)
        [line] = sent["LineItems"]
        self.assertEqual((line["Quantity"], line["ItemCode"], line["TaxType"]), (4, "LAMP", "INPUT2"))
        self.assertEqual((float(sent["Total"]), float(sent["TotalTax"])), (order.amount_total, order.amount_tax))
        self.assertEqual(order.xero_code, order.name)
        self.assertFalse(self._in_xero("Invoices", Type="ACCPAY", Contact__Name=self.supplier.name))

    def test_changes_follow(self):
        """S5-50: a changed quantity and text reach the same order in Xero; once billed, it is billed there."""
        order = self._order()
        self._export()
        order.order_line.product_qty = 6
        order.order_line.name = "Lamps for the annex"
        self._export()
        [sent] = self._in_xero("PurchaseOrders", PurchaseOrderNumber=order.name)
        [line] = sent["LineItems"]
        self.assertEqual((line["Quantity"], line["Description"]), (6, "Lamps for the annex"))
        self.assertEqual(float(sent["Total"]), order.amount_total)
        order.order_line.qty_received = 6
        order.action_create_invoice()
        order.invoice_ids.write({"invoice_date": order.date_order.date(), "ref": "B-77"})
        order.invoice_ids.action_post()
        self._export()
        self.assertEqual(self._sent(order)["Status"], "BILLED")
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber="B-77")), 1)

    def test_cancelled_orders(self):
        """S5-50: a cancelled order is deleted in Xero and gives its number free; confirmed again, it is there again."""
        order = self._order()
        self._export()
        first = self._binding(order).external_id
        order.button_cancel()
        self._export()
        [gone] = self._in_xero("PurchaseOrders", PurchaseOrderID=first)
        self.assertEqual(gone["Status"], "DELETED")
        self.assertNotEqual(gone["PurchaseOrderNumber"], order.name)
        order.button_draft()
        order.button_confirm()
        self._export()
        self.assertFalse(self._issues(), self._issues().mapped("text"))
        [again] = self._in_xero("PurchaseOrders", PurchaseOrderNumber=order.name)
        self.assertEqual((again["Status"], again["PurchaseOrderID"] != first), ("AUTHORISED", True))

    def test_units_discounts_and_included_prices(self):
        """S5-50: dozens, discounts and prices with tax in them arrive with Odoo's total."""
        included = self.tax_purchase.copy({"name": "15% in it", "price_include_override": "tax_included"})
        self.connection.action_read_reference_data()
        order = self._order(quantity=2, price=120.0, confirm=False)
        order.order_line.write(
            {
                "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                "price_unit": 119.99,
                "discount": 12.5,
                "tax_ids": [Command.set(included.ids)],
            }
        )
        order.button_confirm()
        self._export()
        sent = self._sent(order)
        self.assertEqual(float(sent["Total"]), order.amount_total)

    def test_switched_off(self):
        """S5-50: with Send Purchase Orders off they stay in Odoo; switched on, those of the period go."""
        self.connection.send_purchase_orders = False
        order = self._order()
        self._export()
        self.assertFalse(self._in_xero("PurchaseOrders", PurchaseOrderNumber=order.name))
        self.connection.send_purchase_orders = True
        self._export()
        self.assertSynced(order)

    def test_lost_answer(self):
        """S5-50: an order whose answer was lost is found by its number, and not made twice."""
        order = self._order()
        self.xero.add_fault("reset", "PUT", "PurchaseOrders", times=2, when="after")
        self._export()
        doubtful = self.env["xero.request"].sudo().search([("state", "=", "doubt")])
        doubtful.write({"retry_at": False, "sent_at": "2020-01-01"})
        self._export()
        self.assertEqual(len(self._in_xero("PurchaseOrders", PurchaseOrderNumber=order.name)), 1)
        self.assertSynced(order)

    # === STATUS === #

    def _bill(self, order, post=True):
        order.order_line.qty_received = order.order_line.product_qty
        order.action_create_invoice()
        bill = order.invoice_ids[-1:]
        bill.write({"invoice_date": order.date_order.date(), "ref": f"B-{order.id}"})
        if post:
            bill.action_post()
        return bill

    def test_billed_when_the_bill_is_posted(self):
        """S4-11, S4-43: a draft bill changes nothing in Xero; posted, the order is billed; taken back, it is open."""
        order = self._order()
        bill = self._bill(order, post=False)
        self._export()
        self.assertEqual(self._sent(order)["Status"], "AUTHORISED")
        bill.action_post()
        self._export()
        self.assertEqual(self._sent(order)["Status"], "BILLED")
        self.connection.lock_invoices = False
        bill.button_draft()
        bill.button_cancel()
        self._export()
        self.assertEqual(self._sent(order)["Status"], "AUTHORISED")
        self.assertFalse(self._issues(), self._issues().mapped("text"))

    def test_partly_billed_is_not_billed(self):
        """S4-11: an order of which some is still to come and to be billed stays open in Xero."""
        order = self._order(quantity=10)
        order.order_line.qty_received = 4
        order.action_create_invoice()
        order.invoice_ids.write({"invoice_date": order.date_order.date(), "ref": "B-4"})
        order.invoice_ids.action_post()
        self._export()
        self.assertEqual(order.invoice_ids.amount_untaxed, 199.96)
        self.assertEqual(self._sent(order)["Status"], "AUTHORISED")

    def test_requests_by_setting(self):
        """S4-11, S4-43: by setting requests are drafts in Xero, follow changes, and are approved when confirmed."""
        self.connection.send_rfqs = True
        request = self._order(confirm=False)
        self._export()
        self.assertSynced(request)
        first = self._sent(request)
        self.assertEqual((first["Status"], first["PurchaseOrderNumber"]), ("DRAFT", request.name))
        request.order_line.price_unit = 45.0
        self._export()
        sent = self._sent(request)
        self.assertEqual((sent["Status"], sent["LineItems"][0]["UnitAmount"]), ("DRAFT", 45))
        request.button_confirm()
        self._export()
        self.assertEqual(self._sent(request)["Status"], "AUTHORISED")
        self.assertEqual(self._sent(request)["PurchaseOrderID"], first["PurchaseOrderID"])

    def test_requests_of_before(self):
        """S4-43: switching requests on sends those that are open; one without lines waits until it has some."""
        request = self._order(confirm=False)
        empty = self.env["purchase.order"].create({"partner_id": self.supplier.id, "company_id": self.company.id})
        self._export()
        self.assertFalse(self._binding(request))
        self.connection.send_rfqs = True
        self._export()
        self.assertSynced(request)
        self.assertFalse(self._binding(empty).external_id)
        self.assertFalse(self._issues(), self._issues().mapped("text"))
        line = {"product_id": self.product.id, "product_qty": 1, "price_unit": 3, "order_id": empty.id}
        self.env["purchase.order.line"].create(line)
        self._export()
        self.assertSynced(empty)

    def test_cancelled_request_is_deleted(self):
        """S4-11, S5-14: a request that is cancelled is deleted in Xero, with its number released."""
        self.connection.send_rfqs = True
        request = self._order(confirm=False)
        self._export()
        external_id = self._binding(request).external_id
        request.button_cancel()
        self._export()
        [gone] = self._in_xero("PurchaseOrders", PurchaseOrderID=external_id)
        self.assertEqual(gone["Status"], "DELETED")
        self.assertFalse(self._in_xero("PurchaseOrders", PurchaseOrderNumber=request.name))
        self.assertEqual(request.xero_state, "deleted")

    def test_status_in_xero_is_not_overruled(self):
        """S4-11: an order that somebody copied to a bill in Xero keeps its status when a text changes in Odoo."""
        order = self._order()
        self._export()
        external_id = self._binding(order).external_id
        billed = {"PurchaseOrderID": external_id, "Status": "BILLED"}
        self.connection._get_client().post("PurchaseOrders", {"PurchaseOrders": [billed]}, key="copied")
        order.partner_ref = "Quote 90"
        self._export()
        sent = self._sent(order)
        self.assertEqual((sent["Status"], sent["Reference"]), ("BILLED", "Quote 90"))

    # === LINES === #

    def test_lines_keep_their_identity(self):
        """S4-43: a change of one line leaves the others what they are in Xero; an added and a removed line follow."""
        order = self._order()
        order.write(
            {"order_line": [Command.create({"product_id": self.product.id, "product_qty": 1, "price_unit": 9})]}
        )
        self._export()
        before = [line["LineItemID"] for line in self._sent(order)["LineItems"]]
        order.order_line[1].product_qty = 3
        self._export()
        lines = self._sent(order)["LineItems"]
        self.assertEqual([line["LineItemID"] for line in lines], before)
        self.assertEqual([line["Quantity"] for line in lines], [4, 3])
        order.write(
            {"order_line": [Command.create({"display_type": "line_note", "name": "Ring before", "product_qty": 0})]}
        )
        self._export()
        self.assertEqual(self._sent(order)["LineItems"][-1]["Description"], "Ring before")
        self.assertEqual(float(self._sent(order)["Total"]), order.amount_total)

    def test_tax_of_the_same_rate(self):
        """S4-43: another tax of the same percentage changes no amount, and is noticed all the same."""
        order = self._order()
        self._export()
        other = self.tax_purchase.copy({"name": "15% of somebody else"})
        order.order_line.tax_ids = other
        self._export()
        self.assertEqual(self._issues().mapped("code"), ["tax_unmapped"])
        order.order_line.write({"tax_ids": [Command.set(self.tax_purchase.ids)], "product_qty": 5})
        self._export()
        [line] = self._sent(order)["LineItems"]
        self.assertEqual((line["TaxType"], line["Quantity"]), ("INPUT2", 5))
        # What waited for the other tax is out as well, and nobody needs that tax any more.
        self.assertFalse(self._queue(order))
        self.assertFalse(self._issues())

    def test_tax_swapped_back(self):
        """S4-43: a change that waited for a tax is settled where nothing is left to send; another order still waits."""
        order, other_order = self._order(), self._order()
        self._export()
        other = self.tax_purchase.copy({"name": "15% of somebody else"})
        (order | other_order).order_line.tax_ids = other
        self._export()
        order.order_line.tax_ids = self.tax_purchase
        self.xero.clear_journal()
        self._export()
        self.assertFalse(self._writes())
        self.assertFalse(self._queue(order))
        self.assertTrue(self._queue(other_order).issue_id)
        self.assertEqual(self._issues().mapped("code"), ["tax_unmapped"])

    def test_account_is_that_of_the_bill(self):
        """S4-11, S5-14: lines stand on the account that the bill is booked to, with the bill's tax and item."""
        order = self._order()
        self._bill(order)
        self._export()
        [ordered], bill = self._sent(order)["LineItems"], order.invoice_ids
        [billed] = self._in_xero("Invoices", InvoiceNumber=bill.ref)[0]["LineItems"]
        for key in ("AccountCode", "TaxType", "ItemCode", "Quantity", "UnitAmount", "LineAmount"):
            self.assertEqual(ordered[key], billed[key], key)

    def test_tracking(self):
        """S4-11: the analytic account of a line is its tracking option in Xero, and a change of it follows."""
        region = self.env["account.analytic.plan"].create({"name": "Region"})
        north, south = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": region.id} for name in ("North", "South")]
        )
        self.connection.action_read_reference_data()
        order = self._order(confirm=False)
        order.order_line.analytic_distribution = {str(north.id): 100}
        order.button_confirm()
        self._export()
        self.assertFalse(self._issues(), self._issues().mapped("text"))
        self.assertEqual(self._sent(order)["LineItems"][0]["Tracking"][0]["Option"], "North")
        order.order_line.analytic_distribution = {str(south.id): 100}
        self._export()
        self.assertEqual(self._sent(order)["LineItems"][0]["Tracking"][0]["Option"], "South")

    def test_tax_rounded_as_a_whole(self):
        """S4-11: where the company rounds tax by document, Xero has the order's tax to the cent."""
        self.company.tax_calculation_rounding_method = "round_globally"
        order = self._order(quantity=1, price=0.23, confirm=False)
        line = {"product_id": self.product.id, "product_qty": 1, "price_unit": 0.23, "tax_ids": self.tax_purchase.ids}
        order.write({"order_line": [Command.create({**line, "name": str(n)}) for n in range(6)]})
        order.button_confirm()
        self._export()
        self.assertFalse(self._issues(), self._issues().mapped("text"))
        sent = self._sent(order)
        self.assertEqual((float(sent["Total"]), float(sent["TotalTax"])), (order.amount_total, order.amount_tax))

    def test_unmapped_account_is_said(self):
        """S4-11: an order on an account that is not mapped waits with the account named, and goes once it is."""
        account = self.product.product_tmpl_id.with_company(self.company).get_product_accounts()["expense"]
        row = self.env["xero.account.mapping"].search(
            [("connection_id", "=", self.connection.id), ("account_id", "=", account.id)]
        )
        mapped = row.xero_account_id
        row.xero_account_id = False
        order = self._order()
        self._export()
        self.assertEqual(self._issues().mapped("code"), ["account_unmapped"])
        self.assertFalse(self._in_xero("PurchaseOrders", PurchaseOrderNumber=order.name))
        row.xero_account_id = mapped
        self._export()
        self.assertSynced(order)

    def test_day_where_the_company_is(self):
        """S5-14: an order confirmed on a morning in Auckland is of that day in Xero, though it is yesterday in UTC."""
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        order = self._order()
        order.date_approve = "2026-06-09 20:30:00"
        self._export()
        self.assertEqual(self._sent(order)["DateString"][:10], "2026-06-10")

    def test_foreign_currency(self):
        """S4-11: an order in another currency goes with the rate that Odoo has for it."""
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {"name": "2020-01-01", "currency_id": usd.id, "company_id": self.company.id, "rate": 0.6}
        )
        order = self._order(currency_id=usd.id)
        self._export()
        self.assertFalse(self._issues(), self._issues().mapped("text"))
        sent = self._sent(order)
        self.assertEqual((sent["CurrencyCode"], float(sent["CurrencyRate"])), ("USD", 0.6))
        self.assertEqual(float(sent["Total"]), order.amount_total)

    # === EXACTLY ONCE === #

    def test_number_of_somebody_else(self):
        """S5-14: an order made in Xero under the same number is neither overwritten nor linked without being asked."""
        order = self._order()
        self._mark()
        contact = self._in_xero("Contacts")[0]["ContactID"]
        other = {
            "Contact": {"ContactID": contact},
            "PurchaseOrderNumber": order.name,
            "LineItems": [{"Description": "Sand", "Quantity": 1, "UnitAmount": 5}],
        }
        self.connection._get_client().put("PurchaseOrders", {"PurchaseOrders": [other]}, key="somebody")
        self._export()
        [held] = self._in_xero("PurchaseOrders", PurchaseOrderNumber=order.name)
        self.assertEqual(held["LineItems"][0]["Description"], "Sand")
        self.assertEqual(self._issues().mapped("code"), ["number_taken"])
        self.assertFalse(self._binding(order).external_id)

    def test_confirmed_again_is_made_once(self):
        """S4-11: an order deleted in Xero and confirmed again is made once, though the first try is lost on the way."""
        order = self._order()
        self._export()
        first = self._binding(order).external_id
        order.button_cancel()
        self._export()
        order.button_draft()
        order.button_confirm()
        tomorrow = {"X-Rate-Limit-Problem": "day", "Retry-After": "3600"}
        self.xero.add_fault("status", "PUT", "PurchaseOrders", times=1, status=429, headers=tomorrow)
        self._export()
        self.assertFalse(self._binding(order).external_id)
        self.env["xero.budget"]._of(self.connection).retry_at = False
        self._export()
        self.assertSynced(order)
        [again] = self._in_xero("PurchaseOrders", PurchaseOrderNumber=order.name)
        self.assertNotEqual(again["PurchaseOrderID"], first)

    def test_linked_orders_cannot_be_deleted(self):
        """S4-11: what is in Xero is not thrown away in Odoo; once it is deleted there, it may be."""
        order = self._order()
        self._export()
        order.button_cancel()
        with self.assertRaisesRegex(UserError, "synced with Xero"):
            order.unlink()
        self._export()
        order.unlink()
        self.assertFalse(order.exists())

    def test_nothing_new_costs_no_call(self):
        """S4-43: an order that is written without a change of what Xero holds causes no call."""
        order = self._order()
        self._export()
        self.xero.clear_journal()
        order.date_planned = order.date_planned
        order.order_line.sequence = 11
        self._export()
        self.assertFalse(self._writes())
        self.assertFalse(self._queue())
