"""Stock that Xero counts as well (features.md A6-9, mode *Tracked*), over the simulator."""

from decimal import Decimal

from odoo import fields
from odoo.fields import Command

from ..mappers.stock_bill import in_lines
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
        self.stock = (
            self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1).lot_stock_id
        )

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
        move._action_confirm()
        move.quantity = quantity
        move.picked = True
        move._action_done()
        return move

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

    def test_amounts_to_the_cent(self):
        """S4-47: what Xero computes of quantity and price is Odoo's value, however many pieces there are."""
        for quantity, amount in ((3, "10.00"), (700, "1000.01"), (12345, "0.07"), ("0.3333", "99.99")):
            quantity, amount = Decimal(quantity), Decimal(amount)
            lines = in_lines(quantity, amount)
            self.assertEqual(sum(part for part, _unit in lines), quantity)
            total = sum((part * unit).quantize(Decimal("0.01"), "ROUND_HALF_UP") for part, unit in lines)
            self.assertEqual(total, amount)
