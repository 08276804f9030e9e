"""Copies of a database act in nobody's books: neutralised ones cannot, others do not until somebody says so."""

from odoo.exceptions import UserError
from odoo.modules.neutralize import get_neutralization_queries

from .common import XeroCase


class TestSafeCopy(XeroCase):
    def setUp(self):
        super().setUp()
        self.invoice = self._invoice()

    def _copied(self):
        """What duplicating a database does to it."""
        self.env["ir.config_parameter"].set_param("database.uuid", "of-the-copy")
        self.env.invalidate_all()

    def test_a_copy_sends_nothing(self):
        """In a copy that was not neutralised no call leaves, not even for a token; an issue says why."""
        token = self.env["xero.token"]._of(self.connection)
        token._seal(expires_at="2020-01-01 00:00:00")
        self._copied()
        self.assertTrue(self.connection.is_copy)
        self.xero.clear_journal()
        for _run in range(2):
            self._export()
            self._import()
        for button in ("action_test", "action_read_reference_data"):
            with self.subTest(button):
                answer = self._said(getattr(self.connection, button))
                self.assertIn("copy", answer)
        self.assertFalse(self.xero.journal())
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(self._issues().mapped("code"), ["database_copy"])
        self.assertTrue(self._queue(self.invoice))

    def _said(self, button):
        try:
            return str(button())
        except UserError as error:
            return str(error)

    def test_taking_over(self):
        """A copy that replaces the original goes on where it stopped, once an administrator says so."""
        self._copied()
        self._export()
        self.connection.action_take_over()
        self.assertFalse(self.connection.is_copy)
        self._export()
        self.assertSynced(self.invoice)
        self.assertFalse(self._issues())
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=self.invoice.name)), 1)

    def test_taking_over_the_wrong_books(self):
        """Where Xero answers for another organisation, the copy stays where it is."""
        self._copied()
        self.connection.organisation_id = "of another organisation"
        with self.assertRaises(UserError):
            self.connection.action_take_over()
        self.assertTrue(self.connection.is_copy)

    def test_disconnecting_a_copy(self):
        """Disconnecting the copy leaves the original's access alone."""
        self._copied()
        self.xero.clear_journal()
        self.connection.action_disconnect()
        self.assertEqual(self.connection.state, "disconnected")
        self.assertFalse(self.xero.journal())

    def test_authorising_in_the_copy(self):
        """Who logs in to Xero in this database has decided that it may act."""
        self._copied()
        self._authorise(self.connection)
        self.assertFalse(self.connection.is_copy)
        self._export()
        self.assertSynced(self.invoice)

    def test_neutralised(self):
        """Neutralising wipes tokens and secrets, disconnects, leaves no way to the live Xero, and stops the crons."""
        self.connection.webhook_key = "a key"
        self.env.cr.execute("UPDATE xero_connection SET environment = 'live' WHERE id = %s", [self.connection.id])
        crons = self.connection.export_cron_id | self.connection.import_cron_id
        self.env.flush_all()
        [query] = get_neutralization_queries(["account_xero"])
        self.env.cr.execute(query)
        self.env.invalidate_all()
        self.env.registry.clear_cache("stable")
        self.assertEqual((self.connection.state, self.connection.environment), ("disconnected", "simulator"))
        self.assertEqual(set(crons.mapped("active")), {False})
        columns = ("client_secret", "webhook_key", "access_token", "refresh_token")
        self.assertEqual(self.env["xero.token"]._of(self.connection)._open(*columns), dict.fromkeys(columns))
        self.assertFalse(self.env["xero.token"]._webhook_keys())
        self.xero.clear_journal()
        self.connection._run_export()
        self.connection._run_import()
        self.assertFalse(self.xero.journal())
