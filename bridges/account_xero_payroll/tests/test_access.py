"""Permission to the payroll: asked for, refused, explained."""

from datetime import date

from odoo.tests import tagged

from .payroll_case import PayrollCase


@tagged("post_install", "-at_install")
class TestAccess(PayrollCase):
    def test_the_box_asks_for_the_scopes(self):
        """S5-61, S5-63: the payroll's rights are asked for where the box is ticked, and nowhere else."""
        ticked = self.connection._wanted_scopes()
        self.connection.allow_payroll = False
        self.assertEqual(
            set(ticked) - set(self.connection._wanted_scopes()),
            {"payroll.employees", "payroll.timesheets", "payroll.settings.read", "payroll.payruns.read"},
        )

    def test_without_the_box_no_call_is_made(self):
        """S5-05, S5-62: without permission nothing of the payroll is read, and recorded time stays in Odoo."""
        self.connection.allow_payroll = False
        self.xero.clear_journal()
        self._work(self.robin, "2026-06-16")
        self._export()
        self._import()
        self.connection.action_read_reference_data()
        self.assertFalse(self._payroll_calls())
        self.assertFalse(self._queue())
        self.assertFalse(self._sheets_in_xero(self.robin).get((date(2026, 6, 15), date(2026, 6, 21))))

    def test_open_payroll(self):
        """S5-28, S5-30, S5-60: where the payroll is open its calendars and pay items are there."""
        self.assertEqual(self.connection.payroll_state, "ready")
        calendars = self.env["xero.pay.calendar"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual(set(calendars.mapped("kind")), {"WEEKLY", "FORTNIGHTLY"})
        items = self.env["xero.pay.item"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual(set(items.mapped("kind")), {"earnings", "leave", "deduction", "reimbursement"})
        self.assertIn("Ordinary Hours", items.mapped("name"))

    def test_refused_payroll_is_explained_and_the_rest_goes_on(self):
        """S5-58: a refused payroll is a state with advice; invoices and contacts go on."""
        for facts, state in (({"is_demo_company": True}, "demo"), ({"is_demo_company": False}, "not_set_up")):
            with self.subTest(state):
                self.xero.clear_faults()
                self.xero.add_fault("status", path="PayrollCalendars", status=401, **REFUSED)
                self.connection.write(facts)
                self.connection._read_payroll_settings()
                self.assertEqual(self.connection.payroll_state, state)
                self.assertIn("Everything else goes on", self.connection.payroll_advice)
        self.xero.clear_journal()
        self._import()
        self.assertFalse(self._payroll_calls())
        self.assertTrue(self._calls())
        self.assertEqual(self.connection.state, "connected")

    def test_country_without_payroll(self):
        """S5-25, S5-70, S5-71: elsewhere no payroll call is made, and the words say what Xero would say."""
        self.connection.country_code = "FR"
        self.connection._read_payroll_settings()
        self.xero.clear_journal()
        self._import()
        self.assertFalse(self._payroll_calls())
        self.assertEqual(self.connection.payroll_state, "country")
        self.assertIn("requested access to data that this organisation doesn't allow", self.connection.payroll_advice)


@tagged("post_install", "-at_install")
class TestUnitedStates(PayrollCase):
    seed = "demo-us"
    currency_ref, country_ref = "base.USD", "base.us"

    def _know_people(self):
        """Nobody: there is no payroll any more."""

    def test_work_locations(self):
        """S5-33, S5-71: an organisation in the United States says where people work; nothing else of a payroll."""
        self.connection._read_payroll_settings()
        locations = self.env["xero.work.location"].search([("connection_id", "=", self.connection.id)])
        there = self._in_payroll("WorkLocations")
        self.assertEqual(set(locations.mapped("city")), {one["City"] for one in there})
        self.assertEqual(locations.filtered("is_primary").state_code, "OR")
        self.assertEqual(self.connection.payroll_state, "country")
        self.assertFalse([call for call in self._payroll_calls() if "WorkLocations" not in call["path"]])


REFUSED = {"body": {"Type": None, "Title": "Unauthorized", "Status": 401, "Detail": "AuthorizationUnsuccessful"}}
