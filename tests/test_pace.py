import threading
import time
from unittest.mock import patch

from odoo import fields

from ..engine.deadline import Deadline
from ..xero_api.ratelimit import KEEP_MINUTE, MINUTE_LIMIT
from .common import XeroCase


class TestPace(XeroCase):
    """Within Xero's limits: the minute, the day, five at once."""

    def setUp(self):
        super().setUp()
        self.budget = self.env["xero.budget"]._of(self.connection)

    def test_the_queue_stops_before_the_minute_is_used_up(self):
        """S2-55: our own calls of the last minute leave two for people; no 429 is earned, and it goes on by itself."""
        self._sent_already(MINUTE_LIMIT - KEEP_MINUTE)
        invoice = self._invoice()
        with self._impatient():
            self._export()
        self.assertFalse(self._calls())
        self.assertEqual(self._queue(invoice).state, "waiting")
        self.assertTrue(self._wakes_later())
        self._sent_already(0)
        self._export()
        self.assertSynced(invoice)

    def test_a_short_wait_is_taken_inside_the_run(self):
        """S2-55: a wait of moments does not end the run, because the next one would be up to a minute late."""
        self._sent_already(MINUTE_LIMIT - KEEP_MINUTE, seconds_ago=59)
        invoice = self._invoice()
        with patch.object(Deadline, "may_rest", lambda deadline, seconds: seconds < 5):
            self._export()
        self.assertSynced(invoice)

    def test_a_person_is_served_from_the_reserve(self):
        """S2-55: while the queue waits for the minute, the button Test Xero gets its calls."""
        self._sent_already(MINUTE_LIMIT - KEEP_MINUTE)
        with self.enter_registry_test_mode():
            self.connection._with_client(lambda client: client.get("Organisation"))
        self.assertEqual(len(self._calls("GET")), 1)

    def test_the_day_runs_short(self):
        """S2-55: contact edits wait first, then documents; payments still go, and the last calls are left to people."""
        invoice, late = self._invoice(), self._invoice()
        self._export()
        self.customer.email = "accounts@ridgeway.example.nz"
        self._mark()
        self._day(150)
        self._export()
        self.assertTrue(self._queue(self.customer), "low value waits below a fifth of the day")
        self._day(40)
        another = self._invoice()
        self._pay(invoice)
        self._export()
        self.assertTrue(self._queue(another), "documents wait below a twentieth")
        self.assertEqual(len(self._in_xero("Payments", Status="AUTHORISED")), 1, "payments go")
        self._day(8)
        self._pay(late)
        self.xero.clear_journal()
        self._export()
        self.assertFalse(self._calls(), "the last hundredth is for people")
        self._day(1000)
        self._export()
        self.assertFalse(self._queue())
        self.assertSynced(another)

    def test_concurrent_refusal(self):
        """S2-55: too many calls at once is a matter of seconds: the same run goes on, and nothing is doubled."""
        self.xero.add_fault(
            "status",
            method="PUT",
            path="Invoices$",
            status=429,
            times=1,
            headers={"X-Rate-Limit-Problem": "concurrent", "Retry-After": "1"},
        )
        invoice = self._invoice()
        with patch.object(Deadline, "may_rest", lambda deadline, seconds: seconds < 5):
            self._export()
        self.assertSynced(invoice)
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=invoice.name)), 1)
        self.assertFalse(self._issues())

    def test_four_at_once_and_never_more(self):
        """Batches that do not depend on each other are in the air together, at most four of them."""
        self.env["res.partner"].create([{"name": f"Partner {n:03}"} for n in range(300)]).action_xero_export()
        self.xero.limits(latency={"base": 2})  # long enough for a busy machine to send four
        self.assertEqual(self._peak_while_exporting(), 4)
        self.assertEqual(len(self._calls("PUT", "Contacts$")), 6)

    def test_traffic(self):
        """S2-55: the connection says how many calls it made today and when the queue will be empty."""
        self._day(588)
        self.assertEqual(self.connection.traffic, "412 of 1,000 calls today")
        self.env["res.partner"].create([{"name": f"Partner {n:03}"} for n in range(120)]).action_xero_export()
        self.connection.invalidate_recordset()
        self.assertIn("412 of 1,000 calls today; queue clears at ", self.connection.traffic)
        wait = (self.connection.queue_clears_at - fields.Datetime.now()).total_seconds()
        self.assertTrue(0 < wait < 10, wait)
        self._day(40)
        self.assertIn("goes on tomorrow", self.connection.traffic)
        self.assertIn("longer intervals", self.connection.schedule_advice)
        self._day(900)
        self.assertFalse(self.connection.schedule_advice)

    # === HELPERS === #

    def _sent_already(self, calls, seconds_ago=10):
        """So many calls left a moment ago."""
        self.budget.sent = [time.time() - seconds_ago] * calls

    def _day(self, remaining):
        """So many calls are left of today's 1,000, as Xero would tell."""
        used = self.xero.limits()["used"]
        self.xero.limits(day=remaining + (used[0]["day"] if used else 0))
        self.budget.write({"day_remaining": remaining, "told_for": time.time(), "day_limit": 1000, "sent": []})
        self.connection.invalidate_recordset()

    def _peak_while_exporting(self):
        """How many calls the simulator saw at once."""
        seen, over = [0], threading.Event()

        def look():
            while not over.wait(0.02):
                seen.extend(used["in_flight"] for used in self.xero.limits()["used"])

        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            self._export()
        finally:
            over.set()
            watcher.join()
        return max(seen)

    def _impatient(self):
        return patch.object(Deadline, "may_rest", lambda deadline, seconds: False)

    def _wakes_later(self):
        return self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.connection.export_cron_id.id), ("call_at", ">", fields.Datetime.now())]
        )
