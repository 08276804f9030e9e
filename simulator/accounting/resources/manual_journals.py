"""ManualJournals (xero-api.md 4.11): lines that net to zero, tax included."""

from decimal import Decimal

from ...store import Index
from .. import attachments, codec
from ..arithmetic import effective_rate, rounded, tax_of
from ..spec import Context, ResourceSpec
from ..validation import Invalid, Problems
from . import accounts, documents, tax_rates, tracking_categories

#: From → what a call may make of it.
TRANSITIONS = {
    "DRAFT": {"DRAFT", "POSTED", "DELETED"},
    "POSTED": {"POSTED", "VOIDED"},
    "DELETED": set(),
    "VOIDED": set(),
}
ACCOUNT_REMOVED = "Account code '{code}' has been removed as it does not match a recognised account"
NOT_BALANCED = "The total debits ({debits}) must equal total credits ({credits})"
#: Why an account takes no manual journals, by its type or its system role (xero-api.md 4.7, 4.11).
TYPE_REFUSALS = {
    "INVENTORY": "You cannot save this transaction using an inventory account type",
    "BANK": "You cannot save this transaction using a bank account",
}
ROLE_REFUSALS = {
    "DEBTORS": "You cannot save this transaction using the accounts receivable account",
    "CREDITORS": "You cannot save this transaction using the accounts payable account",
    "RETAINEDEARNINGS": "You cannot save this transaction using the retained earnings account",
}
_TAKEN = ("Narration", "Url", "ShowOnCashBasisReports")
_LINE_KEYS = ("LineAmount", "AccountCode", "AccountID", "Description", "TaxType", "TaxAmount", "IsBlank", "Tracking")


def render(context: Context, row: dict, view: str) -> dict:
    element = {
        "DateString": codec.iso_date(row["Date"]),
        "Date": codec.ms_date(row["Date"]),
        "Status": row["Status"],
        "LineAmountTypes": row["LineAmountTypes"],
        "UpdatedDateUTC": codec.ms_moment(row["UpdatedDateUTC"]),
        "ManualJournalID": row["ManualJournalID"],
        "Narration": row["Narration"],
        "JournalLines": [] if view == "list" else [_line(line) for line in row["JournalLines"]],
        "Url": row.get("Url"),
        "ShowOnCashBasisReports": row["ShowOnCashBasisReports"],
        "HasAttachments": attachments.has_any(context, "ManualJournals", row["ManualJournalID"]),
    }
    return codec.present(element)


def _line(line: dict) -> dict:
    return {"IsBlank": False, "Tracking": [], **line}


def create(context: Context, data: dict) -> dict:
    status = data.get("Status", "DRAFT").upper()
    if status not in ("DRAFT", "POSTED"):
        raise Invalid("Manual journal not of valid status for creation")
    row = {
        "ManualJournalID": context.ids.new(),
        "Status": status,
        "LineAmountTypes": "NoTax",
        "ShowOnCashBasisReports": True,
        "JournalLines": [],
    }
    new = context.table("ManualJournals").put(_filled(context, row, data))
    _post(context, new)
    return new


def update(context: Context, row: dict, data: dict) -> dict:
    status = data.get("Status", row["Status"]).upper()
    if status not in TRANSITIONS[row["Status"]]:
        raise Invalid("Manual journal not of valid status for modification")
    if row["Status"] == "POSTED":
        documents.check_open_date(context, row["Date"])
        context.organisation.ledger.reverse(context, row["ManualJournalID"])
    if status in ("DELETED", "VOIDED"):
        return context.table("ManualJournals").put({**row, "Status": status, "UpdatedDateUTC": context.now})
    new = context.table("ManualJournals").put(_filled(context, {**row, "Status": status}, data))
    _post(context, new)
    return new


def _post(context: Context, row: dict) -> None:
    if row["Status"] == "POSTED":
        context.organisation.ledger.post_manual_journal(context, row)


