"""Reports by date, as the API computes them."""

from dataclasses import dataclass

from werkzeug.exceptions import NotFound

from ..accounting.codec import iso_date
from ..accounting.report_table import REPORTS
from .books import Books
from .cells import Cell, Table, money, words
from .parts import sides, source

PERIODS = ("", "1", "2", "3", "5", "11")
TIMEFRAMES = ("", "MONTH", "QUARTER", "YEAR")


@dataclass(frozen=True)
class Report:
    """One report and what it can be asked for.

    :ivar dates: (parameter, words) of its dates
    :ivar compares: whether it can show periods side by side
    :ivar of_contact: whether it is one contact's
    """

    name: str
    words: str
    about: str
    dates: tuple[tuple[str, str], ...] = (("date", "At"),)
    compares: bool = False
    of_contact: bool = False


_SPAN = (("fromDate", "From"), ("toDate", "To"))
_KNOWN = (
    Report("TrialBalance", "Trial balance", "Every account with its debit or credit; both sides are equal."),
    Report("ProfitAndLoss", "Profit and loss", "What was earned and spent in a time.", _SPAN, compares=True),
    Report("BalanceSheet", "Balance sheet", "What is owned, what is owed, and what is left.", compares=True),
    Report("BankSummary", "Bank summary", "What came and went on each bank account.", _SPAN),
    Report("ExecutiveSummary", "Executive summary", "A month beside the one before."),
    Report("AgedReceivablesByContact", "Aged receivables", "What a customer has not paid yet.", of_contact=True),
    Report("AgedPayablesByContact", "Aged payables", "What we have not paid a supplier yet.", of_contact=True),
)
ALL: dict[str, Report] = {
    **{report.name.lower(): report for report in _KNOWN},
    **{name: Report(name, words(name), "") for name in REPORTS if name not in {r.name.lower() for r in _KNOWN}},
}


def show(books: Books, name: str, args) -> dict:
    """What report.html shows.

    :raises NotFound: there is no such report
    """
    report = ALL.get(name.lower())
    if report is None or name.lower() not in REPORTS:
        raise NotFound
    names = [parameter for parameter, _words in report.dates]
    names += ["periods", "timeframe"] * report.compares + ["contactId"] * report.of_contact
    asked = {name: args.get(name, "") for name in names}
    if report.of_contact and not asked["contactId"]:
        asked["contactId"] = next((one["ContactID"] for one in contacts(books)), "")
    made = next(iter(books.get(f"Reports/{report.name}", **asked).get("Reports", [])), None)
    return {
        "report": report,
        "made": made,
        "asked": asked,
        "contacts": contacts(books) if report.of_contact else [],
        "periods": PERIODS,
        "timeframes": [(one, words(one)) for one in TIMEFRAMES],
    }


def contacts(books: Books) -> list[dict]:
    held = [row for row in books.table("Contacts") if row.get("ContactStatus") == "ACTIVE"]
    return sorted(held, key=lambda row: row["Name"].lower())[:500]


def ledger(books: Books, number: int) -> dict:
    """Journals, the latest first."""
    page = books.page(list(books.table("Journals").walk())[::-1], number)
    return {"page": page, "journals": [journal_table(books, row) for row in page["rows"]]}


def journal(books: Books, number: str) -> Table:
    """
    :raises NotFound: there is no journal of that number
    """
    found = next((row for row in books.table("Journals").walk() if str(row["JournalNumber"]) == number), None)
    if found is None:
        raise NotFound
    return journal_table(books, found)


def journal_table(books: Books, row: dict) -> Table:
    rows = []
    for posting in row["Postings"]:
        account = books.table("Accounts").get(posting.account_id)
        name = f"{account.get('Code', '')} {account['Name']}".strip()
        rows.append([Cell(name, href=f"{books.base}/accounts/{posting.account_id}"), *sides(posting.amount)])
    debit = sum(posting.amount for posting in row["Postings"] if posting.amount > 0)
    foot = [[Cell("Total"), Cell(money(debit), "amount"), Cell(money(debit), "amount")]]
    heads = [("Account", False), ("Debit", True), ("Credit", True)]
    reversed_words = " · reversed" if row["Reversed"] else ""
    note = f"{iso_date(row['Date'])[:10]} · {source(books, row['Source']).text}{reversed_words}"
    return Table(f"Journal {row['JournalNumber']}", heads, rows, foot, note=note)
