from decimal import Decimal
from uuid import uuid4

from ..business_hours import local_day
from .test_contacts_in import ContactsInCase


class TestPurchaseOrdersIn(ContactsInCase):
    """Purchase orders that somebody made in Xero."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("purchase.group_purchase_manager")

    def setUp(self):
        super().setUp()
        self._invoice("in_invoice", ref="B-1", lines=((self.product, 1, 50.0),))
        self._export()
        self.vendor_id = self._binding(self.supplier).external_id
        service = self.env["product.product"].create({"name": "Sundry", "type": "service"})
        self.connection.write({"import_purchase_orders": True, "imported_line_product_id": service.id})
        self.service = service
        self.xero.clear_journal()

    def _order_in_xero(self, number, status="AUTHORISED", lines=None, **values):
        body = {
            "PurchaseOrderNumber": number,
            "Contact": {"ContactID": self.vendor_id},
            "Date": "2026-11-01",
            "DeliveryDate": "2026-11-20",
            "Reference": "Quote 7",
            "Status": status,
            "LineItems": lines or [self._line()],
            **values,
        }
        answer = self.client.put("PurchaseOrders", {"PurchaseOrders": [body]}, key=str(uuid4()))
        self.assertTrue(answer.elements[0].ok, answer.elements[0].messages)
        self.xero.clear_journal()
        return answer.elements[0].data

    def _line(self, quantity=4, price=49.99, **values):
        line = {"Description": "Lamp", "ItemCode": "LAMP", "AccountCode": "300", "TaxType": "INPUT2"}
        keys = {**line, "Quantity": quantity, "UnitAmount": Decimal(str(price)), **values}
        return {key: value for key, value in keys.items() if value is not None}

    def _change_order(self, order_id, **values):
        body = {"PurchaseOrders": [{"PurchaseOrderID": order_id, **values}]}
        answer = self.client.post("PurchaseOrders", body, key=str(uuid4()))
        self.assertTrue(answer.elements[0].ok, answer.elements[0].messages)
        self.xero.clear_journal()

    def _order_of(self, number):
        return self.env["purchase.order"].search([("name", "=", number), ("company_id", "=", self.company.id)])

    def assertNothingGoes(self):
        self._export()
        self.assertFalse(self._queue())
        self.assertFalse(self._writes())

    def test_off_by_default(self):
        """S5-14, S4-11: orders of Xero stay there before somebody says so."""
        self.connection.import_purchase_orders = False
        self._order_in_xero("PO-0900")
        self._import()
        self.assertFalse(self._order_of("PO-0900"))

    def test_request_and_order(self):
        """S5-14: a draft is a request, an approved order is confirmed by setting; to the cent, once."""
        self.connection.imported_orders_are = "purchase"
        text = {"Description": "Please deliver in the morning"}
        freight = self._line(1, 12.5, ItemCode=None, Description="Freight")
        draft = self._order_in_xero("PO-0901", "DRAFT")
        sent = self._order_in_xero("PO-0902", lines=[self._line(3, 33.333, DiscountRate=10), text, freight])
        self._import()
        self._import()
        request, order = self._order_of("PO-0901"), self._order_of("PO-0902")
        self.assertEqual((len(request), request.state), (1, "draft"))
        self.assertEqual((len(order), order.state, order.partner_ref), (1, "purchase", "Quote 7"))
        self.assertEqual(order.partner_id, self.supplier)
        self.assertEqual(str(local_day(self.company, order.date_planned)), "2026-11-20")
        self.assertEqual(order.order_line.product_id, self.product | self.service)
        self.assertEqual(order.order_line.filtered("display_type").name, text["Description"])
        for found, held in ((request, draft), (order, sent)):
            self.assertEqual((found.amount_total, found.amount_tax), (float(held["Total"]), float(held["TotalTax"])))
        self.assertNothingGoes()

    def test_approved_orders_as_requests(self):
        """S5-14: an approved order is a request where the setting says so."""
        self._order_in_xero("PO-0903")
        self._import()
        self.assertEqual(self._order_of("PO-0903").state, "draft")
        self.assertNothingGoes()

    def test_inclusive_prices(self):
        """S5-14: an order with tax in its prices comes with Xero's total."""
        held = self._order_in_xero("PO-0904", LineAmountTypes="Inclusive", lines=[self._line(3, 17.37)])
        self._import()
        order = self._order_of("PO-0904")
        self.assertEqual((order.amount_total, order.amount_tax), (float(held["Total"]), float(held["TotalTax"])))

    def test_same_number_is_the_same_order(self):
        """S5-14, S4-11: an order whose number Odoo has is linked and not doubled; another vendor's is told of."""
        order = self.env["purchase.order"].create(
            {
                "name": "PO-0905",
                "partner_id": self.supplier.id,
                "company_id": self.company.id,
                "order_line": [
                    (
                        *(0, 0),
                        {
                            "product_id": self.product.id,
                            "product_qty": 4,
                            "price_unit": 49.99,
                            "tax_ids": self.tax_purchase.ids,
                        },
                    )
                ],
            }
        )
        other = order.copy({"name": "PO-0906", "partner_id": self.customer.id})
        held = self._order_in_xero("po-0905")
        self._order_in_xero("PO-0906")
        self._import()
        self.assertEqual(self._binding(order).external_id, held["PurchaseOrderID"])
        self.assertFalse(self._binding(other))
        self.assertEqual(len(self._order_of("PO-0905") | self._order_of("PO-0906")), 2)
        self.assertEqual(self._issues().mapped("code"), ["order_like_it"])
        self.assertNothingGoes()
        order.button_confirm()
        order.order_line.product_qty = 5
        self._export()
        [held] = self._in_xero("PurchaseOrders", PurchaseOrderID=held["PurchaseOrderID"])
        self.assertEqual(held["LineItems"][0]["Quantity"], 5)

    def test_own_orders_do_not_come_back(self):
        """S4-11: an order that Odoo sent is not read as a new one, nor overruled by what is changed in Xero."""
        line = {"product_id": self.product.id, "product_qty": 4, "price_unit": 9, "tax_ids": self.tax_purchase.ids}
        values = {"partner_id": self.supplier.id, "company_id": self.company.id, "order_line": [(0, 0, line)]}
        order = self.env["purchase.order"].create(values)
        order.button_confirm()
        self._export()
        before = self.env["purchase.order"].search_count([])
        self._change_order(self._binding(order).external_id, Reference="Xero's own")
        self._import()
        self.assertEqual(self.env["purchase.order"].search_count([]), before)
        self.assertFalse(order.partner_ref)

    def test_changes_follow(self):
        """S5-14: a request follows its order in Xero until it is confirmed; deleted there, it is cancelled."""
        held = self._order_in_xero("PO-0907", "DRAFT")
        self._import()
        order = self._order_of("PO-0907")
        self._change_order(held["PurchaseOrderID"], LineItems=[self._line(7)])
        self._import()
        self.assertEqual(order.order_line.product_qty, 7)
        self.connection.imported_orders_are = "purchase"
        self._change_order(held["PurchaseOrderID"], Status="AUTHORISED")
        self._import()
        self.assertEqual(order.state, "purchase")
        self._change_order(held["PurchaseOrderID"], LineItems=[self._line(8)])
        self._import()
        self.assertEqual(order.order_line.product_qty, 7)
        self.assertEqual(self._issues().mapped("code"), ["order_changed_in"])
        self._change_order(held["PurchaseOrderID"], Status="DELETED", PurchaseOrderNumber="gone")
        self._import()
        self.assertEqual(order.state, "cancel")
        self.assertNothingGoes()

    def test_billed_in_odoo(self):
        """S4-11, S5-14: an order made in Xero is billed there once Odoo has billed it; nothing else of it goes."""
        self.connection.imported_orders_are = "purchase"
        self.product.purchase_method = "purchase"
        held = self._order_in_xero("PO-0910", lines=[self._line(4)])
        self._import()
        order = self._order_of("PO-0910")
        self.assertNothingGoes()
        bill = self.env["account.move"].browse(order.action_create_invoice()["res_id"])
        bill.write({"invoice_date": "2026-11-02", "ref": "B-910"})
        order.partner_ref = "Odoo's own words"
        self.assertEqual(self._held(held)["Status"], "AUTHORISED")
        bill.action_post()
        self._export()
        after = self._held(held)
        self.assertEqual((after["Status"], after["Reference"]), ("BILLED", "Quote 7"))
        self.assertEqual(after["Total"], held["Total"])
        self.assertEqual(len([call for call in self._writes() if "PurchaseOrders" in call["path"]]), 1)
        self.xero.clear_journal()
        self._import()
        self.assertEqual((order.state, order.partner_ref), ("purchase", "Odoo's own words"))
        self.assertNothingGoes()

    def test_billed_in_xero(self):
        """S5-14: a request whose order was approved and billed in Xero meanwhile is confirmed, for it will come."""
        self.connection.imported_orders_are = "purchase"
        held = self._order_in_xero("PO-0911", "DRAFT")
        self._import()
        order = self._order_of("PO-0911")
        self.assertEqual(order.state, "draft")
        self._change_order(held["PurchaseOrderID"], Status="AUTHORISED")
        self._change_order(held["PurchaseOrderID"], Status="BILLED")
        self._import()
        self.assertEqual(order.state, "purchase")
        self.assertNothingGoes()
        self._order_in_xero("PO-0912", "BILLED")
        self._import()
        self.assertFalse(self._order_of("PO-0912"))  # over before Odoo heard of it

    def _held(self, order):
        [found] = self._in_xero("PurchaseOrders", PurchaseOrderID=order["PurchaseOrderID"])
        return found

    def test_line_without_product(self):
        """S5-14: an order with a line that is no product waits, says so, and comes once one is chosen."""
        self.connection.imported_line_product_id = False
        self._order_in_xero("PO-0908", lines=[self._line(1, 12.5, ItemCode=None, Description="Freight")])
        self._import()
        self.assertFalse(self._order_of("PO-0908"))
        self.assertEqual(self._issues().mapped("code"), ["order_line_product"])
        self.connection.imported_line_product_id = self.service
        self._import()
        self.assertEqual(self._order_of("PO-0908").order_line.product_id, self.service)
        self.assertFalse(self._issues())
