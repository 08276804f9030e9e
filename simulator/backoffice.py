"""The back office at /: a person looks at what the simulator holds and at the calls it had."""

import json
import re
from decimal import Decimal

from werkzeug.datastructures import Headers, MultiDict
from werkzeug.exceptions import NotFound

from . import accounting, problems
from .calls import ApiCall, Reply
from .templates import html, stylesheet

PAGE_SIZE = 50
#: Calls shown in the list of calls.
LATEST = 200
NUMBER = re.compile(r"[0-9]{1,12}")
MARKED_NUMBER = re.compile(r'"\\u0000([^"]+)"')


class Books:
    """Reads one organisation in the way a client does: through the API's own answers."""

    def __init__(self, world, organisation):
        self._world = world
        self.organisation = organisation

    def read(self, path: str, **args) -> dict:
        """The envelope that GET `path` answers; empty where there is nothing."""
        call = ApiCall(
            method="GET",
            path_segments=path.split("/"),
            args=MultiDict({name: str(value) for name, value in args.items()}),
            headers=Headers({"Accept": "application/json"}),
            body=b"",
            organisation=self.organisation,
            clock=self._world.clock,
            ids=self._world.ids,
        )
        reply = accounting.handle(call)
        if reply.status != 200 or reply.payload is None:
            return {}
        return json.loads(reply.payload, parse_float=Decimal) if isinstance(reply.payload, bytes) else reply.payload

    def page(self, resource: str, number: int, **args) -> dict:
        """One page of `resource`: its records and where it stands among the pages."""
        envelope = self.read(resource, page=number, pageSize=PAGE_SIZE, **args)
        found = envelope.get("pagination", {})
        return {
            "records": envelope.get(resource, []),
            "number": number,
            "pages": found.get("pageCount", 1),
            "count": found.get("itemCount", len(envelope.get(resource, []))),
        }

    def all(self, resource: str) -> list[dict]:
        """All records of a resource that Xero does not page."""
        return self.read(resource).get(resource, [])

    def one(self, resource: str, identifier: str) -> dict | None:
        return next(iter(self.read(f"{resource}/{identifier}").get(resource, [])), None)

    def report(self, name: str) -> dict | None:
        return next(iter(self.read(f"Reports/{name}").get("Reports", [])), None)


def page(exchange, _proceed) -> Reply:
    """One page of the back office."""
    if exchange.request.method not in ("GET", "HEAD"):
        return problems.bad_method("GET")
    parts = exchange.segments
    try:
        if parts[:1] == ["organisations"] and len(parts) >= 2:
            return _organisation_page(exchange, parts[1], parts[2:])
        return PAGES.get(parts[0] if parts else "", _missing)(exchange, parts[1:])
    except NotFound:
        return html("missing.html", 404, world=exchange.world, path=exchange.request.path)


def _missing(_exchange, _parts):
    raise NotFound


def _dashboard(exchange, _parts):
    world = exchange.world
    rows = [
        {"organisation": o, "counts": _counts(Books(world, o)), "connections": _connections(world, o)}
        for o in world.organisations.values()
    ]
    return html("dashboard.html", world=world, rows=rows, limits=world.limits, calls=_latest(world, 8))


def _counts(books):
    return {name: books.page(name, 1)["count"] for name in ("Contacts", "Invoices", "CreditNotes", "Payments")}


def _connections(world, organisation):
    found = [c for c in world.grants.connections.values() if c.tenant_id == organisation.tenant_id]
    return [{"app": world.apps[c.client_id].name, "since": c.created} for c in found]


def _latest(world, count):
    return world.journal.find()[: -count - 1 : -1]


def _calls(exchange, parts):
    world = exchange.world
    if not parts:
        return html("calls.html", world=world, calls=_latest(world, LATEST))
    wanted = int(parts[0]) if NUMBER.fullmatch(parts[0]) else 0
    record = next((r for r in world.journal.find(since=wanted - 1) if r.seq == wanted), None)
    if record is None:
        raise NotFound
    return html("call.html", world=world, call=record, pretty=pretty)


def pretty(body: str) -> str:
    """A JSON body laid out for reading, numbers with the digits they came with; anything else as it is."""
    try:
        parsed = json.loads(body, parse_float=lambda digits: f"\0{digits}")
    except ValueError:
        return body
    return MARKED_NUMBER.sub(r"\1", json.dumps(parsed, indent=2, ensure_ascii=False))


def _style(_exchange, _parts):
    return stylesheet()


PAGES = {"": _dashboard, "calls": _calls, "style.css": _style}


def _organisation_page(exchange, tenant_id, parts):
    world = exchange.world
    if tenant_id not in world.organisations:
        raise NotFound
    books = Books(world, world.organisations[tenant_id])
    show = ORGANISATION_PAGES.get(parts[0] if parts else "")
    if show is None:
        raise NotFound
    return show(world, books, parts[1:], _number(exchange.request))


def _number(request):
    wanted = request.args.get("page", "1")
    return max(1, int(wanted)) if NUMBER.fullmatch(wanted) else 1


def _organisation_html(name, world, books, section, **values):
    return html(name, world=world, organisation=books.organisation, section=section, **values)


def _overview(world, books, _parts, _number):
    organisation = next(iter(books.read("Organisation").get("Organisations", [])), {})
    newest = books.page("Invoices", 1, order="UpdatedDateUTC DESC")
    return _organisation_html(
        "overview.html",
        world,
        books,
        "overview",
        facts=organisation,
        newest=newest["records"][:10],
        counts=_counts(books),
    )


def _contacts(world, books, _parts, number):
    found = books.page("Contacts", number, order="Name", includeArchived="true")
    return _organisation_html("contacts.html", world, books, "contacts", page=found)


def _documents(resource, section):
    def show(world, books, parts, number):
        if parts:
            document = books.one(resource, parts[0])
            if document is None:
                raise NotFound
            return _organisation_html("document.html", world, books, section, document=document)
        found = books.page(resource, number, order="Date DESC")
        return _organisation_html("documents.html", world, books, section, page=found)

    return show


def _items(world, books, _parts, _number):
    return _organisation_html("items.html", world, books, "items", items=books.all("Items"))


def _payments(world, books, _parts, number):
    found = books.page("Payments", number, order="Date DESC")
    return _organisation_html("payments.html", world, books, "payments", page=found)


def _ledger(world, books, _parts, _number):
    return _organisation_html("ledger.html", world, books, "ledger", report=books.report("TrialBalance"))


ORGANISATION_PAGES = {
    "": _overview,
    "contacts": _contacts,
    "invoices": _documents("Invoices", "invoices"),
    "credit-notes": _documents("CreditNotes", "credit-notes"),
    "items": _items,
    "payments": _payments,
    "ledger": _ledger,
}
