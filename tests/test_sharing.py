"""The page What Is Shared: live from the configuration, and switchable there."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import XeroCase
from .test_tours import ErrorsInBrowserCase

# Rows of the seeds' table that every installation has: which way they can go.
EXPECTED = {
    "company": (True, False),
    "contacts": (True, True),
    "invoices": (True, True),
    "products": (True, True),
    "purchase_orders": (True, True),
    "accounts": (True, False),
    "credit_notes": (True, True),
    "journals": (True, True),
    "payments": (True, True),
    "taxes": (True, True),
    "transfers": (False, True),
}


class TestSharing(XeroCase):
    def _rows(self, user=None):
        page = self.env["xero.sharing"].with_user(user or self.env.user).read_page()
        return {row["key"]: row for row in page["connections"][0]["rows"]}

    def _switch(self, key, direction, is_on):
        self.env["xero.sharing"].switch(self.connection.id, key, direction, is_on)

    def test_each_kind_has_its_row(self):
        """S5-06: a row for each kind, with from Xero, to Xero, and where it shows; every action leads somewhere."""
        rows = self._rows()
        for key, ways in EXPECTED.items():
            self.assertEqual(tuple(bool(way) for way in rows[key]["ways"]), ways, key)
        for row in rows.values():
            for seen in row["seen"]:
                if seen["action"]:
                    self.assertTrue(self.env.ref(seen["action"]), row["key"])
            for way in filter(None, row["ways"]):
                self.assertTrue(way["words"], row["key"])

    def test_every_switch_works(self):
        """S5-06: each switch turns on and off what the page says, and the page says it afterwards."""
        for key, row in self._rows().items():
            for index, direction in enumerate(("in", "out")):
                if row["ways"][index] and row["ways"][index]["can_switch"]:
                    for is_on in (False, True, False):
                        self._switch(key, direction, is_on)
                        self.assertEqual(self._rows()[key]["ways"][index]["on"], is_on, (key, direction))

    def test_switched_off_stays_at_home(self):
        """S5-06: credit notes that are switched off wait while invoices go; switched on again, they follow."""
        self._switch("credit_notes", "out", False)
        invoice, note = self._invoice(), self._invoice("out_refund")
        self._run_by_itself(self.connection.export_cron_id)
        self.assertSynced(invoice)
        self.assertFalse(self._in_xero("CreditNotes", CreditNoteNumber=note.name))
        self._switch("credit_notes", "out", True)
        self._run_by_itself(self.connection.export_cron_id)
        self.assertSynced(note)
        self.assertTrue(self._in_xero("CreditNotes", CreditNoteNumber=note.name))

    def test_switched_on_comes(self):
        """S5-06: a contact of Xero comes once contacts are shared from Xero, and none before."""
        [contact] = [one for one in self._in_xero("Contacts") if one["Name"] == "Kauri Cafe"]
        partners = self.env["res.partner"].search([("name", "=", contact["Name"])])
        self._import()
        self.assertEqual(self.env["res.partner"].search([("name", "=", contact["Name"])]), partners)
        self._switch("contacts", "in", True)
        self._import()
        self.assertTrue(self.env["xero.binding"]._by_external(self.connection, "Contacts", [contact["ContactID"]]))

    def test_follows_the_settings(self):
        """S5-06: what is set elsewhere shows here: the schedule in words, what is forbidden, rights that lack."""
        rows = self.env["xero.schedule"]._of(self.connection)
        payments = rows.filtered(lambda row: (row.resource, row.direction) == ("Payments", "in"))
        payments.write({"mode": "scheduled", "interval_number": 5, "interval_unit": "hours"})
        self.assertIn("5 hours", self._rows()["payments"]["ways"][0]["words"])
        self.connection.write({"import_documents": True, "documents_one_way": True})
        way = self._rows()["invoices"]["ways"][0]
        self.assertFalse(way["on"] or way["can_switch"])
        self.assertIn(self.connection._fields["documents_one_way"]._description_string(self.env), way["words"])
        with self.assertRaises(UserError):
            self._switch("invoices", "in", True)
        self.connection.scopes = "accounting.invoices accounting.contacts accounting.payments accounting.settings"
        self._switch("journals", "out", True)
        [page] = self.env["xero.sharing"].read_page()["connections"]
        self.assertIn("manual journals", page["lacking"])

    def test_rights(self):
        """S5-06: who reads the books sees the matrix and switches nothing; others do not see it."""
        company = {"company_id": self.company.id, "company_ids": [fields.Command.set(self.company.ids)]}
        reader = new_test_user(self.env, "reader", groups="account.group_account_readonly", **company)
        self.assertIn("contacts", self._rows(reader))
        with self.assertRaises(AccessError):
            self.env["xero.sharing"].with_user(reader).switch(self.connection.id, "contacts", "in", True)
        self.assertEqual(self.connection.import_contacts, "none")
        seller = new_test_user(self.env, "seller", groups="base.group_user", **company)
        with self.assertRaises(AccessError):
            self._rows(seller)
        for key, direction in (("accounts", "in"), ("transfers", "in"), ("nonsense", "in"), ("contacts", "up")):
            with self.assertRaises(UserError):
                self._switch(key, direction, True)


@tagged("post_install", "-at_install")
class TestSharingInBrowser(ErrorsInBrowserCase):
    def test_switch_in_the_matrix(self):
        """S5-06: an administrator switches a kind on in the matrix and goes to where it shows; the
        switch by keyboard."""
        self._person("chief", "account_xero.group_xero_administrator,account.group_account_manager")
        self.env.cr.flush()
        box = "tr[data-key=purchase_orders] td[data-direction=in] input"
        with self._browsing("chief", "/odoo/xero-sharing") as page:
            page.wait_for(f"!!document.querySelector('{box}')", "the matrix")
            self.assertFalse(page.evaluate(f"document.querySelector('{box}').checked"))
            page.press_on(box, " ")
            page.sees("is shared from now on")
            self.assertTrue(page.evaluate(f"document.querySelector('{box}').checked"))
            page.click_text("tr[data-key=products] button", "Growth per Product")
            page.wait_for("!!document.querySelector('.o_xero_dashboard')", "the dashboard")
        self.assertTrue(self.connection.import_purchase_orders)
