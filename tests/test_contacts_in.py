import random
from uuid import uuid4

from .common import XeroCase

SIZE = 1000


class ContactsInCase(XeroCase):
    """Customers and suppliers that Xero has."""

    def setUp(self):
        super().setUp()
        self.client = self.connection._get_client()

    def _type_into_xero(self, *contacts):
        """Somebody enters contacts in Xero."""
        contacts = [contact if isinstance(contact, dict) else {"Name": contact} for contact in contacts]
        found = []
        for start in range(0, len(contacts), 50):
            body = {"Contacts": contacts[start : start + 50]}
            answer = self.client.put("Contacts", body, key=str(uuid4()))
            for element in answer.elements:
                self.assertTrue(element.ok, element.messages)
                found.append(element.data)
        self.xero.clear_journal()
        return found

    def _change_in_xero(self, contact_id, **values):
        answer = self.client.post("Contacts", {"Contacts": [{"ContactID": contact_id, **values}]}, key=str(uuid4()))
        self.assertTrue(answer.elements[0].ok, answer.elements[0].messages)
        self.xero.clear_journal()

    def _act(self, action, **params):
        return self.xero.act(action, tenant_id=self.connection.tenant_id, **params)

    def _partner_of(self, contact):
        contact_id = contact if isinstance(contact, str) else contact["ContactID"]
        binding = self.env["xero.binding"]._by_external(self.connection, "Contacts", [contact_id])
        return self.env["res.partner"].browse(binding[contact_id].res_id if binding else [])

    def _load(self):
        self.connection.import_contacts = "all"
        self._import()


