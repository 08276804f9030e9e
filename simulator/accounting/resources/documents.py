"""What invoices, bills and credit notes have in common: statuses, numbers, dates, currency, totals, editing."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .. import stock
from ..arithmetic import rounded, totals
from ..spec import Context
from ..validation import Invalid, Problems
from . import branding_themes, contacts
from .lines import LineBuilder

#: From → what an API call may make of it (xero-api.md 4.2); PAID is the system's own.
TRANSITIONS = {
    "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "SUBMITTED": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "AUTHORISED": {"AUTHORISED", "VOIDED"},
    "PAID": {"PAID"},
    "VOIDED": set(),
    "DELETED": set(),
}
NEW_STATUSES = frozenset({"DRAFT", "SUBMITTED", "AUTHORISED"})
POSTED = frozenset({"AUTHORISED", "PAID"})
#: Approvals a month on the legacy plan Early, which is the class STARTER (xero-api.md 2.2).
APPROVALS = {"ACCREC": 20, "ACCPAY": 5}
LIMITED_CLASS = "STARTER"
NO_MORE_APPROVALS = "You have reached the limit of invoices you can approve"
LINE_AMOUNT_TYPES = {"exclusive": "Exclusive", "inclusive": "Inclusive", "notax": "NoTax"}

#: Largest RoundingAmount of a document (xero-api.md 4.2).
MOST_ROUNDING = Decimal("0.10")

SETTLED = "This document cannot be edited as it has a payment or credit note allocated to it."
SETTLED_STATUS = (
    "The status {status} cannot be applied to the {noun} because it has payments or credit notes allocated to it."
)
LOCKED = "The document date cannot be before the {kind} lock date, currently set at {day}"
LOCKS = {"PeriodLockDate": "period", "EndOfYearLockDate": "end of year"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PRINTABLE = re.compile(r"[\x20-\x7e]*")

#: What a payment freezes: everything that money follows from (xero-api.md 4.2, edits after payment).
_FROZEN = ("Type", "Date", "CurrencyCode", "CurrencyRate", "LineAmountTypes", "SubTotal", "TotalTax", "Total")
_FROZEN_LINE = ("Quantity", "UnitAmount", "LineAmount", "TaxType", "TaxAmount", "ItemCode", "DiscountRate")


@dataclass(frozen=True)
class DocumentKind:
    """What tells invoices and credit notes apart.

    :ivar sides: type → sign of the control account's posting, debit positive
    :ivar sale_type: the type whose numbers are unique and given by Xero when left out
    :ivar taken: plain keys that input sets
    """

    table: str
    id_key: str
    number_key: str
    noun: str
    sides: dict[str, int]
    sale_type: str
    number_prefix: str
    number_taken: str
    category: str
    needs_due_date: bool
    taken: tuple[str, ...]


INVOICES = DocumentKind(
    table="Invoices",
    id_key="InvoiceID",
    number_key="InvoiceNumber",
    noun="Invoice",
    sides={"ACCREC": 1, "ACCPAY": -1},
    sale_type="ACCREC",
    number_prefix="INV-",
    number_taken="Invoice # must be unique.",
    category="INVOICE",
    needs_due_date=True,
    taken=("DueDate", "BrandingThemeID", "Url", "SentToContact", "ExpectedPaymentDate", "PlannedPaymentDate"),
)
CREDIT_NOTES = DocumentKind(
    table="CreditNotes",
    id_key="CreditNoteID",
    number_key="CreditNoteNumber",
    noun="Credit Note",
    sides={"ACCRECCREDIT": -1, "ACCPAYCREDIT": 1},
    sale_type="ACCRECCREDIT",
    number_prefix="CN-",
    number_taken="Credit Note # must be unique.",
    category="CREDITNOTE",
    needs_due_date=False,
    taken=("DueDate", "BrandingThemeID"),
)


def _advance(name: str) -> DocumentKind:
    """Over- and prepayments: born by bank transactions, credit like credit notes (xero-api.md 4.4)."""
    return DocumentKind(
        table=f"{name}s",
        id_key=f"{name}ID",
        number_key="",
        noun=name,
        sides={f"RECEIVE-{name.upper()}": -1, f"SPEND-{name.upper()}": 1},
        sale_type=f"RECEIVE-{name.upper()}",
        number_prefix="",
        number_taken="",
        category=name.upper(),
        needs_due_date=False,
        taken=(),
    )


OVERPAYMENTS = _advance("Overpayment")
PREPAYMENTS = _advance("Prepayment")
#: What a payment or an allocation can name, by the key that names it.
KINDS = {"Invoice": INVOICES, "CreditNote": CREDIT_NOTES, "Overpayment": OVERPAYMENTS, "Prepayment": PREPAYMENTS}


def kind_of(row: dict, *, among: tuple[str, ...] = tuple(KINDS)) -> DocumentKind:
    """The kind of the document that a payment or an allocation belongs to."""
    return next(KINDS[name] for name in among if row.get(KINDS[name].id_key))


def create(context: Context, kind: DocumentKind, data: dict) -> dict:
    """A new document, saved and posted.

    :raises Invalid: with everything that is wrong
    """
    status = data.get("Status", "DRAFT").upper()
    problems = Problems()
    if data.get("Type") not in kind.sides:
        problems.add(f"'{data.get('Type', '')}' is not a valid {kind.noun} type.")
    if status not in NEW_STATUSES:
        problems.add(f"{kind.noun} not of valid status for creation")
    if "LineItems" not in data or (status == "AUTHORISED" and not data["LineItems"]):
        problems.add("One or more line items must be specified")
    problems.check()
    row = {
        kind.id_key: context.ids.new(),
        "Type": data["Type"],
        "Status": status,
        "ContactID": contacts.of_document(context, data.get("Contact"))["ContactID"],
        "LineAmountTypes": "Exclusive",
        "LineItems": [],
        "SentToContact": False,
        "App": context.app,
    }
    return _save(context, kind, _filled(context, kind, row, data), None)


def update(context: Context, kind: DocumentKind, row: dict, data: dict) -> dict:
    """The document as `data` changes it.

    :raises Invalid: where its status, its payments or its data do not allow that
    """
    status = data.get("Status", row["Status"]).upper()
    _check_transition(context, kind, row, status)
    if status in ("VOIDED", "DELETED"):
        _check_locks(context, row["Date"], row["Status"])
        return _save(context, kind, {**row, "Status": status}, row)
    changed = {**row, "Status": status}
    if "Contact" in data:
        changed["ContactID"] = _contact_of_update(context, row, data["Contact"])
    changed = _filled(context, kind, changed, data)
    if is_settled(context, kind, row):
        _check_frozen(row, changed)
        _check_credited_contact(context, kind, row, changed)
    return _save(context, kind, changed, row)


def is_settled(context: Context, kind: DocumentKind, row: dict) -> bool:
    """Whether anything has been paid or allocated."""
    index = kind.table.lower()
    payments = context.table("Payments").by(index, row[kind.id_key])
    return any(payment["Status"] != "DELETED" for payment in payments) or bool(
        context.table("Allocations").by(index, row[kind.id_key])
    )


def check_open_date(context: Context, day: date) -> None:
    """
    :raises Invalid: where `day` lies in a locked period
    """
    _check_locks(context, day, "AUTHORISED")


def touch(context: Context, kind: DocumentKind, row: dict) -> dict:
    """Save a row whose amounts a payment or an allocation has changed."""
    saved = context.table(kind.table).put({**row, "UpdatedDateUTC": context.now})
    context.events.append((kind.category, "UPDATE", row[kind.id_key]))
    return saved


def refresh(context: Context, kind: DocumentKind, row_id: str) -> dict:
    """Compute anew what is open of a document, after a payment or an allocation has come or gone."""
    return touch(context, kind, settled_amounts(context, kind, context.table(kind.table).get(row_id)))


def currency_rate(context: Context, currency: str, given: Decimal | None, problems: Problems) -> Decimal:
    """Document currency per one unit of base currency (xero-api.md 4.2); the organisation's own when not given."""
    if currency == context.organisation.base_currency:
        return Decimal("1.000000")
    rate = rounded(given if given is not None else context.organisation.day_rate(currency), 6)
    if rate <= 0:
        problems.add("The currency rate must be greater than zero.")
        return Decimal(1)
    if rate == 1:
        context.warnings.append(f"The currency rate of {currency} is 1:1, please check that it is correct.")
    return rate


