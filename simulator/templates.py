"""HTML pages, from the templates in pages/."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .calls import Reply
from .office.cells import day, money, words

PAGES = Path(__file__).parent / "pages"
#: Nothing but our own stylesheet and pictures, and no script: what clients store is shown here.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"money": money, "figure": figure, "day": day, "words": words}
    return environment


def figure(text) -> str:
    """A report's figure like an amount; any other text as it is."""
    return money(text) or str(text)


def html(name: str, status: int = 200, /, **values) -> Reply:
    """The page `name`, filled in with `values`."""
    # What comes from a client may hold half of a character, which no encoding has.
    body = _environment().get_template(name).render(values).encode("utf-8", "replace")
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
    }
    return Reply(status, body, "text/html; charset=utf-8", headers)


def stylesheet() -> Reply:
    """The one stylesheet of all pages."""
    return Reply(200, (PAGES / "style.css").read_bytes(), "text/css; charset=utf-8")


def icon() -> Reply:
    """The mark in the browser's tab."""
    return Reply(200, (PAGES / "icon.svg").read_bytes(), "image/svg+xml")
