"""A company in Australia, connected to the simulator's Australian organisation with access to its payroll."""

from datetime import date

from odoo.addons.account_xero.tests.common import XeroCase

HOURS_A_DAY = 7.6


class PayrollCase(XeroCase):
    seed = "demo-au"
    currency_ref, country_ref = "base.AUD", "base.au"
    somebody = "Robin Field"  # an employee of the seed

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {
                "name": "Workshop",
                "currency_id": cls.env.ref(cls.currency_ref).id,
                "country_id": cls.env.ref(cls.country_ref).id,
            }
        )
        cls.env.user.company_ids |= cls.company
        cls.env.user.company_id = cls.company
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.company.ids, tracking_disable=True))
        cls.env.user.group_ids |= (
            cls.env.ref("hr.group_hr_manager")
            | cls.env.ref("project.group_project_manager")
            | cls.env.ref("hr_timesheet.group_timesheet_manager")
            | cls.env.ref("hr_holidays.group_hr_holidays_manager")
        )
        cls.project = cls.env["project.project"].create(
            {"name": "Oak Kitchen", "allow_timesheets": True, "company_id": cls.company.id}
        )

    def setUp(self):
        super().setUp()
        self.xero.limits(minute=100_000)
        self._know_people()
        self.xero.clear_journal()

    def _know_people(self):
        self.robin = self._employee(self.somebody)
        self.before = {sheet.get("TimesheetID") for sheet in self._in_payroll("Timesheets")}

    def _connect(self, company=None, **values):
        connection = super()._connect(company or self.company, **{"allow_payroll": True, **values})
        self._import(connection)
        return connection

    def _run_cron(self, cron):
        # A minute's calls are used up by a test that does in seconds what takes people weeks.
        self.env.flush_all()
        self.env.cr.execute("UPDATE xero_budget SET retry_at = NULL, told_for = 0, sent = '[]'")
        self.env.invalidate_all()
        super()._run_cron(cron)

    def _employee(self, name):
        return self.env["hr.employee"].search([("name", "=", name), ("company_id", "=", self.company.id)])

    def _work(self, employee, day, hours=HOURS_A_DAY, project=None, task=None):
        return self.env["account.analytic.line"].create(
            {
                "name": "Work",
                "employee_id": employee.id,
                "project_id": (project or self.project).id,
                "task_id": task.id if task else False,
                "date": day,
                "unit_amount": hours,
                "company_id": self.company.id,
            }
        )

    def _in_payroll(self, resource, **wanted):
        """What the simulator's payroll holds of a resource."""
        return self._in_xero(f"Payroll/{resource}", **wanted)

    def _payroll_calls(self):
        return [call for call in self.xero.journal() if "/payroll.xro/" in call["path"]]

    def _rate(self, name):
        return self.env["xero.pay.item"].search([("connection_id", "=", self.connection.id), ("name", "=", name)])

    def _sheets_in_xero(self, employee):
        """``{(first day, last day): {rate: [hours of each day]}}``."""
        id_ = self._binding(employee).external_id
        return {
            (day(sheet["StartDate"]), day(sheet["EndDate"])): {
                line["EarningsRateID"]: [float(units) for units in line["NumberOfUnits"]]
                for line in sheet.get("TimesheetLines", [])
            }
            for sheet in self._in_payroll("Timesheets", EmployeeID=id_)
            if sheet["TimesheetID"] not in self.before
        }

    def _approve(self, employee, start, status="APPROVED"):
        """Somebody approves, or reopens, a timesheet in Xero."""
        sheet = self.env["xero.timesheet"].search([("employee_id", "=", employee.id), ("start_date", "=", start)])
        body = [{"TimesheetID": self._binding(sheet).external_id, "Status": status}]
        with self.connection._get_client() as client:
            client.post(f"Timesheets/{body[0]['TimesheetID']}", body, f"approve-{start}-{status}")
        self.xero.advance(5)


def day(text):
    """A date of version 1 as the wire has it."""
    return date.fromtimestamp(int(text[6:-7]) / 1000)
