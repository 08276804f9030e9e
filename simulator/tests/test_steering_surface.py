"""The control surface, order by order: what it does, and in which words it refuses."""

import random
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import pytest
import requests
from nonsense import TEXTS, Caller, value, written
from visitor import ApiClient

from simulator.actions import ACTIONS
from simulator.admin import ORDERS, PLATFORM_ACTIONS
from simulator.steering import Steering, SteeringRefused

TIMEOUT = 10


def order(xero, method, path, body=None):
    return requests.request(method, f"{xero.url}/_sim/{path}", json=body, timeout=TIMEOUT)


# --- refusals ---------------------------------------------------------------------------------------------------------

#: (method, path, body) → a word of the refusal that says what is wrong or what to do.
REFUSED = [
    ("POST", "reset", {"seed": 5}, "seed must be a text"),
    ("POST", "reset", {"seed": "nowhere"}, "nowhere"),
    ("POST", "reset", {"contacts": -1}, "contacts and invoices must be numbers"),
    ("POST", "reset", {"contacts": True}, "contacts must be a whole number"),
    ("POST", "reset", {"colour": "red"}, "known are seed, contacts, invoices"),
    ("POST", "snapshot", {"name": "mine"}, "unknown name 'name'"),
    ("POST", "restore", {"name": "mine"}, "unknown name 'name'"),
    ("POST", "token", {"client_id": "x"}, "no app has the client_id 'x'"),
    ("POST", "token", {"tenant_id": "x"}, "no organisation has the tenant_id 'x'"),
    ("POST", "token", {"scope": "accounting.everything"}, "unknown scope: accounting.everything"),
    ("POST", "token", {"user": "x"}, "no user"),
    ("GET", "journal?since=x", None, "since must be the number"),
    ("POST", "faults", {}, "a fault needs a kind"),
    ("POST", "faults", {"kind": "fire"}, "kind must be one of status, reset, timeout, delay, garbage"),
    ("POST", "faults", {"kind": ["reset"]}, "kind must be one of"),
    ("POST", "faults", {"kind": "reset", "when": "never"}, "when must be one of before, after"),
    ("POST", "faults", {"kind": "reset", "nth": 0}, "nth must be a whole number of at least 1"),
    ("POST", "faults", {"kind": "reset", "times": "many"}, "times must be a whole number of at least 1"),
    ("POST", "faults", {"kind": "reset", "probability": 2}, "probability must be between 0 and 1"),
    ("POST", "faults", {"kind": "status", "status": 99}, "status must be between 200 and 599"),
    ("POST", "faults", {"kind": "status", "headers": []}, "headers must be an object"),
    ("POST", "faults", {"kind": "status", "status": 503, "reason": ["x"]}, "reason must be one of"),
    ("POST", "faults", {"kind": "delay", "seconds": -1}, "seconds must be between 0 and"),
    ("POST", "faults", {"kind": "reset", "path": 5}, "method and path must be texts"),
    ("POST", "faults", {"kind": "reset", "colour": "red"}, "may have"),
    ("POST", "clock", {"now": "soon"}, "now must be like"),
    ("POST", "clock", {"advance": "x"}, "advance must be a number"),
    ("POST", "clock", {"advance": 1e12}, "the clock cannot be moved by"),
    ("POST", "clock", {"now": "1999-01-01"}, "the clock can stand between 2000 and 2200"),
    ("PUT", "limits", {"hourly": 5}, "unknown limit 'hourly'; known are minute, day"),
    ("PUT", "limits", {"minute": "x"}, "minute must be a number of at least 0"),
    ("PUT", "limits", {"day": -1}, "day must be a number of at least 0"),
    ("PUT", "limits", {"latency": 5}, "latency is an object like"),
    ("PUT", "limits", {"latency": {"base": "x"}}, "base must be a number"),
    ("PUT", "limits", {"latency": {"most": 1}}, "unknown limit 'most'; known are base, per_element"),
    ("POST", "tenants", {}, "an organisation needs a name"),
    ("POST", "tenants", {"name": "X", "country": "FR"}, "country must be one of"),
    ("POST", "tenants", {"name": "X", "settings": {"key": "1"}}, "settings are keys of Organisation"),
    ("POST", "apps", {"name": "X", "tier": "gold"}, "a tier (starter, core, plus, advanced, enterprise)"),
    ("GET", "state", None, "name one resource"),
    ("GET", "state/Nothing", None, "there is no resource 'Nothing'"),
    ("GET", "state/Invoices?tenant_id=x", None, "no organisation has the tenant_id 'x'"),
    ("PUT", "webhooks", {"url": "https://example.com"}, "url must be http on 127.0.0.1"),
    ("PUT", "webhooks", {"batch": 0}, "batch must be a number of at least 1"),
    ("PUT", "webhooks", {"drop": True}, "drop must be a whole number"),
    ("PUT", "webhooks", {"automatic": "yes"}, "automatic must be true or false"),
    ("PUT", "webhooks", {"key": ""}, "key must be a text that is not empty"),
    ("GET", "webhooks/sent", None, "known are webhooks"),
    ("POST", "webhooks/deliver", None, "set an address first"),
    ("POST", "webhooks/intent-to-receive", None, "set an address first"),
    ("POST", "webhooks/elsewhere", None, "known are webhooks/deliver"),
    ("POST", "actions", {}, "known actions are"),
    ("POST", "actions/fly", {}, "known actions are bank-payment, deactivate-account, disconnect"),
    ("POST", "actions/merge-contacts", {}, "the parameter 'from' is needed"),
    ("POST", "actions/merge-contacts", {"from": 5, "into": "x"}, "the parameter from must be a text, not 5"),
    ("POST", "actions/merge-contacts", {"from": "Nobody", "into": "Kauri Cafe"}, "no contact is called 'Nobody'"),
    ("POST", "actions/merge-contacts", {"from": "Kauri Cafe", "into": "Kauri Cafe"}, "merged into itself"),
    ("POST", "actions/unarchive-contact", {"contact": "Nobody"}, "no contact is called 'Nobody'"),
    ("POST", "actions/unarchive-contact", {"name": "Nobody"}, "unknown parameter 'name'; known are contact"),
    ("POST", "actions/set-lock-dates", {"period": "soon"}, "period must be like 2026-01-31, not 'soon'"),
    ("POST", "actions/set-lock-dates", {"period": 5}, "the parameter period must be a date or null, not 5"),
    ("POST", "actions/bank-payment", {}, "name one document: invoice or credit_note"),
    ("POST", "actions/bank-payment", {"invoice": "NONE-1"}, "Invoices hold no 'NONE-1'"),
    ("POST", "actions/bank-payment", {"invoice": "x", "amount": []}, "the parameter amount must be an amount"),
    ("POST", "actions/deactivate-account", {"account": "nope"}, "no account has the code 'nope'"),
    ("POST", "actions/edit-invoice-line", {"invoice": "NONE-1", "values": {}}, "Invoices hold no 'NONE-1'"),
    ("POST", "actions/edit-invoice-line", {"invoice": "x", "line": "1"}, "the parameter line must be a whole number"),
    ("POST", "actions/void-invoice", {"invoice": "NONE-1"}, "Invoices hold no 'NONE-1'"),
    ("POST", "actions/run-payroll", {"calendar": "Daily"}, "no calendar is called 'Daily'"),
    ("POST", "actions/set-plan", {}, "the parameter 'plan' is needed"),
    ("POST", "actions/set-up-payroll", {"ready": 1}, "the parameter ready must be true or false, not 1"),
    ("POST", "actions/disconnect", {"app": "x"}, "unknown name 'app'"),
    ("POST", "actions/disconnect", {"tenant_id": ["x"]}, "no organisation has the tenant_id"),
]


