"""When objects go and come: manual, automatic, scheduled; in business hours; whatever the schedule says by button."""

from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import XeroCase


class ScheduleCase(XeroCase):
    def setUp(self):
        super().setUp()
        self.calendar = self.env["resource.calendar"].create(
            {"name": "Office", "tz": "Pacific/Auckland", "company_id": self.company.id}
        )
        self.company.resource_calendar_id = self.calendar

    def _row(self, resource, direction="out", **values):
        row = self.env["xero.schedule"]._of(self.connection)
        row = row.filtered(lambda row: (row.resource, row.direction) == (resource, direction))
        if values:
            row.write(values)
        return row

    def _imports(self):
        return self.env["xero.schedule"]._of(self.connection).filtered(lambda row: row.direction == "in")

    def _mapper(self, resource):
        return self.env["xero.mapper"]._for_resource(resource)

    def _due(self):
        self.env.invalidate_all()
        return [mapper._xero_resource for mapper in self.connection._due_imports()]


class TestSchedule(ScheduleCase):
    def test_defaults(self):
        """S2-44, S4-37, S4-R4: one row per object and direction; exports automatic, payments in every 2 hours."""
        rows = self.env["xero.schedule"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual(
            set(rows.filtered(lambda row: row.direction == "out").mapped("resource")),
            {
                mapper._xero_resource
                for mapper in self.env["xero.mapper"]._all()
                if mapper._is_written and mapper._concerns(self.connection)
            },
        )
        self.assertEqual(set(rows.filtered(lambda row: row.direction == "out").mapped("mode")), {"automatic"})
        payments = self._row("Payments", "in")
        self.assertEqual(
            (payments.mode, payments.timing, payments.within_business_hours), ("scheduled", "interval", True)
        )
        self.assertEqual((payments.interval_number, payments.interval_unit), (2, "hours"))

    def test_business_hours(self):
        """S4-37: every 2 hours while the company works, nothing at night, at weekends or on public holidays."""
        payments = self._row("Payments", "in")
        cases = {  # last run and next run, UTC; Auckland is 13 hours ahead in November
            "2026-11-22 20:00:00": "2026-11-22 22:00:00",  # Monday 9:00 -> 11:00
            "2026-11-22 22:30:00": "2026-11-23 00:30:00",  # 11:30 -> 13:30 (lunch ends at 13:00)
            "2026-11-23 03:30:00": "2026-11-23 19:00:00",  # 16:30 -> next morning at 8:00
            "2026-11-27 03:30:00": "2026-11-29 19:00:00",  # Friday afternoon -> Monday morning
        }
        for last, following in cases.items():
            payments.write({"last_run": last})
            self.assertEqual(fields.Datetime.to_string(payments.next_run), following, last)
        self.env.user.tz = self.calendar.tz  # with time off installed, Odoo takes the times to be the user's
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": "2026-11-29 11:00:00",
                "date_to": "2026-11-30 10:59:59",
            }
        )
        payments.invalidate_recordset()
        self.assertEqual(fields.Datetime.to_string(payments.next_run), "2026-11-30 19:00:00")

    def test_nothing_at_night(self):
        """S4-37: a run of the cron at night makes no call; the same run in the morning reads payments."""
        self._import()
        self._imports().write({"last_run": "2026-11-23 03:30:00", "requested_at": False})
        with freeze_time("2026-11-23 12:00:00"):
            self.assertEqual(self._due(), [])
        with freeze_time("2026-11-23 19:00:30"):
            self.assertIn("Payments", self._due())

    def test_chosen_days_and_times(self):
        """S4-R4, S2-45: scheduled can mean chosen days and times, on the company's clock through daylight saving."""
        days = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), False)
        row = self._row(
            "Invoices", mode="scheduled", timing="times", times="17:30, 08:15", **{**days, "saturday": True}
        )
        with freeze_time("2026-09-24 00:00:00"):
            row.counted_from = fields.Datetime.now()
            self.assertEqual(row.next_run, datetime(2026, 9, 25, 20, 15))  # Saturday 8:15, UTC+12
            row.last_run = row.next_run
            self.assertEqual(row.next_run, datetime(2026, 9, 26, 5, 30))
            row.last_run = row.next_run
            self.assertEqual(row.next_run, datetime(2026, 10, 2, 19, 15))  # a week later the clock is an hour ahead
        for wrong in ("25:00", "soon", "", "8"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                row.times = wrong

    def test_intervals(self):
        """S2-10, S2-12, S2-45: minutes, hours and days."""
        row = self._row("Items", mode="scheduled", within_business_hours=False)
        row.last_run = "2026-11-23 10:00:00"
        for number, unit, following in ((15, "minutes", "10:15"), (3, "hours", "13:00"), (1, "days", "10:00")):
            row.write({"interval_number": number, "interval_unit": unit})
            self.assertEqual(row.next_run.strftime("%H:%M"), following)
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            row.interval_number = 0
            row.flush_recordset()

    def test_modes_of_exports(self):
        """S2-09, S4-R6: automatic may go at any time; manual only by button; scheduled at its time."""
        invoices = self._mapper("Invoices")
        self.assertTrue(self.connection._may_export_now(invoices))
        row = self._row("Invoices", mode="manual")
        self.assertFalse(self.connection._may_export_now(invoices))
        self.assertTrue(self.connection._may_export_now(self._mapper("Payments")))
        row.action_run()
        self.assertTrue(self.connection._may_export_now(invoices))
        row.write({"requested_at": False, "mode": "scheduled", "interval_unit": "hours", "interval_number": 1})
        row.last_run = fields.Datetime.now()
        self.assertFalse(self.connection._may_export_now(invoices))
        row.last_run = fields.Datetime.now() - timedelta(hours=1, minutes=1)
        self.assertTrue(self.connection._may_export_now(invoices))

    def test_every_object_has_rules(self):
        """S2-26, S2-44: once connected, each object has a rule of its own on the schedule, and what a rule says holds
        for that object alone; each object whose fields can be mapped is among them.
        """
        rows = self.env["xero.schedule"]._of(self.connection)
        offered = {(row.resource, row.direction) for row in rows}
        for resource in ("Contacts", "Invoices", "CreditNotes", "Payments", "Items", "PurchaseOrders"):
            self.assertIn((resource, "out"), offered)
        for resource in ("Contacts", "Invoices", "CreditNotes", "Payments"):
            self.assertIn((resource, "in"), offered)
        mappable = dict(self.env["xero.field.mapping"]._fields["resource"]._description_selection(self.env))
        self.assertLessEqual(set(mappable), {resource for resource, direction in offered if direction == "out"})
        rows.filtered(lambda row: (row.resource, row.direction) == ("CreditNotes", "out")).mode = "manual"
        invoice, credit = self._invoice(), self._invoice("out_refund")
        self._run_by_itself(self.connection.export_cron_id)
        self.assertTrue(self._in_xero("Invoices", InvoiceNumber=invoice.name))
        self.assertFalse(self._in_xero("CreditNotes", CreditNoteNumber=credit.name))

    def test_automatic_means_at_once(self):
        """S2-09, S2-51: what is posted wakes the export worker in the same transaction."""
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.connection.export_cron_id.id)])
        triggers.unlink()
        self._invoice()
        self._mark()
        [trigger] = self.env["ir.cron.trigger"].search([("cron_id", "=", self.connection.export_cron_id.id)])[:1]
        self.assertLessEqual(trigger.call_at, fields.Datetime.now())

    def test_button_opens_and_the_run_closes(self):
        """S4-R4: Export Now lets everything go once, and the objects are manual again afterwards."""
        self._row("Invoices", mode="manual")
        self._invoice()
        self.connection.action_export_now()
        self._export()
        self.assertFalse(self._queue())
        self.assertFalse(self._row("Invoices").requested_at)
        self.assertTrue(self._row("Invoices").last_run)
        self.assertFalse(self.connection._may_export_now(self._mapper("Invoices")))

    def test_the_worker_is_woken_for_the_next_time(self):
        """S2-10: after a run the worker has a trigger for the next due time of what is read, and only one."""
        # Nobody imports items here, so that they are due in an hour is no reason to come.
        items = self._row("Items", "in", interval_number=1, within_business_hours=False, last_run=fields.Datetime.now())
        self._import()
        self._import()
        read = self._imports().filtered("last_run") - items
        self.assertIn(self._row("Payments", "in"), read)
        later = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.connection.import_cron_id.id), ("call_at", ">", fields.Datetime.now())]
        )
        self.assertEqual(len(later), 1)
        # The trigger is that of the first run, which read seconds before the second one.
        self.assertAlmostEqual(later.call_at, min(read.mapped("next_run")), delta=timedelta(minutes=1))

    def test_manual_imports(self):
        """S2-44: payments set to manual come by button only."""
        self._imports().write({"mode": "manual", "requested_at": False, "last_run": "2020-01-01 00:00:00"})
        self.assertEqual(self._due(), [])
        self.connection.action_import_now()
        self.assertIn("Payments", self._due())

    def test_advice(self):
        """S2-55: a schedule that needs more calls than a day has says so, and which object to change."""
        self.assertFalse(self.connection.schedule_advice)
        self._row("Payments", "in", interval_unit="minutes", interval_number=1, within_business_hours=False)
        self.connection.invalidate_recordset()
        self.assertIn("1440", self.connection.schedule_advice)
        self.assertIn("Payments", self.connection.schedule_advice)

    def test_who_may_change_it(self):
        """S2-44: bookkeepers see it and run objects; administrators change it; others see nothing."""
        row = self._row("Payments", "in")
        clerk = new_test_user(
            self.env, "clerk", groups="account_xero.group_xero_user", company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )  # fmt: skip
        with self.assertRaises(AccessError):
            row.with_user(clerk).mode = "manual"
        row.with_user(clerk).action_run()
        self.assertTrue(row.requested_at)
        other = new_test_user(self.env, "stranger", groups="account_xero.group_xero_administrator")
        other.write(
            {
                "company_ids": [(6, 0, self.env.ref("base.main_company").ids)],
                "company_id": self.env.ref("base.main_company").id,
            }
        )
        self.assertFalse(self.env["xero.schedule"].with_user(other).search([("id", "=", row.id)]))
