"""Settle: find out what became of calls whose answer is missing, before anything new is sent.

While Xero still remembers the key, the same call is repeated under it: Xero carries it out once and
answers as it did then (xero-api.md 3.4). Afterwards the records are looked up. Only what is
found nowhere is sent again, under a new key.
"""

from datetime import timedelta

from odoo import api, fields, models

from .. import messages
from ..mappers.xero_mapper import Call
from ..xero_api import codec, outcomes

# Xero forgets a key after 6 minutes; one is left for clocks that differ (design.md section 1).
KEY_LIFE = timedelta(minutes=5)


class XeroReconciler(models.AbstractModel):
    _name = "xero.reconciler"
    _description = "Xero Reconciler"

    # Refusals that say "something like it exists": looked up and linked, or an issue with Link.
    _exists_codes = {"contact_name_taken", "contact_number_taken", "number_taken", "item_code_taken"}

    @api.model
    def _settle(self, connection):
        """Settle every call of the connection whose answer is missing.

        One worker runs per connection, so a request that is still open when a run starts is in doubt
        by definition: its worker died or lost the answer.
        """
        requests = self.env["xero.request"].search(
            [("connection_id", "=", connection.id), ("state", "in", ("sending", "doubt"))], order="id"
        )
        for request in requests:
            self._settle_request(connection, request)

    def _settle_request(self, connection, request):
        exporter = self.env["xero.exporter"]
        mapper = self.env[request.mapper]
        letter = exporter._letter(request)
        fresh = request.sent_at + KEY_LIFE > fields.Datetime.now()
        client = connection._get_client()
        exporter._checkpoint()
        if fresh:
            reply = exporter._send(connection, mapper, client, letter)
            calls = exporter._apply(connection, mapper, request, reply)
            exporter._checkpoint(done=len(letter.elements), more=True)
            exporter._stop_run([reply])
            while calls:
                calls = exporter._export_calls(connection, mapper, calls[:1]) + calls[1:]
            return
        self._look_up(connection, request, mapper, client, letter)
        exporter._checkpoint(done=len(letter.elements), more=True)

    def _look_up(self, connection, request, mapper, client, letter):
        """Bind what arrived, and give the rest back to the queue. Changes and deletions can simply be repeated."""
        exporter = self.env["xero.exporter"]
        creates = [index for index, spec in enumerate(letter.elements) if spec["action"] == "create"]
        payloads = mapper._payloads_of(letter.body)
        try:
            found = self._read(mapper, client, letter, payloads, creates)
        except outcomes.RetryLater:
            raise
        except outcomes.XeroError as outcome:
            exporter._apply_doubt(connection, request, outcome)
            self._tell_doubt(connection, request, mapper)
            return
        matches = self._match(
            connection, mapper, letter.elements, payloads, dict.fromkeys(creates, found), mapper._is_same
        )
        pairs = [(letter.elements[index], data) for index, data in matches]
        request.write({"state": "done" if len(pairs) == len(letter.elements) else "later"})
        exporter._apply_done(connection, mapper, request, pairs)
        exporter._give_back(request)

    @api.model
    def _read(self, mapper, client, letter, payloads, indexes):
        if not indexes:
            return []
        lookups = mapper._lookups([payloads[i] for i in indexes], [letter.elements[i]["facts"] for i in indexes])
        return mapper._candidates([client.get(path, params=params) for path, params in lookups])

    def _tell_doubt(self, connection, request, mapper):
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
