"""The whole package against the local Xero: two programs that share no code have to agree on the wire."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from lxml.html import fromstring

from simulator.server import XeroSimulator
from simulator.steering import Steering
from xero_api import codec, hosts, oauth, webhook
from xero_api.arithmetic import Line, compute
from xero_api.client import XeroClient
from xero_api.outcomes import (
    Gone,
    InDoubt,
    KeyMismatch,
    MissingScope,
    ReconnectNeeded,
    Refused,
    RetryLater,
    Unauthorised,
)

REDIRECT = "http://localhost:8069/xero/oauth/callback"
SCOPES = "openid profile email offline_access accounting.invoices accounting.contacts accounting.settings"


@dataclass
class Xero:
    """A running simulator, its controls, and what an app needs to know."""

    simulator: XeroSimulator
    steering: Steering

    @property
    def endpoints(self):
        return hosts.simulator_endpoints(self.simulator.url)

    @property
    def app(self):
        return {"client_id": self.simulator.client_id, "client_secret": self.simulator.client_secret}

    def consent(self, tenant, challenge, state):
        """Do in a browser what a user does: sign in, choose the organisation, allow. Returns the callback's query."""
        user = self.simulator.world.users[0]
        address = oauth.authorize_url(
            self.endpoints,
            client_id=self.simulator.client_id,
            redirect_uri=REDIRECT,
            scopes=SCOPES,
            state=state,
            challenge=challenge,
        )
        login = {"email": user.email, "password": user.password, "action": "login"}
        page = fromstring(requests.post(address, data=login, timeout=10).text)
        form = {field.name: field.value for field in page.xpath("//input[@type='hidden']")}
        form |= {"tenant_id": tenant["tenant_id"], "action": "allow"}
        back = requests.post(address, data=form, allow_redirects=False, timeout=10).headers["Location"]
        assert back.startswith(f"{REDIRECT}?")
        return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}

    def connect(self, tenant):
        """Consent and exchange; returns the tokens."""
        verifier, challenge = oauth.pkce_pair()
        code = self.consent(tenant, challenge, "a-state")["code"]
        return oauth.exchange_code(self.endpoints, **self.app, code=code, redirect_uri=REDIRECT, verifier=verifier)


@pytest.fixture(scope="module")
def running():
    with XeroSimulator("demo-nz") as simulator:
        yield simulator


@pytest.fixture
def xero(running):
    steering = Steering(running.url)
    steering.reset("demo-nz")
    return Xero(running, steering)


@pytest.fixture
def tokens(xero):
    return xero.steering.token()


@pytest.fixture
def client(xero, tokens):
    with XeroClient(xero.endpoints, tokens["access_token"], tokens["tenant_id"], timeout=5) as client:
        yield client


# --- OAuth -------------------------------------------------------------------------------------------------------


def test_code_flow(xero):
    """S2-08, S2-32: the code flow with state and PKCE ends with a client for the organisation that the user chose."""
    tenant = xero.simulator.tenants[1]
    verifier, challenge = oauth.pkce_pair()
    back = xero.consent(tenant, challenge, "st/ate 1")
    assert back["state"] == "st/ate 1"

    exchange = {**xero.app, "code": back["code"], "redirect_uri": REDIRECT}
    tokens = oauth.exchange_code(xero.endpoints, **exchange, verifier=verifier)
    claims = oauth.claims(tokens.access_token)
    connections = oauth.list_connections(xero.endpoints, tokens.access_token, claims["authentication_event_id"])
    assert [connection["tenantId"] for connection in connections] == [tenant["tenant_id"]]
    assert oauth.claims(tokens.id_token)["email"] == xero.simulator.world.users[0].email
    with XeroClient(xero.endpoints, tokens.access_token, connections[0]["tenantId"]) as client:
        assert client.get("Organisation").elements[0].data["Name"] == tenant["name"]

    with pytest.raises(ReconnectNeeded):
        oauth.exchange_code(xero.endpoints, **exchange, verifier=verifier)


def test_a_code_is_worth_nothing_without_its_verifier(xero):
    """S2-08: PKCE: whoever steals the code in the browser cannot exchange it."""
    _verifier, challenge = oauth.pkce_pair()
    code = xero.consent(xero.simulator.tenants[0], challenge, "s")["code"]
    with pytest.raises(ReconnectNeeded):
        oauth.exchange_code(xero.endpoints, **xero.app, code=code, redirect_uri=REDIRECT, verifier=oauth.pkce_pair()[0])


def test_a_lost_refresh_may_be_repeated_with_the_same_token(xero):
    first = xero.connect(xero.simulator.tenants[0])
    xero.steering.add_fault("reset", "POST", "connect/token", when="after")
    with pytest.raises(RetryLater):
        oauth.refresh(xero.endpoints, **xero.app, refresh_token=first.refresh_token)
    second = oauth.refresh(xero.endpoints, **xero.app, refresh_token=first.refresh_token)
    assert second.refresh_token != first.refresh_token
    assert oauth.list_connections(xero.endpoints, second.access_token)


