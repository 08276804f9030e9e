"""What bookkeepers exchange all day, looked at from both sides: payments, credit notes, and the contact behind them."""

from datetime import timedelta

from odoo import fields

from .common import XeroCase


class TestBothWays(XeroCase):
    def _pay_in_xero(self, document, amount):
        binding = self._binding(document)
        self.xero.act(
            "bank-payment", tenant_id=self.connection.tenant_id, invoice=binding.external_id, amount=str(amount)
        )

    def _due_in_xero(self, document):
        binding = self._binding(document)
        [found] = self._in_xero(binding.resource, **{f"{binding.resource[:-1]}ID": binding.external_id})
        return float(found.get("AmountDue", found.get("RemainingCredit", 0)))

    def test_payments_tied_to_their_documents(self):
        """S2-21, S5-22: payments of an invoice and of a bill, made on either side, stand on both."""
        invoice = self._invoice(lines=[(None, 1, 100.0)])
        other = self._invoice(lines=[(None, 1, 100.0)])
        bill = self._invoice("in_invoice", ref="SUP-5", lines=[(None, 1, 200.0)])
        self._pay(invoice, amount=40.0)
        self._pay(bill, amount=30.0)
        self._export()
        for document, amount in ((invoice, 40), (bill, 30)):
            [payment] = self._in_xero("Payments", Invoice__InvoiceID=self._binding(document).external_id)
            self.assertEqual(payment["Amount"], amount)
        self._pay_in_xero(invoice, 25)
        self._pay_in_xero(bill, 200)
        self._import()
        self.assertEqual([invoice.amount_residual, bill.amount_residual], [50.0, 0.0])
        self.assertEqual(bill.payment_state, self.env["account.move"]._get_invoice_in_payment_state())
        for document in invoice | other | bill:
            self.assertEqual(self._due_in_xero(document), document.amount_residual)
        self.assertEqual(other.payment_state, "not_paid")
        self._export()
        self.assertEqual(len(self._in_xero("Payments")), 4)  # what came from Xero does not go back
        self.assertFalse(self._issues(), self._issues().mapped("text"))

    def test_realised_difference(self):
        """S2-49, S2-48: pounds paid at another rate than invoiced: each side books its gain, none is sent."""
        self.connection.sync_manual_journals = True
        pound = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "GBP")])
        pound.active = True
        pound.rate_ids.unlink()
        today = fields.Date.today()
        for day, rate in ((today - timedelta(days=30), 0.5), (today, 0.4)):
            values = {"name": day, "rate": rate, "currency_id": pound.id, "company_id": self.company.id}
            self.env["res.currency.rate"].create(values)
        invoice = self._invoice(
            currency_id=pound.id,
            invoice_date=today - timedelta(days=10),
            taxes=self.env["account.tax"],
            lines=[(None, 1, 100.0)],
        )
        self._pay(invoice)
        exchange = invoice.line_ids.matched_credit_ids.exchange_move_id
        self.assertEqual(exchange.line_ids.filtered(lambda line: line.balance > 0).balance, 50.0)
        self._export()
        self.assertFalse(self._issues(), self._issues().mapped("text"))
        [payment] = self._in_xero("Payments", Invoice__InvoiceID=self._binding(invoice).external_id)
        self.assertEqual((float(payment["Amount"]), float(payment["CurrencyRate"])), (100.0, 0.4))
        self.assertEqual(self._due_in_xero(invoice), 0.0)
        self.assertFalse(self._binding(exchange))
        self.assertFalse(self._in_xero("ManualJournals"))

    def test_credit_notes_issued_and_received(self):
        """S2-24: a credit note to a customer and one from a supplier settle their documents on both sides alike."""
        pairs = [
            (self._invoice(), self._invoice("out_refund", lines=[(None, 1, 40.0)])),
            (
                self._invoice("in_invoice", ref="SUP-6"),
                self._invoice("in_refund", ref="SUP-6C", lines=[(None, 1, 30.0)]),
            ),
        ]
        for document, credit in pairs:
            (document | credit).line_ids.filtered(lambda line: line.display_type == "payment_term").reconcile()
        self._export()
        kinds = ["ACCRECCREDIT", "ACCPAYCREDIT"]
        for (document, credit), kind in zip(pairs, kinds, strict=True):
            [sent] = self._in_xero("CreditNotes", CreditNoteID=self._binding(credit).external_id)
            self.assertEqual((sent["Type"], sent["Status"]), (kind, "PAID"))
            self.assertEqual((float(sent["Total"]), float(sent["TotalTax"])), (credit.amount_total, credit.amount_tax))
            self.assertEqual(self._due_in_xero(document), document.amount_residual)
            self.assertEqual(document.amount_residual, document.amount_total - credit.amount_total)

    def test_the_contact_of_an_invoice(self):
        """S3-R1: an invoice takes the contact that matches in Xero; where none matches, a new one is made then."""
        self.connection._with_client(
            lambda client: client.put(
                "Contacts", {"Contacts": [{"Name": "Hillside Dairy", "EmailAddress": "ap@hillside.example.nz"}]}, "c-1"
            )
        )
        known, unknown = self.env["res.partner"].create(
            [
                {"name": "Hillside Dairy", "email": "ap@hillside.example.nz"},
                {"name": "Lakeside Dairy", "email": "ap@lakeside.example.nz"},
            ]
        )
        self._export()
        self.assertFalse(self._in_xero("Contacts", Name="Lakeside Dairy"))
        invoices = [self._invoice(partner=partner) for partner in (known, unknown)]
        self._export()
        for partner, invoice in zip((known, unknown), invoices, strict=True):
            [contact] = self._in_xero("Contacts", Name=partner.name)
            [sent] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
            self.assertEqual(sent["Contact"]["ContactID"], contact["ContactID"])
            self.assertEqual(self._binding(partner).external_id, contact["ContactID"])
        self._invoice(partner=unknown)
        self._export()
        self.assertEqual(len(self._in_xero("Contacts", Name="Lakeside Dairy")), 1)
