"""What the pages show: tables of cells, made from records as Xero writes them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from ..accounting.codec import read_date

#: Ways to show what stands right-aligned.
AMOUNTS = frozenset({"money", "number", "price", "plain number"})


@dataclass(frozen=True)
class Cell:
    """One value on a page.

    :ivar kind: how it looks: text, amount, badge, code or quiet
    :ivar href: where a click leads; empty for nowhere
    """

    text: str
    kind: str = "text"
    href: str = ""


@dataclass(frozen=True)
class Table:
    """Some rows under a heading.

    :ivar heads: (words, whether the column is one of amounts)
    :ivar foot: rows of sums, each as wide as the table
    """

    words: str
    heads: list[tuple[str, bool]]
    rows: list[list[Cell]]
    foot: list[list[Cell]] = field(default_factory=list)
    empty: str = "Nothing yet."
    note: str = ""


@dataclass(frozen=True)
class Column:
    """One column of a list, or one fact of a record.

    :ivar words: its heading
    :ivar paths: where in the record its value is, e.g. "Contact.Name"; the first that says something counts
    :ivar show: key of SHOWN
    :ivar to: slug of the room that the value leads to; empty for none
    :ivar by: path of the id that leads there
    """

    words: str
    paths: str
    show: str = "text"
    to: str = ""
    by: str = ""

    @property
    def is_amount(self) -> bool:
        return self.show in AMOUNTS

    def cell(self, record: dict, base: str) -> Cell:
        value = first(record, self.paths)
        target = first(record, self.by) if self.to else None
        shown = SHOWN[self.show](value)
        if target and not shown:
            shown = "no number"
        kind = "amount" if self.is_amount else {"badge": "badge", "code": "code"}.get(self.show, "text")
        return Cell(shown, kind, f"{base}/{self.to}/{quote(str(target), safe='')}" if target else "")


def first(record: Any, paths: str) -> Any:
    """The value at the first of `paths` (separated by blanks) that is there."""
    for path in paths.split():
        value = record
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value not in (None, ""):
            return value
    return None


def money(amount) -> str:
    """An amount with thousands separators and two decimals; nothing for None."""
    number = _number(amount)
    return "" if number is None else f"{number:,.2f}"


def number(amount) -> str:
    """A quantity or price with the decimals it needs."""
    value = _number(amount)
    if value is None:
        return ""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def price(amount) -> str:
    """At least two decimals, up to those it has."""
    text = number(amount)
    whole, point, digits = text.partition(".")
    return f"{whole}.{digits:0<2}" if text else ""


def _number(amount) -> Decimal | None:
    if amount is None or isinstance(amount, bool):
        return None
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def day(date) -> str:
    """The calendar day of a date as the API writes it; text that is none as it is."""
    if not date:
        return ""
    try:
        return str(read_date(str(date)))
    except ValueError:
        return str(date)


def words(name) -> str:
    """A name out of the API as words: "AwaitingApproval" and "CURRENT_USER" → "Awaiting approval", "Current user"."""
    text = str(name or "").replace("_", " ").strip()
    spaced = "".join(f" {char}" if char.isupper() and not text.isupper() else char for char in text).strip()
    return " ".join(spaced.split()).capitalize()


def text(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(text, value)))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {text(part)}" for key, part in value.items() if text(part))
    plain = str(value).removesuffix("T00:00:00")
    return day(plain) if plain.startswith("/Date(") else plain


SHOWN: dict[str, Callable[[Any], str]] = {
    "text": text,
    "code": text,
    "words": words,
    "badge": words,
    "money": money,
    "number": number,
    "price": price,
    "plain number": text,
    "day": day,
}


def table(heading: str, columns: Iterable[Column], records: Iterable[dict], base: str, **more) -> Table:
    """`records` in rows, one cell for each of `columns`."""
    columns = tuple(columns)
    heads = [(column.words, column.is_amount) for column in columns]
    return Table(heading, heads, [[column.cell(record, base) for column in columns] for record in records], **more)
