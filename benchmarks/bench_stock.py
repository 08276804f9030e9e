"""Stock: 1,000 operations by chance, and after every sync the same stock on both sides.

Bought, received, billed, sold, counted, scrapped, moved, returned, made of other goods, and raised by freight.

Not tracked in Xero: the balance of the stock account in Xero is Odoo's stock value, to the cent. Tracked there: the
quantity of each item is what is on hand, plus delivered and not invoiced, less received and not billed; the value of
products at average cost is Odoo's at the same reckoning, within a cent.
"""

from __future__ import annotations

import json
import time

from simulator.steering import Steering

OPERATIONS, CHANCE = 1000, 20261122
MODES = ("untracked", "tracked")


def main(context) -> int:
    """Measure once; returns 0 only if nothing differs."""
    number = max(20, int(OPERATIONS * context.options.get("size", 1)))
    figures = {}
    for mode in MODES:
        print(f"{mode}: {number} operations …", flush=True)
        figures[mode] = _walk(context, mode, number)
    if context.json_file:
        context.json_file.write_text(json.dumps(figures, indent=2) + "\n")
    return _report(figures)


def _walk(context, mode: str, number: int) -> dict:
    xero, started = Steering(context.simulator["url"]), time.perf_counter()
    tenant_id = xero.reset("demo-nz")["tenants"][0]["tenant_id"]
    tokens = xero.token(tenant_id=tenant_id)
    figures = context.odoo_shell(
        "benchmarks/odoo_stock.py",
        action=mode,
        tokens={key: tokens[key] for key in ("access_token", "refresh_token", "expires_in", "scope")},
        tenant_id=tenant_id,
        url=context.simulator["url"],
        steps=number,
        seed=CHANCE,
    )
    return {**figures, "seconds": round(time.perf_counter() - started, 1)}


def _report(figures: dict) -> int:
    for mode, found in figures.items():
        made = ", ".join(f"{name} {count}" for name, count in sorted(found["made"].items()))
        print(f"{mode}: {made}")
        print(f"  {found['documents']} stock documents, {found['seconds']} s")
        for text in found["different"][:10]:
            print(f"  {text}")
    holds = all(found["made"] and not found["different"] for found in figures.values())
    told = "; ".join(
        f"{mode}: {len(found['different'])} differences at {found['syncs']} syncs of "
        f"{sum(found['made'].values())} operations"
        for mode, found in figures.items()
    )
    print(f"{told}: the bar {'holds' if holds else 'does NOT hold'}")
    return 0 if holds else 1
