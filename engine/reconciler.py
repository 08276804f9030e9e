"""Settle: find out what became of calls whose answer is missing, before anything new is sent.

While Xero still remembers the key, the same call is repeated under it: Xero carries it out once and
answers as it did then (xero-api.md 3.4). Afterwards the records are looked up. Only what is
found nowhere is sent again, under a new key.
"""

import logging
from dataclasses import replace

from odoo import api, fields, models
from odoo.tools import groupby

from .. import messages
from ..exceptions import words_of
from ..mappers.xero_mapper import Call
from ..transactions import CONCURRENCY
from ..xero_api import codec, outcomes, redact
from . import flights
from .export_answers import KEY_LIFE
from .flights import Reply

_logger = logging.getLogger(__name__)

# Only this status of a refusal is Xero's own word on a repeated call; others come from somewhere on the way to it.
REFUSAL = 400


class XeroReconciler(models.AbstractModel):
    _name = "xero.reconciler"
    _description = "Xero Reconciler"

    # Refusals that say "something like it exists": looked up and linked, or an issue with Link.
    _exists_codes = {"contact_name_taken", "contact_number_taken", "number_taken", "item_code_taken"}
    # Refusals that a look at Xero may settle, by action: what was to be withdrawn may be gone already.
    _look_up_codes = {"create": _exists_codes, "delete": {"document_final", "payment_final"}}

    @api.model
    def _settle(self, run):
        """Settle every call of the connection whose answer is missing and whose time has come.

        One worker runs per connection, so a request that is still open when a run starts is in doubt
        by definition: its worker died or lost the answer.

        :return: whether any was settled
        """
        now = fields.Datetime.now()
        due = self._open_requests(run.connection).filtered(lambda r: not r.retry_at or r.retry_at <= now)
        for request in due:
            self._settle_request(run, request)
        return bool(due - self._open_requests(run.connection))

    @api.model
    def _open_requests(self, connection):
        return self.env["xero.request"].search(
            [("connection_id", "=", connection.id), ("state", "in", ("sending", "doubt"))], order="id"
        )

    @api.model
    def _in_doubt(self, connection):
        """``{(model, id)}`` of records that a call in doubt speaks of: nothing of them leaves before it is settled."""
        requests = self._open_requests(connection)
        return {(spec["model"], spec["res_id"]) for request in requests for spec in request.elements}

    @api.model
    def _doubtful(self, connection, records):
        """The ids of those ``records`` of which a call is in doubt."""
        domain = [("connection_id", "=", connection.id), ("state", "=", "doubt")]
        elements = (spec for request in self.env["xero.request"].search(domain) for spec in request.elements)
        return {spec["res_id"] for spec in elements if spec["model"] == records._name} & set(records.ids)

    def _settle_request(self, run, request):
        exporter, mapper = self.env["xero.exporter"], self.env[request.mapper]
        exporter._await_call(run, "urgent")
        letter = exporter._letter(request)
        client = run.client(run.connection._access_token())
        exporter._checkpoint()
        # Xero takes no key with a DELETE: the second one finds nothing, however late it comes.
        if request.method == "DELETE" or request.sent_at + KEY_LIFE > fields.Datetime.now():
            outcome = self._send_again(run, mapper, letter, client)
        else:
            outcome = self._look_up(run, request, mapper, letter, client)
        exporter._note_reads(run)
        if self._concerns_all(outcome):
            raise outcome

    @api.model
    def _concerns_all(self, outcome):
        """Whether an outcome says that nothing else is worth a try now; a call that just fails holds nobody else."""
        if isinstance(outcome, outcomes.RetryLater):
            return bool(outcome.limit)
        return isinstance(outcome, outcomes.ReconnectNeeded | outcomes.Unauthorised)

    def _send_again(self, run, mapper, letter, client):
        """Repeat a call under its key: Xero carries it out once, and answers as it did then."""
        exporter = self.env["xero.exporter"]
        reply = flights.send(client, letter)
        if isinstance(reply.outcome, outcomes.Unauthorised):
            client = self._renewed(run, client)
            reply = flights.send(client, letter)
        if lookups := exporter._lookups(mapper, letter, reply):
            reply = flights.look_up(client, replace(reply, lookups=lookups))
        outcome = reply.outcome
        if not reply.answer and not self._is_final(outcome):
            # It says nothing about the first call, which may have been carried out.
            reply = Reply(outcome=self._doubt(outcome))
        # What was refused as a whole is in the queue again and is halved there.
        exporter._keep(run.connection, mapper, letter, reply)
        return outcome

    @api.model
    def _is_final(self, outcome):
        """Whether a repeated call came to what the first one had come to."""
        return isinstance(outcome, outcomes.Refused) and outcome.status == REFUSAL

    @api.model
    def _doubt(self, outcome):
        return outcomes.InDoubt(str(outcome), after=getattr(outcome, "after", None), status=outcome.status)

    def _renewed(self, run, client):
        """A client with another token than the one that Xero has just refused."""
        token = run.connection._access_token(refused=client.access_token)
        self.env["xero.exporter"]._checkpoint()
        return run.client(token)

    def _look_up(self, run, request, mapper, letter, client):
        """Bind what arrived, and give the rest back to the queue. Changes can simply be repeated."""
        exporter = self.env["xero.exporter"]
        payloads, wanted = mapper._payloads_of(letter.body), {"create": [], "update": [], "delete": []}
        for index, spec in enumerate(letter.elements):
            wanted[spec["action"]].append(index)
        try:
            found = self._read(run, mapper, client, letter, payloads, wanted)
        except outcomes.XeroError as outcome:
            exporter._keep(run.connection, mapper, letter, Reply(outcome=self._doubt(outcome)))
            return outcome
        except CONCURRENCY:
            raise
        except Exception as error:
            self._keep_in_doubt(run, request, mapper, letter, error)
            return None
        try:
            exporter._commit_work(
                lambda: self._apply_found(run.connection, request, mapper, payloads, wanted, found),
                len(letter.elements),
            )
        except CONCURRENCY:
            raise
        except Exception as error:
            self._keep_in_doubt(run, request, mapper, letter, error)
        return None

    def _keep_in_doubt(self, run, request, mapper, letter, error):
        """What cannot be understood here holds these records, and nobody else."""
        _logger.exception("Xero: request %s could not be settled", request.id)
        self.env.cr.rollback()
        doubt = outcomes.InDoubt(words_of(error))
        self.env["xero.exporter"]._keep(run.connection, mapper, letter, Reply(outcome=doubt))

    def _read(self, run, mapper, client, letter, payloads, wanted):
        lookups = self._lookups(mapper, letter, payloads, wanted)
        try:
            answers = [client.get(path, params=params) for path, params in lookups]
        except outcomes.Unauthorised:
            client = self._renewed(run, client)
            answers = [client.get(path, params=params) for path, params in lookups]
        return mapper._candidates(answers)

    @api.model
    def _lookups(self, mapper, letter, payloads, wanted):
        facts = [spec["facts"] for spec in letter.elements]
        creates, lookups = wanted["create"], []
        if creates:
            lookups += mapper._lookups([payloads[i] for i in creates], [facts[i] for i in creates])
        for i in wanted["delete"]:
            lookups += mapper._reread(payloads[i], facts[i])
        return lookups

    def _apply_found(self, connection, request, mapper, payloads, wanted, found):
        exporter, specs = self.env["xero.exporter"], request.elements
        candidates = dict.fromkeys(wanted["create"], found)
        arrived = self._match(connection, mapper, specs, payloads, candidates, mapper._is_same)
        withdrawn = self._withdrawn(mapper, specs, payloads, wanted["delete"], found)
        pairs = [(specs[index], data) for index, data in arrived] + withdrawn
        request.write({"state": "done" if len(pairs) == len(specs) else "later"})
        exporter._apply_done(connection, mapper, request, pairs)
        self._forget_agreement(connection, [specs[index] for index in wanted["update"]])
        exporter._give_back(request)
        self._end_doubt(connection, request)
        if mapper._is_personal:
            request._forget_private()

    def _forget_agreement(self, connection, specs):
        """Nobody knows what Xero holds of these changes, so they go again even where Odoo has the old values back."""
        for model, group in groupby(specs, key=lambda spec: spec["model"]):
            self.env["xero.binding"].search(
                [
                    ("connection_id", "=", connection.id),
                    ("model", "=", model),
                    ("res_id", "in", [spec["res_id"] for spec in group]),
                ]
            ).content_hash = False

    @api.model
    def _withdrawn(self, mapper, specs, payloads, indexes, found):
        """``[(element, data)]`` of withdrawals among ``indexes`` that Xero has carried out."""
        gone = {mapper._external_id(data): data for data in found if mapper._is_withdrawn(data)}
        ids = {index: mapper._withdrawn_id(payloads[index], specs[index]["facts"]) for index in indexes}
        return [(specs[index], gone[id_]) for index, id_ in ids.items() if id_ in gone]

    def _end_doubt(self, connection, request):
        """It is known what became of a call: nothing waits for that any more."""
        for model, specs in groupby(request.elements, key=lambda spec: spec["model"]):
            ids = [spec["res_id"] for spec in specs]
            self.env["xero.issue"]._mended(model, ids, codes=["cannot_repeat"], connections=connection)

    def _tell_doubt(self, connection, request):
        self.env["xero.issue"]._raise_many(
            connection,
            [
                {"code": "cannot_repeat", "model": spec["model"], "res_id": spec["res_id"], "request_id": request.id}
                for spec in request.elements
            ],
        )

    @api.model
    def _match(self, connection, mapper, elements, payloads, candidates, same):
        """Match payloads with what Xero holds, each candidate at most once, bound ones never.

        :param candidates: ``{index: [data]}``
        :param same: ``mapper._is_same`` or ``mapper._may_link``
        :return: ``[(index, data)]``
        """
        ids = {mapper._external_id(data) for found in candidates.values() for data in found}
        taken = set(self.env["xero.binding"]._by_external(connection, mapper._xero_resource, ids - {None}))
        matches = []
        for index, found in candidates.items():
            for data in found:
                external_id = mapper._external_id(data)
                if external_id not in taken and same(payloads[index], data, elements[index]["facts"]):
                    taken.add(external_id)
                    matches.append((index, data))
                    break
        return matches

    # === REFUSALS === #

    @api.model
    def _code_of(self, element):
        return messages.recognise(element.messages)[0]

    @api.model
    def _problem_of(self, mapper, spec, texts, request, code=None):
        """The issue for one refused element, in our words where Xero's are known.

        :param code: given where the kind of refusal says more than its words
        """
        if mapper._is_personal:
            texts = [redact.unquoted(text) for text in texts]
        recognised, values = messages.recognise(texts)
        code = code or recognised
        names = self.env["xero.history"]._names([(spec["model"], spec["res_id"])])
        defaults = {
            "number": spec["natural_key"],
            "name": spec["natural_key"],
            "contact": names[spec["model"], spec["res_id"]],
            "email": "",
            "date": spec["facts"].get("date"),
            "lock_date": "",
            "resource": mapper._xero_resource,
        }
        return {
            "code": code,
            "values": {**defaults, **values},
            "model": spec["model"],
            "res_id": spec["res_id"],
            "resource": mapper._xero_resource,
            "raw": "\n".join(texts),
            "request_id": request.id,
        }

    @api.model
    def _halves(self, mapper, request):
        """Two calls in the place of one that was refused as a whole."""
        payloads = mapper._payloads_of(codec.loads(request.body))
        key = mapper._body_key(request.path)
        middle = len(payloads) // 2
        return [
            Call(request.method, request.path, {key: payloads[part]}, request.elements[part])
            for part in (slice(None, middle), slice(middle, None))
        ]

    # === LINK BY HAND === #

    @api.model
    def _link_existing(self, issue):
        """Link the record of an issue with what Xero holds under its name or number, because a person said so."""
        mapper = self.env["xero.mapper"]._for_resource(issue.resource)
        connection, request = issue.connection_id, issue.request_id
        index = next(
            i
            for i, spec in enumerate(request.elements)
            if (spec["model"], spec["res_id"]) == (issue.model, issue.res_id)
        )
        spec, payload = request.elements[index], mapper._payloads_of(codec.loads(request.body))[index]
        found = connection._with_client(lambda client: self._candidates_of(mapper, client, payload, spec))
        key = mapper._natural_key(payload)
        match = self._match(
            connection,
            mapper,
            [spec],
            [payload],
            {0: found},
            lambda _payload, data, _facts: mapper._natural_key(data) == key,
        )
        if match:
            self.env["xero.exporter"]._apply_linked_by_hand(connection, mapper, request, spec, match[0][1])
        return bool(match)

    @api.model
    def _candidates_of(self, mapper, client, payload, spec):
        return mapper._candidates(
            [client.get(path, params=params) for path, params in mapper._lookups([payload], [spec["facts"]])]
        )
