from decimal import Decimal
from uuid import uuid4

from odoo.exceptions import ValidationError

from odoo.addons.account_xero.tests.test_contacts_in import ContactsInCase


class TestQuotesIn(ContactsInCase):
    """Quotes that somebody made in Xero before the company began with Odoo."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("sales_team.group_sale_manager")

    def setUp(self):
        super().setUp()
        self._invoice(lines=((self.product, 1, 80.0),))
        self._export()
        self.customer_id = self._binding(self.customer).external_id
        self.connection.imported_line_product_id = self.env["product.product"].create(
            {"name": "Sundry", "type": "service"}
        )
        self.xero.clear_journal()

    def _quote_in_xero(self, number, *statuses, lines=None, **values):
        """A quote on its way through its statuses; drafts first, as Xero wants it."""
        body = {
            "QuoteNumber": number,
            "Contact": {"ContactID": self.customer_id},
            "Date": "2019-11-01",
            "ExpiryDate": "2026-12-31",
            "Reference": "Ring before",
            "LineAmountTypes": "EXCLUSIVE",
            "LineItems": lines or [self._line()],
            **values,
        }
        [quote] = self._post("PUT", body)
        for status in statuses:
            quote = self._post("POST", {**body, "QuoteID": quote["QuoteID"], "Status": status})[0]
        self.xero.clear_journal()
        return quote

    def _post(self, method, body):
        call = self.client.put if method == "PUT" else self.client.post
        answer = call("Quotes", {"Quotes": [body]}, key=str(uuid4()))
        self.assertTrue(answer.elements[0].ok, answer.elements[0].messages)
        return [element.data for element in answer.elements]

    def _line(self, quantity=4, price="80.00", **values):
        line = {"Description": "Lamp", "ItemCode": "LAMP", "AccountCode": "200", "TaxType": "OUTPUT2"}
        keys = {**line, "Quantity": quantity, "UnitAmount": Decimal(price), **values}
        return {key: value for key, value in keys.items() if value is not None}

    def _order_of(self, number):
        return self.env["sale.order"].search([("name", "=", number), ("company_id", "=", self.company.id)])

    def _take_over(self):
        self.connection.import_quotes = True
        self._import()

    def test_open_quotes_come_once(self):
        """S4-32, S4-33, S4-07, S4-08: open quotes become quotations and orders on set-up, once; nothing afterwards."""
        text = {"Description": "Delivered to the lecture hall"}
        sent = self._quote_in_xero("QU-0901", "SENT", lines=[self._line(3, "33.33"), text])
        accepted = self._quote_in_xero("QU-0902", "SENT", "ACCEPTED")
        self._quote_in_xero("QU-0903", "SENT", "DECLINED")
        self._import()
        self.assertFalse(self._order_of("QU-0901"))
        self._take_over()
        quotation, order = self._order_of("QU-0901"), self._order_of("QU-0902")
        self.assertEqual((quotation.state, order.state), ("sent", "sale"))
        self.assertEqual((quotation.partner_id, quotation.client_order_ref), (self.customer, "Ring before"))
        self.assertEqual(str(quotation.validity_date), "2026-12-31")
        self.assertEqual(quotation.order_line.filtered("display_type").name, text["Description"])
        for found, held in ((quotation, sent), (order, accepted)):
            self.assertEqual((found.amount_total, found.amount_tax), (float(held["Total"]), float(held["TotalTax"])))
        self.assertFalse(self._order_of("QU-0903"))
        self.assertFalse(self.connection.import_quotes)
        self.assertTrue(self.connection.quotes_taken_at)
        self._quote_in_xero("QU-0904", "SENT")
        self.xero.clear_journal()
        self.connection.action_import_now()
        self._import()
        self.assertFalse(self._calls("GET", "Quotes"))
        self.assertFalse(self._order_of("QU-0904"))

    def test_nothing_goes_to_xero(self):
        """S4-32, S4-33: a quotation or an order that is made, changed or confirmed in Odoo is queued for nothing."""
        self._quote_in_xero("QU-0905", "SENT")
        self._take_over()
        order = self._order_of("QU-0905")
        order.order_line.product_uom_qty = 9
        order.action_confirm()
        own = self.env["sale.order"].create({"partner_id": self.customer.id, "company_id": self.company.id})
        own.order_line = [(0, 0, {"product_id": self.product.id})]
        own.action_confirm()
        self._mark()
        self.assertFalse(self._queue(order) | self._queue(own))
        self._export()
        self.assertFalse([call for call in self._writes() if "Quotes" in call["path"]])
        [held] = self._in_xero("Quotes", QuoteNumber="QU-0905")
        self.assertEqual(held["LineItems"][0]["Quantity"], 4)

    def test_once_though_asked_twice(self):
        """S4-33: asked again, quotes are not doubled; one with the number of an order is that one."""
        own = self.env["sale.order"].create(
            {
                "name": "QU-0907",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "order_line": [
                    (
                        *(0, 0),
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 4,
                            "price_unit": 80,
                            "tax_ids": self.tax_sale.ids,
                        },
                    )
                ],
            }
        )
        self._quote_in_xero("QU-0906")
        self._quote_in_xero("QU-0907")
        self._take_over()
        self._take_over()
        self.assertEqual((len(self._order_of("QU-0906")), self._order_of("QU-0907")), (1, own))
        self.assertTrue(self._binding(own).external_id)
        origins = [self._binding(order).origin for order in (self._order_of("QU-0906"), own)]
        self.assertEqual(origins, ["xero", "linked"])

    def test_what_waits_comes_later(self):
        """S4-33: a quote with a line that is no product waits, and comes once that is mended, after all the others."""
        self.connection.imported_line_product_id = False
        self._quote_in_xero("QU-0908", lines=[self._line(1, "12.50", ItemCode=None)])
        self._take_over()
        self.assertFalse(self._order_of("QU-0908"))
        self.assertEqual(self._issues().mapped("code"), ["order_line_product"])
        self.assertFalse(self.connection.import_quotes)
        self.connection.imported_line_product_id = self.product
        self._import()
        self.assertEqual(self._order_of("QU-0908").order_line.product_id, self.product)

    def test_pages(self):
        """S4-33: more quotes than Xero puts on a page all come."""
        quotes = [
            {
                "QuoteNumber": f"QU-1{number:03}",
                "Contact": {"ContactID": self.customer_id},
                "Date": "2026-11-01",
                "LineItems": [self._line(1, "10.00")],
            }
            for number in range(101)
        ]
        for start in range(0, len(quotes), 50):
            self.client.put("Quotes", {"Quotes": quotes[start : start + 50]}, key=str(uuid4()))
            self.xero.advance(2)
        self._take_over()
        while self.connection.import_quotes:  # as often as the crons come round
            self._import()
        self.assertEqual(self.env["sale.order"].search_count([("name", "=like", "QU-1___")]), 101)

    def test_they_come_with_the_first_load(self):
        """S4-32, S4-33: the first load takes open quotes over, once; none ever goes to Xero."""
        self._quote_in_xero("QU-0901")
        self._quote_in_xero("QU-0902", "SENT", "DECLINED")
        load = self.env["xero.first.load"].create({"connection_id": self.connection.id})
        load.action_count()
        line = load.line_ids.filtered(lambda one: one.kind == "quotes")
        self.assertEqual(line.direction, "in")
        with self.assertRaises(ValidationError):
            line.direction = "both"
        line.direction = "in"
        (load.line_ids - line).direction = "none"
        load.action_next()
        load.action_price()
        load.action_sample()
        for _n in range(2):
            self._run_by_itself(self.connection.import_cron_id)
        load.action_approve()
        for _n in range(2):
            self._run_by_itself(self.connection.import_cron_id)
            self._run_by_itself(self.connection.export_cron_id)
        self.assertEqual(load.state, "done")
        self.assertEqual(self._order_of("QU-0901").amount_total, 368.0)
        self.assertFalse(self._order_of("QU-0902"))
        self.assertFalse(self._writes())