class TestFirstLoad(ContactsInCase):
    def test_off_by_default(self):
        """S3-08: contacts of Xero are none of Odoo's business before somebody says so; nothing is made."""
        before = self.env["res.partner"].search_count([])
        self._type_into_xero("Bayside Club")
        self._import()
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertFalse(self._issues())

    def test_all_contacts_come(self):
        """S3-08, S2-47: every active contact of Xero comes, whenever it was changed last, or is asked about."""
        self._load()
        active = self._in_xero("Contacts", ContactStatus="ACTIVE")
        bindings = self.env["xero.binding"].search(
            [("connection_id", "=", self.connection.id), ("resource", "=", "Contacts")]
        )
        asked = self._issues().filtered(lambda issue: issue.code == "contact_ambiguous")
        self.assertEqual(
            set(bindings.mapped("external_id")) | set(asked.mapped("external_id")),
            {contact["ContactID"] for contact in active},
        )

    def test_what_comes_with_a_contact(self):
        """S5-01, S3-08: name, e-mail, telephone, tax number, addresses and people of a contact come with it."""
        [contact] = self._type_into_xero(
            {
                "Name": "Bayside Club",
                "FirstName": "Bob",
                "LastName": "Partridge",
                "EmailAddress": "bob@bayside.example.nz",
                "TaxNumber": "49-091-850",
                "Phones": [
                    {
                        "PhoneType": "DEFAULT",
                        "PhoneCountryCode": "64",
                        "PhoneAreaCode": "02",
                        "PhoneNumber": "2024455",
                    }
                ],
                "Addresses": [
                    {
                        "AddressType": "POBOX",
                        "AddressLine1": "P O Box 3354",
                        "AddressLine2": "South Mailing Centre",
                        "City": "Oaktown",
                        "PostalCode": "1236",
                        "Country": "New Zealand",
                    },
                    {"AddressType": "STREET", "AddressLine1": "148 Bay Harbour Road", "City": "Ridge Heights"},
                ],
                "ContactPersons": [
                    {"FirstName": "Gail", "LastName": "Ford", "EmailAddress": "gail@bayside.example.nz"}
                ],
            }
        )
        self._load()
        partner = self._partner_of(contact)
        self.assertEqual(
            (partner.name, partner.email, partner.phone, partner.vat, partner.street, partner.street2, partner.city),
            (
                *("Bayside Club", "bob@bayside.example.nz", "+64 2 2024455", "49-091-850"),
                *("P O Box 3354", "South Mailing Centre", "Oaktown"),
            ),
        )
        self.assertEqual((partner.zip, partner.country_id.code, partner.is_company), ("1236", "NZ", True))
        people = partner.child_ids.filtered(lambda child: child.type == "contact")
        self.assertEqual(
            set(people.mapped(lambda person: (person.name, person.email))),
            {("Bob Partridge", "bob@bayside.example.nz"), ("Gail Ford", "gail@bayside.example.nz")},
        )
        delivery = partner.child_ids - people
        self.assertEqual((delivery.type, delivery.street), ("delivery", "148 Bay Harbour Road"))
        history = self.env["xero.history"].search([("model", "=", "res.partner"), ("res_id", "=", partner.id)])
        self.assertEqual((history.direction, history.action), ("in", "created"))

    def test_telephones(self):
        """S5-01: a mobile number stays one: the only one is the company's, a second one its person's; neither moves."""
        numbers = {"DEFAULT": "555 0100", "MOBILE": "021 555 0101"}
        slots = [{"PhoneType": kind, "PhoneNumber": number} for kind, number in numbers.items()]
        person = {"FirstName": "Bob", "LastName": "Partridge"}
        both, mobile = self._type_into_xero(
            {"Name": "Bayside Club", **person, "Phones": slots}, {"Name": "Harbour Freight", "Phones": slots[1:]}
        )
        self._load()
        partner, other = self._partner_of(both), self._partner_of(mobile)
        self.assertEqual((partner.phone, partner.child_ids.phone), ("555 0100", "021 555 0101"))
        self.assertEqual(other.phone, "021 555 0101")
        (partner | other).street = "Somewhere else"
        self._export()
        self.assertEqual(len(self._writes()), 1)
        for contact, expected in ((both, numbers), (mobile, {"MOBILE": "021 555 0101"})):
            [held] = self._in_xero("Contacts", ContactID=contact["ContactID"])
            found = {slot["PhoneType"]: slot["PhoneNumber"] for slot in held["Phones"] if slot["PhoneNumber"]}
            self.assertEqual(found, expected)

    def test_currency_of_suppliers(self):
        """S3-14: the currency of a supplier in Xero is that of its orders in Odoo."""
        self.env.ref("base.USD").active = True
        self.client.put("Currencies", {"Code": "USD"}, key=str(uuid4()))
        [seller] = self._type_into_xero({"Name": "Harbour Freight", "DefaultCurrency": "USD"})
        line = {"Description": "Freight", "Quantity": 1, "UnitAmount": 5, "AccountCode": "400"}
        bill = {"Type": "ACCPAY", "Contact": {"ContactID": seller["ContactID"]}, "InvoiceNumber": "B-1"}
        dates = {"Date": "2026-11-01", "DueDate": "2026-11-30", "Status": "AUTHORISED"}
        self.client.put("Invoices", {"Invoices": [{**bill, **dates, "LineItems": [line]}]}, key=str(uuid4()))
        self._load()
        supplier = self._partner_of(seller).with_company(self.company)
        self.assertEqual(supplier.property_purchase_currency_id.name, "USD")
        supplier.street = "Somewhere else"
        self._export()
        [held] = self._in_xero("Contacts", ContactID=seller["ContactID"])
        self.assertEqual(held["DefaultCurrency"], "USD")

    def test_name_fallback(self):
        """S3-11: a contact without first or last name goes by its contact name; a person is no company."""
        company, person = self._type_into_xero(
            "Bayside Club", {"Name": "Gail Ford", "FirstName": "Gail", "LastName": "Ford"}
        )
        self._load()
        self.assertEqual(self._partner_of(company).name, "Bayside Club")
        self.assertFalse(self._partner_of(company).child_ids)
        self.assertEqual((self._partner_of(person).name, self._partner_of(person).is_company), ("Gail Ford", False))

    def test_ranks(self):
        """S3-14, S2-19, S5-43, S5-44: suppliers come too; all are customers but those with bills only."""
        contact, seller = self._type_into_xero("Bayside Club", "Harbour Freight")
        self.client.put(
            "Invoices",
            {
                "Invoices": [
                    {
                        "Type": "ACCPAY",
                        "Contact": {"ContactID": seller["ContactID"]},
                        "Date": "2026-11-01",
                        "DueDate": "2026-11-30",
                        "Status": "AUTHORISED",
                        "InvoiceNumber": "B-1",
                        "LineItems": [{"Description": "Freight", "Quantity": 1, "UnitAmount": 5, "AccountCode": "400"}],
                    }
                ]
            },
            key=str(uuid4()),
        )
        self._load()
        customer, supplier = self._partner_of(contact), self._partner_of(seller)
        self.assertEqual((customer.customer_rank, customer.supplier_rank), (1, 0))
        self.assertEqual((supplier.customer_rank, supplier.supplier_rank), (0, 1))

    def test_new_ones_keep_coming(self):
        """S3-09, S5-01: what is entered in Xero after the first load comes at the next reading, and only that."""
        self._load()
        [contact] = self._type_into_xero("Bayside Club")
        self._import()
        self.assertEqual(self._partner_of(contact).name, "Bayside Club")
        [call] = self._calls("GET", "Contacts")
        self.assertIn("if-modified-since", {name.lower() for name in call["headers"]})

    def test_nothing_goes_back(self):
        """S3-08: what came in does not go out again, and is read once only."""
        self._load()
        [contact] = self._type_into_xero({"Name": "Bayside Club", "EmailAddress": "bob@bayside.example.nz"})
        self._import()
        partner = self._partner_of(contact)
        self.assertFalse(self._queue())
        self.env["xero.outbox"]._mark(partner)
        self._export()
        self.assertFalse(self._writes())
        before = self.env["res.partner"].search_count([])
        self.connection.action_reimport()
        self._import()
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        partner.phone = "+64 9 555 0101"
        self._export()
        [call] = self._writes()
        [held] = self._in_xero("Contacts", ContactID=contact["ContactID"])
        self.assertIn("555 0101", str(held["Phones"]))

    def test_chosen_groups(self):
        """S3-15: only the contacts of the chosen contact groups come; another group chosen later brings its own."""
        first, second, third = self._type_into_xero("Bayside Club", "Harbour Freight", "City Limousines")
        for name, contact in (("Clubs", first), ("Freight", second)):
            answer = self.client.put("ContactGroups", {"ContactGroups": [{"Name": name}]}, key=str(uuid4()))
            group_id = answer.elements[0].data["ContactGroupID"]
            body = {"Contacts": [{"ContactID": contact["ContactID"]}]}
            self.client.put(f"ContactGroups/{group_id}/Contacts", body, key=str(uuid4()))
        self.connection.action_read_contact_groups()
        groups = self.env["xero.contact.group"].search([("connection_id", "=", self.connection.id)])
        self.connection.write(
            {"import_contacts": "groups", "contact_group_ids": groups.filtered_domain([("name", "=", "Clubs")])}
        )
        self._import()
        self.assertTrue(self._partner_of(first))
        self.assertFalse(self._partner_of(second) | self._partner_of(third))
        self.connection.contact_group_ids = groups.filtered(lambda group: group.name in ("Clubs", "Freight"))
        self._import()
        self.assertTrue(self._partner_of(second))
        self.assertFalse(self._partner_of(third))

    def test_archived_contacts_stay_out(self):
        """S3-08: archived contacts are not brought to life in Odoo."""
        [contact] = self._type_into_xero("Bayside Club")
        self._change_in_xero(contact["ContactID"], ContactStatus="ARCHIVED")
        self._load()
        self.assertFalse(self._partner_of(contact))
        self.assertFalse(self._issues().filtered(lambda issue: issue.external_id == contact["ContactID"]))


