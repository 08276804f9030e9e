"""Allocations of a credit note, an overpayment or a prepayment to invoices (xero-api.md 4.3, 4.4)."""

from decimal import Decimal

from ...store import Index
from .. import codec, contract
from ..arithmetic import rounded
from ..spec import Context
from ..validation import Invalid, NotFound
from . import documents

PAID_OFF = "The invoice you are trying to allocate to has already been paid off"
TOO_MUCH = "{noun} cannot be allocated as amount is greater than amount outstanding"
#: Type of the credit → type of the invoices it can be allocated to.
PAIRS = {
    "ACCRECCREDIT": "ACCREC",
    "ACCPAYCREDIT": "ACCPAY",
    "RECEIVE-OVERPAYMENT": "ACCREC",
    "SPEND-OVERPAYMENT": "ACCPAY",
    "RECEIVE-PREPAYMENT": "ACCREC",
    "SPEND-PREPAYMENT": "ACCPAY",
}
CREDITS = ("CreditNote", "Overpayment", "Prepayment")
#: Resource whose rows can be allocated → its kind.
KINDS = {documents.KINDS[name].table: documents.KINDS[name] for name in CREDITS}

INDEXES = (
    Index("invoices", lambda row: row["InvoiceID"]),
    Index("creditnotes", lambda row: row.get("CreditNoteID")),
    Index("overpayments", lambda row: row.get("OverpaymentID")),
    Index("prepayments", lambda row: row.get("PrepaymentID")),
)


def kind_of(allocation: dict):
    """The kind of the credit that is allocated."""
    return documents.kind_of(allocation, among=CREDITS)


def create(context: Context, kind, credit: dict, data: dict) -> dict:
    """Allocate an amount; its date is the later one of the two documents.

    :raises NotFound: for an unknown invoice
    :raises Invalid: where the two do not fit or an amount exceeds what is open
    """
    invoice = _invoice(context, data)
    amount = rounded(data.get("Amount", Decimal(0)))
    _check(kind, credit, invoice, amount)
    day = max(credit["Date"], invoice["Date"])
    documents.check_open_date(context, day)
    allocation = {
        "AllocationID": context.ids.new(),
        kind.id_key: credit[kind.id_key],
        "InvoiceID": invoice["InvoiceID"],
        "Amount": amount,
        "Date": day,
        "UpdatedDateUTC": context.now,
    }
    context.table("Allocations").put(allocation)
    context.organisation.ledger.post_allocation(context, allocation, kind, credit, invoice)
    documents.refresh(context, kind, credit[kind.id_key])
    documents.refresh(context, documents.INVOICES, invoice["InvoiceID"])
    return allocation


def delete(context: Context, allocation: dict) -> None:
    """Take an allocation back; both documents are open again."""
    documents.check_open_date(context, allocation["Date"])
    context.table("Allocations").remove(allocation["AllocationID"])
    context.organisation.ledger.reverse(context, allocation["AllocationID"])
    kind = kind_of(allocation)
    documents.refresh(context, kind, allocation[kind.id_key])
    documents.refresh(context, documents.INVOICES, allocation["InvoiceID"])


def render(context: Context, allocation: dict, *, is_deleted: bool = False) -> dict:
    """An allocation as the calls of its own answer it."""
    element = within_credit(context, allocation)
    if is_deleted:
        return {**element, "IsDeleted": True}
    return {**element, "ValidationErrors": []}


def within_credit(context: Context, allocation: dict) -> dict:
    invoice = context.table("Invoices").get(allocation["InvoiceID"])
    return {
        "AllocationID": allocation["AllocationID"],
        "Amount": allocation["Amount"],
        "Date": codec.ms_date(allocation["Date"]),
        "Invoice": invoice_stub(invoice),
    }


def invoice_stub(invoice: dict) -> dict:
    """An invoice within another object: nothing of it but what names it (wire, credit_notes_page)."""
    return codec.present(
        {
            "InvoiceID": invoice["InvoiceID"],
            "InvoiceNumber": invoice.get("InvoiceNumber"),
            **{key: [] for key in ("Payments", "CreditNotes", "Prepayments", "Overpayments")},
            "IsDiscounted": False,
            "InvoiceAddresses": [],
            "HasErrors": False,
            "InvoicePaymentServices": [],
            "LineItems": [],
        }
    )


def within_invoice(context: Context, invoice: dict) -> dict:
    """Key of the invoice → the credits of that kind that are allocated to it."""
    shown = {documents.KINDS[name].table: [] for name in CREDITS}
    for allocation in context.table("Allocations").by("invoices", invoice["InvoiceID"]):
        kind = kind_of(allocation)
        show = _applied_credit_note if kind is documents.CREDIT_NOTES else _applied_advance
        shown[kind.table].append(show(context, kind, allocation))
    return shown


def _applied_advance(context: Context, kind, allocation: dict) -> dict:
    advance = context.table(kind.table).get(allocation[kind.id_key])
    return {
        kind.id_key: advance[kind.id_key],
        "Date": codec.ms_date(advance["Date"]),
        "LineItems": [],
        "Total": advance["Total"],
        "CurrencyRate": advance["CurrencyRate"],
        "AppliedAmount": allocation["Amount"],
    }


def _applied_credit_note(context: Context, kind, allocation: dict) -> dict:
    credit_note = context.table("CreditNotes").get(allocation["CreditNoteID"])
    return codec.present(
        {
            "CreditNoteID": credit_note["CreditNoteID"],
            "CreditNoteNumber": credit_note.get("CreditNoteNumber"),
            "ID": credit_note["CreditNoteID"],
            "HasErrors": False,
            "InvoiceAddresses": [],
            "CurrencyRate": credit_note["CurrencyRate"],
            "AppliedAmount": allocation["Amount"],
            "DateString": codec.iso_date(credit_note["Date"]),
            "Date": codec.ms_date(credit_note["Date"]),
            "LineItems": [],
            "Total": credit_note["Total"],
        }
    )


def read(data) -> dict:
    return contract.read("Allocation", data)


def _invoice(context: Context, data: dict) -> dict:
    named = data.get("Invoice", {})
    table = context.table("Invoices")
    invoice = table.get(named.get("InvoiceID")) or table.one("unique_number", named.get("InvoiceNumber", "").lower())
    if invoice is None:
        raise NotFound
    return invoice


def _check(kind, credit: dict, invoice: dict, amount) -> None:
    noun = kind.noun.lower()
    if credit["Status"] != "AUTHORISED":
        raise Invalid(f"{kind.noun} not of valid status for allocation")
    if invoice["Type"] != PAIRS[credit["Type"]] or invoice["ContactID"] != credit["ContactID"]:
        raise Invalid(f"The {noun} and the invoice must be of the same contact and kind")
    if invoice["CurrencyCode"] != credit["CurrencyCode"]:
        raise Invalid(f"The {noun} and the invoice must be in the same currency")
    if invoice["Status"] == "PAID":
        raise Invalid(PAID_OFF)
    if invoice["Status"] != "AUTHORISED":
        raise Invalid(f"{kind.noun.capitalize()}s can only be allocated to authorised invoices")
    if amount <= 0:
        raise Invalid("The amount to allocate must be greater than zero")
    if amount > credit["AmountDue"] or amount > invoice["AmountDue"]:
        raise Invalid(TOO_MUCH.format(noun=kind.noun))
