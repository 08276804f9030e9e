"""Hours to Xero: by employee and pay period, at the rate of their project."""

from datetime import date

from odoo.tests import tagged

from .payroll_case import PayrollCase, day
from .payroll_month import Month

WEEK = (date(2026, 6, 15), date(2026, 6, 21))
NEXT = (date(2026, 6, 22), date(2026, 6, 28))


@tagged("post_install", "-at_install")
class TestTimesheets(PayrollCase):
    def setUp(self):
        super().setUp()
        self.ordinary = self._rate("Ordinary Hours").external_id
        self.overtime = self._rate("Overtime Hours (1.5x)")

    def _sheet(self, start):
        return self.env["xero.timesheet"].search([("employee_id", "=", self.robin.id), ("start_date", "=", start)])

    def test_hours_by_period_and_day(self):
        """S5-04, S5-31, S5-32: hours stand on the sheet of their period, one number a day, at the project's rate."""
        night = self.env["project.project"].create({"name": "Night Shift", "allow_timesheets": True})
        self.env["xero.pay.mapping"].create(
            {"connection_id": self.connection.id, "project_id": night.id, "pay_item_id": self.overtime.id}
        )
        self._work(self.robin, "2026-06-15", 7.5)
        self._work(self.robin, "2026-06-17", 4)
        self._work(self.robin, "2026-06-17", 2, project=night)
        self._work(self.robin, "2026-06-22", 8)
        self._export()
        self.assertEqual(
            self._sheets_in_xero(self.robin),
            {
                WEEK: {
                    self.ordinary: [7.5, 0, 4, 0, 0, 0, 0],
                    self.overtime.external_id: [0, 0, 2, 0, 0, 0, 0],
                },
                NEXT: {self.ordinary: [8, 0, 0, 0, 0, 0, 0]},
            },
        )
        self.assertEqual(self._sheet(WEEK[0]).hours, 13.5)
        self.assertSynced(self._sheet(WEEK[0]))

    def test_a_draft_is_updated_in_place(self):
        """S5-31: corrections and deletions change the same sheet; nothing changed sends nothing."""
        line = self._work(self.robin, "2026-06-15", 7.5)
        gone = self._work(self.robin, "2026-06-16", 3)
        self._export()
        line.unit_amount = 6
        gone.unlink()
        self._export()
        self.assertEqual(self._sheets_in_xero(self.robin), {WEEK: {self.ordinary: [6, 0, 0, 0, 0, 0, 0]}})
        self.xero.clear_journal()
        line.name = "Dovetails"
        self._sheet(WEEK[0])._again()
        self._export()
        self.assertFalse(self._payroll_calls())

    def test_approved_sheets_are_left_alone(self):
        """S5-04: an approved sheet keeps its hours; late ones go to the next open period, marked; it is explained."""
        line = self._work(self.robin, "2026-06-15", 7)
        self._export()
        self._approve(self.robin, WEEK[0])
        line.unit_amount = 5  # Odoo has not read the approval yet
        self._work(self.robin, "2026-06-16", 4)
        self._export()
        self.assertEqual(self._issues().mapped("code"), ["timesheet_closed"])
        self._import()
        self._export()
        self.assertEqual(
            self._sheets_in_xero(self.robin),
            {WEEK: {self.ordinary: [7, 0, 0, 0, 0, 0, 0]}, NEXT: {self.ordinary: [2, 0, 0, 0, 0, 0, 0]}},
        )
        self.assertFalse(self._issues())
        self.assertEqual(self._sheet(NEXT[0]).late_hours, 2)
        self.assertIn("no draft in Xero any more", self._sheet(WEEK[0]).explanation)
        self.assertIn("late", self._sheet(NEXT[0]).explanation)

    def test_reopened_sheets_take_their_hours_back(self):
        """S5-31: reverted to draft in Xero, the sheet has its own hours again and the later one has not."""
        self._work(self.robin, "2026-06-15", 7)
        self._export()
        self._approve(self.robin, WEEK[0])
        self._import()
        self._work(self.robin, "2026-06-16", 4)
        self._export()
        self.assertEqual(self._sheets_in_xero(self.robin)[NEXT], {self.ordinary: [4, 0, 0, 0, 0, 0, 0]})
        self._approve(self.robin, WEEK[0], "DRAFT")
        self._import()
        self._export()
        self.assertEqual(self._sheets_in_xero(self.robin), {WEEK: {self.ordinary: [7, 4, 0, 0, 0, 0, 0]}, NEXT: {}})

    def test_rounding(self):
        """S5-31: the hours of a day are rounded as the connection says, and Odoo keeps its own."""
        self.connection.timesheet_rounding = "0.25"
        self._work(self.robin, "2026-06-15", 3.1)
        self._work(self.robin, "2026-06-15", 3.3)
        self._export()
        self.assertEqual(self._sheets_in_xero(self.robin)[WEEK], {self.ordinary: [6.5, 0, 0, 0, 0, 0, 0]})

    def test_lost_answer(self):
        """S5-31: an answer that was lost makes no second sheet."""
        self._work(self.robin, "2026-06-15", 7)
        self.xero.add_fault("reset", method="POST", path="Timesheets", when="after", times=1)
        self._export()
        self._export()
        self.assertEqual(len(self._in_payroll("Timesheets", EmployeeID=self._binding(self.robin).external_id)), 2)
        self.assertSynced(self._sheet(WEEK[0]))

    def test_two_calendars(self):
        """S5-30, S5-31: each employee's sheets have the periods of the employee's own calendar."""
        others = self.env["hr.employee"].search(
            [("company_id", "=", self.company.id), ("xero_pay_calendar_id.kind", "=", "FORTNIGHTLY")]
        )
        self._work(self.robin, "2026-06-23", 5)
        self._work(others[0], "2026-06-23", 6)
        self._export()
        self.assertEqual(list(self._sheets_in_xero(self.robin)), [NEXT])
        self.assertEqual(list(self._sheets_in_xero(others[0])), [(WEEK[0], NEXT[1])])

    def test_a_month(self):
        """S5-04, S5-25, S5-31, S5-34: a month of six people on two calendars, and leave over its end, are equal on both
        sides by person and pay period; looked at once more, nothing is written."""
        month = Month(self.env, self.connection, 6)
        month.hire()
        month.assign()
        known = {one["LeaveApplicationID"] for one in self._in_payroll("LeaveApplications")}
        self.assertEqual(month.work(), {"people": 6, "records of hours": 139, "leaves": 1})
        self._export()
        self._export()
        self.assertFalse(self._issues().mapped("text"))
        self.assertFalse(self._queue())
        ours = sorted((id_, *rest) for id_, _name, *rest in month.figures())
        self.assertEqual(self._month_in_xero(known), ours)
        self.assertEqual(len({row[0] for row in ours}), 6)
        self.assertEqual(len({(start, end) for _id, _what, start, end, _hours in ours}), 9)
        self.xero.clear_journal()
        self.assertTrue(month.touch())
        self._export()
        self.assertFalse(self._queue())
        self.assertFalse([call for call in self._payroll_calls() if call["method"] != "GET"])

    def _month_in_xero(self, known):
        """What Xero has of sheets and leave, as ``Month.figures`` has Odoo's; ``known`` are leaves of before."""
        hours = {}
        for sheet in self._in_payroll("Timesheets"):
            if sheet["TimesheetID"] not in self.before:
                key = (sheet["EmployeeID"], "hours", day(sheet["StartDate"]), day(sheet["EndDate"]))
                hours[key] = sum(sum(line["NumberOfUnits"]) for line in sheet["TimesheetLines"])
        for leave in self._in_payroll("LeaveApplications"):
            for part in leave["LeavePeriods"] if leave["LeaveApplicationID"] not in known else ():
                period = (day(part["PayPeriodStartDate"]), day(part["PayPeriodEndDate"]))
                hours[(leave["EmployeeID"], "leave", *period)] = part["NumberOfUnits"]
        return sorted(
            (id_, what, str(start), str(end), f"{units:.2f}") for (id_, what, start, end), units in hours.items()
        )
