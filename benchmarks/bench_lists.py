"""Lists: opening contacts and invoices with the five columns of the connector, against without, at 100,000 records.

The first page as the web client reads it, with its count: unsorted, sorted by *Last Accounting Export Date*, and under
the filter *Synced with Xero*. The bar: opening costs at most 1.3 times as much with the columns.
"""

from __future__ import annotations

import json

from simulator.steering import Steering
from tools.progress import say

SCRIPT = "benchmarks/odoo_lists.py"
RATIO, RECORDS = 1.3, 100_000


def main(context) -> int:
    """Returns 0 only if the bar holds. `--size 0.1` fills a tenth."""
    tenant_id = context.simulator["tenants"][0]["tenant_id"]
    tokens = Steering(context.simulator["url"]).token(tenant_id=tenant_id)
    say("Filling the tables")
    known = context.odoo_shell(
        SCRIPT,
        action="prepare",
        records=max(1000, int(RECORDS * context.options.get("size", 1))),
        tokens={key: tokens[key] for key in ("access_token", "refresh_token", "expires_in", "scope")},
        tenant_id=tenant_id,
    )
    for table in ("account_move", "res_partner", "xero_binding"):
        # What PostgreSQL does by itself within minutes.
        context.databases.cluster.sql(f"VACUUM ANALYZE {table}", context.database)
    figures = context.odoo_shell(SCRIPT, action="measure", known=known)
    if context.json_file:
        context.json_file.write_text(json.dumps({**known, **figures}, indent=2) + "\n")
    return _report(known, figures)


def _report(known: dict, figures: dict) -> int:
    print(f"{'ms of CPU, first page':44} {'Without':>9} {'With':>9} {'Ratio':>6}")
    worst = 0.0
    for name, row in figures.items():
        ratio = row["with"] / row["without"]
        print(f"{name:44} {row['without']:>9.1f} {row['with']:>9.1f} {ratio:>6.2f}")
        worst = max(worst, ratio) if row["is_opening"] else worst
    print(
        f"{known['records']:,} contacts and {known['records']:,} invoices: opening costs at most {worst:.2f} times as "
        f"much with the columns (bar: {RATIO}): the bar {'holds' if worst <= RATIO else 'does NOT hold'}"
    )
    return 0 if worst <= RATIO else 1
