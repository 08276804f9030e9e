"""Aged receivables and payables of one contact: each document with what is open of it at a date."""

from datetime import date
from decimal import Decimal

from . import codec
from .reports import ZERO, date_of, long_date, report, row, title
from .resources import documents
from .spec import Context
from .validation import NotFound, QueryParseError

HEADER = ("Date", "Reference", "Due Date", "", "Total", "Paid", "Credited", "Due")
#: Side → types of its documents; credits count against what is due.
RECEIVABLES = {"ACCREC": 1, "ACCRECCREDIT": -1, "RECEIVE-OVERPAYMENT": -1, "RECEIVE-PREPAYMENT": -1}
PAYABLES = {"ACCPAY": 1, "ACCPAYCREDIT": -1, "SPEND-OVERPAYMENT": -1, "SPEND-PREPAYMENT": -1}


def receivables(context: Context, args) -> dict:
    return _aged(context, args, "AgedReceivablesByContact", "Aged Receivables By Contact", RECEIVABLES)


def payables(context: Context, args) -> dict:
    return _aged(context, args, "AgedPayablesByContact", "Aged Payables By Contact", PAYABLES)


def _aged(context: Context, args, name: str, words: str, signs: dict[str, int]) -> dict:
    """
    :raises QueryParseError: without a contactId, or where a date cannot be read
    :raises NotFound: for an unknown contact
    """
    contact = _contact(context, args)
    at = date_of(args.get("date"), context.today)
    since, until = date_of(args.get("fromDate"), date.min), date_of(args.get("toDate"), at)
    lines, sums = [], [ZERO] * 4
    for kind, document in _posted(context, contact, signs):
        amounts = _amounts(context, kind, document, at, signs[document["Type"]])
        if since <= document["Date"] <= min(until, at) and amounts[3]:
            lines.append(_line(kind, document, amounts))
            sums = [one + other for one, other in zip(sums, amounts, strict=True)]
    total = row("SummaryRow", [{"Value": value} for value in ("Total", "", "", "", *map(str, sums))])
    rows = [row("Header", [{"Value": value} for value in HEADER]), {**title(""), "Rows": [*lines, total]}]
    made = report(context, name, words, f"To {long_date(until)}", rows)
    period = f"From {long_date(since)} to {long_date(until)}" if since > date.min else f"To {long_date(until)}"
    return {**made, "ReportTitles": ["Invoices", contact["Name"], period, f"Showing payments to {long_date(at)}"]}


def _contact(context: Context, args) -> dict:
    contact_id = next((value for key, value in args.items() if key.lower() == "contactid"), None)
    if not contact_id:
        raise QueryParseError("The contactId parameter is required")
    contact = context.table("Contacts").get(contact_id)
    if contact is None:
        raise NotFound
    return contact


def _posted(context: Context, contact: dict, signs: dict[str, int]):
    """(kind, document) of what stands on the contact's side of the books, oldest first."""
    found = [
        (kind, one)
        for kind in documents.KINDS.values()
        for one in context.table(kind.table).by("contact", contact["ContactID"].lower())
        if one["Type"] in signs and one["Status"] in documents.POSTED
    ]
    return sorted(found, key=lambda pair: pair[1]["Date"])


def _amounts(context: Context, kind, document: dict, at: date, sign: int) -> list[Decimal]:
    """Total, paid, credited and due at a date, in the document's currency."""
    index, row_id = kind.table.lower(), document[kind.id_key]
    payments = [one for one in context.table("Payments").by(index, row_id) if one["Status"] != "DELETED"]
    allocations = context.table("Allocations").by(index, row_id)
    paid, credited = (
        sum((one["Amount"] for one in held if one["Date"] <= at), ZERO) for held in (payments, allocations)
    )
    return [sign * amount for amount in (document["Total"], paid, credited, document["Total"] - paid - credited)]


def _line(kind, document: dict, amounts: list[Decimal]) -> dict:
    mark = [{"Value": document[kind.id_key], "Id": kind.id_key[0].lower() + kind.id_key[1:]}]
    due = document.get("DueDate")
    reference = document.get(kind.number_key) or document.get("Reference") or ""
    words = [codec.iso_date(document["Date"]), reference, codec.iso_date(due) if due else "", ""]
    return row("Row", [{"Value": value, "Attributes": mark} for value in (*words, *map(str, amounts))])


AGED = {"agedreceivablesbycontact": receivables, "agedpayablesbycontact": payables}
