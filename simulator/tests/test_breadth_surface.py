"""Every path that the simulator knows, with every verb, kind of body and header that makes no sense.

Some hundreds of cases run each time; ``SIMULATOR_CASES=10000`` runs as many as one likes, ``SIMULATOR_DICE`` others.
"""

import contextlib
import os
import random
import re
import socket
from urllib.parse import urlencode

import pytest
from nonsense import EXPECTED, NOWHERE, REFUSED, TEXTS, Caller, indexes_are_right, of_model, resources, value, written

from simulator import journal, xml_form
from simulator.accounting import contract
from simulator.accounting.registry import SPECS
from simulator.admin import ORDERS
from simulator.app import LARGEST_BODY
from simulator.routes import ROOMS

CASES = int(os.environ.get("SIMULATOR_CASES", "400"))
DICE = int(os.environ.get("SIMULATOR_DICE", "1"))
#: The last ones are none that a resource knows.
VERBS = ("GET",) * 10 + ("POST",) * 5 + ("PUT",) * 5 + ("DELETE",) * 3 + ("PATCH", "HEAD", "OPTIONS", "TRACE", "get")
REPORTS = ("TrialBalance", "BalanceSheet", "ProfitAndLoss", "BankSummary", "ExecutiveSummary", "BudgetSummary", "X")
AGED = ("AgedReceivablesByContact", "AgedPayablesByContact")
BELOW = ("History", "Attachments", "Attachments/a.txt", "Allocations", "Email", "OnlineInvoice", "Options", "pdf")
PAYROLL = (
    *("Employees", "PayItems", "PayrollCalendars", "PayRuns", "Payslip", "Timesheets", "LeaveApplications", "Settings"),
    *("Superfunds", "SuperfundProducts", "WorkLocations", "PayRunCalendars", "EarningsRates", "LeaveTypes", "PaySlips"),
    *("Deductions", "Reimbursements", "Benefits", "EarningsOrders", "Superannuations", "StatutoryLeaves", "Nothing"),
)
IDENTITY = (
    *("connect/token", "connect/revocation", "connections", f"connections/{NOWHERE}", "identity/connect/authorize"),
    *(".well-known/openid-configuration", ".well-known/openid-configuration/jwks", "identity/connect", "connect"),
)
OFFICE = ("", "contacts", "invoices", "credit-notes", "items", "payments", "ledger", "reports", "webhooks", "bills")
PARAMETERS = (
    *("where", "order", "page", "pageSize", "IDs", "InvoiceNumbers", "ContactIDs", "Statuses", "searchTerm", "unitdp"),
    *(
        "summaryOnly",
        "includeArchived",
        "summarizeErrors",
        "offset",
        "date",
        "fromDate",
        "toDate",
        "DateFrom",
        "DateTo",
    ),
    *("periods", "timeframe", "contactID", "trackingCategoryID", "standardLayout", "paymentsOnly", "includeDeleted"),
    *("QuoteNumber", "Status", "ExpiryDateFrom", "ContactID", "References", "createdByMyApp", "authEventId", "number"),
    *("client_id", "redirect_uri", "scope", "state", "response_type", "code_challenge", "tenant_id", "since", "path"),
    *("filter", "employeeId", "startDate", "endDate", "IncludeOnline", "method", "q", "status", "login_hint"),
)
FILTERS = (
    *("Status==", 'Status=="', "((((", "Nonsense==1", "Contact.Name.Nope==1", 'Total>"x"', "Date>DateTime(0,0,0)"),
    *("Date>DateTime(2026,13,1)", 'Guid("x")==InvoiceID', "Name.Contains()", "Name.Contains(1)", "!", "!!!!Status==1"),
    *('Reference.Contains("x")', 'Status=="A" AND', "1==1", "true", "null==null", "Date>=Date", "(" * 500 + ")" * 500),
    *("Contact==null", "LineItems==1", "Total>=99999999999999999999", "UpdatedDateUTC>1", "Status.ToLower().Trim()"),
    *('DateTime.Parse("x")>Date', 'Name="x" || Name=', 'Contact.ContactID==Guid("")', "IsCustomer>1", "Status<true"),
    *("Total==1e400", "Total>-" + "9" * 5000, 'Status=="A" OR ' * 2000 + "true", "!" * 5000 + "true", "Date==null"),
    *(
        "UpdatedDateUTC>=DateTime(9999,12,31,23,59,59)",
        "DateTime(1,1,1)<Date",
        "Total desc",
        "Total desc,",
        ",,",
        "x y z",
    ),
    *("0", "-1", "1.5", "999999999999999999999", "1e3", "١", "²", "page", "1001", "10000"),
)
HEADERS = {
    "Accept": ("application/xml", "text/xml", "application/pdf", "*/*", "", "x", "a/b;q=x", ",;,", "text/html", "\xe9"),
    "Content-Type": (
        *("text/xml", "application/xml", "application/x-www-form-urlencoded", "", "x", "application/json; charset=x"),
        *("multipart/form-data", "multipart/form-data; boundary=x", "text/plain; charset=utf-16", "image/png"),
    ),
    "If-Modified-Since": (
        *("2026-01-01T00:00:00", "Wed, 21 Oct 2015 07:28:00 GMT", "0001-01-01T00:00:00", "9999-12-31T23:59:59+00:00"),
        *("0001-01-01T00:00:00+14:00", "Mon, 01 Jan 0001 00:00:00 +2359", "yesterday", "", "2026-13-01", "1" * 400),
        *("2026-01-01T00:00:00.1234567Z", "Thu, 99 Foo 99999 99:99:99 GMT", "2026W011", "20260101"),
    ),
    "Idempotency-Key": ("a", "a", "b", "x" * 128, "x" * 129, "", "\xe9", "🔑".encode().decode("latin-1"), "a b"),
    "Xero-Tenant-Id": ("", "x", NOWHERE, "\xe9", "a" * 9000),
    "Authorization": ("", "Bearer", "Bearer ", "Bearer a.b.c", "Basic", "Basic ====", "Basic w6k6w6k=", "Bearer \xe9"),
    "Range": ("bytes=0-1", "bytes=9-1"),
    "Content-Encoding": ("gzip", "x"),
    "X-HTTP-Method-Override": ("DELETE",),
    "Host": ("", "[::1", "x" * 300, "a b"),
}
SIGNED_IN = ("Authorization", "Xero-Tenant-Id", "Host")