# --- filling in ------------------------------------------------------------------------------------------------------


def _filled(context: Context, kind: DocumentKind, row: dict, data: dict) -> dict:
    """The row with what was sent, defaults and totals.

    :raises Invalid: with everything that is wrong
    """
    problems = Problems()
    new = {**row, **{key: data[key] for key in kind.taken if key in data}}
    new["Date"] = data.get("Date") or row.get("Date") or context.today
    _fill_types(new, data, problems)
    _fill_reference(kind, new, data)
    fill_currency(context, new, data, problems)
    _fill_lines(context, kind, new, row, data, problems)
    _fill_number(context, kind, new, data, problems)
    _check_dates(context, kind, new, row, problems)
    if "xero" in (new.get("Url") or "").lower():
        problems.add("The Url must not contain 'xero'.")
    branding_themes.check(context, data, problems)
    problems.check(_attempt(context, kind, new) if problems.messages else None)
    return new


def _attempt(context: Context, kind: DocumentKind, new: dict) -> dict | None:
    """A document that is refused, as far as it can be shown."""
    if kind.needs_due_date and "DueDate" not in new:
        return None
    return {"UpdatedDateUTC": context.now, **settled_amounts(context, kind, new)}


def _fill_types(new: dict, data: dict, problems: Problems) -> None:
    if "LineAmountTypes" in data:
        written = LINE_AMOUNT_TYPES.get(data["LineAmountTypes"].lower())
        if written is None:
            problems.add(f"'{data['LineAmountTypes']}' is not a valid value for LineAmountTypes.")
        new["LineAmountTypes"] = written or "Exclusive"


