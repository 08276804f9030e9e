import re
from datetime import datetime, timedelta
from math import ceil

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

from ..business_hours import local_day, next_open_moment, open_hours_a_day, zone_of

_lt = LazyTranslate(__name__)

# How far ahead the next chosen time is looked for: a working calendar may close for weeks.
HORIZON_DAYS = 60
# What was asked for or came due stays open until the queue is through with it, and no longer than this.
OPEN_FOR = timedelta(hours=1)
# "Automatic" imports are told by webhooks; this is the net beneath them (xero-api.md 5: keep a poll).
NET = timedelta(hours=2)

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
# What a change of these means is counted from now on.
TIMING = {"mode", "timing", "interval_number", "interval_unit", "times", "within_business_hours", *DAYS}
# Xero's names of objects that people call otherwise, or that are written in one word.
OBJECTS = {
    "BankTransactions": _lt("Over- and Prepayments"),
    "BankTransfers": _lt("Bank Transfers"),
    "ContactGroupMembers": _lt("Contacts of Groups"),
    "ContactGroups": _lt("Contact Groups"),
    "CreditNotes": _lt("Credit Notes"),
    "HistoryRecords": _lt("History Notes"),
    "Invoices": _lt("Invoices and Bills"),
    "LeaveApplications": _lt("Leave"),
    "ManualJournals": _lt("Manual Journals"),
    "PayRuns": _lt("Pay Runs"),
    "PayrollEmployees": _lt("Employees"),
    "PayrollLeave": _lt("Leave"),
    "PayrollRuns": _lt("Pay Runs"),
    "PayrollTimesheets": _lt("Timesheets"),
    "PurchaseOrders": _lt("Purchase Orders"),
    "StockMoves": _lt("Stock"),
    "TaxRates": _lt("Tax Rates"),
    "Timekeepers": _lt("Hours"),
    "TrackingOptions": _lt("Tracking Options"),
}


EVERY = {
    "minutes": _lt("Every %(number)s minutes%(hours)s"),
    "hours": _lt("Every %(number)s hours%(hours)s"),
    "days": _lt("Every %(number)s days%(hours)s"),
}


