from odoo.exceptions import UserError

from .test_contacts_in import ContactsInCase


class ContactChangesCase(ContactsInCase):
    def setUp(self):
        super().setUp()
        self.customer.action_xero_export()
        self._export()
        self._import()
        self.contact_id = self._binding(self.customer).external_id
        self.xero.clear_journal()

    def _owner(self, **owners):
        for field, owner in owners.items():
            self.connection.field_owner_ids.filtered(
                lambda row, name=field: (row.resource, row.field) == ("Contacts", name)
            ).owner = owner

    def _held(self, contact_id=None):
        [contact] = self._in_xero("Contacts", ContactID=contact_id or self.contact_id)
        return contact


class TestChanges(ContactChangesCase):
    def test_own_changes_are_no_changes(self):
        """S3-10: what Odoo sent is not read back as a change made in Xero."""
        self.customer.phone = "+64 9 555 0101"
        self._export()
        self._import()
        self.assertFalse(self._queue() | self._queue(self.customer))
        history = self.env["xero.history"].search([("direction", "=", "in"), ("resource", "=", "Contacts")])
        self.assertFalse(history)

    def test_odoo_owns_by_default(self):
        """S4-03, S3-10: a name changed in Xero stays there, Odoo keeps its own, and nothing is sent by itself."""
        self._change_in_xero(self.contact_id, Name="Ridgeway Uni")
        self._import()
        self.assertEqual(self.customer.name, "Ridgeway University")
        self._export()
        self.assertFalse(self._writes())
        self.assertEqual(self._held()["Name"], "Ridgeway Uni")

    def test_odoos_values_go_back(self):
        """S4-03: where the connection says so, Odoo's value goes into Xero again."""
        self.connection.contact_changes = "send"
        self._change_in_xero(self.contact_id, Name="Ridgeway Uni")
        self._import()
        self._export()
        self.assertEqual(self._held()["Name"], "Ridgeway University")
        self.xero.clear_journal()
        self._import()
        self._export()
        self.assertFalse(self._writes())

    def test_what_xero_owns_is_taken(self):
        """S5-02, S3-10: a field that Xero owns comes to Odoo, never goes back, not even with later changes."""
        self._owner(name="xero", tax_number="xero")
        self._change_in_xero(self.contact_id, Name="Ridgeway Uni", TaxNumber="49-091-850")
        self._import()
        self.assertEqual((self.customer.name, self.customer.vat), ("Ridgeway Uni", "49-091-850"))
        self.assertEqual(self.customer.email, "pay@ridgeway.example.nz")
        self.env["xero.outbox"]._mark(self.customer)
        self._export()
        self.assertFalse(self._writes())
        self.customer.write({"name": "Ridgeway University", "phone": "+64 9 555 0101"})
        self._export()
        self.assertEqual(self._held()["Name"], "Ridgeway Uni")
        self.assertIn("555 0101", str(self._held()["Phones"]))

    def test_a_change_behind_an_update(self):
        """S3-10: what Xero owns and changed just before an update of Odoo's is not overlooked."""
        self._owner(tax_number="xero")
        self._change_in_xero(self.contact_id, TaxNumber="49-091-850")
        self.customer.phone = "+64 9 555 0101"
        self._export()
        self._import()
        self.assertEqual(self.customer.vat, "49-091-850")

    def test_a_change_here_is_not_lost(self):
        """S4-03: a change of Odoo's that waits still goes after a change of Xero's was taken."""
        self._owner(tax_number="xero")
        self._change_in_xero(self.contact_id, TaxNumber="49-091-850")
        self.customer.phone = "+64 9 555 0101"
        self._mark()
        self._import()
        self.assertEqual(self.customer.vat, "49-091-850")
        self._export()
        self.assertIn("555 0101", str(self._held()["Phones"]))

    def test_what_odoo_lacks_is_filled(self):
        """S5-02, S3-10: a telephone number that only Xero knows comes to Odoo, which had none."""
        phone = {"PhoneType": "DEFAULT", "PhoneCountryCode": "64", "PhoneAreaCode": "9", "PhoneNumber": "5550101"}
        self._change_in_xero(self.contact_id, Phones=[phone])
        self._import()
        self.assertEqual(self.customer.phone, "+64 9 5550101")
        self.env["xero.outbox"]._mark(self.customer)
        self._export()
        self.assertFalse(self._writes())

    def test_an_edited_email_is_a_new_person(self):
        """S5-39, S5-40: an e-mail address edited in Xero adds a person; the old address and person stay."""
        self._change_in_xero(
            self.contact_id, EmailAddress="gail@ridgeway.example.nz", FirstName="Gail", LastName="Ford"
        )
        self._import()
        self.assertEqual(self.customer.email, "pay@ridgeway.example.nz")
        self.assertEqual(
            self.customer.child_ids.mapped(lambda one: (one.name, one.email)),
            [("Gail Ford", "gail@ridgeway.example.nz")],
        )
        self._import()
        self.assertEqual(len(self.customer.child_ids), 1)
        self._export()
        self.assertFalse(self._writes())

    def test_excluded_from_import(self):
        """S3-10: a contact set not to be imported takes nothing from Xero."""
        self._owner(name="xero")
        self.customer.with_company(self.company).xero_do_not_import = True
        self._change_in_xero(self.contact_id, Name="Ridgeway Uni")
        self._import()
        self.assertEqual(self.customer.name, "Ridgeway University")


