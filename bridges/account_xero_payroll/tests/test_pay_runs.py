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

    def _users(self, company=None):
        company = company or self.company
        groups = {
            "manager": "hr.group_hr_manager",
            "officer": "hr.group_hr_user",
            "accountant": "account.group_account_user",
            "administrator": "account_xero.group_xero_administrator",
            "ordinary": "base.group_user",
        }
        only = {"company_id": company.id, "company_ids": [Command.set(company.ids)]}
        logins = {name: f"{name}_of_{company.id}" for name in groups}
        return {name: new_test_user(self.env, logins[name], groups=group, **only) for name, group in groups.items()}

    def test_every_model(self):
        """S5-26 to S5-31: who may read, and who may change, each model of the payroll; nobody makes or deletes any."""
        users = self._users()
        for model, (readers, writers) in MAY.items():
            for name, user in users.items():
                records = self.env[model].with_user(user)
                with self.subTest(model, user=name):
                    self.assertEqual(records.has_access("read"), name in readers)
                    self.assertEqual(records.has_access("write"), name in writers)
                    makes = name in writers and model in MADE_BY_HAND
                    self.assertEqual(records.has_access("create"), makes)
                    self.assertEqual(records.has_access("unlink"), makes)

    def test_every_field_of_an_employee(self):
        """S2-25, S5-27: of what the payroll adds to an employee others read nothing, HR officers all but the pay."""
        users = self._users()
        fields = [name for name in self.robin._fields if name.startswith("xero_")]
        self.assertGreater(len(fields), 15)
        readers = {"officer": set(fields) - FOR_MANAGERS, "manager": set(fields)}
        for name in ("officer", "manager", "accountant", "ordinary"):
            employee = self.robin.with_user(users[name])
            for field in fields:
                with self.subTest(field, user=name):
                    if field in readers.get(name, ()):
                        employee.read([field])
                    else:
                        with self.assertRaises(AccessError):
                            employee.read([field])
            public = self.env["hr.employee.public"].with_user(users[name])
            self.assertFalse(set(fields) & public.fields_get().keys() - {"xero_state"})

    def test_other_companies_see_nothing(self):
        """S5-29: an HR manager of another company finds none of it."""
        run = self._pay()
        self._work(self.robin, "2026-06-16", 3)
        self._export()
        self.env["xero.pay.mapping"].create(
            {
                "connection_id": self.connection.id,
                "project_id": self.project.id,
                "pay_item_id": self._rate("Overtime Hours (1.5x)").id,
            }
        )
        self.env["xero.leave.mapping"]._propose(self.connection)
        self.env["xero.work.location"]._replace(self.connection, [{"external_id": "1", "name": "Yard"}])
        users = self._users(self.env["res.company"].create({"name": "Elsewhere"}))
        for model, (readers, _writers) in MAY.items():
            rows = self.env[model].search([("company_id", "=", self.company.id)])
            self.assertTrue(rows, model)
            for name in readers:
                strange = self.env[model].with_user(users[name])
                strange = strange.with_context(allowed_company_ids=users[name].company_ids.ids)
                self.assertFalse(strange.search([("id", "in", rows.ids)]), (model, name))
                with self.assertRaises(AccessError):
                    strange.browse(rows[0].id).read(["company_id"])
        self.assertTrue(run)


#: Model → who may read it, and who may change it.
HR, HR_AND_XERO = {"manager", "officer"}, {"manager", "officer", "administrator"}
MAY = {
    "xero.pay.calendar": (HR_AND_XERO, set()),
    "xero.pay.item": (HR_AND_XERO, set()),
    "xero.work.location": (HR_AND_XERO, set()),
    "xero.leave.balance": (HR, set()),
    "xero.timesheet": (HR, HR),
    "xero.timekeeper": (HR, set()),
    "xero.pay.run": ({"manager", "accountant"}, set()),
    "xero.payslip": ({"manager"}, set()),
    "xero.pay.mapping": (HR_AND_XERO, {"administrator"}),
    "xero.leave.mapping": (HR_AND_XERO, {"administrator"}),
}
MADE_BY_HAND = {"xero.pay.mapping", "xero.leave.mapping"}
FOR_MANAGERS = {"xero_pay_basis", "xero_pay_rate", "xero_payslip_ids"}
