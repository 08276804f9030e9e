"""The accounting half of the simulator: Xero's Accounting API over one organisation's books."""

from ..calls import ApiCall, Reply
from . import handlers

#: Resource → scopes that open it, granular first (xero-api.md 1.6); each has a ".read" twin that opens it for GET.
_SCOPES = {
    "organisation": ("accounting.settings",),
    "organisations": ("accounting.settings",),
    "users": ("accounting.settings",),
    "accounts": ("accounting.settings",),
    "taxrates": ("accounting.settings",),
    "currencies": ("accounting.settings",),
    "attachments": ("accounting.attachments",),
    "brandingthemes": ("accounting.settings",),
    "trackingcategories": ("accounting.settings",),
    "items": ("accounting.settings", "accounting.invoices", "accounting.transactions"),
    "contacts": ("accounting.contacts",),
    "contactgroups": ("accounting.contacts",),
    "invoices": ("accounting.invoices", "accounting.transactions"),
    "creditnotes": ("accounting.invoices", "accounting.transactions"),
    "quotes": ("accounting.invoices", "accounting.transactions"),
    "purchaseorders": ("accounting.invoices", "accounting.transactions"),
    "repeatinginvoices": ("accounting.invoices", "accounting.transactions"),
    "linkedtransactions": ("accounting.invoices", "accounting.transactions"),
    "payments": ("accounting.payments", "accounting.transactions"),
    "batchpayments": ("accounting.payments", "accounting.transactions"),
    "overpayments": ("accounting.payments", "accounting.transactions"),
    "prepayments": ("accounting.payments", "accounting.transactions"),
    "banktransactions": ("accounting.banktransactions", "accounting.transactions"),
    "banktransfers": ("accounting.banktransactions", "accounting.transactions"),
    "manualjournals": ("accounting.manualjournals", "accounting.transactions"),
}
#: Report → its granular scope; the broad one opens them all.
_REPORT_SCOPES = {
    "trialbalance": "accounting.reports.trialbalance.read",
    "balancesheet": "accounting.reports.balancesheet.read",
    "profitandloss": "accounting.reports.profitandloss.read",
    "banksummary": "accounting.reports.banksummary.read",
    "executivesummary": "accounting.reports.executivesummary.read",
    "agedreceivablesbycontact": "accounting.reports.aged.read",
    "agedpayablesbycontact": "accounting.reports.aged.read",
    "budgetsummary": "accounting.reports.budgetsummary.read",
}
_ALL_REPORTS = "accounting.reports.read"
#: These exist for reading only.
_READ_SCOPES = {
    "journals": ("accounting.journals.read",),
    "budgets": ("accounting.budgets.read",),
}


def handle(call: ApiCall) -> Reply:
    """Answer one call that has passed the platform's stages; never raises for bad input."""
    return handlers.answer(call)


def required_scope(method: str, resource: str) -> tuple[str, ...]:
    """Scopes of which any one opens `resource` for `method`; empty where none is needed.

    :param resource: first part of the path, of a report the first two: "Reports/BalanceSheet"
    """
    name, _, report = resource.lower().partition("/")
    if name == "reports":
        return tuple(filter(None, (_REPORT_SCOPES.get(report), _ALL_REPORTS)))
    if name in _READ_SCOPES:
        return _READ_SCOPES[name]
    scopes = _SCOPES.get(name, ())
    if method != "GET":
        return scopes
    return (*scopes, *(f"{scope}.read" for scope in scopes))
