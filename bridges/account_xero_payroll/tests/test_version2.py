"""New Zealand and the United Kingdom: the same payroll by version 2 of Xero's payroll."""

import logging
from collections import defaultdict
from datetime import date

from odoo import Command
from odoo.tests import tagged

from .payroll_case import PayrollCase
from .test_privacy import NAMED, ODOOS_OWN, tables_with

WEEK = (date(2026, 6, 15), date(2026, 6, 21))
NEXT = (date(2026, 6, 22), date(2026, 6, 28))


class Version2Case(PayrollCase):
    ordinary_name = "Ordinary Time"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.annual = cls.env["hr.leave.type"].create(
            {
                "name": cls.leave_name,
                "requires_allocation": False,
                "leave_validation_type": "hr",
                "company_id": cls.company.id,
                "request_unit": "day",
            }
        )

    def setUp(self):
        super().setUp()
        self.ordinary = self._rate(self.ordinary_name).external_id
        self.env["xero.leave.mapping"]._propose(self.connection)

    def _sheets(self, employee=None):
        """``{(first day, last day): {rate: {day: hours}}}`` of one employee, as the simulator has it."""
        id_, found = self._binding(employee or self.robin).external_id, {}
        for sheet in self._in_payroll("Timesheets", employeeID=id_):
            lines = defaultdict(dict)
            for line in sheet.get("timesheetLines") or []:
                self.assertNotIn(line["date"][:10], lines[line["earningsRateID"]])
                lines[line["earningsRateID"]][line["date"][:10]] = float(line["numberOfUnits"])
            period = tuple(date.fromisoformat(sheet[key][:10]) for key in ("startDate", "endDate"))
            found[period] = dict(lines)
        return found

    def _sheet(self, start):
        return self.env["xero.timesheet"].search([("employee_id", "=", self.robin.id), ("start_date", "=", start)])

    def _in_sheets(self, verb, start):
        """Somebody approves a timesheet in Xero, or reverts it to a draft."""
        path = f"PayrollTimesheets/{self._binding(self._sheet(start)).external_id}/{verb}"
        with self.connection._get_client() as client:
            client.post(path, {}, f"{verb}-{start}")
        self.xero.advance(5)

    def _scan(self, never, personal):
        """After a run with faults nothing of a person stands where it does not belong.

        :param never: what Xero alone may know: bank accounts and tax numbers
        :param personal: what HR may know
        """
        path = self._binding(self.robin).external_id
        self._leave("2026-06-25", "2026-06-26").xero_do_not_export = True
        body = {"leaveTypeID": self._rate(self.leave_name).external_id, "description": "Hip operation"}
        with self.connection._get_client() as client:
            for day in ("2026-06-25", "2026-07-07"):  # the first of them overlaps with what Odoo has
                leave = {**body, "startDate": day, "endDate": day}
                client.post(f"PayrollLeave/{path}/Leave", leave, f"leave-{day}")
        self.xero.advance(5)
        with self.assertLogs("odoo", logging.DEBUG) as logs:
            self.connection.import_leave = True
            self.connection.action_reimport()
            self._import()
            self._work(self.robin, "2026-06-16", 3)
            self._export()
            self.xero.add_fault("status", method="PUT", path="Employees", status=400, times=2, body=_refusal(personal))
            self.robin.private_street2 = "Fitzroy Gardens"
            self._export()
            self.xero.add_fault("garbage", method="POST", path="Timesheets", times=2)
            self._work(self.robin, "2026-06-17", 3)
            self._export()
        self.assertEqual(set(self._issues().mapped("code")), {"refused", "import_refused"})
        self.assertFalse(tables_with(self.env, never))
        machinery = (*personal, "Fitzroy", "Hip operation")
        self.assertFalse(set(tables_with(self.env, machinery, "xero_%")) - NAMED)
        requests = self.env["xero.request"].sudo().search([("path", "=like", "Payroll%")])
        self.assertTrue(requests)
        self.assertFalse([one.path for one in requests if one.state == "done" and (one.body or one.response)])
        told = [line for line in logs.output if any(word in line for word in (*never, *machinery))]
        self.assertFalse([line[:300] for line in told if not any(name in line for name in ODOOS_OWN)])

    def _leave(self, start, end):
        leave = self.env["hr.leave"].create(
            {
                "holiday_status_id": self.annual.id,
                "employee_id": self.robin.id,
                "request_date_from": start,
                "request_date_to": end,
                "name": "Hip operation",
            }
        )
        if leave.state != "validate":
            leave.action_approve()
        return leave

    def _leave_in_xero(self):
        path = f"PayrollLeave/{self._binding(self.robin).external_id}/Leave"
        with self.connection._get_client() as client:
            return client.get(path).payload["leave"]


