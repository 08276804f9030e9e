"""Answers: a call is stored before it leaves, and what Xero answers becomes links, history and issues."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import groupby

from ..transactions import CONCURRENCY
from ..xero_api import codec, outcomes, redact, retry
from .flights import Letter

_logger = logging.getLogger(__name__)

# How long a call may be in doubt before people hear of it (design.md section 1).
DOUBT_TOLD_AFTER = timedelta(minutes=10)
# Xero forgets a key after 6 minutes; one is left for clocks that differ (design.md section 1).
KEY_LIFE = timedelta(minutes=5)
# When what was refused is sent anew, where the look at Xero that could settle it failed.
LOOK_AGAIN = timedelta(minutes=1)
# Seconds after which a call that was cut off is over on Xero's side too, or never arrived.
QUIET = 60.0


class XeroExporter(models.AbstractModel):
    _inherit = "xero.exporter"

    # Refusals of a whole call that say what is wrong by their kind.
    _outcome_codes = {outcomes.MissingScope: "missing_right", outcomes.Gone: "gone"}

    # === STORE === #

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

    # === LOOK UP WHAT WAS REFUSED === #

    @api.model
    def _lookups(self, mapper, letter, reply):
        """``[(path, params)]`` that have to be read before a reply can be kept.

        A look at Xero may settle creates that were refused because something like them exists, and withdrawals that
        were refused because of the record's status.
        """
        if not reply.answer or reply.lookups is not None:
            return []
        try:
            return self._lookups_of(mapper, letter, self._unsettled(letter.elements, reply.answer))
        except CONCURRENCY:
            raise
        except Exception:
            # The answer stands, and says enough to be kept.
            _logger.exception("Xero: what request %s was refused for cannot be looked up", letter.request_id)
            return []

    @api.model
    def _lookups_of(self, mapper, letter, unsettled):
        payloads, specs = mapper._payloads_of(letter.body), letter.elements
        creates, deletes = unsettled["create"], unsettled["delete"]
        return [
            *(mapper._lookups([payloads[i] for i in creates], [specs[i]["facts"] for i in creates]) if creates else ()),
            *(mapper._reread(payloads[i], specs[i]["facts"]) for i in deletes),
        ]

    @api.model
    def _unsettled(self, specs, answer):
        """``{action: [index]}`` of refused elements that a look at Xero may settle."""
        reconciler = self.env["xero.reconciler"]
        found = {"create": [], "delete": []}
        for index, (spec, element) in enumerate(zip(specs, answer.elements, strict=False)):
            if not element.ok and reconciler._code_of(element) in reconciler._look_up_codes.get(spec["action"], ()):
                found[spec["action"]].append(index)
        return found

    # === APPLY === #

    def _apply(self, connection, mapper, request, reply):
        """Keep what came of a request. Returns calls to be made instead of it (halves of a refused batch)."""
        calls = self._apply_outcome(connection, mapper, request, reply)
        if mapper._is_personal:
            request._forget_private()
        return calls

    def _apply_outcome(self, connection, mapper, request, reply):
        outcome = reply.outcome
        if request.attempts and not isinstance(outcome, outcomes.InDoubt):
            self.env["xero.reconciler"]._end_doubt(connection, request)
        if outcome is None:
            return self._apply_answer(connection, mapper, request, reply)
        if isinstance(outcome, outcomes.InDoubt):
            self._apply_doubt(connection, request, outcome)
        elif isinstance(outcome, outcomes.RetryLater | outcomes.ReconnectNeeded | outcomes.Unauthorised):
            self._release(request, outcome)
        else:
            return self._apply_refusal(connection, mapper, request, outcome)
        return []

    def _apply_answer(self, connection, mapper, request, reply):
        """Keep what was done and refused. Returns the calls that follow, of records that take several."""
        answer = reply.answer
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
        linked, withdrawn = self._settled_by_lookup(connection, mapper, request, reply)
        done = [(spec, element.data) for spec, element in pairs if element.ok]
        self._apply_done(connection, mapper, request, done + withdrawn)
        self._apply_linked(connection, mapper, request, linked)
        settled = [spec for spec, _data in linked + withdrawn] + self._unread(request, reply)
        refused = [(spec, element) for spec, element in pairs if not element.ok and spec not in settled]
        self._apply_refused_elements(connection, mapper, request, refused)
        if reply.is_unread:
            self._come_again(request)
        return [call for spec, data in done if spec["facts"].get("more") for call in mapper._next_calls(spec, data)]

    @api.model
    def _unread(self, request, reply):
        """Refused elements of which nobody knows whether that is final, because Xero could not be looked at."""
        specs = request.elements
        unsettled = self._unsettled(specs, reply.answer) if reply.is_unread else {}
        return [specs[index] for indexes in unsettled.values() for index in indexes]

    def _come_again(self, request):
        """What is left of a request is sent anew, and refused and looked up again."""
        self._give_back(request)
        request.connection_id._wake_export(fields.Datetime.now() + LOOK_AGAIN)

    def _settled_by_lookup(self, connection, mapper, request, reply):
        """What the lookups settled: ``(linked, withdrawn)``, lists of (element, data).

        Refused creates that are the same as something unbound in Xero, and refused withdrawals of what is gone there.
        """
        if not reply.found:
            return [], []
        reconciler, specs = self.env["xero.reconciler"], request.elements
        payloads, found = mapper._payloads_of(codec.loads(request.body)), mapper._candidates(reply.found)
        unsettled = self._unsettled(specs, reply.answer)
        candidates = dict.fromkeys(unsettled["create"], found)
        matches = reconciler._match(connection, mapper, specs, payloads, candidates, mapper._may_link)
        withdrawn = reconciler._withdrawn(mapper, specs, payloads, unsettled["delete"], found)
        return [(specs[i], data) for i, data in matches], withdrawn

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
            "external_id": mapper._linked_id(data, spec["facts"]),
            "code": mapper._code(data),
            "natural_key": mapper._natural_key(data) or spec["natural_key"],
            "state": "synced",
            "origin": origin,
            "last_export_date": now,
            "remote_updated_at": mapper._remote_updated_at(data),
            "content_hash": spec["hash"],
            "agreed": mapper._agreed(data, spec["facts"]),
            "mapped_values": spec["facts"].get("mapped") or {},
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
        """Take settled work off the queue, close its issues, and write the history.

        What takes several calls is settled by the last of them; until then its rows wait, for a run may die.
        """
        begun = [spec for spec, _data in done if spec["facts"].get("more")]
        self.env["xero.outbox"].browse(row for spec in begun for row in spec["rows"]).exists().request_id = False
        done = [(spec, data) for spec, data in done if not spec["facts"].get("more")]
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
                    "external_id": mapper._linked_id(data, spec["facts"]),
                    "direction": "out",
                    "action": action or self.ACTIONS[spec["action"]],
                    "note": note or spec["facts"].get("note"),
                    "request_id": request.id,
                }
                for spec, data in done
            ],
        )
        ids = [spec["res_id"] for spec, _data in done]
        self.env["xero.issue"]._mended(mapper._odoo_model, ids, connections=connection)
        self._let_go(self._held_rows(connection, mapper, ids))
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
        rows = [self._binding_row(mapper, spec, data, now, origin="linked") for spec, data in linked]
        self.env["xero.binding"]._record_many(connection, rows)
        note = self.env._("It existed in Xero already.")
        self._finish(connection, mapper, request, linked, action="linked", note=note)

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
        """The request may have been carried out: nothing of it is sent again until that is known.

        The first look follows at once, others at growing distance; people hear of it after 10 minutes.
        """
        now, attempts = fields.Datetime.now(), request.attempts + 1
        pause = outcome.after or (retry.delay(attempts - 1) if attempts > 1 else 0)
        if request.sent_at + KEY_LIFE <= now + timedelta(seconds=pause):
            # The next look is no longer guarded by the key: nothing of the last call may still be on its way.
            pause = max(pause, QUIET)
        request.write(
            {
                "state": "doubt",
                "error": str(outcome),
                "status": outcome.status or 0,
                "attempts": attempts,
                "retry_at": now + timedelta(seconds=pause),
            }
        )
        connection._wake_export(request.retry_at)
        if request.sent_at + DOUBT_TOLD_AFTER <= now:
            self.env["xero.reconciler"]._tell_doubt(connection, request)

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
            self._give_back(request)
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
