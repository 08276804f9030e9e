from decimal import Decimal

from odoo import fields

from odoo.addons.account_xero.tests.common import XeroCase


class TestDownPayment(XeroCase):
    """A deposit is a liability until the final invoice takes it off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.invoice_policy = "order"
        cls.deposits = cls.env["account.account"].create(
            {
                "name": "Customer Deposits",
                "code": "239900",
                "account_type": "liability_current",
                "company_ids": [fields.Command.set(cls.company.ids)],
            }
        )
        cls.company.downpayment_account_id = cls.deposits

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("sales_team.group_sale_manager")

    def setUp(self):
        super().setUp()
        domain = [("connection_id", "=", self.connection.id)]
        suspense = self.env["xero.account"].search([*domain, ("code", "=", "850")])
        self.env["xero.account.mapping"].search([*domain, ("account_id", "=", self.deposits.id)]).unlink()
        self.env["xero.account.mapping"].create(
            {"connection_id": self.connection.id, "account_id": self.deposits.id, "xero_account_id": suspense.id}
        )

    def _order(self, *lines):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "order_line": [
                    fields.Command.create(
                        {"product_id": self.product.id, "name": name, "product_uom_qty": quantity, "price_unit": price}
                    )
                    for name, quantity, price in lines
                ],
            }
        )
        order.action_confirm()
        return order

    def _invoice_order(self, order, method, **values):
        """What the button Create Invoice of the order does."""
        wizard = self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
        invoice = wizard.create({"advance_payment_method": method, **values})._create_invoices(order)
        invoice.invoice_date = fields.Date.today()
        invoice.action_post()
        self._export()
        [sent] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual(f"{sent['Total']:.2f}", f"{invoice.amount_total:.2f}")
        self.assertEqual(f"{sent['TotalTax']:.2f}", f"{invoice.amount_tax:.2f}")
        return invoice, sent

    @staticmethod
    def _net(document, line):
        """A line without its tax, whichever way the amounts of the document are written."""
        tax = line["TaxAmount"] if document["LineAmountTypes"] == "Inclusive" else 0
        return Decimal(str(line["LineAmount"])) - Decimal(str(tax))

    def _deposits_in_xero(self):
        """What the liability account holds in Xero's books."""
        return sum(
            self._net(document, line)
            for document in self._in_xero("Invoices", Status="AUTHORISED")
            for line in document["LineItems"]
            if line.get("AccountCode") == "850"
        )

    def test_deposit_and_final_invoice(self):
        """S2-20, S2-50: the deposit goes to the liability account, the final invoice keeps its lines and takes it off
        again, and the account is zero afterwards, to the cent.
        """
        order = self._order(("Desk Lamp, black", 3, 79.99), ("Desk Lamp, white", 2, 80.05))
        deposit, sent = self._invoice_order(order, "percentage", amount=33)
        self.assertEqual({line.get("AccountCode") for line in sent["LineItems"] if "Quantity" in line}, {"850"})
        self.assertEqual(f"{self._deposits_in_xero():.2f}", f"{deposit.amount_untaxed:.2f}")
        final, sent = self._invoice_order(order, "delivered")
        money = [line for line in sent["LineItems"] if "Quantity" in line]
        detail = [
            (line["Description"].splitlines()[-1], float(line["Quantity"]), f"{self._net(sent, line):.2f}")
            for line in money[:2]
        ]
        self.assertEqual(detail, [("Desk Lamp, black", 3.0, "239.97"), ("Desk Lamp, white", 2.0, "160.10")])
        self.assertEqual(f"{self._deposits_in_xero():.2f}", "0.00")
        self.assertEqual(f"{deposit.amount_total + final.amount_total:.2f}", f"{order.amount_total:.2f}")
        self.assertFalse(self._issues())

    def test_fixed_deposit(self):
        """S2-50: a fixed deposit over several lines leaves no cent on the account."""
        order = self._order(("A", 7, 1.15), ("B", 1, 25.61), ("C", 3, 33.33))
        self._invoice_order(order, "fixed", fixed_amount=50.0)
        self._invoice_order(order, "delivered")
        self.assertEqual(f"{self._deposits_in_xero():.2f}", "0.00")
        self.assertFalse(self._issues())
