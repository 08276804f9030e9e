"""The main job, shown on Odoo's demo data."""

from __future__ import annotations

import requests

from ..context import Context


def main(context: Context) -> int:
    """Check that both servers answer. Returns the exit status."""
    version = context.rpc(
        "ir.module.module", "search_count", [["name", "=", "account_xero"], ["state", "=", "installed"]]
    )
    ready = requests.get(f"{context.simulator['url']}/_sim/ready", timeout=30)
    print(f"Odoo answers at {context.odoo_url} (addon installed: {bool(version)}), Xero at {context.simulator['url']}")
    return 0 if version and ready.ok else 1
