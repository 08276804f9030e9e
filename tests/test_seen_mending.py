"""The ways out of an error: what each button does, and that it wakes everything the cause held."""

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user

from .. import messages
from .common import XeroCase


class MendingCase(XeroCase):
    def setUp(self):
        super().setUp()
        self.chief = self._user("chief", "account_xero.group_xero_administrator,account.group_account_manager")
        self.clerk = self._user("clerk", "account.group_account_invoice")

    def _user(self, login, groups):
        return new_test_user(
            self.env, login, groups=groups, company_id=self.company.id, company_ids=[Command.set(self.company.ids)]
        )

    def _new_account(self, code="4711", account_type="income"):
        return self.env["account.account"].create(
            {"code": code, "name": "Workshops", "account_type": account_type, "company_ids": self.company.ids}
        )

    def _invoice_on(self, account, post=True):
        invoice = self._invoice(post=False)
        invoice.invoice_line_ids.account_id = account
        if post:
            invoice.action_post()
        return invoice

    def _documents(self):
        return {document["InvoiceNumber"] for document in self._in_xero("Invoices")}


class TestMending(MendingCase):
    def test_map_on_the_issue(self):
        """S2-53, S2-14: the account chosen on the error itself is mapped, and all that waited goes to Xero."""
        account = self._new_account()
        invoices = self._invoice_on(account) + self._invoice_on(account)
        self._export()
        issue = self._issues()
        self.assertEqual((issue.code, issue.waiting_count), ("account_unmapped", 2))
        self.assertFalse(self._documents() & set(invoices.mapped("name")))
        target = self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), ("code", "=", "260")], limit=1
        )
        with Form(issue.with_user(self.chief)) as form:
            form.xero_account_id = target
        self.assertEqual(issue.state, "resolved")
        mapping = self.env["xero.account.mapping"].search([("account_id", "=", account.id)])
        self.assertEqual((mapping.xero_account_id, mapping.origin), (target, "manual"))
        self._export()
        self.assertLessEqual(set(invoices.mapped("name")), self._documents())
        [document] = self._in_xero("Invoices", InvoiceNumber=invoices[0].name)
        self.assertEqual(document["LineItems"][0]["AccountCode"], "260")

    def test_suggestion(self):
        """S2-53: what fits best is offered, also where no proposal would be made by itself, and one click maps it."""
        account = self._new_account(account_type="asset_current")
        self._invoice_on(account)
        self._export()
        issue = self._issues().with_user(self.chief)
        self.assertTrue(issue.suggestion)
        issue.action_use_suggestion()
        mapping = self.env["xero.account.mapping"].search([("account_id", "=", account.id)])
        self.assertEqual(mapping.xero_account_id.display_name, issue.suggestion or mapping.xero_account_id.display_name)
        self.assertEqual(issue.state, "resolved")

    def test_pick_the_tax(self):
        """S2-53: the rate chosen on the error is mapped for that very set of taxes; another percentage is refused."""
        self.env["xero.tax.mapping"].search([("connection_id", "=", self.connection.id)]).unlink()
        invoice = self._invoice()
        self._export()
        issue = self._issues().with_user(self.chief)
        self.assertEqual(issue.code, "tax_unmapped")
        rates = self.env["xero.tax.rate"].search([("connection_id", "=", self.connection.id)])
        with self.assertRaises(ValidationError), Form(issue) as form:
            form.xero_tax_rate_id = rates.filtered(lambda rate: rate.tax_type == "NONE")
        self.assertIn("15% GST on Income", issue.suggestion)
        with Form(issue) as form:
            form.xero_tax_rate_id = rates.filtered(lambda rate: rate.tax_type == "OUTPUT2")
        self.assertEqual(self.env["xero.tax.mapping"].search([("mapped", "=", True)]).tax_ids, self.tax_sale)
        self._export()
        self.assertSynced(invoice)

    def test_only_administrators_mend_and_only_the_mapping(self):
        """S2-53: a Xero user cannot map, and nobody rewrites an error."""
        self._invoice_on(self._new_account())
        self._export()
        issue = self._issues()
        with self.assertRaises(AccessError):
            issue.with_user(self.clerk).xero_account_id = self.env["xero.account"].search([], limit=1)
        with self.assertRaises(AccessError):
            issue.with_user(self.clerk).action_use_suggestion()
        with self.assertRaises(AccessError):
            issue.with_user(self.chief).state = "resolved"

    def test_allowing_the_contact_wakes_its_documents(self):
        """S2-14: unticking Do Not Export on the contact sends the contact and what waited for it."""
        self.customer.with_company(self.company).xero_do_not_export = True
        invoice = self._invoice()
        self._export()
        self.assertEqual(self._issues().code, "contact_excluded")
        self.customer.with_company(self.company).xero_do_not_export = False
        self._export()
        self.assertSynced(invoice)

    def test_default_bank_account_wakes_payments(self):
        """S2-14: choosing the default bank account sends the payments of journals that are not mapped."""
        self.env["xero.journal.mapping"].search([("connection_id", "=", self.connection.id)]).unlink()
        banks = self.connection.default_bank_account_id
        self.connection.default_bank_account_id = False
        invoice = self._invoice()
        self._pay(invoice)
        self._export()
        self.assertEqual(self._issues().code, "journal_unmapped")
        self.connection.default_bank_account_id = banks
        self._export()
        self.assertEqual(len(self._in_xero("Payments")), 1)

    def test_first_open_day(self):
        """S4-62: one button dates a document on the first day that Xero has open, and it goes."""
        today = fields.Date.today()
        invoice = self._invoice()
        self.xero.act("set-lock-dates", tenant_id=self.connection.tenant_id, period=str(today))
        self.connection._read_lock_dates()
        self._export()
        issue = self._issues()
        self.assertEqual(issue.code, "period_locked")
        self.assertIn("first_open_day", issue.buttons)
        issue.with_user(self.chief).action_first_open_day()
        self.assertEqual(invoice.invoice_date, fields.Date.add(today, days=1))
        self._export()
        self.assertSynced(invoice)
        [document] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertTrue(document["DateString"].startswith(str(invoice.invoice_date)))

    def test_moved_lock_date_wakes(self):
        """S2-14: when the lock date is moved in Xero, reading it sends what it held."""
        today = fields.Date.today()
        invoice = self._invoice()
        self.xero.act("set-lock-dates", tenant_id=self.connection.tenant_id, period=str(today))
        self.connection._read_lock_dates()
        self._export()
        self.assertEqual(self._issues().code, "period_locked")
        self.xero.act("set-lock-dates", tenant_id=self.connection.tenant_id, period="2020-01-01")
        self.connection.action_read_reference_data()
        self._export()
        self.assertSynced(invoice)

    def test_skip_with_a_reason(self):
        """S2-14, S2-07: skipping asks for a reason; the queue forgets the change, the history keeps who and why."""
        invoice = self._invoice_on(self._new_account())
        self._export()
        issue = self._issues().with_user(self.clerk)
        action = issue.action_ask_skip()
        wizard = self.env[action["res_model"]].with_user(self.clerk).with_context(**action["context"])
        with self.assertRaises(AssertionError):
            Form(wizard).save()
        with Form(wizard) as form:
            form.reason = "Booked in Xero by hand"
        form.record.action_confirm()
        self.assertFalse(self._queue(invoice))
        line = self.env["xero.history"].search([("res_id", "=", invoice.id), ("action", "=", "skipped")])
        self.assertIn("Booked in Xero by hand", line.note)
        self.assertIn(self.clerk.name, line.note)
        self._export()
        self.assertNotIn(invoice.name, self._documents())

    def test_retry_all(self):
        """S2-14: Retry All tries everything again in the user's companies, and what is not mended comes back."""
        partners = self.customer + self.supplier
        partners.write({"email": "nobody@nowhere"})
        self._invoice()
        self._invoice("in_invoice")
        self._export()
        self.assertEqual(self._issues().mapped("code"), ["email_invalid"] * 2)
        before = self._issues()
        self.env["xero.issue"].with_user(self.clerk).with_company(self.company).action_retry_all()
        self.assertFalse(self._issues())
        self._export()
        self.assertEqual(len(self._issues()), 2)
        self.assertFalse(self._issues() & before)


