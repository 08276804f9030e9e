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
