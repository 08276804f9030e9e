"""The declared table of rooms: which records of an organisation are listed where, with which columns."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .cells import Column

CONTACT = Column("Contact", "Contact.Name", to="contacts", by="Contact.ContactID")
DATE = Column("Date", "Date", "day")
DUE = Column("Due", "DueDate", "day")
STATUS = Column("Status", "Status", "badge")
TOTAL = Column("Total", "Total", "money")
OPEN = Column("Open", "AmountDue RemainingCredit", "money")
CURRENCY = Column("Currency", "CurrencyCode")
REFERENCE = Column("Reference", "Reference")
BANK = Column("Account", "BankAccount.Name Account.Name", to="accounts", by="BankAccount.AccountID Account.AccountID")
RATE = Column("Currency rate", "CurrencyRate", "plain number")
TAXED = Column("Amounts are", "LineAmountTypes", "words")


@dataclass(frozen=True)
class Room:
    """One list of records and the page of each of them.

    :ivar slug: part of the address below the organisation's
    :ivar resource: resource of the accounting API, also the table of the rows
    :ivar plural: its name in the menu
    :ivar singular: what one record is called
    :ivar columns: of the list
    :ivar facts: on the page of one record, besides the columns of the list
    :ivar title: paths of what a record is called
    :ivar keep: whether a row belongs here
    :ivar status_key: what the list can be narrowed by
    :ivar search: keys of a row that a search looks at, besides the contact's name
    :ivar order: paths of what the list is ordered by; the latest first
    """

    slug: str
    resource: str
    plural: str
    singular: str
    columns: tuple[Column, ...]
    facts: tuple[Column, ...] = ()
    title: str = "Reference"
    keep: Callable[[dict], bool] = lambda row: True
    status_key: str = "Status"
    search: tuple[str, ...] = ("Reference",)
    order: tuple[str, ...] = ("Date", "UpdatedDateUTC")
    ascending: bool = False


def _typed(*types: str) -> Callable[[dict], bool]:
    return lambda row: row.get("Type") in types


def _self(words: str, path: str, slug: str, by: str) -> Column:
    return Column(words, path, to=slug, by=by)


INVOICE_FACTS = (
    REFERENCE,
    TAXED,
    RATE,
    Column("Sent", "SentToContact"),
    Column("Paid in full", "FullyPaidOnDate", "day"),
)
_INVOICE = (CONTACT, DATE, DUE, REFERENCE, STATUS, TOTAL, OPEN, CURRENCY)
_CREDIT = (CONTACT, DATE, REFERENCE, STATUS, TOTAL, OPEN, CURRENCY)
_ADVANCE = (Column("Kind", "Type", "words"), CONTACT, DATE, STATUS, TOTAL, OPEN, CURRENCY)


def _invoices(slug: str, plural: str, singular: str, kind: str) -> Room:
    number = _self("Number", "InvoiceNumber", slug, "InvoiceID")
    more = {"title": "InvoiceNumber Reference", "keep": _typed(kind), "search": ("InvoiceNumber", "Reference")}
    return Room(slug, "Invoices", plural, singular, (number, *_INVOICE), INVOICE_FACTS, **more)


def _credits(slug: str, plural: str, singular: str, kind: str) -> Room:
    number = _self("Number", "CreditNoteNumber", slug, "CreditNoteID")
    more = {"title": "CreditNoteNumber Reference", "keep": _typed(kind), "search": ("CreditNoteNumber", "Reference")}
    return Room(slug, "CreditNotes", plural, singular, (number, *_CREDIT), (TAXED, RATE), **more)


INVOICES = _invoices("invoices", "Invoices", "Invoice", "ACCREC")
BILLS = _invoices("bills", "Bills", "Bill", "ACCPAY")
CREDIT_NOTES = _credits("credit-notes", "Credit notes", "Credit note", "ACCRECCREDIT")
SUPPLIER_CREDITS = _credits("supplier-credits", "Supplier credits", "Supplier credit", "ACCPAYCREDIT")
QUOTES = Room(
    "quotes",
    "Quotes",
    "Quotes",
    "Quote",
    (
        _self("Number", "QuoteNumber", "quotes", "QuoteID"),
        CONTACT,
        Column("Title", "Title"),
        DATE,
        Column("Expires", "ExpiryDate", "day"),
        STATUS,
        TOTAL,
        CURRENCY,
    ),
    (REFERENCE, Column("Summary", "Summary"), Column("Terms", "Terms"), TAXED, RATE),
    title="QuoteNumber",
    search=("QuoteNumber", "Reference", "Title"),
)
REPEATING = Room(
    "repeating",
    "RepeatingInvoices",
    "Repeating",
    "Repeating document",
    (
        _self("Reference", "Reference", "repeating", "RepeatingInvoiceID"),
        Column("Kind", "Type", "words"),
        CONTACT,
        Column("Every", "Schedule.Unit", "words"),
        Column("Next", "Schedule.NextScheduledDate", "day"),
        STATUS,
        TOTAL,
        CURRENCY,
    ),
    (TAXED,),
    order=("UpdatedDateUTC",),
)
ORDERS = Room(
    "purchase-orders",
    "PurchaseOrders",
    "Purchase orders",
    "Purchase order",
    (
        _self("Number", "PurchaseOrderNumber", "purchase-orders", "PurchaseOrderID"),
        CONTACT,
        DATE,
        Column("Delivery", "DeliveryDate", "day"),
        REFERENCE,
        STATUS,
        TOTAL,
        CURRENCY,
    ),
    (TAXED, RATE, Column("Deliver to", "DeliveryAddress"), Column("Attention", "AttentionTo")),
    title="PurchaseOrderNumber",
    search=("PurchaseOrderNumber", "Reference"),
)
BANK_TRANSACTIONS = Room(
    "bank-transactions",
    "BankTransactions",
    "Bank transactions",
    "Bank transaction",
    (
        _self("Date", "DateString Date", "bank-transactions", "BankTransactionID"),
        Column("Kind", "Type", "words"),
        BANK,
        CONTACT,
        REFERENCE,
        STATUS,
        TOTAL,
        CURRENCY,
    ),
    (TAXED, RATE, Column("Reconciled", "IsReconciled")),
    title="Reference DateString",
)
PAYMENTS = Room(
    "payments",
    "Payments",
    "Payments",
    "Payment",
    (
        _self("Date", "Date", "payments", "PaymentID"),
        Column("Kind", "PaymentType", "words"),
        Column("Of", "Invoice.InvoiceNumber CreditNote.CreditNoteNumber", to="invoices", by="Invoice.InvoiceID"),
        Column("Contact", "Invoice.Contact.Name CreditNote.Contact.Name"),
        BANK,
        REFERENCE,
        STATUS,
        Column("Amount", "Amount", "money"),
    ),
    (Column("Bank amount", "BankAmount", "money"), RATE, Column("Reconciled", "IsReconciled")),
    title="Reference Date",
)
BATCHES = Room(
    "batch-payments",
    "BatchPayments",
    "Batch payments",
    "Batch payment",
    (
        _self("Date", "DateString Date", "batch-payments", "BatchPaymentID"),
        Column("Kind", "Type", "words"),
        BANK,
        REFERENCE,
        STATUS,
        Column("Amount", "TotalAmount", "money"),
    ),
)
TRANSFERS = Room(
    "transfers",
    "BankTransfers",
    "Transfers",
    "Transfer",
    (
        _self("Date", "DateString Date", "transfers", "BankTransferID"),
        Column("From", "FromBankAccount.Name", to="accounts", by="FromBankAccount.AccountID"),
        Column("To", "ToBankAccount.Name", to="accounts", by="ToBankAccount.AccountID"),
        REFERENCE,
        STATUS,
        Column("Amount", "Amount", "money"),
    ),
    (RATE,),
    title="Reference DateString",
)
OVERPAYMENTS = Room(
    "overpayments",
    "Overpayments",
    "Overpayments",
    "Overpayment",
    (_self("Reference", "Reference", "overpayments", "OverpaymentID"), *_ADVANCE),
)
PREPAYMENTS = Room(
    "prepayments",
    "Prepayments",
    "Prepayments",
    "Prepayment",
    (_self("Reference", "Reference", "prepayments", "PrepaymentID"), *_ADVANCE),
)
CONTACTS = Room(
    "contacts",
    "Contacts",
    "Contacts",
    "Contact",
    (
        _self("Name", "Name", "contacts", "ContactID"),
        Column("Number", "ContactNumber AccountNumber"),
        Column("E-mail", "EmailAddress"),
        Column("Status", "ContactStatus", "badge"),
        Column("Owes us", "Balances.AccountsReceivable.Outstanding", "money"),
        Column("We owe", "Balances.AccountsPayable.Outstanding", "money"),
    ),
    (
        Column("First name", "FirstName"),
        Column("Last name", "LastName"),
        Column("Account number", "AccountNumber"),
        Column("Tax number", "TaxNumber"),
        Column("Company number", "CompanyNumber"),
        Column("Currency", "DefaultCurrency"),
        Column("Bank account", "BankAccountDetails"),
        Column("Customer", "IsCustomer"),
        Column("Supplier", "IsSupplier"),
        Column("Website", "Website"),
        Column("Merged into", "MergedToContactID", to="contacts", by="MergedToContactID"),
    ),
    title="Name",
    status_key="ContactStatus",
    search=("Name", "EmailAddress", "ContactNumber", "AccountNumber"),
    order=("Name",),
    ascending=True,
)
GROUPS = Room(
    "contact-groups",
    "ContactGroups",
    "Contact groups",
    "Contact group",
    (_self("Name", "Name", "contact-groups", "ContactGroupID"), STATUS),
    title="Name",
    search=("Name",),
    order=("Name",),
    ascending=True,
)
ITEMS = Room(
    "items",
    "Items",
    "Items",
    "Item",
    (
        _self("Code", "Code", "items", "ItemID"),
        Column("Name", "Name"),
        Column("Sales price", "SalesDetails.UnitPrice", "price"),
        Column("Sales account", "SalesDetails.AccountCode"),
        Column("Cost price", "PurchaseDetails.UnitPrice", "price"),
        Column("Cost account", "PurchaseDetails.AccountCode PurchaseDetails.COGSAccountCode"),
        Column("On hand", "QuantityOnHand", "number"),
        Column("Average cost", "_AverageCost", "price"),
    ),
    (
        Column("Description", "Description"),
        Column("Description for purchases", "PurchaseDescription"),
        Column("Sales tax", "SalesDetails.TaxType"),
        Column("Purchases tax", "PurchaseDetails.TaxType"),
        Column("Tracked", "IsTrackedAsInventory"),
        Column("Stock account", "InventoryAssetAccountCode"),
        Column("Stock value", "TotalCostPool", "money"),
    ),
    title="Code",
    status_key="",
    search=("Code", "Name", "Description"),
    order=("Code",),
    ascending=True,
)
ACCOUNTS = Room(
    "accounts",
    "Accounts",
    "Chart of accounts",
    "Account",
    (
        Column("Code", "Code"),
        _self("Name", "Name", "accounts", "AccountID"),
        Column("Class", "Class", "words"),
        Column("Type", "Type", "words"),
        Column("Tax", "TaxType"),
        STATUS,
        Column("Balance", "_Balance", "money"),
    ),
    (
        Column("System account", "SystemAccount", "words"),
        Column("Bank account number", "BankAccountNumber"),
        Column("Currency", "CurrencyCode"),
        Column("Takes payments", "EnablePaymentsToAccount"),
        Column("Description", "Description"),
    ),
    title="Name",
    search=("Name", "Code"),
    order=("Code", "Name"),
    ascending=True,
)
TAX_RATES = Room(
    "tax-rates",
    "TaxRates",
    "Tax rates",
    "Tax rate",
    (
        _self("Name", "Name", "tax-rates", "TaxType"),
        Column("Type", "TaxType", "code"),
        Column("Rate", "DisplayTaxRate", "number"),
        Column("Effective", "EffectiveRate", "number"),
        STATUS,
    ),
    (
        Column("Report as", "ReportTaxType"),
        Column("For revenue", "CanApplyToRevenue"),
        Column("For expenses", "CanApplyToExpenses"),
        Column("For assets", "CanApplyToAssets"),
        Column("For liabilities", "CanApplyToLiabilities"),
        Column("For equity", "CanApplyToEquity"),
    ),
    title="Name",
    search=("Name", "TaxType"),
    order=("Name",),
    ascending=True,
)
TRACKING = Room(
    "tracking",
    "TrackingCategories",
    "Tracking",
    "Tracking category",
    (_self("Name", "Name", "tracking", "TrackingCategoryID"), STATUS),
    title="Name",
    search=("Name",),
    order=("Name",),
    ascending=True,
)
MANUAL = Room(
    "manual-journals",
    "ManualJournals",
    "Manual journals",
    "Manual journal",
    (
        _self("Narration", "Narration", "manual-journals", "ManualJournalID"),
        DATE,
        Column("Amounts are", "LineAmountTypes", "words"),
        STATUS,
    ),
    (Column("On cash reports", "ShowOnCashBasisReports"),),
    title="Narration",
    search=("Narration",),
)

ROOMS: dict[str, Room] = {
    room.slug: room
    for room in (
        *(CONTACTS, GROUPS, ITEMS, INVOICES, QUOTES, CREDIT_NOTES, REPEATING, BILLS, ORDERS, SUPPLIER_CREDITS),
        *(BANK_TRANSACTIONS, PAYMENTS, BATCHES, TRANSFERS, OVERPAYMENTS, PREPAYMENTS),
        *(ACCOUNTS, TAX_RATES, TRACKING, MANUAL),
    )
}


@dataclass(frozen=True)
class Group:
    """Rooms that stand together in the menu."""

    words: str
    entries: tuple[tuple[str, str], ...] = field(default_factory=tuple)


def _group(words: str, *rooms: Room, more: tuple[tuple[str, str], ...] = ()) -> Group:
    return Group(words, (*((room.slug, room.plural) for room in rooms), *more))


MENU = (
    Group("", (("", "Dashboard"),)),
    _group("Master data", CONTACTS, GROUPS, ITEMS),
    _group("Sales", INVOICES, QUOTES, CREDIT_NOTES, REPEATING),
    _group("Purchases", BILLS, ORDERS, SUPPLIER_CREDITS),
    _group("Bank", BANK_TRANSACTIONS, PAYMENTS, BATCHES, TRANSFERS, OVERPAYMENTS, PREPAYMENTS),
    _group("Books", ACCOUNTS, MANUAL, TAX_RATES, TRACKING, more=(("ledger", "General ledger"), ("reports", "Reports"))),
)
#: Resource → slug of the room that shows any record of it.
HOME = {room.resource: room.slug for room in reversed(ROOMS.values())}


def room_of(resource: str, row: dict) -> Room | None:
    """The room that lists this row."""
    return next((room for room in ROOMS.values() if room.resource == resource and room.keep(row)), None)
