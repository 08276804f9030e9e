"""Webhooks in full: batches, retries by the simulated clock, duplicates, losses, and giving up."""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from visitor import ApiClient

from simulator.steering import SteeringRefused

MINUTE, HOUR = 60, 3600
PATIENCE = 20  # seconds


def wait_until(condition):
    until = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    assert condition()


class Receiver(HTTPServer):
    """Takes what is signed, unless it is told to refuse."""

    def __init__(self, key):
        super().__init__(("127.0.0.1", 0), Handler)
        self.key = key
        self.refuse = False
        self.calls = []
        self.url = f"http://127.0.0.1:{self.server_port}/hook"

    @property
    def names(self):
        """Sequence numbers, call by call."""
        return [(body["firstEventSequence"], body["lastEventSequence"]) for body in self.calls]

    def wait_for(self, calls):
        wait_until(lambda: len(self.calls) >= calls)
        assert len(self.calls) == calls

    def wait_for_refusals(self, calls, steering):
        """The second refusal in a row counts once its answer is read: by the clock of then the next attempt is set."""
        self.wait_for(calls)
        wait_until(lambda: steering.webhooks()["next_attempt"])


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        right = base64.b64encode(hmac.new(self.server.key.encode(), body, hashlib.sha256).digest()).decode()
        self.server.calls.append(json.loads(body))
        self.send_response(500 if self.server.refuse else 200 if self.headers["x-xero-signature"] == right else 401)
        self.end_headers()

    def log_message(self, *_args):
        pass


@pytest.fixture
def receiver(xero, steering):
    with Receiver(xero.webhook_key) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        steering.set_webhooks(url=server.url)
        yield server
        server.shutdown()


def test_events_go_out_in_batches_with_sequence_numbers(api, steering, receiver):
    steering.set_webhooks(batch=2)
    for name in ("Ana", "Ben", "Cleo"):
        api.put_contact(name)
    assert steering.deliver_events() == {"delivered": 3, "status": 200}
    assert receiver.names == [(1, 2), (3, 3)]
    assert receiver.calls[0]["entropy"] != receiver.calls[1]["entropy"]


def test_automatic_delivery_needs_no_order(api, steering, receiver):
    steering.set_webhooks(automatic=True)
    api.put_contact("Ana")
    receiver.wait_for(1)
    assert receiver.calls[0]["events"][0]["eventCategory"] == "CONTACT"


def test_a_refused_call_is_repeated_at_once_and_then_by_the_clock(api, steering, receiver):
    receiver.refuse = True
    api.put_contact("Ana")
    steering.set_webhooks(automatic=True)
    receiver.wait_for_refusals(2, steering)
    steering.advance(14 * MINUTE)
    time.sleep(0.2)
    assert len(receiver.calls) == 2
    receiver.refuse = False
    steering.advance(2 * MINUTE)
    receiver.wait_for(3)
    assert receiver.names == [(1, 1)] * 3
    assert steering.pending_events()["events"] == []


def test_after_a_day_of_refusals_webhooks_are_switched_off_and_replay_in_order(xero, api, steering, receiver):
    receiver.refuse = True
    api.put_contact("Ana")
    steering.set_webhooks(automatic=True)
    receiver.wait_for_refusals(2, steering)
    steering.advance(25 * HOUR)
    receiver.wait_for(4)
    wait_until(lambda: steering.webhooks()["enabled"] is False)
    assert ApiClient(xero.url, steering.token()).put_contact("Ben").status_code == 200
    receiver.refuse = False
    steering.advance(HOUR)
    time.sleep(0.2)
    assert len(receiver.calls) == 4
    with pytest.raises(SteeringRefused, match="switched off"):
        steering.deliver_events()
    steering.set_webhooks(enabled=True)
    receiver.wait_for(5)
    assert receiver.names[-1] == (1, 2)


def test_events_are_forgotten_after_a_month(api, steering, receiver):
    api.put_contact("Ana")
    steering.advance(32 * 24 * HOUR)
    assert steering.deliver_events() == {"delivered": 0, "status": None}


def test_duplicates(api, steering, receiver):
    steering.set_webhooks(duplicates=True)
    api.put_contact("Ana")
    assert steering.deliver_events() == {"delivered": 1, "status": 200}
    assert receiver.calls[0] == receiver.calls[1]


def test_a_dropped_event_leaves_a_gap(api, steering, receiver):
    steering.set_webhooks(drop=1)
    for name in ("Ana", "Ben"):
        api.put_contact(name)
    steering.deliver_events()
    assert receiver.names == [(2, 2)]
    assert steering.webhooks()["drop"] == 0


def test_intent_to_receive_switches_on_only_where_all_verdicts_are_right(steering, receiver):
    assert steering.intend_to_receive() == {"statuses": [200, 401, 401, 200], "ok": True}
    assert {body["lastEventSequence"] for body in receiver.calls} == {0}
    receiver.key = "another key"
    assert steering.intend_to_receive()["ok"] is False


def test_credit_note_events_say_type_and_status(api, steering):
    line = {"Description": "Back", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
    note = {"Type": "ACCRECCREDIT", "Status": "DRAFT", "Contact": {"Name": "Kauri Cafe"}, "LineItems": [line]}
    assert api.call("PUT", "CreditNotes", note).status_code == 200
    (event,) = [one for one in steering.pending_events()["events"] if one["eventCategory"] == "CREDITNOTE"]
    assert event["data"] == {"Type": "ACCRECCREDIT", "Status": "DRAFT"}


@pytest.mark.parametrize("options", [{"batch": 0}, {"batch": True}, {"drop": -1}, {"automatic": "x"}, {"key": ""}])
def test_bad_options_are_refused(steering, options):
    before = steering.webhooks()
    with pytest.raises(SteeringRefused):
        steering.set_webhooks(**options)
    assert steering.webhooks() == before
