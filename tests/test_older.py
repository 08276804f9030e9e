from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError

from .common import XeroCase


class TestOlder(XeroCase):
    """Documents dated before *Sync Documents Dated From*: they go when somebody says so, and not before."""

    def setUp(self):
        super().setUp()
        self.connection.sync_from_date = fields.Date.today()
        self.day = fields.Date.today() - timedelta(days=40)
        self.old = self._invoice(invoice_date=self.day)

    def _asked(self, records):
        """The dialog that Export Now opens."""
        action = records.action_xero_export()
        self.assertEqual(action["res_model"], "xero.older")
        return self.env["xero.older"].with_context(**action["context"]).create({})

    def test_named_with_the_reason(self):
        """The dialog says how many of the chosen ones are older, which, and from which day on documents go."""
        young = self._invoice()
        self._export()
        dialog = self._asked(self.old | young)
        self.assertEqual((dialog.count, dialog.older_count), (2, 1))
        self.assertEqual(dialog.names, self.old.display_name)
        self.assertIn(self.connection.organisation_name, dialog.explanation)
        self.assertFalse(self._queue())

    def test_goes_with_what_was_paid(self):
        """An older invoice that was paid in part is open in Xero by what is open in Odoo."""
        self._pay(self.old, amount=30.0, date=self.day)
        self._asked(self.old).action_send()
        self._export()
        self.assertSynced(self.old)
        [held] = self._in_xero("Invoices", InvoiceNumber=self.old.name)
        self.assertEqual(float(held["AmountPaid"]), 30.0)
        self.assertEqual(float(held["AmountDue"]), self.old.amount_residual)
        self.assertFalse(self._issues())
        self.assertFalse(self._queue())

    def test_goes_with_what_was_credited(self):
        """An older credit note stays when its invoice is sent, and is allocated once somebody sends it too."""
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=self.old.ids)
        wizard = wizard.create({"journal_id": self.old.journal_id.id, "date": self.day, "reason": "returned"})
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        note.invoice_date = self.day
        note.action_post()
        self.assertEqual(self.old.amount_residual, 0.0)
        self._asked(self.old).action_send()
        self._export()
        [held] = self._in_xero("Invoices", InvoiceNumber=self.old.name)
        self.assertEqual(float(held["AmountDue"]), self.old.amount_total)
        self.assertFalse(self._binding(note))
        self._asked(note).action_send()
        self._export()
        [held] = self._in_xero("Invoices", InvoiceNumber=self.old.name)
        self.assertEqual(float(held["AmountDue"]), 0.0)

    def test_takes_its_files_along(self):
        """Files of an older document go with it, where files go."""
        self.connection.send_attachments = True
        values = {"name": "scan.pdf", "raw": b"%PDF-1.4 scan", "res_model": "account.move", "res_id": self.old.id}
        attachment = self.env["ir.attachment"].create(values)
        self._export()
        self.assertFalse(self._writes())
        self._asked(self.old).action_send()
        self._export()
        self.assertSynced(self.old)
        self.assertTrue(self._binding(attachment).external_id)

    def test_only_the_others(self):
        """Where the older ones are not meant, the others go and they stay, and so they do when they change later."""
        young = self._invoice(post=False)
        young.action_post()
        self._asked(self.old | young).action_send_others()
        self._export()
        self.assertSynced(young)
        self.old.ref = "changed later"
        self._export()
        self.assertFalse(self._in_xero("Invoices", InvoiceNumber=self.old.name))

    def test_follows_afterwards(self):
        """An older document that went is kept in step like any other, without being asked for again."""
        self._asked(self.old).action_send()
        self._export()
        self.old.ref = "changed later"
        self._export()
        [held] = self._in_xero("Invoices", InvoiceNumber=self.old.name)
        self.assertEqual(held["Reference"], "changed later")
        self.assertEqual(self.old.action_xero_export()["type"], "ir.actions.client")

    def test_only_who_may_change_it(self):
        """A user who may not change the document is refused before the dialog."""
        reader = self._reader()
        with self.assertRaises(AccessError):
            self.old.with_user(reader).action_xero_export()

    def _reader(self):
        groups = self.env.ref("account.group_account_readonly") | self.env.ref("account_xero.group_xero_user")
        return self.env["res.users"].create(
            {
                "name": "Reader",
                "login": "reader",
                "group_ids": [fields.Command.set(groups.ids)],
                "company_id": self.connection.company_id.id,
                "company_ids": [fields.Command.set(self.connection.company_id.ids)],
            }
        )
