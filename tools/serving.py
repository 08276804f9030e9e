"""Keep servers up for a person to click, until Ctrl-C."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .context import Context


def until_interrupted(context: Context) -> None:
    """Print addresses and logins, then wait."""
    tenants = ", ".join(tenant["name"] for tenant in context.simulator["tenants"])
    print(
        f"\n  Odoo       {context.odoo_url}/odoo   login {context.login}, password {context.password}"
        f"\n  Xero       {context.simulator['url']}   (simulated; {tenants})"
        f"\n  Database   {context.database}   (`./run shell --database {context.database}` opens Odoo's shell on it)"
        "\n\n  Ctrl-C ends both.\n",
        flush=True,
    )
    threading.Event().wait()
