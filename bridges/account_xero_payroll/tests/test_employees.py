"""Employees both ways."""

from datetime import date

from odoo.tests import tagged

from .payroll_case import PayrollCase


@tagged("post_install", "-at_install")
class TestEmployees(PayrollCase):
    def test_read(self):
        """S2-25, S5-26, S5-27: employees of the payroll are here with name, address, start and pay."""
        robin = self.robin
        self.assertEqual((robin.work_email, robin.birthday), ("robin.field@wattle.example", date(1988, 3, 14)))
        self.assertEqual((robin.private_street, robin.private_city), ("12 Quarry Lane", "Richmond"))
        self.assertEqual(robin.contract_date_start, date(2021, 7, 5))
        self.assertEqual(robin.xero_pay_calendar_id.kind, "WEEKLY")
        self.assertEqual(robin.xero_earnings_rate_id.name, "Ordinary Hours")
        self.assertTrue(robin.xero_pay_basis)
        self.assertSynced(robin)

    def test_reading_again_changes_nothing(self):
        """S2-25: what came in is not sent back, and reading it again makes nobody twice."""
        count = self.env["hr.employee"].search_count([("company_id", "=", self.company.id)])
        self.connection.action_reimport()
        self._import()
        self._export()
        self.assertEqual(self.env["hr.employee"].search_count([("company_id", "=", self.company.id)]), count)
        self.assertFalse([call for call in self._payroll_calls() if call["method"] != "GET"])

    def test_linked_not_doubled(self):
        """S2-25: one that Odoo has is linked by e-mail, another by name and birthday."""
        self.env["xero.binding"].sudo().search([("model", "=", "hr.employee")]).unlink()
        for employee in self.env["hr.employee"].search([("company_id", "=", self.company.id)]):
            employee.work_email = False
        before = self.env["hr.employee"].search_count([("company_id", "=", self.company.id)])
        self.connection.action_reimport()
        self._import()
        self.assertEqual(self.env["hr.employee"].search_count([("company_id", "=", self.company.id)]), before)
        self.assertEqual(self._binding(self.robin).origin, "linked")

    def test_sent_when_hours_need_them(self):
        """S2-25: an employee goes to Xero when hours do, once; without a birthday an issue says so."""
        kim = self.env["hr.employee"].create(
            {"name": "Kim Mallee", "work_email": "kim@wattle.example", "company_id": self.company.id}
        )
        self._export()
        self.assertFalse(self._in_payroll("Employees", LastName="Mallee"))
        self._work(kim, "2026-06-16")
        self._export()
        self.assertEqual(self._issues().mapped("code"), ["employee_incomplete"])
        self.assertFalse(self._in_payroll("Employees", LastName="Mallee"))
        kim.birthday = "1990-02-03"
        self._export()
        [sent] = self._in_payroll("Employees", LastName="Mallee")
        self.assertEqual((sent["FirstName"], sent["Email"]), ("Kim", "kim@wattle.example"))
        self.assertSynced(kim)

    def test_changes_go(self):
        """S2-25: a changed address goes, on the version where Odoo keeps it; other fields cause no call."""
        self.robin.private_city = "Fitzroy"
        self._export()
        [sent] = self._in_payroll("Employees", EmployeeID=self._binding(self.robin).external_id)
        self.assertEqual(sent["HomeAddress"]["City"], "Fitzroy")
        self.xero.clear_journal()
        self.robin.children = 2
        self._export()
        self.assertFalse(self._payroll_calls())

    def test_lost_answer(self):
        """S2-25: an answer that was lost makes nobody twice."""
        kim = self.env["hr.employee"].create(
            {"name": "Kim Mallee", "birthday": "1990-02-03", "company_id": self.company.id}
        )
        kim.action_xero_export()
        self.xero.add_fault("reset", method="POST", path="Employees", when="after", times=1)
        self._export()
        self._export()
        self.assertEqual(len(self._in_payroll("Employees", LastName="Mallee")), 1)
        self.assertSynced(kim)

    def test_as_contacts_without_payroll(self):
        """S2-25 (A6-3): without the payroll a switch sends employees as contacts."""
        self.connection.write({"allow_payroll": False})
        employee = self.env["hr.employee"].create(
            {"name": "Lou Banksia", "work_email": "lou@wattle.example", "company_id": self.company.id}
        )
        self._export()
        self.assertFalse(self._in_xero("Contacts", Name="Lou Banksia"))
        self.connection.export_employees_as_contacts = True
        self._export()
        self.assertEqual(len(self._in_xero("Contacts", Name="Lou Banksia")), 1)
        self.assertSynced(employee.work_contact_id)
        self.assertFalse(self._payroll_calls())

    def test_do_not_export(self):
        """S2-25: somebody set not to be exported stays in Odoo."""
        self.robin.write({"xero_do_not_export": True, "private_city": "Fitzroy"})
        self._export()
        [there] = self._in_payroll("Employees", EmployeeID=self._binding(self.robin).external_id)
        self.assertEqual(there["HomeAddress"]["City"], "Richmond")
