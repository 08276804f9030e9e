"""Pictures of the simulator for its README, taken from a running one in a real browser."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import requests
from PIL import Image

from .browser import Page
from .screens_company import TIMEOUT, Company, fill

LARGEST = 150_000  # bytes of one picture
COLOURS = 256
SCOPES = "openid offline_access accounting.invoices accounting.contacts accounting.payments accounting.settings.read"


@dataclass(frozen=True)
class Screen:
    """One picture: its file's name, how to get there, and the size of the window."""

    name: str
    go: Callable[[Page, Company], None]
    width: int = 1280
    height: int = 860


def _record(resource: str, slug: str, key: str, value: str) -> Callable[[Page, Company], None]:
    def go(page: Page, company: Company) -> None:
        held = requests.get(f"{company.url}/_sim/state/{resource}", timeout=TIMEOUT).json()
        row = next(one for one in held if one.get(key) == value)
        page.open(f"{_own(company)}/{slug}/{row[f'{resource[:-1]}ID']}")

    return go


def _own(company: Company) -> str:
    return f"{company.url}/organisations/{company.tenant_id}"


def _path(path: str) -> Callable[[Page, Company], None]:
    return lambda page, company: page.open(f"{_own(company)}{path}")


def _consent(page: Page, company: Company) -> None:
    app = requests.get(f"{company.url}/_sim/apps", timeout=TIMEOUT).json()[0]
    query = {"response_type": "code", "client_id": app["client_id"], "scope": SCOPES, "state": secrets.token_hex(4)}
    query["redirect_uri"] = "http://localhost:8069/callback"
    page.open(f"{company.url}/identity/connect/authorize?{urlencode(query)}")
    page.click("button[value=login]")


def _call(page: Page, company: Company) -> None:
    page.open(f"{company.url}/calls?path=Payments%24&method=PUT")
    page.click("main table a")


SCREENS = (
    Screen("consent", _consent, 900, 900),
    Screen("dashboard", _path("")),
    Screen("invoice", _record("Invoices", "invoices", "InvoiceNumber", "INV-0004"), height=1100),
    Screen("item", _record("Items", "items", "Code", "LAMP-BRASS")),
    Screen("balance-sheet", _path("/reports/BalanceSheet?periods=2&timeframe=MONTH")),
    Screen("call", _call, height=1000),
)


def take(page: Page, url: str, folder: Path) -> list[Path]:
    """Fill the company of the simulator at `url` and take all pictures into `folder`; returns their paths.

    :raises ValueError: a picture is larger than a README should load
    """
    company = fill(url)
    folder.mkdir(parents=True, exist_ok=True)
    return [_take(page, company, screen, folder / f"{screen.name}.png") for screen in SCREENS]


def _take(page: Page, company: Company, screen: Screen, path: Path) -> Path:
    page.resize(screen.width, screen.height)
    screen.go(page, company)
    path.write_bytes(small(page.picture()))
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path} has {path.stat().st_size} bytes, more than {LARGEST}")
    return path


def small(png: bytes, colours: int = COLOURS) -> bytes:
    """The same picture in few colours, which screens have."""
    written = io.BytesIO()
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(colours, dither=Image.Dither.NONE)
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()
