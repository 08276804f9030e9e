from odoo import fields

from .common import XeroCase


class TestPaymentRates(XeroCase):
    """Payments in and of foreign currencies: the rate is the one that Odoo booked, never Xero's guess."""

    def setUp(self):
        super().setUp()
        self.usd = self.env.ref("base.USD")
        self.usd.active = True
        self.env["res.currency.rate"].create(
            [
                {"currency_id": self.usd.id, "company_id": self.company.id, "name": day, "rate": rate}
                for day, rate in (("2026-01-01", 0.6), ("2026-06-01", 0.5))
            ]
        )

    def _pay_foreign(self, move_type, amount, currency):
        invoice = self._invoice(
            move_type,
            ref="USD-1",
            currency_id=self.usd.id,
            invoice_date="2026-02-01",
            lines=[(None, 1, 60.0)],
            taxes=self.env["account.tax"],
        )
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "journal_id": self.bank.id,
                    "payment_date": "2026-07-01",
                    "currency_id": currency.id,
                    "amount": amount,
                }
            )
        )
        return invoice, wizard._create_payments()

    def _debtors(self):
        """Balance of the control account in Xero after the day of payment."""
        roles = {row["AccountID"]: row.get("SystemAccount") for row in self._in_xero("Accounts")}
        answer = self.connection._get_client().get("Reports/TrialBalance", params={"date": "2026-07-02"})
        for section in answer.payload["Reports"][0]["Rows"]:
            for row in section.get("Rows") or []:
                cells = row.get("Cells") or []
                if cells and roles.get((cells[0].get("Attributes") or [{}])[0].get("Value")) == "DEBTORS":
                    return float(cells[-2].get("Value") or 0) - float(cells[-1].get("Value") or 0)
        return 0.0

    def _check(self, invoice, payment, bank_amount, rate):
        before = self._debtors()
        self._export()
        [sent] = self._in_xero("Payments")
        self.assertEqual((float(sent["Amount"]), float(sent["CurrencyRate"])), (60.0, rate))
        self.assertEqual(float(sent["BankAmount"]), bank_amount)
        [there] = self._in_xero("Invoices", InvoiceID=self._binding(invoice).external_id)
        self.assertEqual((float(there["AmountDue"]), invoice.amount_residual), (0, 0))
        self.assertAlmostEqual(self._debtors(), before, 2)
        self._import()
        self._export()
        self.assertFalse(self._issues().mapped("text"))
        self.assertEqual(len(self._in_xero("Payments")), 1)

    def test_in_the_documents_currency(self):
        """S2-49: dollars that pay a dollar invoice go at the rate of the day of payment."""
        invoice, payment = self._pay_foreign("out_invoice", 60.0, self.usd)
        self._check(invoice, payment, 120.0, 0.5)

    def test_in_the_base_currency(self):
        """S2-49: a dollar invoice paid in the company's own currency is paid off in Xero by just that money."""
        invoice, payment = self._pay_foreign("out_invoice", 120.0, self.company.currency_id)
        self._check(invoice, payment, 120.0, 0.5)

    def test_bill_in_the_base_currency(self):
        """S2-49, S4-16: so is a bill."""
        bill, payment = self._pay_foreign("in_invoice", 120.0, self.company.currency_id)
        self._check(bill, payment, 120.0, 0.5)

    def test_rate_that_nobody_entered(self):
        """S2-49: where Odoo knows no rate and booked one to one, the payment waits and says so."""
        invoice = self._invoice(currency_id=self.usd.id, lines=[(None, 1, 60.0)], taxes=self.env["account.tax"])
        self._export()
        self.env["res.currency.rate"].search([("currency_id", "=", self.usd.id)]).unlink()
        self._pay(invoice, date=fields.Date.today())
        self._export()
        self.assertFalse(self._in_xero("Payments"))
        self.assertEqual(self._issues().code, "rate_missing")
