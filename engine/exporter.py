"""Export: claim, build, send, apply, record. Two commits a call, four outcomes, one key for ever.

The first commit keeps key and body before a byte leaves; the second keeps what the answer made of it.
Between the two no transaction is open. Whatever dies, dies on one side of a commit, and the next run
finds a request whose answer is missing and settles it before anything else (engine/reconciler.py).

This file tells the run; what stops a record is in export_stops.py, what an answer means in export_answers.py.
"""

import logging
import math
import time
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import timedelta

from odoo import api, fields, models

from ..transactions import CONCURRENCY, alone, repeated
from ..xero_api import outcomes
from . import flights
from .deadline import Deadline
from .flights import Flights, Letter, Reply
from .piecewise import piecewise

_logger = logging.getLogger(__name__)

# Waits for these limits are short and known, so a run takes them; others end it.
SHORT_LIMITS = ("minute", "concurrent")
# Outcomes that concern the whole connection and not what was sent.
WHOLE = (outcomes.RetryLater, outcomes.ReconnectNeeded, outcomes.Unauthorised)


class OutOfTime(Exception):
    """The run has used its time; what is left goes in the next one.

    :ivar after: seconds until there is something to do, 0 for at once
    """

    def __init__(self, after=0.0):
        super().__init__(after)
        self.after = after


@dataclass
class Run:
    """One run of a connection's exporter.

    :ivar postponed: records that this run has met already
    :ivar stop: why nothing more leaves; raised once everything in the air has landed
    :ivar wake_after: seconds until what was postponed for want of calls may go
    :ivar reads: reading calls that the journal of calls has not got yet; threads add to it
    """

    connection: object
    deadline: Deadline
    flights: Flights
    postponed: set = field(default_factory=set)
    stop: Exception | None = None
    wake_after: float | None = None
    reads: list = field(default_factory=list)

    def client(self, token):
        """A client for one thread, whose reading calls are kept; what writes is stored before it leaves."""
        return self.connection._make_client(token, on_answer=self.reads.append, told=("GET",))

    def postpone(self, delay):
        """Come back when the calls are there."""
        self.wake_after = min(delay.seconds, self.wake_after or delay.seconds)


@dataclass
class Flight:
    """A letter that is to fly; with a reply, what has to be read before that reply can be kept."""

    letter: Letter
    reply: Reply | None = None

    @property
    def calls(self):
        return len(self.reply.lookups) if self.reply else 1

    @property
    def withdraws(self):
        return self.letter.elements[0]["action"] == "delete"


@dataclass
class Stack:
    """What of a stage has not left yet: record ids, calls made of refused ones, and flights ready to leave.

    What is withdrawn makes room for what takes its place, so nothing of the stage leaves beside a withdrawal.
    """

    stage: object
    ids: deque
    calls: list = field(default_factory=list)
    flights: deque = field(default_factory=deque)
    withdrawing: int = 0  # in the air

    def __bool__(self):
        return bool(self.ids or self.calls or self.flights)