def _refusal(words):
    """A refusal of version 2 that quotes what was sent."""
    fields = [{"name": "Address", "reason": f"The address '{words[0]}' of {words[2]}wattle.example is unknown."}]
    problem = {"type": "about:blank", "title": "BadRequest", "status": 400, "detail": "", "invalidFields": fields}
    return {"id": "1", "httpStatusCode": "BadRequest", "pagination": None, "problem": problem, "employee": None}


@tagged("post_install", "-at_install")
class TestNewZealand(Version2Case):
    seed = "demo-nz"
    currency_ref, country_ref = "base.NZD", "base.nz"
    somebody, leave_name = "Tui Rivers", "Annual Leave"

    def test_read(self):
        """S2-25, S5-26, S5-27, S5-28, S5-30: people, pay, balances, pay items and calendars are here, and stay."""
        self.assertFalse(self._issues().mapped("text"))
        tui = self.robin
        self.assertEqual((tui.work_email, tui.birthday), ("tui.rivers@kowhai.example", date(1990, 5, 21)))
        self.assertEqual((tui.private_street, tui.private_zip), ("14 Rata Street", "7010"))
        self.assertEqual(tui.private_country_id.code, "NZ")
        self.assertEqual(tui.contract_date_start, date(2022, 4, 4))
        self.assertEqual((tui.xero_pay_calendar_id.kind, tui.xero_earnings_rate_id.name), ("WEEKLY", "Ordinary Time"))
        self.assertEqual((tui.xero_pay_basis, tui.xero_pay_rate), ("hourly", 31.5))
        self.assertEqual(tui.xero_balance_ids.mapped(lambda one: (one.name, one.units)), [("Annual Leave", 96.0)])
        items = self.env["xero.pay.item"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual(set(items.mapped("kind")), {"earnings", "leave", "deduction", "reimbursement"})
        self.assertEqual(self._rate("Ordinary Time").account_code, "477")
        count = self.env["hr.employee"].search_count([("company_id", "=", self.company.id)])
        self.xero.clear_journal()
        self.connection.action_reimport()
        self._import()
        self._export()
        self.assertEqual(self.env["hr.employee"].search_count([("company_id", "=", self.company.id)]), count)
        self.assertTrue(self._payroll_calls())
        self.assertFalse([call for call in self._payroll_calls() if call["method"] != "GET"])
        self.assertFalse([call for call in self._payroll_calls() if "/1.0/" in call["path"]])
        self.assertFalse(self._issues())

    def test_schedules_of_its_own_version(self):
        """S5-30: each object of the payroll has one schedule a direction, that of the country's version."""
        rows = self.env["xero.schedule"]._of(self.connection).filtered(lambda row: row.direction == "in")
        self.assertEqual(rows.mapped("object_name").count("Employees"), 1)
        self.assertIn("PayrollEmployees", rows.mapped("resource"))

    def test_hours(self):
        """S5-04, S5-31, S5-32: hours by day and rate on the sheet of their period; changes go line by line."""
        line = self._work(self.robin, "2026-06-15", 7.5)
        gone = self._work(self.robin, "2026-06-16", 3)
        self._work(self.robin, "2026-06-22", 8)
        self._export()
        self.assertEqual(
            self._sheets(),
            {
                WEEK: {self.ordinary: {"2026-06-15": 7.5, "2026-06-16": 3}},
                NEXT: {self.ordinary: {"2026-06-22": 8}},
            },
        )
        self.assertSynced(self._sheet(WEEK[0]))
        there = self._binding(self._sheet(WEEK[0])).external_id
        line.unit_amount = 6
        gone.unlink()
        self._work(self.robin, "2026-06-18", 2)
        self._work(self.robin, "2026-06-19", 1.25)
        self._export()
        self.assertEqual(self._sheets()[WEEK], {self.ordinary: {"2026-06-15": 6, "2026-06-18": 2, "2026-06-19": 1.25}})
        self.assertEqual(self.assertSynced(self._sheet(WEEK[0])).external_id, there)
        self.assertFalse(self._queue())
        self.xero.clear_journal()
        self._sheet(WEEK[0])._again()
        self._export()
        self._import()
        self.assertFalse([call for call in self._payroll_calls() if call["method"] != "GET"])
        self.assertFalse(self._issues())

    def test_lost_answers(self):
        """S5-31: whichever answer is lost, and however late that is found out, the hours are there once."""
        line = self._work(self.robin, "2026-06-15", 7)
        self.xero.add_fault("reset", method="POST", path="Timesheets", when="after", times=1)
        self._export()
        self._export()
        self.assertEqual(self._sheets(), {WEEK: {self.ordinary: {"2026-06-15": 7}}})
        line.unit_amount = 5
        self._work(self.robin, "2026-06-17", 4)
        self._work(self.robin, "2026-06-18", 4)
        self.xero.add_fault("reset", method="POST", path="Timesheets/*/Lines", when="after", times=10)
        self._export()
        self.xero.clear_faults()
        request = self.env["xero.request"].search([("state", "=", "doubt")])
        self.assertEqual(len(request), 1)
        request.sudo().write({"sent_at": "2020-01-01", "retry_at": False})  # Xero has forgotten the key
        self._export()
        self._export()
        self.assertEqual(self._sheets(), {WEEK: {self.ordinary: {"2026-06-15": 5, "2026-06-17": 4, "2026-06-18": 4}}})
        self.assertSynced(self._sheet(WEEK[0]))

    def test_approved_and_reverted(self):
        """S5-04, S5-31: an approved sheet is left alone, late hours go on; reverted, it has its own again."""
        line = self._work(self.robin, "2026-06-15", 7)
        self._export()
        self._in_sheets("Approve", WEEK[0])
        line.unit_amount = 5  # Odoo has not read the approval yet
        self._work(self.robin, "2026-06-16", 4)
        self._export()
        self.assertEqual(self._issues().mapped("code"), ["timesheet_closed"])
        self._import()
        self._export()
        self.assertEqual(self._sheet(WEEK[0]).remote_state, "approved")
        self.assertEqual(
            self._sheets(),
            {WEEK: {self.ordinary: {"2026-06-15": 7}}, NEXT: {self.ordinary: {"2026-06-22": 2}}},
        )
        self.assertFalse(self._issues())
        self._in_sheets("RevertToDraft", WEEK[0])
        self._import()
        self._export()
        self.assertEqual(self._sheets(), {WEEK: {self.ordinary: {"2026-06-15": 5, "2026-06-16": 4}}, NEXT: {}})
        self.assertFalse(self._issues())

    def test_changed_in_xero(self):
        """S5-31: a draft that somebody changes in Xero is said so, and Odoo's next change has it all again."""
        self._work(self.robin, "2026-06-15", 7)
        self._export()
        path = f"PayrollTimesheets/{self._binding(self._sheet(WEEK[0])).external_id}/Lines"
        with self.connection._get_client() as client:
            client.post(path, {"date": "2026-06-17", "earningsRateID": self.ordinary, "numberOfUnits": 3}, "by-hand")
        self.xero.advance(5)
        self.connection.action_reimport()
        self._import()
        self.assertEqual(self._issues().mapped("code"), ["timesheet_changed"])
        self._work(self.robin, "2026-06-16", 1)
        self._export()
        self.assertEqual(self._sheets(), {WEEK: {self.ordinary: {"2026-06-15": 7, "2026-06-16": 1}}})

    def test_employee_out(self):
        """S2-25: somebody new goes with what New Zealand asks for, is employed on the calendar, and can be paid."""
        kim = self.env["hr.employee"].create(
            {
                "name": "Kim Mallee",
                "birthday": "1990-02-03",
                "work_email": "kim@kowhai.example",
                "company_id": self.company.id,
                "contract_date_start": "2026-06-01",
                "xero_pay_calendar_id": self.robin.xero_pay_calendar_id.id,
                "xero_earnings_rate_id": self.robin.xero_earnings_rate_id.id,
            }
        )
        self._work(kim, "2026-06-16", 4)
        self._export()
        self.assertEqual(self._issues().mapped("code"), ["employee_incomplete"])
        self.assertIn("address", self._issues().text)
        kim.write({"private_street": "1 Mill Road", "private_city": "Nelson", "private_zip": "7010"})
        self._export()
        self._export()
        [sent] = self._in_payroll("Employees", lastName="Mallee")
        self.assertEqual((sent["address"]["city"], sent["dateOfBirth"][:10]), ("Nelson", "1990-02-03"))
        self.assertEqual(sent["payrollCalendarID"], self.robin.xero_pay_calendar_id.external_id)
        self.assertSynced(kim)
        self.assertEqual(list(self._sheets(kim).values()), [{self.ordinary: {"2026-06-16": 4}}])
        kim.private_city = "Motueka"
        self._export()
        [sent] = self._in_payroll("Employees", lastName="Mallee")
        self.assertEqual(sent["address"]["city"], "Motueka")

    def test_lost_answer_of_an_employee(self):
        """S2-25: an answer that was lost makes nobody twice, and the employment follows all the same."""
        kim = self.env["hr.employee"].create(
            {
                "name": "Kim Mallee",
                "birthday": "1990-02-03",
                "company_id": self.company.id,
                "contract_date_start": "2026-06-01",
                "private_street": "1 Mill Road",
                "private_city": "Nelson",
                "private_zip": "7010",
                "xero_pay_calendar_id": self.robin.xero_pay_calendar_id.id,
            }
        )
        kim.action_xero_export()
        self.xero.add_fault("reset", method="POST", path="Employees", when="after", times=1)
        self._export()
        self._export()
        self._export()
        [sent] = self._in_payroll("Employees", lastName="Mallee")
        self.assertEqual(sent["payrollCalendarID"], self.robin.xero_pay_calendar_id.external_id)
        self.assertSynced(kim)

    def test_leave_out(self):
        """S5-34: approved time off goes by period; refused it is taken away, approved again it is back."""
        leave = self._leave("2026-06-25", "2026-07-02")
        self._export()
        [sent] = self._leave_in_xero()
        hours = {one["periodStartDate"][:10]: float(one["numberOfUnits"]) for one in sent["periods"]}
        self.assertEqual(hours, {"2026-06-22": 16, "2026-06-29": 32})
        self.assertNotIn("Hip", str(sent))
        self.assertSynced(leave)
        self._import()
        self.assertFalse(self._issues())
        leave.action_refuse()
        self._export()
        self.assertFalse(self._leave_in_xero())
        self.assertEqual(self._binding(leave).state, "deleted")
        leave.action_reset_confirm() if hasattr(leave, "action_reset_confirm") else leave.write({"state": "confirm"})
        leave.action_approve()
        self._export()
        self.assertEqual(len(self._leave_in_xero()), 1)
        self.assertSynced(leave)

    def test_leave_in(self):
        """S5-34: leave entered in Xero becomes approved time off by setting, once, and follows Xero."""
        path = f"PayrollLeave/{self._binding(self.robin).external_id}/Leave"
        body = {
            "leaveTypeID": self._rate("Annual Leave").external_id,
            "description": "Family",
            "startDate": "2026-07-06",
            "endDate": "2026-07-07",
        }
        with self.connection._get_client() as client:
            made = client.post(path, body, "leave").elements[0].data
        self.xero.advance(5)
        self.connection.import_leave = True
        for _time in range(2):
            self.connection.action_reimport()
            self._import()
            leave = self.env["hr.leave"].search([("employee_id", "=", self.robin.id)])
            self.assertEqual(len(leave), 1, self._issues().mapped("text"))
        self.assertEqual((leave.state, leave.request_date_to), ("validate", date(2026, 7, 7)))
        self.assertNotIn("Family", leave.sudo().private_name or "")
        self._export()
        self.assertEqual([one["leaveID"] for one in self._leave_in_xero()], [made["leaveID"]])

    def test_pay_run(self):
        """S5-29: a pay run is here with the totals of its payslips, once, and is booked by switch."""
        self._work(self.robin, "2026-06-02", 8)
        self._export()
        self._in_sheets("Approve", date(2026, 6, 1))
        self._choose_accounts()
        self.xero.act("run-payroll", calendar="Weekly")
        self.xero.advance(5)
        self._import()
        run = self.env["xero.pay.run"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual((run.state, run.calendar_id.name), ("posted", "Weekly"))
        self.assertEqual((run.wages, run.net_pay), (252, 252))
        self.assertEqual(run.payslip_ids.employee_id, self.robin)
        booked = {line.account_id.name: line.balance for line in run.move_id.line_ids}
        self.assertEqual(booked, {"wages": 252, "net": -252})
        self.assertEqual(self._sheet(date(2026, 6, 1)).remote_state, "processed")
        self.xero.clear_journal()
        self.connection.action_reimport()
        self._import()
        self._export()
        self.assertEqual(len(self.env["xero.pay.run"].search([("connection_id", "=", self.connection.id)])), 1)
        self.assertFalse([call for call in self._payroll_calls() if "/PayRuns/" in call["path"]])
        self.assertFalse(self._in_xero("ManualJournals"))

    def _choose_accounts(self):
        accounts = self.env["account.account"].create(
            [
                {
                    "name": name,
                    "code": f"48{number}",
                    "account_type": kind,
                    "company_ids": [Command.set(self.company.ids)],
                }
                for number, (name, kind) in enumerate((("wages", "expense"), ("net", "liability_current")))
            ]
        )
        journal = self.env["account.journal"].create(
            {"name": "Payroll", "code": "PAY", "type": "general", "company_id": self.company.id}
        )
        self.connection.write(
            {
                "book_pay_runs": True,
                "pay_journal_id": journal.id,
                "pay_wages_account_id": accounts[0].id,
                "pay_net_account_id": accounts[1].id,
            }
        )

    def test_scan(self):
        """S2-25: bank accounts and IRD numbers are in no table; the machinery and the log keep nobody's name."""
        path = f"PayrollEmployees/{self._binding(self.robin).external_id}"
        bank = {"accountName": "TOTHEBANK", "accountNumber": "0112340056789", "sortCode": "013148"}
        with self.connection._get_client() as client:
            client.post(f"{path}/Tax", {"irdNumber": "491238501", "taxCode": "M"}, "tax")
            client.post(f"{path}/PaymentMethods", {"paymentMethod": "Manual", "bankAccounts": [bank]}, "bank")
        self.xero.advance(5)
        self._scan(
            ("491238501", "0112340056789", "TOTHEBANK"),
            ("Rata Street", "1990-05-21", "tui.rivers@", "65520", "Tui Rivers"),
        )

    def test_figures(self):
        """S5-26, S5-32: the dashboard counts people and hours of both sides."""
        self._work(self.robin, date.today().replace(day=1), 7.5)
        self._export()
        self.env["xero.figure"].action_refresh()
        found = self.env["xero.figure"].search([("connection_id", "=", self.connection.id), ("unit", "!=", "money")])
        figures = {one.key: (one.odoo_amount, one.xero_amount) for one in found}
        people = len(self._in_payroll("Employees"))
        self.assertEqual(figures["employees"], (people, people))
        self.assertEqual(*figures["hours"])
        self.assertFalse(self._issues())

    def test_closed(self):
        """S5-58: version 2 is told apart as well: no right, and not activated in a demo organisation."""
        self.xero.act("set-up-payroll", ready=False)
        self.connection.action_read_reference_data()
        self.assertEqual(self.connection.payroll_state, "demo")
        self.xero.clear_journal()
        self._work(self.robin, "2026-06-16", 4)
        self._export()
        self._import()
        self.assertFalse(self._payroll_calls())


@tagged("post_install", "-at_install")
class TestUnitedKingdom(Version2Case):
    seed = "demo-uk"
    currency_ref, country_ref = "base.GBP", "base.uk"
    somebody, leave_name, ordinary_name = "Ash Meadows", "Holiday", "Regular Hours"

    def test_read(self):
        """S2-25, S5-26, S5-27: people and pay are here, and nothing of National Insurance is kept."""
        self.assertEqual((self.robin.birthday, self.robin.xero_pay_rate), (date(1992, 2, 17), 14.5))
        self.assertEqual((self.robin.private_country_id.code, self.robin.sex), ("GB", "female"))
        self.assertEqual(self.robin.xero_pay_calendar_id.kind, "WEEKLY")
        self.assertFalse(self._issues())

    def test_scan(self):
        """S2-25: National Insurance numbers are in no table; the machinery and the log keep nobody's name."""
        path = f"PayrollEmployees/{self._binding(self.robin).external_id}"
        with self.connection._get_client() as client:
            [told] = client.get(path).elements
            changed = client.put(path, {**told.data, "nationalInsuranceNumber": "QQ123456C"}, "ni")
        self.assertNotIn("QQ123456C", str(changed.payload))
        self.xero.advance(5)
        self._scan(("QQ123456C",), ("Mill Lane", "1992-02-17", "ash.meadows@", "30160", "Ash Meadows"))

    def test_hours_and_leave(self):
        """S5-04, S5-31, S5-34: hours and leave go to the United Kingdom as well."""
        self._work(self.robin, "2026-06-16", 4)
        leave = self._leave("2026-06-25", "2026-06-26")
        self._export()
        self.assertEqual(self._sheets(), {WEEK: {self.ordinary: {"2026-06-16": 4}}})
        self.assertEqual(len(self._leave_in_xero()), 1)
        self.assertSynced(leave)

    def test_employee_out(self):
        """S2-25: the tax office asks for a gender; the employment is for the payroll administrator to enter in Xero."""
        kim = self.env["hr.employee"].create(
            {
                "name": "Kim Mallee",
                "birthday": "1990-02-03",
                "company_id": self.company.id,
                "private_street": "1 Mill Road",
                "private_city": "Oakham",
                "private_zip": "LE15 6AA",
            }
        )
        kim.action_xero_export()
        self._export()
        self.assertIn("gender", self._issues().text)
        kim.sex = "female"
        self._export()
        [sent] = self._in_payroll("Employees", lastName="Mallee")
        self.assertEqual((sent["gender"], sent["title"]), ("F", "Mx"))
        self.assertSynced(kim)
        self._work(kim, "2026-06-16", 4)
        self._export()
        self.assertEqual(self._issues().mapped("code"), ["employee_without_calendar"])

    def test_pay_run(self):
        """S5-29: pay runs of the United Kingdom are read with the totals of their payslips."""
        self.xero.act("run-payroll", calendar="Weekly")
        self.xero.advance(5)
        self._import()
        run = self.env["xero.pay.run"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual((run.state, len(run.payslip_ids)), ("posted", 1))
