"""First load: 20,000 contacts and 5,000 open invoices each way; then once more with workers that are killed.

The bars: at most 1.05 times the calls that full batches need (50 a write, 1,000 a read), through at the time that was
promised when the load was approved, within 10 %, less than 128 MB more for a worker, and at most twice the CPU per
imported contact that Odoo spends on a plain partner. With ten kills: at most 8 calls more for each, nothing lost,
nothing doubled.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import datetime
from math import ceil

from simulator.steering import Steering
from tools.progress import say
from tools.trouble import Trouble

SCRIPT = "benchmarks/odoo_first_load.py"
CONTACTS, INVOICES, KILLS = 20_000, 5_000, 10
# The simulator pays a quarter of the invoices that it makes up, and leaves a twentieth as drafts.
OPEN_SHARE = 0.7
CALLS, END, MEGABYTES, CPU, CALLS_A_KILL = 1.05, 0.10, 128, 2.0, 8
# Calls that no size makes fewer: both sides are counted, and the ten go apart from the rest, in up to five calls.
FIXED = 10


def main(context) -> int:
    """Load once undisturbed and once with kills; returns 0 only if the bars hold both times."""
    size = context.options.get("size", 1)
    chance = random.Random(context.options.get("seed_of_chance") or 1)
    clean = _load(context, size, kills=0, chance=chance)
    killed = _load(context, size, kills=KILLS, chance=chance, calls=clean["calls"])
    figures = {"size": size, "clean": clean, "killed": killed}
    figures["calls_a_kill"] = max(0, killed["calls"] - clean["calls"]) / max(1, killed["kills"])
    if context.json_file:
        context.json_file.write_text(json.dumps(figures, indent=2) + "\n")
    return _report(figures)


def _load(context, size: float, *, kills: int, chance, calls: int = 0) -> dict:
    """One load from nothing to the comparison, on a database of its own."""
    contacts, invoices = max(100, round(CONTACTS * size)), max(50, round(INVOICES * size))
    say(f"Loading {contacts:,} contacts and {invoices:,} invoices each way, {kills} kills")
    xero = Steering(context.simulator["url"])
    original, database = context.database, context.database.replace("first_load", f"first_load_{kills}_kills")
    context.database = context.databases.clone(original, database)
    try:
        xero.reset("demo-nz", contacts=contacts, invoices=round(invoices / OPEN_SHARE))
        tenant_id = context.simulator["tenants"][0]["tenant_id"]
        before = {name: _open(xero, tenant_id, name) for name in ("Contacts", "Invoices")}
        prepared = context.odoo_shell(
            SCRIPT, action="prepare", contacts=contacts, invoices=invoices, **_authorisation(xero, tenant_id)
        )
        xero.clear_journal()
        begun = context.odoo_shell(SCRIPT, action="begin")
        ended, died = _go_on(context, kills, chance, calls)
    finally:
        context.database = original
        context.databases.drop(database)
    figures = {"contacts": contacts, "invoices": invoices, "kills": died, **prepared}
    return figures | _figures(xero, tenant_id, before, figures, begun, ended)


def _go_on(context, kills: int, chance, calls: int) -> tuple[dict, int]:
    """The workers to the end; each of the first ones dies after its share of the calls."""
    died = 0
    for _number in range(kills):
        share = max(1, round(chance.uniform(0.4, 0.9) * calls / (kills + 1)))
        try:
            return context.odoo_shell(SCRIPT, action="go_on", kill_after=share, chance=chance.random()), died
        except Trouble as trouble:
            if "status -9" not in str(trouble):
                raise
            died += 1
    return context.odoo_shell(SCRIPT, action="go_on"), died


def _authorisation(xero: Steering, tenant_id: str) -> dict:
    tokens = xero.token(tenant_id=tenant_id)
    names = ("access_token", "refresh_token", "expires_in", "scope")
    return {"tokens": {name: tokens[name] for name in names}, "tenant_id": tenant_id}


def _open(xero: Steering, tenant_id: str, resource: str) -> int:
    wanted = {"Contacts": ("ContactStatus", "ACTIVE"), "Invoices": ("Status", "AUTHORISED")}
    key, value = wanted[resource]
    return sum(record[key] == value for record in xero.state(resource, tenant_id))


def _figures(xero, tenant_id, before, counts, begun, ended) -> dict:
    calls = [call for call in xero.journal() if "/api.xro/" in call["path"]]
    last_write = max((n for n, call in enumerate(calls) if call["method"] != "GET"), default=0)
    loading = calls[: last_write + 1]  # what follows compares
    needed = sum(ceil(counts[name] / 50) for name in ("contacts", "invoices"))
    needed += ceil(before["Contacts"] / 1000) + ceil(before["Invoices"] / 1000)
    numbers = Counter(
        record["InvoiceNumber"] for record in xero.state("Invoices", tenant_id) if record["Status"] == "AUTHORISED"
    )
    names = Counter(record["Name"] for record in xero.state("Contacts", tenant_id))
    contacts, invoices = before["Contacts"] + counts["contacts"], before["Invoices"] + counts["invoices"]
    linked, parts = ended["linked"], [*begun["spent"], *ended["spent"]]
    lost = contacts - linked["Contacts"]["links"] + invoices - linked["Invoices"]["links"]
    lost += invoices - len(numbers) + contacts - len(names)
    doubled = sum(count - 1 for counter in (numbers, names) for count in counter.values())
    doubled += ended["partners"] - contacts + ended["moves"] - invoices
    return {
        "calls": len(loading),
        "kinds": dict(Counter(f"{call['method']} {call['path'].rsplit('/', 1)[-1]}" for call in loading)),
        "comparing": len(calls) - len(loading),
        "needed": needed,
        "lost": lost,
        "doubled": doubled,
        **_timing(begun, ended),
        "memory": max(begun["memory"], ended["memory"]),
        "contact_cpu": sum(part.get("contacts", [0.0])[0] for part in parts) / before["Contacts"],
        "spent": parts,
        "problems": ended["problems"],
        "issues": ended["issues"],
        "waiting": ended["waiting"],
        "differences": ended["differences"],
    }


def _timing(begun: dict, ended: dict) -> dict:
    """How long it took from the approval on, and how long that was said to take."""
    approved, promised, finished = (
        datetime.fromisoformat(told) for told in (begun["approved_at"], begun["promised_at"], ended["finished_at"])
    )
    taken, said = (finished - approved).total_seconds(), (promised - approved).total_seconds()
    return {"seconds": taken, "promised": said, "end_error": abs(said - taken) / max(taken, 1.0)}


def _report(figures: dict) -> int:
    clean, killed = figures["clean"], figures["killed"]
    share = clean["contact_cpu"] / clean["plain_partner_cpu"]
    allowed = max(CALLS * clean["needed"], clean["needed"] + FIXED)
    bars = {
        f"{clean['calls']} calls (full batches: {clean['needed']}, bar: {int(allowed)})": clean["calls"] <= allowed,
        f"through after {clean['seconds']:.0f} s, promised {clean['promised']:.0f} s ({clean['end_error']:.0%}, "
        f"bar: {END:.0%})": clean["end_error"] <= END,
        f"{clean['memory']:.0f} MB more (bar: {MEGABYTES})": clean["memory"] < MEGABYTES,
        f"{1000 * clean['contact_cpu']:.1f} ms CPU per imported contact, {share:.2f} times a plain partner "
        f"(bar: {CPU})": share <= CPU,
        f"{killed['kills']} workers killed: {figures['calls_a_kill']:.1f} calls more for each (bar: {CALLS_A_KILL})": (
            killed["kills"] == KILLS and figures["calls_a_kill"] <= CALLS_A_KILL
        ),
    }
    for name, run in (("Undisturbed", clean), ("Killed", killed)):
        bars[
            f"{name}: {run['lost']} lost, {run['doubled']} doubled, {run['waiting']} waiting, {run['issues']} issues, "
            f"differences {run['differences'] or 'none'} {' '.join(run['problems'])}"
        ] = not (run["lost"] or run["doubled"] or run["waiting"] or run["issues"] or run["differences"])
    for text, holds in bars.items():
        print(f"{'ok  ' if holds else 'NOT '} {text}")
    print(f"Comparing took {clean['comparing']} calls. Calls by kind: {clean['kinds']}")
    holds = all(bars.values())
    print(f"The bar {'holds' if holds else 'does NOT hold'}")
    return 0 if holds else 1