@pytest.mark.parametrize(("method", "path", "body", "words"), REFUSED)
def test_what_cannot_be_done_is_refused_in_words(xero, method, path, body, words):
    reply = order(xero, method, path, body)
    assert reply.status_code == 400, reply.text
    assert words in reply.json()["error"]


def test_every_order_is_among_the_refusals_or_cannot_be_refused():
    tested = {(method, path.partition("?")[0].partition("/")[0]) for method, path, _body, _words in REFUSED}
    cannot = {("GET", name) for name in ("ready", "clock", "limits", "faults", "tenants", "apps")}
    cannot |= {("DELETE", name) for name in ("journal", "faults", "webhooks")}
    assert tested | cannot == set(ORDERS)
    acted = {path.removeprefix("actions/") for _method, path, _body, _words in REFUSED if path.startswith("actions/")}
    assert acted - {"fly"} == set(ACTIONS | PLATFORM_ACTIONS)


def test_what_is_refused_has_changed_nothing(xero, steering):
    tenant = xero.tenants[0]["tenant_id"]
    before = steering.state("Organisations", tenant)
    with pytest.raises(SteeringRefused):
        steering.act("set-lock-dates", period="2026-02-28", end_of_year="soon")
    assert steering.state("Organisations", tenant) == before
    with pytest.raises(SteeringRefused):
        steering.limits(minute=1, latency={"base": "x"})
    assert steering.limits()["minute"] == 60


