"""Webhooks: 10,000 malformed, unsigned and replayed posts against a running Odoo.

The bars: none of them is accepted as new, none ends in a 500, no answer sets a cookie, and 99 of 100 answers come
within 100 ms on loopback.
"""

from __future__ import annotations

import http.client
import json
import random
import time
from collections import Counter
from urllib.parse import urlsplit

from simulator.steering import Steering
from simulator.webhooks import sign

SERVER = True
PATH = "/account_xero/webhook"
KEY = "benchmark-key"
POSTS, CHANCE, P99_MS = 10_000, 20, 100.0
SIGNATURE = "x-xero-signature"


def main(context) -> int:
    """Returns 0 only where every bar holds."""
    xero = Steering(context.simulator["url"])
    tenant_id = context.simulator["tenants"][0]["tenant_id"]
    tokens = xero.token(tenant_id=tenant_id)
    context.odoo_shell(
        "benchmarks/odoo_webhook.py",
        action="connect",
        tokens={key: tokens[key] for key in ("access_token", "refresh_token", "expires_in", "scope")},
        tenant_id=tenant_id,
        key=KEY,
    )
    where = urlsplit(context.odoo_url).netloc
    genuine = [_genuine(tenant_id, number) for number in range(20)]
    first = [_post(where, *call) for call in genuine]
    before = context.odoo_shell("benchmarks/odoo_webhook.py", action="count")["stored"]
    calls = _calls(genuine, int(POSTS * context.options.get("size", 1)))
    # One after another, as Xero delivers: what is measured is the answer, not a queue.
    answers = [_post(where, *call[1:]) for call in calls]
    after = context.odoo_shell("benchmarks/odoo_webhook.py", action="count")["stored"]
    return _report(context, first, [call[0] for call in calls], answers, before, after - before)


def _genuine(tenant_id: str, number: int):
    event = {
        "resourceUrl": "https://api.xero.com/api.xro/2.0/Invoices/1",
        "resourceId": f"00000000-0000-4000-8000-{number:012d}",
        "eventDateUtc": "2026-11-20T10:00:00.123",
        "eventType": "UPDATE",
        "eventCategory": "INVOICE",
        "tenantId": tenant_id,
        "tenantType": "ORGANISATION",
    }
    body = json.dumps({"events": [event], "firstEventSequence": number + 1, "lastEventSequence": number + 1})
    return body.encode(), {SIGNATURE: sign(body, KEY)}


def _calls(genuine, count: int):
    """(kind, body, headers) of what nobody may get in with, by a fixed seed."""
    chance = random.Random(CHANCE)
    kinds = (_unsigned, _forged, _changed, _garbage, _form, _huge_header, _replayed)
    return [(kind.__name__, *kind(chance, chance.choice(genuine))) for kind in chance.choices(kinds, k=count)]


def _unsigned(_chance, call):
    return call[0], {}


def _forged(chance, call):
    return call[0], {SIGNATURE: sign(call[0].decode(), f"key-{chance.random()}")}


def _changed(_chance, call):
    return call[0].replace(b"UPDATE", b"CREATE"), call[1]


def _garbage(chance, _call):
    text = "".join(chance.choices("ABCabc019+/= \t{}[]\"'", k=chance.randrange(1, 90)))
    return chance.randbytes(chance.randrange(0, 4000)), {SIGNATURE: text.strip() or "="}


def _form(chance, call):
    body = b"self=1&events=2&" + chance.randbytes(200)
    return body, {SIGNATURE: call[1][SIGNATURE], "Content-Type": "application/x-www-form-urlencoded"}


def _huge_header(chance, call):
    return call[0], {SIGNATURE: "A" * chance.randrange(100, 8000)}


def _replayed(_chance, call):
    return call


def _post(where: str, body: bytes, headers: dict):
    """(status, milliseconds, whether a cookie was set)."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection(where, timeout=30)
    try:
        connection.request("POST", PATH, body, {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        answer.read()
        return answer.status, 1000 * (time.perf_counter() - started), "Set-Cookie" in answer.headers
    finally:
        connection.close()


def _report(context, first, kinds, answers, before, added) -> int:
    times = sorted(ms for _status, ms, _cookie in answers)
    let_in = sum(
        status == 200 for kind, (status, _ms, _cookie) in zip(kinds, answers, strict=True) if kind != "_replayed"
    )
    figures = {
        "posts": len(answers),
        "genuine_stored": before,
        "let_in": let_in,
        "added": added,
        "errors": sum(status >= 500 for status, _ms, _cookie in answers),
        "cookies": sum(cookie for _status, _ms, cookie in [*first, *answers]),
        "p50_ms": round(times[len(times) // 2], 1),
        "p99_ms": round(times[int(len(times) * 0.99)], 1),
        "worst_ms": round(times[-1], 1),
    }
    if context.json_file:
        context.json_file.write_text(json.dumps(figures, indent=2) + "\n")
    verdicts = Counter((kind.strip("_"), status) for kind, (status, *_rest) in zip(kinds, answers, strict=True))
    for (kind, status), count in sorted(verdicts.items()):
        print(f"{kind:14} {status}  {count:>6}")
    wrong = [figures[name] for name in ("let_in", "added", "errors", "cookies")]
    holds = before == len(first) and not any(wrong) and figures["p99_ms"] < P99_MS
    print(
        f"{figures['posts']} posts: {let_in} let in, {added} stored, {figures['errors']} errors, {figures['cookies']} "
        f"cookies; median {figures['p50_ms']} ms, p99 {figures['p99_ms']} ms of {P99_MS:.0f}, worst "
        f"{figures['worst_ms']} ms: the bar {'holds' if holds else 'does NOT hold'}"
    )
    return 0 if holds else 1
