"""The declared table of resources; a resource becomes one by being listed here."""

from .resources import (
    accounts,
    bank_transactions,
    bank_transfers,
    batch_payments,
    branding_themes,
    contact_groups,
    contacts,
    credit_notes,
    currencies,
    invoices,
    items,
    journals,
    manual_journals,
    organisations,
    overpayments,
    payments,
    prepayments,
    purchase_orders,
    quotes,
    repeating_invoices,
    tax_rates,
    tracking_categories,
    users,
)
from .spec import ResourceSpec

SPECS: dict[str, ResourceSpec] = {
    module.SPEC.name: module.SPEC
    for module in (
        organisations,
        users,
        accounts,
        tax_rates,
        currencies,
        tracking_categories,
        branding_themes,
        contact_groups,
        purchase_orders,
        quotes,
        repeating_invoices,
        contacts,
        items,
        invoices,
        credit_notes,
        payments,
        bank_transactions,
        overpayments,
        prepayments,
        bank_transfers,
        batch_payments,
        manual_journals,
        journals,
    )
}

#: What Xero has and this simulator has not (README.md lists it).
NOT_IMITATED = frozenset(
    {
        *("Budgets", "Employees", "ExpenseClaims", "InvoiceReminders", "LinkedTransactions", "PaymentServices"),
        *("Receipts", "Setup"),
    }
)

#: Parts below a record that Xero has and this simulator has not, in lower case.
PARTS_NOT_IMITATED = frozenset({"cissettings", "paymentservices"})

_PATHS = {name.lower(): name for name in SPECS} | {"organisation": "Organisations"}


def is_left_out(path_segment: str) -> bool:
    """Whether Xero has such a resource and the simulator has not."""
    return path_segment.lower() in {name.lower() for name in NOT_IMITATED}


def find(path_segment: str) -> ResourceSpec | None:
    """The resource that a path names; the case of paths does not matter."""
    return SPECS.get(_PATHS.get(path_segment.lower(), ""))
