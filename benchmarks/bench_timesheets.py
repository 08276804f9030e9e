"""Timesheets: 2,000 steps by chance of people, their hours and a pay office, and after every sync the same hours.

In Odoo hours are recorded, corrected, moved to other days, projects and people, and deleted; earnings rates are mapped
anew. In Xero sheets are approved, submitted, rejected and reverted, pay runs are posted, and people change their pay
calendar. The bar: equal by person, period and earnings rate; no sheet outside its period; closed ones unchanged; late
hours on the next open sheet, marked.
"""

from __future__ import annotations

import json
import time

from simulator.steering import Steering

SEED = "demo-au"
STEPS, LEAST, CHANCE = 2000, 40, 20261122
# Once as hours are recorded, once rounded to quarters of an hour as they go.
WALKS = {"as recorded": "0", "in quarters": "0.25"}


def main(context) -> int:
    """Measure once; returns 0 only if nothing differs."""
    number = max(LEAST, int(STEPS * context.options.get("size", 1))) // len(WALKS)
    figures = {}
    for place, (name, rounding) in enumerate(WALKS.items()):
        print(f"{name}: {number} steps …", flush=True)
        figures[name] = _walk(context, number, rounding, (context.options.get("seed_of_chance") or CHANCE) + place)
    if context.json_file:
        context.json_file.write_text(json.dumps(figures, indent=2) + "\n")
    return _report(figures)


def _walk(context, number: int, rounding: str, chance: int) -> dict:
    xero, started = Steering(context.simulator["url"]), time.perf_counter()
    tenant_id = xero.reset(SEED)["tenants"][0]["tenant_id"]
    tokens = xero.token(tenant_id=tenant_id)
    figures = context.odoo_shell(
        "benchmarks/odoo_timesheets.py",
        action="walk",
        tokens={key: tokens[key] for key in ("access_token", "refresh_token", "expires_in", "scope")},
        tenant_id=tenant_id,
        url=context.simulator["url"],
        steps=number,
        seed=chance,
        rounding=rounding,
    )
    return {**figures, "seconds": round(time.perf_counter() - started, 1)}


def _report(figures: dict) -> int:
    for name, found in figures.items():
        made = ", ".join(f"{step} {count}" for step, count in sorted(found["made"].items()))
        print(f"{name}: {made}")
        print(
            f"  {found['people']} people on {found['calendars']} calendars, {found['sheets']} sheets, "
            f"{found['closed']} of them closed; {found['late']} times late hours; {found['calls']} writing calls, "
            f"{found['seconds']} s"
        )
        for text in found["different"][:10]:
            print(f"  {text}")
    holds = all(found["compared"] and found["late"] and not found["different"] for found in figures.values())
    told = "; ".join(
        f"{name}: {len(found['different'])} differences in {found['compared']} comparisons at {found['syncs']} syncs "
        f"of {found['asked']} steps"
        for name, found in figures.items()
    )
    print(f"{told}: the bar {'holds' if holds else 'does NOT hold'}")
    return 0 if holds else 1
