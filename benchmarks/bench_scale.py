"""Scale: what a batch and a page of a list cost with a million rows of the past, against almost none.

1,000,000 history rows, 1,000,000 links and 100,000 waiting rows against tables that hold one page (lists) or what a
run claims (batches). The bar: at most 1.3 times the cost of each, and 64 MB more for the worker over 50,000 documents.
"""

from __future__ import annotations

import json

from simulator.steering import Steering
from tools.progress import say

SCRIPT = "benchmarks/odoo_scale.py"
RATIO, MEGABYTES = 1.3, 64
HISTORY, BINDINGS, WAITING, DOCUMENTS = 1_000_000, 1_000_000, 100_000, 50_000
ROUNDS, BATCHES = 5, 40


def main(context) -> int:
    """Returns 0 only if the bar holds. `--size 0.1` fills a tenth."""
    figures = _measure(context, context.options.get("size", 1))
    if context.json_file:
        context.json_file.write_text(json.dumps(figures, indent=2) + "\n")
    return _report(figures)


def _measure(context, size: float) -> dict:
    amounts = {
        "history": round(HISTORY * size),
        "bindings": round(BINDINGS * size),
        "waiting": max(round(WAITING * size), (ROUNDS + 1) * BATCHES * 50),
        "linked": max(round(BINDINGS * size / 10), 1000),
        "rounds": ROUNDS,
        "batches": BATCHES,
    }
    known = context.odoo_shell(SCRIPT, action="prepare", **amounts, **_authorisation(context))
    empty, full = (_measure_tables(context, known=known, full=full, **amounts) for full in (False, True))
    say("Watching the worker's memory")
    documents = round(DOCUMENTS * size)
    memory = context.odoo_shell(
        SCRIPT, action="memory", known=known, documents=documents, step=max(1, documents // 500), **amounts
    )
    ratios = {name: full[name]["cpu"] / empty[name]["cpu"] for name in empty}
    return {"size": size, **amounts, "empty": empty, "full": full, "ratios": ratios, "memory": memory}


def _measure_tables(context, full: bool, **args) -> dict:
    say(f"Measuring with {'full' if full else 'empty'} tables")
    context.odoo_shell(SCRIPT, action="arrange", full=full, **args)
    for table in ("xero_history", "xero_binding", "xero_outbox", "xero_connection", "res_partner"):
        # What PostgreSQL does by itself within minutes.
        context.databases.cluster.sql(f"VACUUM ANALYZE {table}", context.database)
    return context.odoo_shell(SCRIPT, action="measure", full=full, **args)


def _authorisation(context) -> dict:
    tenant_id = context.simulator["tenants"][0]["tenant_id"]
    tokens = Steering(context.simulator["url"]).token(tenant_id=tenant_id)
    names = ("access_token", "refresh_token", "expires_in", "scope")
    return {"tokens": {name: tokens[name] for name in names}, "tenant_id": tenant_id}


def _report(figures: dict) -> int:
    empty, full, memory = figures["empty"], figures["full"], figures["memory"]
    print(f"{'ms':34} {'Empty':>9} {'Full':>9} {'Ratio':>6}")
    rows = {
        "One batch of 50, CPU": ("batch", "cpu"),
        "One batch of 50, time": ("batch", "seconds"),
        "Queue, first page, CPU": ("queue", "cpu"),
        "History, first page, CPU": ("history", "cpu"),
        "Partners by export date, CPU": ("partners", "cpu"),
    }
    for title, (name, unit) in rows.items():
        before, after = empty[name][unit], full[name][unit]
        print(f"{title:34} {before:>9.1f} {after:>9.1f} {after / before:>6.2f}")
    print(
        f"Memory: {memory['before']:.0f} MB, {memory['growth']:+.0f} MB after {memory['documents']:,} documents "
        f"({', '.join(f'{step:+.0f}' for step in memory['steps'])})"
    )
    worst = max(figures["ratios"], key=figures["ratios"].get)
    holds = figures["ratios"][worst] <= RATIO and memory["growth"] < MEGABYTES
    print(
        f"At most {figures['ratios'][worst]:.2f} times the cost ({worst}; bar: {RATIO}), "
        f"{memory['growth']:.0f} MB over {memory['documents']:,} documents (bar: {MEGABYTES}): "
        f"the bar {'holds' if holds else 'does NOT hold'}"
    )
    return 0 if holds else 1
