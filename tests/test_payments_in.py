from decimal import Decimal

from odoo import fields

from .common import XeroCase


class TestPaymentsIn(XeroCase):
    """What happens to payments in Xero happens in Odoo, once."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(lines=[(None, 1, 200.0)])
        self._export()
        self.xero.clear_journal()

    def _pay_in_xero(self, document, key="invoice", **values):
        number = document if isinstance(document, str) else document.name
        return self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, **{key: number}, **values)

    def _delete_in_xero(self, payment_id):
        client = self.connection._get_client()
        client.post(f"Payments/{payment_id}", {"Status": "DELETED"}, "delete-" + payment_id)
        self.env.cr.flush()

    def _due(self, move, resource="Invoices"):
        [found] = [row for row in self._in_xero(resource) if move.name in row.values()]
        return float(found.get("AmountDue", found.get("RemainingCredit")))

    def test_deleted_in_xero(self):
        """S2-49, S3-21: a payment made in Xero and deleted there is undone in Odoo; both sides are open."""
        made = self._pay_in_xero(self.invoice, amount="80.00")
        self._import()
        self.assertEqual(self.invoice.amount_residual, 150.0)
        payment = self.invoice.matched_payment_ids
        self._delete_in_xero(made["PaymentID"])
        self._import()
        self.assertEqual((self.invoice.amount_residual, self._due(self.invoice)), (230.0, 230.0))
        self.assertEqual(payment.state, "canceled")
        self._export()
        self.assertFalse(self._issues())
        self.assertFalse(self._queue())

    def test_own_payment_deleted_in_xero_asks(self):
        """S2-49: Odoo's payment that somebody deletes in Xero is an issue; sending it again is one click."""
        payment = self._pay(self.invoice)
        self._export()
        [sent] = self._in_xero("Payments")
        self._delete_in_xero(sent["PaymentID"])
        self._import()
        self.assertEqual(self._issues().code, "payment_deleted")
        self.assertEqual(self.invoice.amount_residual, 0)
        payment.action_xero_export()
        self._export()
        self.assertEqual(len(self._in_xero("Payments", Status="AUTHORISED")), 1)
        self.assertEqual(self._due(self.invoice), 0)
        self.assertFalse(self._issues())
        self._import()
        self.assertFalse(self._issues())

    def test_own_payment_deleted_in_xero_is_undone_by_rule(self):
        """S2-49: where the connection says so, Odoo follows and calls nothing."""
        self.connection.deleted_payments = "undo"
        self._pay(self.invoice)
        self._export()
        [sent] = self._in_xero("Payments")
        self._delete_in_xero(sent["PaymentID"])
        self.xero.clear_journal()
        self._import()
        self._export()
        self.assertEqual((self.invoice.amount_residual, self._due(self.invoice)), (230.0, 230.0))
        self.assertFalse(self._issues())
        self.assertFalse(self._writes())

    def test_deleted_on_both_sides(self):
        """S2-49: a payment that is undone in Odoo and deleted in Xero at the same time leaves nothing to do."""
        payment = self._pay(self.invoice)
        self._export()
        [sent] = self._in_xero("Payments")
        self._delete_in_xero(sent["PaymentID"])
        payment.action_draft()
        payment.action_cancel()
        self._export()
        self._import()
        self.assertFalse(self._issues())
        self.assertFalse(self._queue())
        self.assertEqual((self.invoice.amount_residual, self._due(self.invoice)), (230.0, 230.0))

    def test_closed_period(self):
        """S2-06: a payment dated in a period that Odoo has closed waits, says so, and is booked once it is open."""
        self.company.fiscalyear_lock_date = "2026-03-31"
        self._pay_in_xero(self.invoice, date="2026-03-15")
        self._import()
        issue = self._issues()
        self.assertEqual(issue.code, "odoo_locked")
        self.assertIn("03/31/2026", issue.text)
        self.assertEqual(self.invoice.amount_residual, 230.0)
        self.company.fiscalyear_lock_date = False
        issue.action_retry()
        self._import()
        self.assertEqual(self.invoice.amount_residual, 0)
        self.assertEqual(self.invoice.matched_payment_ids.date, fields.Date.to_date("2026-03-15"))

    def test_same_money_on_both_sides(self):
        """S2-49: a payment entered in Odoo and in Xero before either heard of the other is one payment."""
        self._pay(self.invoice)
        self._mark()
        self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, invoice=self.invoice.name)
        self._import()
        self._export()
        self.assertEqual(len(self._in_xero("Payments")), 1)
        self.assertEqual((self.invoice.amount_residual, self._due(self.invoice)), (0, 0))
        self.assertEqual(len(self.invoice.matched_payment_ids), 1)
        self.assertFalse(self._issues())

    def test_paid_more_in_xero_than_is_open(self):
        """S2-49: what Odoo has no room for is never booked blindly."""
        payment = self._pay(self.invoice, amount=200.0)
        payment.xero_do_not_export = True
        self._pay_in_xero(self.invoice, amount="100.00")
        self._import()
        self.assertEqual(self._issues().code, "paid_too_much")
        self.assertEqual(self.invoice.amount_residual, 30.0)

    def test_foreign_payment_at_xeros_rate(self):
        """S2-49: a payment in foreign currency is booked at Xero's rate; Odoo books the difference."""
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": usd.id, "company_id": self.company.id, "name": "2026-01-01", "rate": 0.6}
        )
        invoice = self._invoice(currency_id=usd.id, lines=[(None, 1, 60.0)], taxes=self.env["account.tax"])
        self._export()
        [sent] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        client = self.connection._get_client()
        account = self.env["xero.journal.mapping"]._for(self.connection)[self.bank.id]
        client.put(
            "Payments",
            {
                "Payments": [
                    {
                        "Invoice": {"InvoiceID": sent["InvoiceID"]},
                        "Account": {"AccountID": account.external_id},
                        "Date": fields.Date.today().isoformat(),
                        "Amount": Decimal(60),
                        "CurrencyRate": Decimal("0.5"),
                    }
                ]
            },
            "usd-payment",
        )
        self._import()
        self.assertEqual(invoice.amount_residual, 0)
        payment = invoice.matched_payment_ids
        liquidity = payment._seek_for_lines()[0]
        self.assertEqual((liquidity.amount_currency, liquidity.balance), (60.0, 120.0))
        self._export()
        self.assertFalse(self._issues())
        self.assertEqual(len(self._in_xero("Payments")), 1)

    def test_two_instalments_paid_at_once(self):
        """S2-49: one payment in Xero pays both instalments and stays one payment."""
        terms = self.env["account.payment.term"].create(
            {
                "name": "30/70",
                "line_ids": [
                    fields.Command.create({"value": "percent", "value_amount": 30, "nb_days": 0}),
                    fields.Command.create({"value": "percent", "value_amount": 70, "nb_days": 30}),
                ],
            }
        )
        invoice = self._invoice(invoice_payment_term_id=terms.id)
        self._export()
        made = self._pay_in_xero(invoice)
        self._import()
        self.assertEqual(invoice.amount_residual, 0)
        self.env["xero.outbox"]._mark_backlog(self.connection)
        self._export()
        self.assertEqual(len(self._in_xero("Payments")), 1)
        self._delete_in_xero(made["PaymentID"])
        self._import()
        self._export()
        self.assertEqual((invoice.amount_residual, self._due(invoice)), (115.0, 115.0))
        self.assertFalse(self._issues())

    def test_batch_made_in_xero(self):
        """S4-17: a batch payment of Xero's bank feed pays each of its bills."""
        bills = [self._invoice("in_invoice", ref=ref, lines=[(None, 1, 100.0)]) for ref in ("B-1", "B-2")]
        self._export()
        account = self.env["xero.journal.mapping"]._for(self.connection)[self.bank.id]
        sent = [row for row in self._in_xero("Invoices") if row.get("InvoiceNumber") in ("B-1", "B-2")]
        batch = {
            "Account": {"AccountID": account.external_id},
            "Date": fields.Date.today().isoformat(),
            "Payments": [{"Invoice": {"InvoiceID": row["InvoiceID"]}, "Amount": Decimal(115)} for row in sent],
        }
        self.connection._get_client().put("BatchPayments", {"BatchPayments": [batch]}, "batch")
        self._import()
        self.assertEqual([bill.payment_state for bill in bills], ["paid", "paid"])

    def _batch(self, moves, amounts):
        """Pay documents in one movement on the bank account in Xero."""
        account = self.env["xero.journal.mapping"]._for(self.connection)[self.bank.id]
        batch = {
            "Account": {"AccountID": account.external_id},
            "Date": fields.Date.today().isoformat(),
            "Payments": [
                {"Invoice": {"InvoiceID": self._binding(move).external_id}, "Amount": Decimal(amount)}
                for move, amount in zip(moves, amounts, strict=True)
            ],
        }
        self.connection._get_client().put("BatchPayments", {"BatchPayments": [batch]}, "batch")
        self.env.cr.flush()
        return self._in_xero("BatchPayments")[-1]["BatchPaymentID"]

    def test_batch_received_in_xero_and_deleted(self):
        """S4-17, S2-49: a batch pays customers' invoices, in part too; deleting the lot in Xero opens them in Odoo."""
        invoices = [self.invoice, self._invoice(lines=[(None, 1, 100.0)])]
        self._export()
        batch = self._batch(invoices, (230, 50))
        self._import()
        self._import()
        self.assertEqual([invoice.amount_residual for invoice in invoices], [0, 65.0])
        self.assertEqual(len(self.invoice.matched_payment_ids), 1)
        client = self.connection._get_client()
        client.post("BatchPayments", {"BatchPaymentID": batch, "Status": "DELETED"}, "delete-batch")
        self._import()
        self.assertEqual([invoice.amount_residual for invoice in invoices], [230.0, 115.0])
        self._export()
        self.assertFalse(self._issues())
        self.assertFalse(self._queue())

    def test_batch_is_never_taken_apart(self):
        """S2-49: a payment of a batch that is unmatched in Odoo is asked about; Xero deletes batches as a whole."""
        self._batch([self.invoice], [230])
        self._import()
        self.xero.clear_journal()
        lines = self.invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        lines.remove_move_reconcile()
        self._export()
        self.assertEqual(self._issues().code, "born_in_xero")
        self.assertFalse(self._writes())

    def test_refund_made_in_xero(self):
        """S4-16: a credit note refunded in Xero is refunded in Odoo."""
        credit = self._invoice("in_refund", ref="CN-9", lines=[(None, 1, 40.0)])
        self._export()
        self._pay_in_xero("CN-9", key="credit_note")
        self._import()
        self.assertEqual(credit.amount_residual, 0)
        self.assertEqual(credit.matched_payment_ids.payment_type, "inbound")
