"""Xero Minimal Data Mode: 5,000 contacts edited by chance, while people type details into Xero by hand.

The bar: no key but name, e-mail address, number and Xero's own id ever reaches Xero, in contacts and in documents, and
what was typed by hand is there afterwards.
"""

from __future__ import annotations

import json

from simulator.steering import Steering

CONTACTS = 5000


def main(context) -> int:
    """Returns 0 only where the bar holds."""
    xero = Steering(context.simulator["url"])
    tenant_id = context.simulator["tenants"][0]["tenant_id"]
    tokens = xero.token(tenant_id=tenant_id)
    xero.limits(minute=100000, day=1000000)
    figures = context.odoo_shell(
        "benchmarks/odoo_minimal.py",
        tokens={key: tokens[key] for key in ("access_token", "refresh_token", "expires_in", "scope")},
        tenant_id=tenant_id,
        url=context.simulator["url"],
        contacts=max(50, int(CONTACTS * context.options.get("size", 1))),
        seed=context.options.get("seed_of_chance") or 19,
    )
    if context.json_file:
        context.json_file.write_text(json.dumps(figures, indent=2) + "\n")
    return _report(figures)


def _report(figures: dict) -> int:
    for name, value in figures.items():
        print(f"{name:14} {value}")
    # Without edits that leave and details that stay, nothing would have been tried.
    tried = figures["updates"] and figures["typed"] and figures["documents"]
    holds = bool(tried) and not figures["forbidden"] and not figures["lost"] and not figures["differing"]
    print(
        f"{figures['contacts']} contacts, {figures['edits']} edits, seed {figures['seed']}: {figures['sent']} times "
        f"sent, keys {', '.join(figures['keys'])}; {figures['lost']} of {figures['typed']} details typed by hand lost: "
        f"the bar {'holds' if holds else 'does NOT hold'}"
    )
    return 0 if holds else 1
