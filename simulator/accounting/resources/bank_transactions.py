"""BankTransactions (xero-api.md 4.11): money spent and received, and the birth of over- and prepayments."""

from decimal import Decimal

from ...store import Index
from .. import attachments, codec, stock
from ..arithmetic import effective_rate, rounded, tax_of, totals
from ..spec import Context, ResourceSpec
from ..validation import Invalid, Problems
from . import accounts, contacts, documents, lines, tax_rates
from .lines import LineBuilder

#: Type → sign of the bank account's posting.
TYPES = {
    "RECEIVE": 1,
    "SPEND": -1,
    "RECEIVE-OVERPAYMENT": 1,
    "SPEND-OVERPAYMENT": -1,
    "RECEIVE-PREPAYMENT": 1,
    "SPEND-PREPAYMENT": -1,
}
PLAIN = frozenset({"RECEIVE", "SPEND"})
TRANSFERS = frozenset({"RECEIVE-TRANSFER", "SPEND-TRANSFER"})
#: End of the type → kind of the document that is born.
BIRTHS = {"OVERPAYMENT": documents.OVERPAYMENTS, "PREPAYMENT": documents.PREPAYMENTS}

NO_BANK_ACCOUNT = "A valid BankAccount must be specified."
RECONCILED = "This Bank Transaction cannot be edited as it has been reconciled with a Bank Statement."
NOT_MODIFIABLE = "Bank transaction not of valid status for modification"
READ_ONLY = "Bank transactions of type {type} can only be read; use BankTransfers."
ALLOCATED = "The {noun} cannot be voided because it has been allocated or refunded."
NOT_POSITIVE = "The total amount must be greater than zero."
_TAKEN = ("Reference", "IsReconciled", "Url")


def render(context: Context, row: dict, view: str) -> dict:
    account = context.table("Accounts").get(row["BankAccountID"])
    contact = context.table("Contacts").get(row.get("ContactID"))
    single = view in ("full", "written")
    element = {
        "BankTransactionID": row["BankTransactionID"],
        "BankAccount": codec.present({key: account.get(key) for key in ("AccountID", "Code", "Name")}),
        "Type": row["Type"],
        "Reference": row.get("Reference"),
        "Url": row.get("Url"),
        "IsReconciled": row["IsReconciled"],
        "PrepaymentID": row.get("PrepaymentID"),
        "OverpaymentID": row.get("OverpaymentID"),
        "HasAttachments": attachments.has_any(context, "BankTransactions", row["BankTransactionID"]),
        "Contact": contact and (contacts.nested(context, contact) if single else contacts.stub(contact)),
        "DateString": codec.iso_date(row["Date"]),
        "Date": codec.ms_date(row["Date"]),
        "Status": row["Status"],
        "LineAmountTypes": row["LineAmountTypes"],
        "LineItems": render_lines(context, row, view),
        "SubTotal": row["SubTotal"],
        "TotalTax": row["TotalTax"],
        "Total": row["Total"],
        "UpdatedDateUTC": codec.ms_moment(row["UpdatedDateUTC"]),
        "CurrencyCode": row["CurrencyCode"],
        "CurrencyRate": row["CurrencyRate"] if row["CurrencyCode"] != context.organisation.base_currency else None,
    }
    return codec.present(element)


def render_lines(context: Context, row: dict, view: str) -> list[dict]:
    """Lines of a bank transaction, an over- or a prepayment; a list without paging has none."""
    if view == "list":
        return []
    return [lines.render(line, context.places, with_errors=False) for line in row["LineItems"]]


# --- rules -----------------------------------------------------------------------------------------------------------


def create(context: Context, data: dict) -> dict:
    """
    :raises Invalid: with everything that is wrong
    """
    given = data.get("Type", "").upper()
    if given in TRANSFERS:
        raise Invalid(READ_ONLY.format(type=given))
    if given not in TYPES:
        raise Invalid(f"'{data.get('Type', '')}' is not a valid bank transaction type.")
    if data.get("Status", "AUTHORISED").upper() != "AUTHORISED":
        raise Invalid("Bank transaction not of valid status for creation")
    if not data.get("LineItems"):
        raise Invalid("One or more line items must be specified")
    row = {
        "BankTransactionID": context.ids.new(),
        "Type": given,
        "Status": "AUTHORISED",
        "BankAccountID": _bank_account(context, data)["AccountID"],
        "ContactID": contacts.of_document(context, data.get("Contact"))["ContactID"],
        "LineAmountTypes": "NoTax" if given.endswith("OVERPAYMENT") else "Inclusive",
        "LineItems": [],
        "IsReconciled": False,
    }
    new = _filled(context, row, data)
    birth = BIRTHS.get(given.partition("-")[2])
    if birth:
        new[birth.id_key] = context.ids.new()
        context.table(birth.table).put(_born(context, birth, new))
        context.events.append((birth.category, "CREATE", new[birth.id_key]))
    saved = context.table("BankTransactions").put(new)
    with stock.no_overselling(context, new):
        context.organisation.ledger.post_bank_transaction(context, new, TYPES[given], birth and new[birth.id_key])
    contacts.mark(context, new["ContactID"], "IsCustomer" if TYPES[given] > 0 else "IsSupplier")
    return saved


