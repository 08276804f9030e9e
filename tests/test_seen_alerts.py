"""Who is told by e-mail and activity, and how often: failed documents, lost authorisation, silence, idleness."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import XeroCase


class AlertCase(XeroCase):
    def setUp(self):
        super().setUp()
        self.chief = self._user("chief", "account_xero.group_xero_administrator", email="chief@kiwi.example.nz")
        self.connection.alert_user_ids = self.chief
        self.mails_before = self.env["mail.mail"].sudo().search([])

    def _user(self, login, groups, **values):
        return new_test_user(
            self.env,
            login,
            groups=groups,
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
            **values,
        )

    def _mails(self):
        return self.env["mail.mail"].sudo().search([]) - self.mails_before

    def _activities(self):
        domain = [("res_model", "=", "xero.connection"), ("res_id", "=", self.connection.id)]
        return self.env["mail.activity"].search(domain)

    def _watch(self):
        self._run_cron(self.env.ref("account_xero.ir_cron_watch"))

    def _age(self, days):
        """The connection was made, and everything synced, ``days`` ago."""
        past = fields.Datetime.now() - timedelta(days=days, minutes=1)
        self.connection.authorised_at = past
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE xero_history SET create_date = %s WHERE connection_id = %s", (past, self.connection.id)
        )
        self.env.invalidate_all()


class TestFailedDocuments(AlertCase):
    def test_one_mail_for_the_failures_of_a_run(self):
        """S3-28: an e-mail with invoice, reason and link, one for all of a run, and once per failure."""
        self.env["xero.account.mapping"].search([("connection_id", "=", self.connection.id)]).unlink()
        invoices = self._invoice() + self._invoice()
        self._export()
        [mail] = self._mails()
        self.assertEqual(mail.recipient_ids, self.chief.partner_id)
        self.assertEqual(mail.state, "outgoing")
        for invoice in invoices:
            self.assertIn(invoice.name, mail.body_html)
            self.assertIn(f"model=account.move&amp;res_id={invoice.id}", mail.body_html)
        self.assertIn("is not mapped to an account in Xero", mail.body_html)
        self._export()
        self._import()
        self.assertEqual(self._mails(), mail)
        third = self._invoice()
        self._export()
        [second] = self._mails() - mail
        self.assertIn(third.name, second.body_html)
        self.assertNotIn(invoices[0].name, second.body_html)

    def test_activity_until_nothing_fails(self):
        """S3-28: the responsible has one activity on the connection, and it goes when nothing fails any more."""
        invoice = self._invoice(post=False)
        self.customer.email = "nobody@nowhere"
        invoice.action_post()
        self._export()
        self.assertEqual(self._activities().user_id, self.chief)
        self.customer.email = "office@ridgeway.example.nz"
        self._export()
        self.assertSynced(invoice)
        self.assertFalse(self._activities())

    def test_in_the_recipients_language(self):
        """S3-28: each recipient reads the e-mail in the own language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self._user("chef", "account_xero.group_xero_administrator", email="chef@kiwi.example.nz", lang="fr_FR")
        template = self.env.ref("account_xero.mail_template_failed_documents")
        template.with_context(lang="fr_FR").subject = "Refus de Xero"
        self.connection.alert_user_ids += french
        self.customer.email = "nobody@nowhere"
        self._invoice()
        self._export()
        subjects = {mail.recipient_ids: mail.subject for mail in self._mails()}
        self.assertEqual(subjects[french.partner_id], "Refus de Xero")
        self.assertIn("could not be synced", subjects[self.chief.partner_id])

    def test_administrators_by_default(self):
        """S3-28: where nobody is chosen, the Xero administrators of the company are told, and nobody else's."""
        self.connection.alert_user_ids = False
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="account_xero.group_xero_administrator",
            email="stranger@elsewhere.example.nz",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        told = self.connection._alert_users()
        self.assertIn(self.chief, told)
        self.assertNotIn(stranger, told)