class TestMatching(ContactsInCase):
    def _partner(self, name, **values):
        return self.env["res.partner"].create({"name": name, **values})

    def _issue_of(self, contact):
        return self._issues().filtered(lambda issue: issue.external_id == contact["ContactID"])

    def test_by_email(self):
        """S3-12: a contact with the e-mail address of a partner is that partner: completed, and not doubled."""
        partner = self._partner("Bayside Rugby Club", email="Bob@Bayside.example.nz")
        [contact] = self._type_into_xero(
            {"Name": "Bayside Club", "EmailAddress": "bob@bayside.example.nz", "TaxNumber": "49-091-850"}
        )
        self._load()
        self.assertEqual(self._partner_of(contact), partner)
        self.assertEqual((partner.vat, partner.name), ("49-091-850", "Bayside Rugby Club"))
        history = self.env["xero.history"].search([("model", "=", "res.partner"), ("res_id", "=", partner.id)])
        self.assertEqual(history.action, "linked")

    def test_by_phone(self):
        """S3-13: likewise with the same telephone number, however the two sides write it."""
        partner = self._partner("Bayside Rugby Club", phone="+64 (0)9 202-4455")
        phone = {"PhoneType": "DEFAULT", "PhoneCountryCode": "64", "PhoneAreaCode": "09", "PhoneNumber": "202 4455"}
        [contact] = self._type_into_xero({"Name": "Bayside Club", "Phones": [phone]})
        self._load()
        self.assertEqual(self._partner_of(contact), partner)

    def test_other_keys(self):
        """S2-47: contact number, tax number and name tell as well who somebody is."""
        by_number = self._partner("Old Number", ref="C-77")
        by_tax = self._partner("Tax Only")
        by_tax.with_context(no_vat_validation=True).vat = "NZ49091850"
        by_name = self._partner("bayside  CLUB")
        numbered, taxed, named = self._type_into_xero(
            {"Name": "New Number", "ContactNumber": "C-77"},
            {"Name": "Somebody", "TaxNumber": "49-091-850"},
            "Bayside Club",
        )
        self._load()
        self.assertEqual(
            [self._partner_of(one) for one in (numbered, taxed, named)], [by_number, by_tax, by_name], self._issues()
        )

    def test_several_candidates_are_asked_about(self):
        """S3-12: an e-mail address that two partners share is no proof; both are named, and Link settles it."""
        first = self._partner("Bayside North", email="office@bayside.example.nz")
        second = self._partner("Bayside South", email="office@bayside.example.nz")
        [contact] = self._type_into_xero({"Name": "Bayside", "EmailAddress": "office@bayside.example.nz"})
        self._load()
        self.assertFalse(self._partner_of(contact))
        issue = self._issue_of(contact)
        self.assertEqual(issue.candidate_ids, first | second)
        for text in ("Bayside North", "Bayside South", "office@bayside.example.nz"):
            self.assertIn(text, issue.text)
        issue.candidate_id = second
        issue.action_link_candidate()
        self._import()
        self.assertEqual(self._partner_of(contact), second)
        self.assertFalse(self._issue_of(contact))

    def test_none_of_them(self):
        """S3-12: Create a New Contact makes one beside the candidates, also for many questions at once."""
        self._partner("Bayside North", email="office@bayside.example.nz")
        self._partner("Bayside South", email="office@bayside.example.nz")
        [contact] = self._type_into_xero({"Name": "Bayside", "EmailAddress": "office@bayside.example.nz"})
        self._load()
        self._issue_of(contact).action_create_contact()
        self._import()
        self.assertEqual(self._partner_of(contact).name, "Bayside")
        self.assertFalse(self._issue_of(contact))

    def test_contradicting_facts_are_asked_about(self):
        """S3-13: the same name with another e-mail address, or another tax number, may be somebody else."""
        self._partner("John Smith", email="john@smith.example.nz")
        taxed = self._partner("Harbour Freight", email="pay@harbour.example.nz")
        taxed.with_context(no_vat_validation=True).vat = "49-091-850"
        one, other = self._type_into_xero(
            {"Name": "John Smith", "EmailAddress": "js@elsewhere.example.nz"},
            {"Name": "Harbour Freight", "EmailAddress": "pay@harbour.example.nz", "TaxNumber": "77-123-456"},
        )
        self._load()
        self.assertFalse(self._partner_of(one) | self._partner_of(other))
        self.assertTrue(self._issue_of(one) and self._issue_of(other))

    def test_a_linked_partner_is_not_matched_twice(self):
        """S3-12: a second contact with the e-mail address of a linked partner becomes a contact of its own."""
        partner = self._partner("Bayside Club", email="office@bayside.example.nz")
        partner.action_xero_export()
        self._export()
        [contact] = self._type_into_xero({"Name": "Bayside Bar", "EmailAddress": "office@bayside.example.nz"})
        self._load()
        self.assertNotEqual(self._partner_of(contact), partner)
        self.assertEqual(self._partner_of(contact).name, "Bayside Bar")

    def test_rivals_for_one_partner(self):
        """S3-12: of two contacts with one e-mail address the one of the same name is the partner, in any order."""
        partner = self._partner("Bayside Club", email="office@bayside.example.nz")
        bar, club = self._type_into_xero(
            {"Name": "Bayside Bar", "EmailAddress": "office@bayside.example.nz"},
            {"Name": "Bayside Club", "EmailAddress": "office@bayside.example.nz"},
        )
        self._load()
        self.assertEqual(self._partner_of(club), partner)
        self.assertNotEqual(self._partner_of(bar), partner)

    def test_a_person_is_not_the_company(self):
        """S3-12: the e-mail address of somebody who works for a company does not make a contact that company."""
        company = self._partner("Bayside Club", is_company=True)
        self._partner("Gail Ford", parent_id=company.id, email="gail@ford.example.nz")
        [contact] = self._type_into_xero({"Name": "Gail Ford", "EmailAddress": "gail@ford.example.nz"})
        self._load()
        self.assertFalse(self._partner_of(contact))
        self.assertEqual(self._issue_of(contact).candidate_ids, company)

    def test_a_number_of_another_database(self):
        """S3-12: a contact number that another Odoo gave proves nothing by itself."""
        partner = self._partner("Bayside Club")
        [contact] = self._type_into_xero({"Name": "Somebody Else", "ContactNumber": f"ODOO-{partner.id}"})
        self._load()
        self.assertFalse(self._partner_of(contact))
        self.assertEqual(self._issue_of(contact).candidate_ids, partner)

    def test_a_thousand_with_near_duplicates(self):
        """S3-12, S3-13, S2-47: 1,000 contacts, a tenth of them nearly like somebody else: no wrong match."""
        generator = random.Random(7)
        own = self.env["res.partner"].create([self._invented(number) for number in range(SIZE // 2)])
        truth, contacts = {}, []
        for number in range(SIZE):
            values = self._invented(number)
            contact = {"Name": values["name"], "EmailAddress": values["email"], "Phones": [self._slot(values["phone"])]}
            if number >= SIZE // 2 and number % 5 == 0:
                contact.update(self._nearly(generator, self._invented(generator.randrange(SIZE // 2)), number))
            elif number < SIZE // 2:
                contact.pop(generator.choice(["EmailAddress", "Phones"]))
                truth[contact["Name"]] = own[number]
            contacts.append(contact)
        self._type_into_xero(*contacts)
        self._load()
        linked = self.env["xero.binding"].search(
            [("connection_id", "=", self.connection.id), ("resource", "=", "Contacts"), ("res_id", "in", own.ids)]
        )
        held = {contact["ContactID"]: contact["Name"] for contact in self._in_xero("Contacts")}
        wrong = [held[one.external_id] for one in linked if truth.get(held[one.external_id]).id != one.res_id]
        self.assertFalse(wrong)
        self.assertGreater(len(linked), SIZE * 0.4)

    def test_queries_of_a_page(self):
        """S3-08: a page of contacts costs the same number of queries, however many there are."""
        self.connection.import_contacts = "all"
        counts = []
        for size, first in ((20, 0), (80, 100)):
            payloads = self._type_into_xero(
                *(
                    {"Name": self._invented(first + n)["name"], "EmailAddress": self._invented(first + n)["email"]}
                    for n in range(size)
                )
            )
            importer = self.env["xero.importer"].sudo().with_context(xero_no_export=True)
            mapper, connection = importer.env["xero.mapper.contact"], self.connection.with_env(importer.env)
            before = self.env.cr.sql_log_count
            importer._import_page(connection, mapper, payloads)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], counts[0] + 20, counts)

    @staticmethod
    def _invented(number):
        return {
            "name": f"Customer {number:04} Limited",
            "email": f"office@customer{number:04}.example.nz",
            "phone": f"+64 9 {5_000_000 + number * 7}",
        }

    @staticmethod
    def _slot(phone):
        return {"PhoneType": "DEFAULT", "PhoneCountryCode": "64", "PhoneAreaCode": "9", "PhoneNumber": phone[6:]}

    def _nearly(self, generator, values, number):
        """Somebody else who shares one thing with a partner."""
        like = generator.choice(["name", "email", "phone"])
        if like == "name":
            return {"Name": f"{values['name']} ({number})"}
        if like == "email":
            return {"EmailAddress": values["email"]}
        return {"Phones": [self._slot(values["phone"])]}
