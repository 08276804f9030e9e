"""PurchaseOrders (xero-api.md 4.5): no ledger, always paged, numbers that a deleted order keeps."""

from ...store import Index
from .. import attachments, codec, printing, query
from ..spec import Context, ResourceSpec
from ..validation import Invalid, Problems
from . import branding_themes, contacts, documents, lines, orders

NEW_STATUSES = frozenset({"DRAFT", "SUBMITTED", "AUTHORISED", "BILLED"})
#: From → what a call may make of it; no table is published, any live order can be deleted (xero-api.md 4.5).
TRANSITIONS = {
    "DRAFT": NEW_STATUSES | {"DELETED"},
    "SUBMITTED": NEW_STATUSES | {"DELETED"},
    "AUTHORISED": {"AUTHORISED", "BILLED", "DELETED"},
    "BILLED": {"AUTHORISED", "BILLED", "DELETED"},
    "DELETED": set(),
}
#: Only these can be marked as sent.
SENDABLE = frozenset({"AUTHORISED", "BILLED"})

STATUS_CHANGE = "PurchaseOrder status change is invalid"
DELETED = "Deleted PurchaseOrders cannot be updated"
NUMBER_TAKEN = "Order number must be unique"
NO_DESCRIPTION = "The description field is mandatory for each line item."
NO_UNIT_AMOUNT = "The UnitAmount field is mandatory for each line item."

_TEXTS = ("Reference", "BrandingThemeID", "DeliveryAddress", "AttentionTo", "Telephone", "DeliveryInstructions")
_DAYS = ("DeliveryDate", "ExpectedArrivalDate")
_CONTACT_DROPS = {
    "page": ("EmailAddress", "BankAccountDetails", "IsSupplier", "IsCustomer", "SalesTrackingCategories")
    + ("PurchasesTrackingCategories",),
}


# --- as Xero shows it ------------------------------------------------------------------------------------------------


def render(context: Context, row: dict, view: str) -> dict:
    written = view == "written"
    days = {}
    for key in ("Date", *_DAYS):
        if row.get(key):
            days |= {f"{key}String": codec.iso_date(row[key]), key: codec.ms_date(row[key])}
    element = {
        "PurchaseOrderID": row["PurchaseOrderID"],
        "PurchaseOrderNumber": row["PurchaseOrderNumber"],
        **days,
        **{key: row.get(key) for key in _TEXTS},
        "HasErrors": False,
        "IsDiscounted": bool(row["TotalDiscount"]),
        "TotalDiscount": row["TotalDiscount"] if written or row["TotalDiscount"] else None,
        "SentToContact": row["SentToContact"] if view in ("full", "written") else None,
        "Type": "PURCHASEORDER",
        "CurrencyRate": row["CurrencyRate"],
        "CurrencyCode": row["CurrencyCode"],
        "Contact": _contact(context, row, view),
        "Status": row["Status"],
        "LineAmountTypes": row["LineAmountTypes"],
        "LineItems": [_line(line, view) for line in row["LineItems"]],
        "SubTotal": row["SubTotal"],
        "TotalTax": row["TotalTax"],
        "Total": row["Total"],
        "UpdatedDateUTC": codec.ms_moment(row["UpdatedDateUTC"]),
        "HasAttachments": None if written else attachments.has_any(context, "PurchaseOrders", row["PurchaseOrderID"]),
        "Attachments": _files(context, row) if view == "full" else None,
    }
    return codec.present(element)


def _files(context: Context, row: dict) -> list[dict]:
    return attachments.of_record(context, "PurchaseOrders", row["PurchaseOrderID"])


def _line(line: dict, view: str) -> dict:
    shown = lines.render(line, 4, with_errors=False)
    if view != "written":
        shown.pop("AccountID", None)
    return shown


def _contact(context: Context, row: dict, view: str) -> dict:
    """Without addresses, with the phones that are filled; its time of update is local time called UTC, as recorded."""
    contact = context.table("Contacts").get(row["ContactID"])
    shown = contacts.nested(context, contact)
    for key in _CONTACT_DROPS.get(view, ()):
        shown.pop(key, None)
    local = context.organisation.local_moment(contact["UpdatedDateUTC"])
    return {
        **shown,
        "Addresses": [],
        "Phones": [phone for phone in shown["Phones"] if phone["PhoneNumber"]],
        "UpdatedDateUTC": codec.ms_moment(local),
    }


# --- rules -----------------------------------------------------------------------------------------------------------


