"""OAuth scopes: which exist and what the consent page says about each (xero-api.md 1.6)."""

IDENTITY = {
    "openid": "Know who you are in Xero",
    "profile": "View your name",
    "email": "View your email address",
    "offline_access": "Keep the connection when you are not signed in",
}

_ACCOUNTING = {
    "accounting.transactions": "your business transactions",
    "accounting.invoices": "your invoices, credit notes, quotes, purchase orders and items",
    "accounting.payments": "your payments, batch payments, overpayments and prepayments",
    "accounting.banktransactions": "your bank transactions and transfers",
    "accounting.manualjournals": "your manual journals",
    "accounting.classicexpenses": "your expense claims and receipts",
    "accounting.contacts": "your contacts and contact groups",
    "accounting.settings": "your organisation settings, accounts, tax rates and currencies",
    "accounting.attachments": "your attachments",
    "payroll.employees": "your payroll employees",
    "payroll.payruns": "your pay runs",
    "payroll.payslip": "your payslips",
    "payroll.settings": "your payroll settings",
    "payroll.timesheets": "your timesheets",
    "files": "your files library",
    "assets": "your fixed assets",
    "projects": "your projects",
    "paymentservices": "your payment services",
    "bankfeeds": "your bank feeds",
}

_READ_ONLY = {
    "accounting.budgets.read": "View your budgets",
    "accounting.journals.read": "View your general ledger",
    "accounting.reports.read": "View your reports",
    "accounting.reports.aged.read": "View your aged receivables and payables reports",
    "accounting.reports.balancesheet.read": "View your balance sheet",
    "accounting.reports.banksummary.read": "View your bank summary",
    "accounting.reports.budgetsummary.read": "View your budget summary",
    "accounting.reports.executivesummary.read": "View your executive summary",
    "accounting.reports.profitandloss.read": "View your profit and loss",
    "accounting.reports.trialbalance.read": "View your trial balance",
    "accounting.reports.taxreports.read": "View your tax reports",
    "accounting.reports.tenninetynine.read": "View your 1099 report",
    "app.connections": "Manage the connections of this app",
}

#: Scope → the words of the consent page, in the order in which they are shown.
WORDS = (
    IDENTITY
    | {name: f"View and manage {what}" for name, what in _ACCOUNTING.items()}
    | {f"{name}.read": f"View {what}" for name, what in _ACCOUNTING.items()}
    | _READ_ONLY
)

#: Granted to an app only where its seed names them: they need Xero's own approval.
BY_APPROVAL = frozenset({"accounting.journals.read", "paymentservices", "bankfeeds"})


def parse(text: str) -> list[str]:
    """The scopes of a space separated list, in order and without repeats."""
    return list(dict.fromkeys(text.split()))


def unknown(scopes: list[str]) -> list[str]:
    """Those of `scopes` that Xero has not."""
    return [scope for scope in scopes if scope not in WORDS]


def not_allowed(scopes: list[str], app) -> list[str]:
    """Those of `scopes` that `app` may not ask for."""
    allowed = frozenset(app.scopes or ()) or frozenset(WORDS) - BY_APPROVAL
    return [scope for scope in scopes if scope not in allowed and scope not in IDENTITY]


def in_words(scopes: list[str]) -> list[str]:
    """One sentence for each of `scopes`."""
    return [words for scope, words in WORDS.items() if scope in scopes]
