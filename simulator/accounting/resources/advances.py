"""What overpayments and prepayments share: credit that bank transactions give birth to (xero-api.md 4.4)."""

from ...store import Index
from .. import codec
from ..spec import Context, ResourceSpec
from . import allocations, bank_transactions, contacts, payments

#: The parameter that lists are narrowed by; both look at the reference (xero-api.md 3.8, 4.4).
_LIST_PARAMETERS = {"Overpayments": "References", "Prepayments": "InvoiceNumbers"}


def _among_references(row: dict, value: str) -> bool:
    wanted = {part.strip().lower() for part in value.split(",")}
    return str(row.get("Reference") or "").lower() in wanted


def spec(kind, **more) -> ResourceSpec:
    """The resource of one kind: it is read, allocated and refunded, never written itself."""
    index, name = kind.table.lower(), kind.noun

    def render(context: Context, row: dict, view: str) -> dict:
        return _render(context, kind, index, row, view)

    return ResourceSpec(
        name=kind.table,
        model=name,
        id_key=kind.id_key,
        render=render,
        indexes=(
            Index("id", lambda row: row[kind.id_key].lower()),
            Index("contact", lambda row: row["ContactID"].lower()),
        ),
        id_paths={kind.id_key.lower(): "id", "contact.contactid": "contact"},
        references={"Contact": ("Contacts", "ContactID")},
        filters={_LIST_PARAMETERS[kind.table]: _among_references},
        statuses=("AUTHORISED", "PAID", "VOIDED"),
        paged=True,
        unitdp=True,
        webhook=kind.category,
        **more,
    )


def _render(context: Context, kind, index: str, row: dict, view: str) -> dict:
    contact = context.table("Contacts").get(row["ContactID"])
    row_payments = context.table("Payments").by(index, row[kind.id_key])
    row_allocations = context.table("Allocations").by(index, row[kind.id_key])
    element = {
        kind.id_key: row[kind.id_key],
        "Type": row["Type"],
        "Reference": row.get("Reference"),
        "RemainingCredit": row["AmountDue"],
        "Allocations": [allocations.within_credit(context, one) for one in row_allocations],
        "Payments": [payments.within_document(context, one) for one in row_payments if one["Status"] != "DELETED"],
        "HasAttachments": False,
        "Contact": contacts.nested(context, contact) if view == "full" else contacts.stub(contact),
        "DateString": codec.iso_date(row["Date"]),
        "Date": codec.ms_date(row["Date"]),
        "Status": row["Status"],
        "LineAmountTypes": row["LineAmountTypes"],
        "LineItems": bank_transactions.render_lines(context, row, view),
        "SubTotal": row["SubTotal"],
        "TotalTax": row["TotalTax"],
        "Total": row["Total"],
        "UpdatedDateUTC": codec.ms_moment(row["UpdatedDateUTC"]),
        "UpdatedDateUTCString": codec.iso_moment(row["UpdatedDateUTC"]),
        "CurrencyCode": row["CurrencyCode"],
        "CurrencyRate": row["CurrencyRate"],
    }
    return codec.present(element)
