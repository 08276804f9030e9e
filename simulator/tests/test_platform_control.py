"""The control surface, webhooks, the command line and the back office."""

import base64
import hashlib
import hmac
import json
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests
from visitor import ApiClient

from simulator.server import XeroSimulator
from simulator.steering import Steering, SteeringRefused

ROOT = Path(__file__).resolve().parents[2]


# -- control


def test_ready_and_reset(api, steering, xero):
    assert steering.ready()
    api.put_contact("Ana")
    steering.advance(3600)
    introduction = steering.reset()
    assert introduction["client_id"] == xero.client_id
    assert steering.journal() == []
    assert "Ana" not in [contact["Name"] for contact in steering.state("Contacts")]
    assert api.get("Organisation").status_code == 401


def test_back_to_a_snapshot(api, steering):
    """As often as wanted: books, tokens and clock; what was counted and remembered about calls begins anew."""
    api.put_contact("Ana")
    steering.advance(600)
    before, moment = steering.state("Contacts"), steering.now()
    steering.snapshot()
    for name in ("Ben", "Cho"):
        api.put_contact(name, key="the same key, forgotten")
        steering.advance(86400)
        steering.add_fault("status", status=503)
        steering.limits(minute=1)
        steering.restore()
        assert steering.state("Contacts") == before
        assert steering.now()[:10] == moment[:10]
        assert (steering.journal(), steering.faults()) == ([], [])
        assert [one["Name"] for one in api.get("Contacts").json()["Contacts"]][-1] != name
        assert api.get("Organisation").status_code == 200


def test_nothing_to_go_back_to():
    with XeroSimulator("demo-nz") as xero, pytest.raises(SteeringRefused, match="POST /_sim/snapshot"):
        Steering(xero.url).restore()


def test_reset_with_an_unknown_seed_changes_nothing(api, steering):
    with pytest.raises(SteeringRefused, match="nowhere"):
        steering.reset("nowhere")
    assert api.get("Organisation").status_code == 200


def test_seed_has_fixed_ids_and_secrets(xero, steering):
    before = xero.introduction()
    assert steering.reset("demo-nz") == before
    assert set(before) == {"url", "client_id", "client_secret", "webhook_key", "tenants"}
    assert set(before["tenants"][0]) == {"tenant_id", "name", "country"}


def test_token_for_named_scopes_and_organisation(xero, steering):
    tenant_id = xero.tenants[-1]["tenant_id"]
    tokens = steering.token("accounting.settings.read", tenant_id)
    assert tokens["tenant_id"] == tenant_id
    assert tokens["refresh_token"]
    assert "accounting.settings.read" in tokens["scope"].split()
    assert ApiClient(xero.url, tokens).get("Organisation").status_code == 200


def test_new_organisation(xero, steering):
    made = steering.add_tenant("Second Ltd", "AU")
    assert made["tenant_id"] in [tenant["tenant_id"] for tenant in steering.tenants()]
    client = ApiClient(xero.url, steering.token(tenant_id=made["tenant_id"]))
    (found,) = client.get("Organisation").json()["Organisations"]
    assert (found["Name"], found["CountryCode"], found["BaseCurrency"]) == ("Second Ltd", "AU", "AUD")


@pytest.mark.parametrize("body", [{}, {"name": "X", "country": "FR"}, {"name": "X", "settings": {"key": "1"}}])
def test_bad_organisations_are_refused(xero, body):
    reply = requests.post(f"{xero.url}/_sim/tenants", json=body, timeout=10)
    assert reply.status_code == 400
    assert reply.json()["error"]


@pytest.mark.parametrize("body", [{"scope": "nonsense"}, {"tenant_id": "nobody"}, {"scope": 5}, {"colour": "red"}])
def test_bad_token_orders_are_refused(xero, body):
    reply = requests.post(f"{xero.url}/_sim/token", json=body, timeout=10)
    assert reply.status_code == 400
    assert reply.json()["error"]


@pytest.mark.parametrize(
    ("method", "path", "data", "status"),
    [
        ("GET", "nothing", "", 404),
        ("GET", "", "", 404),
        ("PUT", "ready", "", 405),
        ("POST", "clock", "{", 400),
        ("POST", "clock", "[1]", 400),
        ("POST", "clock", '{"now": "yesterday"}', 400),
        ("POST", "clock", '{"now": "9999-12-31T23:59:59Z"}', 400),
        ("POST", "clock", '{"advance": 1e300}', 400),
        ("POST", "clock", '{"advance": NaN}', 400),
        ("POST", "reset", "[" * 100_000, 400),
        ("POST", "faults", '{"kind": "delay", "seconds": Infinity}', 400),
        ("POST", "faults", '{"kind": "status", "headers": {"X": "a\\r\\nb"}}', 400),
        ("PUT", "limits", '{"latency": {"base": 1e9}}', 400),
        ("GET", "journal?since=x", "", 400),
        ("GET", "state/Nonsense", "", 400),
        ("GET", "state", "", 400),
        ("POST", "actions/fly", "{}", 400),
        ("POST", "webhooks/deliver", "", 400),
        ("PUT", "webhooks", '{"url": "https://example.com/"}', 400),
    ],
)
def test_bad_orders_are_refused_in_words(xero, method, path, data, status):
    reply = requests.request(method, f"{xero.url}/_sim/{path}", data=data, timeout=10)
    assert reply.status_code == status
    if status != 405:
        assert reply.json()["error"]