def update(context: Context, row: dict, data: dict) -> dict:
    """Plain ones can be changed and deleted; those with an over- or prepayment only deleted."""
    if row["Type"] in TRANSFERS:
        raise Invalid(READ_ONLY.format(type=row["Type"]))
    status = data.get("Status", row["Status"]).upper()
    if row["Status"] != "AUTHORISED" or status not in ("AUTHORISED", "DELETED", "VOIDED"):
        raise Invalid(NOT_MODIFIABLE)
    if row["IsReconciled"]:
        raise Invalid(RECONCILED)
    documents.check_open_date(context, row["Date"])
    if status != "AUTHORISED":
        return _deleted(context, row)
    if row["Type"] not in PLAIN:
        raise Invalid("Overpayments and prepayments cannot be updated, only deleted.")
    changed = dict(row)
    if data.get("BankAccount"):
        changed["BankAccountID"] = _bank_account(context, data)["AccountID"]
    if data.get("Contact"):
        changed["ContactID"] = contacts.of_document(context, data["Contact"])["ContactID"]
    new = context.table("BankTransactions").put(_filled(context, changed, data))
    with stock.no_overselling(context, row, new):
        context.organisation.ledger.reverse(context, row["BankTransactionID"])
        context.organisation.ledger.post_bank_transaction(context, new, TYPES[new["Type"]])
    return new


def _deleted(context: Context, row: dict) -> dict:
    """What a transaction has given birth to is voided with it, which nothing may stand against."""
    for kind in BIRTHS.values():
        advance = context.table(kind.table).get(row.get(kind.id_key))
        if advance is None:
            continue
        if documents.is_settled(context, kind, advance):
            raise Invalid(ALLOCATED.format(noun=kind.noun.lower()))
        documents.touch(context, kind, {**advance, "Status": "VOIDED"})
    with stock.no_overselling(context, row):
        context.organisation.ledger.reverse(context, row["BankTransactionID"])
    new = {**row, "Status": "DELETED", "UpdatedDateUTC": context.now}
    return context.table("BankTransactions").put(new)


def _born(context: Context, kind, row: dict) -> dict:
    """The over- or prepayment of a bank transaction."""
    keys = ("Type", "ContactID", "Date", "LineAmountTypes", "LineItems", "SubTotal", "TotalTax", "Total")
    advance = {key: row[key] for key in (*keys, "CurrencyCode", "CurrencyRate", "UpdatedDateUTC")}
    advance |= {kind.id_key: row[kind.id_key], "Status": "AUTHORISED", "Reference": row.get("Reference")}
    return documents.settled_amounts(context, kind, advance)


def _bank_account(context: Context, data: dict) -> dict:
    account = accounts.find(context, data.get("BankAccount") or {})
    if account is None or account["Type"] != "BANK" or account["Status"] != "ACTIVE":
        raise Invalid(NO_BANK_ACCOUNT)
    return account


def _filled(context: Context, row: dict, data: dict) -> dict:
    """The row with what was sent, defaults and totals.

    :raises Invalid: with everything that is wrong
    """
    problems = Problems()
    new = {**row, **{key: data[key] for key in _TAKEN if key in data}, "UpdatedDateUTC": context.now}
    new["Date"] = data.get("Date") or row.get("Date") or context.today
    documents.check_open_date(context, new["Date"])
    _fill_currency(context, new, data, problems)
    if row["Type"].endswith("OVERPAYMENT"):
        new["LineItems"] = _control_line(context, new, data["LineItems"], problems)
    else:
        _fill_types(new, data, problems)
        _fill_lines(context, new, row, data, problems)
    new |= totals(new["LineItems"], inclusive=new["LineAmountTypes"] == "Inclusive")
    if new["Total"] <= 0:
        problems.add(NOT_POSITIVE)
    if "xero" in (new.get("Url") or "").lower():
        problems.add("The Url must not contain 'xero'.")
    problems.check()
    return new


