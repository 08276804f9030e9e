"""What purchase orders and quotes have in common: documents without effect on the ledger, natively at four decimals."""

from decimal import Decimal

from ..arithmetic import rounded, totals
from ..spec import Context
from ..validation import Invalid, NotFound, Problems
from . import contacts, documents
from .lines import LineBuilder

NO_CONTACT = "A Contact must be specified for this type of transaction"
NO_LINES = "One or more line items must be specified"


class OrderLines(LineBuilder):
    """Lines of a purchase order: discounts are rates, and an account is not needed."""

    discounts = frozenset({"DiscountRate"})

    def __init__(self, context: Context, document: dict, *, is_sale: bool, problems: Problems):
        super().__init__(context, document, is_sale=is_sale, approved=False, problems=problems)
        self.places = 4

    def _check_discount(self, line: dict) -> None:
        if {"DiscountRate", "DiscountAmount"} & set(line) - self.discounts:
            self.problems.add("Only a DiscountRate may be applied to purchase orders.")


class QuoteLines(OrderLines):
    """Lines of a quote: a tax type only where it is sent, tracking by id alone (xero-api.md 4.6)."""

    discounts = frozenset({"DiscountRate", "DiscountAmount"})
    tracks_by_id = True

    def _find_account(self, line: dict) -> dict | None:
        code = line.get("AccountCode") or line.get("AccountID")
        warned = len(self.context.warnings)
        account = super()._find_account(line)
        if code and account is None:
            # A quote has no place for warnings.
            del self.context.warnings[warned:]
            self.problems.add(f"Account code '{code}' is not a valid code for this document.")
        return account

    def _find_tax_type(self, line: dict, account: dict | None) -> None:
        super()._find_tax_type(line, account if "TaxType" in line else None)


def contact_of(context: Context, data: dict | None) -> dict:
    """The existing contact that an order names by ContactID or ContactNumber; orders make none (xero-api.md 4.5).

    :raises NotFound: for an unknown ContactID
    :raises Invalid: where nobody is named, or the contact is archived
    """
    data = data or {}
    table = context.table("Contacts")
    row = table.get(data.get("ContactID")) or table.one("number", data.get("ContactNumber", "").lower())
    if row is None and data.get("ContactID"):
        raise NotFound
    if row is None:
        raise Invalid(NO_CONTACT)
    contacts.check_usable(row)
    return row


def fill_types(new: dict, data: dict, problems: Problems) -> None:
    """LineAmountTypes in any casing."""
    sent = data.get("LineAmountTypes")
    if sent is None:
        return
    written = documents.LINE_AMOUNT_TYPES.get(sent.lower())
    if written is None:
        problems.add(f"'{sent}' is not a valid value for LineAmountTypes.")
    new["LineAmountTypes"] = written or "Exclusive"


def fill_lines(builder: LineBuilder, new: dict, row: dict, data: dict, problems: Problems) -> None:
    """Lines and totals; a LineItems key that is left out leaves the lines alone."""
    if "LineItems" in data:
        new["LineItems"] = builder.build(data["LineItems"], row["LineItems"])
    elif new["LineAmountTypes"] != row["LineAmountTypes"]:
        new["LineItems"] = builder.rebuild(row["LineItems"], keep_tax=False)
    if not new["LineItems"]:
        problems.add(NO_LINES)
    new |= totals(new["LineItems"], inclusive=builder.inclusive)
    new["TotalDiscount"] = sum((discount(line) for line in new["LineItems"]), Decimal("0.00"))


def discount(line: dict) -> Decimal:
    if not {"DiscountRate", "DiscountAmount"} & set(line):
        return Decimal("0.00")
    return rounded(line["Quantity"] * line["UnitAmount"]) - line["LineAmount"]


def next_number(context: Context, resource: str, prefix: str) -> str:
    """The next automatic number that nobody has."""
    table = context.table(resource)
    while True:
        number = f"{prefix}{context.organisation.next_in_sequence(resource):04}"
        if table.one("number", number.lower()) is None:
            return number