def _fill_reference(kind: DocumentKind, new: dict, data: dict) -> None:
    """Only sales documents have a reference; of a bill the number is shown as one (xero-api.md 4.2)."""
    if new["Type"] == kind.sale_type and "Reference" in data:
        new["Reference"] = data["Reference"]


def fill_currency(context: Context, new: dict, data: dict, problems: Problems) -> None:
    """Currency and rate of a document, the organisation's own where none are sent."""
    base = context.organisation.base_currency
    currency = data.get("CurrencyCode", new.get("CurrencyCode", base)).upper()
    if context.table("Currencies").get(currency) is None:
        problems.add(f"Organisation is not subscribed to currency {currency}")
        currency = base
    rate = data.get("CurrencyRate")
    if rate is None and currency == new.get("CurrencyCode"):
        rate = new.get("CurrencyRate")
    new["CurrencyRate"] = currency_rate(context, currency, rate, problems)
    new["CurrencyCode"] = currency


def _fill_lines(context: Context, kind: DocumentKind, new: dict, row: dict, data: dict, problems: Problems) -> None:
    """A LineItems key that is left out leaves the lines alone (xero-api.md 4.2)."""
    is_sale = new["Type"] == kind.sale_type
    builder = LineBuilder(context, new, is_sale=is_sale, approved=new["Status"] in POSTED, problems=problems)
    if "LineItems" in data:
        new["LineItems"] = builder.build(data["LineItems"], row["LineItems"])
    elif new["LineAmountTypes"] != row["LineAmountTypes"] or new["Status"] != row["Status"]:
        new["LineItems"] = builder.rebuild(row["LineItems"], keep_tax=new["LineAmountTypes"] == row["LineAmountTypes"])
    if new["Status"] == "AUTHORISED" and not new["LineItems"]:
        problems.add("One or more line items must be specified")
    new |= totals(new["LineItems"], inclusive=builder.inclusive)
    new["TotalDiscount"] = sum((_discount(line) for line in new["LineItems"]), Decimal("0.00"))
    new["RoundingAmount"] = _rounding(new, row, data)
    new["Total"] += new["RoundingAmount"]
    if new["Total"] < 0 and not problems.messages:
        problems.add("The document total must not be negative.")
    if "Total" in data and rounded(data["Total"]) != new["Total"]:
        problems.add("The document total does not equal the sum of the lines.")