class XeroSchedule(models.Model):
    """When records of one kind go to Xero, or are read from it.

    Manual: only when somebody presses a button. Automatic: within seconds of the change. Scheduled: at an interval or
    at chosen days and times. The crons look here; nobody writes a cron.
    """

    _name = "xero.schedule"
    _description = "Xero Schedule"
    _order = "connection_id, direction desc, sequence, id"
    _rec_name = "resource"

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id")
    sequence = fields.Integer(default=100)
    resource = fields.Char(string="Object", required=True, readonly=True)
    object_name = fields.Char(compute="_compute_object_name", string="Records")
    direction = fields.Selection([("out", "To Xero"), ("in", "From Xero")], required=True, readonly=True)
    mode = fields.Selection(
        [("manual", "Manual"), ("automatic", "Automatic"), ("scheduled", "Scheduled")],
        required=True,
        default="automatic",
        help="Manual: only when somebody presses a button. Automatic: within seconds after the change. Scheduled: at "
        "an interval, or on chosen days at chosen times.",
    )
    timing = fields.Selection(
        [("interval", "At an Interval"), ("times", "At Chosen Times")], string="When", required=True, default="interval"
    )
    interval_number = fields.Integer(string="Every", required=True, default=1)
    interval_unit = fields.Selection(
        [("minutes", "Minutes"), ("hours", "Hours"), ("days", "Days")], string="Unit", required=True, default="hours"
    )
    monday = fields.Boolean(default=True)
    tuesday = fields.Boolean(default=True)
    wednesday = fields.Boolean(default=True)
    thursday = fields.Boolean(default=True)
    friday = fields.Boolean(default=True)
    saturday = fields.Boolean()
    sunday = fields.Boolean()
    times = fields.Char(
        string="At", default="09:00", help="Times of day in the company's time zone, for example 08:30, 12:00, 17:15."
    )
    within_business_hours = fields.Boolean(
        string="Business Hours Only", help="Only during the hours of the company's working calendar, never at night."
    )
    counted_from = fields.Datetime(default=fields.Datetime.now, readonly=True, copy=False)
    requested_at = fields.Datetime(readonly=True, copy=False, help="When somebody asked for a run at once.")
    last_run = fields.Datetime(readonly=True, copy=False)
    next_run = fields.Datetime(compute="_compute_next_run")
    summary = fields.Char(compute="_compute_summary", string="Runs")

    _once = models.UniqueIndex("(connection_id, resource, direction)", "An object has one schedule per direction.")
    _interval_positive = models.Constraint("CHECK(interval_number > 0)", "An interval is at least 1.")

    @api.depends("resource")
    @api.depends_context("lang")
    def _compute_object_name(self):
        for row in self:
            row.object_name = self.env._(OBJECTS[row.resource]) if row.resource in OBJECTS else row.resource

    # === SETTINGS === #

    @api.model
    def _defaults(self, connection=None):
        """The rows that a connection starts with: everything out at once, payments in every 2 business hours."""
        mappers = [
            mapper for mapper in self.env["xero.mapper"]._all() if not connection or mapper._concerns(connection)
        ]
        out = [
            {"resource": mapper._xero_resource, "direction": "out", "sequence": mapper._rank, "mode": "automatic"}
            for mapper in mappers
            if mapper._is_written
        ]
        # Several mappers may make one resource, such as the payments of a matching and of its write-off.
        out = list({row["resource"]: row for row in reversed(out)}.values())[::-1]
        back = [
            {
                "resource": mapper._xero_resource,
                "direction": "in",
                "sequence": mapper._rank,
                "mode": "manual" if mapper._by_hand else "scheduled",
                "interval_number": mapper._read_every,
                "interval_unit": "hours",
                "within_business_hours": True,
            }
            for mapper in mappers
            if mapper._modified_since
        ]
        return out + back

    @api.model
    def _of(self, connection):
        """The schedules of a connection; what is missing, for instance of a bridge installed since, is made."""
        rows = self.sudo().search([("connection_id", "=", connection.id)])
        known = {(row.resource, row.direction) for row in rows}
        missing = [
            values for values in self._defaults(connection) if (values["resource"], values["direction"]) not in known
        ]
        return rows | self.sudo().create([{**values, "connection_id": connection.id} for values in missing])

    @api.constrains("times", "timing", "mode", *DAYS)
    def _check_times(self):
        for row in self.filtered(lambda row: row.mode == "scheduled" and row.timing == "times"):
            if not row._moments():
                raise ValidationError(
                    self.env._(
                        "%(times)s is no list of times of day. Write hours and minutes separated by commas, for "
                        "example 08:30, 17:15.",
                        times=row.times or "",
                    )
                )
            if not any(row[day] for day in DAYS):
                raise ValidationError(self.env._("Choose at least one day of the week."))

    def write(self, vals):
        if TIMING & vals.keys():
            vals = {**vals, "counted_from": fields.Datetime.now()}
        result = super().write(vals)
        if TIMING & vals.keys():
            for connection in self.connection_id:
                connection._wake_export()
                connection._wake_import()
        return result

    def _moments(self):
        """The chosen times as (hour, minute), or [] where one of them is none."""
        parts = [part.strip() for part in (self.times or "").split(",") if part.strip()]
        found = [CLOCK.fullmatch(part) for part in parts]
        return sorted((int(match[1]), int(match[2])) for match in found) if all(found) else []

    # === WHEN === #

    def _interval(self):
        return timedelta(**{self.interval_unit: self.interval_number})

    @api.depends("last_run", *TIMING, "counted_from")
    def _compute_next_run(self):
        for row in self:
            row.next_run = row._next() if row.mode == "scheduled" else False

    def _next(self):
        """The next moment a scheduled row is due (naive UTC); it may be past. False: there is none in sight."""
        if self.timing == "times":
            return self._next_chosen_time()
        due = (self.last_run + self._interval()) if self.last_run else self.counted_from or fields.Datetime.now()
        return next_open_moment(self.company_id, due, HORIZON_DAYS) if self.within_business_hours else due

    def _next_chosen_time(self):
        zone = zone_of(self.company_id)
        after = max(filter(None, (self.last_run, self.counted_from)), default=fields.Datetime.now())
        day = local_day(self.company_id, after)
        for offset in range(HORIZON_DAYS):
            date = day + timedelta(days=offset)
            for hour, minute in self._moments() if self[DAYS[date.weekday()]] else ():
                moment = zone.localize(datetime(date.year, date.month, date.day, hour, minute))
                due = moment.astimezone(pytz.utc).replace(tzinfo=None)
                if due > after and self._is_open(due):
                    return due
        return False

    def _is_open(self, moment):
        return not self.within_business_hours or next_open_moment(self.company_id, moment, 1) == moment

    def _is_due(self, now):
        """Whether this object may go now: asked for, automatic (exports), or its time has come."""
        if self.requested_at:
            return True
        if self.mode == "automatic":
            return self.direction == "out" or not self.last_run or self.last_run + NET <= now
        return self.mode == "scheduled" and bool(self.next_run) and self.next_run <= now

    def _closes(self):
        """Whether a run ends the time in which these objects may go."""
        return bool(self.requested_at) or self.mode == "scheduled"

    def _opened(self):
        """When what may go now was asked for or came due."""
        return min(filter(None, (self.requested_at, self.next_run)))

    def _wakes_at(self, now):
        """When this row has to be looked at next, or False."""
        if self.mode == "scheduled":
            return self.next_run
        return self.mode == "automatic" and self.direction == "in" and (self.last_run or now) + NET

    # === RUNS === #

    def _request(self):
        """Let these objects go at once, whatever their schedule says."""
        if self:
            self.sudo().write({"requested_at": fields.Datetime.now()})

    def _note_run(self, started):
        """These rows had their run: what was asked for before it is done."""
        rows = self.exists()
        rows.write({"last_run": started})
        rows.filtered(lambda row: row.requested_at and row.requested_at <= started).write({"requested_at": False})

    def action_run(self):
        """Run these objects now; the button of a row."""
        self.check_access("read")
        self._request()
        for connection in self.connection_id:
            if "out" in self.mapped("direction"):
                connection._wake_export()
            if "in" in self.mapped("direction"):
                connection._wake_import()

    # === COST === #

    def _runs_a_day(self):
        """How many runs a day this row causes at most, whether or not anything changed."""
        if self.mode == "manual" or (self.direction == "out" and self.mode == "automatic"):
            return 0
        if self.mode == "automatic":
            return ceil(timedelta(days=1) / NET)
        if self.timing == "times":
            return len(self._moments())
        day = timedelta(hours=open_hours_a_day(self.company_id)) if self.within_business_hours else timedelta(days=1)
        return ceil(day / self._interval())

    @api.depends(*TIMING)
    def _compute_summary(self):
        for row in self:
            row.summary = row._described()

    def _described(self):
        labels = dict(self._fields["mode"]._description_selection(self.env))
        if self.mode != "scheduled":
            return labels[self.mode]
        hours = self.env._(", in business hours") if self.within_business_hours else ""
        if self.timing == "interval":
            words = self.env._(EVERY[self.interval_unit])
            return words % {"number": self.interval_number, "hours": hours}
        days = [self._fields[day]._description_string(self.env)[:3] for day in DAYS if self[day]]
        return self.env._("%(days)s at %(times)s%(hours)s", days=" ".join(days), times=self.times or "", hours=hours)
