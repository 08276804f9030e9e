"""The ways out of an error: what each button does, and that it wakes everything the cause held."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user

from .. import messages
from ..models import xero_connection_traffic
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

    def test_a_right_that_is_missing_for_an_export(self):
        """S2-54: Xero's refusal for want of a right says what may not be done, and holds that alone."""
        body = {"Title": "Unauthorized", "Status": 401, "Detail": "AuthorizationUnsuccessful"}
        self.xero.add_fault("status", method="PUT", path="Invoices$", status=401, body=body, times=9)
        invoice, credit = self._invoice(), self._invoice("out_refund")
        self._export()
        self.xero.clear_faults()
        [issue] = self._issues()
        self.assertEqual((issue.code, issue.res_id), ("missing_right", invoice.id))
        self.assertIn("Invoices", issue.text)
        self.assertSynced(credit)
        self.assertEqual(self.connection.state, "connected")
        issue.with_user(self.clerk).action_retry()
        self._export()
        self.assertSynced(invoice)

    def test_limit_is_explained(self):
        """S2-55: Xero's limit of calls pauses the queue until Xero takes calls again, with advice on the schedule."""
        _text, advice = messages.render(self.env, "day_limit", {})
        self.assertIn("sync less often", advice)
        self.assertIn("schedule", advice)


class TestSplitTheOverpayment(MendingCase):
    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(lines=[(None, 1, 100.0)])
        self._export()

    def _refused(self):
        """The issue of what Xero does not take, because less is open there than Odoo has matched."""
        self._export()
        issue = self._issues().with_user(self.chief)
        self.assertEqual((issue.code, issue.model), ("payment_exceeds", "account.partial.reconcile"))
        self.assertEqual(issue.buttons.split()[0], "split_overpayment")
        return issue

    def _paid_in_xero(self, amount):
        self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, invoice=self.invoice.name, amount=amount)

    def _document(self):
        [document] = self._in_xero("Invoices", InvoiceNumber=self.invoice.name)
        return document

    def _residuals(self, records):
        lines = records.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        return [round(abs(line.amount_residual), 2) for line in lines]

    def test_payment(self):
        """S4-62, S2-53: of a payment only what Xero has open stays matched, and goes; the rest stays on account.

        What was paid in Xero then finds the open rest of the invoice.
        """
        self._paid_in_xero("15.00")
        self._pay(self.invoice)
        payment = self.env["account.payment"].search([], order="id desc", limit=1)
        issue = self._refused()
        issue.action_split_overpayment()
        self.assertEqual(issue.state, "resolved")
        self.assertEqual(self._residuals(self.invoice), [15.0])
        self.assertEqual(self._residuals(payment.move_id), [15.0])
        self._export()
        self.assertFalse(self._issues())
        self.assertFalse(self._queue(payment.move_id.line_ids.matched_debit_ids))
        document = self._document()
        self.assertEqual((document["Status"], float(document["AmountPaid"])), ("PAID", 115.0))
        self._import()
        self.assertEqual(self._residuals(self.invoice), [0.0])
        self.assertFalse(self._issues())

    def test_credit_note(self):
        """S4-62: the same for a credit that is higher than what Xero has open."""
        self._paid_in_xero("95.00")
        credit = self._invoice("out_refund", lines=[(None, 1, 100.0)])
        lines = (self.invoice + credit).line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        lines.reconcile()
        self._refused().action_split_overpayment()
        self._export()
        self.assertFalse(self._issues())
        self.assertEqual(self._residuals(credit), [95.0])
        self.assertEqual(float(self._document()["AmountCredited"]), 20.0)

    def test_nothing_is_open(self):
        """S4-62: where Xero has nothing open, the whole payment stays on account and nothing is sent."""
        self._paid_in_xero("115.00")
        self._pay(self.invoice)
        self._refused().action_split_overpayment()
        self._export()
        self.assertFalse(self._issues())
        self.assertEqual(self._residuals(self.invoice), [115.0])
        self.assertEqual(len(self._in_xero("Payments", Status="AUTHORISED")), 1)

    def test_who_may(self):
        """S4-62: splitting asks for the rights of a Xero user, and only where there is something to split."""
        self._paid_in_xero("15.00")
        self._pay(self.invoice)
        issue = self._refused()
        portal = new_test_user(self.env, "portal-split", groups="base.group_portal")
        with self.assertRaises(AccessError):
            issue.with_user(portal).action_split_overpayment()
        issue.action_split_overpayment()
        with self.assertRaises(UserError):
            issue.action_split_overpayment()