def _rounding(new: dict, row: dict, data: dict) -> Decimal:
    """What is added to the total: 0.10 at most, of a submitted document, and where the totals sent agree with it."""
    if "LineItems" not in data and "RoundingAmount" not in data:
        return row.get("RoundingAmount", Decimal("0.00"))
    rounding = rounded(data.get("RoundingAmount", Decimal(0)))
    sums = {"SubTotal": new["SubTotal"], "TotalTax": new["TotalTax"], "Total": new["Total"] + rounding}
    agrees = all(key in data and rounded(data[key]) == amount for key, amount in sums.items())
    fits = abs(rounding) <= MOST_ROUNDING and new["Status"] in (*POSTED, "SUBMITTED")
    return rounding if agrees and fits else Decimal("0.00")


def _discount(line: dict) -> Decimal:
    if not {"DiscountRate", "DiscountAmount"} & set(line):
        return Decimal(0)
    return rounded(line["Quantity"] * line["UnitAmount"]) - line["LineAmount"]


def _fill_number(context: Context, kind: DocumentKind, new: dict, data: dict, problems: Problems) -> None:
    number = data.get(kind.number_key) or new.get(kind.number_key)
    if not number and new["Type"] == kind.sale_type:
        number = _next_number(context, kind)
    if number:
        new[kind.number_key] = number
        if not _PRINTABLE.fullmatch(number):
            problems.add(f"{kind.number_key} can only contain printable ASCII characters.")
    if number and new["Type"] == kind.sale_type:
        holder = context.table(kind.table).one("unique_number", number.lower())
        if holder and holder[kind.id_key] != new[kind.id_key]:
            problems.add(kind.number_taken)


def _next_number(context: Context, kind: DocumentKind) -> str:
    table = context.table(kind.table)
    while True:
        number = f"{kind.number_prefix}{context.organisation.next_in_sequence(kind.table):04}"
        if table.one("unique_number", number.lower()) is None:
            return number


def _check_dates(context: Context, kind: DocumentKind, new: dict, row: dict, problems: Problems) -> None:
    if kind.needs_due_date and "DueDate" not in new:
        if new["Status"] == "AUTHORISED":
            problems.add("The document DueDate field must be specified.")
        else:
            new["DueDate"] = new["Date"]
    for day, status in ((new["Date"], new["Status"]), (row.get("Date"), row["Status"])):
        try:
            _check_locks(context, day or new["Date"], status)
        except Invalid as locked:
            problems.extend(locked.messages)


# --- what forbids a change -------------------------------------------------------------------------------------------


def _check_transition(context: Context, kind: DocumentKind, row: dict, status: str) -> None:
    if status in TRANSITIONS[row["Status"]] and not (status == "VOIDED" and is_settled(context, kind, row)):
        return
    if row["Status"] in POSTED and status != "DELETED" and is_settled(context, kind, row):
        raise Invalid(SETTLED_STATUS.format(status=status, noun=kind.noun.lower()))
    raise Invalid(f"{kind.noun} not of valid status for modification")


def _check_frozen(row: dict, changed: dict) -> None:
    lines = [[line.get(key) for key in _FROZEN_LINE] for line in row["LineItems"]]
    new_lines = [[line.get(key) for key in _FROZEN_LINE] for line in changed["LineItems"]]
    if lines != new_lines or any(row.get(key) != changed.get(key) for key in _FROZEN):
        raise Invalid(SETTLED)


def _check_locks(context: Context, day: date, status: str) -> None:
    """Only what is posted is bound by a lock; `day` itself may not lie on the lock date or before."""
    if status not in POSTED:
        return
    messages = []
    for key, kind in LOCKS.items():
        lock = context.organisation.settings.get(key)
        if lock and day <= lock:
            messages.append(LOCKED.format(kind=kind, day=f"{lock.day:02}-{_MONTHS[lock.month - 1]}-{lock.year}"))
    if messages:
        raise Invalid(*messages)


