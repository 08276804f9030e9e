import time
from datetime import timedelta
from math import ceil

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..engine.flights import LANES
from ..xero_api.ratelimit import DAY_LIMITS, Pace, seconds_for
from .xero_budget import RESERVES
from .xero_connection_traffic import CALL_SECONDS

DAY = 86400


class XeroFirstLoad(models.Model):
    """What a load costs: calls, and when it will be through, for each tier of Xero's and at this connection's pace."""

    _inherit = "xero.first.load"

    calls = fields.Integer(compute="_compute_price", string="Calls to Make")
    calls_in = fields.Integer(compute="_compute_price", string="To Read")
    calls_out = fields.Integer(compute="_compute_price", string="To Write")
    ends_at = fields.Datetime(compute="_compute_price", string="Through At")
    promised_at = fields.Datetime(string="Was to Be Through At", readonly=True, copy=False)
    price = fields.Text(compute="_compute_price")
    progress = fields.Float(compute="_compute_progress")
    progress_text = fields.Char(compute="_compute_progress", string="So Far")

    @api.depends("line_ids.direction", "line_ids.read_count", "line_ids.out_count", "state", "paused")
    @api.depends_context("tz", "lang")
    def _compute_price(self):
        for load in self:
            load.calls_in = sum(line._calls_in() for line in load.line_ids)
            load.calls_out = sum(line._calls_out() for line in load.line_ids)
            load.calls = load.calls_in + load.calls_out
            is_open = load.state not in ("draft", "done", "given_up")
            load.ends_at = load._end(load.connection_id.calls_a_day) if is_open else False
            load.price = load._price_text() if is_open else False

    def _price_text(self):
        lines = [
            self.env._(
                "%(calls)s calls: %(reads)s to read (up to 1,000 records each), %(writes)s to write (50 records each).",
                calls=f"{self.calls:,}",
                reads=f"{self.calls_in:,}",
                writes=f"{self.calls_out:,}",
            )
        ]
        for limit in DAY_LIMITS:
            lines.append(
                self.env._(
                    "With %(limit)s calls a day: through at %(time)s.",
                    limit=f"{limit:,}",
                    time=format_datetime(self.env, self._end(limit), dt_format="short"),
                )
            )
        return "\n".join(lines)

    def _end(self, day_limit):
        """When the load will be through, were it to go on now, with so many calls a day."""
        budget = self.env["xero.budget"].sudo().search([("connection_id", "=", self.connection_id.id)], limit=1)
        usable = int(day_limit * (1 - RESERVES["later"]))
        today = max(0, usable - self.connection_id.calls_today)
        seconds = self._seconds(budget, min(self.calls, today) if self.calls > today else self.calls)
        if self.calls > today:
            days = ceil((self.calls - today) / usable)
            last = (self.calls - today) - (days - 1) * usable
            seconds = days * DAY + self._seconds(budget, last)
        return fields.Datetime.now() + timedelta(seconds=seconds)

    def _seconds(self, budget, calls):
        """How long so many calls take: reading and booking one after the other, then writing in several lanes."""
        reads = min(self.calls_in, calls)
        call_seconds = budget.call_ms / 1000 if budget.call_ms else CALL_SECONDS
        pace = budget._pace() if budget else Pace()
        writing = seconds_for(pace, calls - reads, time.time(), call_seconds=call_seconds, lanes=LANES)
        booking = sum(line._seconds_to_book() for line in self.line_ids)
        return reads * call_seconds + booking + writing

    @api.depends("line_ids.progress", "state")
    def _compute_progress(self):
        for load in self:
            parts = [(line._total(), line.progress) for line in load.line_ids if line.direction != "none"]
            whole = sum(total for total, _progress in parts)
            load.progress = sum(total * progress for total, progress in parts) / whole if whole else 0.0
            if load.state in ("comparing", "done"):
                load.progress = 100.0
            load.progress_text = load._progress_words(whole)

    def _progress_words(self, whole):
        done = self.env._(
            "%(done)s of %(all)s records", done=f"{round(whole * self.progress / 100):,}", all=f"{whole:,}"
        )
        if self.paused:
            return self.env._("%(done)s; paused", done=done)
        if self.state == "running" and self.ends_at:
            return self.env._(
                "%(done)s; through at %(time)s",
                done=done,
                time=format_datetime(self.env, self.ends_at, dt_format="short"),
            )
        return done