def test_a_wrong_secret_is_said_in_words(xero):
    wrong = {**xero.app, "client_secret": "wrong"}
    with pytest.raises(Refused, match="client id and secret"):
        oauth.refresh(xero.endpoints, **wrong, refresh_token="any")


def test_a_revoked_authorisation_asks_for_a_new_one(xero):
    tokens = xero.connect(xero.simulator.tenants[0])
    oauth.revoke(xero.endpoints, **xero.app, refresh_token=tokens.refresh_token)
    with pytest.raises(ReconnectNeeded):
        oauth.refresh(xero.endpoints, **xero.app, refresh_token=tokens.refresh_token)


def test_a_disconnected_organisation_is_closed(xero):
    tenant = xero.simulator.tenants[0]
    tokens = xero.connect(tenant)
    (connection,) = oauth.list_connections(xero.endpoints, tokens.access_token)
    oauth.delete_connection(xero.endpoints, tokens.access_token, connection["id"])
    with pytest.raises(Gone):
        oauth.delete_connection(xero.endpoints, tokens.access_token, connection["id"])
    client = XeroClient(xero.endpoints, tokens.access_token, tenant["tenant_id"])
    with client, pytest.raises(ReconnectNeeded):
        client.get("Contacts")


def test_an_expired_token_is_unauthorised(xero, client):
    xero.steering.advance(1801)
    with pytest.raises(Unauthorised):
        client.get("Organisation")


def test_a_scope_that_was_not_granted_is_missing(xero):
    tokens = xero.steering.token(scope="accounting.contacts.read")
    with XeroClient(xero.endpoints, tokens["access_token"], tokens["tenant_id"]) as client:
        assert client.get("Contacts").elements
        with pytest.raises(MissingScope):
            client.get("Invoices")


# --- writing -----------------------------------------------------------------------------------------------------


def invoice(client, number, *lines, **changes):
    contact = client.get("Contacts", {"page": 1, "pageSize": 1}).elements[0].data["ContactID"]
    line = {"Description": "Desk", "Quantity": Decimal(1), "UnitAmount": Decimal("100.00"), "AccountCode": "200"}
    return {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "InvoiceNumber": number,
        "Contact": {"ContactID": contact},
        "Date": "2026-11-01",
        "DueDate": "2026-11-30",
        "LineItems": list(lines) or [line],
        **changes,
    }


def numbers(xero):
    return Counter(record.get("InvoiceNumber") for record in xero.steering.state("Invoices"))


def test_good_elements_are_saved_beside_bad_ones(xero, client):
    good, bad = invoice(client, "WIRE/1"), invoice(client, "WIRE/2", LineItems=[])
    answer = client.put("Invoices", {"Invoices": [bad, good]}, "key-1")
    assert [element.ok for element in answer.elements] == [False, True]
    assert answer.elements[0].messages
    assert not answer.elements[0].doubtful
    assert answer.elements[1].data["InvoiceID"] != answer.elements[0].data["InvoiceID"]
    assert numbers(xero) == {"WIRE/1": 1}


def test_the_same_key_creates_once(xero, client):
    body = {"Invoices": [invoice(client, "WIRE/1")]}
    first, again = client.put("Invoices", body, "key-1"), client.put("Invoices", body, "key-1")
    assert again.elements[0].data["InvoiceID"] == first.elements[0].data["InvoiceID"]
    with pytest.raises(KeyMismatch):
        client.put("Invoices", {"Invoices": [invoice(client, "WIRE/2")]}, "key-1")
    assert numbers(xero) == {"WIRE/1": 1}


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset"},
        {"kind": "timeout", "seconds": 1},
        {"kind": "garbage"},
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 503},
    ],
    ids=lambda fault: f"{fault['kind']} {fault.get('status', '')}",
)
def test_a_create_whose_answer_was_lost_is_in_doubt_and_settled_by_its_key(xero, tokens, fault):
    with XeroClient(xero.endpoints, tokens["access_token"], tokens["tenant_id"], timeout=0.5) as client:
        body = {"Invoices": [invoice(client, "WIRE/1")]}
        xero.steering.add_fault(method="PUT", path="Invoices", when="after", **fault)
        with pytest.raises(InDoubt):
            client.put("Invoices", body, "key-1")
        answer = client.put("Invoices", body, "key-1")
    assert answer.elements[0].ok
    assert numbers(xero) == {"WIRE/1": 1}


def test_a_known_number_is_refused_by_put(xero, client):
    client.put("Invoices", {"Invoices": [invoice(client, "WIRE/1")]}, "key-1")
    (element,) = client.put("Invoices", {"Invoices": [invoice(client, "WIRE/1")]}, "key-2").elements
    assert not element.ok
    assert any("unique" in message for message in element.messages)


