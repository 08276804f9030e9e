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
