from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import XeroCase


class TestTemplates(XeroCase):
    """Usual tasks set up in one go."""

    def _schedule(self, resource, direction):
        rows = self.env["xero.schedule"]._of(self.connection)
        return rows.filtered(lambda row: (row.resource, row.direction) == (resource, direction))

    def _template(self, name):
        return self.env["xero.template"].create({"connection_id": self.connection.id, "template": name})

    def _journals(self):
        return self.env["xero.journal.mapping"].search([("connection_id", "=", self.connection.id)])

    def test_payments(self):
        """S2-18: one click lets payments go at once and come every two hours, and gives their journals an account."""
        invoice = self._invoice()
        self._export()
        self.connection.schedule_ids.mode = "manual"
        self._journals().unlink()
        self._schedule("Payments", "in").write({"timing": "times", "times": "07:00"})
        self._pay(invoice)
        self._run_by_itself(self.connection.export_cron_id)
        self.assertFalse(self._in_xero("Payments"))
        template = self._template("payments")
        self.assertIn("Payments (To Xero): Automatic, instead of Manual", template.changes)
        self.assertNotIn("Invoices", template.changes)
        template.action_apply()
        self._run_by_itself(self.connection.export_cron_id)
        [payment] = self._in_xero("Payments")
        own = self._journals().filtered(lambda row: row.journal_id == self.bank)
        self.assertEqual(payment["Account"]["AccountID"], own.xero_account_id.external_id)
        back = self._schedule("Payments", "in")
        self.assertEqual((back.mode, back.timing, back.interval_number), ("scheduled", "interval", 2))
        self.assertTrue(back.within_business_hours)
        self.assertEqual(self._schedule("Invoices", "out").mode, "manual")  # of which it does not speak

    def test_what_was_chosen_stays(self):
        """S2-18: a journal that somebody mapped keeps its account; what cannot be proposed is shown to be mapped."""
        chosen = self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), ("payments_enabled", "=", True), ("type", "!=", "BANK")],
            limit=1,
        )
        own = self._journals().filtered(lambda row: row.journal_id == self.bank)
        own.xero_account_id = chosen
        (self._journals() - own).write({"xero_account_id": False, "origin": "manual"})
        action = self._template("payments").action_apply()
        self.assertEqual(own.xero_account_id, chosen)
        self.assertEqual(action["res_model"], "xero.journal.mapping")
        self.assertEqual(self.env["xero.journal.mapping"].search(action["domain"]), self._journals() - own)

    def test_contacts(self):
        """S2-17: one click lets contacts go at once, and fills Xero's account number from the reference of each."""
        self.customer.ref = "R-7"
        self._invoice()
        self._export()
        self.connection.schedule_ids.mode = "manual"
        self.customer.phone = "+64 9 555 0100"
        self._run_by_itself(self.connection.export_cron_id)
        [held] = self._in_xero("Contacts", ContactNumber=f"ODOO-{self.customer.id}")
        self.assertFalse(held.get("AccountNumber"))
        template = self._template("contacts")
        self.assertIn("Contacts (To Xero): Automatic, instead of Manual", template.changes)
        self.assertIn("Account Number in Xero: filled from Reference", template.changes)
        template.action_apply()
        self._run_by_itself(self.connection.export_cron_id)
        [held] = self._in_xero("Contacts", ContactNumber=f"ODOO-{self.customer.id}")
        self.assertEqual(held["AccountNumber"], "R-7")
        self.assertIn("0100", str(held["Phones"]))
        self.assertEqual(self._schedule("Invoices", "out").mode, "manual")  # of which it does not speak
        again = self._template("contacts")
        self.assertIn("as it is", again.changes.splitlines()[-1])
        again.action_apply()
        self.assertEqual(self.env["xero.field.mapping"].search_count([("connection_id", "=", self.connection.id)]), 1)

    def test_invoices(self):
        """S2-16: one click lets documents go at once with what they need, and proposes accounts, taxes and tracking."""
        self.connection.schedule_ids.mode = "manual"
        rows = [("connection_id", "=", self.connection.id)]
        for name in ("xero.account.mapping", "xero.tax.mapping"):
            self.env[name].search(rows).unlink()
        invoice = self._invoice(lines=[(self.product, 2, 80.0)])
        self._run_by_itself(self.connection.export_cron_id)
        self.assertFalse(self._in_xero("Invoices", InvoiceNumber=invoice.name))
        template = self._template("invoices")
        self.assertIn("Invoices and Bills (To Xero): Automatic, instead of Manual", template.changes)
        self.assertIn("Account Mapping, Tax Mapping, Tracking Mapping", template.changes)
        template.action_apply()
        self._run_by_itself(self.connection.export_cron_id)
        [sent] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual(float(sent["Total"]), invoice.amount_total)
        account = invoice.invoice_line_ids.account_id
        mapping = self.env["xero.account.mapping"].search([*rows, ("account_id", "=", account.id)])
        self.assertEqual(sent["LineItems"][0]["AccountCode"], mapping.xero_account_id.code)
        self.assertEqual(self._schedule("Payments", "in").mode, "manual")  # of which it does not speak

    def test_everything(self):
        """S2-16, S2-17, S2-18: all objects get the schedule that they start with, and every mapping its proposals."""
        schedules = self.env["xero.schedule"]._of(self.connection)
        before = {row: (row.mode, row.timing, row.interval_number) for row in schedules}
        schedules.write({"mode": "manual", "timing": "times", "times": "07:00"})
        self._journals().unlink()
        self.env["xero.account.mapping"].search([("connection_id", "=", self.connection.id)]).unlink()
        self._template("everything").action_apply()
        self.assertEqual({row: (row.mode, row.timing, row.interval_number) for row in schedules}, before)
        self.assertTrue(self._journals().filtered(lambda row: row.journal_id == self.bank).xero_account_id)
        invoice = self._invoice()
        self._pay(invoice)
        self._run_by_itself(self.connection.export_cron_id)
        self.assertSynced(invoice)
        self.assertTrue(self._in_xero("Payments"))

    def test_stock(self):
        """S4-51: the template for the stock ticks Sync Inventory with Xero and Send Purchase Orders, and says so."""
        self.assertFalse(self.connection.sync_inventory)
        self.connection.send_purchase_orders = False
        self.connection.schedule_ids.mode = "manual"
        template = self._template("stock")
        self.assertIn("Sync Inventory with Xero: ticked", template.changes)
        template.action_apply()
        self.assertTrue(self.connection.sync_inventory)
        self.assertTrue(self.connection.send_purchase_orders)
        self.assertEqual(self._schedule("ManualJournals", "out").mode, "automatic")
        self.assertEqual(self._schedule("BankTransactions", "out").mode, "manual")  # of which it does not speak
        self.assertIn("ticked, as it is", self._template("everything").changes)
        self.connection.sync_inventory = False
        self._template("invoices").action_apply()
        self.assertFalse(self.connection.sync_inventory)

    def test_administrators_only(self):
        """S2-18: who works with invoices changes no schedule."""
        clerk = new_test_user(self.env, "template_clerk", groups="account_xero.group_xero_user")
        with self.assertRaises(AccessError):
            self.env["xero.template"].with_user(clerk).create({"connection_id": self.connection.id})
