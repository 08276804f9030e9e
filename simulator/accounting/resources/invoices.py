"""Invoices: sales invoices (ACCREC) and bills (ACCPAY), xero-api.md 4.2."""

from ...store import Index
from .. import attachments, codec, printing
from ..spec import Context, ResourceSpec
from . import allocations, contacts, documents, lines, payments, sending

_DATES = ("ExpectedPaymentDate", "PlannedPaymentDate", "FullyPaidOnDate")


def render(context: Context, row: dict, view: str) -> dict:
    contact = context.table("Contacts").get(row["ContactID"])
    single = view in ("full", "written")
    element = {
        "Type": row["Type"],
        "InvoiceID": row["InvoiceID"],
        "InvoiceNumber": row.get("InvoiceNumber"),
        "Reference": row.get("Reference"),
        "Url": row.get("Url"),
        "Payments": [payments.within_document(context, one) for one in _live(context, "Payments", row)],
        **allocations.within_invoice(context, row),
        "AmountDue": row["AmountDue"],
        "AmountPaid": row["AmountPaid"],
        "AmountCredited": row["AmountCredited"],
        "SentToContact": row["SentToContact"],
        "CurrencyRate": row["CurrencyRate"],
        "TotalDiscount": row["TotalDiscount"] or None,
        "IsDiscounted": bool(row["TotalDiscount"]),
        "HasAttachments": attachments.has_any(context, "Invoices", row["InvoiceID"]),
        "HasErrors": False,
        "Attachments": attachments.of_record(context, "Invoices", row["InvoiceID"]) if view == "full" else None,
        "InvoicePaymentServices": [],
        "InvoiceAddresses": [],
        "UpdatedDateUTCString": codec.iso_moment(row["UpdatedDateUTC"]),
        "Contact": contacts.nested(context, contact) if single else contacts.stub(contact),
        "DateString": codec.iso_date(row["Date"]),
        "Date": codec.ms_date(row["Date"]),
        "DueDateString": codec.iso_date(row["DueDate"]),
        "DueDate": codec.ms_date(row["DueDate"]),
        "BrandingThemeID": row.get("BrandingThemeID") or context.organisation.branding_theme_id,
        "Status": row["Status"],
        "LineAmountTypes": row["LineAmountTypes"],
        "LineItems": _lines(context, row, view),
        "SubTotal": row["SubTotal"],
        "TotalTax": row["TotalTax"],
        "Total": row["Total"],
        "UpdatedDateUTC": codec.ms_moment(row["UpdatedDateUTC"]),
        "CurrencyCode": row["CurrencyCode"],
        **{key: codec.ms_date(row[key]) for key in _DATES if row.get(key)},
    }
    return codec.present({key: value for key, value in element.items() if key not in _LEFT_OUT.get(view, ())})


#: View → keys it leaves out; the answer to a write shows fewer than a read (xero-api.md 4.2, end).
_LEFT_OUT = {
    "written": (
        *("Payments", "CreditNotes", "AmountCredited", "HasAttachments", "InvoiceAddresses", "FullyPaidOnDate"),
        "Attachments",
    ),
    "summary": ("LineItems", "Payments", "HasAttachments", "Attachments"),
}


def _lines(context: Context, row: dict, view: str) -> list[dict]:
    if view == "list":
        return []
    with_errors = view in ("full", "written")
    return [lines.render(line, context.places, with_errors=with_errors) for line in row["LineItems"]]


def _live(context: Context, table: str, row: dict) -> list[dict]:
    return [one for one in context.table(table).by("invoices", row["InvoiceID"]) if one.get("Status") != "DELETED"]


def create(context: Context, data: dict) -> dict:
    return documents.create(context, documents.INVOICES, data)


def update(context: Context, row: dict, data: dict) -> dict:
    return documents.update(context, documents.INVOICES, row, data)


def match(context: Context, data: dict) -> dict | None:
    """Only sales invoices have a natural key (xero-api.md 4.2)."""
    if data.get("Type", "ACCREC") != "ACCREC" or not data.get("InvoiceNumber"):
        return None
    return context.table("Invoices").one("unique_number", data["InvoiceNumber"].lower())


def echo(data: dict) -> dict:
    lists = ("Payments", "CreditNotes", "Prepayments", "Overpayments", "InvoiceAddresses", "InvoicePaymentServices")
    empty = {key: [] for key in (*lists, "LineItems")}
    contact = {"Contact": contacts.echo_stub(data["Contact"])} if "Contact" in data else {}
    return {**empty, "IsDiscounted": False, **data, **contact}


def unique_number(number_key: str, sale_type: str):
    """Index key of numbers that may not repeat; a deleted draft gives its number free."""

    def index_key(row: dict):
        if row["Type"] != sale_type or row["Status"] == "DELETED":
            return None
        return row[number_key].lower() if row.get(number_key) else None

    return index_key


SPEC = ResourceSpec(
    name="Invoices",
    model="Invoice",
    id_key="InvoiceID",
    number_key="InvoiceNumber",
    verbs=frozenset({"GET", "PUT", "POST"}),
    render=render,
    create=create,
    update=update,
    match=match,
    echo=echo,
    error_flag="HasErrors",
    date_twins=frozenset({"Date", "DueDate"}),
    identifiers=("number",),
    indexes=(
        Index("id", lambda row: row["InvoiceID"].lower()),
        Index("number", lambda row: row["InvoiceNumber"].lower() if row.get("InvoiceNumber") else None),
        Index("unique_number", unique_number("InvoiceNumber", "ACCREC")),
        Index("contact", lambda row: row["ContactID"].lower()),
        Index("status", lambda row: row["Status"].lower()),
        Index("open", lambda row: row["ContactID"] if row["Status"] == "AUTHORISED" else None),
    ),
    id_paths={
        "invoiceid": "id",
        "invoicenumber": "number",
        "contact.contactid": "contact",
    },
    parameters={"IDs": "id", "InvoiceNumbers": "number", "ContactIDs": "contact", "Statuses": "status"},
    paging_parameters=("Statuses", "summaryOnly"),
    search_keys=("InvoiceNumber", "Reference"),
    summary_drops=("LineItems", "Payments", "HasAttachments", "CISDeduction"),
    references={"Contact": ("Contacts", "ContactID")},
    statuses=("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED"),
    paged=True,
    unitdp=True,
    optimised=frozenset(
        {
            *("Status", "Contact.ContactID", "Contact.Name", "Contact.ContactNumber", "Reference", "InvoiceNumber"),
            *("InvoiceID", "Type", "AmountPaid", "Date", "DueDate", "AmountDue"),
        }
    ),
    webhook="INVOICE",
    attachments=True,
    printed=printing.printer("Invoice", "InvoiceNumber", render),
    parts=sending.PARTS,
)
