"""A file that outlives the simulator."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from visitor import ApiClient, Visitor

from simulator import packing
from simulator.keeping import Keeper, NotOurs
from simulator.server import XeroSimulator
from simulator.steering import Steering

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ("Contacts", "Invoices", "CreditNotes", "Payments", "Items", "Accounts", "Organisations")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "xero.db"


def invoice(number, status="AUTHORISED"):
    return {
        "Type": "ACCREC",
        "Status": status,
        "InvoiceNumber": number,
        "Contact": {"Name": "Kauri Cafe"},
        "Date": "2026-06-10",
        "DueDate": "2026-07-10",
        "LineItems": [{"Description": "Goods", "Quantity": 3, "UnitAmount": "33.33", "AccountCode": "200"}],
    }


def states(xero):
    return {name: Steering(xero.url).state(name) for name in RESOURCES}


def test_everything_is_there_again_after_a_restart(file):
    with XeroSimulator("demo-nz", db=file) as xero:
        steering = Steering(xero.url)
        tokens = steering.token()
        api = ApiClient(xero.url, tokens)
        first = api.call("PUT", "Invoices", invoice("KEEP-1")).json()["Invoices"][0]
        payment = {"Invoice": {"InvoiceID": first["InvoiceID"]}, "Account": {"Code": "090"}, "Amount": "10"}
        assert api.call("PUT", "Payments", payment | {"Date": "2026-06-20"}).status_code == 200
        history = f"Invoices/{first['InvoiceID']}/History"
        api.call("PUT", history, {"HistoryRecords": [{"Details": "Rang up"}]})
        steering.act("set-lock-dates", period="2026-01-31")
        made = steering.add_tenant("Second Ltd", "AU")
        steering.advance(600)
        before, clock, jwks = (
            states(xero),
            steering.now(),
            requests.get(f"{xero.url}/.well-known/openid-configuration/jwks"),
        )
        pending = steering.pending_events()

    with XeroSimulator("empty", db=file) as again:
        steering = Steering(again.url)
        api = ApiClient(again.url, tokens)
        assert states(again) == before
        assert [note["Details"] for note in api.get(history).json()["HistoryRecords"]][0] == "Rang up"
        assert made["tenant_id"] in [tenant["tenant_id"] for tenant in steering.tenants()]
        assert clock < steering.now()
        assert requests.get(f"{again.url}/.well-known/openid-configuration/jwks").json() == jwks.json()
        assert [e["resourceId"] for e in steering.pending_events()["events"]] == [
            e["resourceId"] for e in pending["events"]
        ]
        refused = api.call("PUT", "Invoices", invoice("KEEP-1")).json()
        assert refused["Elements"][0]["ValidationErrors"] == [{"Message": "Invoice # must be unique."}]
        locked = api.call("PUT", "Invoices", invoice("KEEP-2") | {"Date": "2026-01-10"}).json()
        assert "lock date" in locked["Elements"][0]["ValidationErrors"][0]["Message"]


def test_consents_last(file):
    with XeroSimulator("demo-nz", db=file) as xero:
        tokens = Visitor(xero).connect()
        connections = Visitor(xero).connections(tokens).json()
    with XeroSimulator("demo-nz", db=file) as again:
        visitor = Visitor(again)
        assert visitor.connections(tokens).json() == connections
        fresh = visitor.refresh(tokens["refresh_token"])
        assert fresh.status_code == 200
        visitor.revoke(fresh.json()["refresh_token"])
        assert visitor.refresh(tokens["refresh_token"]).json() == {"error": "invalid_grant"}
    with XeroSimulator("demo-nz", db=file) as third:
        assert Visitor(third).refresh(tokens["refresh_token"]).json() == {"error": "invalid_grant"}


def test_what_was_undone_is_not_kept(file):
    with XeroSimulator("demo-nz", db=file) as xero:
        api = ApiClient(xero.url, Steering(xero.url).token())
        assert (
            api.call("PUT", "Invoices", {"Invoices": [invoice("GOOD"), invoice("BAD", "NONSENSE")]}).status_code == 400
        )
        before = states(xero)
    with XeroSimulator("demo-nz", db=file) as again:
        assert states(again) == before
        assert before["Invoices"] == []


def test_reset_empties_the_file(file):
    with XeroSimulator("demo-nz", db=file) as xero:
        steering = Steering(xero.url)
        ApiClient(xero.url, steering.token()).put_contact("Short Lived")
        steering.reset("demo-uk")
    with XeroSimulator("demo-nz", db=file) as again:
        assert again.tenants[0]["country"] == "GB"
        assert "Short Lived" not in [one["Name"] for one in Steering(again.url).state("Contacts")]


def test_the_file_follows_back_to_a_snapshot(file):
    with XeroSimulator("demo-nz", db=file) as xero:
        steering = Steering(xero.url)
        api = ApiClient(xero.url, steering.token())
        api.call("PUT", "Invoices", invoice("KEEP-2"))
        steering.snapshot()
        before = states(xero)
        api.put_contact("Short Lived")
        steering.restore()
        assert states(xero) == before
        assert api.call("PUT", "Invoices", invoice("KEEP-3")).status_code == 200
        kept = states(xero)
    with XeroSimulator("demo-nz", db=file) as again:
        assert states(again) == kept


def test_an_answer_lost_on_the_way_is_kept(file):
    with XeroSimulator("demo-nz", db=file) as xero:
        steering = Steering(xero.url)
        api = ApiClient(xero.url, steering.token())
        steering.add_fault("reset", "PUT", "Contacts", when="after")
        with pytest.raises(requests.ConnectionError):
            api.put_contact("Lost Answer")
    with XeroSimulator("demo-nz", db=file) as again:
        assert "Lost Answer" in [one["Name"] for one in Steering(again.url).state("Contacts")]


def test_a_killed_simulator_loses_nothing_it_has_answered(file):
    def start():
        command = [sys.executable, "-m", "simulator", "serve", "--db", str(file)]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    with start() as process:
        url = json.loads(process.stdout.readline())["url"]
        assert ApiClient(url, Steering(url).token()).put_contact("Before The Crash").status_code == 200
        process.kill()
    with start() as process:
        url = json.loads(process.stdout.readline())["url"]
        names = [one["Name"] for one in Steering(url).state("Contacts")]
        process.kill()
    assert "Before The Crash" in names


def test_files_of_others_are_left_alone(file):
    with sqlite3.connect(file) as other:
        other.execute("create table precious (id integer)")
    other.close()
    with pytest.raises(NotOurs, match="something else"):
        Keeper(file)
    file.write_text("no database at all, but long enough to be taken for one" * 20)
    with pytest.raises(NotOurs, match="cannot be used"):
        Keeper(file)


def test_only_what_the_package_knows_is_read():
    with pytest.raises(TypeError):
        packing.dumps({"x": object()})
    with pytest.raises(ValueError, match="nothing that a file can hold"):
        packing.loads('{"$": ".cli:main", "v": {}}')
