"""What the simulated Xero holds, and what somebody does there during the demo."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import requests

from simulator.steering import Steering

APIS = ("/api.xro/", "/payroll.xro/")
YEARLY = ("Revenue", "Expenses")
# Use -> (code, name, type) of the accounts that carry the stock.
STOCK_ACCOUNTS = {
    "on_hand": ("632", "Stock on Hand", "CURRENT"),
    "received": ("802", "Received, Not Billed", "CURRLIAB"),
}


class XeroSide:
    """One organisation of the running simulator."""

    def __init__(self, url: str, tenant_id: str):
        self.steering = Steering(url)
        self.tenant_id = tenant_id

    def calls(self) -> int:
        """Calls of Xero's APIs so far; looking at the simulator's state costs none."""
        return len(self._api_calls())

    def writes(self) -> int:
        """Those of them that change something."""
        return sum(call["method"] != "GET" for call in self._api_calls())

    def _api_calls(self) -> list[dict]:
        return [call for call in self.steering.journal() if any(api in call["path"] for api in APIS)]

    def state(self, resource: str) -> list[dict]:
        return self.steering.state(resource, self.tenant_id)

    def pay(self, documents: list[dict]) -> list[dict]:
        """Record a payment in Xero for each document: ``{"number", "amount"}``."""
        return [
            self.steering.act(
                "bank-payment", tenant_id=self.tenant_id, invoice=one["external_id"], amount=one["amount"]
            )
            for one in documents
        ]

    def add_stock_accounts(self) -> dict[str, str]:
        """The accounts that a bookkeeper adds in Xero where Odoo keeps the stock; returns their codes by use."""
        for code, name, kind in STOCK_ACCOUNTS.values():
            self._call("PUT", "Accounts", json={"Code": code, "Name": name, "Type": kind})
        return {use: code for use, (code, _name, _kind) in STOCK_ACCOUNTS.items()}

    def balances(self) -> dict[str, Decimal]:
        """Balance per account code since the beginning, debit positive, out of Xero's own trial balances.

        Revenue and expenses start anew each financial year, so the years are added up.
        """
        [organisation] = self._get("Organisation")["Organisations"]
        month, day = int(organisation["FinancialYearEndMonth"]), int(organisation["FinancialYearEndDay"])
        # The organisation may have tomorrow's date already, and so have the payments that were made in it.
        last = date.today() + timedelta(days=1)
        ends = [date(year, month, day) for year in range(last.year - 3, last.year + 1)]
        years = [self._trial_balance(end) for end in [*(end for end in ends if end < last), last]]
        balances = {code: amount for (section, code), amount in years[-1].items() if section not in YEARLY}
        for year in years:
            for (section, code), amount in year.items():
                if section in YEARLY:
                    balances[code] = balances.get(code, Decimal(0)) + amount
        return balances

    def _trial_balance(self, day: date) -> dict[tuple[str, str], Decimal]:
        """``{(section, account code): balance}`` at the end of a day."""
        report = self._get("Reports/TrialBalance", date=day.isoformat())["Reports"][0]
        codes = {account["AccountID"]: account.get("Code") for account in self.state("Accounts")}
        figures = {}
        for section in report["Rows"]:
            for row in section.get("Rows", []):
                if row["RowType"] == "Row":
                    account_id = row["Cells"][0]["Attributes"][0]["Value"]
                    debit, credit = (Decimal(cell["Value"] or "0") for cell in row["Cells"][3:5])
                    figures[section["Title"], codes[account_id] or account_id] = debit - credit
        return figures

    def _get(self, path: str, **params) -> dict:
        return self._call("GET", path, params=params)

    def _call(self, method: str, path: str, **options) -> dict:
        token = self.steering.token(tenant_id=self.tenant_id)["access_token"]
        headers = {"Authorization": f"Bearer {token}", "xero-tenant-id": self.tenant_id, "Accept": "application/json"}
        url = f"{self.steering.url}/api.xro/2.0/{path}"
        answer = requests.request(method, url, headers=headers, timeout=60, **options)
        answer.raise_for_status()
        return answer.json()
