"""What is not one organisation's: calls, webhooks, limits, apps, faults, the clock."""

import json
import re
from dataclasses import asdict
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound

from .. import scopes
from .books import ZERO, Books
from .cells import Cell, Table, first, money, text, words
from .records import page_number
from .rooms import room_of

PAGE_SIZE = 100
LATEST = 8
MARKED_NUMBER = re.compile(r'"\\u0000([^"]+)"')
#: Steps that the clock can be moved by from its page: words → seconds.
STEPS = {"1 minute": 60, "31 minutes": 1860, "1 day": 86400, "1 month": 30 * 86400, "61 days": 61 * 86400}
ANSWERS = (("", "all"), ("fine", "answered"), ("refused", "refused"), ("lost", "lost"))


def home(world) -> dict:
    """What home.html shows: every organisation, and the latest calls."""
    return {
        "rows": [_card(world, one) for one in world.organisations.values()],
        "calls": world.journal.find()[: -LATEST - 1 : -1],
        "pending": len(world.webhooks.pending()["events"]),
        "faults": len(world.faults.describe()),
    }


def _card(world, organisation) -> dict:
    with organisation.lock:
        books = Books(world, organisation)
        owed, owing = (books.balance(books.system(role)["AccountID"]) for role in ("DEBTORS", "CREDITORS"))
        banks = [row["AccountID"] for row in books.table("Accounts") if row["Type"] == "BANK"]
        held = sum((books.balance(account) for account in banks), ZERO)
        counts = [(text, len(books.table(name))) for name, text in COUNTED]
    return {
        "organisation": organisation,
        "figures": [("Customers owe", money(owed)), ("We owe", money(-owing)), ("In the bank", money(held))],
        "counts": counts,
        "connections": connections(world, organisation),
    }


#: Tables that are written because others are.
CONSEQUENCES = frozenset({"Journals", "StockMoves"})
COUNTED = (("Contacts", "contacts"), ("Invoices", "invoices and bills"), ("Items", "items"), ("Payments", "payments"))


def connections(world, organisation=None) -> list[dict]:
    """Who has connected what, and since when."""
    return [
        {
            "app": world.apps[one.client_id].name,
            "organisation": world.organisations[one.tenant_id],
            "user": next((user.name for user in world.users if user.user_id == one.user_id), ""),
            "since": one.created,
            "id": one.id,
        }
        for one in world.grants.connections.values()
        if organisation is None or one.tenant_id == organisation.tenant_id
    ]


# -- calls


