"""RepeatingInvoices: templates to read; those that exist come with the seed."""

from .. import attachments, codec
from ..spec import Context, ResourceSpec
from ..validation import Problems
from . import contacts, documents, lines, orders

_SCHEDULE_DAYS = ("StartDate", "NextScheduledDate", "EndDate")


def render(context: Context, row: dict, view: str) -> dict:
    days = {key: codec.ms_date(row["Schedule"][key]) for key in _SCHEDULE_DAYS if key in row["Schedule"]}
    element = {
        "Schedule": {**row["Schedule"], **days},
        "RepeatingInvoiceID": row["RepeatingInvoiceID"],
        "ID": row["RepeatingInvoiceID"],
        "Type": row["Type"],
        "Reference": row.get("Reference"),
        "HasAttachments": attachments.has_any(context, "RepeatingInvoices", row["RepeatingInvoiceID"]),
        "ApprovedForSending": False,
        "SendCopy": False,
        "MarkAsSent": False,
        "IncludePDF": False,
        "Contact": contacts.stub(context.table("Contacts").get(row["ContactID"])),
        "BrandingThemeID": context.organisation.branding_theme_id,
        "Status": row["Status"],
        "LineAmountTypes": row["LineAmountTypes"],
        "LineItems": [lines.render(line, context.places, with_errors=False) for line in row["LineItems"]],
        "SubTotal": row["SubTotal"],
        "TotalTax": row["TotalTax"],
        "Total": row["Total"],
        "CurrencyCode": row["CurrencyCode"],
    }
    return codec.present(element)


def create(context: Context, data: dict) -> dict:
    """A template of the seed; calls can only read them."""
    problems = Problems()
    row = {"LineAmountTypes": "Exclusive", "LineItems": []}
    new = {
        **row,
        "RepeatingInvoiceID": context.ids.new(),
        "Type": data["Type"],
        "Status": data.get("Status", "DRAFT"),
        "ContactID": contacts.of_document(context, data.get("Contact"))["ContactID"],
        "Reference": data.get("Reference"),
        "Schedule": data["Schedule"],
    }
    orders.fill_types(new, data, problems)
    documents.fill_currency(context, new, data, problems)
    builder = orders.OrderLines(context, new, is_sale=new["Type"] == "ACCREC", problems=problems)
    orders.fill_lines(builder, new, row, data, problems)
    problems.check()
    return context.table("RepeatingInvoices").put({**new, "UpdatedDateUTC": context.now})


SPEC = ResourceSpec(
    name="RepeatingInvoices",
    model="RepeatingInvoice",
    id_key="RepeatingInvoiceID",
    render=render,
    create=create,
    references={"Contact": ("Contacts", "ContactID")},
    attachments=True,
)