@pytest.fixture(scope="module", params=["demo-nz", "demo-au"])
def caller(request):
    return Caller(request.param)


def a_path(caller, dice):
    kind = dice.random()
    word = dice.choice(TEXTS)
    if kind < 0.5:
        return "/api.xro/2.0/" + _accounting_path(caller, dice, word)
    if kind < 0.68:
        rest = dice.choice(("", f"/{word}", f"/{NOWHERE}", f"/{_some_id(caller, dice)}", f"/{NOWHERE}/{word}"))
        return f"/payroll.xro/{dice.choice(('1.0', '2.0', '3', word))}/{dice.choice(PAYROLL)}{rest}"
    if kind < 0.8:
        return "/" + dice.choice(IDENTITY) + dice.choice(("", "", f"/{word}"))
    if kind < 0.9:
        name = dice.choice([name for _verb, name in ORDERS if name not in ("reset", "clock", "limits", "faults")])
        return f"/_sim/{name}" + dice.choice(("", f"/{word}", f"/{dice.choice(resources())}", "/pending", f"/{word}/x"))
    office = f"organisations/{caller.organisation.tenant_id}/{dice.choice(OFFICE)}"
    rest = dice.choice(("", f"/{word}", f"/{NOWHERE}", f"/{_some_id(caller, dice)}"))
    return "/" + dice.choice((office, office, f"organisations/{word}", "calls", "", word)) + rest


def _accounting_path(caller, dice, word):
    if dice.random() < 0.2:
        return f"Reports/{dice.choice((*REPORTS, *AGED, word))}"
    resource = dice.choice((*resources(), "Organisation", "Budgets", "Employees", word))
    identifier = dice.choice(("", "", _some_id(caller, dice), word, NOWHERE, "Kauri Cafe", "200", "OUTPUT2"))
    below = dice.choice(("", "", *BELOW, word)) if identifier else ""
    return "/".join(part for part in (resource, identifier, below) if part)


def _some_id(caller, dice):
    tables = [table for table in caller.organisation.store.tables.values() if len(table)]
    table = dice.choice(tables)
    return dice.choice([row[table.id_key] for row in table])


