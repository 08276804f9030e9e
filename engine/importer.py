"""Import: read pages since the watermark, map, create or link, record, move the watermark.

The watermark moves in the transaction of its page, so a crash repeats a page and never skips one;
repeating finds the links and does nothing. Records are written with exports suppressed, and the
link carries what both sides agree on, so what came in does not go out again.
"""

import logging
from datetime import timedelta

from odoo import api, fields, models

from ..exceptions import Hold
from ..xero_api import outcomes
from .outbox import SUPPRESS

_logger = logging.getLogger(__name__)

# If-Modified-Since counts whole seconds and Xero's stamps are not always in order (xero-api.md 3.5).
OVERLAP = timedelta(minutes=2)


class XeroImporter(models.AbstractModel):
    _name = "xero.importer"
    _description = "Xero Importer"

    @api.model
    def _run(self, connection):
        """Read what changed in Xero for every mapper that reads."""
        self = self.sudo().with_context(**{SUPPRESS: True})
        connection = connection.sudo().with_context(**{SUPPRESS: True})
        try:
            for mapper in self.env["xero.mapper"]._all():
                if mapper._modified_since:
                    self._retry_issues(connection, mapper)
                    self._import_changes(connection, mapper)
        except outcomes.ReconnectNeeded as error:
            connection._note_reconnect_needed(error)
        except (outcomes.RetryLater, outcomes.InDoubt) as later:
            after = getattr(later, "after", None) or 60
            self.env.cr.rollback()
            connection._wake_import(fields.Datetime.now() + timedelta(seconds=float(after)))
            self._checkpoint()
        except outcomes.XeroError as error:
            self._tell(connection, error)

    def _tell(self, connection, error):
        """What Xero refuses to show is a problem of the connection; nothing of it leaves the cron as a crash."""
        code = "missing_right" if isinstance(error, outcomes.MissingScope) else "refused"
        problem = {"code": code, "values": {"message": str(error)}, "model": connection._name, "res_id": connection.id}
        self.env["xero.issue"]._raise_many(connection, [{**problem, "direction": "in"}])

    def _import_changes(self, connection, mapper):
        """Read all pages since the watermark. Nothing is skipped: what cannot be booked becomes an issue."""
        cursor = self.env["xero.cursor"]._get(connection, mapper._xero_resource)
        since = cursor.modified_since - OVERLAP
        client = connection._get_client()
        self._checkpoint()
        started = None
        for answer in client.pages(mapper._xero_resource, modified_since=since):
            started = started or answer.server_time
            self.env["xero.budget"]._of(connection)._record(answer.limits)
            self._import_page(connection, mapper, mapper._candidates([answer]))
            self._checkpoint()
        now = fields.Datetime.now()
        cursor.write({"modified_since": started.replace(tzinfo=None) if started else now, "last_success": now})
        self._checkpoint()

    def _retry_issues(self, connection, mapper):
        """Read again, one by one, what an earlier import could not book and somebody has mended since."""
        issues = self.env["xero.issue"].search(
            [
                ("connection_id", "=", connection.id),
                ("state", "=", "retry"),
                ("direction", "=", "in"),
                ("resource", "=", mapper._xero_resource),
            ]
        )
        for issue in issues:
            answer = connection._with_client(lambda client, i=issue: client.get(f"{i.resource}/{i.external_id}"))
            self._checkpoint()  # what follows has to see what was committed before the answer
            issue.state = "resolved"
            self._import_page(connection, mapper, mapper._candidates([answer]))
            self._checkpoint()

    def _checkpoint(self):
        """Keep a page with its watermark, or release the snapshot before a call."""
        self.env["ir.cron"]._commit_progress(0, remaining=0)

    def _import_page(self, connection, mapper, payloads):
        """Book the payloads that are not linked yet; what is linked and unchanged is left alone."""
        bindings = self.env["xero.binding"]._by_external(
            connection, mapper._xero_resource, {mapper._external_id(payload) for payload in payloads}
        )
        fresh = [payload for payload in payloads if mapper._external_id(payload) not in bindings]
        if fresh and self._in_flight(connection, mapper):
            # One of them may be our own, its answer not kept yet. Requests are committed before they are sent,
            # and this snapshot is younger than Xero's answer, so nothing of ours is overlooked.
            raise outcomes.RetryLater("An export of the same resource is still on its way.", after=30)
        for payload in fresh:
            self._import_one(connection, mapper, payload)

    def _in_flight(self, connection, mapper):
        domain = [("connection_id", "=", connection.id), ("mapper", "=", mapper._name)]
        return bool(self.env["xero.request"].search_count([*domain, ("state", "in", ("sending", "doubt"))], limit=1))

    def _import_one(self, connection, mapper, payload):
        external_id = mapper._external_id(payload)
        try:
            with self.env.cr.savepoint():
                outcome = mapper._from_xero(connection, [payload])[external_id]
                if isinstance(outcome, tuple):
                    self._link(connection, mapper, payload, *outcome)
        except Exception as error:
            # Odoo's own rules (lock dates, constraints) refuse one payment; the others go on.
            _logger.info("Xero: %s %s could not be imported: %s", mapper._xero_resource, external_id, error)
            outcome = Hold("import_refused", connection, detail=str(error))
        if isinstance(outcome, Hold):
            self._hold(connection, mapper, external_id, outcome)

    def _link(self, connection, mapper, payload, action, records):
        now = fields.Datetime.now()
        self.env["xero.binding"]._record_many(
            connection,
            [
                {
                    "model": record._name,
                    "res_id": record.id,
                    "resource": mapper._xero_resource,
                    "external_id": mapper._external_id(payload),
                    "code": mapper._code(payload),
                    "state": "synced",
                    "origin": "xero",
                    "last_import_date": now,
                    "remote_updated_at": mapper._remote_updated_at(payload),
                    "agreed": mapper._agreed(payload, {}),
                }
                for record in records[:1]
            ],
        )
        self.env["xero.history"]._record_many(
            connection,
            [
                {
                    "model": record._name,
                    "res_id": record.id,
                    "resource": mapper._xero_resource,
                    "external_id": mapper._external_id(payload),
                    "direction": "in",
                    "action": action,
                }
                for record in records[:1]
            ],
        )

    def _hold(self, connection, mapper, external_id, hold):
        self.env["xero.issue"]._raise_many(
            connection,
            [
                {
                    "code": hold.code,
                    "values": hold.values,
                    "model": hold.cause._name,
                    "res_id": hold.cause.id,
                    "direction": "in",
                    "resource": mapper._xero_resource,
                    "external_id": external_id,
                }
            ],
        )
