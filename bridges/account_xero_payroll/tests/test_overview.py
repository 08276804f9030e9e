"""What the pages Dashboard, What Is Shared and Settings say of the payroll."""

from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.tests import tagged

from .payroll_case import PayrollCase


@tagged("post_install", "-at_install")
class TestOverview(PayrollCase):
    def _figures(self):
        self.env["xero.figure"].action_refresh()
        domain = [("connection_id", "=", self.connection.id), ("unit", "!=", "money")]
        return {one.key: one for one in self.env["xero.figure"].search(domain)}

    def test_total_time_worked(self):
        """S5-32: the dashboard shows the total of hours on either side, and nobody's own."""
        before = self._figures()["hours"]
        start = before.odoo_amount, before.xero_amount
        self._work(self.robin, fields.Date.today() - timedelta(days=8), 7.5)
        self._work(self.robin, fields.Date.today() - timedelta(days=9), 4)
        self._export()
        after = self._figures()["hours"]
        self.assertEqual((after.odoo_amount - start[0], after.xero_amount - start[1]), (11.5, 11.5))
        [page] = self.env["xero.dashboard"].read_page()["connections"]
        self.assertNotIn("Robin", str([figure for figure in page["figures"] if figure["unit"] != "money"]))

    def test_employees_of_both_sides(self):
        """S5-26: the dashboard counts who works here on either side, and opens them."""
        before = self._figures()["employees"]
        in_xero = [one for one in self._in_payroll("Employees") if one["Status"] == "ACTIVE"]
        self.assertEqual(before.xero_amount, len(in_xero))
        ours = before.odoo_amount
        self.env["hr.employee"].create({"name": "Not Yet Sent", "company_id": self.company.id})
        after = self._figures()["employees"]
        self.assertEqual((after.odoo_amount, after.xero_amount), (ours + 1, len(in_xero)))
        self.assertEqual(after.action_open()["res_model"], "hr.employee")

    def test_nothing_without_access(self):
        """S5-61: without access to the payroll neither page reads it; the matrix and the settings have the switch."""
        self.connection.allow_payroll = False
        self.xero.clear_journal()
        self.assertFalse(self._figures())
        self.assertFalse(self._payroll_calls())
        sharing = self.env["xero.sharing"]
        rows = {row["key"]: row for row in sharing.read_page()["connections"][0]["rows"]}
        for key in ("employees", "salaries", "pay_items", "pay_runs", "pay_schedules", "timesheets", "leave"):
            for way in filter(None, rows[key]["ways"]):
                self.assertFalse(way["on"] or way["can_switch"], key)
                self.assertIn("Allow Payroll Access", way["words"])
        sharing.switch(self.connection.id, "payroll", "in", True)
        self.assertIn("payroll.employees", self.connection._wanted_scopes())
        arch = etree.fromstring(self.env["res.config.settings"].get_view(view_type="form")["arch"])
        page = arch.find(".//app[@name='account_xero']")
        self.assertIsNone(page.find(".//setting[@id='xero_payroll_missing']"))
        settings = self.env["res.config.settings"].create({"company_id": self.company.id})
        self.assertTrue(settings.xero_allow_payroll)
        settings.xero_allow_payroll = False
        settings.execute()
        self.assertFalse(self.connection.allow_payroll)
