from odoo import fields

from .common import XeroCase


class TestJourney(XeroCase):
    def test_the_main_job(self):
        """S2-01, S2-02, S2-04, S1-03: master data, documents and payments go across, and all agree afterwards."""
        invoice = self._invoice(lines=[(self.product, 2, 80.0), (None, 1, 33.33, 10)])
        bill = self._invoice("in_invoice", ref="B-100", lines=[(self.product, 5, 49.99)])
        credit = self._invoice("out_refund", lines=[(self.product, 1, 80.0)])
        self._pay(invoice, amount=100.0)
        self._export()
        self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, invoice="B-100")
        self._import()
        self.assertFalse(self._issues())
        self.assertFalse(self._queue())
        held = [*self._in_xero("Invoices"), *self._in_xero("CreditNotes")]
        records = {record.get("InvoiceID") or record.get("CreditNoteID"): record for record in held}
        for move in invoice | bill | credit:
            record = records[self.assertSynced(move).external_id]
            remaining = record.get("AmountDue", record.get("RemainingCredit"))
            self.assertEqual(
                (float(record["Total"]), float(record["TotalTax"]), float(remaining)),
                (move.amount_total, move.amount_tax, move.amount_residual),
            )
        self.assertEqual(self._in_xero("Items", Code="LAMP")[0]["Name"], "Desk Lamp")
        contact = self._in_xero("Contacts", Name="Ridgeway University")[0]
        self.assertEqual((contact["IsCustomer"], contact["EmailAddress"]), (True, "pay@ridgeway.example.nz"))

    def test_invoices_of_xero_stay_in_xero(self):
        """S3-17: the invoice sync goes one way; what is typed into Xero does not appear in Odoo."""
        before = self.env["account.move"].search_count([])
        client = self.connection._get_client()
        contact = client.put("Contacts", {"Contacts": [{"Name": "Walk-in"}]}, "walk-in").elements[0].data
        invoice = {
            "Type": "ACCREC",
            "Contact": {"ContactID": contact["ContactID"]},
            "Date": "2026-11-02",
            "DueDate": "2026-11-02",
            "Status": "AUTHORISED",
            "LineItems": [{"Description": "Counter sale", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}],
        }
        [made] = client.put("Invoices", {"Invoices": [invoice]}, "counter-sale").elements
        self.assertTrue(made.ok)
        self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, invoice=made.data["InvoiceID"])
        self._import()
        self.assertEqual(self.env["account.move"].search_count([]), before)
        self.assertFalse(self._issues())

    def test_a_paid_invoice_is_not_changed(self):
        """S5-52: Xero lets a paid invoice be changed no more; the change is refused with what to do instead."""
        invoice = self._invoice(lines=[(None, 1, 100.0)])
        other = self._invoice()
        self._export()
        self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, invoice=invoice.name)
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 120.0
        invoice.action_post()
        self._export()
        issue = self._issues()
        self.assertEqual((issue.code, issue.res_id), ("document_paid", invoice.id))
        self.assertIn("credit note", issue.advice)
        self.assertEqual(float(self._in_xero("Invoices", InvoiceNumber=invoice.name)[0]["Total"]), 115.0)
        self.assertSynced(other)

    def test_a_cancelled_invoice_is_voided(self):
        """S4-34: a document that is cancelled in Odoo is voided in Xero, and stays linked."""
        invoice = self._invoice()
        self._export()
        invoice.button_draft()
        self._export()
        self.assertEqual(self._in_xero("Invoices", InvoiceNumber=invoice.name)[0]["Status"], "AUTHORISED")
        invoice.button_cancel()
        self._export()
        self.assertEqual(self._in_xero("Invoices", InvoiceNumber=invoice.name)[0]["Status"], "VOIDED")
        self.assertEqual(self._binding(invoice).state, "deleted")

    def test_foreign_currency(self):
        """S2-46: a document in another currency carries it and its rate, in Xero's direction."""
        currency = self.env.ref("base.USD")
        currency.active = True
        self.env["res.currency.rate"].create(
            {"name": fields.Date.today(), "rate": 0.6, "currency_id": currency.id, "company_id": self.company.id}
        )
        invoice = self._invoice(currency_id=currency.id, lines=[(None, 1, 60.0)])
        self._export()
        [sent] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual((sent["CurrencyCode"], float(sent["CurrencyRate"])), ("USD", 0.6))
        self.assertEqual(float(sent["Total"]), 69.0)

    def test_price_included_and_several_taxes(self):
        """S3-20, S3-23: included prices go as inclusive; a group of taxes goes as the rate with its components."""
        included = self.tax_sale.copy({"name": "15% incl.", "price_include_override": "tax_included"})
        parts = self.env["account.tax"].create(
            [
                {"name": "Levy", "amount": 6, "include_base_amount": True, "sequence": 1, "type_tax_use": "sale"},
                {"name": "GST on it", "amount": 4, "sequence": 2, "type_tax_use": "sale"},
            ]
        )
        self.connection._with_client(self.connection._read_reference_data)
        inclusive = self._invoice(lines=[(None, 1, 541.25)], taxes=included)
        both = self._invoice(lines=[(None, 1, 25.06), (None, 1, 25.61), (None, 1, 25.63)], taxes=parts)
        rates = self.env["xero.tax.rate"].search([("connection_id", "=", self.connection.id)])
        several = rates.filtered(lambda rate: len(rate.component_ids) == 2)
        self.assertEqual(several.effective_rate, 10.24)
        self.env["xero.tax.mapping"].create(
            {
                "connection_id": self.connection.id,
                "tax_ids": [fields.Command.set(parts.ids)],
                "xero_tax_rate_id": several.id,
            }
        )
        self._export()
        [first] = self._in_xero("Invoices", InvoiceNumber=inclusive.name)
        self.assertEqual((first["LineAmountTypes"], float(first["TotalTax"])), ("Inclusive", 70.60))
        [second] = self._in_xero("Invoices", InvoiceNumber=both.name)
        self.assertEqual(second["LineItems"][0]["TaxType"], several.tax_type)
        self.assertEqual((float(second["TotalTax"]), float(second["Total"])), (both.amount_tax, both.amount_total))

    def test_two_organisations_side_by_side(self):
        """S3-R7, S2-30, S2-29: each company has its own organisation; documents of one never reach the other."""
        other = self._create_company(name="Tui Trading", country_id=self.env.ref("base.nz").id)
        self.env.user.company_ids |= other
        second = self._connect(other, tenant=1)
        invoice = self._invoice()
        self._export()
        self._export(second)
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=invoice.name)), 1)
        self.assertFalse(self._in_xero("Invoices", connection=second, InvoiceNumber=invoice.name))
        self.assertFalse(self._binding(invoice, second))
