"""CreditNotes (xero-api.md 4.3): documents whose open amount is credit that can be allocated or refunded."""

from ...store import Index
from .. import attachments, codec, printing
from ..spec import Context, ResourceSpec
from . import allocations, contacts, documents, invoices, lines, payments


def render(context: Context, row: dict, view: str) -> dict:
    contact = context.table("Contacts").get(row["ContactID"])
    single = view in ("full", "written")
    shown_lines = [lines.render(line, context.places, with_errors=single) for line in row["LineItems"]]
    row_payments = context.table("Payments").by("creditnotes", row["CreditNoteID"])
    element = {
        "CreditNoteID": row["CreditNoteID"],
        "CreditNoteNumber": row.get("CreditNoteNumber"),
        "Payments": [payments.within_document(context, one) for one in row_payments if one["Status"] != "DELETED"],
        "ID": row["CreditNoteID"],
        "HasErrors": False,
        "InvoiceAddresses": [],
        "CurrencyRate": row["CurrencyRate"],
        "Type": row["Type"],
        "Reference": row.get("Reference"),
        "SentToContact": row["SentToContact"],
        "RemainingCredit": row["AmountDue"],
        "Allocations": [
            allocations.within_credit(context, one)
            for one in context.table("Allocations").by("creditnotes", row["CreditNoteID"])
        ],
        "HasAttachments": attachments.has_any(context, "CreditNotes", row["CreditNoteID"]),
        "UpdatedDateUTCString": codec.iso_moment(row["UpdatedDateUTC"]),
        "Contact": contacts.nested(context, contact) if single else contacts.stub(contact),
        "DateString": codec.iso_date(row["Date"]),
        "Date": codec.ms_date(row["Date"]),
        "DueDate": codec.ms_date(row["DueDate"]) if row.get("DueDate") else None,
        "BrandingThemeID": row.get("BrandingThemeID") or context.organisation.branding_theme_id,
        "Status": row["Status"],
        "LineAmountTypes": row["LineAmountTypes"],
        "LineItems": [] if view == "list" else shown_lines,
        "SubTotal": row["SubTotal"],
        "TotalTax": row["TotalTax"],
        "Total": row["Total"],
        "UpdatedDateUTC": codec.ms_moment(row["UpdatedDateUTC"]),
        "CurrencyCode": row["CurrencyCode"],
        "FullyPaidOnDate": codec.ms_date(row["FullyPaidOnDate"]) if row.get("FullyPaidOnDate") else None,
    }
    return codec.present(element)


def create(context: Context, data: dict) -> dict:
    """Inline Allocations are ignored silently: allocating is a call of its own (xero-api.md 4.3)."""
    return documents.create(context, documents.CREDIT_NOTES, data)


def update(context: Context, row: dict, data: dict) -> dict:
    return documents.update(context, documents.CREDIT_NOTES, row, data)


def match(context: Context, data: dict) -> dict | None:
    if data.get("Type", "ACCRECCREDIT") != "ACCRECCREDIT" or not data.get("CreditNoteNumber"):
        return None
    return context.table("CreditNotes").one("unique_number", data["CreditNoteNumber"].lower())


def echo(data: dict) -> dict:
    return {"Allocations": [], "Payments": [], "LineItems": [], **data}


SPEC = ResourceSpec(
    name="CreditNotes",
    model="CreditNote",
    id_key="CreditNoteID",
    number_key="CreditNoteNumber",
    verbs=frozenset({"GET", "PUT", "POST"}),
    render=render,
    create=create,
    update=update,
    match=match,
    echo=echo,
    error_flag="HasErrors",
    date_twins=frozenset({"Date"}),
    identifiers=("number",),
    indexes=(
        Index("id", lambda row: row["CreditNoteID"].lower()),
        Index("number", lambda row: row["CreditNoteNumber"].lower() if row.get("CreditNoteNumber") else None),
        Index("unique_number", invoices.unique_number("CreditNoteNumber", "ACCRECCREDIT")),
        Index("contact", lambda row: row["ContactID"].lower()),
    ),
    id_paths={
        "creditnoteid": "id",
        "creditnotenumber": "number",
        "contact.contactid": "contact",
    },
    parameters={"IDs": "id"},
    references={"Contact": ("Contacts", "ContactID")},
    statuses=("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED"),
    paged=True,
    unitdp=True,
    optimised=frozenset({"Status", "Date", "Reference", "Contact.ContactID", "Contact.Name", "Type"}),
    webhook="CREDITNOTE",
    attachments=True,
    printed=printing.printer("Credit note", "CreditNoteNumber", render),
)
