"""What an organisation looks like at a glance."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from ..accounting.resources.accounts import CLASSES
from . import parts
from .books import ZERO, Books
from .cells import money

MONTHS = 6
LATEST = 8
#: Size of the chart's drawing, in its own units.
HEIGHT, BAR, GAP, STEP = 120, 26, 6, 96


def show(books: Books) -> dict:
    """What dashboard.html shows."""
    earned, spent = _by_month(books)
    return {
        "figures": _figures(books),
        "banks": _banks(books),
        "latest": parts.documents_table(books, "Latest documents", books.latest(LATEST)),
        "bars": _bars(_months(books.today), earned, spent),
        "calls": _calls(books),
        "settings": books.organisation.settings,
        "locks": [(words, books.organisation.settings.get(key)) for key, words in LOCKS],
    }


LOCKS = (("PeriodLockDate", "Locked up to"), ("EndOfYearLockDate", "Year end locked up to"))


def _figures(books: Books) -> list[tuple[str, str, str]]:
    """(words, amount, remark) of what is owed on either side."""
    receivable, payable = (books.balance(books.system(role)["AccountID"]) for role in ("DEBTORS", "CREDITORS"))
    return [
        ("Customers owe", money(receivable), _overdue(books, "ACCREC")),
        ("We owe", money(-payable), _overdue(books, "ACCPAY")),
        ("In the bank", money(sum((books.balance(one["AccountID"]) for one in _bank_accounts(books)), ZERO)), ""),
    ]


def _overdue(books: Books, kind: str) -> str:
    late = [
        row
        for row in books.table("Invoices")
        if row["Type"] == kind and row["Status"] == "AUTHORISED" and row.get("DueDate") and row["DueDate"] < books.today
    ]
    return f"{len(late)} overdue" if late else "none overdue"


def _bank_accounts(books: Books) -> list[dict]:
    return [one for one in books.table("Accounts").walk() if one["Type"] == "BANK" and one["Status"] == "ACTIVE"]


def _banks(books: Books) -> list[tuple[str, str, str]]:
    return [
        (one["Name"], f"{books.base}/accounts/{one['AccountID']}", money(books.balance(one["AccountID"])))
        for one in _bank_accounts(books)
    ]


def _calls(books: Books) -> dict:
    today = books.world.clock.now().date().isoformat()
    mine = [call for call in books.world.journal.find() if call.tenant_id == books.organisation.tenant_id]
    held = [call for call in mine if call.time[:10] == today]
    refused = sum(1 for call in held if call.status is None or call.status >= 400)
    return {"today": len(held), "refused": refused, "latest": mine[: -LATEST - 1 : -1]}


def _months(today: date) -> list[date]:
    """First days of the latest months, the oldest first."""
    count = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(count - MONTHS + 1, count + 1)]


def _by_month(books: Books) -> tuple[dict[date, Decimal], dict[date, Decimal]]:
    """First day of a month → what was earned, and what was spent."""
    classes = {one["AccountID"]: CLASSES[one["Type"]] for one in books.table("Accounts")}
    earned, spent = defaultdict(lambda: ZERO), defaultdict(lambda: ZERO)
    for day, posting in books.organisation.ledger.postings():
        group = classes[posting.account_id]
        if group == "REVENUE":
            earned[day.replace(day=1)] -= posting.amount
        elif group == "EXPENSE":
            spent[day.replace(day=1)] += posting.amount
    return earned, spent


def _bars(months: list[date], earned: dict, spent: dict) -> list[dict]:
    """Two bars a month, as rectangles of the drawing."""
    most = max([abs(sums[month]) for sums in (earned, spent) for month in months] + [Decimal(1)])
    drawn = []
    for place, month in enumerate(months):
        left = place * STEP + (STEP - 2 * BAR - GAP) // 2
        heights = [int(max(sums[month], ZERO) / most * HEIGHT) for sums in (earned, spent)]
        drawn.append(
            {
                "words": f"{month:%b}",
                "middle": place * STEP + STEP // 2,
                "earned": {"x": left, "y": HEIGHT - heights[0], "height": heights[0], "text": money(earned[month])},
                "spent": {
                    "x": left + BAR + GAP,
                    "y": HEIGHT - heights[1],
                    "height": heights[1],
                    "text": money(spent[month]),
                },
            }
        )
    return drawn
