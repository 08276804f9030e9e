"""Permission to the payroll: asked for, refused, explained."""

from datetime import date

from odoo.tests import tagged

from odoo.addons.account_xero.xero_api import oauth

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

    def _assert_closed(self, state, words):
        """The payroll is closed for a reason that the connection tells, and everything else goes on."""
        self.assertEqual(self.connection.payroll_state, state)
        self.assertIn(words, self.connection.payroll_advice)
        self.assertIn("Everything else goes on", self.connection.payroll_advice)
        self.xero.clear_journal()
        self._work(self.robin, "2026-06-16")
        partner = self._send_a_contact()
        self._export()
        self._import()
        self.assertFalse(self._payroll_calls())
        self.assertEqual(len(self._in_xero("Contacts", Name=partner.name)), 1)
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self._issues().filtered(lambda issue: issue.resource in ("Employees", "Timesheets")))

    def _send_a_contact(self):
        partner = self.env["res.partner"].create({"name": "Banksia Joinery", "company_id": self.company.id})
        partner.action_xero_export()
        return partner

    def test_user_without_payroll_rights(self):
        """S5-58, S5-61: a Xero user who is no payroll administrator: said so, named where to change it."""
        self._sign_in("sam@demo.example")
        self._assert_closed("no_right", "Payroll Admin")
        self._sign_in("alex@demo.example")
        self.assertEqual(self.connection.payroll_state, "ready")
        self.assertFalse(self.connection.payroll_advice)

    def _sign_in(self, email):
        """Authorise again as somebody else."""
        granted = self.xero.token(tenant_id=self.connection.tenant_id, user=email)
        tokens = oauth.TokenSet(granted["access_token"], granted["refresh_token"], 1800, granted["scope"], None)
        [remote] = oauth.list_connections(self.connection._endpoints(), tokens.access_token)
        self.connection._accept_consent(tokens, remote)

    def test_payroll_that_is_not_set_up(self):
        """S5-58, S5-60: an organisation without payroll; once it is set up, reading again opens it."""
        self.xero.act("set-up-payroll", ready=False, demo=False)
        self.connection.action_read_reference_data()
        self._assert_closed("not_set_up", "finish its setup")
        self.xero.act("set-up-payroll", ready=True)
        self.connection.action_read_reference_data()
        self.assertEqual(self.connection.payroll_state, "ready")

    def test_demo_organisation(self):
        """S5-58: in a demo organisation the payroll has to be activated first, and where that is done is said."""
        self.xero.act("set-up-payroll", ready=False, demo=True)
        self.connection.action_read_reference_data()
        self._assert_closed("demo", "Payroll Settings")

    def test_payroll_that_closes_later(self):
        """S5-58: rights that are taken away between two readings: one problem that says so, and the rest goes on."""
        self.xero.act("set-up-payroll", ready=False)
        self.connection.action_reimport()
        self._import()
        self.assertEqual(set(self._issues().mapped("code")), {"payroll_no_access"})
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
