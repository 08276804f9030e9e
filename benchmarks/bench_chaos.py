"""Chaos: users, workers that die and a Xero that fails; in the end both sides hold the same, exactly once.

Customer invoices, bills and credit notes of both kinds, paid in full, in part and in parts, refunded and allocated;
some are edited, cancelled and un-matched while the export runs. A fifth of all calls fails in one of the ways that the
local Xero knows, worker processes of export and import die by SIGKILL at named checkpoints and at random moments, and
the clock jumps past the time for which Xero remembers a key. It ends when nothing waits, or when the time is over
(then the bar does not hold). Everything random comes from one seed; what the processes do beside each other is not
repeated exactly.

So that pacing does not take hours, the local Xero's limits are raised, and workers set
``xero_api.ratelimit.MINUTE_LIMIT`` so high that our own pace never waits; waits that Xero asks for are passed by moving
time on both sides (odoo_chaos.py). ``--size 0`` is the short run that the tests make.

The bar: 0 doubled, 0 lost, 0 wrong amounts, 0 unexplained issues, nothing waiting, after all the kills, and nobody had
to authorise again.
"""

from __future__ import annotations

import json

from simulator.steering import Steering

FULL = {"documents": 2000, "kills": 50, "seconds": 3000}
LEAST = {"documents": 120, "kills": 8, "seconds": 400}
SEED = "demo-nz"
SEED_OF_CHANCE = 19  # unless --seed says another
SCRIPT = "benchmarks/odoo_chaos.py"
COUNTS = (
    *("documents", "cancelled", "reconciliations", "calls", "faults", "kills", "jumps"),
    *("rounds", "reconnects", "seconds"),
)
FINDINGS = ("doubled", "lost", "wrong", "issues")


def main(context) -> int:
    """Returns 0 only where the bar holds."""
    size = context.options.get("size", 1)
    scale = {name: max(LEAST[name], round(full * size)) for name, full in FULL.items()}
    figures = measure(context, scale, context.options.get("seed_of_chance") or SEED_OF_CHANCE)
    if context.json_file:
        context.json_file.write_text(json.dumps(figures, indent=2) + "\n")
    return _report(figures)


def measure(context, scale: dict, seed: int) -> dict:
    """The figures of one run."""
    xero = Steering(context.simulator["url"])
    xero.limits(minute=10**6, day=10**7, starter_day=10**7, app_minute=10**7)
    tenant_id = context.simulator["tenants"][0]["tenant_id"]
    figures = context.odoo_shell(
        SCRIPT,
        simulator=context.simulator["url"],
        tenant_id=tenant_id,
        seed=seed,
        **scale,
    )
    return figures | {"wanted_kills": scale["kills"], "wanted_documents": scale["documents"]}


def holds(figures: dict) -> bool:
    """Whether the bar holds."""
    is_whole = figures["kills"] >= figures["wanted_kills"] and figures["documents"] == figures["wanted_documents"]
    is_equal = figures["balances"]["odoo"] == figures["balances"]["xero"]
    is_quiet = not figures["waiting"] and not figures["reconnects"]
    return is_whole and is_equal and is_quiet and not any(figures[name] for name in FINDINGS)


def _report(figures: dict) -> int:
    for name in COUNTS:
        print(f"{name:20} {figures[name]:>10}")
    for side, title in (("out", "receivable"), ("in", "payable")):
        ours, theirs = (figures["balances"][name][side] for name in ("odoo", "xero"))
        print(f"{title:20} {ours:>12.2f} in Odoo {theirs:>12.2f} in Xero")
    for name in FINDINGS:
        for text in figures[name][:20]:
            print(f"{name}: {text}")
    good = holds(figures)
    print(
        f"{figures['documents']} documents, {figures['faults']} faults, {figures['kills']} kills "
        f"({', '.join(f'{count} of {name}' for name, count in figures['killed'].items())}): "
        f"{len(figures['doubled'])} doubled, {len(figures['lost'])} lost, {len(figures['wrong'])} wrong, "
        f"{len(figures['issues'])} issues, {figures['waiting']} waiting (bar: 0 each): "
        f"the bar {'holds' if good else 'does NOT hold'}"
    )
    return 0 if good else 1