def calls(world, args) -> dict:
    """What calls.html shows: the calls that fit, the latest first."""
    method, path, answer = (args.get(name, "").strip() for name in ("method", "path", "answer"))
    found = [one for one in world.journal.find(method or None, path or None)[::-1] if answer in ("", verdict(one))]
    pages = max(1, -(-len(found) // PAGE_SIZE))
    number = min(page_number(args), pages)
    kept = urlencode({key: value for key, value in (("method", method), ("path", path), ("answer", answer)) if value})
    page = {"number": number, "pages": pages, "count": len(found), "address": f"?{kept}&" if kept else "?"}
    part = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return {"calls": part, "page": page, "method": method, "path": path, "answer": answer, "answers": ANSWERS}


def verdict(call) -> str:
    """Whether a call was "fine", "refused" or "lost"."""
    if call.status is None:
        return "lost"
    return "fine" if call.status < 400 else "refused"


def call(world, number: str) -> dict:
    """What call.html shows.

    :raises NotFound: no call has that number, or it is forgotten
    """
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 12 else 0
    found = next((one for one in world.journal.find(since=wanted - 1) if one.seq == wanted), None)
    if found is None:
        raise NotFound
    organisation = world.organisations.get(found.tenant_id)
    return {
        "call": found,
        "verdict": verdict(found),
        "organisation": organisation,
        "changes": [_told(organisation, change) for change in sorted(found.changes, key=_weight)],
        "request": pretty(found.request_body),
        "answer": pretty(found.response_body),
    }


def _weight(change) -> tuple:
    """What was there before comes first, what follows from the rest last."""
    return (change.table in CONSEQUENCES, change.what != "updated")


def _told(organisation, change) -> dict:
    """A change with the address of the record it is about, where that has a page."""
    row = organisation.store.tables[change.table].get(change.row_id) if organisation else None
    room = room_of(change.table, row) if row else None
    href = f"/organisations/{organisation.tenant_id}/{room.slug}/{change.row_id}" if room else ""
    called = text(first(row, room.title)) if room else ""
    fields = [(name, readable(before), readable(after)) for name, before, after in change.fields()]
    table = change.table.replace(".", " ")
    return {"change": change, "table": table, "called": called or change.row_id, "href": href, "fields": fields}


def readable(value) -> str:
    """One side of a changed field."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, indent=1, ensure_ascii=False, default=str)
    return str(value)


def pretty(body: str) -> str:
    """A JSON body laid out for reading, numbers with the digits they came with; anything else as it is."""
    try:
        parsed = json.loads(body, parse_float=lambda digits: f"\0{digits}")
        return MARKED_NUMBER.sub(r"\1", json.dumps(parsed, indent=2, ensure_ascii=False))
    except (ValueError, RecursionError):
        return body


# -- webhooks, limits, apps, faults, clock


def webhooks(world) -> dict:
    hooks = world.webhooks
    pending = hooks.pending()
    return {"state": hooks.describe(), "pending": pending["events"], "attempts": hooks.attempts()[::-1]}


def limits(world) -> dict:
    settings = world.limits.settings
    used = [
        {
            "app": world.apps[row["client_id"]].name,
            "organisation": world.organisations[row["tenant_id"]],
            "tier": row["tier"],
            "meters": (
                ("This minute", row["minute"], settings.minute),
                ("Today", row["day"], row["day_limit"]),
                ("In flight", row["in_flight"], settings.concurrent),
            ),
        }
        for row in world.limits.used()
    ]
    told = {name: value for name, value in asdict(settings).items() if name != "latency"}
    return {
        "used": used,
        "settings": [(words(name), f"{value:,}") for name, value in told.items()],
        "latency": settings.latency,
    }


def apps(world) -> dict:
    return {
        "apps": [
            {
                "app": one,
                "scopes": scopes.in_words(list(one.scopes)) if one.scopes else ["everything that needs no approval"],
            }
            for one in world.apps.values()
        ],
        "connections": connections(world),
        "users": world.users,
    }


def faults(world) -> dict:
    columns = ("kind", "method", "path", "when", "nth", "probability", "times", "status", "seen", "struck")
    rows = [
        [Cell("" if row.get(name) is None else str(row[name])) for name in columns] for row in world.faults.describe()
    ]
    return {
        "faults": Table(
            "",
            [(words(name), False) for name in columns],
            rows,
            empty="No fault is in force: every call is carried out.",
        )
    }


def clock(world) -> dict:
    return {"steps": STEPS, "offset": world.clock.offset, "tokens": len(world.grants.access_tokens)}


# -- what a person can do here


def clear_faults(world, _form) -> None:
    world.faults.clear()


def move_clock(world, form) -> None:
    """Move the clock on by one of the steps; any other is left alone."""
    world.clock.advance(STEPS.get(form.get("step", ""), 0))
    world.webhooks.deliver_due()


def deliver(world, _form) -> None:
    """Post what is pending; where that cannot be done, the page says why."""
    if world.webhooks.options.url and world.webhooks.options.enabled:
        world.webhooks.deliver()


def switch_on(world, _form) -> None:
    world.webhooks.change(enabled=True)


ACTIONS = {
    ("faults", "clear"): clear_faults,
    ("clock", "advance"): move_clock,
    ("webhooks", "deliver"): deliver,
    ("webhooks", "enable"): switch_on,
}
