"""What Xero refuses of organisations that hold very much (xero-api.md 2.2 and 3.8)."""

from . import query
from .spec import Context, ResourceSpec
from .validation import CallRefused

#: Resource → orders that are served at any size; lists of other resources are never refused.
ORDERS = {
    "Invoices": {"invoiceid", "updateddateutc", "date"},
    "Contacts": {"contactid", "updateddateutc", "name"},
    "CreditNotes": {"updateddateutc", "date", "creditnoteid"},
    "BankTransactions": {"updateddateutc", "date", "banktransactionid"},
    "ManualJournals": {"updateddateutc", "date", "manualjournalid"},
    "Payments": {"updateddateutc", "date", "paymentid"},
    "PurchaseOrders": {"updateddateutc", "date", "purchaseorderid"},
}


class TooMuch(CallRefused):
    """The list would have to be searched or given as a whole."""

    error_number = 10
    error_type = "ValidationException"


def check(context: Context, spec: ResourceSpec, where, order: str | None) -> None:
    """
    :param where: the parsed filter, None where there is none
    :raises TooMuch: where so many records are to be searched or sorted by what Xero has no index for
    """
    if spec.name not in ORDERS or len(context.table(spec.name)) <= context.high_volume:
        return
    known = {path.lower() for path in spec.optimised}
    ordered = {part.split()[0].lower() for part in (order or "").split(",") if part.split()}
    if not query.paths_of(where) <= known or not ordered <= ORDERS[spec.name]:
        raise _refusal(spec)


def check_answer(context: Context, spec: ResourceSpec, paging, count: int) -> None:
    """
    :raises TooMuch: where all of so many records are asked for in one answer
    """
    if spec.name in ORDERS and paging is None and count > context.high_volume:
        raise _refusal(spec)


def _refusal(spec: ResourceSpec) -> TooMuch:
    return TooMuch(
        f"Your request is not filtering {spec.name} efficiently, given the extremely high volume of {spec.name} "
        "in this organisation. Use paging and optimised filters and orders."
    )
