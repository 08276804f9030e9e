from contextlib import suppress
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError

from ..engine import importer
from .test_contacts_in import ContactsInCase


class Killed(BaseException):
    """What no handler catches."""


class FirstLoadCase(ContactsInCase):
    """Both sides have something before they are brought together."""

    def setUp(self):
        super().setUp()
        self.connection.sync_from_date = fields.Date.today()
        self.partners = self.env["res.partner"].create(
            [
                {"name": f"Kauri Joinery {number:02}", "email": f"office{number}@kauri.example.nz", "customer_rank": 1}
                for number in range(15)
            ]
        )
        self.load = self.env["xero.first.load"].create({"connection_id": self.connection.id})

    def _line(self, kind):
        return self.load.line_ids.filtered(lambda line: line.kind == kind)

    def _choose(self, **directions):
        for line in self.load.line_ids:
            line.direction = directions.get(line.kind, "none")

    def _work(self, rounds=6):
        """What the workers do by themselves."""
        for _n in range(rounds):
            self._run_by_itself(self.connection.import_cron_id)
            self._run_by_itself(self.connection.export_cron_id)

    def _until(self, state):
        for _n in range(8):
            if self.load.state == state:
                return
            self._work(1)
        self.assertEqual(self.load.state, state)

    def _to_approval(self, **directions):
        self.load.action_count()
        self._choose(**directions)
        self.load.action_next()
        self._until("matches")
        self.load.action_price()
        self.load.action_sample()
        self._until("approval")

    def _linked(self, resource):
        return self.env["xero.binding"].search(
            [("connection_id", "=", self.connection.id), ("resource", "=", resource), ("external_id", "!=", False)]
        )


