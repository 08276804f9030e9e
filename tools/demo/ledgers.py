"""Aged receivables and payables per contact, and tax per rate: Odoo's figures beside Xero's own documents."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

RESOURCES = ("Invoices", "CreditNotes")
COUNTED = ("AUTHORISED", "PAID")
# Xero's Type -> (receivable or payable, sign of the amounts).
SIDES = {
    "ACCREC": ("receivable", 1),
    "ACCRECCREDIT": ("receivable", -1),
    "ACCPAY": ("payable", 1),
    "ACCPAYCREDIT": ("payable", -1),
}
# Days overdue up to which a column of the aged reports reaches; the last one has no end.
COLUMNS = ((0, "not due"), (30, "1 to 30 days"), (60, "31 to 60 days"), (90, "61 to 90 days"), (None, "older"))


def column(day: date, today: date) -> str:
    """The column of an aged report for what was due on ``day``."""
    overdue = (today - day).days
    return next(name for limit, name in COLUMNS if limit is None or overdue <= limit)


def aged(xero, ids: set[str], today: date) -> dict[tuple[str, str, str], Decimal]:
    """``{(side, ContactID, column): amount}`` of what is open in Xero.

    :param ids: the documents that Odoo sent; the organisation had others before
    """
    figures: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for record in _documents(xero, ids):
        side, sign = SIDES[record["Type"]]
        due = date.fromisoformat((record.get("DueDateString") or record["DateString"])[:10])
        open_amount = Decimal(str(record.get("AmountDue", record.get("RemainingCredit", 0))))
        if open_amount:
            figures[side, record["Contact"]["ContactID"], column(due, today)] += sign * open_amount
    return figures


def taxes(xero, ids: set[str]) -> dict[str, Decimal]:
    """``{TaxType: tax}`` in the base currency of the lines of what Odoo sent; credits count against it."""
    figures: dict[str, Decimal] = defaultdict(Decimal)
    for record in _documents(xero, ids):
        rate = Decimal(str(record.get("CurrencyRate") or 1))
        for line in record["LineItems"]:
            if line.get("TaxAmount"):
                figures[line["TaxType"]] += SIDES[record["Type"]][1] * Decimal(str(line["TaxAmount"])) / rate
    return figures


def difference(ours: dict, theirs: dict) -> Decimal:
    """The sum of what differs, sign left aside."""
    return sum(
        (abs(ours.get(key, Decimal(0)) - theirs.get(key, Decimal(0))) for key in {*ours, *theirs}), Decimal("0.00")
    )


def _documents(xero, ids: set[str]):
    keys = {"Invoices": "InvoiceID", "CreditNotes": "CreditNoteID"}
    for resource in RESOURCES:
        for record in xero.state(resource):
            if record[keys[resource]] in ids and record["Status"] in COUNTED:
                yield record