def a_body(dice, path):
    """Bytes, and the content type that says what they are."""
    resource = next((name for name in resources() if f"/{name}" in path), "Invoices")
    roll = dice.random()
    element = of_model(dice, SPECS[resource].model)
    if roll < 0.35:
        return written(dice.choice((element, [element], {resource: [element]}, value(dice)))), None
    if roll < 0.55:
        return _xml(dice, resource, element), "text/xml"
    if roll < 0.7:
        names = ("grant_type", "code", "refresh_token", "client_id", "scope", "action", "redirect_uri", "tenant_id")
        choices = (*TEXTS, "authorization_code", "refresh_token", "client_credentials", "log-in", "allow", "cancel")
        form = {dice.choice(names): dice.choice(choices) for _ in range(dice.randrange(5))}
        return urlencode(form, errors="replace").encode(), "application/x-www-form-urlencoded"
    if roll < 0.8:
        return dice.randbytes(dice.randrange(300)), dice.choice((None, "image/png", "text/xml"))
    if roll < 0.85:
        depth = dice.choice((50, 300, 1200, 100_000))
        return dice.choice((b"[" * depth, b"[" * depth + b"]" * depth, b'{"a":' * depth, b"<a>" * depth)), None
    return written({resource: [element]})[: dice.randrange(60)], None


