"""Importing under fault: pages are never skipped, nothing is booked twice, and one object's failure stops no other."""

from contextlib import suppress
from datetime import datetime, timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields

from ..engine import importer
from ..engine.importer import OVERLAP, Place
from ..xero_api import ratelimit
from .common import XeroCase


class Killed(BaseException):
    """The worker is gone; nothing of it runs on, not even an ``except Exception``."""


class ImportCase(XeroCase):
    def setUp(self):
        super().setUp()
        self.invoices = self.env["account.move"].union(*[self._invoice(lines=[(None, 1, 100.0)]) for _n in range(3)])
        self._export()
        self._import()
        self.xero.clear_journal()
        self.started_at = self._cursor().modified_since
        # Xero's stamps are whole seconds: what a test changes has to lie after the first import.
        self.xero.advance(60)

    def _pay_in_xero(self, invoices=None, amount="10.00"):
        for invoice in invoices or self.invoices:
            self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, invoice=invoice.name, amount=amount)

    def _cursor(self):
        return self.env["xero.cursor"]._get(self.connection, "Payments").sudo()

    def _paid(self):
        """What Odoo and Xero say is paid, per invoice."""
        held = {invoice["InvoiceNumber"]: float(invoice["AmountPaid"]) for invoice in self._in_xero("Invoices")}
        return [
            (round(invoice.amount_total - invoice.amount_residual, 2), held[invoice.name]) for invoice in self.invoices
        ]

    def assertAgreed(self, amount=10.0):
        self.assertEqual(self._paid(), [(amount, amount)] * len(self.invoices))
        imported = self.env["xero.binding"].search([("resource", "=", "Payments"), ("origin", "=", "xero")])
        self.assertEqual(len(imported), len(set(imported.mapped("external_id"))))
        history = self.env["xero.history"].search([("direction", "=", "in"), ("resource", "=", "Payments")])
        self.assertEqual(len(history), len(imported))

    def _woken(self, within=timedelta(days=1)):
        return self.env["ir.cron.trigger"].search_count(
            [
                ("cron_id", "=", self.connection.import_cron_id.id),
                ("call_at", "<=", fields.Datetime.now() + within),
            ]
        )

    def _small_pages(self, size=2):
        patcher = patch.object(importer, "PAGE_SIZE", size)
        patcher.start()
        self.addCleanup(patcher.stop)


class TestPages(ImportCase):
    def test_pages_follow_each_other(self):
        """S2-49: several pages are read since the last change of the one before, and the watermark is Xero's time."""
        self._small_pages()
        self._pay_in_xero()
        self._import()
        self.assertAgreed()
        self.assertGreater(len(self._calls("GET", "Payments")), 1)
        cursor = self._cursor()
        self.assertGreater(cursor.modified_since, self.started_at)
        self.assertEqual((cursor.position, cursor.page), (False, 1))

    def test_a_record_that_moves_is_not_skipped(self):
        """S2-49: a record read already that changes while the pages are read pushes no other one out of sight."""
        place = Place(datetime(2026, 11, 20, 10), 1)
        following = place.after(datetime(2026, 11, 20, 11), datetime(2026, 11, 20, 12))
        self.assertEqual(following, Place(datetime(2026, 11, 20, 11), 1))
        # More records in one second than a page holds: only then pages are counted.
        self.assertEqual(following.after(following.since, datetime(2026, 11, 20, 12)), Place(following.since, 2))
        # A stamp ahead of Xero's own clock does not carry the watermark with it.
        self.assertEqual(place.after(datetime(2026, 11, 21), datetime(2026, 11, 20, 12)).since.day, 20)

    def test_out_of_time(self):
        """S2-10: an import that is longer than its slice stops between pages and goes on there, at once."""
        self._small_pages()
        self._pay_in_xero()
        only_payments = patch.object(
            type(self.connection), "_readers", lambda connection: [self.env["xero.mapper.payment"]]
        )
        times = iter([1.0, 0.0])
        with only_payments, patch.object(importer.Deadline, "left", lambda self: next(times, 10.0)):
            self._import()
        self.assertTrue(self._cursor().position)
        self.assertEqual(self._cursor().modified_since, self.started_at)
        self.assertTrue(self._woken(timedelta(0)))
        self._run_by_itself(self.connection.import_cron_id)
        self.assertAgreed()
        self.assertFalse(self._cursor().position)

    def test_read_again_from_the_start(self):
        """S5-59: Re-import reads everything since the start date again; nothing is doubled, nothing typed is lost."""
        self._pay_in_xero()
        self._import()
        self.env["account.payment"].search([("partner_id", "=", self.customer.id)])
        self.xero.clear_journal()
        self.connection.action_reimport()
        self.assertEqual(self._cursor().modified_since, fields.Datetime.to_datetime(self.connection.sync_from_date))
        self._run_by_itself(self.connection.import_cron_id)
        [call] = self._calls("GET", "Payments")
        self.assertAgreed()
        self.assertGreater(self._cursor().modified_since, self.started_at)

    def test_reimport_during_an_import(self):
        """S5-59: a running import that is told to begin anew does not move the watermark over that."""
        self._pay_in_xero()
        generation = self._cursor().generation
        self.connection.action_reimport()
        self.assertFalse(self._cursor()._finish(generation, fields.Datetime.now()))
        self.assertEqual(self._cursor().modified_since, fields.Datetime.to_datetime(self.connection.sync_from_date))

    def test_overlap(self):
        """S2-49: each reading looks a little further back than the last one ended, for stamps that come late."""
        self._import()
        [call] = self._calls("GET", "Payments")
        since = {name.lower(): value for name, value in call["headers"].items()}["if-modified-since"]
        self.assertLessEqual(datetime.fromisoformat(since), self.started_at - OVERLAP)


