"""Pay runs and payslip totals; who may see what."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .payroll_case import PayrollCase


@tagged("post_install", "-at_install")
class TestPayRuns(PayrollCase):
    def _pay(self, calendar="Weekly"):
        self.xero.act("run-payroll", calendar=calendar)
        self.xero.advance(5)
        self._import()
        return self.env["xero.pay.run"].search([("connection_id", "=", self.connection.id)])

    def test_read(self):
        """S5-29: a pay run is here with its totals and a payslip for each employee, once; its payment is Xero's."""
        run = self._pay()
        [there] = self._in_payroll("PayRuns")
        self.assertEqual((run.state, run.calendar_id.name), ("posted", "Weekly"))
        self.assertEqual(
            [round(run[name], 2) for name in ("wages", "tax", "super_amount", "net_pay")],
            [round(float(there[key]), 2) for key in ("Wages", "Tax", "Super", "NetPay")],
        )
        self.assertGreater(run.wages, 0)
        self.assertEqual(set(run.payslip_ids.employee_id.mapped("name")), {"Robin Field", "Kim Harbour"})
        self.assertAlmostEqual(sum(run.payslip_ids.mapped("net_pay")), run.net_pay)
        self.connection.action_reimport()
        self._import()
        self.assertEqual(len(self.env["xero.pay.run"].search([("connection_id", "=", self.connection.id)])), 1)

    def test_paid_periods_take_no_hours(self):
        """S5-29, S5-31: hours recorded for a period that has been paid go to the next one, marked as late."""
        run = self._pay()
        self._work(self._employee("Kim Harbour"), run.start_date, 3)
        self._export()
        [(period, _lines)] = self._sheets_in_xero(self._employee("Kim Harbour")).items()
        self.assertGreater(period[0], run.end_date)
        sheet = self.env["xero.timesheet"].search([("employee_id", "=", self._employee("Kim Harbour").id)])
        self.assertEqual(sheet.late_hours, 3)

    def _choose_accounts(self):
        names = ("wages", "reimbursement", "super_expense", "super_liability", "tax", "deductions", "net")
        kinds = {"wages": "expense", "reimbursement": "expense", "super_expense": "expense"}
        accounts = self.env["account.account"].create(
            [
                {
                    "name": name,
                    "code": f"48{number}",
                    "account_type": kinds.get(name, "liability_current"),
                    "company_ids": [Command.set(self.company.ids)],
                }
                for number, name in enumerate(names)
            ]
        )
        journal = self.env["account.journal"].create(
            {"name": "Payroll", "code": "PAY", "type": "general", "company_id": self.company.id}
        )
        chosen = {f"pay_{name}_account_id": account.id for name, account in zip(names, accounts, strict=True)}
        self.connection.write({"book_pay_runs": True, "pay_journal_id": journal.id, **chosen})

    def test_booked_once(self):
        """S5-29: by switch a posted pay run is one entry, wages, tax, superannuation and net pay, never sent back."""
        self._choose_accounts()
        self.connection.sync_manual_journals = True
        run = self._pay()
        move = run.move_id
        self.assertEqual((move.state, move.date), ("posted", run.payment_date))
        booked = {line.account_id.name: round(line.balance, 2) for line in move.line_ids}
        self.assertEqual(
            booked,
            {
                "wages": round(run.wages, 2),
                "super_expense": round(run.super_amount, 2),
                "super_liability": -round(run.super_amount, 2),
                "tax": -round(run.tax, 2),
                "net": -round(run.net_pay, 2),
            },
        )
        self.connection.action_reimport()
        self._import()
        self._export()
        self.assertEqual(self.env["account.move"].search_count([("journal_id", "=", move.journal_id.id)]), 1)
        self.assertFalse(self._in_xero("ManualJournals"))

    def test_not_booked_without_the_switch(self):
        """S5-29: without the switch nothing is booked; what lacks an account says which, and is booked afterwards."""
        run = self._pay()
        self.assertFalse(run.move_id)
        with self.assertRaisesRegex(UserError, "Payroll Journal"):
            run.action_book()
        self._choose_accounts()
        run.action_book()
        self.assertTrue(run.move_id)

    def test_who_sees_what(self):
        """S5-26, S5-27, S5-29: payslips and pay are the HR manager's, pay run totals the accountant's too."""
        run = self._pay()
        company = {"company_id": self.company.id, "company_ids": [Command.set(self.company.ids)]}
        manager = new_test_user(self.env, "pay_manager", groups="hr.group_hr_manager", **company)
        officer = new_test_user(self.env, "pay_officer", groups="hr.group_hr_user", **company)
        accountant = new_test_user(self.env, "pay_accountant", groups="account.group_account_user", **company)
        ordinary = new_test_user(self.env, "pay_ordinary", groups="base.group_user", **company)
        slips, sheets = run.payslip_ids, self.env["xero.timesheet"]
        may = {
            "payslips": (lambda user: slips.with_user(user).read(["net_pay"]), {manager}),
            "pay": (lambda user: self.robin.with_user(user).read(["xero_pay_rate"]), {manager}),
            "calendar": (lambda user: self.robin.with_user(user).read(["xero_pay_calendar_id"]), {manager, officer}),
            "balances": (
                lambda user: self.env["xero.leave.balance"].with_user(user).search([]).read(["units"]),
                {manager, officer},
            ),
            "totals": (lambda user: run.with_user(user).read(["net_pay"]), {manager, accountant}),
            "sheets": (lambda user: sheets.with_user(user).search([]).read(["hours"]), {manager, officer}),
        }
        for what, (read, allowed) in may.items():
            for user in (manager, officer, accountant, ordinary):
                with self.subTest(what, user=user.login):
                    self.env.invalidate_all()
                    if user in allowed:
                        read(user)
                    else:
                        with self.assertRaises(AccessError):
                            read(user)

    def test_other_companies_see_nothing(self):
        """S5-29: an HR manager of another company finds none of it."""
        run = self._pay()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "pay_stranger",
            groups="hr.group_hr_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in ("xero.pay.run", "xero.payslip", "xero.leave.balance", "xero.pay.item", "xero.pay.calendar"):
            self.assertFalse(
                self.env[model].with_user(stranger).with_context(allowed_company_ids=other.ids).search([]), model
            )
        self.assertTrue(run)
