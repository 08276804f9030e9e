"""In a real browser: the first load from the connection's form to the comparison, with a look at both sides."""

from odoo.tests import tagged

from ..models.xero_first_load import BUSY
from .test_tours import ErrorsInBrowserCase

ENOUGH_RUNS = 20


@tagged("post_install", "-at_install")
class TestFirstLoadInBrowser(ErrorsInBrowserCase):
    def setUp(self):
        super().setUp()
        self.partners = self.env["res.partner"].create(
            [
                {"name": f"Kauri Joinery {number:02}", "email": f"office{number}@kauri.example.nz", "customer_rank": 1}
                for number in range(14)
            ]
        )
        self.names_in_xero = {contact["Name"] for contact in self._contacts()}

    def _contacts(self):
        found = self.xero.state("Contacts", self.connection.tenant_id)
        return [contact for contact in found if contact["ContactStatus"] == "ACTIVE"]

    def _work(self):
        """The scheduled actions, until the load waits for a person; a busy machine needs more runs."""
        self.env.cr.flush()
        for _n in range(ENOUGH_RUNS):
            for cron in (self.connection.import_cron_id, self.connection.export_cron_id):
                with self.enter_registry_test_mode():
                    cron.method_direct_trigger()
            self.env.invalidate_all()
            if not self.env["xero.first.load"].search_count([("state", "in", BUSY)]):
                break

    def test_from_the_connection_to_the_comparison(self):
        """S3-08, S2-19, S5-59: counted, looked through, priced, ten approved, all loaded, compared, on both sides."""
        self._person("chief", "account_xero.group_xero_administrator,account.group_account_manager")
        with self._browsing("chief", f"/odoo/xero-connections/{self.connection.id}") as page:
            page.click("button[name=action_first_load]")
            page.sees("Nothing is sent or booked before you have seen what it costs")
            page.click("button[name=action_count]")
            page.sees("Open Invoices")
            page.sees("Both Ways")
            page.click("button[name=action_next]")
            page.sees("are being read")
            load = page.evaluate("location.pathname")
        self._work()
        with self._browsing("chief", load) as page:
            page.click("button[name=action_price]")
            page.sees("With 1,000 calls a day: through at")
            page.sees("With 5,000 calls a day: through at")
            page.click("button[name=action_sample]")
            page.sees("The first ten are on their way")
        self._work()
        self.assertLess(len(self._contacts()), len(self.names_in_xero) + 14, "no more than a few before the approval")
        with self._browsing("chief", load) as page:
            page.sees("Nothing more is loaded before you approve.")
            page.click_text(".o_notebook_headers a", "The First Ten")
            page.sees("Kauri Joinery 00")
            page.click("button[name=action_approve]")
            page.click("button[name=action_pause]")
            page.sees("Nothing of the load is sent or read")
            page.click("button[name=action_resume]")
            page.wait_for("!document.body.innerText.includes('Nothing of the load is sent')", "the load to go on")
        self._work()
        with self._browsing("chief", load) as page:
            page.click_text(".o_notebook_headers a", "Comparison")
            page.sees("Aged Receivables")
            page.sees("Difference")
        found = self.env["xero.first.load"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual((found.state, found.progress), ("done", 100.0))
        names = {contact["Name"] for contact in self._contacts()}
        self.assertEqual(names, self.names_in_xero | set(self.partners.mapped("name")))
        linked = self.env["xero.binding"].search(
            [("connection_id", "=", self.connection.id), ("resource", "=", "Contacts")]
        )
        asked = self._issues().filtered(lambda issue: issue.code == "contact_ambiguous")
        self.assertEqual(len(linked) + len(asked), len(names))
