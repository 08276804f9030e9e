"""Reports in Xero's rows-and-cells shape, computed from the ledger."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from . import codec
from .resources import accounts
from .spec import Context
from .validation import QueryParseError

ZERO = Decimal("0.00")
#: Class → title, in the order in which the report shows them.
SECTIONS = (
    ("REVENUE", "Revenue"),
    ("EXPENSE", "Expenses"),
    ("ASSET", "Assets"),
    ("LIABILITY", "Liabilities"),
    ("EQUITY", "Equity"),
)
PROFIT_AND_LOSS = frozenset({"REVENUE", "EXPENSE"})


def trial_balance(context: Context, args) -> dict:
    """Balances at `date`: this month's movements, and the year's to date (balance sheet accounts: all there is).

    What earlier years earned stands on retained earnings.

    :raises QueryParseError: for a date that cannot be read
    """
    until = date_of(args.get("date"), context.today)
    month = figures(context, since=until.replace(day=1), until=until)
    year = figures(context, since=None, until=until)
    header = row("Header", [{"Value": title} for title in ("Account", "Debit", "Credit", "YTD Debit", "YTD Credit")])
    sections = [_section(context, group, title, month, year) for group, title in SECTIONS]
    total = row("SummaryRow", [{"Value": "Total"}, *_totals(month), *_totals(year)])
    rows = [header, *(section for section in sections if section["Rows"]), {**title(""), "Rows": [total]}]
    return report(context, "TrialBalance", "Trial Balance", f"As at {long_date(until)}", rows)


def figures(context: Context, *, since: date | None, until: date) -> dict[str, Decimal]:
    """Account id → balance; without `since`, profit and loss accounts count from the start of the financial year."""
    ledger = context.organisation.ledger
    if since is not None:
        return ledger.movements(since=since, until=until)
    start = year_start(context, until)
    figures: dict[str, Decimal] = defaultdict(lambda: ZERO, ledger.movements(until=until))
    retained = accounts.system(context, "RETAINEDEARNINGS")["AccountID"]
    for account_id, amount in ledger.movements(until=start - timedelta(days=1)).items():
        if _group(context, account_id) in PROFIT_AND_LOSS:
            figures[account_id] -= amount
            figures[retained] += amount
    return dict(figures)


def year_start(context: Context, day: date) -> date:
    settings = context.organisation.settings
    end_month, end_day = settings["FinancialYearEndMonth"], settings["FinancialYearEndDay"]
    passed = (day.month, day.day) > (end_month, end_day)
    year = day.year if passed else day.year - 1
    # The day after the last one of the year that ended before; the end of February may be the 29th.
    first_of_next = date(year + end_month // 12, end_month % 12 + 1, 1)
    return first_of_next if end_day >= 28 else date(year, end_month, end_day) + timedelta(days=1)


def _section(context: Context, group: str, heading: str, month: dict, year: dict) -> dict:
    held = [account for account in context.table("Accounts").walk() if accounts.CLASSES[account["Type"]] == group]
    rows = [
        _account_row(account, month.get(account["AccountID"], ZERO), year.get(account["AccountID"], ZERO))
        for account in held
        if month.get(account["AccountID"]) or year.get(account["AccountID"])
    ]
    return {**title(heading), "Rows": rows}


def _account_row(account: dict, month: Decimal, year: Decimal) -> dict:
    name = f"{account['Name']} ({account['Code']})" if account.get("Code") else account["Name"]
    values = [name, *_sides(month), *_sides(year)]
    return row("Row", account_cells(account["AccountID"], values))


def account_cells(account_id: str, values: list[str], key: str = "account") -> list[dict]:
    """Cells of an account's row, each with the account's id."""
    return [{"Value": value, "Attributes": [{"Value": account_id, "Id": key}]} for value in values]


def _sides(amount: Decimal) -> tuple[str, str]:
    return (f"{amount:.2f}" if amount > 0 else "", f"{-amount:.2f}" if amount < 0 else "")


def _totals(figures: dict[str, Decimal]) -> list[dict]:
    debit = sum((amount for amount in figures.values() if amount > 0), ZERO)
    credit = -sum((amount for amount in figures.values() if amount < 0), ZERO)
    return [{"Value": f"{debit:.2f}"}, {"Value": f"{credit:.2f}"}]


def _group(context: Context, account_id: str) -> str:
    return accounts.CLASSES[context.table("Accounts").get(account_id)["Type"]]


def title(title: str) -> dict:
    return {"RowType": "Section", "Title": title}


def row(row_type: str, cells: list[dict]) -> dict:
    return {"RowType": row_type, "Cells": cells}


def report(context: Context, name: str, title: str, period: str, rows: list[dict]) -> dict:
    return {
        "ReportID": name,
        "ReportName": title,
        "ReportType": name,
        "ReportTitles": [title, context.organisation.name, period],
        "ReportDate": long_date(context.today),
        "UpdatedDateUTC": codec.ms_moment(context.now, offset=False),
        "Fields": [],
        "Rows": rows,
    }


def long_date(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def date_of(text: str | None, default: date) -> date:
    if not text:
        return default
    try:
        day = date.fromisoformat(text[:10])
        if not 1900 <= day.year <= 9000:
            raise ValueError(text)
        return day
    except ValueError:
        raise QueryParseError(f"The date '{text}' cannot be read") from None


def integer_of(text: str | None, default: int) -> int:
    if not text:
        return default
    if not text.isdecimal() or len(text) > 6:
        raise QueryParseError(f"The value '{text}' is not a number")
    return int(text)
