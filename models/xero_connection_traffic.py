import time
from datetime import timedelta
from math import ceil

from odoo import api, fields, models
from odoo.tools import SQL, format_time

from ..engine.flights import LANES
from ..xero_api.ratelimit import seconds_for
from .xero_budget import RESERVES

# How long a call takes where none has been made yet; Xero needs seconds for a batch of 50.
CALL_SECONDS = 3.0
DAY = 86400.0
# Rows of the queue that a forecast looks at; more than go in a day.
LOOKED_AT = 100_000


class XeroConnection(models.Model):
    """What the connection's calls are used for: how many today, and when the queue will be empty."""

    _inherit = "xero.connection"

    calls_today = fields.Integer(compute="_compute_traffic")
    calls_a_day = fields.Integer(compute="_compute_traffic")
    queue_clears_at = fields.Datetime(compute="_compute_traffic")
    traffic = fields.Char(compute="_compute_traffic", string="Calls")

    @api.depends_context("tz", "lang")
    def _compute_traffic(self):
        now = time.time()
        for connection in self:
            budget = self.env["xero.budget"].sudo().search([("connection_id", "=", connection._origin.id)], limit=1)
            is_told_today = budget.told_for > now - DAY and budget.day_remaining >= 0
            connection.calls_a_day = budget.day_limit or self.env["xero.budget"].default_get(["day_limit"])["day_limit"]
            connection.calls_today = budget.day_limit - budget.day_remaining if is_told_today else 0
            connection.queue_clears_at = False
            clears = connection._queue_clears(budget, now) if budget else ""
            connection.traffic = connection._traffic_text(clears)

    def _traffic_text(self, clears):
        used = self.env._(
            "%(used)s of %(limit)s calls today", used=f"{self.calls_today:,}", limit=f"{self.calls_a_day:,}"
        )
        return f"{used}; {clears}" if clears else used

    def _queue_clears(self, budget, now):
        """When the queue will be empty, in words; notes the moment where there is one."""
        calls, is_all = self._calls_to_make()
        if not calls:
            return ""
        if not is_all:
            return self.env._("the queue needs more than %(calls)s", calls=f"{calls:,}")
        left = self.calls_a_day - self.calls_today - int(self.calls_a_day * RESERVES["normal"])
        if calls > left:
            return self.env._("the queue needs about %(calls)s more and goes on tomorrow", calls=f"{calls:,}")
        call_seconds = budget.call_ms / 1000 if budget.call_ms else CALL_SECONDS
        seconds = seconds_for(budget._pace(), calls, now, call_seconds=call_seconds, lanes=LANES)
        asked = budget._delay("person")
        seconds += asked.seconds if asked.limit == "asked" else 0.0
        self.queue_clears_at = fields.Datetime.now() + timedelta(seconds=seconds)
        return self.env._(
            "queue clears at %(time)s", time=format_time(self.env, self.queue_clears_at, time_format="short")
        )

    def _calls_to_make(self):
        """``(calls, whether all were counted)``: how many calls the waiting changes need."""
        counts = self.env.execute_query(
            SQL(
                """SELECT model, count(DISTINCT res_id), count(*)
                     FROM (SELECT model, res_id FROM xero_outbox
                            WHERE connection_id = %s AND request_id IS NULL AND issue_id IS NULL
                            ORDER BY id LIMIT %s) AS waiting
                    GROUP BY model""",
                self._origin.id,
                LOOKED_AT,
            )
        )
        sizes = {mapper._odoo_model: mapper._batch_size for mapper in self.env["xero.mapper"]._all()}
        calls = sum(ceil(count / sizes.get(model, 1)) for model, count, _rows in counts)
        return calls, sum(rows for _model, _count, rows in counts) < LOOKED_AT
