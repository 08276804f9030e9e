"""Quotes (xero-api.md 4.6): an envelope, a casing and dates of their own; no ledger."""

from ...store import Index
from .. import codec, printing, query
from ..arithmetic import rounded
from ..spec import Context, ResourceSpec
from ..validation import Invalid, Problems
from . import branding_themes, contacts, documents, orders

#: From → what a call may make of it (xero-api.md 4.6).
TRANSITIONS = {
    "DRAFT": {"SENT", "DELETED"},
    "SENT": {"ACCEPTED", "DECLINED", "DELETED"},
    "ACCEPTED": {"INVOICED", "SENT", "DELETED"},
    "DECLINED": {"SENT", "DELETED"},
    "INVOICED": {"SENT", "DELETED"},
    "DELETED": set(),
}
NEW_STATUSES = frozenset({"DRAFT", "SENT"})
#: Here only contact details and notes change.
SETTLED = frozenset({"ACCEPTED", "DECLINED", "INVOICED"})

STATUS_CHANGE = "A quote cannot be changed from {old} to {new}."
NEW_STATUS = "A quote cannot be created with the status {new}."
FINAL = "Deleted quotes cannot be updated."
NO_DATE = "A Date must be specified for a quote."
NUMBER_TAKEN = "Quote # must be unique."
ONLY_NOTES = "Only contact details and notes of a quote that is {status} can be changed."

_NOTES = ("Reference", "Title", "Summary", "Terms")
_FROZEN = ("Date", "ExpiryDate", "CurrencyCode", "CurrencyRate", "LineAmountTypes", "SubTotal", "TotalTax", "Total")
_LINE_KEYS = ("AccountCode", "Description", "UnitAmount", "DiscountRate", "DiscountAmount", "LineAmount", "TaxType")


# --- as Xero shows it ------------------------------------------------------------------------------------------------


def render(context: Context, row: dict, view: str) -> dict:
    contact = context.table("Contacts").get(row["ContactID"])
    paged = view == "page"
    expiry = row.get("ExpiryDate")
    element = {
        "QuoteID": row["QuoteID"],
        "QuoteNumber": row["QuoteNumber"],
        **{key: row.get(key) or None for key in _NOTES},
        "Terms": row.get("Terms") or (None if paged else ""),
        "Contact": codec.present({key: contact.get(key) for key in ("ContactID", "Name", "EmailAddress")}),
        "LineItems": [_line(line, paged=paged) for line in row["LineItems"]],
        "Date": _day(row["Date"]),
        "DateString": codec.iso_date(row["Date"]),
        "ExpiryDate": _day(expiry) if expiry else None,
        "ExpiryDateString": codec.iso_date(expiry) if expiry else None,
        "Status": row["Status"],
        "CurrencyRate": row["CurrencyRate"],
        "CurrencyCode": row["CurrencyCode"],
        "SubTotal": row["SubTotal"],
        "TotalTax": row["TotalTax"],
        "Total": row["Total"],
        "TotalDiscount": row["TotalDiscount"] if paged or row["TotalDiscount"] else None,
        "BrandingThemeID": row.get("BrandingThemeID") or context.organisation.branding_theme_id,
        "UpdatedDateUTC": codec.ms_moment(row["UpdatedDateUTC"], offset=False),
        "LineAmountTypes": row["LineAmountTypes"].upper(),
    }
    return codec.present(element)


def _day(day) -> str:
    """Quotes write dates without an offset (xero-api.md 3.3)."""
    return codec.ms_date(day).replace("+0000", "")


def _line(line: dict, *, paged: bool) -> dict:
    shown = {"LineItemID": line["LineItemID"], **{key: line[key] for key in _LINE_KEYS if key in line}}
    if "UnitAmount" in line:
        shown["UnitAmount"] = rounded(line["UnitAmount"], 4)
        shown |= {"Quantity": line["Quantity"], "TaxAmount": line["TaxAmount"]}
    if paged and "UnitAmount" in line:
        shown.setdefault("DiscountAmount", rounded(orders.discount(line)))
    if line.get("ItemCode") or not paged:
        shown["ItemCode"] = line.get("ItemCode", "")
    return {**shown, "Tracking": line.get("Tracking", [])}


# --- rules -----------------------------------------------------------------------------------------------------------


