"""Xero Minimal Data Mode: name, e-mail address and identifier of a contact, and nothing else, leave Odoo."""

import random

from odoo.fields import Command

from .common import XeroCase

ALLOWED = {"ContactID", "Name", "EmailAddress", "ContactNumber"}
BY_HAND = {"Phones": [{"PhoneType": "MOBILE", "PhoneNumber": "021 555 0199"}], "TaxNumber": "11-222-333"}


class MinimalCase(XeroCase):
    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create(
            {
                "name": "Bayside Club",
                "is_company": True,
                "email": "office@bayside.example.nz",
                "phone": "+64 9 555 0100",
                "street": "12 Bay Road",
                "city": "Auckland",
                "vat": "49-091-850",
                "child_ids": [Command.create({"name": "Bob Partridge", "email": "bob@bayside.example.nz"})],
            }
        )
        self.connection.minimal_data_mode = "1"

    def _sent(self):
        """Every contact that any call took to Xero, as the simulator received it."""
        calls = [call for method in ("PUT", "POST") for call in self._calls(method, "Contacts")]
        return [contact for call in calls for contact in call["request_body"]["Contacts"]]

    def _held(self):
        [contact] = self._in_xero("Contacts", ContactNumber=f"ODOO-{self.partner.id}")
        return contact


class TestMinimalDataMode(MinimalCase):
    def test_exactly_three(self):
        """S1-07, S1-14, S1-15, S1-16, S1-17, S1-26, S1-27: an invoice goes with a contact of exactly three fields."""
        invoice = self._invoice(partner=self.partner)
        self._export()
        self.assertSynced(invoice)
        [sent] = self._sent()
        self.assertEqual(set(sent), ALLOWED - {"ContactID"})
        self.assertEqual((sent["Name"], sent["EmailAddress"]), ("Bayside Club", "office@bayside.example.nz"))
        self.assertFalse(self._held().get("TaxNumber"))
        for call in self._calls("PUT", "Invoices"):
            for document in call["request_body"]["Invoices"]:
                self.assertEqual(set(document["Contact"]), {"ContactID"})

    def test_a_supplier_too(self):
        """S1-16, S1-17: a supplier's contact carries the same three."""
        self._invoice("in_invoice", partner=self.partner, ref="B-1")
        self._export()
        [sent] = self._sent()
        self.assertEqual(set(sent), ALLOWED - {"ContactID"})

    def test_details_cause_no_call(self):
        """S1-22, S1-24, S1-25: ten edits of telephone and street queue nothing, and Xero's contact is not touched."""
        self._invoice(partner=self.partner)
        self._export()
        before = self._held()["UpdatedDateUTC"]
        self.xero.clear_journal()
        for number in range(10):
            self.partner.write({"phone": f"+64 9 555 02{number:02}", "street": f"{number} High Street"})
            self.partner.child_ids.email = f"bob{number}@bayside.example.nz"
            self.env.cr.flush()
        self.assertFalse(self._queue(self.partner))
        self._export()
        self.assertFalse(self._writes())
        self.assertEqual(self._held()["UpdatedDateUTC"], before)

    def test_typed_by_hand(self):
        """S1-28, S1-23: what somebody typed into Xero stays through later exports, and is no mismatch."""
        self.connection.write({"import_contacts": "all", "contact_changes": "send"})
        self._invoice(partner=self.partner)
        self._export()
        self.xero.advance(60)
        typed = {"ContactID": self._held()["ContactID"], **BY_HAND}
        answer = self.connection._with_client(lambda client: client.post("Contacts", {"Contacts": [typed]}, key="hand"))
        self.assertTrue(answer.elements[0].ok, answer.elements[0].messages)
        self.xero.clear_journal()
        self._import()
        self.assertFalse(self._queue(self.partner))
        self.assertFalse(self._issues())
        self.partner.name = "Bayside Bowling Club"
        self._export()
        held = self._held()
        self.assertEqual(held["Name"], "Bayside Bowling Club")
        self.assertEqual(held["TaxNumber"], BY_HAND["TaxNumber"])
        self.assertEqual([s["PhoneNumber"] for s in held["Phones"] if s.get("PhoneNumber")], ["021 555 0199"])
        self.assertLessEqual(set(self._sent()[-1]), ALLOWED)

    def test_blank_and_nought_are_full(self):
        """S1-08, S1-09, S1-18, S1-19, S1-20, S1-21: 0 and blank send all details."""
        people = [Command.create({"name": "Bob Partridge", "email": "bob@bayside.example.nz"})]
        for mode in ("0", False):
            with self.subTest(mode=mode):
                self.connection.minimal_data_mode = mode
                self.xero.clear_journal()
                self._invoice(partner=self.partner.copy({"name": f"Club of mode {mode}", "child_ids": people}))
                self._export()
                [sent] = self._sent()
                self.assertLessEqual({"Addresses", "Phones", "TaxNumber", "ContactPersons"}, set(sent))
                self.assertLessEqual(ALLOWED - {"ContactID"}, set(sent))

    def test_there_and_back(self):
        """S1-12, S1-30: the choice changes either way with the same tokens, and the next export follows."""
        self._invoice(partner=self.partner)
        self._export()
        for mode, more in (("0", True), ("1", False)):
            self.connection.minimal_data_mode = mode
            self.xero.clear_journal()
            self.partner.email = f"mode{mode}@bayside.example.nz"
            self._export()
            [sent] = self._sent()
            self.assertEqual("Addresses" in sent, more)
            self.assertEqual(self._held()["EmailAddress"], f"mode{mode}@bayside.example.nz")
        self.assertTrue(any(slot.get("AddressLine1") for slot in self._held()["Addresses"]), "nothing is blanked")

    def test_tags_stay(self):
        """S1-17: whom Odoo tags how does not reach Xero, even where tags go to contact groups."""
        self.connection.send_contact_groups = True
        tag = self.env["res.partner.category"].create({"name": "Slow Payers"})
        self._invoice(partner=self.partner)
        self._export()
        tag.action_xero_export()
        self.partner.category_id = tag
        self._export()
        self.assertFalse(
            [call for call in self._writes() if call["path"].endswith("/Contacts") and "Groups" in call["path"]]
        )
        self.connection.minimal_data_mode = "0"
        self.partner.category_id = False
        self.env.cr.flush()
        self.partner.category_id = tag
        self._export()
        [group] = self._in_xero("ContactGroups", Name="Slow Payers")
        self.assertEqual([one["Name"] for one in group["Contacts"]], ["Bayside Club"])

    def test_by_chance(self):
        """S1-17, S1-28: whatever is typed into whichever partner, no other key ever reaches Xero."""
        chance = random.Random(19)
        partners = self.env["res.partner"].create([{"name": f"Partner {n}"} for n in range(25)])
        for partner in partners:
            self._invoice(partner=partner)
        columns = ("name", "email", "phone", "vat", "street", "street2", "city", "zip", "website")
        for step in range(120):
            partner = chance.choice(partners)
            picked = chance.sample(columns, chance.randint(1, 4))
            values = {column: f"{column}{step}" for column in picked}
            values.update({"email": f"m{step}@example.nz"} if "email" in picked else {})
            partner.write(values)
            if step % 30 == 29:
                self._export()
        sent = self._sent()
        self.assertGreater(len(sent), len(partners))
        self.assertFalse(set().union(*sent) - ALLOWED)
        for partner in partners:
            [held] = self._in_xero("Contacts", ContactNumber=f"ODOO-{partner.id}")
            self.assertEqual((held["Name"], held.get("EmailAddress") or False), (partner.name, partner.email))