class TestFirstLoadSteps(FirstLoadCase):
    def test_both_ways_to_the_end(self):
        """S4-R1, S3-08, S2-19: counted, priced, ten first, approved, loaded both ways once, and compared at the end."""
        active = self._in_xero("Contacts", ContactStatus="ACTIVE")
        self.load.action_count()
        self.assertEqual(self._line("contacts").xero_count, len(active))
        self.assertEqual(self._line("contacts").odoo_count - self._line("contacts").linked_count, 15)
        self.assertEqual(self._line("contacts").direction, "both")
        self._to_approval(contacts="both")
        arrived = self.load.sample_ids.filtered("has_arrived")
        self.assertEqual(len(self.load.sample_ids), 10)
        self.assertEqual({row.direction for row in arrived}, {"in", "out"})
        self.assertEqual(len(self._in_xero("Contacts", ContactStatus="ACTIVE")), len(active) + 5)
        self._work(2)
        self.assertEqual(self.load.state, "approval")
        self.assertEqual(len(self._in_xero("Contacts", ContactStatus="ACTIVE")), len(active) + 5, "nothing unapproved")
        self.load.action_approve()
        self._until("done")
        self.assertEqual(len(self._in_xero("Contacts", ContactStatus="ACTIVE")), len(active) + 15)
        for partner in self.partners:
            self.assertSynced(partner)
        asked = self._issues().filtered(lambda issue: issue.code == "contact_ambiguous")
        linked = self._linked("Contacts")
        self.assertEqual(
            set(linked.mapped("external_id")) | set(asked.mapped("external_id")),
            {contact["ContactID"] for contact in self._in_xero("Contacts", ContactStatus="ACTIVE")},
        )
        self.assertTrue(self.load.figure_ids)
        self.assertEqual(self.load.progress, 100.0)
        self.assertFalse(self._queue())

    def test_calls_are_the_fewest(self):
        """S3-08: what is read for duplicates is booked without another call; 50 a write, the ten apart."""
        self.load.action_count()
        self._work(1)
        self.xero.clear_journal()
        self._choose(contacts="both")
        self.load.action_next()
        self._until("matches")
        self.load.action_price()
        self.load.action_sample()
        self._until("approval")
        self.load.action_approve()
        self._until("done")
        reads = self._calls("GET", "Contacts")
        self.assertEqual(len(reads), 2, "one for the duplicates, one to count at the end")
        self.assertEqual([call["method"] for call in self._writes()], ["PUT", "PUT"], "five, then the other ten")
        self.assertEqual(len(self._linked("Contacts")), len(self._in_xero("Contacts", ContactStatus="ACTIVE")))

    def test_pause(self):
        """S3-08: paused, nothing of the load goes on while everything else does; then it goes on where it was."""
        self._to_approval(contacts="both")
        before = len(self._linked("Contacts"))
        self.load.action_approve()
        self.load.action_pause()
        partner = self.env["res.partner"].create({"name": "Bayside Club"})
        partner.action_xero_export()
        self._work(2)
        self.assertSynced(partner)
        self.assertEqual(len(self._linked("Contacts")), before + 1)
        self.assertEqual(self.load.state, "running")
        self.load.action_resume()
        self._until("done")
        for one in self.partners:
            self.assertSynced(one)

    def test_pause_while_it_goes_out(self):
        """S3-08: what waits on the queue for a paused load stays there."""
        self._to_approval(contacts="out")
        self.load.action_approve()
        self.assertEqual(len(self._queue()), 5)
        self.load.action_pause()
        self.xero.clear_journal()
        self._work(2)
        self.assertFalse(self._writes())
        self.assertEqual(len(self._queue()), 5)
        self.load.action_resume()
        self._until("done")
        self.assertEqual(len(self._linked("Contacts")), 15)

    def test_give_up(self):
        """S3-08: given up, what has not gone leaves the queue, and another load may begin."""
        self._to_approval(contacts="out")
        self.load.action_approve()
        self.load.action_give_up()
        self._work(2)
        self.assertEqual(len(self._linked("Contacts")), 10)
        self.assertFalse(self._queue())
        self.connection.action_first_load()
        self.env["xero.first.load"].create({"connection_id": self.connection.id})

    def test_nothing_to_do(self):
        """S3-08: without a direction nothing begins."""
        self.load.action_count()
        self._choose()
        with self.assertRaises(UserError):
            self.load.action_next()

    def test_killed_between_two_pages(self):
        """S3-08: a worker that dies while a page is booked leaves the pages before it and that one for the next."""
        self._type_into_xero(*(f"Bayside Club {number}" for number in range(9)))
        with patch.object(importer, "PAGE_SIZE", 4):
            self.load.action_count()
            self._choose(contacts="in")
            self.load.action_next()
            self._until("matches")
        pages = len(self.load.sudo().line_ids.page_ids)
        self.assertGreater(pages, 2)
        self.load.action_price()
        self.load.action_sample()
        self._until("approval")
        self.load.action_approve()
        model = self.env.registry["xero.importer"]
        original, booked = model._book_kept_page, []

        def die(importer_, connection, mapper, page):
            original(importer_, connection, mapper, page)
            booked.append(page.id)
            if len(booked) == 2:
                importer_.env.cr.rollback()  # as the database does when the worker is gone
                raise Killed

        with patch.object(model, "_book_kept_page", die), suppress(Killed):  # assertRaises would undo the first page
            self._work(1)
        self.assertEqual(len(booked), 2)
        self.env.invalidate_all()
        self.assertEqual(len(self.load.sudo().line_ids.page_ids), pages - 1)
        self.assertEqual(self.load.state, "running")
        self._until("done")
        partners = self.env["res.partner"].search([("name", "like", "Bayside Club")])
        self.assertEqual(len(partners), 9)
        self.assertEqual(
            set(self._linked("Contacts").filtered("res_id").mapped("res_id")) & set(partners.ids), set(partners.ids)
        )