def test_disconnecting_on_xeros_side(api, steering):
    assert steering.act("disconnect") == {"disconnected": 1}
    assert api.get("Organisation").status_code == 403


# -- webhooks


class Receiver(HTTPServer):
    """Takes webhooks as an app should: 200 where the signature is right, else 401."""

    def __init__(self, key):
        super().__init__(("127.0.0.1", 0), Handler)
        self.key = key
        self.bodies = []
        self.url = f"http://127.0.0.1:{self.server_port}/hook"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        right = base64.b64encode(hmac.new(self.server.key.encode(), body, hashlib.sha256).digest()).decode()
        valid = self.headers["x-xero-signature"] == right
        if valid:
            self.server.bodies.append(json.loads(body))
        self.send_response(200 if valid else 401)
        self.end_headers()

    def log_message(self, *_args):
        pass


@pytest.fixture
def receiver(xero):
    with Receiver(xero.webhook_key) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def emit_one(xero):
    organisation = next(iter(xero.world.organisations.values()))
    xero.world.webhooks.emit(organisation, "CONTACT", "CREATE", "c0ffee", xero.url)


def test_events_are_signed_and_delivered_once(xero, steering, receiver):
    emit_one(xero)
    steering.set_webhooks(url=receiver.url)
    assert steering.deliver_events() == {"delivered": 1, "status": 200}
    (body,) = receiver.bodies
    assert (body["firstEventSequence"], body["lastEventSequence"]) == (1, 1)
    (event,) = body["events"]
    assert (event["eventCategory"], event["eventType"], event["resourceId"]) == ("CONTACT", "CREATE", "c0ffee")
    assert event["resourceUrl"] == f"{xero.url}/api.xro/2.0/Contacts/c0ffee"
    assert event["tenantId"] == xero.tenants[0]["tenant_id"]
    assert steering.deliver_events() == {"delivered": 0, "status": None}


def test_refused_events_stay_pending(xero, steering, receiver):
    emit_one(xero)
    steering.set_webhooks(url=receiver.url, key="another key")
    assert steering.deliver_events() == {"delivered": 0, "status": 401}
    assert len(steering.pending_events()["events"]) == 1


def test_pending_events_can_be_carried_by_hand(xero, steering, receiver):
    emit_one(xero)
    pending = steering.pending_events()
    headers = {"x-xero-signature": pending["signature"]}
    assert requests.post(receiver.url, data=pending["body"], headers=headers, timeout=10).status_code == 200


def test_intent_to_receive(xero, steering, receiver):
    steering.set_webhooks(url=receiver.url)
    reply = requests.post(f"{xero.url}/_sim/webhooks/intent-to-receive", timeout=10).json()
    assert reply == {"statuses": [200, 401, 401, 200], "ok": True}
    empty = receiver.bodies[0] | {"events": [], "firstEventSequence": 0, "lastEventSequence": 0}
    assert receiver.bodies == [empty, empty]


# -- the command line


@contextmanager
def started(*arguments):
    command = [sys.executable, "-m", "simulator", "serve", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()  # what has ended already stays as it is


def test_first_line_is_json_and_sigterm_ends_it():
    with started("--seed", "demo-nz") as process:
        introduction = json.loads(process.stdout.readline())
        assert Steering(introduction["url"]).ready()
        assert introduction["tenants"][0]["country"] == "NZ"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        assert "Traceback" not in process.stderr.read()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--seed", "nowhere"], "nowhere"),
        (["--port", "99999"], "--port"),
        (["--port", "http"], "--port"),
        (["--db", "/nowhere/at/all.db"], "--db"),
    ],
)
def test_bad_arguments_are_refused_in_words(arguments, words):
    with started(*arguments) as process:
        out, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert out == ""
    assert words in err
    assert "Traceback" not in err


def test_taken_port_is_refused_in_words(xero):
    with started("--port", xero.url.rpartition(":")[2]) as process:
        _out, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "Name another one with --port" in err


# -- the back office


def page(xero, path):
    return requests.get(f"{xero.url}/{path}", timeout=10)


def test_every_page_of_the_back_office_opens(xero, api):
    api.put_contact("Ana <b>& Co</b>")
    tenant_id = xero.tenants[0]["tenant_id"]
    sections = ("", "/contacts", "/invoices", "/credit-notes", "/items", "/payments", "/ledger")
    for path in ("", "calls", "style.css", *(f"organisations/{tenant_id}{section}" for section in sections)):
        assert page(xero, path).status_code == 200, path


def test_calls_are_shown_with_their_bodies(xero, api, steering):
    api.put_contact("Ana & Co")
    number = steering.journal("PUT")[0]["seq"]
    assert f"/calls/{number}" in page(xero, "calls").text
    assert "Ana &amp; Co" in page(xero, f"calls/{number}").text


@pytest.mark.parametrize("path", ["nowhere", "organisations/x", "calls/x", "calls/999999", "organisations"])
def test_missing_pages_say_so(xero, path):
    reply = page(xero, path)
    assert reply.status_code == 404
    assert "Nothing is here" in reply.text