class TestAuthorisationLost(AlertCase):
    def test_told_once_and_counted_in_the_banner(self):
        """S2-52: losing the authorisation is an error with a Re-authorise button, an e-mail and an activity, once."""
        with self.enter_registry_test_mode(), mute_logger("odoo.addons.account_xero.models.xero_connection_call"):
            self.connection._note_reconnect_needed(Exception("invalid_grant"))
        self.env.invalidate_all()
        self.assertEqual(self.connection.state, "reconnect")
        issue = self._issues()
        self.assertEqual(issue.code, "authorisation_lost")
        self.assertIn("reauthorise", issue.buttons)
        self.assertEqual(issue.with_user(self.chief).action_reauthorise()["type"], "ir.actions.act_url")
        [mail] = self._mails()
        self.assertIn("Re-authorise", mail.body_html)
        self.assertEqual(self._activities().user_id, self.chief)
        self.connection.state = "connected"
        self.assertFalse(self._issues())
        self.assertFalse(self._activities())


class TestIdle(AlertCase):
    def setUp(self):
        super().setUp()
        self._invoice()
        self._export()

    def _remote(self):
        return self.xero.token(tenant_id=self.connection.tenant_id)

    def test_warnings_and_disconnection(self):
        """S3-26, S3-27: warned after 45 and 55 idle days, disconnected here and in Xero after 60, each told once."""
        self._age(44)
        self._watch()
        self.assertFalse(self._mails())
        self._age(45)
        self._watch()
        self._watch()
        self.assertIn("in 15 days", self._mails().subject)
        self._age(55)
        self._watch()
        self._watch()
        self.assertEqual(len(self._mails()), 2)
        self._age(60)
        self._watch()
        self._watch()
        self.assertEqual(self.connection.state, "disconnected")
        self.assertEqual(len(self._mails()), 3)
        self.assertIn("was disconnected", self._mails().sorted("id")[-1].subject)
        self.assertTrue([call for call in self.xero.journal("DELETE") if "/connections/" in call["path"]])

    def test_what_is_synced_ends_idleness(self):
        """S3-26: idle means that no record was synced in either direction."""
        self._age(70)
        self._invoice()
        self._export()
        self._watch()
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self._mails())

    def test_never(self):
        """S3-26: 0 days means never."""
        self.connection.idle_days = 0
        self._age(400)
        self._watch()
        self.assertEqual(self.connection.state, "connected")

    def test_tokens_are_kept_alive(self):
        """S3-26: tokens that nobody used for 20 days are renewed, so that only idleness ends a connection."""
        token = self.env["xero.token"]._of(self.connection)
        old = fields.Datetime.now() - timedelta(days=21)
        token._seal(renewed_at=old, expires_at=old)
        self._watch()
        token.invalidate_recordset()
        self.assertGreater(token.renewed_at, fields.Datetime.now() - timedelta(minutes=5))
        self.assertEqual(self.connection.state, "connected")


class TestSilence(AlertCase):
    def test_what_waits_too_long_is_told_once(self):
        """S2-15: what should have gone and did not becomes an error and one e-mail, and ends when it has gone."""
        invoice = self._invoice()
        self._mark()
        past = fields.Datetime.now() - timedelta(hours=30)
        self.env.cr.execute("UPDATE xero_outbox SET create_date = %s", (past,))
        self.env.invalidate_all()
        self._watch()
        self._watch()
        issue = self._issues()
        self.assertEqual((issue.code, issue.values["object"]), ("silent", "Invoices"))
        self.assertEqual(len(self._mails()), 1)
        self._export()
        self._watch()
        self.assertSynced(invoice)
        self.assertFalse(self._issues())

    def test_manual_objects_are_never_silent(self):
        """S2-15: what goes only at the press of a button is not missed."""
        self.env["xero.schedule"]._of(self.connection).mode = "manual"
        self._invoice()
        self._mark()
        past = fields.Datetime.now() - timedelta(hours=30)
        self.env.cr.execute("UPDATE xero_outbox SET create_date = %s", (past,))
        self.env.invalidate_all()
        self._watch()
        self.assertFalse(self._issues())
