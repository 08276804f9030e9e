"""Export: calls, seconds, and CPU per document, beside what Odoo spends on creating and posting the same documents.

5,000 invoices for 500 customers and 200 products. The bars: at most 1.05 times the calls that full batches of 50 need,
and at most a quarter of the CPU that Odoo itself spends on creating and posting a document, in the same run.
"""

from __future__ import annotations

import json
from math import ceil

from simulator.steering import Steering

INVOICES, CUSTOMERS, PRODUCTS, BATCH = 5000, 500, 200, 50
CALLS, CPU_SHARE = 1.05, 0.25


def main(context) -> int:
    """Measure once; returns 0 only if every invoice arrived within the bars."""
    xero = Steering(context.simulator["url"])
    tenant_id = context.simulator["tenants"][0]["tenant_id"]
    tokens = xero.token(tenant_id=tenant_id)
    before = len(xero.state("Invoices", tenant_id))
    size = context.options.get("size", 1)
    counts = {
        name: max(BATCH, int(full * size))
        for name, full in (("invoices", INVOICES), ("customers", CUSTOMERS), ("products", PRODUCTS))
    }
    figures = context.odoo_shell(
        "benchmarks/odoo_export.py",
        action="measure",
        tokens={key: tokens[key] for key in ("access_token", "refresh_token", "expires_in", "scope")},
        tenant_id=tenant_id,
        **counts,
    )
    calls = [call for call in xero.journal() if "/api.xro/" in call["path"]]
    writes = [call for call in calls if call["method"] in ("PUT", "POST", "DELETE")]
    needed = sum(ceil(count / BATCH) for count in counts.values())
    figures |= {
        **counts,
        "calls": len(writes),
        "reads": len(calls) - len(writes),
        "needed": needed,
        "bar": int(CALLS * needed),
        "arrived": len(xero.state("Invoices", tenant_id)) - before,
        "cpu_ms_per_document": round(1000 * figures["export_cpu"] / counts["invoices"], 2),
        "cpu_share_of_posting": round(figures["export_cpu"] / figures["posting_cpu"], 3),
    }
    if context.json_file:
        context.json_file.write_text(json.dumps(figures, indent=2) + "\n")
    return _report(figures)


def _report(figures: dict) -> int:
    print(f"{'':34} {'CPU s':>8} {'Seconds':>8}")
    print(f"{'Odoo creates and posts':34} {figures['posting_cpu']:>8.2f} {figures['posting_seconds']:>8.2f}")
    print(f"{'Export to Xero':34} {figures['export_cpu']:>8.2f} {figures['export_seconds']:>8.2f}")
    print(f"Reads of reference data and lookups: {figures['reads']} calls")
    print(
        f"CPU per document: {figures['cpu_ms_per_document']:.2f} ms, {figures['cpu_share_of_posting']:.1%} of what "
        f"creating and posting it costs (bar: {CPU_SHARE:.0%})"
    )
    holds = (
        figures["arrived"] == figures["linked"] == figures["invoices"]
        and figures["calls"] <= figures["bar"]
        and figures["cpu_share_of_posting"] <= CPU_SHARE
        and not figures["waiting"]
    )
    print(
        f"{figures['arrived']} of {figures['invoices']} invoices in {figures['calls']} calls (full batches: "
        f"{figures['needed']}, bar: {figures['bar']}), {figures['issues']} issues: "
        f"the bar {'holds' if holds else 'does NOT hold'}"
    )
    return 0 if holds else 1
