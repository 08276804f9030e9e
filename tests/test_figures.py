"""What the figures say after something has happened in the books of either side."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from .common import XeroCase


class TestFigures(XeroCase):
    def setUp(self):
        super().setUp()
        self.connection.compare_balance_sheet = True
        self.before = self._read()

    def _read(self):
        """``{(widget, key): (Odoo, Xero)}``"""
        self.env["xero.figure"].action_refresh()
        figures = self.env["xero.figure"].search([("connection_id", "=", self.connection.id)])
        return {(one.widget, one.key): (one.odoo_amount, one.xero_amount) for one in figures}

    def _moved(self):
        """What moved since the beginning, on both sides: ``{(widget, key): (Odoo, Xero)}``, rounded."""
        now, nothing = self._read(), (0.0, 0.0)
        moved = {
            key: tuple(
                round(new - old, 2)
                for new, old in zip(now.get(key, nothing), self.before.get(key, nothing), strict=True)
            )
            for key in {**now, **self.before}
        }
        return {key: amounts for key, amounts in moved.items() if any(amounts)}

    def _account(self, **wanted):
        return self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), *((name, "=", value) for name, value in wanted.items())],
            limit=1,
        )

    def test_invoice_widgets(self):
        """S5-11, S5-18: an overdue invoice and a bill move list, summary and ages alike in Odoo and in Xero."""
        today = fields.Date.today()
        late = self._invoice(
            invoice_date=today - timedelta(days=60),
            invoice_date_due=today - timedelta(days=45),
            lines=[(None, 1, 100.0)],
        )
        self._invoice("in_invoice", ref="SUP-8", invoice_date_due=today + timedelta(days=20), lines=[(None, 1, 40.0)])
        self._export()
        moved = self._moved()
        for key, amount in {
            ("a_sales", "sales_overdue"): 115.0,
            ("b_purchases", "purchases_open"): 46.0,
            ("d_receivables", "age_60"): 115.0,
            ("e_payables", "not_due"): 46.0,
        }.items():
            self.assertEqual(moved[key], (amount, amount), key)
        self.assertNotIn(("b_purchases", "purchases_overdue"), moved)
        overdue = self.env["xero.figure"].search(
            [("key", "=", "sales_overdue"), ("connection_id", "=", self.connection.id)]
        )
        action = overdue.action_open()
        self.assertEqual(action["res_model"], "account.move")
        self.assertIn(late, self.env["account.move"].search(action["domain"]))
        self._pay(late, amount=15.0)
        self._export()
        self.assertEqual(self._moved()["d_receivables", "age_60"], (100.0, 100.0))

    def test_credits_count_against_it(self):
        """S5-11: an open credit note lowers the receivables on both sides."""
        self._invoice(lines=[(None, 1, 100.0)])
        self._invoice("out_refund", lines=[(None, 1, 20.0)])
        self._export()
        self.assertEqual(self._moved()["d_receivables", "not_due"], (92.0, 92.0))

    def test_foreign_currency(self):
        """S5-11: what is open in pounds counts at the document's rate on both sides."""
        pound = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "GBP")])
        pound.active = True
        pound.rate_ids.unlink()
        values = {"name": "2020-01-01", "rate": 0.5, "currency_id": pound.id, "company_id": self.company.id}
        self.env["res.currency.rate"].create(values)
        self._invoice(currency_id=pound.id, lines=[(None, 1, 100.0)])
        self._export()
        self.assertEqual(self._moved()["a_sales", "sales_open"], (230.0, 230.0))

    def test_a_journal_moves_its_accounts(self):
        """S5-16, S5-21: a journal entry sent to Xero moves its accounts on the balance sheet of both sides, and their
        balances."""
        self.connection.sync_manual_journals = True
        mapped = {
            row.account_id.account_type: row
            for row in self.env["xero.account.mapping"].search([("connection_id", "=", self.connection.id)])
            if row.mapped
        }
        asset, expense = mapped["asset_fixed"], mapped["expense"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": fields.Date.today(),
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": expense.account_id.id, "debit": 75.0}),
                    Command.create({"account_id": asset.account_id.id, "credit": 75.0}),
                ],
            }
        )
        entry.action_post()
        self._export()
        self.assertFalse(self._issues(), self._issues().mapped("text"))
        self.assertEqual(
            self._moved(),
            {
                ("f_assets", asset.xero_account_id.external_id): (-75.0, -75.0),
                ("h_equity", "earnings"): (-75.0, -75.0),
                ("k_accounts", asset.xero_account_id.external_id): (-75.0, -75.0),
                ("k_accounts", expense.xero_account_id.external_id): (75.0, 75.0),
            },
        )

    def test_a_payment_moves_receivables_and_payables(self):
        """S5-23: a payment moves bank, receivables and payables on the balance sheet of both sides."""
        invoice = self._invoice(lines=[(None, 1, 100.0)])
        bill = self._invoice("in_invoice", ref="SUP-9", lines=[(None, 1, 40.0)])
        self._export()
        owed = self._account(system_account="DEBTORS").external_id
        owing = self._account(system_account="CREDITORS").external_id
        bank = self.env["xero.journal.mapping"]._for(self.connection)[self.bank.id].external_id
        moved = self._moved()
        self.assertEqual(moved["f_assets", owed], (115.0, 115.0))
        self.assertEqual(moved["g_liabilities", owing], (46.0, 46.0))
        self._pay(invoice)
        self._pay(bill, amount=26.0)
        self._export()
        moved = self._moved()
        self.assertNotIn(("f_assets", owed), moved)
        self.assertEqual(moved["g_liabilities", owing], (20.0, 20.0))
        self.assertEqual(moved["f_assets", bank], (89.0, 89.0))

    def test_differences_and_rights(self):
        """S5-11: what is in one of the books only shows as a difference; without a connection nothing is read."""
        self._invoice(xero_do_not_export=True, lines=[(None, 1, 100.0)])
        self._export()
        self.env["xero.figure"].action_refresh()
        figure = self.env["xero.figure"].search(
            [("key", "=", "sales_open"), ("connection_id", "=", self.connection.id)]
        )
        started = self.before["a_sales", "sales_open"]
        self.assertEqual(round(figure.difference - (started[0] - started[1]), 2), 115.0)
        self.assertTrue(figure.read_at)
        self.connection.state = "disconnected"
        with self.assertRaises(UserError):
            self.env["xero.figure"].action_refresh()

    def test_balance_sheet_by_setting(self):
        """S5-23: the report is read, and its right asked for, only where the setting says so."""
        self.assertIn("accounting.reports.balancesheet.read", self.connection._wanted_scopes())
        self.connection.compare_balance_sheet = False
        self.assertNotIn("accounting.reports.balancesheet.read", self.connection._wanted_scopes())
        self.xero.clear_journal()
        self.assertNotIn("f_assets", {widget for widget, _key in self._read()})
        self.assertFalse(self._calls("GET", "Reports"))