def create(context: Context, data: dict) -> dict:
    status = data.get("Status", "DRAFT").upper()
    problems = Problems()
    if status not in NEW_STATUSES:
        problems.add(NEW_STATUS.format(new=status))
    if "Date" not in data:
        problems.add(NO_DATE)
    problems.check()
    row = {
        "QuoteID": context.ids.new(),
        "ContactID": contacts.of_document(context, data.get("Contact"))["ContactID"],
        "Status": status,
        "LineAmountTypes": "Exclusive",
        "LineItems": [],
    }
    return _put(context, _filled(context, row, data))


def update(context: Context, row: dict, data: dict) -> dict:
    """The quote as `data` changes it; Terms and QuoteNumber are anew with every update, as recorded."""
    status = data.get("Status", row["Status"]).upper()
    if row["Status"] == "DELETED":
        raise Invalid(FINAL)
    if status != row["Status"] and status not in TRANSITIONS[row["Status"]]:
        raise Invalid(STATUS_CHANGE.format(old=row["Status"], new=status))
    changed = {key: value for key, value in row.items() if key not in ("QuoteNumber", "Terms")} | {"Status": status}
    if "Contact" in data:
        changed["ContactID"] = orders.contact_of(context, data["Contact"])["ContactID"]
    if row["Status"] in SETTLED:
        _check_frozen(row, _filled(context, {**row, "Status": status}, data))
        data = {key: value for key, value in data.items() if key != "LineItems"}
    return _put(context, _filled(context, changed, data))


def match(context: Context, data: dict) -> dict | None:
    return context.table("Quotes").one("number", data.get("QuoteNumber", "").lower())


def echo(data: dict) -> dict:
    return {"LineItems": [], **data}


def _check_frozen(row: dict, changed: dict) -> None:
    if any(row.get(key) != changed.get(key) for key in _FROZEN):
        raise Invalid(ONLY_NOTES.format(status=row["Status"]))


def _put(context: Context, row: dict) -> dict:
    return context.table("Quotes").put({**row, "UpdatedDateUTC": context.now})


def _filled(context: Context, row: dict, data: dict) -> dict:
    problems = Problems()
    taken = (*_NOTES, "Date", "ExpiryDate", "BrandingThemeID")
    new = {**row, **{key: data[key] for key in taken if key in data}}
    orders.fill_types(new, data, problems)
    documents.fill_currency(context, new, data, problems)
    kind = {"Type": "QUOTE", "LineAmountTypes": new["LineAmountTypes"]}
    builder = orders.QuoteLines(context, kind, is_sale=True, problems=problems)
    orders.fill_lines(builder, new, row, data, problems)
    number = data.get("QuoteNumber") or row.get("QuoteNumber") or orders.next_number(context, "Quotes", "QU-")
    new["QuoteNumber"] = number
    holder = context.table("Quotes").one("number", number.lower())
    if holder and holder["QuoteID"] != new["QuoteID"]:
        problems.add(NUMBER_TAKEN)
    branding_themes.check(context, data, problems)
    problems.check({"UpdatedDateUTC": context.now, **new})
    return new


SPEC = ResourceSpec(
    name="Quotes",
    model="Quote",
    id_key="QuoteID",
    number_key="QuoteNumber",
    verbs=frozenset({"GET", "PUT", "POST"}),
    render=render,
    create=create,
    update=update,
    match=match,
    echo=echo,
    date_twins=frozenset({"Date", "ExpiryDate"}),
    indexes=(
        Index("id", lambda row: row["QuoteID"].lower()),
        Index("number", lambda row: row["QuoteNumber"].lower()),
    ),
    references={"Contact": ("Contacts", "ContactID")},
    statuses=tuple(TRANSITIONS),
    paged=True,
    always_paged=True,
    shows_pagination=False,
    has_where=False,
    tells_summarise=True,
    filters={
        "QuoteNumber": lambda row, value: value.lower() in row["QuoteNumber"].lower(),
        "Status": query.same("Status"),
        "ContactID": query.same("ContactID"),
        "DateFrom": query.day_filter("Date", least=True),
        "DateTo": query.day_filter("Date", least=False),
        "ExpiryDateFrom": query.day_filter("ExpiryDate", least=True),
        "ExpiryDateTo": query.day_filter("ExpiryDate", least=False),
    },
    attachments=True,
    printed=printing.printer("Quote", "QuoteNumber", render),
)