def _filled(context: Context, row: dict, data: dict) -> dict:
    """
    :raises Invalid: with everything that is wrong
    """
    problems = Problems()
    new = {**row, **{key: data[key] for key in _TAKEN if key in data}, "UpdatedDateUTC": context.now}
    new["Date"] = data.get("Date") or row.get("Date") or context.today
    if not new.get("Narration"):
        problems.add("The Narration field is mandatory")
    if "LineAmountTypes" in data:
        written = documents.LINE_AMOUNT_TYPES.get(data["LineAmountTypes"].lower())
        if written is None:
            problems.add(f"'{data['LineAmountTypes']}' is not a valid value for LineAmountTypes.")
        new["LineAmountTypes"] = written or "NoTax"
    sent = data.get("JournalLines", row["JournalLines"])
    retaxed = "JournalLines" not in data and new["LineAmountTypes"] != row["LineAmountTypes"]
    dropped = {"TaxAmount"} if retaxed else set()
    kept = [{key: line[key] for key in _LINE_KEYS if key in line and key not in dropped} for line in sent]
    new["JournalLines"] = [_built(context, new, line, problems) for line in kept if not line.get("IsBlank")]
    known = () if "JournalLines" in data else [entry for line in kept for entry in line.get("Tracking", ())]
    for line in new["JournalLines"]:
        if "Tracking" in line:
            line["Tracking"] = tracking_categories.of_line(context, line["Tracking"], problems, known=known)
    if len(new["JournalLines"]) < 2:
        problems.add("A manual journal must have at least two lines.")
    _check_balance(new, problems)
    if new["Status"] == "POSTED":
        documents.check_open_date(context, new["Date"])
    problems.check()
    return new


def _built(context: Context, journal: dict, line: dict, problems: Problems) -> dict:
    line = {**line, "LineAmount": rounded(line.get("LineAmount", Decimal(0)))}
    by_code = {"Code": line.get("AccountCode")}
    account = accounts.find(context, by_code if by_code["Code"] else {"AccountID": line.get("AccountID")})
    code = line.get("AccountCode") or line.get("AccountID") or ""
    if not code:
        problems.add("Account code must be specified")
    elif account is None and journal["Status"] == "DRAFT":
        # A draft loses what is not known, with a warning: the example of the OpenAPI file (xero-api.md 3.9).
        context.warnings.append(ACCOUNT_REMOVED.format(code=code))
        line = {key: value for key, value in line.items() if key not in ("AccountCode", "AccountID")}
    elif account is None or account["Status"] != "ACTIVE":
        problems.add(f"Account code '{code}' is not a valid code for this document.")
    else:
        _check_account(account, problems)
        line["AccountID"] = account["AccountID"]
        if account.get("Code"):
            line["AccountCode"] = account["Code"]
    return _taxed(context, journal, line, account, problems)


def _check_account(account: dict, problems: Problems) -> None:
    refusal = TYPE_REFUSALS.get(account["Type"]) or ROLE_REFUSALS.get(account.get("SystemAccount"))
    if refusal:
        problems.add(refusal)


def _taxed(context: Context, journal: dict, line: dict, account: dict | None, problems: Problems) -> dict:
    if journal["LineAmountTypes"] == "NoTax":
        return {**line, "TaxType": tax_rates.untaxed(context), "TaxAmount": Decimal("0.00")}
    tax_type = line.get("TaxType") or (account or {}).get("TaxType") or tax_rates.untaxed(context)
    rate = context.table("TaxRates").get(tax_type)
    if rate is None or rate["Status"] != "ACTIVE":
        problems.add(f"The TaxType code {tax_type} does not exist or cannot be used for this type of transaction.")
        return {**line, "TaxAmount": Decimal("0.00")}
    if account and not tax_rates.applies_to(rate, accounts.CLASSES[account["Type"]]):
        problems.add(f"The TaxType code '{tax_type}' cannot be used with account code '{account.get('Code', '')}'.")
    inclusive = journal["LineAmountTypes"] == "Inclusive"
    computed = tax_of(line["LineAmount"], effective_rate(rate["TaxComponents"]), inclusive=inclusive)
    tax = rounded(line["TaxAmount"]) if "TaxAmount" in line else computed
    return {**line, "TaxType": rate["TaxType"], "TaxAmount": tax}


def _check_balance(journal: dict, problems: Problems) -> None:
    taxed = journal["LineAmountTypes"] == "Exclusive"
    amounts = [line["LineAmount"] + (line["TaxAmount"] if taxed else 0) for line in journal["JournalLines"]]
    if sum(amounts):
        debits = sum((amount for amount in amounts if amount > 0), Decimal("0.00"))
        credits = sum((amount for amount in amounts if amount < 0), Decimal("0.00"))
        problems.add(NOT_BALANCED.format(debits=debits, credits=credits))


SPEC = ResourceSpec(
    name="ManualJournals",
    model="ManualJournal",
    id_key="ManualJournalID",
    verbs=frozenset({"GET", "PUT", "POST"}),
    render=render,
    attachments=True,
    create=create,
    update=update,
    indexes=(Index("id", lambda row: row["ManualJournalID"].lower()),),
    id_paths={"manualjournalid": "id"},
    statuses=("DRAFT", "POSTED", "DELETED", "VOIDED"),
    paged=True,
)
