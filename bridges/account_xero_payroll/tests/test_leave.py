"""Time off to Xero, and leave of Xero's here."""

from datetime import date

from odoo.tests import tagged

from .payroll_case import PayrollCase, day


@tagged("post_install", "-at_install")
class TestLeave(PayrollCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.annual, cls.study = cls.env["hr.leave.type"].create(
            [
                {
                    "name": name,
                    "requires_allocation": False,
                    "leave_validation_type": "hr",
                    "company_id": cls.company.id,
                    "request_unit": "day",
                }
                for name in ("Annual leave", "Study")
            ]
        )

    def _leave(self, start, end, leave_type=None, employee=None, approve=True):
        leave = self.env["hr.leave"].create(
            {
                "holiday_status_id": (leave_type or self.annual).id,
                "employee_id": (employee or self.robin).id,
                "request_date_from": start,
                "request_date_to": end,
                "name": "Hip operation",
            }
        )
        if approve and leave.state != "validate":
            leave.action_approve()
        return leave

    def _applications(self, employee=None):
        id_ = self._binding(employee or self.robin).external_id
        return self._in_payroll("LeaveApplications", EmployeeID=id_)

    def test_approved_leave_over_a_month_end(self):
        """S5-34: approved time off goes with the calendar's hours by pay period, and without its reason."""
        waiting = self._leave("2026-06-25", "2026-07-02", approve=False)
        self._export()
        self.assertFalse(self._applications())
        waiting.action_approve()
        self._export()
        [sent] = self._applications()
        hours = {day(one["PayPeriodStartDate"]): float(one["NumberOfUnits"]) for one in sent["LeavePeriods"]}
        self.assertEqual(hours, {date(2026, 6, 22): 16, date(2026, 6, 29): 32})
        self.assertEqual((day(sent["StartDate"]), day(sent["EndDate"])), (date(2026, 6, 25), date(2026, 7, 2)))
        self.assertNotIn("Hip", str(sent))
        self.assertSynced(waiting)

    def test_refused_later_is_withdrawn(self):
        """S5-34: time off that is refused after all counts for no hours in Xero; approved again, it does."""
        leave = self._leave("2026-06-25", "2026-06-26")
        self._export()
        leave.action_refuse()
        self._export()
        [sent] = self._applications()
        self.assertEqual(sum(float(one["NumberOfUnits"]) for one in sent["LeavePeriods"]), 0)
        self.assertEqual(self._binding(leave).state, "deleted")
        self.assertFalse(self._queue(leave))

    def test_unmapped_type_waits(self):
        """S5-34: a type of time off that is no leave of Xero's waits, and goes once it is mapped."""
        leave = self._leave("2026-06-25", "2026-06-26", self.study)
        self._export()
        self.assertEqual(self._issues().mapped("code"), ["leave_unmapped"])
        mapping = self.env["xero.leave.mapping"].search([("leave_type_id", "=", self.study.id)])
        mapping.pay_item_id = self._rate("Other Unpaid Leave")
        self._export()
        self.assertEqual(len(self._applications()), 1)
        self.assertSynced(leave)
        self.assertFalse(self._issues())

    def test_leave_is_not_worked(self):
        """S5-04, S5-34: the hours that Odoo books for time off are on no timesheet."""
        self._leave("2026-06-25", "2026-06-26")
        self._work(self.robin, "2026-06-24", 5)
        self._export()
        [sheet] = self._sheets_in_xero(self.robin).values()
        self.assertEqual([sum(units) for units in sheet.values()], [5])

    def test_from_xero(self):
        """S5-34: leave entered in Xero becomes approved time off by setting, once, and is not sent back."""
        jamie = self._employee("Jamie Brook")
        self._import()
        self.assertFalse(self.env["hr.leave"].search([("employee_id", "=", jamie.id)]))
        self.connection.import_leave = True
        self.connection.action_reimport()
        self._import()
        leave = self.env["hr.leave"].search([("employee_id", "=", jamie.id)])
        self.assertEqual(
            (leave.state, leave.request_date_from), ("validate", date(2026, 7, 6)), self._issues().mapped("text")
        )
        self.connection.action_reimport()
        self._import()
        self._export()
        self.assertEqual(len(self._applications(jamie)), 1)
        self.assertEqual(self.env["hr.leave"].search_count([("employee_id", "=", jamie.id)]), 1)

    def test_balances(self):
        """S5-26, S5-34: what leave somebody has left stands beside the employee, as Xero counts."""
        balances = self._employee("Jamie Brook").xero_balance_ids
        self.assertEqual(balances.mapped(lambda one: (one.name, one.units)), [("Annual Leave", 120.0)])
