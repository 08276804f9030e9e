"""What breaks a run off, and how soon the next one comes."""

from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.tools import mute_logger

from .common import XeroCase

CONFLICT = SerializationFailure("could not serialize access due to concurrent update")


def failing(original, errors):
    """``original``, which raises each of ``errors`` first."""

    def call(self, *args, **named):
        if errors:
            raise errors.pop(0)
        return original(self, *args, **named)

    return call


class TestBrokenRuns(XeroCase):
    def setUp(self):
        super().setUp()
        self.invoice = self._invoice()
        self._mark()
        self.env["ir.cron.trigger"].search([]).unlink()

    def _breaking(self, model, method, *errors):
        cls = self.env.registry[model]
        return patch.object(cls, method, failing(getattr(cls, method), list(errors)))

    def _next_runs(self, cron):
        """Seconds from now until each run that the cron was asked for."""
        calls = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).mapped("call_at")
        return sorted((call_at - fields.Datetime.now()) / timedelta(seconds=1) for call_at in calls)

    def _assert_sent_once(self):
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=self.invoice.name)), 1)
        self.assertTrue(self._binding(self.invoice).external_id)
        self.assertFalse(self._queue())

    def test_failed_export_comes_back(self):
        """An export that fails with nobody knows what is tried again in seconds, and ever later."""
        cron = self.connection.export_cron_id
        waits = []
        for _n in range(4):
            with (
                self._breaking("xero.planner", "_plan", ValueError("odd")),
                mute_logger("odoo.addons.base.models.ir_cron"),
            ):
                self._export()
            waits += self._next_runs(cron)[-1:]
            self.env["ir.cron.trigger"].search([]).unlink()
        self.assertEqual(len(waits), 4)
        self.assertGreater(waits[0], 0)
        self.assertLess(waits[0], 10)
        self.assertGreater(waits[3], 15)
        self.assertFalse(self._writes())
        self._export()
        self._assert_sent_once()

    def test_failed_import_comes_back(self):
        """An import that fails with nobody knows what does not wait for its next time."""
        with (
            self._breaking("xero.webhook.event", "_note_handled", ValueError("odd")),
            mute_logger("odoo.addons.base.models.ir_cron"),
        ):
            self._import()
        [wait] = self._next_runs(self.connection.import_cron_id)
        self.assertLess(wait, 10)

    def test_run_lost_to_another_transaction(self):
        """A run that PostgreSQL breaks off is repeated at once, and counts as no failure."""
        with self._breaking("xero.planner", "_plan", CONFLICT):
            self._export()
        self.assertFalse(self.connection.export_cron_id.failure_count)
        self.assertLessEqual(self._next_runs(self.connection.export_cron_id)[0], 1)
        self.assertFalse(self._writes())
        self._export()
        self._assert_sent_once()

    def test_stamp_lost_to_another_transaction(self):
        """Where PostgreSQL refuses the commit right before a call, the call leaves nevertheless, and once."""
        with self._breaking("xero.exporter", "_stamp", CONFLICT, CONFLICT):
            self._export()
        self.assertEqual(len(self.xero.journal("PUT", "Invoices$")), 1)
        self._assert_sent_once()

    def test_one_budget_from_the_start(self):
        """The account of calls is there before two workers could open one each."""
        budgets = self.env["xero.budget"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual(len(budgets), 1)
        self.assertFalse(budgets.sent)
