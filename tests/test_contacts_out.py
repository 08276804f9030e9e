from uuid import uuid4

from odoo.fields import Command

from .common import XeroCase


class TestContactsOut(XeroCase):
    """Companies with their people, addresses and terms in Xero."""

    def setUp(self):
        super().setUp()
        self.company_partner = self.env["res.partner"].create(
            {
                "name": "Bayside Club",
                "is_company": True,
                "email": "office@bayside.example.nz",
                "street": "P O Box 3354",
                "property_payment_term_id": self.env.ref("account.account_payment_term_30days").id,
                "child_ids": [
                    Command.create({"name": "Bob Partridge", "email": "office@bayside.example.nz"}),
                    *(
                        Command.create({"name": f"Person {number}", "email": f"p{number}@bayside.example.nz"})
                        for number in range(6)
                    ),
                    Command.create({"type": "delivery", "name": "Shed", "street": "148 Bay Harbour Road"}),
                ],
            }
        )

    def _held(self):
        [contact] = self._in_xero("Contacts", Name="Bayside Club")
        return contact

    def _send(self):
        self._invoice(partner=self.company_partner)
        self._export()

    def test_people(self):
        """S5-36, S5-37, S5-42, S4-30: a company's name and people go with its first invoice; the sixth is explained."""
        self._export()
        self.assertFalse(self._in_xero("Contacts", Name="Bayside Club"))
        self._send()
        held = self._held()
        self.assertEqual((held["FirstName"], held["LastName"]), ("Bob", "Partridge"))
        self.assertEqual(held["EmailAddress"], "office@bayside.example.nz")
        self.assertEqual([one["LastName"] for one in held["ContactPersons"]], ["0", "1", "2", "3", "4"])
        history = self.env["xero.history"].search([("res_id", "=", self.company_partner.id), ("direction", "=", "out")])
        self.assertIn("Person 5", history.filtered(lambda row: row.model == "res.partner").note)

    def test_addresses_and_terms(self):
        """S5-38: the invoice address is POBOX, the delivery address STREET; terms go where Xero knows them."""
        self._send()
        held = self._held()
        lines = {slot["AddressType"]: slot.get("AddressLine1") for slot in held["Addresses"]}
        self.assertEqual(lines, {"POBOX": "P O Box 3354", "STREET": "148 Bay Harbour Road"})
        self.assertEqual(held["PaymentTerms"]["Sales"], {"Day": 30, "Type": "DAYSAFTERBILLDATE"})

    def test_a_change_of_a_person_is_one_of_the_company(self):
        """S5-37: a person edited, added or removed reaches the company's contact."""
        self._send()
        person = self.company_partner.child_ids.filtered(lambda one: one.name == "Person 0")
        person.email = "new@bayside.example.nz"
        self._export()
        self.assertIn("new@bayside.example.nz", [one["EmailAddress"] for one in self._held()["ContactPersons"]])
        person.unlink()
        self._export()
        self.assertEqual([one["LastName"] for one in self._held()["ContactPersons"]], ["1", "2", "3", "4", "5"])

    def test_private_persons(self):
        """S5-41: a private person goes as a contact of its own, or is held and explained where that is off."""
        person = self.env["res.partner"].create({"name": "Gail Ford"})
        self.connection.send_private_persons = False
        invoice = self._invoice(partner=person)
        self._export()
        self.assertFalse(self._in_xero("Contacts", Name="Gail Ford"))
        self.assertEqual(self._issues().code, "contact_private")
        self.connection.send_private_persons = True
        self._issues().action_retry()
        self._export()
        self.assertTrue(self._in_xero("Contacts", Name="Gail Ford"))
        self.assertSynced(invoice)

    def test_customers_and_suppliers(self):
        """S1-01, S1-02, S1-03, S4-26: customers and suppliers go to Xero with their first document."""
        for move_type, flag in (("out_invoice", "IsCustomer"), ("in_invoice", "IsSupplier")):
            partner = self.env["res.partner"].create({"name": f"Only {flag}", "is_company": True})
            self._export()
            self.assertFalse(self._in_xero("Contacts", Name=partner.name))
            self._invoice(move_type, partner=partner, ref="B-1")
            self._export()
            self.assertTrue(self._in_xero("Contacts", Name=partner.name)[0][flag])

    def test_currency(self):
        """S2-19: the currency of a supplier's orders is the contact's in Xero, as soon as Xero has that currency."""
        supplier = self.env["res.partner"].create({"name": "Harbour Freight", "is_company": True})
        self._invoice("in_invoice", partner=supplier, ref="B-1")
        chf = self.env.ref("base.CHF")
        chf.active = True
        supplier.with_company(self.company).property_purchase_currency_id = chf
        self._export()
        [held] = self._in_xero("Contacts", Name="Harbour Freight")
        self.assertNotEqual(held.get("DefaultCurrency"), "CHF")
        self._add_currency("CHF")
        self.assertFalse(self._queue())
        supplier.street = "Somewhere else"
        self._export()
        [held] = self._in_xero("Contacts", Name="Harbour Freight")
        self.assertEqual(held["DefaultCurrency"], "CHF")

    def _add_currency(self, code):
        self.connection._get_client().put("Currencies", {"Code": code}, key=str(uuid4()))
        self.connection.action_read_reference_data()

    def test_default_accounts(self):
        """S2-19: accounts that a fiscal position puts in the place of the company's are the contact's in Xero."""
        mapped = self.env["xero.account.mapping"].search(
            [("connection_id", "=", self.connection.id), ("xero_account_id", "!=", False)]
        )
        income = mapped.account_id.filtered(lambda account: account.internal_group == "income")[:2]
        self.company.income_account_id = income[0]
        abroad = self.env["account.fiscal.position"].create(
            {
                "name": "Abroad",
                "company_id": self.company.id,
                "account_ids": [
                    Command.create({"account_src_id": income[0].id, "account_dest_id": income[1].id}),
                ],
            }
        )
        self._send()
        self.assertNotIn("SalesDefaultAccountCode", self._held())
        self.company_partner.with_company(self.company).property_account_position_id = abroad
        self._export()
        wanted = mapped.filtered(lambda row: row.account_id == income[1]).xero_account_id.code
        self.assertEqual(self._held()["SalesDefaultAccountCode"], wanted)

    def test_telephones(self):
        """S5-37: the company's number is the default one in Xero, that of the primary person the direct line."""
        self.company_partner.phone = "+64 9 555 0100"
        person = self.company_partner.child_ids.filtered(lambda one: one.name == "Bob Partridge")
        person.phone = "+64 9 555 0199"
        self._send()
        self.assertEqual(self._phones(), {"DEFAULT": "+64 9 555 0100", "DDI": "+64 9 555 0199"})
        person.phone = "+64 9 555 0198"
        self._export()
        self.assertEqual(self._phones()["DDI"], "+64 9 555 0198")

    def _phones(self):
        return {slot["PhoneType"]: slot["PhoneNumber"] for slot in self._held()["Phones"] if slot["PhoneNumber"]}