def create(context: Context, data: dict) -> dict:
    status = data.get("Status", "DRAFT").upper()
    if status not in NEW_STATUSES:
        raise Invalid(STATUS_CHANGE)
    row = {
        "PurchaseOrderID": context.ids.new(),
        "ContactID": orders.contact_of(context, data.get("Contact"))["ContactID"],
        "Status": status,
        "LineAmountTypes": "Exclusive",
        "LineItems": [],
        "SentToContact": False,
    }
    return _save(context, row, data, Problems())


def update(context: Context, row: dict, data: dict) -> dict:
    """A status of its own is no change; a number sent with DELETED is what frees the old one."""
    status = data.get("Status", row["Status"]).upper()
    problems = Problems()
    if status not in TRANSITIONS[row["Status"]] and status != row["Status"]:
        problems.add(STATUS_CHANGE)
    if row["Status"] == "DELETED":
        problems.add(DELETED)
    changed = {**row, "Status": status}
    if "Contact" in data and data["Contact"].get("ContactID", "").lower() != row["ContactID"]:
        changed["ContactID"] = orders.contact_of(context, data["Contact"])["ContactID"]
    return _save(context, changed, data, problems)


def match(context: Context, data: dict) -> dict | None:
    """The order that has the number, deleted ones included: a live one is overwritten without a word."""
    return context.table("PurchaseOrders").one("number", data.get("PurchaseOrderNumber", "").lower())


def echo(data: dict) -> dict:
    return {"Type": "PURCHASEORDER", "IsDiscounted": False, "LineItems": [], **data}


def _save(context: Context, row: dict, data: dict, problems: Problems) -> dict:
    new = {**row, **{key: data[key] for key in (*_TEXTS, *_DAYS) if key in data}}
    new["Date"] = data.get("Date") or row.get("Date") or context.today
    if new["Status"] in SENDABLE and "SentToContact" in data:
        new["SentToContact"] = data["SentToContact"]
    orders.fill_types(new, data, problems)
    documents.fill_currency(context, new, data, problems)
    _fill_lines(context, new, row, data, problems)
    _fill_number(context, new, data, problems)
    branding_themes.check(context, data, problems)
    new["UpdatedDateUTC"] = context.now
    problems.check(new)
    return context.table("PurchaseOrders").put(new)


def _fill_lines(context: Context, new: dict, row: dict, data: dict, problems: Problems) -> None:
    kind = {"Type": "PURCHASEORDER", "LineAmountTypes": new["LineAmountTypes"]}
    builder = orders.OrderLines(context, kind, is_sale=False, problems=problems)
    orders.fill_lines(builder, new, row, data, problems)
    for line in data.get("LineItems", ()):
        if "Quantity" in line and not {"UnitAmount", "LineAmount", "ItemCode", "LineItemID"} & set(line):
            problems.add(NO_UNIT_AMOUNT)
    if new["Status"] in NEW_STATUSES - {"DRAFT"} and any(not line.get("Description") for line in new["LineItems"]):
        problems.add(NO_DESCRIPTION)


def _fill_number(context: Context, new: dict, data: dict, problems: Problems) -> None:
    number = data.get("PurchaseOrderNumber") or new.get("PurchaseOrderNumber")
    new["PurchaseOrderNumber"] = number or orders.next_number(context, "PurchaseOrders", "PO-")
    holder = context.table("PurchaseOrders").one("number", new["PurchaseOrderNumber"].lower())
    if holder and holder["PurchaseOrderID"] != new["PurchaseOrderID"]:
        problems.add(NUMBER_TAKEN)


SPEC = ResourceSpec(
    name="PurchaseOrders",
    model="PurchaseOrder",
    id_key="PurchaseOrderID",
    number_key="PurchaseOrderNumber",
    verbs=frozenset({"GET", "PUT", "POST"}),
    render=render,
    create=create,
    update=update,
    match=match,
    echo=echo,
    error_flag="HasErrors",
    refused_drops=frozenset({"UpdatedDateUTC", "CurrencyRate", "SentToContact"}),
    date_twins=frozenset({"Date", *_DAYS}),
    identifiers=("number",),
    indexes=(
        Index("id", lambda row: row["PurchaseOrderID"].lower()),
        Index("number", lambda row: row["PurchaseOrderNumber"].lower()),
    ),
    references={"Contact": ("Contacts", "ContactID")},
    statuses=tuple(TRANSITIONS),
    paged=True,
    always_paged=True,
    has_where=False,
    filters={
        "Status": query.same("Status"),
        "DateFrom": query.day_filter("Date", least=True),
        "DateTo": query.day_filter("Date", least=False),
    },
    attachments=True,
    printed=printing.printer("Purchase order", "PurchaseOrderNumber", render),
)
