import logging
from datetime import timedelta

from psycopg2.errors import LockNotAvailable

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..const import STATE_LOCK_TIMEOUT
from ..transactions import on_locked_row
from ..xero_api.outcomes import XeroError

_logger = logging.getLogger(__name__)

READ_EVERY = timedelta(minutes=15)
LOCKS = ("period_lock_date", "end_of_year_lock_date")


class XeroConnection(models.Model):
    """Xero's two lock dates: read before documents go and after a refusal, and what to do about them."""

    _inherit = "xero.connection"

    lock_policy = fields.Selection(
        [
            ("hold", "Hold Them"),
            ("first_open", "Send Them on the First Open Day"),
            ("draft", "Send Them as Drafts"),
        ],
        string="Documents in a Locked Period",
        default="hold",
        required=True,
        help="Documents dated on or before a lock date of Xero wait for somebody; or go to Xero dated on the first "
        "open day, with their own date in the reference; or go as drafts, for your accountant to approve.",
    )

    def _is_locked(self, day):
        """Whether Xero lets nothing be posted on ``day``."""
        return bool(day) and any(lock and day <= lock for lock in (self[name] for name in LOCKS))

    def _run_export(self):
        for connection in self._ready_to_run():
            connection._refresh_lock_dates()
        result = super()._run_export()
        for connection in self._ready_to_run().filtered(lambda connection: connection._was_refused_for_lock_dates()):
            connection._refresh_lock_dates(at_once=True)
        return result

    def _refresh_lock_dates(self, at_once=False):
        """Read the lock dates where documents wait and the last reading is old; at most one call."""
        now = fields.Datetime.now()
        if not at_once and (self.lock_dates_read_at or now) > now - READ_EVERY:
            return
        if not at_once and not self._has_waiting_documents():
            return
        self.env["ir.cron"]._commit_progress(0, remaining=0)  # no transaction is open during the call
        try:
            organisation = self._with_client(self._read_organisation, urgency="normal")
        except (XeroError, UserError) as error:
            _logger.info("Xero: the lock dates of connection %s could not be read: %s", self.id, error)
            return
        self._keep_lock_dates({name: self._organisation_values(organisation)[name] for name in LOCKS})

    def _keep_lock_dates(self, dates):
        """In a transaction of its own, so that no editor of the connection waits; moved dates wake what was held."""
        values = {**dates, "lock_dates_read_at": fields.Datetime.now()}
        try:
            on_locked_row(self.sudo(), lambda own: own.write(values), lock_timeout=STATE_LOCK_TIMEOUT)
        except LockNotAvailable:
            _logger.info("Connection %s is being edited; its lock dates are kept next time.", self.id)
        self.env["ir.cron"]._commit_progress(0, remaining=0)  # from here on the new dates are seen
        self.invalidate_recordset()

    def _has_waiting_documents(self):
        domain = [("connection_id", "=", self.id), ("model", "=", "account.move")]
        return bool(self.env["xero.outbox"].sudo().search_count(domain, limit=1))

    def _was_refused_for_lock_dates(self):
        """Whether Xero itself refused something for a lock date since they were read."""
        domain = [("connection_id", "=", self.id), ("code", "=", "period_locked"), ("state", "=", "open")]
        since = [("request_id", "!=", False), ("last_date", ">=", self.lock_dates_read_at or fields.Datetime.now())]
        return bool(self.env["xero.issue"].sudo().search_count([*domain, *since], limit=1))


class AccountMove(models.Model):
    _inherit = "account.move"

    xero_lock_warning = fields.Char(compute="_compute_xero_lock_warning", groups="base.group_user")

    @api.depends("state", "move_type", "invoice_date", "company_id", "xero_do_not_export")
    def _compute_xero_lock_warning(self):
        """Said while somebody can still change the date; it blocks nothing."""
        self.xero_lock_warning = False
        for company, moves in self.grouped("company_id").items():
            connection = company.sudo()._xero_connection()
            for move in moves.filtered(lambda move: move.state == "draft" and move._xero_is_document()):
                day = move.invoice_date or fields.Date.context_today(move)
                if connection and not move.xero_do_not_export and connection._is_locked(day):
                    move.xero_lock_warning = move._xero_lock_words(connection, day)

    def _xero_lock_words(self, connection, day):
        words = {
            "hold": self.env._("Posted with this date, it waits until you date it later or the lock is moved."),
            "first_open": self.env._(
                "It will be dated %(day)s in Xero.", day=format_date(self.env, connection._first_open_day())
            ),
            "draft": self.env._("It will go to Xero as a draft."),
        }
        lock = max(lock for lock in (connection[name] for name in LOCKS) if lock)
        locked = self.env._(
            "Xero's books are locked until %(lock)s, and this is dated %(day)s.",
            lock=format_date(self.env, lock),
            day=format_date(self.env, day),
        )
        return f"{locked} {words[connection.lock_policy]}"