class TestOnTheRecord(MendingCase):
    def test_red_message_on_every_record(self):
        """S4-61, S4-62: contact, product, invoice, bill, credit note and payment say what failed and what to do."""
        invoice, bill = self._invoice(lines=((self.product, 1, 80.0),)), self._invoice("in_invoice")
        self._pay(invoice)
        refund = self._invoice("out_refund")
        self._mark()
        payment = self.env["account.payment"].search([("partner_id", "=", self.customer.id)], limit=1)
        partial = payment.move_id.line_ids.matched_debit_ids | payment.move_id.line_ids.matched_credit_ids
        records = (self.customer, self.product, invoice, bill, refund, partial)
        problem = {"code": "refused", "values": {"message": "The moon is in the wrong house."}}
        self.env["xero.issue"].sudo()._raise_many(
            self.connection, [{**problem, "model": record._name, "res_id": record.id} for record in records]
        )
        for record in (*records[:-1], payment, self.product.product_tmpl_id):
            record = record.with_user(self.clerk)
            self.assertIn("The moon is in the wrong house.", record.xero_problem, record._name)
            self.assertIn("Mend what Xero names", record.xero_advice, record._name)
            self.assertEqual(record.action_xero_view_errors()["res_model"], "xero.issue", record._name)

    def test_retry_in_lists(self):
        """S2-14: Retry in Xero tries the selected records again, and only those."""
        partners = self.customer + self.supplier
        partners.write({"email": "nobody@nowhere"})
        invoices = self._invoice() + self._invoice("in_invoice")
        self._export()
        action = self.env.ref("account_xero.action_retry_account_move").with_user(self.clerk)
        action.with_context(active_model="account.move", active_ids=invoices[0].ids).run()
        self.assertEqual(self._issues().res_id, self.supplier.id)
        self.assertFalse(self._queue(invoices[0]).issue_id)
        self.assertTrue(self._queue(invoices[1]).issue_id)

    def test_history_of_a_record(self):
        """S2-07: each record has its log: what was synced, in which direction, when and by whom."""
        invoice = self._invoice()
        self._export()
        invoice.ref = "PO 77"
        self._export()
        action = invoice.with_user(self.clerk).action_xero_history()
        log = self.env[action["res_model"]].with_user(self.clerk).search(action["domain"], order="id")
        self.assertEqual(log.mapped("action"), ["created", "updated"])
        self.assertEqual(set(log.mapped("res_id")), {invoice.id})
        self.assertEqual(set(log.mapped("direction")), {"out"})
        self.assertTrue(all(log.mapped("request_id")))
        [document] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual(document["Reference"], "PO 77")

    def test_duplicate_name_is_logged(self):
        """S2-59, S2-14, S2-15: Xero refuses a duplicate name; the error keeps its words and the call."""
        stranger = self._in_xero("Contacts")[0]["Name"]
        self.customer.write({"name": stranger, "email": "other@example.nz"})
        invoice = self._invoice()
        self._export()
        issue = self._issues()
        self.assertEqual(issue.code, "contact_name_taken")
        self.assertIn("is already assigned to another contact", issue.raw)
        self.assertEqual(issue.request_id.method, "PUT")
        self.assertIn(stranger, issue.text)
        self.assertEqual([contact["Name"] for contact in self._in_xero("Contacts")].count(stranger), 1)
        self.customer.name = "Ridgeway University Press"
        self._export()
        self.assertSynced(invoice)

    def test_words_of_the_right_that_is_missing(self):
        """S2-54: a missing right is named with the role that has it and the button that asks for it again."""
        text, advice = messages.render(self.env, "missing_right", {})
        self.assertIn("may not do this in Xero", text)
        self.assertIn("Standard or Adviser role", advice)
        self.assertEqual(messages.buttons("missing_right")[0], "reauthorise")

    def test_limit_is_explained(self):
        """S2-55: Xero's limit of calls pauses the queue until Xero takes calls again, with advice on the schedule."""
        _text, advice = messages.render(self.env, "day_limit", {})
        self.assertIn("sync less often", advice)
        self.assertIn("schedule", advice)