@pytest.mark.parametrize("seed", range(3))
def test_no_order_fails_whatever_it_says(seed):
    """Some hundreds of bodies, of the names that orders know and of others."""
    caller, dice = Caller(), random.Random(seed)
    names = (
        *("seed", "now", "advance", "minute", "latency", "kind", "nth", "times", "when", "status", "headers", "body"),
        *("scope", "tenant_id", "client_id", "user", "name", "country", "settings", "tier", "scopes", "strict", "url"),
        *("key", "automatic", "batch", "drop", "from", "into", "contact", "period", "invoice", "credit_note", "amount"),
        *("account", "date", "reference", "line", "values", "calendar", "reason", "probability", "path", "method"),
    )
    for _ in range(300):
        method, name = dice.choice([one for one in ORDERS if one[1] != "reset"])
        below = f"/{dice.choice(list(ACTIONS | PLATFORM_ACTIONS))}" if name == "actions" else ""
        body = {dice.choice(names): value(dice) for _ in range(dice.choice((1, 1, 2, 3)))}
        body |= {"kind": "status"} if name == "faults" and dice.random() < 0.5 else {}
        before = caller.holds()
        reply = caller.call(method, f"/_sim/{name}{below}", {}, written(dice.choice((body, body, value(dice)))))
        assert reply.status_code in (200, 204, 400), (method, name, below, body, reply.data[:500])
        if reply.status_code == 400:
            assert reply.json["error"]
            assert caller.holds() == before
        assert caller.call("DELETE", "/_sim/faults").status_code == 204
        caller.world.webhooks.options.automatic = False


# --- what orders do ---------------------------------------------------------------------------------------------------


def test_ready_names_the_seed(xero):
    assert order(xero, "GET", "ready").json() == {"ready": True, "seed": "demo-nz"}


def test_the_journal_is_filtered_by_method_path_and_number(api, steering):
    api.get("Contacts")
    api.put_contact("Ana")
    api.get("Invoices/none")
    first, second, third = steering.journal(path="api.xro")
    assert [one["seq"] for one in steering.journal("GET", "api.xro")] == [first["seq"], third["seq"]]
    assert [one["seq"] for one in steering.journal("get", "contacts$")] == [first["seq"]]
    assert [one["seq"] for one in steering.journal("PUT", "Contacts")] == [second["seq"]]
    assert [one["seq"] for one in steering.journal(since=second["seq"], path="api.xro")] == [third["seq"]]
    steering.clear_journal()
    assert steering.journal() == []
    api.get("Contacts")
    assert steering.journal()[0]["seq"] > third["seq"]


def test_the_state_of_every_resource_can_be_read(xero, steering):
    for resource in next(iter(xero.world.organisations.values())).store.tables:
        if not resource.startswith("Payroll.") and resource not in ("Allocations", "Attachments", "StockMoves"):
            assert isinstance(steering.state(resource), list), resource
    assert steering.state("Payroll/Employees")


def test_the_clock_moves_token_limits_and_due_dates(api, steering):
    steering.set_clock("2026-06-10T00:00:00Z")
    api.tokens = steering.token()
    lines = [{"Description": "Goods", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}]
    dated = {"Type": "ACCREC", "Status": "AUTHORISED", "Contact": {"Name": "Ana"}, "DueDate": "2026-06-12"}
    made = api.call("PUT", "Invoices", {**dated, "LineItems": lines}).json()["Invoices"][0]
    path = f"Contacts/{made['Contact']['ContactID']}"
    assert api.get(path).json()["Contacts"][0]["Balances"]["AccountsReceivable"]["Overdue"] == 0
    assert steering.limits()["used"][0]["minute"] == 2
    steering.advance(1700)
    assert steering.limits()["used"][0]["minute"] == 0
    assert api.get(path).status_code == 200
    steering.advance(200)
    assert api.get(path).status_code == 401
    steering.set_clock("2026-06-20T00:00:00Z")
    api.tokens = steering.token()
    overdue = api.get(path).json()["Contacts"][0]["Balances"]["AccountsReceivable"]["Overdue"]
    assert overdue == made["Total"]


