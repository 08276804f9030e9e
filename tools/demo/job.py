"""The steps of the main job on Odoo's demo company, each printing what it did."""

from __future__ import annotations

import time

from ..context import Context
from ..progress import say
from ..trouble import Trouble
from . import comparison, consent, table
from .xero_side import XeroSide

ODOO_SIDE, ODOO_STOCK = "tools/demo/odoo_side.py", "tools/demo/odoo_stock.py"
WAGES = "477"  # the account of Xero's standard chart
PATIENCE = 600  # seconds until the queue must be empty


class Demo:
    """The main job with the company that Odoo's demo data has for a country.

    :cvar COMPANY: its name, and the rate of its usual tax
    """

    COMPANY, TAX = "NZ Company", 15

    def __init__(self, context: Context):
        self.context = context
        self.xero = XeroSide(context.simulator["url"], context.simulator["tenants"][0]["tenant_id"])
        self.steps: list[dict] = []
        self.started = time.monotonic()

    def run(self) -> None:
        self.prepare()
        self.connect()
        self.export()
        self.pay_on_both_sides()
        self.stock()
        self.production()

    def prepare(self) -> None:
        say("· Preparing the books of Odoo's demo company: drafts are posted, what is missing is made")
        self.prepared = self._odoo("prepare")
        self.before = self.xero.balances()

    def connect(self) -> None:
        """Through Xero's consent page, over HTTP, as a user's browser does."""
        with self._step("Connect, read and map") as step:
            consent.connect(self.context, self.prepared["connection_id"])
            step["what"] = self._odoo("mapped")

    def export(self) -> None:
        with self._step("Export") as step:
            # The start date moves back, so that the demo's old books count as new.
            self.context.rpc(
                "xero.connection", "write", [self.prepared["connection_id"]], {"sync_from_date": "2000-01-01"}
            )
            self._wait_for_empty_queue()
            step["what"] = self._odoo("exported")

    def pay_on_both_sides(self) -> None:
        with self._step("Payments made in Odoo, exported") as step:
            paid = self._odoo("pay")
            self._wait_for_empty_queue()
            step["what"] = {"payments": paid["payments"]}
        with self._step("Payments made in Xero, imported") as step:
            made = self.xero.pay(self._odoo("unpaid"))
            self.context.rpc("xero.connection", "action_import_now", [self.prepared["connection_id"]])
            self._wait_until(lambda: self._imported() >= len(made), "the payments made in Xero to arrive in Odoo")
            step["what"] = {"payments": len(made)}

    def stock(self) -> None:
        """What the stock is worth: bills and one journal bring Xero's stock account to it."""
        with self._step("Bought, counted, delivered; exported") as step:
            accounts = self.xero.add_stock_accounts()
            done = self.context.odoo_shell(ODOO_STOCK, action="work", **accounts)
            self._wait_for_empty_queue()
            step["what"] = {"purchase orders": done["purchase_orders"], "products counted": done["products"]}

    def production(self) -> None:
        """What was made: its parts leave the stock, and the work on it stands against wages."""
        with self._step("Made in the workshop; exported") as step:
            made = self.context.odoo_shell(ODOO_STOCK, action="make", wages=WAGES)
            self._wait_for_empty_queue()
            step["what"] = {"wall units made": made["made"], "their worth": made["worth"]}

    def compare(self) -> comparison.Outcome:
        """Print what went where, and both sides beside each other."""
        odoo = self._odoo("figures")
        outcome = comparison.compare(odoo, self.xero, self.before, self.steps, time.monotonic() - self.started)
        table.print_steps(self.steps)
        table.print_comparison(outcome)
        return outcome

    def _odoo(self, action: str, **more):
        return self.context.odoo_shell(ODOO_SIDE, action=action, company=self.COMPANY, tax=self.TAX, **more)

    # --- waiting -----------------------------------------------------------------------------------------------------

    def _wait_for_empty_queue(self) -> None:
        self._wait_until(lambda: self._waiting() == 0, "the export queue to empty")

    def _waiting(self) -> int:
        domain = [["connection_id", "=", self.prepared["connection_id"]], ["issue_id", "=", False]]
        return self.context.rpc("xero.outbox", "search_count", domain)

    def _imported(self) -> int:
        domain = [["direction", "=", "in"], ["resource", "=", "Payments"]]
        return self.context.rpc("xero.history", "search_count", domain)

    def _wait_until(self, done, what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > deadline:
                raise Trouble(f"Waited {PATIENCE} s for {what}", "look at the log of Odoo named above")
            time.sleep(0.5)

    def _step(self, name: str) -> _Step:
        return _Step(self, name)


class _Step:
    """Counts calls and seconds of one step."""

    def __init__(self, demo: Demo, name: str):
        self.demo, self.row = demo, {"name": name, "what": {}}

    def __enter__(self) -> dict:
        say(f"· {self.row['name']}")
        self.calls, self.time = self.demo.xero.calls(), time.monotonic()
        return self.row

    def __exit__(self, *error) -> None:
        self.row["calls"] = self.demo.xero.calls() - self.calls
        self.row["seconds"] = time.monotonic() - self.time
        self.demo.steps.append(self.row)
