"""BankTransfers (xero-api.md 4.11): money between two bank accounts; made and deleted, never changed."""

from decimal import Decimal

from ...store import Index
from .. import attachments, codec
from ..arithmetic import rounded, to_base
from ..spec import Context, ResourceSpec
from ..validation import Invalid, Problems
from . import accounts, documents

NO_ACCOUNT = "The {side} bank account could not be found."
SAME_ACCOUNT = "The bank accounts of a transfer must differ."
NOT_POSITIVE = "The amount of a transfer must be greater than zero."
#: Key of the account → key of its bank transaction, its type.
SIDES = {
    "FromBankAccount": ("FromBankTransactionID", "SPEND-TRANSFER"),
    "ToBankAccount": ("ToBankTransactionID", "RECEIVE-TRANSFER"),
}


def render(context: Context, row: dict, view: str) -> dict:
    element = {
        "BankTransferID": row["BankTransferID"],
        "CreatedDateUTCString": codec.iso_moment(row["CreatedDateUTC"]).rstrip("Z"),
        "CreatedDateUTC": codec.ms_moment(row["CreatedDateUTC"]),
        "DateString": codec.iso_date(row["Date"]),
        "Date": codec.ms_date(row["Date"]),
        **{side: _account(context, row[f"{side}ID"]) for side in SIDES},
        "Amount": row["Amount"],
        **{key: row[key] for key, _ in SIDES.values()},
        "FromIsReconciled": False,
        "ToIsReconciled": False,
        "CurrencyRate": row["CurrencyRate"],
        "Reference": row.get("Reference"),
        "Status": row["Status"],
        "HasAttachments": attachments.has_any(context, "BankTransfers", row["BankTransferID"]),
    }
    return codec.present(element)


def _account(context: Context, account_id: str) -> dict:
    account = context.table("Accounts").get(account_id)
    return codec.present({key: account.get(key) for key in ("AccountID", "Code", "Name")})


def create(context: Context, data: dict) -> dict:
    held = {side: _bank_account(context, data, side) for side in SIDES}
    source, target = held.values()
    if source["AccountID"] == target["AccountID"]:
        raise Invalid(SAME_ACCOUNT)
    amount = rounded(data.get("Amount", Decimal(0)))
    if amount <= 0:
        raise Invalid(NOT_POSITIVE)
    base = context.organisation.base_currency
    currency = source.get("CurrencyCode", base)
    if currency != target.get("CurrencyCode", base):
        raise Invalid("The bank accounts of a transfer must be in the same currency.")
    day = data.get("Date") or context.today
    documents.check_open_date(context, day)
    problems = Problems()
    rate = documents.currency_rate(context, currency, data.get("CurrencyRate"), problems)
    problems.check()
    row = {
        "BankTransferID": context.ids.new(),
        **{f"{side}ID": account["AccountID"] for side, account in held.items()},
        **{key: context.ids.new() for key, _ in SIDES.values()},
        "Amount": amount,
        "Date": day,
        "Reference": data.get("Reference"),
        "CurrencyRate": rate,
        "Status": "AUTHORISED",
        "CreatedDateUTC": context.now,
        "UpdatedDateUTC": context.now,
    }
    for side, (key, kind) in SIDES.items():
        _put_transaction(context, row, row[key], kind, held[side])
    value = to_base(amount, rate)
    amounts = [(target["AccountID"], value), (source["AccountID"], -value)]
    context.organisation.ledger.post(context, row["BankTransferID"], "TRANSFER", day, amounts)
    return context.table("BankTransfers").put(row)


def update(context: Context, row: dict, data: dict) -> dict:
    """The only change there is: deletion, of both bank transactions too."""
    if data.get("Status", "").upper() != "DELETED":
        raise Invalid("Bank transfers cannot be updated, only deleted.")
    if row["Status"] == "DELETED":
        raise Invalid("Bank transfer not of valid status for modification")
    documents.check_open_date(context, row["Date"])
    table = context.table("BankTransactions")
    gone = {"Status": "DELETED", "UpdatedDateUTC": context.now}
    for key, _ in SIDES.values():
        table.put({**table.get(row[key]), **gone})
    context.organisation.ledger.reverse(context, row["BankTransferID"])
    return context.table("BankTransfers").put({**row, **gone})


def _bank_account(context: Context, data: dict, side: str) -> dict:
    account = accounts.find(context, data.get(side) or {})
    if account is None or account["Type"] != "BANK" or account["Status"] != "ACTIVE":
        raise Invalid(NO_ACCOUNT.format(side=side.removesuffix("BankAccount").lower()))
    return account


def _put_transaction(context: Context, transfer: dict, row_id: str, kind: str, account: dict) -> None:
    """One side of the transfer, as the list of bank transactions shows it."""
    amount = transfer["Amount"]
    context.table("BankTransactions").put(
        {
            "BankTransactionID": row_id,
            "Type": kind,
            "Status": "AUTHORISED",
            "BankAccountID": account["AccountID"],
            "LineAmountTypes": "NoTax",
            "LineItems": [],
            "IsReconciled": False,
            "Reference": transfer["Reference"],
            "Date": transfer["Date"],
            "CurrencyCode": account.get("CurrencyCode", context.organisation.base_currency),
            "CurrencyRate": transfer["CurrencyRate"],
            "SubTotal": amount,
            "TotalTax": rounded(amount * 0),
            "Total": amount,
            "UpdatedDateUTC": context.now,
        }
    )


SPEC = ResourceSpec(
    name="BankTransfers",
    model="BankTransfer",
    id_key="BankTransferID",
    verbs=frozenset({"GET", "PUT", "POST"}),
    render=render,
    attachments=True,
    create=create,
    update=update,
    hidden=lambda row: row["Status"] == "DELETED",
    hidden_unless="includedeleted",
    indexes=(Index("id", lambda row: row["BankTransferID"].lower()),),
    id_paths={"banktransferid": "id"},
    references={side: ("Accounts", f"{side}ID") for side in SIDES},
)