class TestEveryButton(MendingCase):
    def test_each_way_out_has_its_button(self):
        """S4-62: every way out that messages.py offers stands on the error's form and does something."""
        arch = self.env["xero.issue"].get_view(self.env.ref("account_xero.xero_issue_view_form").id, "form")["arch"]
        actions = {
            "map_account": "action_open_mapping",
            "map_tax": "action_open_mapping",
            "map_journal": "action_open_mapping",
            "map_tracking": "action_open_mapping",
            "map_field": "action_open_mapping",
            "reissue_xeros": "action_reissue",
            "link_contact": "action_link_candidate",
        }
        for key in messages.BUTTONS:
            action = actions.get(key, f"action_{key}")
            with self.subTest(key):
                self.assertIn(f'name="{action}"', arch)
                self.assertTrue(callable(getattr(self.env["xero.issue"], action)))

    def test_open_the_contact(self):
        """S4-62, S4-60: an incomplete e-mail leads to the contact itself; correcting it there sends what waited."""
        self.customer.email = "nobody@nowhere"
        invoice = self._invoice()
        self._export()
        action = self._issues().with_user(self.clerk).action_open_record()
        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", self.customer.id))
        self.env[action["res_model"]].browse(action["res_id"]).email = "somebody@ridgeway.example.nz"
        self._export()
        self.assertSynced(invoice)

    def test_relink(self):
        """S4-62, S2-53: Link takes the contact in Xero that has the name, and the document goes to it."""
        stranger = self._in_xero("Contacts")[0]
        self.customer.write({"name": stranger["Name"], "email": "other@example.nz"})
        invoice = self._invoice()
        self._export()
        issue = self._issues().with_user(self.chief)
        self.assertEqual(issue.code, "contact_name_taken")
        issue.action_link()
        self._export()
        self.assertSynced(invoice)
        self.assertEqual(self._binding(self.customer).external_id, stranger["ContactID"])
        [document] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual(document["Contact"]["ContactID"], stranger["ContactID"])

    def test_resend(self):
        """S2-14, S4-62: Retry sends again what was refused once Xero takes it."""
        invoice = self._invoice()
        refusal = {"Elements": [{"ValidationErrors": [{"Message": "The moon is in the wrong house."}]}]}
        self.xero.add_fault("status", method="PUT", path="Invoices$", status=400, body=refusal)
        self._export()
        self.xero.clear_faults()
        issue = self._issues().with_user(self.clerk)
        self.assertIn("The moon is in the wrong house.", issue.text)
        issue.action_retry()
        self._export()
        self.assertSynced(invoice)
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=invoice.name)), 1)


class TestCounts(MendingCase):
    def test_long_lists_are_not_counted(self):
        """S2-07: beyond 10,000 the connection shows "10,000+", and looks at no more rows than that."""
        self._invoice_on(self._new_account())
        self._export()
        self.assertEqual((self.connection.issue_shown, self.connection.outbox_shown), ("1", "1"))
        self._fill(12_000)
        self.connection.invalidate_recordset()
        self.assertEqual((self.connection.outbox_shown, self.connection.outbox_count), ("10,000+", 10_001))
        self.assertEqual(self.connection.issue_shown, "1")

    def test_forecast_of_a_long_queue(self):
        """S2-51: the forecast looks at a part of a very long queue, and says that more waits."""
        self._fill(120)
        self.assertNotIn("more than", self.connection.traffic)
        with patch.object(xero_connection_traffic, "LOOKED_AT", 100):
            self.connection.invalidate_recordset()
            self.assertIn("the queue needs more than 2", self.connection.traffic)

    def _fill(self, count):
        self.env["xero.budget"]._of(self.connection)
        self.env.cr.execute(
            """INSERT INTO xero_outbox (connection_id, model, res_id)
               SELECT %s, 'res.partner', n FROM generate_series(1, %s) n""",
            [self.connection.id, count],
        )
        self.env.invalidate_all()
