"""Profit and loss, balance sheet and the summaries, computed from the ledger (xero-api.md 1.6)."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from .arithmetic import rounded
from .reports import ZERO, account_cells, date_of, figures, integer_of, long_date, report, row, title
from .resources import accounts
from .spec import Context
from .validation import QueryParseError

#: Section → types of its accounts; income is a credit and shown as positive.
INCOME = ("Income", frozenset({"REVENUE", "SALES"}))
COST_OF_SALES = ("Less Cost of Sales", frozenset({"DIRECTCOSTS"}))
OTHER_INCOME = ("Plus Other Income", frozenset({"OTHERINCOME"}))
EXPENSES = ("Less Operating Expenses", frozenset({"EXPENSE", "OVERHEADS", "DEPRECIATN"}))
ASSETS = (
    ("Bank", frozenset({"BANK"})),
    ("Current Assets", frozenset({"CURRENT", "INVENTORY", "PREPAYMENT"})),
    ("Fixed Assets", frozenset({"FIXED"})),
    ("Non-current Assets", frozenset({"NONCURRENT"})),
)
LIABILITIES = (
    ("Current Liabilities", frozenset({"CURRLIAB", "LIABILITY", "PAYG"})),
    ("Non-Current Liabilities", frozenset({"TERMLIAB"})),
)
EQUITY = ("Equity", frozenset({"EQUITY"}))
#: Timeframe → months of one column.
TIMEFRAMES = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
CURRENT_EARNINGS = "Current Year Earnings"


@dataclass
class Statement:
    """One report under way: a column for each period, rows as they come.

    :ivar columns: one dict a period: account id → balance, debit positive
    """

    context: Context
    columns: list[dict[str, Decimal]]
    rows: list[dict]

    def section(self, part: tuple[str, frozenset], sign: int, more: list[tuple[str, list]] = ()) -> list[Decimal]:
        """A section with its accounts and their total, left out where it has none; gives the total.

        :param more: (name, amounts) of rows that are no accounts
        """
        name, types = part
        lines, sums = [], [ZERO] * len(self.columns)
        for account in self.context.table("Accounts").walk():
            amounts = [sign * column.get(account["AccountID"], ZERO) for column in self.columns]
            if account["Type"] in types and any(amounts):
                lines.append(row("Row", account_cells(account["AccountID"], [account["Name"], *map(_money, amounts)])))
                sums = _sums(sums, amounts)
        for label, amounts in more:
            lines.append(_values("Row", label, amounts))
            sums = _sums(sums, amounts)
        if lines:
            total = name.removeprefix("Less ").removeprefix("Plus ")
            self.rows.append({**title(name), "Rows": [*lines, _values("SummaryRow", f"Total {total}", sums)]})
        return sums

    def line(self, name: str, amounts: list[Decimal]) -> None:
        """A section of its own for one figure."""
        self.rows.append({**title(""), "Rows": [_values("Row", name, amounts)]})


def profit_and_loss(context: Context, args) -> dict:
    """Income less costs from `fromDate` to `toDate` (this month), with `periods` earlier ones of a `timeframe`."""
    until = date_of(args.get("toDate"), context.today)
    since = date_of(args.get("fromDate"), until.replace(day=1))
    ends = _columns(args, until)
    starts = [since, *(_months_back(since, number * _step(args)) for number in range(1, len(ends)))]
    ledger = context.organisation.ledger
    columns = [ledger.movements(since=start, until=end) for start, end in zip(starts, ends, strict=True)]
    statement = Statement(context, columns, [_header("", [f"{end:%d %b %y}" for end in ends])])
    income = statement.section(INCOME, -1)
    gross = _differences(income, statement.section(COST_OF_SALES, 1))
    statement.line("Gross Profit", gross)
    other = statement.section(OTHER_INCOME, -1)
    net = _differences(_sums(gross, other), statement.section(EXPENSES, 1))
    statement.line("Net Profit", net)
    period = f"{long_date(since)} to {long_date(until)}"
    return report(context, "ProfitAndLoss", "Profit & Loss", period, statement.rows)


def balance_sheet(context: Context, args) -> dict:
    """What the organisation owns and owes at `date`, with `periods` earlier dates of a `timeframe`."""
    until = date_of(args.get("date"), context.today)
    ends = _columns(args, until)
    columns = [figures(context, since=None, until=end) for end in ends]
    statement = Statement(context, columns, [_header("", [f"{end:%d %b %Y}" for end in ends])])
    statement.rows.append({**title("Assets"), "Rows": []})
    assets = _total(statement, ASSETS, 1)
    statement.line("Total Assets", assets)
    statement.rows.append({**title("Liabilities"), "Rows": []})
    liabilities = _total(statement, LIABILITIES, -1)
    statement.line("Total Liabilities", liabilities)
    statement.line("Net Assets", _differences(assets, liabilities))
    earnings = [_profit(context, column) for column in columns]
    statement.section(EQUITY, -1, [(CURRENT_EARNINGS, earnings)] if any(earnings) else [])
    return report(context, "BalanceSheet", "Balance Sheet", f"As at {long_date(until)}", statement.rows)


def bank_summary(context: Context, args) -> dict:
    """What came into and left each bank account from `fromDate` to `toDate` (this month)."""
    until = date_of(args.get("toDate"), context.today)
    since = date_of(args.get("fromDate"), until.replace(day=1))
    flows = _bank_flows(context, since, until)
    lines, sums = [], [ZERO] * 4
    for account in context.table("Accounts").walk():
        if account["Type"] == "BANK" and (account["Status"] == "ACTIVE" or account["AccountID"] in flows):
            amounts = _balances(*flows[account["AccountID"]])
            sums = _sums(sums, amounts)
            values = [account["Name"], *map(_money, amounts)]
            lines.append(row("Row", account_cells(account["AccountID"], values, key="accountID")))
    header = _header("Bank Accounts", ["Opening Balance", "Cash Received", "Cash Spent", "Closing Balance"])
    rows = [header, {**title(""), "Rows": [*lines, _values("SummaryRow", "Total", sums)]}]
    return report(context, "BankSummary", "Bank Summary", f"From {long_date(since)} to {long_date(until)}", rows)


def _balances(opening: Decimal, received: Decimal, spent: Decimal) -> list[Decimal]:
    return [opening, received, spent, opening + received - spent]


def _bank_flows(context: Context, since: date, until: date) -> dict[str, list[Decimal]]:
    """Account id → opening balance, received, spent; what has been reversed counts as never having been."""
    flows: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for day, posting in context.organisation.ledger.postings(live=True):
        if day < since:
            flows[posting.account_id][0] += posting.amount
        elif day <= until:
            flows[posting.account_id][1 if posting.amount > 0 else 2] += abs(posting.amount)
    return flows


# --- executive summary -----------------------------------------------------------------------------------------------


def executive_summary(context: Context, args) -> dict:
    """A month at a glance beside the one before, with the variance in percent."""
    until = date_of(args.get("date"), context.today)
    months = [until.replace(day=1), _months_back(until.replace(day=1), 1)]
    now, before = (_month_figures(context, month) for month in months)
    rows = [_header("", [*(f"{month:%b %Y}" for month in months), "Variance"])]
    for name, keys in GLANCE.items():
        cells = [[key, now[key], before[key], _variance(now[key], before[key])] for key in keys]
        shown = [row("Row", [{"Value": str(value)} for value in line]) for line in cells]
        rows.append({**title(name), "Rows": shown})
    return report(context, "ExecutiveSummary", "Executive Summary", f"For the month of {until:%B %Y}", rows)


#: Section → its rows.
GLANCE = {
    "Cash": ("Cash received", "Cash spent", "Cash surplus (deficit)", "Closing bank balance"),
    "Profitability": (*("Income", "Direct costs", "Gross profit (loss)", "Other income", "Expenses", "Profit (loss)"),),
    "Balance Sheet": ("Debtors", "Creditors", "Net assets"),
    "Income": ("Number of invoices issued", "Average value of invoices"),
    "Performance": ("Gross profit margin", "Net profit margin"),
    "Position": ("Current assets to current liabilities",),
}


def _month_figures(context: Context, first: date) -> dict:
    last = _months_back(first, -1) - timedelta(days=1)
    ledger = context.organisation.ledger
    moved, held = ledger.movements(since=first, until=last), figures(context, since=None, until=last)
    return {
        **_cash(context, first, last),
        **_profitability(context, moved),
        **_position(context, held),
        **_issued(context, first, last),
    }


def _cash(context: Context, first: date, last: date) -> dict:
    banks = [one["AccountID"] for one in context.table("Accounts") if one["Type"] == "BANK"]
    flows = _bank_flows(context, first, last)
    opening, received, spent = (sum((flows[bank][column] for bank in banks), ZERO) for column in range(3))
    return {
        "Cash received": received,
        "Cash spent": spent,
        "Cash surplus (deficit)": received - spent,
        "Closing bank balance": opening + received - spent,
    }


def _profitability(context: Context, moved: dict[str, Decimal]) -> dict:
    income, other = -_of(context, moved, INCOME[1]), -_of(context, moved, OTHER_INCOME[1])
    costs, expenses = _of(context, moved, COST_OF_SALES[1]), _of(context, moved, EXPENSES[1])
    gross, profit = income - costs, income - costs + other - expenses
    return {
        "Income": income,
        "Direct costs": costs,
        "Gross profit (loss)": gross,
        "Other income": other,
        "Expenses": expenses,
        "Profit (loss)": profit,
        "Gross profit margin": _percent(gross, income),
        "Net profit margin": _percent(profit, income),
    }


def _position(context: Context, held: dict[str, Decimal]) -> dict:
    debtors, creditors = (accounts.system(context, role)["AccountID"] for role in ("DEBTORS", "CREDITORS"))
    current = [_of(context, held, types) for _, types in (*ASSETS[:2], LIABILITIES[0])]
    net = sum((_of(context, held, types) for _, types in (*ASSETS, *LIABILITIES)), ZERO)
    ratio = rounded((current[0] + current[1]) / -current[2]) if current[2] else ZERO
    return {
        "Debtors": held.get(debtors, ZERO),
        "Creditors": -held.get(creditors, ZERO),
        "Net assets": net,
        "Current assets to current liabilities": ratio,
    }


def _issued(context: Context, first: date, last: date) -> dict:
    issued = [
        rounded(one["Total"] / one["CurrencyRate"])
        for one in context.table("Invoices")
        if one["Type"] == "ACCREC" and one["Status"] in ("AUTHORISED", "PAID") and first <= one["Date"] <= last
    ]
    average = rounded(sum(issued) / len(issued)) if issued else ZERO
    return {"Number of invoices issued": len(issued), "Average value of invoices": average}


# --- helpers ---------------------------------------------------------------------------------------------------------


def _of(context: Context, column: dict[str, Decimal], types: frozenset) -> Decimal:
    table = context.table("Accounts")
    return sum((amount for account, amount in column.items() if table.get(account)["Type"] in types), ZERO)


def _profit(context: Context, column: dict[str, Decimal]) -> Decimal:
    return -sum((_of(context, column, types) for _, types in (INCOME, COST_OF_SALES, OTHER_INCOME, EXPENSES)), ZERO)


def _total(statement: Statement, parts: tuple, sign: int) -> list[Decimal]:
    sums = [ZERO] * len(statement.columns)
    for part in parts:
        sums = _sums(sums, statement.section(part, sign))
    return sums


def _columns(args, until: date) -> list[date]:
    """Last days of the report's columns: `until`, and `periods` ones before it."""
    count = integer_of(args.get("periods"), 0)
    if not 0 <= count <= 11:
        raise QueryParseError("The value of periods must be between 1 and 11")
    return [until, *(_months_back(until, number * _step(args), end=True) for number in range(1, count + 1))]


