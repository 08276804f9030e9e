"""Contacts: near-duplicates that come in, and merges in Xero.

The bars: of 5,000 contacts that are read, a tenth of them nearly like somebody whom Odoo knows, none is linked with the
wrong one; 200 contacts merged in Xero leave no document that fails or waits, made before or after.
"""

from __future__ import annotations

import json

from simulator.steering import Steering

CONTACTS, MERGES = 5000, 200


def main(context) -> int:
    """Returns 0 only where both bars hold."""
    size = context.options.get("size", 1)
    xero = Steering(context.simulator["url"])
    tenant_id = context.simulator["tenants"][0]["tenant_id"]
    tokens = xero.token(tenant_id=tenant_id)
    xero.limits(minute=100000, day=1000000)
    figures = context.odoo_shell(
        "benchmarks/odoo_contacts.py",
        tokens={key: tokens[key] for key in ("access_token", "refresh_token", "expires_in", "scope")},
        tenant_id=tenant_id,
        url=context.simulator["url"],
        contacts=max(100, int(CONTACTS * size)),
        merges=max(8, int(MERGES * size)),
    )
    if context.json_file:
        context.json_file.write_text(json.dumps(figures, indent=2) + "\n")
    return _report(figures)


def _report(figures: dict) -> int:
    came, merged = figures["duplicates"], figures["merges"]
    for name, value in (*came.items(), *merged.items()):
        print(f"{name:14} {value}")
    holds = not came["wrongs"] and not merged["failing"] and not merged["waiting"] and not merged["issues"]
    print(
        f"{came['contacts']} contacts, {came['near']} of them nearly somebody else: {came['wrongs']} wrong, "
        f"{came['right']} of {came['known']} known ones found, {came['asked']} asked; {merged['merged']} merges and "
        f"{merged['documents']} documents: {merged['failing']} failing: the bar {'holds' if holds else 'does NOT hold'}"
    )
    return 0 if holds else 1