def test_actions_tell_webhooks_as_a_user_on_screen_does(api, steering):
    for name in ("Ana", "Ben"):
        api.put_contact(name)
    line = {"Description": "Goods", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
    body = {"Type": "ACCREC", "Status": "AUTHORISED", "Contact": {"Name": "Ana"}, "DueDate": "2026-06-12"}
    paid, void = (api.call("PUT", "Invoices", {**body, "LineItems": [line]}).json()["Invoices"][0] for _ in range(2))
    told = {
        "edit": ("edit-invoice-line", {"invoice": void["InvoiceID"], "values": {"Description": "x"}}, [void]),
        "pay": ("bank-payment", {"invoice": paid["InvoiceID"]}, [paid]),
        "void": ("void-invoice", {"invoice": void["InvoiceID"]}, [void]),
    }
    for action, params, documents in told.values():
        before = len(steering.pending_events()["events"])
        steering.act(action, **params)
        fresh = steering.pending_events()["events"][before:]
        assert [one["resourceId"] for one in fresh] == [one["InvoiceID"] for one in documents], action
        assert {(one["eventCategory"], one["eventType"]) for one in fresh} == {("INVOICE", "UPDATE")}
    before = len(steering.pending_events()["events"])
    merged = steering.act("merge-contacts", **{"from": "Ana", "into": "Ben"})
    steering.act("unarchive-contact", contact=merged["ContactID"])
    fresh = steering.pending_events()["events"][before:]
    assert [one["eventCategory"] for one in fresh] == ["CONTACT"] * 3
    assert merged["ContactID"] in {one["resourceId"] for one in fresh}
    with pytest.raises(SteeringRefused):
        steering.act("void-invoice", invoice=paid["InvoiceID"])
    assert len(steering.pending_events()["events"]) == before + 3


# --- time and threads -------------------------------------------------------------------------------------------------


def timed(call):
    start = perf_counter()
    reply = call()
    return perf_counter() - start, reply


def test_latency_is_a_base_and_a_share_of_each_record(api, steering):
    count = len(api.get("Accounts").json()["Accounts"])
    steering.limits(latency={"base": 0.2, "per_element": 0.01})
    seconds, _ = timed(lambda: api.get("Accounts"))
    assert 0.2 + 0.01 * count <= seconds < 0.2 + 0.01 * count + 0.5
    seconds, _ = timed(lambda: api.get("Organisation"))
    assert 0.21 <= seconds < 0.7


def test_twenty_calls_at_once_wait_side_by_side(xero, steering):
    """Five each of four organisations; the sixth of one is refused at once."""
    tenants = [xero.tenants[0]["tenant_id"], *(steering.add_tenant(f"T{n}")["tenant_id"] for n in range(3))]
    clients = [ApiClient(xero.url, steering.token(tenant_id=tenant)) for tenant in tenants]
    steering.limits(latency={"base": 1.0})
    with ThreadPoolExecutor(24) as pool:
        seconds, replies = timed(lambda: list(pool.map(lambda c: c.get("Organisation"), clients * 5)))
        assert [one.status_code for one in replies] == [200] * 20
        assert 1.0 <= seconds < 2.0
        replies = list(pool.map(lambda c: timed(lambda: c.get("Organisation")), clients[:1] * 8))
    refused = [one for one in replies if one[1].status_code == 429]
    assert len(refused) == 3
    assert all(seconds < 0.9 and one.headers["X-Rate-Limit-Problem"] == "concurrent" for seconds, one in refused)
    used = steering.limits()["used"]
    assert all(one["in_flight"] == 0 for one in used)
    assert sorted(one["minute"] for one in used) == [5, 5, 5, 10]


def test_counts_are_exact_under_threads(xero, steering):
    api = ApiClient(xero.url, steering.token())
    steering.limits(minute=30, concurrent=100)
    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda _: api.get("Currencies").status_code, range(50)))
    assert (statuses.count(200), statuses.count(429)) == (30, 20)
    assert steering.limits()["used"][0]["in_flight"] == 0


def test_a_key_that_is_still_being_carried_out_is_carried_out_once(xero, steering):
    """xero-api.md 3.4: the second call waits for the first one's answer and gets the same."""
    api = ApiClient(xero.url, steering.token())
    steering.add_fault("delay", "PUT", "Contacts", seconds=0.5)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: api.put_contact("Only Once", key="k"), range(4)))
    assert {one.status_code for one in replies} == {200}
    assert len({one.json()["Contacts"][0]["ContactID"] for one in replies}) == 1
    assert [one["Name"] for one in steering.state("Contacts")].count("Only Once") == 1


def test_steering_reads_texts_of_any_script(xero):
    steering = Steering(xero.url)
    assert steering.state("Contacts")
    for text in TEXTS:
        if text.strip() and text.isprintable():
            with pytest.raises(SteeringRefused):
                steering.act(text.replace("/", "-"))
