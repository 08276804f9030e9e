"""Pay runs and payslip totals; who may see what."""

from odoo import Command
from odoo.exceptions import AccessError
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