class TestWhatLeaves(MinimalCase):
    def test_preview(self):
        """S1-31, S1-29: the contact shows what leaves Odoo, minimal beside full, without a call or a write."""
        action = self.partner.action_xero_what_leaves()
        preview = self.env[action["res_model"]].with_context(**action["context"]).create({})
        rows = {line.field: (line.minimal, line.full) for line in preview.line_ids}
        self.assertTrue(preview.is_minimal)
        self.assertEqual(rows["Name"], ("Bayside Club", "Bayside Club"))
        self.assertEqual(rows["Addresses / POBOX / City"], (False, "Auckland"))
        self.assertEqual(rows["Phones / DEFAULT / PhoneNumber"], (False, "+64 9 555 0100"))
        self.assertFalse(self._calls())
        self.assertFalse(self._binding(self.partner))

    def test_preview_of_what_is_held(self):
        """S1-31: where nothing goes, the preview says why."""
        self.partner.xero_do_not_export = True
        preview = self.env["xero.contact.preview"].create(
            {"connection_id": self.connection.id, "partner_id": self.partner.id}
        )
        self.assertIn("not to be exported", preview.stop)
        self.assertFalse(preview.line_ids)

    def test_report(self):
        """S1-22, S1-31: the report counts which personal fields the stored calls took to Xero, and about how many."""
        self._invoice(partner=self.partner)
        self._export()
        self.connection.minimal_data_mode = "0"
        self.partner.email = "new@bayside.example.nz"
        self._invoice(partner=self.customer)
        self._export()
        report = self.env["xero.personal.data"].create({"connection_id": self.connection.id})
        rows = {line.field: line for line in report.line_ids}
        self.assertEqual((rows["EmailAddress"].times, rows["EmailAddress"].records), (3, 2))
        self.assertEqual((rows["Addresses"].times, rows["Addresses"].records), (1, 1))
        self.assertFalse(rows["BankAccountDetails"].times)
        self.assertEqual({row.field for row in report.line_ids if row.is_minimal}, ALLOWED - {"ContactID"})


class TestMinimalScreens(MinimalCase):
    def test_settings(self):
        """S1-04, S1-05, S1-06, S1-10: the setting is stored by Settings and says its name."""
        settings = self.env["res.config.settings"].with_company(self.company).create({"xero_minimal_data_mode": "0"})
        self.assertEqual(
            settings._fields["xero_minimal_data_mode"].get_description(self.env)["string"], "Xero Minimal Data Mode"
        )
        settings.execute()
        self.assertEqual(self.connection.minimal_data_mode, "0")
        view = self.env["res.config.settings"].get_view(self.env.ref("base_setup.res_config_settings_view_form").id)
        self.assertIn('name="xero_minimal_data_mode"', view["arch"])
