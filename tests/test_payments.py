from odoo import fields

from .common import XeroCase


class TestPayments(XeroCase):
    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(lines=[(None, 1, 200.0)])
        self._export()
        self.xero.clear_journal()

    def test_payment_goes_out(self):
        """S2-49, S4-36: a payment registered in Odoo pays the invoice in Xero, on the account of its journal."""
        self._pay(self.invoice)
        self._export()
        [payment] = self._in_xero("Payments", Status="AUTHORISED")
        self.assertEqual(float(payment["Amount"]), 230.0)
        [sent] = self._in_xero("Invoices", InvoiceNumber=self.invoice.name)
        self.assertEqual((sent["Status"], float(sent["AmountDue"])), ("PAID", 0.0))
        mapped = self.env["xero.journal.mapping"]._for(self.connection)[self.bank.id]
        self.assertEqual(payment["Account"]["AccountID"], mapped.external_id)

    def test_partial_payments(self):
        """S2-49: two payments of one invoice are two payments in Xero."""
        self._pay(self.invoice, amount=100.0)
        self._pay(self.invoice, amount=130.0)
        self._export()
        self.assertEqual(sorted(float(p["Amount"]) for p in self._in_xero("Payments")), [100.0, 130.0])
        self.assertEqual(self._in_xero("Invoices", InvoiceNumber=self.invoice.name)[0]["Status"], "PAID")

    def test_payment_with_its_invoice_in_one_run(self):
        """S1-03, S2-49: invoice and payment posted together go in order, the payment after its invoice."""
        invoice = self._invoice()
        payment = self._pay(invoice)
        self._export()
        self.assertEqual([call["path"].rsplit("/", 1)[-1] for call in self._writes()], ["Invoices", "Payments"])
        self.assertEqual(self._in_xero("Invoices", InvoiceNumber=invoice.name)[0]["Status"], "PAID")
        self.assertTrue(payment.xero_code)
        self.assertTrue(payment.xero_last_export_date)

    def test_unreconciled_payment_is_deleted(self):
        """S2-49: undoing the matching in Odoo deletes the payment in Xero and opens the invoice again."""
        payment = self._pay(self.invoice)
        self._export()
        payment.action_draft()
        payment.action_cancel()
        self._export()
        self.assertFalse(self._in_xero("Payments", Status="AUTHORISED"))
        [sent] = self._in_xero("Invoices", InvoiceNumber=self.invoice.name)
        self.assertEqual((sent["Status"], float(sent["AmountDue"])), ("AUTHORISED", 230.0))

    def test_matched_again_alike(self):
        """S2-49: what is unmatched and matched again alike stays one payment in Xero, without a call."""
        self._pay(self.invoice)
        self._export()
        self.xero.clear_journal()
        self._match_again()
        self._export()
        self.assertFalse(self._writes())
        self.assertFalse(self._queue())
        self.assertEqual(len(self._in_xero("Payments")), 1)

    def test_xeros_own_payment_is_never_deleted(self):
        """S2-49: unmatching a payment made in Xero asks; matching it again is the answer, and nothing is doubled."""
        self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, invoice=self.invoice.name, amount="50.00")
        self._import()
        payment_lines = self._match_again(match=False)
        self._export()
        self.assertEqual(self._issues().code, "born_in_xero")
        self.assertEqual(len(self._in_xero("Payments", Status="AUTHORISED")), 1)
        self._match_again(payment_lines)
        self._export()
        self.assertFalse(self._issues())
        self.assertFalse(self._queue())
        self.assertFalse(self._writes())
        self.assertEqual(len(self._in_xero("Payments", Status="AUTHORISED")), 1)

    def _match_again(self, lines=None, match=True):
        """Undo the matching of the invoice, and do it again; returns the lines."""
        receivable = self.invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        lines = lines or (receivable | receivable.matched_credit_ids.credit_move_id)
        lines.remove_move_reconcile()
        self._mark()
        if match:
            lines.reconcile()
        return lines

    def test_payment_made_in_xero_pays_the_invoice(self):
        """S2-49, S3-16: a payment made in Xero closes the Odoo invoice with no typing, and is not sent back."""
        self.xero.act(
            "bank-payment", tenant_id=self.connection.tenant_id, invoice=self.invoice.name, reference="BNZ 44"
        )
        self._import()
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(self.invoice.amount_residual, 0)
        self._export()
        self.assertEqual(len(self._in_xero("Payments")), 1)
        self.assertFalse(self._writes())
        history = self.env["xero.history"].search([("direction", "=", "in"), ("resource", "=", "Payments")])
        self.assertEqual(len(history), 1)

    def test_own_payments_are_recognised(self):
        """S2-49: payments that Odoo sent are read back and not booked again."""
        self._pay(self.invoice, amount=50.0)
        self._export()
        self._import()
        self._import()
        self.assertEqual(self.invoice.amount_residual, 180.0)
        self.assertEqual(self.env["xero.history"].search_count([("direction", "=", "in")]), 0)

    def test_import_waits_for_an_export_in_flight(self):
        """S2-49: a payment read while an answer is outstanding may be our own, and is not booked before it is known."""
        request = (
            self.env["xero.request"]
            .sudo()
            .create(
                {
                    "connection_id": self.connection.id,
                    "mapper": "xero.mapper.payment",
                    "method": "PUT",
                    "path": "Payments",
                    "state": "sending",
                }
            )
        )
        self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, invoice=self.invoice.name, amount="50.00")
        self._import()
        self.assertEqual(self.invoice.amount_residual, 230.0)
        self.assertFalse(self._issues())
        request.state = "done"
        self._import()
        self.assertEqual(self.invoice.amount_residual, 180.0)

    def test_payment_on_a_bill_made_in_xero(self):
        """S2-49: a bill paid in Xero is paid in Odoo, in part as it was paid there."""
        bill = self._invoice("in_invoice", ref="B-77", lines=[(None, 1, 100.0)])
        self._export()
        self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, invoice="B-77", amount="40.00")
        self._import()
        self.assertEqual(bill.amount_residual, 75.0)
        self.assertEqual(bill.payment_state, "partial")

    def test_payment_on_an_unmapped_account_is_kept_as_an_issue(self):
        """S2-49: nothing is lost: a payment on an account without journal waits until it is mapped."""
        mappings = self.env["xero.journal.mapping"].search([("connection_id", "=", self.connection.id)])
        account = mappings.xero_account_id[:1]
        mappings.xero_account_id = False
        self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, invoice=self.invoice.name)
        self._import()
        issue = self._issues()
        self.assertEqual(issue.code, "journal_unknown")
        self.assertEqual(self.invoice.payment_state, "not_paid")
        mappings.filtered(lambda mapping: mapping.journal_id == self.bank).xero_account_id = account
        self._import()
        self.assertEqual(self.invoice.amount_residual, 0)
        self.assertFalse(self._issues())

    def test_allocation_of_a_credit_note(self):
        """S4-35: a credit note matched with an invoice is allocated in Xero, and unmatching undoes it."""
        credit = self._invoice("out_refund", lines=[(None, 1, 40.0)])
        lines = (self.invoice | credit).line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        lines.reconcile()
        self._export()
        [sent] = self._in_xero("Invoices", InvoiceNumber=self.invoice.name)
        self.assertEqual((float(sent["AmountCredited"]), float(sent["AmountDue"])), (46.0, 184.0))
        lines.remove_move_reconcile()
        self._export()
        [sent] = self._in_xero("Invoices", InvoiceNumber=self.invoice.name)
        self.assertEqual(float(sent["AmountDue"]), 230.0)

    def test_refund_of_a_credit_note(self):
        """S2-49: money paid back on a credit note is a payment of the credit note in Xero."""
        credit = self._invoice("out_refund", lines=[(None, 1, 40.0)])
        self._pay(credit)
        self._export()
        [sent] = self._in_xero("CreditNotes", CreditNoteNumber=credit.name)
        self.assertEqual((sent["Status"], float(sent["RemainingCredit"])), ("PAID", 0.0))

    def test_excluded_payment_stays(self):
        """S4-74: a payment that is set not to be exported stays; the invoice stays open in Xero."""
        payment = self._pay(self.invoice)
        payment.xero_do_not_export = True
        self._export()
        self.assertFalse(self._in_xero("Payments"))
        self.assertFalse(self._issues())
        self.assertFalse(self._queue())

    def test_payment_of_an_old_document_stays(self):
        """Paying a document from before the start date sends nothing and raises no error."""
        self.connection.sync_from_date = fields.Date.today()
        old = self._invoice(invoice_date="2024-01-05")
        self._pay(old)
        self._export()
        self.assertFalse(self._writes())
        self.assertFalse(self._issues())
        self.assertFalse(self._queue())
