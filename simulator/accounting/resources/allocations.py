"""Allocations of a credit note to invoices (xero-api.md 4.3)."""

from ...store import Index
from .. import codec, contract
from ..arithmetic import rounded
from ..spec import Context
from ..validation import Invalid, NotFound
from . import documents

PAID_OFF = "The invoice you are trying to allocate to has already been paid off"
TOO_MUCH = "Credit Note cannot be allocated as amount is greater than amount outstanding"
#: Credit note type → type of the invoices it can be allocated to.
PAIRS = {"ACCRECCREDIT": "ACCREC", "ACCPAYCREDIT": "ACCPAY"}

INDEXES = (
    Index("invoices", lambda row: row["InvoiceID"]),
    Index("creditnotes", lambda row: row["CreditNoteID"]),
)


def create(context: Context, credit_note: dict, data: dict) -> dict:
    """Allocate an amount; its date is the later one of the two documents.

    :raises NotFound: for an unknown invoice
    :raises Invalid: where the two do not fit or an amount exceeds what is open
    """
    invoice = _invoice(context, data)
    amount = rounded(data.get("Amount", 0))
    _check(credit_note, invoice, amount)
    day = max(credit_note["Date"], invoice["Date"])
    documents.check_open_date(context, day)
    allocation = {
        "AllocationID": context.ids.new(),
        "CreditNoteID": credit_note["CreditNoteID"],
        "InvoiceID": invoice["InvoiceID"],
        "Amount": amount,
        "Date": day,
        "UpdatedDateUTC": context.now,
    }
    context.table("Allocations").put(allocation)
    context.organisation.ledger.post_allocation(context, allocation, credit_note, invoice)
    _refresh(context, documents.CREDIT_NOTES, credit_note["CreditNoteID"])
    _refresh(context, documents.INVOICES, invoice["InvoiceID"])
    return allocation


def delete(context: Context, allocation: dict) -> None:
    """Take an allocation back; both documents are open again."""
    documents.check_open_date(context, allocation["Date"])
    context.table("Allocations").remove(allocation["AllocationID"])
    context.organisation.ledger.reverse(context, allocation["AllocationID"])
    _refresh(context, documents.CREDIT_NOTES, allocation["CreditNoteID"])
    _refresh(context, documents.INVOICES, allocation["InvoiceID"])


def render(context: Context, allocation: dict, *, is_deleted: bool = False) -> dict:
    """An allocation as the calls of its own answer it."""
    element = within_credit_note(context, allocation)
    if is_deleted:
        return {**element, "IsDeleted": True}
    return {**element, "ValidationErrors": []}


def within_credit_note(context: Context, allocation: dict) -> dict:
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


def within_invoice(context: Context, allocation: dict) -> dict:
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


def _check(credit_note: dict, invoice: dict, amount) -> None:
    if credit_note["Status"] != "AUTHORISED":
        raise Invalid("Credit Note not of valid status for allocation")
    if invoice["Type"] != PAIRS[credit_note["Type"]] or invoice["ContactID"] != credit_note["ContactID"]:
        raise Invalid("The credit note and the invoice must be of the same contact and kind")
    if invoice["CurrencyCode"] != credit_note["CurrencyCode"]:
        raise Invalid("The credit note and the invoice must be in the same currency")
    if invoice["Status"] == "PAID":
        raise Invalid(PAID_OFF)
    if invoice["Status"] != "AUTHORISED":
        raise Invalid("Credit notes can only be allocated to authorised invoices")
    if amount <= 0:
        raise Invalid("The amount to allocate must be greater than zero")
    if amount > credit_note["AmountDue"] or amount > invoice["AmountDue"]:
        raise Invalid(TOO_MUCH)


def _refresh(context: Context, kind, row_id: str) -> None:
    row = context.table(kind.table).get(row_id)
    documents.touch(context, kind, documents.settled_amounts(context, kind, row))
