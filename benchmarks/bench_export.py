"""Export: calls, seconds, and CPU per document, beside what Odoo spends on creating and posting the same documents.

The bar of the first release: 500 invoices for 50 customers and 40 products leave in at most 13 calls.
"""

from __future__ import annotations

import json

from simulator.steering import Steering

INVOICES, CUSTOMERS, PRODUCTS, CALLS = 500, 50, 40, 13


def main(context) -> int:
    """Measure once; returns 0 only if every invoice arrived within the calls of the bar."""
    xero = Steering(context.simulator["url"])
    tenant_id = context.simulator["tenants"][0]["tenant_id"]
    tokens = xero.token(tenant_id=tenant_id)
    before = len(xero.state("Invoices", tenant_id))
    figures = context.odoo_shell(
        "benchmarks/odoo_export.py",
        action="measure",
        tokens={key: tokens[key] for key in ("access_token", "refresh_token", "expires_in", "scope")},
        tenant_id=tenant_id,
        invoices=INVOICES,
        customers=CUSTOMERS,
        products=PRODUCTS,
    )
    writes = [c for c in xero.journal() if "/api.xro/" in c["path"] and c["method"] in ("PUT", "POST", "DELETE")]
    figures |= {
        "invoices": INVOICES,
        "calls": len(writes),
        "arrived": len(xero.state("Invoices", tenant_id)) - before,
        "cpu_ms_per_document": round(1000 * figures["export_cpu"] / INVOICES, 2),
        "cpu_share_of_posting": round(figures["export_cpu"] / figures["posting_cpu"], 3),
    }
    if context.json_file:
        context.json_file.write_text(json.dumps(figures, indent=2) + "\n")
    return _report(figures)


def _report(figures: dict) -> int:
    print(f"{'':34} {'CPU s':>8} {'Seconds':>8}")
    print(f"{'Odoo creates and posts':34} {figures['posting_cpu']:>8.2f} {figures['posting_seconds']:>8.2f}")
    print(f"{'Export to Xero':34} {figures['export_cpu']:>8.2f} {figures['export_seconds']:>8.2f}")
    print(
        f"CPU per document: {figures['cpu_ms_per_document']:.2f} ms, "
        f"{figures['cpu_share_of_posting']:.1%} of what creating and posting it costs"
    )
    holds = figures["arrived"] == figures["linked"] == INVOICES and figures["calls"] <= CALLS and not figures["waiting"]
    print(
        f"{figures['arrived']} of {INVOICES} invoices in {figures['calls']} calls (bar: {CALLS}), "
        f"{figures['issues']} issues: the bar {'holds' if holds else 'does NOT hold'}"
    )
    return 0 if holds else 1
