"""Export: claim, build, send, apply, record. Two commits a call, four outcomes, one key for ever.

The first commit keeps key and body before a byte leaves; the second keeps what the answer made of it.
Between the two no transaction is open. Whatever dies, dies on one side of a commit, and the next run
finds a request whose answer is missing and settles it before anything else (engine/reconciler.py).
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import groupby

from ..exceptions import Skip, Wait
from ..xero_api import codec, outcomes, redact
from ..xero_api.answers import Element

DOUBT_PAUSE = timedelta(minutes=1)
LATER_PAUSE = timedelta(minutes=1)


class OutOfTime(Exception):
    """The run has used its time; what is left goes in the next one."""


@dataclass
class Letter:
    """What is needed to send one stored request, free of records, so that no transaction opens meanwhile."""

    request_id: int
    method: str
    path: str
    key: str
    body: dict
    elements: list


@dataclass
class Reply:
    """What came of a letter: an answer or an outcome, and what Xero holds for elements it refused as existing."""

    answer: object = None
    outcome: Exception | None = None
    candidates: dict = field(default_factory=dict)


class XeroExporter(models.AbstractModel):
    _name = "xero.exporter"
    _description = "Xero Exporter"

    # Refusals of a whole call that say what is wrong by their kind.
    _outcome_codes = {outcomes.MissingScope: "missing_right", outcomes.Gone: "gone"}

    @api.model
    def _run(self, connection):
        """Export what waits for one connection until nothing is left or the time is up."""
        self = self.sudo()
        connection = connection.sudo()
        if self._must_pause(connection):
            return
        try:
            self.env["xero.reconciler"]._settle(connection)
            self._drain(connection)
        except OutOfTime:
            connection._wake_export()
        except (outcomes.ReconnectNeeded, outcomes.Unauthorised) as error:
            # The queue waits for the new authorisation.
            connection._note_reconnect_needed(error)
        except outcomes.RetryLater as later:
            self._pause(connection, later)
        self._checkpoint()

    def _must_pause(self, connection):
        retry_at = self.env["xero.budget"]._of(connection).retry_at
        if retry_at and retry_at > fields.Datetime.now():
            connection._wake_export(retry_at)
            return True
        return False

    def _pause(self, connection, later):
        """Xero asked to wait, or cannot be reached: come back then, and book no failure."""
        until = fields.Datetime.now() + (timedelta(seconds=float(later.after)) if later.after else LATER_PAUSE)
        self.env["xero.budget"]._of(connection)._wait(until, later.limit)
        connection._wake_export(until)

    def _drain(self, connection):
        outbox = self.env["xero.outbox"]
        postponed = set()
        while claimed := outbox._claim(connection, postponed):
            stages, orphans = self.env["xero.planner"]._plan(connection, claimed)
            outbox.browse(row_id for key in orphans for row_id in claimed[key].ids).unlink()
            for stage in stages:
                self._export_stage(connection, stage, postponed)
            postponed.update(claimed)

    def _export_stage(self, connection, stage, postponed):
        """Build the records of a stage, send them, and apply the answers."""
        built = stage.mapper._build(connection, stage.ids)
        self._stop(connection, stage, built.stops, postponed)
        self._drop(stage, built.unchanged)
        calls = stage.mapper._calls(built, stage.ids, stage.rows)
        while calls:
            calls = self._export_calls(connection, stage.mapper, calls[:1]) + calls[1:]

    def _export_calls(self, connection, mapper, calls):
        """Store, commit, send, apply, commit. Returns the calls that have to be made instead."""
        requests = self._store(connection, mapper, calls)
        letters = [self._letter(request) for request in requests]
        client = connection._get_client()
        self._checkpoint()
        replies = [self._send(connection, mapper, client, letter) for letter in letters]
        halves = [
            half for pair in zip(requests, replies, strict=True) for half in self._apply(connection, mapper, *pair)
        ]
        self._checkpoint(done=sum(len(letter.elements) for letter in letters), more=True)
        self._stop_run(replies)
        return halves

    def _stop_run(self, replies):
        """Outcomes that concern the whole connection end the run, after the answers were kept."""
        for reply in replies:
            if isinstance(reply.outcome, outcomes.RetryLater | outcomes.ReconnectNeeded | outcomes.Unauthorised):
                raise reply.outcome
            if isinstance(reply.outcome, outcomes.InDoubt) and reply.outcome.limit:
                raise outcomes.RetryLater(str(reply.outcome), after=reply.outcome.after, limit=reply.outcome.limit)

    def _checkpoint(self, done=0, more=False):
        """The only commit of an export: the claim or the answer must survive a crash of the next step.

        :raises OutOfTime: the run's time is used up and more is to be done
        """
        left = self.env["ir.cron"]._commit_progress(done, remaining=0)
        if more and left <= 0:
            raise OutOfTime()

    # === BUILD === #

    def _stop(self, connection, stage, stops, postponed):
        """Records that do not go now: held ones wait for an issue, skipped ones leave the queue."""
        holds, waits = {}, {}
        for id_, stop in stops.items():
            if isinstance(stop, Skip):
                self._skip(connection, stage, id_, stop)
            elif isinstance(stop, Wait):
                waits[id_] = stop.record
            else:
                holds[id_] = stop
        self._hold(connection, stage, holds)
        self._hold_with(connection, stage, waits)
        postponed.update((stage.mapper._odoo_model, id_) for id_ in stops)

    def _skip(self, connection, stage, id_, skip):
        rows = stage.rows.get(id_)
        if not rows:
            return
        self.env["xero.outbox"].browse(rows).unlink()
        self.env["xero.history"]._record_many(
            connection,
            [
                {
                    "model": stage.mapper._odoo_model,
                    "res_id": id_,
                    "direction": "out",
                    "action": "skipped",
                    "note": skip.reason,
                }
            ],
        )

    def _hold(self, connection, stage, holds):
        problems = [self._problem(stage.mapper._xero_resource, hold) for hold in holds.values()]
        issues = self.env["xero.issue"]._raise_many(connection, problems)
        for id_, issue in zip(holds, issues, strict=True):
            self.env["xero.outbox"].browse(stage.rows.get(id_, [])).issue_id = issue
        self._mark_failed(connection, stage.mapper, list(holds))

    @api.model
    def _problem(self, resource, hold):
        return {
            "code": hold.code,
            "values": hold.values,
            "model": hold.cause._name,
            "res_id": hold.cause.id,
            "resource": resource,
        }

    def _hold_with(self, connection, stage, waits):
        """Records that need another one wait for that one's issue, or for the next run where it has none."""
        held = []
        for id_, record in waits.items():
            issue = self._issue_of(connection, record)
            if issue:
                self.env["xero.outbox"].browse(stage.rows.get(id_, [])).issue_id = issue
                held.append(id_)
        self._mark_failed(connection, stage.mapper, held)

    def _issue_of(self, connection, record):
        domain = [("connection_id", "=", connection.id), ("model", "=", record._name), ("res_id", "=", record.id)]
        waiting = self.env["xero.outbox"].search([*domain, ("issue_id", "!=", False)], limit=1)
        return waiting.issue_id or self.env["xero.issue"].search([*domain, ("state", "=", "open")], limit=1)

    def _mark_failed(self, connection, mapper, ids):
        bindings = self.env["xero.binding"]
        bindings._record_many(
            connection,
            [
                {"model": mapper._odoo_model, "res_id": id_, "resource": mapper._xero_resource, "state": "failed"}
                for id_ in ids
            ],
        )

    def _drop(self, stage, unchanged):
        """What both sides last agreed on causes no call."""
        self.env["xero.outbox"].browse(row for id_ in unchanged for row in stage.rows.get(id_, [])).unlink()

    # === SEND === #

    def _store(self, connection, mapper, calls):
        requests = self.env["xero.request"]._store(connection, mapper, calls)
        for request, call in zip(requests, calls, strict=True):
            rows = [row for element in call.elements for row in element["rows"]]
            self.env["xero.outbox"].browse(rows).request_id = request
        self._announce(connection, mapper, calls)
        self.env.flush_all()
        return requests

    def _announce(self, connection, mapper, calls):
        """What is changed or undone while it is on its way for the first time has to be marked from now on."""
        creates = [spec for call in calls for spec in call.elements if spec["action"] == "create"]
        self.env["xero.binding"]._record_many(
            connection,
            [
                {
                    "model": spec["model"],
                    "res_id": spec["res_id"],
                    "resource": mapper._xero_resource,
                    "state": "sending",
                }
                for spec in creates
            ],
        )

    @api.model
    def _letter(self, request):
        return Letter(
            request_id=request.id,
            method=request.method,
            path=request.path,
            key=request.key,
            body=codec.loads(request.body),
            elements=request.elements,
        )

    def _send(self, connection, mapper, client, letter):
        """Send one letter; what Xero holds for elements refused as existing is read at once.

        :return: ``Reply``; outcomes are values here, because the answer has to be kept before the run stops
        """
        try:
            answer = self._post(connection, client, letter)
        except outcomes.XeroError as outcome:
            return Reply(outcome=outcome)
        try:
            return Reply(answer=answer, candidates=self._candidates(mapper, client, letter, answer))
        except outcomes.XeroError:
            # The answer stands whatever becomes of the lookup; what was refused becomes an issue with Retry.
            return Reply(answer=answer)

    def _post(self, connection, client, letter):
        try:
            answer = self._call(client, letter)
        except outcomes.Unauthorised:
            # Once more with a fresh token and the same key.
            answer = self._call(connection._get_client(refused=client), letter)
        if letter.method == "DELETE":
            return replace(answer, elements=[Element(ok=True, data=answer.payload or {})])
        whole = len(answer.elements) == len(letter.elements)
        if not whole or any(element.ok and element.doubtful for element in answer.elements):
            raise outcomes.InDoubt("Xero's answer does not speak of every record that was sent.", status=answer.status)
        return answer

    @api.model
    def _call(self, client, letter):
        if letter.method == "DELETE":
            return client.delete(letter.path)
        return getattr(client, letter.method.lower())(letter.path, letter.body, letter.key)

    @api.model
    def _candidates(self, mapper, client, letter, answer):
        """``{index: what Xero holds}`` for creates that were refused because something like it exists."""
        refused = [
            index
            for index, element in enumerate(answer.elements)
            if not element.ok and self._exists_already(element) and letter.elements[index]["action"] == "create"
        ]
        if not refused:
            return {}
        payloads = mapper._payloads_of(letter.body)
        lookups = mapper._lookups([payloads[i] for i in refused], [letter.elements[i]["facts"] for i in refused])
        found = mapper._candidates([client.get(path, params=params) for path, params in lookups])
        return dict.fromkeys(refused, found)

    @api.model
    def _exists_already(self, element):
        return self.env["xero.reconciler"]._code_of(element) in self.env["xero.reconciler"]._exists_codes

    # === APPLY === #

    def _apply(self, connection, mapper, request, reply):
        """Keep what came of a request. Returns calls to be made instead of it (halves of a refused batch)."""
        outcome = reply.outcome
        if outcome is None:
            self._apply_answer(connection, mapper, request, reply)
        elif isinstance(outcome, outcomes.InDoubt):
            self._apply_doubt(connection, request, outcome)
        elif isinstance(outcome, outcomes.RetryLater | outcomes.ReconnectNeeded | outcomes.Unauthorised):
            self._release(request, outcome)
        else:
            return self._apply_refusal(connection, mapper, request, outcome)
        return []

    def _apply_answer(self, connection, mapper, request, reply):
        answer = reply.answer
        self.env["xero.budget"]._of(connection)._record(answer.limits)
        request.write(
            {
                "state": "done",
                "status": answer.status,
                "ms": answer.ms,
                "minute_remaining": answer.limits.minute,
                "day_remaining": answer.limits.day,
                "response": codec.dumps(redact.data(answer.payload, personal=True)),
            }
        )
        pairs = list(zip(request.elements, answer.elements, strict=False))
        done = [(spec, element.data) for spec, element in pairs if element.ok]
        linked = self._link_candidates(connection, mapper, request, reply)
        self._apply_done(connection, mapper, request, done)
        self._apply_linked(connection, mapper, request, linked)
        refused = [
            (spec, element)
            for index, (spec, element) in enumerate(pairs)
            if not element.ok and index not in {index for index, _data in linked}
        ]
        self._apply_refused_elements(connection, mapper, request, refused)

    def _link_candidates(self, connection, mapper, request, reply):
        """``[(index, data)]`` of refused creates that are the same as something unbound in Xero."""
        if not reply.candidates:
            return []
        payloads = mapper._payloads_of(codec.loads(request.body))
        return self.env["xero.reconciler"]._match(
            connection, mapper, request.elements, payloads, reply.candidates, mapper._may_link
        )

    def _apply_done(self, connection, mapper, request, done):
        now = fields.Datetime.now()
        rows = [self._binding_row(mapper, spec, data, now) for spec, data in done if spec["action"] != "delete"]
        self.env["xero.binding"]._record_many(connection, rows)
        self._apply_deleted(connection, [spec for spec, _data in done if spec["action"] == "delete"], now)
        self._finish(connection, mapper, request, done)

    def _binding_row(self, mapper, spec, data, now, origin="odoo"):
        return {
            "model": spec["model"],
            "res_id": spec["res_id"],
            "resource": mapper._xero_resource,
            "external_id": mapper._external_id(data),
            "code": mapper._code(data),
            "natural_key": mapper._natural_key(data) or spec["natural_key"],
            "state": "synced",
            "origin": origin,
            "last_export_date": now,
            "remote_updated_at": mapper._remote_updated_at(data),
            "content_hash": spec["hash"],
            "agreed": mapper._agreed(data, spec["facts"]),
        }

    def _apply_deleted(self, connection, specs, now):
        for spec in specs:
            self.env["xero.binding"].search(
                [
                    ("connection_id", "=", connection.id),
                    ("model", "=", spec["model"]),
                    ("res_id", "=", spec["res_id"]),
                ]
            ).write({"state": "deleted", "last_export_date": now, "content_hash": spec["hash"]})

    ACTIONS = {"create": "created", "update": "updated", "delete": "deleted"}

    def _finish(self, connection, mapper, request, done, action=None, note=None):
        """Take settled work off the queue, close its issues, and write the history."""
        if not done:
            return
        self.env["xero.outbox"].browse(row for spec, _data in done for row in spec["rows"]).exists().unlink()
        self.env["xero.history"]._record_many(
            connection,
            [
                {
                    "model": spec["model"],
                    "res_id": spec["res_id"],
                    "resource": mapper._xero_resource,
                    "external_id": mapper._external_id(data) or spec["facts"].get("external_id"),
                    "direction": "out",
                    "action": action or self.ACTIONS[spec["action"]],
                    "note": note,
                    "request_id": request.id,
                }
                for spec, data in done
            ],
        )
        self.env["xero.issue"]._mended(
            mapper._odoo_model, [spec["res_id"] for spec, _data in done], connections=connection
        )
        self._report_disagreements(connection, mapper, request, done)

    def _report_disagreements(self, connection, mapper, request, done):
        problems = [
            {
                "code": found[0],
                "values": found[1],
                "model": spec["model"],
                "res_id": spec["res_id"],
                "request_id": request.id,
            }
            for spec, data in done
            if spec["action"] != "delete" and (found := mapper._disagreement(data, spec["facts"]))
        ]
        if problems:
            self.env["xero.issue"]._raise_many(connection, problems)

    def _apply_linked(self, connection, mapper, request, linked):
        """What existed in Xero is linked, and neither doubled nor overwritten."""
        now = fields.Datetime.now()
        pairs = [(request.elements[index], data) for index, data in linked]
        self.env["xero.binding"]._record_many(
            connection, [self._binding_row(mapper, spec, data, now, origin="linked") for spec, data in pairs]
        )
        self._finish(
            connection, mapper, request, pairs, action="linked", note=self.env._("It existed in Xero already.")
        )

    def _apply_linked_by_hand(self, connection, mapper, request, spec, data):
        """Link as somebody asked for, and send Odoo's values the next time the record changes."""
        row = self._binding_row(mapper, spec, data, fields.Datetime.now(), origin="linked")
        self.env["xero.binding"]._record_many(connection, [row])
        self._finish(connection, mapper, request, [(spec, data)], action="linked", note=self.env._("Linked by hand."))

    def _apply_refused_elements(self, connection, mapper, request, refused):
        if not refused:
            return
        reconciler = self.env["xero.reconciler"]
        problems = [
            reconciler._problem_of(mapper, spec, element.messages, request, getattr(element, "code", None))
            for spec, element in refused
        ]
        issues = self.env["xero.issue"]._raise_many(connection, problems)
        for (spec, _element), issue in zip(refused, issues, strict=True):
            rows = self.env["xero.outbox"].browse(spec["rows"]).exists()
            rows.write({"request_id": False, "issue_id": issue.id})
        self._mark_failed(connection, mapper, [spec["res_id"] for spec, _element in refused])

    def _apply_doubt(self, connection, request, outcome):
        """The request may have been carried out: nothing of it is sent again until that is known."""
        request.write({"state": "doubt", "error": str(outcome), "status": outcome.status or 0})
        connection._wake_export(fields.Datetime.now() + DOUBT_PAUSE)

    def _release(self, request, outcome):
        """The request was not carried out: its work waits in the queue for a new one."""
        request.write({"state": "later", "error": str(outcome), "status": outcome.status or 0})
        self._give_back(request)

    def _give_back(self, request):
        """What a request did not settle is neither on its way nor lost: it waits in the queue again."""
        self.env["xero.outbox"].search([("request_id", "=", request.id)]).request_id = False
        for model, specs in groupby(request.elements, key=lambda spec: spec["model"]):
            self.env["xero.binding"].search(
                [
                    ("connection_id", "=", request.connection_id.id),
                    ("model", "=", model),
                    ("res_id", "in", [spec["res_id"] for spec in specs]),
                    ("state", "=", "sending"),
                    ("external_id", "=", False),
                ]
            ).unlink()

    def _apply_refusal(self, connection, mapper, request, outcome):
        """A call that was refused as a whole is halved until the culprit stands alone."""
        request.write({"state": "refused", "error": str(outcome), "status": outcome.status or 0})
        elements = request.elements
        if len(elements) > 1 and not isinstance(outcome, outcomes.MissingScope):
            return self.env["xero.reconciler"]._halves(mapper, request)
        messages = getattr(outcome, "messages", None) or [str(outcome)]
        refusal = _Refusal(messages, self._outcome_codes.get(type(outcome)))
        self._apply_refused_elements(connection, mapper, request, [(spec, refusal) for spec in elements])
        return []


@dataclass
class _Refusal:
    """A whole call's refusal in the shape of an element's; ``code`` where the outcome says more than its words."""

    messages: list
    code: str | None = None