def _step(args) -> int:
    timeframe = args.get("timeframe", "MONTH").upper()
    if timeframe not in TIMEFRAMES:
        raise QueryParseError(f"The value '{timeframe}' is not a timeframe")
    return TIMEFRAMES[timeframe]


def _months_back(day: date, months: int, *, end: bool = False) -> date:
    """The same day `months` earlier, or the last of that month where it has no such day or `day` is a last one."""
    months_from_zero = day.year * 12 + day.month - 1 - months
    if not 12 <= months_from_zero < 9999 * 12:
        raise QueryParseError(f"The date '{day}' is out of range")
    first = date(months_from_zero // 12, months_from_zero % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    is_last = (day + timedelta(days=1)).day == 1
    return last if end and is_last else first.replace(day=min(day.day, last.day))


def _header(first: str, names: list[str]) -> dict:
    return row("Header", [{"Value": name} for name in (first, *names)])


def _values(row_type: str, name: str, amounts: list[Decimal]) -> dict:
    return row(row_type, [{"Value": name}, *({"Value": _money(amount)} for amount in amounts)])


def _sums(left: list[Decimal], right: list[Decimal]) -> list[Decimal]:
    return [one + other for one, other in zip(left, right, strict=True)]


def _differences(left: list[Decimal], right: list[Decimal]) -> list[Decimal]:
    return [one - other for one, other in zip(left, right, strict=True)]


def _percent(part: Decimal, whole: Decimal) -> str:
    return f"{rounded(100 * part / whole, 1)}%" if whole else "0.0%"


def _variance(now, before) -> str:
    if isinstance(now, str):
        now, before = (Decimal(value.rstrip("%")) for value in (now, before))
    return _percent(Decimal(now) - before, abs(Decimal(before))) if before else "0.0%"


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"


STATEMENTS: dict[str, Callable] = {
    "profitandloss": profit_and_loss,
    "balancesheet": balance_sheet,
    "banksummary": bank_summary,
    "executivesummary": executive_summary,
}
