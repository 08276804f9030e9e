"""Odoo against Xero: every document, every account of the trial balance, what each contact owes, tax per rate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from . import ledgers

RESOURCES = {"Invoices": "InvoiceID", "CreditNotes": "CreditNoteID"}
RECEIVABLE, PAYABLE = ("out_invoice", "out_refund"), ("in_invoice", "in_refund")
CREDITS = ("out_refund", "in_refund")
# What has to be none where hours were sent.
OF_PAYROLL = ("hours_different", "written_again", "changed_again")
# Row of the table -> what an account has to be in Xero to count for it.
CLASSES = {
    "Revenue": lambda account: account["Class"] == "REVENUE",
    "Expenses": lambda account: account["Class"] == "EXPENSE",
    "Tax": lambda account: account.get("SystemAccount") == "GST",
    "Receivable (ledger)": lambda account: account.get("SystemAccount") == "DEBTORS",
    "Payable (ledger)": lambda account: account.get("SystemAccount") == "CREDITORS",
    "Bank": lambda account: account["Type"] == "BANK",
}


@dataclass
class Outcome:
    """``rows`` are (what, Odoo, Xero); ``data`` is what --json writes; ``issues`` are open problems in words."""

    rows: list[tuple[str, Decimal, Decimal]]
    data: dict
    issues: list[str]

    @property
    def agrees(self) -> bool:
        data = self.data
        return (
            all(odoo == xero for _what, odoo, xero in self.rows)
            and not self.issues
            and not (data["trial_balance_difference"] or data["documents_different"] or data["duplicates"])
            and not (data["aged_difference"] or data["tax_difference"])
            and data["documents"] == data["documents_posted"]
            and not any(data.get(name) for name in OF_PAYROLL)
        )


def compare(odoo: dict, xero, before: dict[str, Decimal], steps: list[dict], seconds: float) -> Outcome:
    """Read Xero's side and set it beside Odoo's.

    :param before: balances of the organisation before the demo; only what changed since then is compared
    """
    held = {record[key]: record for name, key in RESOURCES.items() for record in xero.state(name)}
    pairs = [(document, held.get(document["id"])) for document in odoo["documents"]]
    after = xero.balances()
    ledger = {code: after.get(code, Decimal(0)) - before.get(code, Decimal(0)) for code in {*after, *before}}
    expected = {code: Decimal(amount) for code, amount in odoo["accounts"].items()}
    stock = sorted(odoo["stock"].items())
    rows = [
        ("Receivable (open documents)", _open(pairs, RECEIVABLE), _due(pairs, RECEIVABLE)),
        ("Payable (open documents)", _open(pairs, PAYABLE), _due(pairs, PAYABLE)),
        *_by_class(expected, ledger, xero.state("Accounts")),
        *((f"Stock value, account {code}", Decimal(value), ledger.get(code, Decimal("0.00"))) for code, value in stock),
    ]
    aged = _aged(odoo, xero)
    taxes = _taxes(odoo, xero)
    rows += [*_aged_rows(*aged), *taxes]
    different = [document["number"] for document, record in pairs if _differs(document, record)]
    difference = sum(
        abs(ledger.get(code, Decimal(0)) - expected.get(code, Decimal(0))) for code in {*ledger, *expected}
    )
    data = {
        "documents": len(pairs),
        "documents_posted": odoo["posted"],
        "contacts": odoo["contacts"],
        "items": odoo["items"],
        "payments_out": odoo["payments_out"],
        "payments_in": odoo["payments_in"],
        "calls": sum(step["calls"] for step in steps),
        "seconds": round(seconds, 1),
        "receivable": _figures(rows[0]),
        "payable": _figures(rows[1]),
        "stock_value": sum(float(value) for _code, value in stock),
        "trial_balance_difference": float(difference),
        "aged_contacts": len({contact for _side, contact, _column in {*aged[0], *aged[1]}}),
        "aged_difference": float(ledgers.difference(*aged)),
        "tax_rates": len(taxes),
        "tax_difference": float(sum(abs(ours - theirs) for _what, ours, theirs in taxes)),
        "documents_different": len(different),
        "duplicates": _duplicates(xero),
    }
    return Outcome(rows, data, odoo["issues"] + [f"{number} differs from Xero" for number in different])


def _aged(odoo: dict, xero) -> tuple[dict, dict]:
    """Both sides of the aged reports: ``{(side, ContactID, column): amount}``."""
    today = date.fromisoformat(odoo["today"])
    ours: dict = {}
    for side, contact, due, amount in odoo["aged"]:
        key = (side, contact, ledgers.column(date.fromisoformat(due), today))
        ours[key] = ours.get(key, Decimal(0)) + Decimal(amount)
    return ours, ledgers.aged(xero, {document["id"] for document in odoo["documents"]}, today)


def _aged_rows(ours: dict, theirs: dict):
    """A row for each side and age; contacts are compared one by one in `aged_difference`."""
    for side in ("receivable", "payable"):
        for _limit, column in ledgers.COLUMNS:
            sums = [
                sum(
                    (amount for (of, _contact, age), amount in one.items() if (of, age) == (side, column)),
                    Decimal("0.00"),
                )
                for one in (ours, theirs)
            ]
            if any(sums):
                yield f"Aged {side}, {column}", *sums


def _taxes(odoo: dict, xero) -> list[tuple[str, Decimal, Decimal]]:
    ours = {tax_type: Decimal(amount) for tax_type, amount in odoo["taxes"].items()}
    theirs = ledgers.taxes(xero, {document["id"] for document in odoo["documents"]})
    names = {rate["TaxType"]: rate["Name"] for rate in xero.state("TaxRates")}
    cent = Decimal("0.01")
    return [
        (f"Tax, {names.get(key, key)}", ours.get(key, Decimal(0)), theirs.get(key, Decimal(0)).quantize(cent))
        for key in sorted({*ours, *theirs})
    ]


def _figures(row) -> dict[str, float]:
    return {"odoo": float(row[1]), "xero": float(row[2])}


def _sign(document: dict) -> int:
    return -1 if document["type"] in CREDITS else 1


def _open(pairs, types) -> Decimal:
    return sum((_sign(d) * Decimal(d["residual"]) for d, _record in pairs if d["type"] in types), Decimal("0.00"))


def _due(pairs, types) -> Decimal:
    return sum((_sign(d) * _remaining(record) for d, record in pairs if d["type"] in types), Decimal("0.00"))


def _remaining(record: dict | None) -> Decimal:
    """What is still open: AmountDue of an invoice, RemainingCredit of a credit note."""
    return Decimal(str((record or {}).get("AmountDue", (record or {}).get("RemainingCredit", 0))))


def _differs(document: dict, record: dict | None) -> bool:
    if record is None:
        return True
    ours = [Decimal(document[key]) for key in ("untaxed", "tax", "total", "residual")]
    theirs = [Decimal(str(record[key])) for key in ("SubTotal", "TotalTax", "Total")]
    return ours != [*theirs, _remaining(record)]


def _by_class(expected: dict, ledger: dict, accounts: list[dict]):
    codes = {account.get("Code") or account["AccountID"]: account for account in accounts}
    for name, belongs in CLASSES.items():
        sums = [
            sum((amount for code, amount in side.items() if belongs(codes[code])), Decimal("0.00"))
            for side in (expected, ledger)
        ]
        yield name, sums[0], sums[1]


def _duplicates(xero) -> int:
    """Documents beyond the first with the same type, number, contact, date and total; contacts with the same number."""
    seen = Counter(
        (
            record["Type"],
            record.get("InvoiceNumber") or record.get("CreditNoteNumber"),
            record["Contact"]["ContactID"],
            record.get("DateString"),
            str(record["Total"]),
        )
        for name in RESOURCES
        for record in xero.state(name)
        if record["Status"] not in ("VOIDED", "DELETED")
    )
    contacts = Counter(number for record in xero.state("Contacts") if (number := record.get("ContactNumber")))
    return sum(count - 1 for counter in (seen, contacts) for count in counter.values())
