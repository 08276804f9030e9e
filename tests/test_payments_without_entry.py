from unittest.mock import patch

from odoo import fields

from .common import XeroCase


class TestPaymentsWithoutEntry(XeroCase):
    """Payments that only the bank statement will book, as with Odoo's accounting app."""

    def setUp(self):
        super().setUp()
        # The accounting app says so; then a method without outstanding account makes no journal entry.
        self.startPatcher(
            patch.object(self.env.registry["account.move"], "_get_invoice_in_payment_state", lambda self: "in_payment")
        )
        self.bank.inbound_payment_method_line_ids.payment_account_id = False
        self.invoice = self._invoice(lines=[(None, 1, 200.0)])

    def _due(self):
        return float(self._in_xero("Invoices", InvoiceNumber=self.invoice.name)[0]["AmountDue"])

    def test_goes_out(self):
        """S4-36, S2-49: a payment without journal entry pays the invoice in Xero; cancelling deletes it there."""
        payment = self._pay(self.invoice)
        self.assertFalse(payment.move_id)
        self._export()
        self.assertEqual(self._due(), 0, self._issues().mapped("text"))
        self._import()
        self._export()
        self.assertEqual(len(self._in_xero("Payments")), 1)
        payment.action_cancel()
        self._export()
        self.assertEqual(self._due(), 230.0)
        self.assertFalse(self._issues())

    def test_confirmed_by_the_bank_statement(self):
        """S2-49: the bank statement that confirms it is no second payment."""
        self._pay(self.invoice)
        self._export()
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": fields.Date.today(),
                "payment_ref": "Ridgeway",
                "partner_id": self.customer.id,
                "amount": 230.0,
            }
        )
        receivable = self.invoice.line_ids.filtered(lambda one: one.account_type == "asset_receivable")
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = receivable.account_id
        (suspense | receivable).reconcile()
        self._export()
        self.assertEqual(len(self._in_xero("Payments")), 1)
        self.assertEqual(self._due(), 0)
        self.assertFalse(self._issues())