def test_a_single_update_that_is_refused_names_its_reason(xero, client):
    (created,) = client.put("Contacts", {"Contacts": [{"Name": "Ann"}]}, "key-1").elements
    client.put("Contacts", {"Contacts": [{"Name": "Bea"}]}, "key-2")
    with pytest.raises(Refused) as caught:
        client.post(f"Contacts/{created.data['ContactID']}", {"Name": "Bea"}, "key-3")
    assert caught.value.messages
    assert caught.value.elements[0].data["Name"] == "Bea"


def test_the_minutes_limit_names_itself_and_the_wait(xero, client):
    xero.steering.limits(minute=1)
    assert client.get("Organisation").limits.minute == 0
    with pytest.raises(RetryLater) as caught:
        client.get("Organisation")
    assert caught.value.limit == "minute"
    assert 0 < caught.value.after <= 60


def test_an_unknown_id_is_gone(client):
    with pytest.raises(Gone):
        client.get("Invoices/7f3a8d52-0000-4000-8000-000000000000")


# --- reading -----------------------------------------------------------------------------------------------------


def test_pages_bring_every_record_once(xero, client):
    client.put("Contacts", {"Contacts": [{"Name": f"Page {index}"} for index in range(7)]}, "key-1")
    pages = list(client.pages("Contacts", page_size=3))
    read = [element.data["ContactID"] for answer in pages for element in answer.elements]
    active = [record["ContactID"] for record in xero.steering.state("Contacts") if record["ContactStatus"] == "ACTIVE"]
    assert sorted(read) == sorted(active)
    assert len(pages) == -(-len(active) // 3)


def test_only_what_changed_since_is_read(xero, client):
    then = client.get("Organisation").server_time
    xero.steering.advance(60)
    client.put("Contacts", {"Contacts": [{"Name": "New here"}]}, "key-1")
    answer = client.get("Contacts", {"page": 1}, modified_since=then + timedelta(seconds=30))
    assert [element.data["Name"] for element in answer.elements] == ["New here"]
    assert codec.read_datetime(answer.elements[0].data) > then


def test_ids_and_filters_reach_xero(client):
    known = [element.data["ContactID"] for element in client.get("Contacts").elements][:2]
    found = client.get("Contacts", {"IDs": known}).elements
    assert sorted(element.data["ContactID"] for element in found) == sorted(known)
    name = found[0].data["Name"]
    (filtered,) = client.get("Contacts", {"where": f'Name=="{name}"'}).elements
    assert filtered.data["ContactID"] == found[0].data["ContactID"]


# --- arithmetic --------------------------------------------------------------------------------------------------

RATES = {"OUTPUT2": Decimal(15), "ZERORATED": Decimal(0), "NONE": Decimal(0)}


def some_line(chance):
    return {
        "Description": "Some",
        "Quantity": Decimal(chance.randrange(1, 99999)).scaleb(-chance.randrange(0, 5)),
        "UnitAmount": Decimal(chance.randrange(1, 99999)).scaleb(-chance.randrange(0, 6)),
        "DiscountRate": Decimal(chance.choice([0, 0, 5, 10, 33])),
        "AccountCode": "200",
        "TaxType": chance.choice(sorted(RATES)),
    }


@pytest.mark.parametrize("unitdp", [2, 4])
@pytest.mark.parametrize("types", ["Exclusive", "Inclusive", "NoTax"])
def test_totals_are_predicted_to_the_cent(client, types, unitdp):
    """Fifty documents of one to six lines: what we compute before sending is what Xero shows afterwards."""
    chance = random.Random(f"{types} {unitdp}")
    documents = [[some_line(chance) for _line in range(chance.randrange(1, 7))] for _document in range(50)]
    first = invoice(client, "SUM/0", LineAmountTypes=types)
    bodies = [first | {"InvoiceNumber": f"SUM/{index}", "LineItems": lines} for index, lines in enumerate(documents)]
    answer = client.put("Invoices", {"Invoices": bodies}, "key-1", {"unitdp": unitdp})

    for element, lines in zip(answer.elements, documents, strict=True):
        assert element.ok, element.messages
        predicted = compute([wire_line(line) for line in lines], types, unitdp)
        shown = [element.data[name] for name in ("SubTotal", "TotalTax", "Total")]
        assert shown == [predicted.sub_total, predicted.total_tax, predicted.total]
        assert [line["LineAmount"] for line in element.data["LineItems"]] == [
            line.line_amount for line in predicted.lines
        ]


def wire_line(line):
    return Line(line["Quantity"], line["UnitAmount"], RATES[line["TaxType"]], line["DiscountRate"])


# --- webhooks ----------------------------------------------------------------------------------------------------


def test_xeros_signature_is_recognised(xero, client):
    client.put("Contacts", {"Contacts": [{"Name": "Hooked"}]}, "key-1")
    pending = xero.steering.pending_events()
    body = pending["body"].encode()
    assert webhook.is_genuine(body, pending["signature"], xero.simulator.webhook_key)
    assert not webhook.is_genuine(body + b" ", pending["signature"], xero.simulator.webhook_key)
