import time
from datetime import datetime, timezone

from odoo import api, fields, models

from ..transactions import on_locked_row
from ..xero_api.outcomes import RetryLater
from ..xero_api.ratelimit import DAY_LIMITS, Delay, Pace

LOCK_TIMEOUT = "5s"
LATER_PAUSE = 60.0  # seconds, where Xero does not say how long

# Share of a day's calls that work of a kind leaves to what is more urgent, so that a short day goes to what matters.
RESERVES = {
    "later": 0.20,  # updates of contacts and items that no document needs
    "normal": 0.05,  # documents
    "urgent": 0.01,  # payments, and finding out what became of a call
    "person": 0.0,  # somebody pressed a button
}

# Part of a Pace -> column.
COLUMNS = {"minute": "minute_remaining", "day": "day_remaining", "app": "app_remaining"}


class XeroBudget(models.Model):
    """How many calls Xero still allows, and when the next one may leave (xero-api.md 2.1).

    One account for all workers and buttons of a connection, kept in transactions of its own: a call is entered before
    it leaves, and what the answer tells afterwards. A row of its own, referenced by nothing: many tables hold a foreign
    key on the connection, and writing the connection with every call would make users and workers wait for each other.
    """

    _name = "xero.budget"
    _description = "Remaining Xero Calls"
    _rec_name = "connection_id"

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="connection_id.company_id")
    # -1: Xero has not told.
    minute_remaining = fields.Integer(string="Calls Left This Minute", readonly=True, default=-1)
    day_remaining = fields.Integer(string="Calls Left Today", readonly=True, default=-1)
    day_limit = fields.Integer(string="Calls a Day", readonly=True, default=DAY_LIMITS[0])
    app_remaining = fields.Integer(string="Calls Left This Minute, All Organisations", readonly=True, default=-1)
    sent = fields.Json(readonly=True, help="When the calls of the last minute left.")
    told_for = fields.Float(readonly=True, digits=False, help="When the call left whose answer told what is left.")
    minute_since = fields.Float(readonly=True, digits=False)
    call_ms = fields.Integer(readonly=True, help="How long a call takes until its answer is kept, smoothed.")
    retry_at = fields.Datetime(readonly=True, help="No call before this time: Xero asked to wait.")
    limit = fields.Char(readonly=True, help="The limit that was reached.")
    updated_at = fields.Datetime(readonly=True)

    _connection_unique = models.UniqueIndex("(connection_id)", "A connection has one budget.")

    @api.model
    def _of(self, connection):
        """Return the budget of the connection, made on first use."""
        budget = self.sudo().search([("connection_id", "=", connection.id)], limit=1)
        return budget or self.sudo().create({"connection_id": connection.id})

    # === BEFORE A CALL === #

    def _delay(self, urgency="normal"):
        """How long the next call of this urgency has to wait: a ``Delay``, falsy where it may leave now."""
        return self._pace().delay(time.time(), **self._kept(urgency))

    def _take(self, urgency="normal", calls=1):
        """Enter calls that leave now.

        :param urgency: a key of ``RESERVES``
        :return: ``Delay``; falsy: they are entered and may leave, else nothing was entered
        """
        return self._in_own_transaction(lambda budget: budget._entered(urgency, calls)) or Delay(0.0, None)

    def _entered(self, urgency, calls):
        now, pace = time.time(), self._pace()
        delay = pace.delay(now, **self._kept(urgency))
        if not delay:
            for _n in range(calls):
                pace = pace.taken(now)
            self.write(self._values(pace))
        return delay

    def _admit(self, urgency):
        """Enter one call of somebody who does not wait.

        :raises RetryLater: with the time to wait; nothing was entered
        """
        if delay := self._take(urgency):
            raise RetryLater("The calls that Xero allows are used up.", after=delay.seconds, limit=delay.limit)

    def _kept(self, urgency):
        return {
            "keep_day": int(self.day_limit * RESERVES[urgency]),
            **({"keep_minute": 0} if urgency == "person" else {}),
        }

    # === AFTER A CALL === #

    def _record(self, limits, sent_at=None, ms=None):
        """Note what an answer's headers said; a header that was absent leaves its figure as it was.

        :param sent_at: when the call left, seconds since 1970
        :param ms: how long it took until its answer was kept
        """
        self._in_own_transaction(lambda budget: budget._note(limits, sent_at or time.time(), ms))

    def _note(self, limits, sent_at, ms):
        values = self._values(self._pace().told(limits, sent_at))
        if ms:
            values["call_ms"] = round(0.8 * self.call_ms + 0.2 * ms) if self.call_ms else ms
        # The plan is not told: who has more than 1,000 calls left has 5,000 a day.
        if (limits.day or 0) > self.day_limit:
            values["day_limit"] = next((limit for limit in DAY_LIMITS if limit >= limits.day), limits.day)
        self.write({**values, "updated_at": fields.Datetime.now()})

    def _heed(self, later):
        """Return the seconds that a ``RetryLater`` asks for; where Xero itself said so, nobody calls before then.

        Waits of our own (the pace, another worker's renewal of the token) are the caller's alone.
        """
        after = LATER_PAUSE if later.after is None else float(later.after)
        if later.status:
            self._wait(after, later.limit)
        return after

    def _wait(self, seconds, limit=None):
        """Note that Xero is to be left alone for so many seconds, and for which limit."""

        def refuse(budget):
            pace = budget._pace().refused(seconds, time.time())
            budget.write({**budget._values(pace), "limit": limit or False})

        self._in_own_transaction(refuse)

    # === ACCOUNT === #

    def _in_own_transaction(self, work):
        """Other workers and buttons change this row all the time; a snapshot of the caller's would lose to them."""
        result = on_locked_row(self.sudo(), lambda budget: budget.exists() and work(budget), lock_timeout=LOCK_TIMEOUT)
        self.invalidate_recordset()
        return result

    def _pace(self):
        self.ensure_one()
        return Pace(
            sent=tuple(self.sent or ()),
            **{name: left if (left := self[column]) >= 0 else None for name, column in COLUMNS.items()},
            told_for=self.told_for or None,
            minute_since=self.minute_since or None,
            retry_at=self.retry_at.replace(tzinfo=timezone.utc).timestamp() if self.retry_at else None,
        )

    @api.model
    def _values(self, pace):
        return {
            "sent": list(pace.sent),
            **{column: -1 if getattr(pace, name) is None else getattr(pace, name) for name, column in COLUMNS.items()},
            "told_for": pace.told_for or 0.0,
            "minute_since": pace.minute_since or 0.0,
            "retry_at": _moment(pace.retry_at),
        }


def _moment(timestamp):
    """A naive UTC datetime, rounded up: nobody comes back too early by a fraction of a second."""
    if not timestamp:
        return False
    return datetime.fromtimestamp(-(-timestamp // 1), timezone.utc).replace(tzinfo=None)