class XeroExporter(models.AbstractModel):
    _name = "xero.exporter"
    _description = "Xero Exporter"

    @api.model
    def _run(self, connection):
        """Export what waits for one connection until nothing is left or the time is up.

        A second worker for the same connection leaves at once: who runs may rely on nobody else being between two
        commits.
        """
        self = self.sudo()
        connection = connection.sudo()
        with alone(self.env, f"ir.cron,{connection.export_cron_id.id}") as is_alone, Flights() as in_air:
            if is_alone:
                self._export(Run(connection, Deadline(self.env), in_air))

    def _export(self, run):
        wake_after = None
        try:
            self.env["xero.reconciler"]._settle(run)
            self._drain(run)
            # What was settled, and what depends on it, has been met by this run already: the next one takes it.
            is_settled = self.env["xero.reconciler"]._settle(run)
            wake_after = 0.0 if is_settled else run.wake_after
        except OutOfTime as over:
            wake_after = over.after
        except (outcomes.ReconnectNeeded, outcomes.Unauthorised) as error:
            # Where the authorisation is gone, the queue waits for a new one.
            self._checkpoint()
            wake_after = run.connection._heed_refusal(error)
        except outcomes.RetryLater as later:
            wake_after = self.env["xero.budget"]._of(run.connection)._heed(later)
        if wake_after is not None:
            at = fields.Datetime.now() + timedelta(seconds=math.ceil(wake_after)) if wake_after else None
            run.connection._wake_export(at)
        self._checkpoint()

    def _drain(self, run):
        outbox, planner = self.env["xero.outbox"], self.env["xero.planner"]
        run.postponed |= self.env["xero.reconciler"]._in_doubt(run.connection)
        while claimed := outbox._claim(run.connection, run.postponed):
            plan = planner._plan(run.connection, claimed)
            outbox.browse(row_id for key in plan.orphans for row_id in claimed[key].ids).unlink()
            run.postponed.update(claimed)
            if plan.broken:
                self._commit_work(lambda broken=plan.broken: [self._stop(run, *one) for one in broken])
            for stage in plan.stages:
                self._export_stage(run, stage)

    def _checkpoint(self, done=0):
        """The only commit of an export: the claim or the answer must survive a crash of the next step."""
        self.env["ir.cron"]._commit_progress(done, remaining=0)

    # === A STAGE === #

    def _export_stage(self, run, stage):
        """Keep as many calls in the air as Xero and the run's time allow, until nothing of the stage is left."""
        stack = Stack(stage, deque(stage.ids))
        while run.flights.busy or (stack and not run.stop):
            delay = None if run.stop else self._launch(run, stack)
            if run.flights.busy:
                self._checkpoint()  # what lands is applied to what holds then, not to what held before it left
                for flight, reply in run.flights.landed(delay.seconds if delay else None):
                    stack.withdrawing -= flight.withdraws
                    self._land(run, stack, flight.letter, reply)
            elif delay:
                self._rest(run, stack, delay)
        self._recall(run, stack)
        if run.stop:
            raise run.stop

    def _launch(self, run, stack):
        """Send what may leave now; returns the ``Delay`` that stands in the way, if one does."""
        budget = self.env["xero.budget"]._of(run.connection)
        while run.flights.free and stack:
            if run.deadline.left() <= 0:
                run.stop = OutOfTime()
                return None
            if delay := budget._delay(stack.stage.urgency):
                return delay
            if not stack.flights:
                self._load(run, stack)
                continue
            if stack.withdrawing and not stack.flights[0].withdraws:
                return None
            if delay := budget._take(stack.stage.urgency, stack.flights[0].calls):
                return delay
            stack.withdrawing += stack.flights[0].withdraws
            self._send(run, stack.flights.popleft())
        return None

    def _rest(self, run, stack, delay):
        """Nothing is in the air and nothing may leave: wait for the minute, or give the stage up for now."""
        if run.deadline.may_rest(delay.seconds):
            self._checkpoint()
            run.deadline.rest(delay.seconds)
        elif delay.limit == "day":
            # What is more urgent than this stage may still go.
            run.postpone(delay)
            self._recall(run, stack)
        else:
            run.stop = OutOfTime(delay.seconds)

    def _recall(self, run, stack):
        """What has not left stays in the queue; an answer that only waited for a lookup is kept without it."""
        for flight in stack.flights:
            if flight.reply:
                self._keep(run.connection, stack.stage.mapper, flight.letter, replace(flight.reply, is_unread=True))
            else:
                request = self.env["xero.request"].browse(flight.letter.request_id)
                self._release(request, outcomes.RetryLater("The run ended before it left."))
        stack.ids.clear()
        stack.calls.clear()
        stack.flights.clear()

    # === BUILD AND SEND === #

    def _load(self, run, stack):
        """Build and store as many calls as may leave now, and commit them."""
        ids, calls = list(stack.ids), stack.calls

        def store():
            stack.ids, stack.calls = deque(ids), []
            return self._store(run.connection, stack.stage.mapper, calls or self._build_calls(run, stack))

        requests = self._commit_work(store)
        stack.flights.extend(Flight(self._letter(request)) for request in requests)

    def _build_calls(self, run, stack):
        """The next calls of a stage. Records are built at the last moment, so that late changes go with them."""
        stage, mapper = stack.stage, stack.stage.mapper
        size = min(mapper._batch_size * run.flights.free, len(stack.ids))
        ids = [stack.ids.popleft() for _n in range(size)]
        calls = piecewise(
            self.env,
            ids,
            lambda some: self._calls_of(run, stage, some),
            lambda id_, error: self._stop(run, stage, self._unbuildable(mapper, id_, error)),
        )
        calls.sort(key=lambda call: mapper._action_order.index(call.elements[0]["action"]))
        return self._full_calls(stack, mapper, calls) if stack.ids else calls

    def _calls_of(self, run, stage, ids):
        """Build records; returns the calls of those that go, in the words in which they are stored and sent."""
        built = stage.mapper._build(run.connection, ids)
        if stage.withdraws:
            built = built.withdrawals(stage.mapper._undone_ids(ids))
        self._stop(run, stage, built.stops)
        self._drop(run.connection, stage, built.unchanged)
        calls = stage.mapper._calls(built, ids, stage.rows)
        for call in calls:
            call.check()  # here, where the culprit is found
        return calls

    @api.model
    def _full_calls(self, stack, mapper, calls):
        """Those calls that nothing can be added to; the records of the others go with the next ones."""
        full = [call for call in calls if mapper._is_full(call)]
        if not full:
            return calls
        left = [spec["res_id"] for call in calls if call not in full for spec in call.elements]
        stack.ids.extendleft(reversed(left))
        return full

    def _send(self, run, flight):
        """Put a flight into the air. The token is read before, so that no transaction is open meanwhile."""
        letter = flight.letter
        token = run.connection._access_token(refused=letter.refused_token)
        self._commit_work(lambda: self._stamp(letter))
        letter.token = token
        work, cargo = (flights.look_up, flight.reply) if flight.reply else (flights.send, letter)
        run.flights.launch(flight, work, token, run.client, cargo)

    def _stamp(self, letter):
        """The life of a key begins when it is sent first, however long the call stood in line."""
        if not letter.token:
            self.env["xero.request"].browse(letter.request_id).sent_at = fields.Datetime.now()

    # === LANDING === #

    def _land(self, run, stack, letter, reply):
        """Go on with what came back: once more with a fresh token, a lookup first, or keep it."""
        mapper = stack.stage.mapper
        if isinstance(reply.outcome, outcomes.Unauthorised) and not letter.refused_token:
            letter.refused_token = letter.token
            stack.flights.appendleft(Flight(letter))
        elif lookups := self._lookups(mapper, letter, reply):
            stack.flights.appendleft(Flight(letter, replace(reply, lookups=lookups)))
        else:
            stack.calls += self._keep(run.connection, mapper, letter, reply)
            self._note_reads(run)
            self._heed(run, stack, letter, reply.outcome)

    def _note_reads(self, run):
        """Keep what lookups have read where people see calls."""
        if calls := [run.reads.pop(0) for _n in range(len(run.reads))]:
            self._commit_work(lambda: self.env["xero.request"]._note_reads(run.connection, calls))

    def _heed(self, run, stack, letter, outcome):
        """What an outcome means for the rest of the run."""
        if isinstance(outcome, outcomes.InDoubt) and outcome.limit:
            outcome = outcomes.RetryLater(str(outcome), after=outcome.after, limit=outcome.limit, status=outcome.status)
        if isinstance(outcome, outcomes.RetryLater) and outcome.limit in SHORT_LIMITS:
            self.env["xero.budget"]._of(run.connection)._heed(outcome)
            stack.ids.extendleft(reversed([spec["res_id"] for spec in letter.elements]))
        elif isinstance(outcome, WHOLE):
            run.stop = run.stop or outcome

    def _keep(self, connection, mapper, letter, reply):
        """Apply what came of a letter and commit it; returns calls to be made instead of it.

        Whatever goes wrong on our side leaves this call in doubt, and the others alone.
        """
        request = self.env["xero.request"].browse(letter.request_id)
        try:
            return self._commit_work(lambda: self._apply(connection, mapper, request, reply), done=len(letter.elements))
        except CONCURRENCY:
            raise
        except Exception as error:
            _logger.exception("Xero: the answer to request %s could not be kept", request.id)
            self.env.cr.rollback()
            doubt = outcomes.InDoubt(f"The answer could not be kept: {error}")
            return self._commit_work(lambda: self._apply(connection, mapper, request, Reply(outcome=doubt)))
        finally:
            if reply.answer:
                # How long a lane is taken, our own work included, tells when a queue will be empty.
                taken = time.time() - reply.answer.sent_at if letter.method != "DELETE" else 0
                budget = self.env["xero.budget"]._of(connection)
                budget._record(reply.answer.limits, reply.answer.sent_at, round(1000 * taken))

    def _commit_work(self, work, done=0):
        """Call ``work()`` and commit, again where PostgreSQL refuses because somebody else wrote the same rows."""

        def committed():
            result = work()
            self._checkpoint(done)
            return result

        return repeated(self.env, committed)

    def _await_call(self, run, urgency):
        """Wait until one call may leave, and enter it.

        :raises OutOfTime: the wait is too long for this run
        """
        budget = self.env["xero.budget"]._of(run.connection)
        while delay := budget._take(urgency):
            if run.deadline.left() <= 0:
                raise OutOfTime()
            if not run.deadline.may_rest(delay.seconds):
                raise OutOfTime(delay.seconds)
            self._checkpoint()
            run.deadline.rest(delay.seconds)
        if run.deadline.left() <= 0:
            raise OutOfTime()
