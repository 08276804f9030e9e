"""Kill: real worker processes die by SIGKILL after Xero answered and before the answer was kept.

One dies after the contacts, the next after a batch of invoices; the third finishes. The bar: every invoice is in Xero
exactly once, is linked, and nothing waits.
"""

from __future__ import annotations

from collections import Counter

from simulator.steering import Steering
from tools.trouble import Trouble

INVOICES, CUSTOMERS, PRODUCTS = 100, 10, 5
DEATHS = ("Contacts", "Invoices")
SCRIPT = "benchmarks/odoo_export.py"


def main(context) -> int:
    """Returns 0 only if nothing was doubled or lost."""
    xero = Steering(context.simulator["url"])
    tenant_id = context.simulator["tenants"][0]["tenant_id"]
    tokens = xero.token(tenant_id=tenant_id)
    arguments = {
        "tokens": {key: tokens[key] for key in ("access_token", "refresh_token", "expires_in", "scope")},
        "tenant_id": tenant_id,
        "invoices": INVOICES,
        "customers": CUSTOMERS,
        "products": PRODUCTS,
    }
    killed = [
        _dies(context, action=action, die_after=resource, **arguments)
        for action, resource in zip(("measure", "resume"), DEATHS, strict=True)
    ]
    figures = context.odoo_shell(SCRIPT, action="resume")
    return _report(figures, xero, tenant_id, sum(killed))


def _dies(context, **arguments) -> bool:
    """Run a worker that is to be killed; whether it was."""
    try:
        context.odoo_shell(SCRIPT, **arguments)
    except Trouble as trouble:
        return "status -9" in str(trouble)
    return False


def _report(figures: dict, xero: Steering, tenant_id: str, killed: int) -> int:
    numbers = Counter(record["InvoiceNumber"] for record in xero.state("Invoices", tenant_id))
    names = Counter(record["Name"] for record in xero.state("Contacts", tenant_id))
    doubled = sum(count - 1 for counter in (numbers, names) for count in counter.values())
    lost = INVOICES - figures["linked"]
    holds = killed == len(DEATHS) and not (doubled or lost or figures["waiting"] or figures["issues"])
    print(
        f"{killed} workers killed, {len(numbers)} invoices in Xero, {doubled} doubled, {lost} lost, "
        f"{figures['waiting']} waiting, {figures['issues']} issues: the bar {'holds' if holds else 'does NOT hold'}"
    )
    return 0 if holds else 1
