"""Accounts: the chart (xero-api.md 4.8). PUT makes one, POST changes or archives one, DELETE removes an unused one."""

from ...store import Index
from .. import attachments, codec
from ..spec import Context, ResourceSpec
from ..validation import Invalid, Problems
from . import tax_rates

CLASSES = {
    "BANK": "ASSET",
    "CURRENT": "ASSET",
    "FIXED": "ASSET",
    "INVENTORY": "ASSET",
    "NONCURRENT": "ASSET",
    "PREPAYMENT": "ASSET",
    "EQUITY": "EQUITY",
    "DEPRECIATN": "EXPENSE",
    "DIRECTCOSTS": "EXPENSE",
    "EXPENSE": "EXPENSE",
    "OVERHEADS": "EXPENSE",
    "CURRLIAB": "LIABILITY",
    "LIABILITY": "LIABILITY",
    "TERMLIAB": "LIABILITY",
    "PAYG": "LIABILITY",
    "OTHERINCOME": "REVENUE",
    "REVENUE": "REVENUE",
    "SALES": "REVENUE",
}
REPORTING = {
    "ASSET": ("ASS", "Assets"),
    "EQUITY": ("EQU", "Equity"),
    "EXPENSE": ("EXP", "Expense"),
    "LIABILITY": ("LIA", "Liabilities"),
    "REVENUE": ("REV", "Revenue"),
}
#: Control accounts and retained earnings take no document lines (xero-api.md 4.8).
NOT_ON_LINES = frozenset({"DEBTORS", "CREDITORS", "RETAINEDEARNINGS", "UNPAIDEXPCLM", "TRACKINGTRANSFERS"})
NO_DESCRIPTION = "Bank accounts cannot have a description."
NOT_CREATABLE = "Accounts of type PAYPAL cannot be created."
_TAKEN = (
    "Code",
    "Name",
    "Type",
    "BankAccountNumber",
    "BankAccountType",
    "CurrencyCode",
    "Description",
    "TaxType",
    "EnablePaymentsToAccount",
    "ShowInExpenseClaims",
)


def takes_lines(account: dict) -> bool:
    """Whether a line of an invoice or credit note may name the account."""
    return account["Type"] != "BANK" and account.get("SystemAccount") not in NOT_ON_LINES


def takes_payments(account: dict) -> bool:
    return account["Type"] == "BANK" or bool(account.get("EnablePaymentsToAccount"))


def find(context: Context, data: dict) -> dict | None:
    """The account that `{"AccountID": …}` or `{"Code": …}` names."""
    table = context.table("Accounts")
    if data.get("AccountID"):
        return table.get(data["AccountID"])
    return table.one("code", data["Code"].lower()) if data.get("Code") else None


def system(context: Context, name: str) -> dict:
    """The account that plays a system role, e.g. "DEBTORS"."""
    return context.table("Accounts").one("system", name)


def render(context, row: dict, view: str) -> dict:
    group = CLASSES[row["Type"]]
    code, name = REPORTING[group]
    shown = {key: value for key, value in row.items() if key != "UpdatedDateUTC"}
    return codec.present(
        {
            **shown,
            "Class": group,
            "ReportingCode": code,
            "ReportingCodeName": name,
            "HasAttachments": attachments.has_any(context, "Accounts", row["AccountID"]),
            "UpdatedDateUTC": codec.ms_moment(row["UpdatedDateUTC"]),
            "AddToWatchlist": bool(row.get("AddToWatchlist")),
        }
    )


def create(context: Context, data: dict) -> dict:
    row = {
        "AccountID": context.ids.new(),
        "Status": "ACTIVE",
        "EnablePaymentsToAccount": False,
        "ShowInExpenseClaims": False,
        **{key: data[key] for key in _TAKEN if key in data},
        "UpdatedDateUTC": context.now,
    }
    if row.get("Type") == "BANK":
        row = {"BankAccountType": "BANK", "CurrencyCode": context.organisation.base_currency, **row}
    if row.get("BankAccountType") == "PAYPAL":
        raise Invalid(NOT_CREATABLE)
    _check(context, row)
    row.setdefault("TaxType", tax_rates.untaxed(context))
    return context.table("Accounts").put(row)


def update(context: Context, row: dict, data: dict) -> dict:
    if data.get("Status", row["Status"]) != row["Status"]:
        return _change_status(context, row, data)
    if row["Status"] == "ARCHIVED":
        raise Invalid("Archived accounts cannot be updated.")
    taken = (*_TAKEN, "AddToWatchlist")
    new = {**row, **{key: data[key] for key in taken if key in data}, "UpdatedDateUTC": context.now}
    _check(context, new)
    return context.table("Accounts").put(new)


def delete(context: Context, row: dict) -> dict:
    if row.get("SystemAccount"):
        raise Invalid("System accounts cannot be deleted.")
    if context.organisation.ledger.has_postings(row["AccountID"]):
        raise Invalid("The account cannot be deleted as it is used in transactions. Archive it instead.")
    context.table("Accounts").remove(row["AccountID"])
    return {**row, "Status": "DELETED"}


def match(context: Context, data: dict) -> dict | None:
    return find(context, data)


def _change_status(context: Context, row: dict, data: dict) -> dict:
    """Archiving has to stand alone in its call (xero-api.md 4.8)."""
    if data["Status"] not in ("ACTIVE", "ARCHIVED"):
        raise Invalid(f"'{data['Status']}' is not a valid account status.")
    if set(data) - {"AccountID", "Status"}:
        raise Invalid("An account cannot be archived and updated in one request.")
    if row.get("SystemAccount"):
        raise Invalid("System accounts cannot be archived.")
    return context.table("Accounts").put({**row, "Status": data["Status"], "UpdatedDateUTC": context.now})


def _check(context: Context, row: dict) -> None:
    problems = Problems()
    if not row.get("Name"):
        problems.add("The Name field is mandatory")
    if row.get("Type") not in CLASSES:
        problems.add(f"Account type '{row.get('Type', '')}' is not valid")
    elif row["Type"] == "BANK" and not row.get("BankAccountNumber"):
        problems.add("Bank account number must be specified for bank accounts")
    elif row["Type"] != "BANK" and not row.get("Code"):
        problems.add("Account code must be specified")
    if row.get("Type") == "BANK" and row.get("Description"):
        problems.add(NO_DESCRIPTION)
    if row.get("TaxType") and context.table("TaxRates").get(row["TaxType"]) is None:
        problems.add(
            f"The TaxType code {row['TaxType']} does not exist or cannot be used for this type of transaction."
        )
    for index, key in (("code", "Code"), ("name", "Name")):
        others = context.table("Accounts").by(index, str(row.get(key) or "").lower())
        if any(other["AccountID"] != row["AccountID"] for other in others):
            problems.add(f"Please enter a unique {key}.")
    problems.check()


SPEC = ResourceSpec(
    name="Accounts",
    model="Account",
    id_key="AccountID",
    number_key="Code",
    verbs=frozenset({"GET", "PUT", "POST", "DELETE"}),
    render=render,
    create=create,
    update=update,
    delete=delete,
    match=match,
    indexes=(
        Index("code", lambda row: row["Code"].lower() if row.get("Code") else None),
        Index("name", lambda row: row["Name"].lower()),
        Index("system", lambda row: row.get("SystemAccount")),
    ),
    id_paths={"code": "code"},
    order_key=lambda row: (row.get("Code") or "", row["Name"].lower()),
    statuses=("ACTIVE", "ARCHIVED"),
    max_elements=1,
    attachments=True,
)