class TestDuplicates(FirstLoadCase):
    def _look(self, *contacts, **directions):
        found = self._type_into_xero(*contacts)
        self.load.action_count()
        self._choose(**(directions or {"contacts": "both"}))
        self.load.action_next()
        self._until("matches")
        return found

    def _match(self, contact):
        return self.load.match_ids.filtered(lambda row: row.external_id == contact["ContactID"])

    def _finish(self):
        self.load.action_price()
        self.load.action_sample()
        self._until("approval")
        self.load.action_approve()
        self._until("done")

    def test_certain_ones_are_linked(self):
        """S3-08, S5-36: the same name and e-mail address is found before anything is made, and linked."""
        [contact] = self._look({"Name": "Kauri Joinery 03", "EmailAddress": "office3@kauri.example.nz"})
        row = self._match(contact)
        self.assertEqual((row.decision, row.is_sure, row.res_id), ("link", True, self.partners[3].id))
        self.assertEqual(row.reason, "e-mail, name")
        self._finish()
        self.assertEqual(self._partner_of(contact), self.partners[3])
        self.assertEqual(len(self._in_xero("Contacts", Name="Kauri Joinery 03")), 1)

    def test_uncertain_one_is_decided(self):
        """S3-08: two partners share the telephone of a contact: a person says which; nothing is asked again."""
        self.partners[:2].phone = "09 555 0101"
        [contact] = self._look(
            {"Name": "Kauri Yard", "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "09 555 0101"}]}
        )
        row = self._match(contact)
        self.assertEqual((row.decision, sorted(row.candidate_ids)), ("ask", self.partners[:2].ids))
        with self.assertRaises(UserError):
            row.action_link()
        row.res_id = self.partners[1].id
        row.action_link()
        self._finish()
        self.assertEqual(self._partner_of(contact), self.partners[1])
        self.assertSynced(self.partners[0])
        self.assertFalse(self._issues().filtered(lambda issue: issue.external_id == contact["ContactID"]))

    def test_kept_apart(self):
        """S3-08: what looks alike and is not becomes a contact of its own on either side."""
        [contact] = self._look({"Name": "Kauri Joinery Ltd", "EmailAddress": "office3@kauri.example.nz"})
        self._match(contact).action_keep_apart()
        self._finish()
        self.assertEqual(self._partner_of(contact).name, "Kauri Joinery Ltd")
        self.assertNotEqual(self._partner_of(contact), self.partners[3])
        self.assertSynced(self.partners[3])

    def test_skipped(self):
        """S3-08: what is skipped is loaded in neither direction."""
        [contact] = self._look({"Name": "Kauri Joinery 03", "EmailAddress": "office3@kauri.example.nz"})
        self._match(contact).action_skip()
        self._finish()
        self.assertFalse(self._partner_of(contact))
        self.assertFalse(self._binding(self.partners[3]))
        self.assertSynced(self.partners[4])

    def test_doubles_in_odoo_are_merged(self):
        """S3-08: two contacts in Odoo with one tax number become one, and one contact in Xero."""
        self.partners[5:7].with_context(no_vat_validation=True).vat = "49-091-850"
        self._look("Bayside Club")
        row = self.load.match_ids.filtered(lambda one: one.candidate_ids == self.partners[5:7].ids)
        self.assertEqual((row.reason, row.decision), ("tax number", "ask"))
        self.load.action_merge_own()
        self._finish()
        self.assertEqual(len(self.partners[5:7].exists()), 1)
        self.assertEqual(len(self._in_xero("Contacts", TaxNumber="49-091-850")), 1)

    def test_undecided_is_asked(self):
        """S3-08: what nobody decided is no guess: it is asked about with the errors, and the load ends all the same."""
        self.partners[:2].phone = "09 555 0101"
        [contact] = self._look(
            {"Name": "Kauri Yard", "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "09 555 0101"}]}
        )
        self._finish()
        [issue] = self._issues().filtered(lambda one: one.external_id == contact["ContactID"])
        self.assertEqual(issue.code, "contact_ambiguous")


class TestDocuments(FirstLoadCase):
    def test_open_documents_go_however_old(self):
        """S3-08: an open invoice dated before the start date goes with its load, and one that is paid does not."""
        old = fields.Date.subtract(fields.Date.today(), days=200)
        open_, paid = (self._invoice(partner=self.partners[n], invoice_date=old) for n in range(2))
        self._pay(paid, date=old)
        self._work(1)
        self.assertFalse(self._binding(open_))
        self._to_approval(invoices="out")
        self.load.action_approve()
        self._until("done")
        self.assertSynced(open_)
        self.assertFalse(self._binding(paid))
        [held] = self._in_xero("Invoices", InvoiceNumber=open_.name)
        self.assertEqual(float(held["AmountDue"]), open_.amount_residual)

    def test_partly_paid_is_open_by_as_much(self):
        """S3-08: what was paid of an open invoice before is paid in Xero as well."""
        old = fields.Date.subtract(fields.Date.today(), days=200)
        invoice = self._invoice(partner=self.partners[0], invoice_date=old)
        self._pay(invoice, amount=30.0, date=old)
        self._to_approval(invoices="out")
        self.load.action_approve()
        self._until("done")
        [held] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual(float(held["AmountDue"]), invoice.amount_residual)
        self.assertEqual(float(held["AmountPaid"]), 30.0)

    def test_start_date(self):
        """S3-08: a load begins where it is told to."""
        old, older = (fields.Date.subtract(fields.Date.today(), days=days) for days in (100, 200))
        young, left = (self._invoice(partner=self.partners[0], invoice_date=day) for day in (old, older))
        self.load.action_count()
        self.assertEqual(self._line("invoices").odoo_count, 2)
        self._line("invoices").start_date = old
        self._to_approval(invoices="out")
        self.load.action_approve()
        self._until("done")
        self.assertSynced(young)
        self.assertFalse(self._binding(left))

    def test_open_documents_come(self):
        """S3-08: open invoices of Xero come however old they are, equal to the cent; those paid there do not."""
        old, contacts = "2021-03-01", self._in_xero("Contacts", ContactStatus="ACTIVE")
        line = {"Description": "Oak table", "Quantity": 1, "UnitAmount": "80.00", "AccountCode": "200"}
        bodies = [
            {
                "Type": "ACCREC",
                "Status": status,
                "InvoiceNumber": f"OLD-{number}",
                "Contact": {"ContactID": contacts[number % 3]["ContactID"]},
                "Date": old,
                "DueDate": old,
                "LineAmountTypes": "Exclusive",
                "LineItems": [{**line, "TaxType": "OUTPUT2"}],
            }
            for number, status in enumerate(["AUTHORISED"] * 12 + ["DRAFT"])
        ]
        answer = self.client.put("Invoices", {"Invoices": bodies}, key="old-ones")
        self.assertTrue(all(element.ok for element in answer.elements))
        paid = self._in_xero("Invoices", InvoiceNumber="OLD-0")[0]["InvoiceID"]
        self._act("bank-payment", invoice=paid, amount="20.00")
        settled = self._in_xero("Invoices", InvoiceNumber="OLD-1")[0]["InvoiceID"]
        self._act("bank-payment", invoice=settled, amount="92.00")
        wanted = self._in_xero("Invoices", Status="AUTHORISED", Type="ACCREC")
        self.assertEqual(len(wanted), 11)
        self._to_approval(contacts="in", invoices="in")
        self.load.action_approve()
        self._until("done")
        self._work(2)
        bindings = self._linked("Invoices")
        texts = self._issues().mapped("text")
        self.assertEqual(set(bindings.mapped("external_id")), {one["InvoiceID"] for one in wanted}, texts)
        due = {one["InvoiceID"]: float(one["AmountDue"]) for one in wanted}
        for binding in bindings:
            move = self.env["account.move"].browse(binding.res_id)
            self.assertAlmostEqual(move.amount_residual, due[binding.external_id], 2)
        self.assertFalse(self._queue())
