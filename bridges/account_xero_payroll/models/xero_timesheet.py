from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.account_xero.models.xero_sync_mixin import LINKED

from ..allocation import Hours

STATES = [
    ("draft", "Draft"),
    ("requested", "Waiting for Approval"),
    ("rejected", "Rejected"),
    ("approved", "Approved"),
    ("processed", "Paid"),
]


class XeroTimesheet(models.Model):
    """One employee's hours of one pay period: what a timesheet in Xero is.

    Which hours stand on it is worked out from the recorded lines (allocation.py) while it is a draft in Xero; once it
    is not, it keeps what both sides last agreed on.
    """

    _name = "xero.timesheet"
    _inherit = ["xero.sync.mixin"]
    _description = "Xero Timesheet"
    _order = "start_date desc, employee_id"

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    employee_id = fields.Many2one("hr.employee", required=True, readonly=True, ondelete="cascade", index=True)
    start_date = fields.Date("From", required=True, readonly=True)
    end_date = fields.Date("To", required=True, readonly=True)
    remote_state = fields.Selection(STATES, "In Xero", required=True, readonly=True, default="draft")
    entries = fields.Json(readonly=True, help="Recorded line, its day, its day here, earnings rate and hours.")
    hours = fields.Float(readonly=True, string="Total Hours")
    late_hours = fields.Float(readonly=True, help="Hours of earlier periods that were closed when they were recorded.")
    explanation = fields.Text(compute="_compute_explanation")

    _once = models.UniqueIndex(
        "(connection_id, employee_id, start_date, end_date)", "There is one timesheet for an employee and pay period."
    )

    _xero_company_owned = True

    @api.depends("employee_id.name", "start_date", "end_date")
    def _compute_display_name(self):
        for sheet in self:
            sheet.display_name = f"{sheet.employee_id.name}: {sheet.start_date} – {sheet.end_date}"

    @api.depends("remote_state", "entries")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for sheet in self:
            sheet.explanation = "\n".join(filter(None, (sheet._closed_in_words(), sheet._late_in_words()))) or False

    def _closed_in_words(self):
        if not self._is_closed():
            return False
        return self.env._(
            "This sheet is no draft in Xero any more, so Odoo leaves it alone. Hours that are recorded or corrected "
            "now go to the next open pay period; to have them here, revert the sheet to draft in Xero."
        )

    def _late_in_words(self):
        return "\n".join(
            self.env._(
                "%(hours)s hours of %(day)s are late and stand on %(here)s.", hours=one.units, day=one.own, here=one.day
            )
            for one in self._hours()
            if one.is_late
        )

    @property
    def period(self):
        return self.start_date, self.end_date

    def _is_closed(self):
        return self.remote_state != "draft"

    # === HOURS === #

    def _hours(self):
        """The Hours that stand on the sheet."""
        return read_hours(self.entries)

    def _put(self, hours):
        """Let these hours stand on the sheet; returns whether that changes it."""
        entries = write_hours(hours)
        if entries == (self.entries or []):
            return False
        late = sum((one.units for one in hours if one.is_late), Decimal(0))
        total = sum((one.units for one in hours), Decimal(0))
        self.write({"entries": entries, "hours": float(total), "late_hours": float(late)})
        return True

    def _follow(self, state):
        """The sheet has another status in Xero; returns whether it opened or closed."""
        was_closed = self._is_closed()
        self.remote_state = state
        return was_closed != self._is_closed()

    # === MARK === #

    def _again(self):
        self.env["xero.outbox"].with_context(xero_no_export=False)._mark(self)

    @api.model
    def _xero_mark_query(self, ids):
        return SQL(
            """SELECT c.id, 'xero.timesheet', s.id FROM xero_timesheet s
                 JOIN xero_connection c ON c.id = s.connection_id AND %s WHERE s.id = ANY(%s)""",
            LINKED,
            list(ids),
        )

    @api.model
    def _xero_backlog_query(self, connection):
        """What is missed is found from the hours (xero.timekeeper)."""
        return


def read_hours(entries):
    return [
        Hours(line, date.fromisoformat(own), date.fromisoformat(day), rate, Decimal(units))
        for line, own, day, rate, units in entries or []
    ]


def write_hours(hours):
    ordered = sorted(hours, key=lambda one: (one.day, one.own, one.rate, one.line))
    return [[one.line, str(one.own), str(one.day), one.rate, str(one.units)] for one in ordered]