class TestUnusable(ContactChangesCase):
    def test_archived(self):
        """S3-10: an archived contact is explained once, holds its documents, and restored it lets them go."""
        self._change_in_xero(self.contact_id, ContactStatus="ARCHIVED")
        self._import()
        issue = self._issues()
        self.assertEqual(issue.code, "contact_archived_in_xero")
        self.assertIn("Ridgeway University", issue.text)
        invoice = self._invoice()
        self._export()
        self.assertFalse(self._writes())
        self.assertEqual(self._issues(), issue)
        self._act("unarchive-contact", contact=self.contact_id)
        issue.action_retry()
        self._import()
        self._export()
        self.assertSynced(invoice)
        self.assertFalse(self._issues())

    def test_a_new_contact_instead(self):
        """S3-10: Make a New Contact in Xero lets the documents go to a new one, and later changes as well."""
        self._change_in_xero(self.contact_id, ContactStatus="ARCHIVED")
        self._import()
        invoice = self._invoice()
        self._export()
        self._issues().action_renew_contact()
        self._export()
        self.assertSynced(invoice)
        renewed = self._binding(self.customer).external_id
        self.assertNotEqual(renewed, self.contact_id)
        self.customer.phone = "+64 9 555 0101"
        self._export()
        self.assertIn("555 0101", str(self._held(renewed)["Phones"]))
        self.assertFalse(self._issues())

    def test_erased(self):
        """S3-10: a contact whose data Xero erases on request is explained and gets no document."""
        self._change_in_xero(self.contact_id, ContactStatus="GDPRREQUEST")
        self._import()
        self.assertEqual(self._issues().code, "contact_erased_in_xero")
        self._invoice()
        self._export()
        self.assertFalse(self._writes())


class TestMerges(ContactChangesCase):
    def _merge(self, loser, winner):
        self._act("merge-contacts", **{"from": loser, "into": winner})

    def test_the_link_moves(self):
        """S2-47: the contact that survives a merge in Xero takes the partner over with its documents."""
        self.connection.import_contacts = "all"
        self._import()
        invoice = self._invoice()
        self._export()
        self._pay(invoice)
        self._export()
        self.xero.clear_journal()
        [winner] = self._type_into_xero({"Name": "University of Ridgeway", "ContactNumber": "U-1"})
        self._merge(self.contact_id, winner["ContactID"])
        before = self.env["res.partner"].search_count([])
        self._import()
        self.assertEqual(self._binding(self.customer).external_id, winner["ContactID"])
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.env["xero.outbox"]._mark(invoice)
        self._export()
        self.assertFalse(self._writes())
        second = self._invoice()
        self._export()
        self.assertSynced(second)
        [held] = self._in_xero("Invoices", InvoiceNumber=second.name)
        self.assertEqual(held["Contact"]["ContactID"], winner["ContactID"])
        self._import()
        self.assertFalse(self._issues())

    def test_refused_before_it_was_known(self):
        """S2-47: an invoice that Xero refused because its contact had been merged goes after the merge was read."""
        [winner] = self._type_into_xero("University of Ridgeway")
        self._merge(self.contact_id, winner["ContactID"])
        invoice = self._invoice()
        self._export()
        self.assertFalse(self._binding(invoice).external_id)
        self._import()
        self._export()
        self.assertSynced(invoice)
        self.assertFalse(self._issues())

    def test_a_chain_of_merges(self):
        """S2-47: merges of merges lead to the contact that is left."""
        second, third = self._type_into_xero("University of Ridgeway", "Ridgeway Group")
        self._merge(self.contact_id, second["ContactID"])
        self._merge(second["ContactID"], third["ContactID"])
        self._import()
        self.assertEqual(self._binding(self.customer).external_id, third["ContactID"])

    def test_both_are_linked(self):
        """S2-47: both partners' documents go to the surviving contact; then the partners can be merged here as well."""
        self.supplier.action_xero_export()
        self._export()
        survivor = self._binding(self.supplier).external_id
        bill = self._invoice("in_invoice", partner=self.customer, ref="B-7")
        self._export()
        self._merge(self.contact_id, survivor)
        self._import()
        self.env["xero.outbox"]._mark(bill)
        self.customer.phone = "+64 9 555 0101"
        self.xero.clear_journal()
        self._export()
        self.assertFalse(self._writes())
        invoice = self._invoice()
        self._export()
        self.assertSynced(invoice)
        [held] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual(held["Contact"]["ContactID"], survivor)
        self.assertFalse(self._issues(), self._issues().mapped("text"))
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | self.supplier).ids, self.supplier)
        self.assertEqual(self._binding(self.supplier).external_id, survivor)

    def test_both_are_linked_and_not_merged(self):
        """S2-47: two contacts that Xero still keeps apart cannot be merged here."""
        self.supplier.action_xero_export()
        self._export()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        with self.assertRaisesRegex(UserError, "Merge them in Xero first"):
            wizard._merge((self.customer | self.supplier).ids, self.supplier)

    def test_many_merges(self):
        """S2-47: twenty contacts with invoices merged at once leave no failing document."""
        partners = self.env["res.partner"].create([{"name": f"Branch {number}"} for number in range(20)])
        for partner in partners:
            self._invoice(partner=partner)
        self._export()
        winners = self._type_into_xero(*(f"Head office {number}" for number in range(20)))
        for partner, winner in zip(partners, winners, strict=True):
            self._merge(self._binding(partner).external_id, winner["ContactID"])
        self._import()
        invoices = [self._invoice(partner=partner) for partner in partners]
        self._export()
        for partner, winner, invoice in zip(partners, winners, invoices, strict=True):
            self.assertEqual(self._binding(partner).external_id, winner["ContactID"])
            self.assertSynced(invoice)
        self.assertFalse(self._issues())
        self.assertFalse(self._queue())
