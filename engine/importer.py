"""Import: read pages since the watermark, map, create or link, record, move the watermark.

The watermark moves in the transaction of its page, so a crash repeats a page and never skips one;
repeating finds the links and does nothing. Records are written with exports suppressed, and the
link carries what both sides agree on, so what came in does not go out again.

Every page is asked for by time: since the last change of the page before. Asking by page number would skip a record
whenever one of a page read before changes meanwhile and moves to the end (Xero sorts by change).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..exceptions import Hold, where_of, words_of
from ..transactions import CONCURRENCY, alone, repeated
from ..xero_api import outcomes, retry
from .deadline import Deadline
from .outbox import SUPPRESS

_logger = logging.getLogger(__name__)

# If-Modified-Since counts whole seconds and Xero's stamps are not always in order (xero-api.md 3.5).
OVERLAP = timedelta(minutes=2)
SECOND = timedelta(seconds=1)
PAGE_SIZE = 1000
# Waits for these limits are short and known, so a run takes them; others end it.
SHORT_LIMITS = ("minute", "concurrent")
# After so many records booked one by one the cache is emptied: a page of documents takes too much of a worker.
KEPT_RECORDS = 100
# Records asked for by id in one call: addresses are short (xero-api.md 2.2).
IDS_A_CALL = 40
# Payments are what people wait for; a key of the budget's reserves.
URGENCY = "urgent"
# Several events within this time share one reading.
GATHER = timedelta(seconds=20)


class OutOfTime(Exception):
    """The run has used its time; the next one goes on where this one stopped."""


class Rewound(Exception):
    """Somebody asked to read everything again while we read; the next run begins anew."""


@dataclass
class Run:
    """One run for one connection.

    :ivar events: what Xero told by webhook and nobody has read yet
    :ivar completed: names of the mappers that have read what they had to
    :ivar calls: what the journal of calls has not got yet
    :ivar wake_after: seconds until something that failed, or is not ready yet, is tried again
    """

    connection: object
    deadline: Deadline
    events: object
    completed: set = field(default_factory=set)
    calls: list = field(default_factory=list)
    client: object = None
    wake_after: float | None = None

    def wake(self, seconds):
        self.wake_after = seconds if self.wake_after is None else min(seconds, self.wake_after)


@dataclass(frozen=True)
class Place:
    """Where a reading goes on: what changed at or after `since`, from page number `number` on."""

    since: datetime
    number: int = 1

    def after(self, last_change, server_time):
        """The next place after a full page whose last record changed at `last_change`."""
        # Stamps ahead of Xero's clock exist; what changes meanwhile must not lie behind us.
        reached = min(filter(None, (last_change, server_time)), default=self.since)
        return Place(reached) if last_change and reached - SECOND > self.since else Place(self.since, self.number + 1)


@dataclass(frozen=True)
class Page:
    """What was read at a place, by Xero's clock.

    :ivar count: how many elements its list had, whatever was made of them
    """

    place: Place
    payloads: list
    server_time: datetime | None
    count: int


class XeroImporter(models.AbstractModel):
    _name = "xero.importer"
    _description = "Xero Importer"

    @api.model
    def _run(self, connection):
        """Read what is due: by the schedule, because somebody asked, or because Xero told by webhook."""
        self = self.sudo().with_context(**{SUPPRESS: True})
        connection = connection.sudo().with_context(**{SUPPRESS: True})
        with alone(self.env, f"ir.cron,{connection.import_cron_id.id}") as is_alone:
            if is_alone:
                events = self.env["xero.webhook.event"]._pending(connection)
                self._import(Run(connection, Deadline(self.env), events))

    def _import(self, run):
        try:
            self._import_all(run)
        except OutOfTime:
            run.wake(0)
        except (outcomes.ReconnectNeeded, outcomes.Unauthorised) as error:
            self._abandon(run)
            if after := run.connection._heed_refusal(error):
                run.wake(after)
        except outcomes.RetryLater as later:
            run.wake(self.env["xero.budget"]._of(run.connection)._heed(later))
        self._keep(run, lambda: run.events._note_handled(run.completed))
        if run.wake_after is not None:
            after = timedelta(seconds=ceil(run.wake_after))
            run.connection._wake_import(fields.Datetime.now() + after if after else None)
        self._checkpoint()

    def _import_all(self, run):
        for mapper in run.connection._readers():
            self._import_mapper(run, mapper)

    def _import_mapper(self, run, mapper, read=None):
        """One object; what fails here keeps no other from being read, unless it concerns the whole connection.

        :param read: how it is read, where that is not what its schedule and Xero's events ask for
        """
        try:
            (read or self._read_mapper)(run, mapper)
        except (OutOfTime, outcomes.ReconnectNeeded, outcomes.Unauthorised):
            raise
        except Rewound:
            self._abandon(run)
            run.wake(0)
        except outcomes.RetryLater as later:
            self._abandon(run)
            if later.limit:  # the connection's calls are used up, or Xero is down
                raise
            run.wake(retry.delay(self._note_failure(run, mapper), later.after))
        except outcomes.XeroError as error:
            self._abandon(run)
            self._tell(run, mapper, error, mapper._refused_reading(run.connection, error))
            # Not before its next time: what was refused now is refused in a minute as well.
            self._note_run(run, mapper, fields.Datetime.now())
        except Exception as error:
            # One object that cannot be read must not stop the others; it becomes an issue.
            _logger.exception("Xero: %s could not be imported", mapper._xero_resource)
            self._abandon(run)
            self._tell(run, mapper, error, "unexpected")
            run.wake(retry.delay(self._note_failure(run, mapper)))

    def _read_mapper(self, run, mapper):
        self._retry_issues(run, mapper)
        schedule = run.connection._schedule_of(mapper, "in")
        is_due = schedule._is_due(fields.Datetime.now())
        events = run.events._concern(mapper)
        if events and not is_due:
            if schedule.mode == "manual" or self._gathers(run, mapper):
                return
            if mapper._events_by_id:
                self._import_by_ids(run, mapper, events)
            else:
                is_due = True
        if is_due:
            self._import_changes(run, mapper)
        run.completed.add(mapper._name)

    def _gathers(self, run, mapper):
        """Whether it was read so shortly ago that the events wait for more of their kind, to share a reading."""
        cursor = self.env["xero.cursor"]._get(run.connection, mapper._xero_resource)
        ready_at = cursor.last_success and cursor.last_success + GATHER
        if not ready_at or ready_at <= fields.Datetime.now():
            return False
        run.wake((ready_at - fields.Datetime.now()).total_seconds())
        return True

    # === WHAT FAILED === #

    def _abandon(self, run):
        """Forget what the failed step left half done; the calls it made are kept."""
        self.env.cr.rollback()
        self.env.invalidate_all()
        self._keep(run, lambda: None)
        self._checkpoint()

    def _note_failure(self, run, mapper):
        """Count failures in a row; returns how many."""
        return self._keep(
            run, lambda: self.env["xero.cursor"]._get(run.connection, mapper._xero_resource)._count_failure()
        )

    def _tell(self, run, mapper, error, code):
        """What Xero refuses to show is a problem of the connection; nothing of it leaves the cron as a crash."""
        problem = {
            "code": code,
            "values": {
                "message": words_of(error),
                "detail": words_of(error),
                "resource": mapper._xero_resource,
            },
            "model": run.connection._name,
            "res_id": run.connection.id,
            "direction": "in",
            "resource": mapper._xero_resource,
        }
        self._keep(run, lambda: self.env["xero.issue"]._raise_many(run.connection, [problem]))
        self._checkpoint()

    # === READING === #

    def _import_changes(self, run, mapper):
        """Read all pages since the watermark. Nothing is skipped: what cannot be booked becomes an issue."""
        started = fields.Datetime.now()
        self._read_on(run, mapper, self.env["xero.cursor"]._get(run.connection, mapper._xero_resource))
        self._note_run(run, mapper, started)

    def _read_on(self, run, mapper, cursor):
        """Read page after page from where a cursor stands."""
        generation = cursor.generation
        place = Place(*cursor._resumed()) if cursor.position else Place(cursor.modified_since - OVERLAP)
        self._checkpoint()
        while place:
            answer = self._read(run, lambda client, at=place: self._page(client, mapper, at))
            listed = mapper._candidates([answer])
            page = Page(place, self._whole(run, mapper, listed), answer.server_time, len(listed))
            place = self._keep(run, lambda p=page: self._book_page(run.connection, mapper, cursor, generation, p))
            self._checkpoint(run, more=bool(place))

    def _whole(self, run, mapper, payloads):
        """The elements of a page as a mapper needs them: where the list shows less than the record, each is read."""
        if not mapper._reads_each:
            return payloads
        found = []
        for payload in payloads:
            asked_at = fields.Datetime.now()
            paths = mapper._paths_of(payload)
            answers = [self._read(run, lambda client, p=path: client.get(p)) for path in paths]
            found += [{**element, "AskedAt": asked_at} for element in mapper._whole_of(payload, answers)]
        return found

    def _note_run(self, run, mapper, started):
        run.connection._note_schedule_run(run.connection._schedule_of(mapper, "in"), started)
        self._checkpoint()

    @api.model
    def _page(self, client, mapper, place):
        params = mapper._page_parameters(place.number, self._page_size(mapper))
        since = None if mapper._reads_each and not mapper._lists_changes else place.since
        return client.get(mapper._xero_resource, params=params, modified_since=since)

    @api.model
    def _page_size(self, mapper):
        return min(PAGE_SIZE, mapper._page_size or PAGE_SIZE)

    def _book_page(self, connection, mapper, cursor, generation, page):
        """Book a page and move the watermark with it; returns the next ``Place``, or None after the last page.

        :raises Rewound: the watermark was set back meanwhile
        """
        place, payloads = page.place, page.payloads
        self._import_page(connection, mapper, payloads)
        server_time = page.server_time and page.server_time.replace(tzinfo=None, microsecond=0)
        following = None
        if mapper._is_paged and page.count >= self._page_size(mapper):
            following = place.after(self._last_change(mapper, payloads), server_time)
            moved = cursor._go_on(generation, following.since, following.number)
        else:
            moved = cursor._finish(generation, server_time or fields.Datetime.now())
        if not moved:
            raise Rewound()
        return following

    @api.model
    def _last_change(self, mapper, payloads):
        """When the last of these changed; a stamp that cannot be read moves nothing."""
        stamps = []
        for payload in payloads:
            try:
                stamps.append(mapper._remote_updated_at(payload))
            except (ValueError, TypeError):
                _logger.warning("Xero: the stamp of %s cannot be read", mapper._external_id(payload))
        return max(filter(None, stamps), default=None)

    def _import_by_ids(self, run, mapper, events):
        ids = list(dict.fromkeys(events.mapped("resource_id")))
        for start in range(0, len(ids), IDS_A_CALL):
            wanted = ids[start : start + IDS_A_CALL]
            params = mapper._ids_params(wanted)
            answer = self._read(run, lambda client, p=params: client.get(mapper._xero_resource, params=p))
            payloads = mapper._candidates([answer])
            self._keep(run, lambda p=payloads: self._import_page(run.connection, mapper, p))
            self._checkpoint(run, more=True)

    def _retry_issues(self, run, mapper):
        """Read again, one by one, what an earlier import could not book and somebody has mended since."""
        issues = self.env["xero.issue"].search(
            [
                ("connection_id", "=", run.connection.id),
                ("state", "=", "retry"),
                ("direction", "=", "in"),
                ("resource", "=", mapper._xero_resource),
            ]
        )
        for issue in issues:
            answer = None
            if issue.external_id:
                path = f"{issue.resource}/{issue.external_id}"
                answer = self._read(run, lambda client, p=path: client.get(p))
            self._keep(run, lambda i=issue, a=answer: self._book_again(run.connection, mapper, i, a))
            self._checkpoint(run, more=True)

    def _book_again(self, connection, mapper, issue, answer):
        issue.state = "resolved"
        if answer:
            self._import_page(connection, mapper, mapper._candidates([answer]))
        else:  # the whole object could not be read
            connection._schedule_of(mapper, "in")._request()

    # === CALLS AND COMMITS === #

    def _read(self, run, call: Callable):
        """Make one reading call with no transaction open, so that what follows sees all that was committed before the
        answer; a refused token is renewed once.
        """
        while True:
            try:
                return self._call(run, call)
            except outcomes.RetryLater as later:
                # Short waits for the minute's calls are taken here; the next run would be up to a minute late.
                if later.limit not in SHORT_LIMITS or not later.after or not run.deadline.may_rest(later.after):
                    raise
                run.deadline.rest(later.after)

    def _call(self, run, call):
        connection = run.connection
        run.client = run.client or connection._get_client(on_answer=run.calls.append, urgency=URGENCY)
        self._checkpoint()
        try:
            return call(run.client)
        except outcomes.Unauthorised:
            run.client = connection._get_client(refused=run.client, on_answer=run.calls.append, urgency=URGENCY)
            self._checkpoint()
            return call(run.client)

    def _keep(self, run, work: Callable):
        """Return work(), flushed and ready to be committed; done again where another transaction came between."""
        calls = list(run.calls)

        def kept():
            run.calls[:] = calls
            result = work()
            self._note_calls(run)
            self.env.flush_all()
            return result

        try:
            return repeated(self.env, kept)
        except CONCURRENCY:
            raise outcomes.RetryLater("Another transaction writes the same records.", after=10) from None

    def _note_calls(self, run):
        calls, run.calls[:] = list(run.calls), []
        self.env["xero.request"]._note_reads(run.connection, calls)

    def _checkpoint(self, run=None, more=False):
        """The only commit of an import: a page with its watermark; or the snapshot is released before a call.

        :raises OutOfTime: the run's time is used up and more is to be done
        """
        self.env["ir.cron"]._commit_progress(0, remaining=0)
        if more and run.deadline.left() <= 0:
            raise OutOfTime()

    # === BOOKING === #

    def _import_page(self, connection, mapper, payloads):
        """Book the payloads that are not linked yet; what is linked and unchanged is left alone."""
        bindings = mapper._links(connection, {mapper._external_id(payload) for payload in payloads})
        fresh = [payload for payload in payloads if mapper._external_id(payload) not in bindings]
        if fresh and self._in_flight(connection, mapper):
            # One of them may be our own, its answer not kept yet. Requests are committed before they are sent,
            # and this snapshot is younger than Xero's answer, so nothing of ours is overlooked.
            raise outcomes.RetryLater("An export of the same resource is still on its way.", after=30)
        self._import_fresh(connection, mapper, fresh)

    def _import_fresh(self, connection, mapper, payloads):
        mapper = mapper.with_context(xero_page={})  # what all of them need is read once
        for number, payload in enumerate(payloads, 1):
            self._import_one(connection, mapper, payload)
            if number % KEPT_RECORDS == 0:
                self.env.flush_all()
                self.env.invalidate_all()

    def _in_flight(self, connection, mapper):
        domain = [("connection_id", "=", connection.id), ("mapper", "in", mapper._written_by())]
        return bool(self.env["xero.request"].search_count([*domain, ("state", "in", ("sending", "doubt"))], limit=1))

    def _import_one(self, connection, mapper, payload):
        external_id = mapper._external_id(payload)
        try:
            with self.env.cr.savepoint():
                outcome = mapper._from_xero(connection, [payload])[external_id]
                if isinstance(outcome, Hold):
                    raise outcome  # takes back what was made before it was met
                if outcome:
                    self._link(connection, mapper, payload, *outcome)
        except CONCURRENCY:
            raise  # says nothing about this record: the whole page is done again
        except Hold as hold:
            outcome = hold
        except Exception as error:
            outcome = self._unbooked(connection, mapper, external_id, error)
        if isinstance(outcome, Hold):
            self._hold(connection, mapper, external_id, outcome)

    def _unbooked(self, connection, mapper, external_id, error):
        """The ``Hold`` of one element that could not be booked; the others of its page go on.

        Odoo's own rules (lock dates, constraints) say what to mend; anything else is a fault of ours.
        """
        what, detail = f"{mapper._xero_resource} {external_id}", mapper._impersonal(connection, words_of(error))
        if isinstance(error, UserError):
            _logger.info("Xero: %s could not be imported: %s", what, detail)
            return Hold("import_refused", connection, detail=detail)
        if mapper._is_personal:
            _logger.error("Xero: %s could not be imported: %s\n%s", what, detail, where_of(error))
        else:
            _logger.error("Xero: %s could not be imported", what, exc_info=error)
        return Hold("cannot_apply", connection, name=what, detail=detail)

    def _link(self, connection, mapper, payload, action, records):
        self._link_many(connection, mapper, [(payload, action, records[:1])])

    def _link_many(self, connection, mapper, booked):
        """Keep links and history of what was booked: list of (payload, action, record)."""
        now = fields.Datetime.now()
        booked = [(payload, action, record) for payload, action, record in booked if record]
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
                    **mapper._link_values(payload, action),
                }
                for payload, action, record in booked
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
                for payload, action, record in booked
            ],
        )
        mapper._linked_from_xero(connection, [(action, record) for _payload, action, record in booked])

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
