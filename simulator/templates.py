"""HTML pages, from the templates in pages/."""

from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .accounting.codec import read_date
from .calls import Reply

PAGES = Path(__file__).parent / "pages"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"money": money, "figure": figure, "day": day}
    return environment


def money(amount) -> str:
    """An amount with thousands separators and two decimals; nothing for None."""
    return "" if amount is None or amount == "" else f"{amount:,.2f}"


def figure(text) -> str:
    """A report's figure like an amount; any other text as it is."""
    try:
        return money(Decimal(text))
    except InvalidOperation:
        return text


def day(date) -> str:
    """The calendar day of a date as the API writes it; nothing for None."""
    return str(read_date(date)) if date else ""


def html(name: str, status: int = 200, **values) -> Reply:
    """The page `name`, filled in with `values`."""
    body = _environment().get_template(name).render(values).encode()
    return Reply(status, body, "text/html; charset=utf-8", {"Cache-Control": "no-store"})


def stylesheet() -> Reply:
    """The one stylesheet of all pages."""
    return Reply(200, (PAGES / "style.css").read_bytes(), "text/css; charset=utf-8")
