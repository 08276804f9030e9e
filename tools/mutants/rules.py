"""The rules that ./run mutants switches off. A table in Python, because 3.10 reads no TOML."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """`old` must stand exactly once in `file`; `new` switches the rule off; `test` (with `keyword`, pytest's -k) has
    to fail then."""

    name: str
    why: str
    file: str
    old: str
    new: str
    test: str
    keyword: str = ""


RULES = [
    Rule(
        name="layer-check",
        why="the pure packages stay free of Odoo only while the check looks at them",
        file="tools/checks/layers.py",
        old='    "xero_api": {"odoo", "simulator"},\n',
        new="",
        test="tools/tests/test_layers.py",
    ),
    Rule(
        name="idempotency-key-reused",
        why="a repeated call under another key is carried out twice",
        file="engine/export_answers.py",
        old="            key=request.key,\n",
        new="            key=__import__('uuid').uuid4().hex,\n",
        test="tests/test_in_doubt.py",
        keyword="lost_for_a_batch",
    ),
    Rule(
        name="put-for-creates",
        why="a POST with a known name or number overwrites somebody else's record",
        file="mappers/xero_mapper.py",
        old='method="PUT" if action == "create" else "POST"',
        new='method="POST"',
        test="tests/test_export.py",
        keyword="creates_are_put",
    ),
    Rule(
        name="per-element-answers",
        why="one refused element of a batch must not pass as sent",
        file="engine/export_answers.py",
        old="done = [(spec, element.data) for spec, element in pairs if element.ok]",
        new="done = [(spec, element.data) for spec, element in pairs]",
        test="tests/test_export.py",
        keyword="one_bad_record",
    ),
    Rule(
        name="hash-check",
        why="what both sides agree on causes no call",
        file="mappers/xero_mapper.py",
        old="return bool(agreed) and agreed == codec.digest(self._content(payload))",
        new="return False",
        test="tests/test_export.py",
        keyword="agree_on",
    ),
    Rule(
        name="in-doubt-lookup",
        why="once Xero forgot the key, what arrived is found by looking it up",
        file="engine/reconciler.py",
        old="        for index, spec in enumerate(letter.elements):\n",
        new="        for index, spec in enumerate([]):\n",
        test="tests/test_in_doubt.py",
        keyword="forgot_the_key",
    ),
    Rule(
        name="deletion-guard",
        why="a record that is in Xero cannot be deleted",
        file="models/xero_sync_mixin.py",
        old="        linked = self._xero_linked()\n        if linked:",
        new="        linked = self._xero_linked()\n        if False:",
        test="tests/test_deletion.py",
    ),
    Rule(
        name="tax-percentage",
        why="a tax maps only to a rate of the same percentage",
        file="models/xero_tax_mapping.py",
        old="            if not (_same(ours, rate) or _same_reverse_charge(mapping.tax_ids, rate)):",
        new="            if False:",
        test="tests/test_mapping.py",
        keyword="other_percentage_is_refused",
    ),
    Rule(
        name="consent-state",
        why="a consent counts once, and only in the session that began it",
        file="controllers/oauth.py",
        old="open_consents.pop(known, None)",
        new="open_consents.get(known)",
        test="tests/test_connect.py",
        keyword="replayed_state",
    ),
    Rule(
        name="redaction",
        why="personal numbers in Xero's answers are kept nowhere",
        file="engine/export_answers.py",
        old="redact.data(answer.payload, personal=True)",
        new="answer.payload",
        test="tests/test_bad_input.py",
        keyword="secrets_stay_out",
    ),
    Rule(
        name="redaction-of-text",
        why="tokens in messages and exceptions are masked",
        file="xero_api/redact.py",
        old="        result = pattern.sub(replacement, result)\n",
        new="        pass\n",
        test="xero_api/tests/test_redact.py",
    ),
    Rule(
        name="opt-out",
        why="a document that is set not to be exported stays",
        file="mappers/xero_mapper.py",
        old="        if record.xero_do_not_export:",
        new="        if False:",
        test="tests/test_export.py",
        keyword="excluded_records_stay",
    ),
    Rule(
        name="start-date",
        why="installing beside years of books queues none of them",
        file="models/account_move.py",
        old="COALESCE(m.invoice_date, m.date) >= c.sync_from_date",
        new="true",
        test="tests/test_export.py",
        keyword="before_the_start_date",
    ),
    Rule(
        name="company-currency",
        why="books in another currency cannot agree",
        file="models/xero_connection_consent.py",
        old="        if ours == theirs:\n",
        new="        if True:\n",
        test="tests/test_connect.py",
        keyword="other_currency",
    ),
    Rule(
        name="answer-outlives-its-lookup",
        why="what a call created is kept although a lookup after it fails",
        file="engine/flights.py",
        old="        return replace(reply, is_unread=isinstance(outcome, PASSING))\n",
        new="        return Reply(outcome=outcome)\n",
        test="tests/test_export.py",
        keyword="failing_lookup",
    ),
    Rule(
        name="import-waits-for-exports",
        why="our own payment, its answer not kept yet, is not booked a second time",
        file="engine/importer.py",
        old="if fresh and self._in_flight(connection, mapper):",
        new="if False:",
        test="tests/test_payments.py",
        keyword="import_waits",
    ),
    Rule(
        name="repeat-settles-nothing",
        why="an answer that says nothing about the first call must not have it sent under another key",
        file="engine/reconciler.py",
        old="        if not reply.answer and not self._is_final(outcome):\n",
        new="        if False:\n",
        test="tests/test_faults.py",
        keyword="second_fault",
    ),
    Rule(
        name="one-worker",
        why="who finds a request without an answer may call it lost only where nobody else is sending it",
        file="engine/exporter.py",
        old="            if is_alone:\n",
        new="            if True:\n",
        test="tests/test_faults.py",
        keyword="second_worker",
    ),
    Rule(
        name="minute",
        why="no minute holds more calls than Xero takes, whatever window it counts",
        file="xero_api/ratelimit.py",
        old="        if len(recent) >= allowed:\n",
        new="        if False:\n",
        test="xero_api/tests/test_limits.py",
    ),
    Rule(
        name="webhook-signature",
        why="anybody could post events",
        file="xero_api/webhook.py",
        old='    return hmac.compare_digest(signature(body, key).encode(), header.encode("utf-8", "replace"))\n',
        new="    return True\n",
        test="xero_api/tests/test_webhook.py",
    ),
]
