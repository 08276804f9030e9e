"""Deadline: how long a run may go on. No worker is kept from other work, and none is killed for being slow."""

import threading
import time

from odoo.tools import SQL, config

# Odoo gives a job that reports progress so long before others get their turn (odoo19.md section 3).
SLICE = 10.0
# Where the server sets no limit, a run ends nevertheless, so that a new registry or new code is taken up.
UNLIMITED = 300.0
# Waits up to this long are taken inside the run, because the next one would be up to a minute late.
PATIENCE = 90.0
# How often the other jobs are looked at.
LOOK = 5.0

# A running exporter or importer holds the advisory lock named after its job (transactions.alone).
WAITING_JOBS = """
    SELECT count(*), count(*) FILTER (WHERE id IN (SELECT export_cron_id FROM xero_connection)
                                         OR id IN (SELECT import_cron_id FROM xero_connection))
      FROM ir_cron
     WHERE %(is_ready)s AND id != %(cron_id)s AND NOT EXISTS (
           SELECT 1 FROM pg_locks
            WHERE locktype = 'advisory'
              AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND objid::bigint = (hashtext('ir.cron,' || ir_cron.id)::bigint & 4294967295))"""


class Deadline:
    """When this run has to end: after 10 seconds where other jobs are due, else after half the server's limit.

    :param env: of the job; outside a job there is no end
    """

    def __init__(self, env):
        self._env = env
        self._cron_id = env.context.get("cron_id")
        self._start = time.monotonic()
        self._looked_at = float("-inf")
        self._others = (0, 0)

    def left(self):
        """Seconds; at most 0 when the run is over."""
        if not self._cron_id:
            return float("inf")
        return self._start + self._allowed() - time.monotonic()

    def may_rest(self, seconds):
        """Whether a wait of so many seconds is taken inside runs, this one and the next."""
        return seconds <= PATIENCE and self.left() > 0

    def rest(self, seconds):
        """Wait for a moment; for the pacer only, never beyond the end of the run, and not long without another look.

        A run that gives way to other jobs in the middle of a wait ends as one whose time is over: woken at once, it
        comes back behind them. Woken at the moment itself it would be up to a minute late.
        """
        threading.Event().wait(max(0.0, min(seconds, self.left(), LOOK)))

    def _allowed(self):
        half = _limit() / 2
        others, connections = self._others_due()
        # A worker does all due jobs in one go, and the limit is on them together.
        return min(half, max(2.0, min(SLICE, half / (connections + 1)))) if others else half

    def _others_due(self):
        """How many other jobs wait for a worker, and how many of them are a connection's; running ones do not wait."""
        if time.monotonic() > self._looked_at + LOOK:
            with self._env.registry.cursor() as cr:
                is_ready = self._env.registry["ir.cron"]._get_ready_sql_condition(cr)
                cr.execute(SQL(WAITING_JOBS, cron_id=self._cron_id, is_ready=is_ready))
                self._others = cr.fetchone()
            self._looked_at = time.monotonic()
        return self._others


def _limit():
    """Seconds after which the server ends a job, or ends itself with it."""
    limit = config["limit_time_real_cron"]
    if limit is None or limit < 0:
        limit = config["limit_time_real"]
    return limit or 2 * UNLIMITED