class TestFaults(ImportCase):
    def test_killed_at_every_checkpoint(self):
        """S2-49: a worker killed before or after any commit of the import doubles nothing and skips nothing."""
        self._small_pages()
        limit = patch.object(ratelimit, "MINUTE_LIMIT", 100_000)
        limit.start()
        self.addCleanup(limit.stop)
        self.xero.limits(minute=100_000)
        original = importer.XeroImporter._checkpoint
        amount = 0
        for when in ("before", "after"):
            for number in range(1, 8):
                amount += 1
                self._pay_in_xero(amount="1.00")
                count = iter(range(1, 1000))

                def checkpoint(model, *args, when=when, number=number, count=count, **kwargs):
                    dies = next(count) == number
                    if dies and when == "before":
                        raise Killed()
                    original(model, *args, **kwargs)
                    if dies:
                        raise Killed()

                with (
                    patch.object(self.env.registry["xero.importer"], "_checkpoint", checkpoint),
                    suppress(Killed),
                ):
                    self._import()
                self.env.invalidate_all()
                for _run in range(3):  # other jobs are due as well, so a run is short
                    if self._paid() != [(amount, amount)] * len(self.invoices):
                        self._import()
                self.assertAgreed(float(amount))

    def test_answers_that_never_came(self):
        """S2-14: 500, 503, garbage, timeout, reset and limits: the watermark stays, the run comes back, all arrives."""
        faults = [
            {"kind": "status", "status": 500},
            {"kind": "status", "status": 503, "body": "The Organisation is offline"},
            {"kind": "garbage"},
            {"kind": "reset"},
            {"kind": "status", "status": 429, "headers": {"Retry-After": "7", "X-Rate-Limit-Problem": "day"}},
        ]
        for amount, fault in enumerate(faults, start=1):
            with self.subTest(**fault):
                self._pay_in_xero(amount="1.00")
                before = self._cursor().modified_since
                self.xero.add_fault(method="GET", path="Payments", times=1, **fault)
                self.env["ir.cron.trigger"].search([]).unlink()
                self._import()
                self.assertEqual(self._cursor().modified_since, before)
                self.assertTrue(self._woken(timedelta(minutes=16)))
                self.assertFalse(self._issues())
                self.env["xero.budget"].sudo().search([]).write({"retry_at": False, "limit": False})
                self._run_by_itself(self.connection.import_cron_id)
                self.assertAgreed(float(amount))
        self.assertFalse(self._cursor().failures)

    def test_fault_on_a_later_page(self):
        """S2-49: what fails on a later page costs that page alone; the next run goes on there."""
        self._small_pages()
        self._pay_in_xero()
        self.xero.add_fault("status", method="GET", path="Payments", nth=2, times=1, status=500)
        self._import()
        self.assertTrue(self._cursor().position)
        self._import()
        self.assertAgreed()

    def test_missing_scope(self):
        """S2-54: where the right to read is missing, an issue says so once, and it is not asked every minute."""
        self.xero.add_fault(
            "status", method="GET", path="Payments", times=1, status=401,
            body='{"Title": "Unauthorized", "Status": 401, "Detail": "AuthorizationUnsuccessful"}',
        )  # fmt: skip
        before = self._cursor().modified_since
        self._import()
        self.assertEqual(self._issues().code, "missing_right")
        self.assertEqual(self._cursor().modified_since, before)
        self.xero.clear_journal()
        self._run_by_itself(self.connection.import_cron_id)
        self.assertFalse(self._calls("GET", "Payments"))
        self._pay_in_xero()
        self._issues().action_retry()
        self._run_by_itself(self.connection.import_cron_id)
        self._run_by_itself(self.connection.import_cron_id)
        self.assertAgreed()

    def test_serialization_failure(self):
        """S2-49: where another transaction comes between, the page is done again, and no record is blamed."""
        self._pay_in_xero()
        original = self.env.registry["xero.mapper.payment"]._from_xero
        failures = iter([True, True])

        def from_xero(model, connection, payloads):
            if next(failures, False):
                raise SerializationFailure("could not serialize access due to concurrent update")
            return original(model, connection, payloads)

        with patch.object(self.env.registry["xero.mapper.payment"], "_from_xero", from_xero):
            self._import()
        self.assertFalse(self._issues())
        self.assertAgreed()

    def test_one_object_stops_no_other(self):
        """S2-14: a mapper that fails keeps no other one from being read."""
        self._pay_in_xero()
        mapper = self.env.registry["xero.mapper.contact"]
        with (
            patch.object(mapper, "_modified_since", True),
            patch.object(mapper, "_candidates", side_effect=ValueError("odd")),
            self.assertLogs("odoo.addons.account_xero.engine.importer", "ERROR"),
        ):
            self.env["xero.schedule"]._of(self.connection)
            self._import()
        self.assertAgreed()
        self.assertEqual(self._issues().mapped("code"), ["unexpected"])
        self.assertEqual(self._issues().resource, "Contacts")