def _check_credited_contact(context: Context, kind: DocumentKind, row: dict, changed: dict) -> None:
    """What a credit has been allocated to stays with its contact (xero-api.md 4.2, edits after payment)."""
    credited = context.table("Allocations").by(kind.table.lower(), row[kind.id_key])
    if credited and row["ContactID"] != changed["ContactID"]:
        raise Invalid(SETTLED)


def _contact_of_update(context: Context, row: dict, data: dict) -> str:
    """The document's own contact may be named again although it has been archived since."""
    own = context.table("Contacts").get(row["ContactID"])
    if data.get("ContactID", "").lower() == own["ContactID"] and not set(data) - contacts.NAMING_KEYS:
        return row["ContactID"]
    return contacts.of_document(context, data)["ContactID"]


# --- saving ----------------------------------------------------------------------------------------------------------


def _save(context: Context, kind: DocumentKind, new: dict, old: dict | None) -> dict:
    if new["Status"] == "AUTHORISED" and (old is None or old["Status"] not in POSTED):
        _count_approval(context, new)
    new = settled_amounts(context, kind, new)
    new["UpdatedDateUTC"] = _update_stamp(context, kind, new, old)
    saved = context.table(kind.table).put(new)
    if new["Status"] in ("AUTHORISED", "PAID", "VOIDED"):
        _post(context, kind, new, old)
    contacts.mark(context, new["ContactID"], "IsCustomer" if new["Type"] == kind.sale_type else "IsSupplier")
    context.events.append((kind.category, "UPDATE" if old else "CREATE", new[kind.id_key]))
    return saved


def _count_approval(context: Context, row: dict) -> None:
    """
    :raises Invalid: where the plan of the organisation allows no more this month
    """
    organisation, limit = context.organisation, APPROVALS.get(row["Type"])
    if limit is None or organisation.settings.get("Class") != LIMITED_CLASS:
        return
    if organisation.next_in_sequence(f"approvals of {row['Type']} in {context.today:%Y-%m}") > limit:
        raise Invalid(NO_MORE_APPROVALS)


def settled_amounts(context: Context, kind: DocumentKind, row: dict) -> dict:
    """The row with what is paid, credited and open; PAID when nothing is left of a posted document."""
    paid, credited, last = _settlements(context, kind, row)
    new = {**row, "AmountPaid": paid, "AmountCredited": credited, "AmountDue": row["Total"] - paid - credited}
    if row["Status"] in POSTED:
        new["Status"] = "AUTHORISED" if new["AmountDue"] else "PAID"
    if new["Status"] == "PAID":
        new["FullyPaidOnDate"] = max(last or row["Date"], row["Date"])
    else:
        new.pop("FullyPaidOnDate", None)
    return new


def _settlements(context: Context, kind: DocumentKind, row: dict):
    """(paid, allocated, date of the last settlement)"""
    index, row_id = kind.table.lower(), row[kind.id_key]
    payments = [one for one in context.table("Payments").by(index, row_id) if one["Status"] != "DELETED"]
    allocations = context.table("Allocations").by(index, row_id)
    days = [one["Date"] for one in (*payments, *allocations)]
    zero = Decimal("0.00")
    return (
        sum((one["Amount"] for one in payments), zero),
        sum((one["Amount"] for one in allocations), zero),
        max(days, default=None),
    )


def _update_stamp(context: Context, kind: DocumentKind, new: dict, old: dict | None):
    """Due date and sent mark of a part-paid document do not count as an update (xero-api.md 3.5)."""
    if old is None or not is_settled(context, kind, old):
        return context.now
    ignored = {"UpdatedDateUTC", "LineItems"}
    changed = {key for key in new.keys() | old.keys() if key not in ignored and new.get(key) != old.get(key)}
    only_marks = bool(changed) and changed <= {"DueDate", "SentToContact"} and new["LineItems"] == old["LineItems"]
    return old["UpdatedDateUTC"] if only_marks else context.now


def _post(context: Context, kind: DocumentKind, new: dict, old: dict | None) -> None:
    ledger = context.organisation.ledger
    was, now = (one if one is not None and one["Status"] in POSTED else None for one in (old, new))
    with stock.no_overselling(context, was, now):
        if was:
            ledger.reverse(context, new[kind.id_key])
        if now:
            ledger.post_document(context, kind, new)