def _xml(dice, resource, element):
    name = xml_form.singular(resource)
    try:
        body = xml_form.write({name: element} if dice.random() < 0.5 else element, resource)
    except ValueError:  # names of elements cannot be just anything
        body = f"<{name}><Name>{dice.choice(TEXTS)}</Name></{name}>".encode("utf-8", "replace")
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    outside = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Contact><Name>&a;</Name></Contact>'
    return dice.choice((body, body, body, body[: len(body) // 2], entities, outside))


def some_headers(dice):
    """Mostly such as leave the call signed in."""
    names = list(HEADERS) if dice.random() < 0.1 else [name for name in HEADERS if name not in SIGNED_IN]
    return {name: dice.choice(HEADERS[name]) for name in dice.sample(names, dice.choice((0, 0, 1, 1, 2, 3)))}


def some_query(dice):
    texts = (*TEXTS, *FILTERS, *FILTERS)
    return {dice.choice(PARAMETERS): dice.choice(texts) for _ in range(dice.choice((0, 1, 1, 2, 3)))}


def test_no_call_breaks_the_simulator(caller):
    dice = random.Random(DICE)
    for number in range(CASES):
        path, method = a_path(caller, dice), dice.choice(VERBS)
        body, kind = (b"", None) if method in ("GET", "HEAD") and dice.random() < 0.9 else a_body(dice, path)
        headers = ({"Content-Type": kind} if kind else {}) | some_headers(dice)
        check(caller, method, path, some_query(dice), body, headers)
        if number % 200 == 199:
            indexes_are_right(caller.world)


def check(caller, method, path, query, body, headers):
    before = caller.holds()
    reply = caller.call(method, path, query, body, headers)
    said = (method, path, query, body[:2000], headers, reply.status_code, reply.data[:1500])
    # Authorisation requests that are wrong end on a page with status 500, as Xero's do (xero-api.md 1.2).
    on_purpose = path.startswith("/identity/connect/authorize") and b"<h1" in reply.data
    assert reply.status_code in EXPECTED | {302} or (on_purpose or method == "HEAD" and reply.status_code == 500), said
    assert b"Traceback" not in reply.data, said
    if reply.status_code in REFUSED or method in ("GET", "HEAD", "OPTIONS"):
        assert caller.holds() == before, said


# --- fields of the models ---------------------------------------------------------------------------------------------

WRITABLE = [name for name, spec in SPECS.items() if spec.verbs - {"GET"}]
WRONG = (None, "", [], {}, "x", 0, -1, 1e14, True, ["x"], [[]], {"a": 1}, "\0", "2026-02-30", "9" * 400, float("nan"))


@pytest.mark.parametrize("resource", WRITABLE)
def test_no_field_of_a_model_takes_what_it_cannot_hold(caller, resource):
    """Each field of the resource's model, and of those nested within, is sent with each wrong value."""
    base = {"Name": "Kauri Cafe", "Contact": {"Name": "Kauri Cafe"}, "Date": "2026-06-10", "Type": "ACCREC"}
    for path in field_paths(SPECS[resource].model):
        for wrong in WRONG:
            body = base | at_path(path, wrong)
            reply = caller.write("PUT", resource, body)
            assert reply.status_code in (200, 400, 404, 405), (path, wrong, reply.data[:1000])
            assert b"Traceback" not in reply.data


def field_paths(model, depth=0):
    for field in contract.fields(model).values():
        yield ((field.key, field.kind == "list"),)
        if field.kind in ("model", "list") and depth < 1 and field.model in vars(contract.models):
            for rest in field_paths(field.model, depth + 1):
                yield ((field.key, field.kind == "list"), *rest)


def at_path(path, wrong):
    (key, is_list), *rest = path
    inner = at_path(rest, wrong) if rest else wrong
    return {key: [inner] if is_list and rest else inner}


# --- over a socket ----------------------------------------------------------------------------------------------------


def spoken(xero, text: bytes, timeout=10) -> bytes:
    """What the simulator says to raw bytes; it may stop listening before all of them are said."""
    host, port = xero.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=timeout) as connection:
        found = b""
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            connection.sendall(text)
            while part := connection.recv(65536):
                found += part
    return found


PUT = b"PUT /api.xro/2.0/Contacts HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer x\r\n"
RAW = {
    "length of words": PUT + b"Content-Length: many\r\n\r\n{}",
    "length below nothing": PUT + b"Content-Length: -1\r\n\r\n{}",
    "length beyond reason": PUT + b"Content-Length: 99999999999999999999\r\n\r\n{}",
    "two lengths": PUT + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "chunks of nonsense": PUT + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "chunks and a length": PUT + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "unknown encoding": PUT + b"Transfer-Encoding: gzip\r\n\r\n{}",
    "no such protocol": b"PUT / HTTP/9.9\r\n\r\n",
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a header without end": b"GET / HTTP/1.0\r\nX: " + b"x" * 300_000 + b"\r\n\r\n",
    "a path without end": b"GET /" + b"x" * 300_000 + b" HTTP/1.0\r\n\r\n",
    "a path that is no text": b"GET /\xff\xfe%ff%00%zz HTTP/1.0\r\nHost: x\r\n\r\n",
    "a header that is no text": b"GET / HTTP/1.0\r\nHost: x\r\n\xff\xfe: \xff\r\n\r\n",
    "a query that is no text": b"GET /api.xro/2.0/Contacts?where=%ff%fe&%ff=1 HTTP/1.0\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("name", RAW)
def test_no_bytes_break_the_server(xero, steering, name):
    answer = spoken(xero, RAW[name])
    assert b"Traceback" not in answer
    assert re.match(rb"HTTP/1\.[01] [234]\d\d |HTTP/1\.[01] 501 ", answer), answer[:300]
    assert steering.ready()


def test_a_body_of_eleven_megabytes_in_chunks_is_refused(xero):
    chunk = b" " * 1_000_000
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for _ in range(11)) + b"0\r\n\r\n"
    assert len(body) > LARGEST_BODY
    assert spoken(xero, PUT + b"Transfer-Encoding: chunked\r\n\r\n" + body).startswith(b"HTTP/1.1 413 ")


def test_every_room_has_been_called():
    """The paths above lead to every room of the house."""
    known = [f"/{path}" for path in IDENTITY] + ["/api.xro/2.0/x", "/payroll.xro/x", "/_sim/x", "/"]
    assert all(any(path.startswith(room.prefix) for path in known) for room in ROOMS)


def test_the_journal_does_not_grow_without_end(caller, monkeypatch):
    monkeypatch.setattr(journal, "LARGEST", 1_000_000)
    monkeypatch.setattr(journal, "LONGEST", 20)
    for _ in range(30):
        caller.write("PUT", "Contacts", {"Name": "x" * 200_000})
    held = caller.world.journal.find()
    assert 0 < sum(record.size for record in held) <= 1_000_000
    caller.world.journal.clear()
    for _ in range(30):
        caller.call("GET", "/_sim/ready")
        caller.write("PUT", "Contacts", {"Name": ""})
    assert len(caller.world.journal.find()) == 20