def _fill_types(new: dict, data: dict, problems: Problems) -> None:
    if "LineAmountTypes" in data:
        written = documents.LINE_AMOUNT_TYPES.get(data["LineAmountTypes"].lower())
        if written is None:
            problems.add(f"'{data['LineAmountTypes']}' is not a valid value for LineAmountTypes.")
        new["LineAmountTypes"] = written or "Inclusive"


def _fill_currency(context: Context, new: dict, data: dict, problems: Problems) -> None:
    """A bank transaction is in its account's currency."""
    account = context.table("Accounts").get(new["BankAccountID"])
    currency = account.get("CurrencyCode", context.organisation.base_currency)
    if data.get("CurrencyCode", currency).upper() != currency:
        problems.add("The currency of the transaction must be the currency of the bank account.")
    rate = data.get("CurrencyRate") or (new.get("CurrencyRate") if currency == new.get("CurrencyCode") else None)
    new["CurrencyRate"] = documents.currency_rate(context, currency, rate, problems)
    new["CurrencyCode"] = currency


def _fill_lines(context: Context, new: dict, row: dict, data: dict, problems: Problems) -> None:
    sent = data.get("LineItems")
    if sent is None:
        sent = [{key: line[key] for key in lines.KEYS if key in line} for line in row["LineItems"]]
    for line in sent:
        if line.get("ItemCode") and new["Type"] not in PLAIN:
            problems.add("Items can only be used on bank transactions of type SPEND and RECEIVE.")
    builder = LineBuilder(context, new, is_sale=TYPES[new["Type"]] > 0, approved=True, problems=problems)
    new["LineItems"] = builder.build(sent, row["LineItems"])
    for line, given in zip(new["LineItems"], sent, strict=True):
        if "LineAmount" in line:
            _check_line(context, new, line, given, problems)


def _check_line(context: Context, new: dict, line: dict, given: dict, problems: Problems) -> None:
    if line["Quantity"] <= 0:
        problems.add("The quantity must be greater than zero.")
    if not line["UnitAmount"]:
        problems.add("The unit amount must not be zero.")
    rate = context.table("TaxRates").get(line.get("TaxType"))
    if "TaxAmount" not in given or rate is None or new["LineAmountTypes"] == "NoTax":
        return
    inclusive = new["LineAmountTypes"] == "Inclusive"
    expected = tax_of(line["LineAmount"], effective_rate(rate["TaxComponents"]), inclusive=inclusive)
    if rounded(given["TaxAmount"]) != expected:
        problems.add(f"The tax amount {rounded(given['TaxAmount'])} does not match the expected tax amount {expected}")


def _control_line(context: Context, new: dict, sent: list[dict], problems: Problems) -> list[dict]:
    """The one line of an overpayment, on the control account and without tax, whatever it says (xero-api.md 4.4)."""
    if len(sent) != 1:
        problems.add("An overpayment must have exactly one line item.")
    given = sent[0]
    quantity = rounded(given.get("Quantity") or Decimal(1), 4)
    amount = given.get("LineAmount", quantity * given.get("UnitAmount", Decimal(0)))
    if quantity <= 0:
        problems.add("The quantity must be greater than zero.")
        quantity = Decimal("1.0000")
    account = accounts.system(context, "DEBTORS" if TYPES[new["Type"]] > 0 else "CREDITORS")
    line = {
        "LineItemID": context.ids.new(),
        "Description": given.get("Description") or "Overpayment",
        "Quantity": quantity,
        "UnitAmount": rounded(amount / quantity, 4),
        "LineAmount": rounded(amount),
        "TaxType": tax_rates.untaxed(context),
        "TaxAmount": Decimal("0.00"),
        "AccountID": account["AccountID"],
    }
    if account.get("Code"):
        line["AccountCode"] = account["Code"]
    return [line]


SPEC = ResourceSpec(
    name="BankTransactions",
    model="BankTransaction",
    id_key="BankTransactionID",
    verbs=frozenset({"GET", "PUT", "POST"}),
    render=render,
    attachments=True,
    create=create,
    update=update,
    indexes=(
        Index("id", lambda row: row["BankTransactionID"].lower()),
        Index("contact", lambda row: row["ContactID"].lower() if row.get("ContactID") else None),
        Index("account", lambda row: row["BankAccountID"].lower()),
    ),
    id_paths={
        "banktransactionid": "id",
        "contact.contactid": "contact",
        "bankaccount.accountid": "account",
    },
    references={"Contact": ("Contacts", "ContactID"), "BankAccount": ("Accounts", "BankAccountID")},
    statuses=("AUTHORISED", "DELETED"),
    paged=True,
    unitdp=True,
    optimised=frozenset(
        {"Type", "Status", "Date", "Contact.ContactID", "BankTransactionID", "Reference", "BankAccount.AccountID"}
    ),
)
