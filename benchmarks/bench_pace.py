"""Pace: how well a run uses the calls that Xero allows, and whether it ever asks for more.

10,000 records against Xero's real limits, where a call takes 0.5 s and 0.05 s a record, so 3 s for 50. The bars:
at least 95% of the calls of the full minutes in between, no 429, never more than 5 in flight, and the end that is shown
after the first minute right within 10%. Then a day that runs short: the queue stops with its reserve kept, and goes on
when the simulator's clock has moved by a day.
"""

from __future__ import annotations

import json
import time
from datetime import datetime, timezone

from simulator.steering import Steering

SERVER = True
RECORDS, BATCH, MINUTE_LIMIT, DAY_LIMIT = 10_000, 50, 60, 1000
LATENCY = {"base": 0.5, "per_element": 0.05}
# What contacts that no document needs leave of a day (models/xero_budget.py).
RESERVE = DAY_LIMIT // 5
SCRIPT = "benchmarks/odoo_export.py"
PATIENCE = 900  # seconds


def main(context) -> int:
    """Returns 0 only where every bar holds."""
    xero = Steering(context.simulator["url"])
    tenant_id = context.simulator["tenants"][0]["tenant_id"]
    records = max(3 * BATCH * MINUTE_LIMIT, int(RECORDS * context.options.get("size", 1)))
    xero.limits(latency=LATENCY, day=DAY_LIMIT)
    seeded = len(xero.state("Contacts", tenant_id))
    connection = _queue(context, xero, tenant_id, records)
    watched = Watch(context, xero, connection).until(lambda: len(xero.state("Contacts", tenant_id)) >= seeded + records)
    figures = {"records": records, **_pace(xero), **watched, **_day(context, xero, tenant_id)}
    if context.json_file:
        context.json_file.write_text(json.dumps(figures, indent=2) + "\n")
    return _report(figures)


def _queue(context, xero, tenant_id, records):
    tokens = xero.token(tenant_id=tenant_id)
    return context.odoo_shell(
        SCRIPT,
        action="queue_partners",
        tokens={key: tokens[key] for key in ("access_token", "refresh_token", "expires_in", "scope")},
        tenant_id=tenant_id,
        partners=records,
    )


class Watch:
    """What is seen from outside while the queue empties: calls in flight, and the end that is shown after a minute."""

    def __init__(self, context, xero, connection):
        self._context, self._xero, self._connection = context, xero, connection
        self._peak, self._shown_at, self._clears_at = 0, None, None

    def until(self, is_done) -> dict:
        first, checked = None, 0.0
        started = time.monotonic()
        while time.monotonic() < started + PATIENCE:
            in_flight = sum(used["in_flight"] for used in self._xero.limits()["used"])
            self._peak = max(self._peak, in_flight)
            first = first or (time.time() if in_flight else None)
            if first and not self._shown_at and time.time() > first + 60:
                self._look()
            if time.monotonic() > checked + 2:
                checked = time.monotonic()
                if is_done():
                    break
            time.sleep(0.1)
        return {"peak": self._peak, "forecast_error": self._error()}

    def _look(self):
        [shown] = self._context.rpc(
            "xero.connection",
            "read",
            [self._connection["connection"]],
            ["traffic", "queue_clears_at"],
            context={"allowed_company_ids": [self._connection["company"]]},
        )
        print(f"After a minute: {shown['traffic']}")
        self._shown_at = time.time()
        if shown["queue_clears_at"]:
            moment = datetime.fromisoformat(shown["queue_clears_at"]).replace(tzinfo=timezone.utc)
            self._clears_at = moment.timestamp()

    def _error(self):
        """How far the shown end was off, as a share of the time that was left."""
        if not self._clears_at:
            return None
        last = max(call["ended"] for call in _calls(self._xero))
        return round(abs(self._clears_at - last) / (last - self._shown_at), 3)


def _calls(xero):
    """When each call came in and was answered, and how."""
    calls = []
    for call in xero.journal():
        if "/api.xro/" in call["path"]:
            at = datetime.fromisoformat(call["time"].replace("Z", "+00:00")).timestamp()
            calls.append(
                {"method": call["method"], "at": at, "ended": at + float(call["ms"]) / 1000, "status": call["status"]}
            )
    return calls


def _pace(xero) -> dict:
    calls = [call for call in _calls(xero) if call["method"] == "PUT"]
    start = min(call["at"] for call in calls)
    minutes = int((max(call["at"] for call in calls) - start) // 60)
    between = [call for call in calls if start + 60 <= call["at"] < start + 60 * minutes]
    return {
        "calls": len(calls),
        "refused": sum(call["status"] == 429 for call in calls),
        "full_minutes": minutes - 1,
        "used": round(len(between) / (MINUTE_LIMIT * (minutes - 1)), 3) if minutes > 1 else None,
    }


def _day(context, xero, tenant_id) -> dict:
    """A day with a few calls more than the reserve, for a queue that needs more."""
    [used] = xero.limits()["used"]
    xero.limits(day=used["day"] + RESERVE + 10, latency={"base": 0, "per_element": 0})
    before = len(xero.state("Contacts", tenant_id))
    _queue(context, xero, tenant_id, 30 * BATCH)
    kept = _settled(lambda: _left_today(xero))
    xero.limits(day=DAY_LIMIT)
    stopped = len(xero.state("Contacts", tenant_id)) - before
    xero.advance(86400)
    context.odoo_shell(SCRIPT, action="pass_a_day")
    _settled(lambda: len(xero.state("Contacts", tenant_id)))
    return {
        "kept": kept,
        "stopped_after": stopped,
        "resumed": len(xero.state("Contacts", tenant_id)) - before,
        "refused_by_the_day": sum(call["status"] == 429 for call in _calls(xero)),
    }


def _left_today(xero):
    [used] = xero.limits()["used"]
    return xero.limits()["day"] - used["day"]


def _settled(read, seconds=90):
    """The value of ``read()`` once it has not changed for so long: the minute's wait is among it."""
    value, since = read(), time.monotonic()
    while time.monotonic() < since + seconds:
        time.sleep(1)
        if (now := read()) != value:
            value, since = now, time.monotonic()
    return value


def _report(figures: dict) -> int:
    bars = {
        f"{figures['used']:.1%} of the calls of {figures['full_minutes']} full minutes in between (bar: 95%)": (
            figures["used"] >= 0.95
        ),
        f"{figures['refused'] + figures['refused_by_the_day']} refused for a limit (bar: 0)": (
            figures["refused"] + figures["refused_by_the_day"] == 0
        ),
        f"{figures['peak']} in flight at most (bar: 5)": figures["peak"] <= 5,
        f"the end shown after a minute was off by {figures['forecast_error']:.1%} (bar: 10%)": (
            figures["forecast_error"] <= 0.1
        ),
        f"{figures['kept']} calls of the short day kept (reserve: {RESERVE}), {figures['resumed']} of {30 * BATCH} "
        "records after the next day began": figures["kept"] >= RESERVE and figures["resumed"] == 30 * BATCH,
    }
    for text, holds in bars.items():
        print(f"{'holds' if holds else 'FAILS'}: {text}")
    holds = all(bars.values())
    print(f"{figures['records']} records in {figures['calls']} calls: the bar {'holds' if holds else 'does NOT hold'}")
    return 0 if holds else 1