class TestJournal(ImportCase):
    def _requests(self):
        return self.env["xero.request"].search([("connection_id", "=", self.connection.id), ("method", "=", "GET")])

    def test_reading_calls_are_kept(self):
        """S2-15: imports stand in the journal of calls with status, time, limits and answer; failed ones too."""
        self._pay_in_xero()
        known = self._requests()
        self._import()
        [read] = (self._requests() - known).filtered(lambda request: request.path == "Payments")
        self.assertEqual((read.path, read.status, read.state), ("Payments", 200, "done"))
        self.assertIn("PaymentID", read.response)
        self.assertTrue(read.day_remaining)
        known = self._requests()
        self.xero.add_fault("status", method="GET", path="Payments", times=1, status=500)
        self._import()
        [failed] = (self._requests() - known).filtered(lambda request: request.path == "Payments")
        self.assertEqual((failed.status, failed.error), (500, "RetryLater"))

    def test_forgetting(self):
        """S2-15: bodies and calls are forgotten by age and size; history and what is under way are never touched."""
        self._pay_in_xero()
        self._import()
        requests = self.env["xero.request"].sudo()
        everything = requests.search([("connection_id", "=", self.connection.id)])
        under_way = everything[-1]
        under_way.state = "doubt"
        history = self.env["xero.history"].search_count([])
        self._age(everything, 31)
        requests._gc_requests()
        self.assertFalse((everything - under_way).filtered("body") | (everything - under_way).filtered("response"))
        self.assertTrue(under_way.body)
        self._age(everything, 181)
        requests._gc_requests()
        self.assertEqual(everything.exists(), under_way)
        self.assertEqual(self.env["xero.history"].search_count([]), history)

    def test_forgetting_by_size(self):
        """S2-15: where bodies take more room than allowed, the oldest go first."""
        old, new = [
            self.env["xero.request"].sudo().create(
                {
                    "connection_id": self.connection.id, "method": "GET", "path": "Payments", "state": "done",
                    "response": "x" * 700_000,
                }
            )
            for _n in range(2)
        ]  # fmt: skip
        self.connection.keep_max_mb = 1
        self.env.flush_all()
        self.env["xero.request"].sudo()._gc_requests()
        self.assertFalse(old.response)
        self.assertTrue(new.response)

    def _age(self, requests, days):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE xero_request SET create_date = now() - %s * interval '1 day' WHERE id IN %s",
            [days, tuple(requests.ids)],
        )
        requests.invalidate_recordset()

    def test_buttons_and_reference_data(self):
        """S2-15: what Test Xero and Read Reference Data asked stands in the journal as well."""
        known = self._requests()
        self.connection.action_read_reference_data()
        paths = set((self._requests() - known).mapped("path"))
        self.assertLessEqual({"Organisation", "Accounts", "TaxRates", "Currencies"}, paths)
