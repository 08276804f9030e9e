"""The back office at /: a person looks at what the simulator holds and at the calls it had."""

from urllib.parse import urlsplit

from werkzeug.exceptions import NotFound

from . import problems
from .calls import Reply
from .office import dashboard, payrolls, platform, records, reports, rooms
from .office.books import Books
from .office.cells import first, text
from .templates import html, icon, stylesheet

#: Pages that lie beside the organisations, in the order of the menu: slug → words.
PLATFORM = {
    "calls": "Calls",
    "webhooks": "Webhooks",
    "limits": "Limits",
    "apps": "Apps and connections",
    "faults": "Faults",
    "clock": "Clock",
}


def page(exchange, _proceed) -> Reply:
    """One page of the back office, or one of the few buttons on them."""
    request, parts = exchange.request, exchange.segments
    if request.method == "POST" and tuple(parts) in platform.ACTIONS:
        return _act(exchange, tuple(parts))
    if request.method not in ("GET", "HEAD"):
        return problems.bad_method("GET")
    try:
        if parts[:1] == ["organisations"] and len(parts) >= 2:
            return _of_organisation(exchange, parts[1], parts[2:])
        return PAGES.get(parts[0] if parts else "", _missing)(exchange, parts[1:])
    except NotFound:
        return _page(exchange.world, "missing.html", 404, path=request.path)


def _act(exchange, name: tuple[str, str]) -> Reply:
    """A button: done, then back to its page. Refused where another site's page has sent it."""
    request = exchange.request
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        return Reply(403, b"Only the back office's own pages may do that.", "text/plain; charset=utf-8")
    platform.ACTIONS[name](exchange.world, request.form)
    return Reply(303, None, headers={"Location": f"/{name[0]}"})


def _missing(_exchange, _parts):
    raise NotFound


def _page(world, name: str, status: int = 200, /, **values) -> Reply:
    shared = {"world": world, "menu": PLATFORM, "groups": (), "base": "", "section": "", "organisation": None}
    return html(name, status, **{**shared, **values})


def _home(exchange, _parts):
    return _page(exchange.world, "home.html", **platform.home(exchange.world))


def _calls(exchange, parts):
    world = exchange.world
    if parts:
        return _page(world, "call.html", section="calls", **_call(world, parts[0]))
    return _page(world, "calls.html", section="calls", **platform.calls(world, exchange.request.args))


def _call(world, number: str) -> dict:
    shown = platform.call(world, number)
    return {**shown, "tenant": shown["organisation"], "organisation": None}


def _of_platform(slug: str, show):
    def page_of(exchange, parts):
        if parts:
            raise NotFound
        return _page(exchange.world, f"{slug}.html", section=slug, **show(exchange.world))

    return page_of


def _style(_exchange, _parts):
    return stylesheet()


def _icon(_exchange, _parts):
    return icon()


PAGES = {
    "": _home,
    "calls": _calls,
    "webhooks": _of_platform("webhooks", platform.webhooks),
    "limits": _of_platform("limits", platform.limits),
    "apps": _of_platform("apps", platform.apps),
    "faults": _of_platform("faults", platform.faults),
    "clock": _of_platform("clock", platform.clock),
    "style.css": _style,
    "icon.svg": _icon,
}


# -- one organisation


def _of_organisation(exchange, tenant_id: str, parts: list[str]) -> Reply:
    world = exchange.world
    organisation = world.organisations.get(tenant_id)
    if organisation is None:
        raise NotFound
    with organisation.lock:
        books = Books(world, organisation)
        show = OWN_PAGES.get(parts[0] if parts else "")
        if show:
            return show(books, parts[1:], exchange.request.args)
        return _records(books, parts, exchange.request.args)


def _inside(books: Books, name: str, section: str, /, **values) -> Reply:
    groups = [*rooms.MENU]
    if payroll := payrolls.menu(books.organisation):
        groups.append(rooms.Group("Payroll", tuple(payroll)))
    groups.append(rooms.Group("", (("settings", "Settings"),)))
    shared = {"organisation": books.organisation, "base": books.base, "groups": groups, "section": section}
    return _page(books.world, name, **shared, **values)


def _dashboard(books, parts, _args):
    if parts:
        raise NotFound
    return _inside(books, "dashboard.html", "", **dashboard.show(books))


def _records(books, parts, args):
    """A list of records, one of them, or its PDF."""
    room = records.find(parts[0])
    if len(parts) == 1:
        return _inside(books, "list.html", room.slug, **records.listing(books, room, args))
    if len(parts) == 3 and parts[2] == "pdf":
        return records.pdf(books, room, parts[1])
    if len(parts) != 2:
        raise NotFound
    shown = records.record(books, room, parts[1], args)
    return _inside(books, "record.html", shown["room"].slug, **shown)


def _file(books, parts, _args):
    return records.file(books, parts[0] if parts else "")


def _ledger(books, parts, args):
    if parts:
        return _inside(books, "journal.html", "ledger", journal=reports.journal(books, parts[0]))
    return _inside(books, "ledger.html", "ledger", **reports.ledger(books, records.page_number(args)))


def _reports(books, parts, args):
    if parts:
        return _inside(books, "report.html", "reports", **reports.show(books, parts[0], args))
    return _inside(books, "reports.html", "reports", reports=reports.ALL.values())


def _payroll(books, parts, _args):
    if not 1 <= len(parts) <= 2:
        raise NotFound
    section = f"payroll/{parts[0]}"
    if len(parts) == 1:
        return _inside(books, "payroll.html", section, **payrolls.listing(books, parts[0]))
    return _inside(books, "payroll_record.html", section, **payrolls.record(books, parts[0], parts[1]))


def _settings(books, _parts, _args):
    facts = next(iter(books.get("Organisation").get("Organisations", [])), {})
    return _inside(
        books,
        "settings.html",
        "settings",
        facts=[(name, text(value)) for name, value in facts.items() if text(value)],
        users=books.get("Users").get("Users", []),
        currencies=books.get("Currencies").get("Currencies", []),
        themes=books.get("BrandingThemes").get("BrandingThemes", []),
        connections=platform.connections(books.world, books.organisation),
        first=first,
    )


OWN_PAGES = {
    "": _dashboard,
    "files": _file,
    "ledger": _ledger,
    "reports": _reports,
    "payroll": _payroll,
    "settings": _settings,
}
