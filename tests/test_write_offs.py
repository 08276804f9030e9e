from odoo import fields

from .common import XeroCase


class TestWriteOffs(XeroCase):
    """What is written off in Odoo leaves nothing open in Xero."""

    def setUp(self):
        super().setUp()
        self.expense = self.company_data["default_account_expense"].copy({"name": "Written off", "code": "650099"})
        self.target = self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), ("payments_enabled", "=", True), ("type", "!=", "BANK")],
            limit=1,
        )
        self.env["xero.account.mapping"].create(
            {"connection_id": self.connection.id, "account_id": self.expense.id, "xero_account_id": self.target.id}
        )
        self.invoice = self._invoice(lines=[(None, 1, 200.0)])

    def _settle(self, moves, amount):
        return (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create(
                {
                    "journal_id": self.bank.id,
                    "amount": amount,
                    "group_payment": True,
                    "payment_difference_handling": "reconcile",
                    "writeoff_account_id": self.expense.id,
                    "writeoff_label": "Rounding",
                }
            )
            ._create_payments()
        )

    def _payments(self):
        return sorted(
            (p["Account"]["AccountID"], float(p["Amount"])) for p in self._in_xero("Payments", Status="AUTHORISED")
        )

    def _due(self, move):
        return float(self._in_xero("Invoices", InvoiceNumber=move.name)[0]["AmountDue"])

    def test_payment_with_write_off(self):
        """S2-49, S4-36: 225 that settle 230 are paid by 225 on the bank and 5 on the account written off to."""
        self._settle(self.invoice, 225.0)
        self._export()
        bank = self.env["xero.journal.mapping"]._for(self.connection)[self.bank.id]
        wanted = sorted([(bank.external_id, 225.0), (self.target.external_id, 5.0)])
        self.assertEqual(self._payments(), wanted, self._issues().mapped("text"))
        self.assertEqual(self._due(self.invoice), 0)
        self._import()
        self.assertEqual(self.invoice.amount_residual, 0)

    def test_undone(self):
        """S2-49: unmatching takes the payment and its write-off back in Xero."""
        payment = self._settle(self.invoice, 225.0)
        self._export()
        payment.action_draft()
        payment.action_cancel()
        self._export()
        self.assertFalse(self._payments())
        self.assertEqual(self._due(self.invoice), 230.0)
        self.assertFalse(self._queue())
        self.assertFalse(self._issues())

    def test_one_payment_over_two_invoices(self):
        """S2-49: the money goes to the documents in order, and what it does not reach is written off."""
        other = self._invoice(lines=[(None, 1, 100.0)])
        self._settle(self.invoice | other, 340.0)
        self._export()
        self.assertEqual((self._due(self.invoice), self._due(other)), (0, 0), self._issues().mapped("text"))
        self.assertEqual(sum(amount for account, amount in self._payments() if account == self.target.external_id), 5.0)
        self.assertEqual(sum(amount for _account, amount in self._payments()), 345.0)

    def test_more_than_is_owed(self):
        """S2-49: 231.50 that settle 230 pay the invoice; what is on the bank besides is said, for Xero lacks it."""
        payment = self._settle(self.invoice, 231.5)
        self._export()
        self.assertEqual((self._due(self.invoice), self.invoice.amount_residual), (0, 0))
        self.assertEqual([amount for _account, amount in self._payments()], [230.0])
        issue = self._issues()
        self.assertEqual((issue.code, issue.res_id), ("write_off_excess", payment.id))
        self.assertIn("1.50", issue.text)
        issue.action_skip()
        self._export()
        self.assertFalse(self._issues())

    def test_matched_elsewhere(self):
        """S2-49: where one of two invoices is exchanged for another, as much came to the bank as before."""
        other = self._invoice(lines=[(None, 1, 100.0)])
        payment = self._settle(self.invoice | other, 340.0)
        self._export()
        first = min(self.invoice | other, key=lambda move: self._partials(move).id)
        last = (self.invoice | other) - first
        third = self._invoice(lines=[(None, 1, first.amount_untaxed)])
        self._partials(first).unlink()
        self._export()
        (self._debt(third) | self._debt(payment.move_id)).filtered(lambda line: not line.reconciled).reconcile()
        self._export()
        dues = [(move.amount_residual, self._due(move)) for move in (first, last, third)]
        self.assertEqual(dues, [(first.amount_total, first.amount_total), (0, 0), (0, 0)])
        bank = [amount for account, amount in self._payments() if account != self.target.external_id]
        self.assertEqual((sum(bank), sum(amount for _account, amount in self._payments())), (340.0, 345.0))
        self.assertFalse(self._issues())

    def _debt(self, moves):
        return moves.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def _partials(self, move):
        return self._debt(move).matched_credit_ids

    def test_account_that_takes_no_payments(self):
        """S3-05: where Xero's account takes no payments the write-off waits and says what to tick; the money goes."""
        closed = self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), ("payments_enabled", "=", False), ("type", "=", "EXPENSE")],
            limit=1,
        )
        mapping = self.env["xero.account.mapping"].search([("account_id", "=", self.expense.id)])
        mapping.xero_account_id = closed
        self._settle(self.invoice, 225.0)
        self._export()
        self.assertEqual(self._due(self.invoice), 5.0)
        self.assertEqual(self._issues().code, "write_off_account")
        mapping.xero_account_id = self.target
        self._issues().action_retry()
        self._export()
        self.assertEqual(self._due(self.invoice), 0)

    def test_policy(self):
        """S2-49: by setting, write-offs wait for a person."""
        self.connection.write_offs = "hold"
        self._settle(self.invoice, 225.0)
        self._export()
        self.assertEqual(self._issues().code, "write_off_held")
        self.assertEqual(self._due(self.invoice), 5.0)

    def test_entry_that_writes_off(self):
        """S2-49: an invoice settled by an entry to one account is paid from that account in Xero."""
        receivable = self.invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": fields.Date.today(),
                "line_ids": [
                    fields.Command.create(
                        {"account_id": receivable.account_id.id, "partner_id": self.customer.id, "credit": 230.0}
                    ),
                    fields.Command.create({"account_id": self.expense.id, "debit": 230.0}),
                ],
            }
        )
        entry.action_post()
        (receivable | entry.line_ids.filtered("credit")).reconcile()
        self._export()
        self.assertEqual(self._payments(), [(self.target.external_id, 230.0)], self._issues().mapped("text"))
        self.assertEqual(self._due(self.invoice), 0)
