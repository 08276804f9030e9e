"""What goes wrong in real books: each is cured or ends as an issue in words, and nothing else is blocked."""

from unittest.mock import patch

from odoo import fields

from ..engine.deadline import Deadline
from .common import XeroCase


class TestBadInput(XeroCase):
    def _assert_held(self, record, code, *words):
        """The record waits for one issue that says what happened and what to do; the rest of the queue went."""
        issue = self._issues()
        self.assertEqual(issue.mapped("code"), [code])
        self.assertEqual(self._queue(record).issue_id, issue)
        self.assertEqual(self._queue().filtered(lambda row: not row.issue_id), self._queue().browse())
        for word in words:
            self.assertIn(word, issue.text)
        self.assertTrue(issue.advice)
        self.assertNotIn("?", issue.text + issue.advice)
        self.assertEqual(record.xero_problem, issue.text)
        self.assertEqual(record.xero_advice, issue.advice)
        return issue

    def test_name_with_tags_and_300_characters(self):
        """A name that Xero would refuse is cleaned, and the invoice goes."""
        partner = self.env["res.partner"].create({"name": "<b>Kauri</b>  &  Sons " + "x" * 300})
        invoice = self._invoice(partner=partner)
        self._export()
        self.assertSynced(invoice)
        [contact] = self._in_xero("Contacts", ContactNumber=f"ODOO-{partner.id}")
        self.assertTrue(contact["Name"].startswith("Kauri & Sons xxx"))
        self.assertEqual(len(contact["Name"]), 255)

    def test_two_partners_with_one_name(self):
        """Names are unique in Xero; the second of two namesakes that we hold is told apart by itself."""
        first, second = self.env["res.partner"].create([{"name": "Kauri Ltd"}, {"name": "KAURI Ltd", "ref": "K2"}])
        invoices = self._invoice(partner=first) | self._invoice(partner=second)
        self._export()
        for invoice in invoices:
            self.assertSynced(invoice)
        self.assertEqual(len(self._in_xero("Contacts", Name="KAURI Ltd (K2)")), 1)

    def test_incomplete_email(self):
        """S4-61, S4-62: an e-mail without domain holds its customer's documents only, and goes once it is mended."""
        broken = self.env["res.partner"].create({"name": "Totara Ltd", "email": "office@totara"})
        held = self._invoice(partner=broken)
        other = self._invoice()
        self._export()
        self._assert_held(held, "email_invalid", "office@totara", "Totara Ltd")
        self.assertSynced(other)
        broken.email = "office@totara.example.nz"
        self._export()
        self.assertSynced(held)
        self.assertFalse(self._issues())

    def test_locked_period(self):
        """S4-61, S4-62: a document in a period that Xero has locked is held before any call, with both dates."""
        self.xero.act("set-lock-dates", tenant_id=self.connection.tenant_id, period="2026-01-31")
        self.connection._with_client(self.connection._read_reference_data)
        locked = self._invoice(invoice_date="2026-01-15")
        other = self._invoice()
        self.xero.clear_journal()
        self._export()
        issue = self._assert_held(locked, "period_locked", "2026-01-31", "2026-01-15")
        self.assertSynced(other)
        self.assertFalse([call for call in self._writes() if locked.name in str(call["request_body"])])
        self.xero.act("set-lock-dates", tenant_id=self.connection.tenant_id, period="2025-12-31")
        issue.action_retry()
        self._export()
        self.assertSynced(locked)

    def test_period_locked_behind_our_back(self):
        """S4-61, S4-62: a lock date that was set since the last reading is understood from Xero's refusal.

        The refusal has the dates read again, so that the next run holds the document by itself.
        """
        self.xero.act("set-lock-dates", tenant_id=self.connection.tenant_id, period="2026-01-31")
        locked = self._invoice(invoice_date="2026-01-15")
        other = self._invoice()
        self._export()
        self._export()
        self._assert_held(locked, "period_locked")
        self.assertSynced(other)

    def test_tax_that_does_not_fit_the_account(self):
        """S2-53, S4-62: a rate that does not fit the account is found before the call; mapping it right wakes it."""
        mapping = self._tax_mapping()
        right = mapping.xero_tax_rate_id
        wrong = self.env["xero.tax.rate"].search(
            [("connection_id", "=", self.connection.id), ("tax_type", "=", "INPUT2")]
        )
        mapping.xero_tax_rate_id = wrong
        invoice = self._invoice()
        credit = self._invoice("in_refund", lines=[(None, 1, 5.0)])
        self._export()
        self._assert_held(invoice, "tax_not_applicable")
        self.assertSynced(credit)
        mapping.xero_tax_rate_id = right
        self._export()
        self.assertSynced(invoice)

    def test_unmapped_account_and_tax(self):
        """One issue for the account, however many documents wait; mapping it wakes them all."""
        mapping = self.env["xero.account.mapping"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("account_id", "=", self.company_data["default_account_revenue"].id),
            ]
        )
        target, mapping.xero_account_id = mapping.xero_account_id, False
        invoices = self._invoice() | self._invoice() | self._invoice()
        self._export()
        issue = self._issues()
        self.assertEqual((issue.code, len(issue.outbox_ids)), ("account_unmapped", 3))
        self.assertFalse(self._in_xero("Invoices", InvoiceNumber=invoices[0].name))
        mapping.xero_account_id = target
        self._export()
        for invoice in invoices:
            self.assertSynced(invoice)
        self.assertFalse(self._issues())

    def _tax_mapping(self):
        return self.env["xero.tax.mapping"].search(
            [("connection_id", "=", self.connection.id), ("tax_ids", "in", self.tax_sale.ids)]
        )

    def test_minute_limit(self):
        """A 429 is no failure: the queue waits as long as Xero asks, and goes on by itself."""
        self.xero.add_fault(
            "status",
            method="PUT",
            path="Invoices$",
            status=429,
            times=1,
            headers={"Retry-After": "30", "X-Rate-Limit-Problem": "minute"},
        )
        invoice = self._invoice()
        impatient = patch.object(Deadline, "may_rest", lambda deadline, seconds: False)
        with impatient:
            self._export()
        self.assertFalse(self._issues())
        self.assertEqual(self._queue(invoice).state, "waiting")
        budget = self.env["xero.budget"]._of(self.connection)
        self.assertEqual(budget.limit, "minute")
        self.assertGreater(budget.retry_at, fields.Datetime.now())
        calls = len(self._writes())
        with impatient:
            self._export()
        self.assertEqual(len(self._writes()), calls, "nothing is sent before the time")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.connection.export_cron_id.id)])
        self.assertIn(budget.retry_at, triggers.mapped("call_at"))
        budget.sudo().retry_at = False
        self._export()
        self.assertSynced(invoice)
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=invoice.name)), 1)

    def test_lost_authorisation(self):
        """S4-96, S2-52: when Xero no longer accepts the connection the queue waits, one error names the connection and
        no record, and all goes on after re-authorising."""
        invoice = self._invoice()
        self.xero.act("disconnect", tenant_id=self.connection.tenant_id)
        self._export()
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.state, "reconnect")
        self.assertEqual(self._issues().mapped("model"), ["xero.connection"])
        later = self._invoice()
        self._mark()
        self.assertEqual(len(self._queue(invoice | later)), 2)
        self._authorise(self.connection)
        self._export()
        self.assertSynced(invoice)
        self.assertSynced(later)
        self.assertFalse(self._issues())

    def test_contact_that_exists_is_linked(self):
        """A contact with the same name and e-mail is linked, neither doubled nor overwritten."""
        self._put(
            "Contacts", {"Name": "Ridgeway University", "EmailAddress": "pay@ridgeway.example.nz", "FirstName": "Ana"}
        )
        invoice = self._invoice()
        self._export()
        self.assertSynced(invoice)
        [contact] = self._in_xero("Contacts", Name="Ridgeway University")
        self.assertEqual(contact["FirstName"], "Ana")
        history = self.env["xero.history"].search([("model", "=", "res.partner"), ("res_id", "=", self.customer.id)])
        self.assertEqual(history.mapped("action"), ["linked"])

    def test_namesake_is_asked_for(self):
        """S2-59: a contact with the same name only is not taken for the same; Link is offered and works."""
        self._put("Contacts", {"Name": "Ridgeway University", "EmailAddress": "someone@else.example"})
        invoice = self._invoice()
        self._export()
        issue = self._issues()
        self.assertEqual((issue.code, issue.res_id), ("contact_name_taken", self.customer.id))
        self.assertIn("Ridgeway University", issue.text)
        self.assertEqual(self._queue(invoice).issue_id, issue)
        issue.action_link()
        self._export()
        self.assertSynced(invoice)
        self.assertEqual(len(self._in_xero("Contacts", Name="Ridgeway University")), 1)

    def test_item_that_exists_is_linked(self):
        """An item with the same code is linked and keeps what was typed into Xero."""
        self._put("Items", {"Code": "LAMP", "Name": "Lamp of old"})
        invoice = self._invoice(lines=[(self.product, 1, 80.0)])
        self._export()
        self.assertSynced(invoice)
        [item] = self._in_xero("Items", Code="LAMP")
        self.assertEqual(item["Name"], "Lamp of old")

    def test_unknown_refusal_is_shown_raw(self):
        """S4-61, S4-62: what nobody has seen before is shown in Xero's own words, and Retry sends it again."""
        self.xero.add_fault(
            "status",
            method="PUT",
            path="Invoices$",
            status=400,
            times=1,
            body={
                "ErrorNumber": 10,
                "Type": "ValidationException",
                "Message": "A validation exception occurred",
                "Elements": [{"ValidationErrors": [{"Message": "The moon is in the wrong phase"}]}],
            },
        )
        invoice = self._invoice()
        self._export()
        issue = self._assert_held(invoice, "refused", "The moon is in the wrong phase")
        self.assertIn("moon", issue.raw)
        issue.action_retry()
        self._export()
        self.assertSynced(invoice)
        self.assertFalse(self._issues())

    def test_batch_refused_as_a_whole_is_halved(self):
        """Where one element spoils the whole call, the others still go and the culprit stands alone."""
        invoices = self.env["account.move"].union(*(self._invoice() for _n in range(4)))
        partner = self.env["res.partner"].create({"name": "Rimu Ltd"})
        culprit = self._invoice(partner=partner)
        self._export()
        self.xero.clear_journal()
        # Xero answers a whole call with 404 when one contact in it is unknown (xero-api.md 3.9).
        self._binding(partner).sudo().external_id = "00000000-1111-2222-3333-444444444444"
        for invoice in invoices | culprit:
            invoice.ref = "changed"
        self._export()
        self.assertEqual((self._issues().code, self._issues().res_id), ("gone", culprit.id))
        for invoice in invoices:
            self.assertEqual(self._in_xero("Invoices", InvoiceNumber=invoice.name)[0]["Reference"], "changed")

    def test_skip(self):
        """Skip gives the change up, and the history says who did and why."""
        broken = self.env["res.partner"].create({"name": "Totara Ltd", "email": "office@totara"})
        held = self._invoice(partner=broken)
        self._export()
        self._issues().action_skip()
        self.assertFalse(self._queue(held))
        history = self.env["xero.history"].search([("model", "=", "account.move"), ("res_id", "=", held.id)])
        self.assertEqual(history.action, "skipped")
        self.assertIn("Totara", history.note)

    def test_secrets_stay_out_of_the_request_log(self):
        """S2-33: what is kept of a call holds neither token nor secret, and of answers no tax number."""
        self.customer.vat = "49091850"
        self._invoice()
        self._export()
        self.assertEqual(self._in_xero("Contacts", Name="Ridgeway University")[0]["TaxNumber"], "49091850")
        token = self.env["xero.token"]._of(self.connection)._open("access_token", "refresh_token")
        for request in self.env["xero.request"].sudo().search([]):
            kept = " ".join(str(request[name]) for name in ("body", "response", "error", "key", "elements"))
            for secret in (*token.values(), self.simulator.client_secret):
                self.assertNotIn(secret, kept)
            self.assertNotIn("49091850", request.response or "")

    def test_amounts_that_do_not_come_out_are_held(self):
        """S3-20: a document whose totals Xero would not compute leaves only in a form that does."""
        prices = [(None, 3, 33.335), (None, 7, 1.15, 12.5), (None, 2.5, 19.99, 5), (None, 11, 0.07), (None, -1, 4.99)]
        documents = (
            self._invoice(lines=prices)
            | self._invoice("in_invoice", ref="B-9", lines=prices)
            | self._invoice("out_refund", lines=prices)
        )
        self._export()
        for document in documents:
            self.assertSynced(document)
        held = [*self._in_xero("Invoices"), *self._in_xero("CreditNotes")]
        totals = {record.get("InvoiceNumber") or record.get("CreditNoteNumber"): record for record in held}
        for document in documents:
            record = totals[document.ref or document.name]
            self.assertEqual(
                (float(record["SubTotal"]), float(record["TotalTax"]), float(record["Total"])),
                (document.amount_untaxed, document.amount_tax, document.amount_total),
            )

    def _put(self, resource, element):
        """Somebody typed this into Xero."""
        return self.connection._get_client().put(resource, {resource: [element]}, f"typed-{resource}").elements[0].data
