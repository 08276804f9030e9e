from odoo import fields

from .common import XeroCase


class TestAdvances(XeroCase):
    """Money that no document is matched with, where it goes to Xero."""

    def setUp(self):
        super().setUp()
        self.connection.unallocated_payments = "overpayment"
        self.invoice = self._invoice(lines=[(None, 1, 200.0)])
        self._export()
        self.xero.clear_journal()

    def _receive(self, amount, post=True):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": amount,
                "date": fields.Date.today(),
                "memo": f"Deposit {amount:.0f}",
                "journal_id": self.bank.id,
            }
        )
        payment.action_post()
        return payment

    def _match(self, *moves):
        lines = self.env["account.move"].union(*moves).line_ids
        debts = lines.filtered(lambda line: line.account_type == "asset_receivable" and not line.reconciled)
        debts.reconcile()
        return debts

    def _credit(self, resource="Overpayments"):
        return [
            (row["Type"], row["Status"], float(row["RemainingCredit"]), float(row["Total"]))
            for row in self._in_xero(resource)
        ]

    def _due(self, invoice):
        return float(self._in_xero("Invoices", InvoiceNumber=invoice.name)[0]["AmountDue"])

    def test_overpayment(self):
        """S4-36: by setting, an unmatched payment is an overpayment in Xero, allocated once it is matched in Odoo."""
        payment = self._receive(300.0)
        self._export()
        self.assertEqual(
            self._credit(), [("RECEIVE-OVERPAYMENT", "AUTHORISED", 300.0, 300.0)], self._issues().mapped("text")
        )
        self._match(self.invoice, payment.move_id)
        self._export()
        self.assertEqual(self._credit()[0][2], 70.0)
        self.assertEqual(self._due(self.invoice), 0)
        self.assertFalse(self._in_xero("Payments"))
        other = self._invoice(lines=[(None, 1, 100.0)])
        self._match(other, payment.move_id)
        self._export()
        self.assertEqual(self._credit()[0][1:3], ("PAID", 0.0))
        self.assertEqual(self._due(other), 45.0)
        self.assertFalse(self._issues())

    def test_what_exceeds(self):
        """S4-36: of a payment that exceeds its invoice the invoice's part is a payment and the rest an overpayment."""
        payment = self._receive(300.0)
        self._match(self.invoice, payment.move_id)
        self._export()
        self.assertEqual([float(row["Amount"]) for row in self._in_xero("Payments")], [230.0])
        self.assertEqual(self._credit(), [("RECEIVE-OVERPAYMENT", "AUTHORISED", 70.0, 70.0)])

    def test_unmatched_again(self):
        """S4-36: undoing the matching undoes the allocation, and the credit is open again."""
        payment = self._receive(230.0)
        self._export()
        lines = self._match(self.invoice, payment.move_id)
        self._export()
        lines.remove_move_reconcile()
        self._export()
        self.assertEqual(self._credit()[0][1:3], ("AUTHORISED", 230.0))
        self.assertEqual(self._due(self.invoice), 230.0)
        self.assertFalse(self._issues())

    def _map_written_off(self):
        account = self.company_data["default_account_expense"].copy({"name": "Written off", "code": "650099"})
        mine = [("connection_id", "=", self.connection.id), ("payments_enabled", "=", True), ("type", "!=", "BANK")]
        target = self.env["xero.account"].search(mine, limit=1)
        self.env["xero.account.mapping"].create(
            {"connection_id": self.connection.id, "account_id": account.id, "xero_account_id": target.id}
        )
        return account

    def _pay_short(self, invoice, written_off):
        account = self._map_written_off()
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "journal_id": self.bank.id,
                    "payment_date": fields.Date.today(),
                    "amount": invoice.amount_residual - written_off,
                    "payment_difference_handling": "reconcile",
                    "writeoff_account_id": account.id,
                }
            )
        )
        return wizard._create_payments()

    def test_matched_elsewhere_with_write_off(self):
        """S4-36: an overpayment is what came to the bank; what was written off follows the matching."""
        payment = self._pay_short(self.invoice, 1.5)
        self._export()
        self.assertEqual(self._due(self.invoice), 0, self._issues().mapped("text"))
        payment.move_id.line_ids.remove_move_reconcile()
        self._export()
        self._export()
        self.assertEqual(self._due(self.invoice), 230.0)
        self.assertEqual(self._credit(), [("RECEIVE-OVERPAYMENT", "AUTHORISED", 228.5, 228.5)])
        self.assertEqual(payment.xero_parts, "Overpayment of $\xa0228.50, $\xa0228.50 of it open")
        other = self._invoice(lines=[(None, 1, 300.0)])
        self._match(other, payment.move_id)
        self._export()
        self.assertEqual((other.amount_residual, self._due(other)), (115.0, 115.0))
        self.assertEqual(self._credit(), [("RECEIVE-OVERPAYMENT", "PAID", 0.0, 228.5)])
        [written_off] = self._in_xero("Payments", Status="AUTHORISED")
        self.assertEqual(float(written_off["Amount"]), 1.5)
        self.assertFalse(self._issues())

    def test_cancelled(self):
        """S4-36: cancelling the payment takes the overpayment back."""
        payment = self._receive(230.0)
        self._export()
        payment.action_draft()
        payment.action_cancel()
        self._export()
        self.assertEqual(self._credit()[0][1], "VOIDED")

    def test_payment_unmatched_later(self):
        """S4-36: a payment whose invoice is unmatched becomes an overpayment of all of it."""
        payment = self._receive(300.0)
        lines = self._match(self.invoice, payment.move_id)
        self._export()
        lines.remove_move_reconcile()
        self._export()
        self._export()
        live = [row for row in self._credit() if row[1] == "AUTHORISED"]
        self.assertEqual(live, [("RECEIVE-OVERPAYMENT", "AUTHORISED", 300.0, 300.0)])
        self.assertFalse(self._in_xero("Payments", Status="AUTHORISED"))
        self.assertEqual(self._due(self.invoice), 230.0)

    def test_unmatched_beside_what_is_used(self):
        """S4-36: an overpayment in use cannot grow; what is unmatched beside it waits, says so, and pays another."""
        payment = self._receive(300.0)
        paid = self._match(self.invoice, payment.move_id)
        self._export()
        other = self._invoice(lines=[(None, 1, 40.0)])
        self._match(other, payment.move_id)
        self._export()
        paid.filtered(lambda line: line.move_id == self.invoice).remove_move_reconcile()
        self._export()
        self._export()
        self.assertEqual(self._credit(), [("RECEIVE-OVERPAYMENT", "AUTHORISED", 24.0, 70.0)])
        self.assertEqual(self._due(self.invoice), 230.0)
        self.assertIn("Overpayment of $\xa070.00, $\xa024.00 of it open", payment.xero_parts)
        self.assertIn("$\xa0230.00 waits: no document is matched with it", payment.xero_parts)
        third = self._invoice(lines=[(None, 1, 200.0)])
        self._match(third, payment.move_id)
        self._export()
        self.assertEqual((self._due(third), self._due(other)), (0, 0))
        self.assertEqual([float(row["Amount"]) for row in self._in_xero("Payments", Status="AUTHORISED")], [230.0])
        self.assertFalse(self._issues())

    def test_more_than_is_beside_what_is_used(self):
        """S4-36: what an overpayment in use holds does not come to the bank a second time as a payment."""
        payment = self._receive(300.0)
        paid = self._match(self.invoice, payment.move_id)
        self._export()
        used = self._match(self._invoice(lines=[(None, 1, 40.0)]), payment.move_id)
        self._export()
        paid.filtered(lambda line: line.move_id == self.invoice).remove_move_reconcile()
        self._export()
        third = self._invoice(lines=[(None, 1, 217.4)])
        self._match(third, payment.move_id)
        self._export()
        self.assertEqual((third.amount_residual, self._due(third)), (0, 250.01))
        self.assertEqual((self._issues().code, self._issues().res_id), ("advance_short", payment.id))
        used.filtered(lambda line: line.move_id != payment.move_id).remove_move_reconcile()
        self._export()
        self._issues().action_retry()
        self._export()
        self._export()
        self.assertEqual(self._due(third), 0, self._issues().mapped("text"))
        live = [row[2:] for row in self._credit() if row[1] == "AUTHORISED"]
        paid = sum(float(row["Amount"]) for row in self._in_xero("Payments", Status="AUTHORISED"))
        self.assertEqual(round(paid + sum(total for _open, total in live), 2), 300.0)
        self.assertFalse(self._issues())

    def test_prepayment(self):
        """S4-36: by setting it is a prepayment, coded to the account for prepayments; without one it waits."""
        self.connection.unallocated_payments = "prepayment"
        payment = self._receive(230.0)
        self._export()
        self.assertEqual(self._issues().code, "prepayment_account_missing")
        self.connection.prepayment_account_id = self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), ("type", "=", "CURRLIAB"), ("system_account", "=", False)],
            limit=1,
        )
        self._issues().action_retry()
        self._export()
        self._match(self.invoice, payment.move_id)
        self._export()
        self.assertEqual(self._credit("Prepayments"), [("RECEIVE-PREPAYMENT", "PAID", 0.0, 230.0)])
        self.assertEqual(self._due(self.invoice), 0)
