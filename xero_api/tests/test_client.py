"""One call over real HTTP: what leaves, what comes back, and what happens when it does not."""

import gzip
import json
import socket
import time
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from stub import Answer, Stub

from xero_api import hosts, oauth
from xero_api.answers import ZERO_ID, Remaining
from xero_api.client import XeroClient, path_of
from xero_api.outcomes import (
    ForbiddenHost,
    Gone,
    InDoubt,
    MissingScope,
    Refused,
    RetryLater,
    Unauthorised,
)

INVOICE_ID = "0b7a3c1e-0000-4000-8000-000000000001"


def invoices(*records):
    return {"Id": "x", "Status": "OK", "DateTimeUTC": "/Date(1767225600123)/", "Invoices": list(records)}


# --- what leaves -------------------------------------------------------------------------------------------------


def test_a_create_leaves_exactly_as_written(stub, client):
    stub.will(Answer(body=invoices({"InvoiceID": INVOICE_ID})))
    line = {"Quantity": Decimal("3.0000"), "UnitAmount": Decimal("19.9899999999999999"), "Description": "Œufs <b> 🍏"}
    client.put("Invoices", {"Invoices": [{"Type": "ACCREC", "Date": date(2026, 1, 2), "LineItems": [line]}]}, "key-1")

    seen = stub.seen[0]
    assert (seen.method, seen.path) == ("PUT", "/api.xro/2.0/Invoices")
    assert seen.query == {"summarizeErrors": "false", "unitdp": "4"}
    assert seen.body.decode() == (
        '{"Invoices": [{"Type": "ACCREC", "Date": "2026-01-02", "LineItems": '
        '[{"Quantity": 3.0000, "UnitAmount": 19.9899999999999999, "Description": "Œufs <b> 🍏"}]}]}'
    )
    assert seen.headers["Authorization"] == "Bearer an-access-token"
    assert seen.headers["xero-tenant-id"] == "a-tenant"
    assert seen.headers["Idempotency-Key"] == "key-1"
    assert seen.headers["Accept"] == seen.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("Contacts", {"summarizeErrors": "false"}),
        ("Payments", {"summarizeErrors": "false"}),
        ("Items", {"summarizeErrors": "false", "unitdp": "4"}),
        ("CreditNotes", {"summarizeErrors": "false", "unitdp": "4"}),
        ("CreditNotes/1/Allocations", {"summarizeErrors": "false"}),
        ("Invoices/1/History", {}),
        ("TaxRates", {}),
    ],
)
def test_defaults_are_sent_where_the_resource_takes_them(stub, client, path, query):
    stub.will(Answer(body={path.split("/")[0]: [{f"{path.split('/')[0][:-1]}ID": "x"}]}))
    client.put(path, {"x": 1}, "key")
    assert stub.seen[0].query == query


def test_defaults_give_way_to_what_is_asked_for(stub, client):
    client.get("Invoices", {"unitdp": 2, "page": 1, "where": None})
    assert stub.seen[0].query == {"unitdp": "2", "page": "1"}


def test_reads_take_xeros_own_parameters(stub, client):
    auckland = timezone(timedelta(hours=13))
    client.get(
        "Invoices",
        {
            "where": 'Type=="ACCREC" AND Date>=DateTime(2026,01,31)',
            "IDs": ["a", "b"],
            "Statuses": "AUTHORISED,PAID",
            "includeArchived": True,
            "summaryOnly": False,
            "pageSize": 100,
        },
        modified_since=datetime(2026, 1, 2, 13, 0, 59, 999999, auckland),
    )
    seen = stub.seen[0]
    assert seen.query == {
        "unitdp": "4",
        "where": 'Type=="ACCREC" AND Date>=DateTime(2026,01,31)',
        "IDs": "a,b",
        "Statuses": "AUTHORISED,PAID",
        "includeArchived": "true",
        "summaryOnly": "false",
        "pageSize": "100",
    }
    assert seen.headers["If-Modified-Since"] == "2026-01-02T00:00:59"


def test_a_parameter_or_resource_that_xero_python_does_not_know_goes_out_all_the_same(stub, client):
    stub.will(Answer(body={"Quotas": [{"QuotaID": "1"}]}))
    client.get("Invoices", {"newIn2027": "x"}, modified_since=datetime(2026, 1, 2))
    client.put("Quotas/1/Limits", {"Limit": Decimal("1.50")}, "key", {"dry": True})
    read, write = stub.seen
    assert (read.path, read.query) == ("/api.xro/2.0/Invoices", {"unitdp": "4", "newIn2027": "x"})
    assert read.headers["If-Modified-Since"] == "2026-01-02T00:00:00"
    assert (write.target, write.body) == ("/api.xro/2.0/Quotas/1/Limits?dry=true", b'{"Limit": 1.50}')
    assert write.headers["Idempotency-Key"] == "key"
    assert write.headers["Authorization"] == read.headers["Authorization"] == "Bearer an-access-token"


def test_an_identifier_may_hold_any_character(stub, client):
    client.get(path_of("Invoices", "INV/2026/1 ?#%2F"))
    assert stub.seen[0].target.startswith("/api.xro/2.0/Invoices/INV%2F2026%2F1%20%3F%23%252F?")


@pytest.mark.parametrize(
    "path", ["", "Invoices//1", "Invoices/../../../connections", "Invoices/%2E%2E/x", "Invoices/a%0d%0ab"]
)
def test_a_path_stays_below_the_accounting_api(stub, client, path):
    with pytest.raises(ValueError, match="path"):
        client.get(path)
    assert stub.seen == []


@pytest.mark.parametrize("key", ["", None, "x" * 129])
def test_a_write_needs_a_key_that_xero_takes(stub, client, key):
    with pytest.raises(ValueError, match="128"):
        client.put("Contacts", {"Contacts": []}, key)
    assert stub.seen == []


def test_a_float_is_refused_before_anything_is_sent(stub, client):
    with pytest.raises(TypeError, match="UnitAmount"):
        client.post("Items", {"Items": [{"UnitAmount": 19.99}]}, "key")
    assert stub.seen == []


def test_a_token_travels_without_calls_of_its_own(stub, client):
    client.get("Organisation")
    client.get("Organisation")
    assert [seen.path for seen in stub.seen] == ["/api.xro/2.0/Organisation"] * 2


def test_a_certificate_that_nobody_vouches_for_is_not_spoken_to(tmp_path):
    with Stub(tls=self_signed(tmp_path)) as stub, XeroClient(hosts.simulator_endpoints(stub.url), "t", "t") as client:
        # Not in doubt: the handshake failed before the call.
        with pytest.raises(RetryLater, match="SSLError"):
            client.put("Invoices", {"Invoices": [{}]}, "key")
        assert stub.seen == []


def self_signed(folder):
    """Path of a file with a key and a certificate for 127.0.0.1 that is good in everything but its issuer."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(key.private_bytes(*pem) + certificate.public_bytes(serialization.Encoding.PEM))
    return file


# --- what comes back ---------------------------------------------------------------------------------------------


def test_an_answer_holds_exact_numbers_the_calls_left_and_xeros_clock(stub, client):
    raw = b'{"DateTimeUTC": "/Date(1767225600123)/", "Invoices": [{"Total": 19.9899999999999999, "New": "UNKNOWN"}]}'
    limits = {"X-MinLimit-Remaining": "57", "X-DayLimit-Remaining": "4999", "X-AppMinLimit-Remaining": "9990"}
    stub.will(Answer(body=raw, headers=limits))
    answer = client.get("Invoices")
    assert answer.elements[0].data == {"Total": Decimal("19.9899999999999999"), "New": "UNKNOWN"}
    assert answer.limits == Remaining(57, 4999, 9990)
    assert answer.server_time == datetime(2026, 1, 1, 0, 0, 0, 123000, timezone.utc)
    assert answer.status == 200
    assert answer.ms >= 0


def test_without_limit_headers_nothing_is_known(stub, client):
    stub.will(Answer(body=invoices(), headers={"X-MinLimit-Remaining": "many"}))
    assert client.get("Invoices").limits == Remaining(None, None, None)


def test_compressed_answers_are_read(stub, client):
    raw = gzip.compress(json.dumps(invoices({"InvoiceID": INVOICE_ID})).encode())
    stub.will(Answer(body=raw, headers={"Content-Encoding": "gzip"}))
    assert client.get("Invoices").elements[0].data["InvoiceID"] == INVOICE_ID
    assert stub.seen[0].headers["Accept-Encoding"] == "gzip"


def test_elements_are_judged_one_by_one_in_their_order(stub, client):
    stub.will(
        Answer(
            body=invoices(
                {"InvoiceID": INVOICE_ID, "StatusAttributeString": "OK", "ValidationErrors": []},
                {
                    "InvoiceID": ZERO_ID,
                    "StatusAttributeString": "ERROR",
                    "HasErrors": True,
                    "ValidationErrors": [{"Message": "Invoice # must be unique."}],
                },
                {
                    "InvoiceID": INVOICE_ID,
                    "StatusAttributeString": "WARNING",
                    "Warnings": [{"Message": "Account code '476' has been removed"}],
                    "LineItems": [{"ValidationErrors": []}],
                },
            )
        )
    )
    answer = client.put("Invoices", {"Invoices": [{}, {}, {}]}, "key")
    assert [element.ok for element in answer.elements] == [True, False, True]
    assert [element.doubtful for element in answer.elements] == [False, False, False]
    assert answer.elements[1].messages == ["Invoice # must be unique."]
    assert answer.elements[2].warnings == ["Account code '476' has been removed"]


@pytest.mark.parametrize("identifier", [{"InvoiceID": ZERO_ID}, {"InvoiceID": ""}, {}])
def test_done_without_an_identifier_is_doubtful(stub, client, identifier):
    stub.will(Answer(body=invoices({**identifier, "StatusAttributeString": "OK"})))
    (element,) = client.put("Invoices", {"Invoices": [{}]}, "key").elements
    assert (element.ok, element.doubtful) == (True, True)


def test_an_answer_for_fewer_records_than_were_sent_is_in_doubt(stub, client):
    stub.will(Answer(body=invoices({"InvoiceID": INVOICE_ID})))
    with pytest.raises(InDoubt, match="1 records.*2 were sent"):
        client.put("Invoices", {"Invoices": [{}, {}]}, "key")


@pytest.mark.parametrize("body", [{"Name": "x"}, [{"Name": "x"}], {"Contacts": [{"Name": "x"}]}])
def test_one_record_may_be_sent_in_each_of_xeros_shapes(stub, client, body):
    stub.will(Answer(body={"Contacts": [{"ContactID": "1"}]}))
    assert len(client.post("Contacts", body, "key").elements) == 1


def test_no_content_is_an_answer(stub, client):
    stub.will(Answer(status=204))
    answer = client.delete("Items/1")
    assert (answer.status, answer.payload, answer.elements) == (204, None, [])


def test_refusals_carry_xeros_messages(stub, client):
    body = {
        "ErrorNumber": 10,
        "Elements": [{"ContactID": ZERO_ID, "ValidationErrors": [{"Message": "The name exists."}]}],
    }
    stub.will(Answer(400, body))
    with pytest.raises(Refused) as caught:
        client.post("Contacts/1", {"Name": "x"}, "key")
    assert caught.value.messages == ["The name exists."]
    assert caught.value.elements[0].data["ContactID"] == ZERO_ID


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(401, {"Detail": "TokenExpired: token expired at …"}), Unauthorised),
        (Answer(401, {"Detail": "AuthorizationUnsuccessful"}), MissingScope),
        (Answer(404, headers={"Content-Type": "text/html"}), Gone),
    ],
)
def test_other_answers_become_their_outcome(stub, client, answer, outcome):
    stub.will(answer)
    with pytest.raises(outcome):
        client.get("Invoices/1")


# --- trouble on the line -----------------------------------------------------------------------------------------


def test_a_limit_is_reported_at_once_and_never_slept_away(stub, client):
    stub.will(Answer(429, headers={"Retry-After": "3", "X-Rate-Limit-Problem": "minute", "X-MinLimit-Remaining": "0"}))
    started = time.monotonic()
    with pytest.raises(RetryLater) as caught:
        client.put("Contacts", {"Contacts": [{}]}, "key")
    assert time.monotonic() - started < 1
    assert (caught.value.after, caught.value.limit) == (3.0, "minute")
    assert len(stub.seen) == 1


TROUBLE = [
    pytest.param(Answer(kind="reset"), id="connection reset"),
    pytest.param(Answer(seconds=1.0, body={"Invoices": [{"InvoiceID": INVOICE_ID}]}), id="no answer in time"),
    pytest.param(Answer(kind="cut", body={"Invoices": [{"InvoiceID": INVOICE_ID}]}), id="half an answer"),
    pytest.param(Answer(200, b"<html>It works!</html>"), id="a page of HTML"),
    pytest.param(Answer(200, b""), id="an empty answer"),
    pytest.param(Answer(200, b"[]"), id="a list"),
    pytest.param(Answer(200, b"not gzip", headers={"Content-Encoding": "gzip"}), id="broken compression"),
    pytest.param(Answer(500), id="500"),
    pytest.param(Answer(502, b"<html>"), id="502"),
]


@pytest.mark.parametrize("answer", TROUBLE)
def test_a_lost_answer_to_a_write_is_in_doubt_and_not_repeated(stub, client, answer):
    stub.will(answer)
    with pytest.raises(InDoubt):
        client.put("Invoices", {"Invoices": [{}]}, "key")
    assert len(stub.seen) == 1


@pytest.mark.parametrize("answer", TROUBLE)
def test_a_lost_answer_to_a_read_is_read_again_later(stub, client, answer):
    stub.will(answer)
    with pytest.raises(RetryLater):
        client.get("Invoices")
    assert len(stub.seen) == 1


def test_what_was_never_sent_is_not_in_doubt():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with XeroClient(hosts.simulator_endpoints(url), "token", "tenant") as client, pytest.raises(RetryLater):
        client.put("Invoices", {"Invoices": [{}]}, "key")


def test_calls_to_this_machine_take_no_proxy(stub, endpoints, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with XeroClient(endpoints, "token", "tenant") as client:
        client.get("Organisation")
    stub.will(Answer(body=[]))
    oauth.list_connections(endpoints, "token")
    assert len(stub.seen) == 2


def test_a_redirect_is_not_followed(stub, client):
    stub.will(Answer(302, headers={"Location": f"{stub.url}/elsewhere"}))
    with pytest.raises(Refused, match="302"):
        client.get("Invoices")
    assert [seen.path for seen in stub.seen] == ["/api.xro/2.0/Invoices"]


def test_the_client_goes_on_after_trouble(stub, client):
    stub.will(Answer(kind="cut", body=invoices()), Answer(body=invoices({"InvoiceID": INVOICE_ID})))
    with pytest.raises(RetryLater):
        client.get("Invoices")
    assert len(client.get("Invoices").elements) == 1


def test_a_foreign_address_is_refused_where_it_would_be_sent(stub, client):
    client._api.base_url = "http://127.0.0.1:1/api.xro/2.0"
    with pytest.raises(ForbiddenHost):
        client.get("Invoices")


# --- pages -------------------------------------------------------------------------------------------------------


def page(number, count, *records):
    return Answer(body={"pagination": {"page": number, "pageSize": 2, "pageCount": count}, "Invoices": list(records)})


def test_pages_are_read_to_the_last(stub, client):
    stub.will(page(1, 3, {"n": 1}, {"n": 2}), page(2, 3, {"n": 3}, {"n": 4}), page(3, 3, {"n": 5}))
    read = [element.data["n"] for answer in client.pages("Invoices", {"order": "Date"}) for element in answer.elements]
    assert read == [1, 2, 3, 4, 5]
    assert [seen.query["page"] for seen in stub.seen] == ["1", "2", "3"]
    assert {(seen.query["pageSize"], seen.query["order"]) for seen in stub.seen} == {("1000", "Date")}


def test_a_page_is_read_only_when_it_is_asked_for(stub, client):
    stub.will(page(1, 2, {"n": 1}), page(2, 2, {"n": 2}))
    pages = client.pages("Invoices", modified_since=datetime(2026, 1, 1))
    next(pages)
    assert len(stub.seen) == 1
    next(pages)
    assert [seen.headers["If-Modified-Since"] for seen in stub.seen] == ["2026-01-01T00:00:00"] * 2


def test_reading_goes_on_from_a_saved_page(stub, client):
    stub.will(page(3, 3, {"n": 5}))
    assert len(list(client.pages("Invoices", {"page": 3}))) == 1
    assert stub.seen[0].query["page"] == "3"


def test_an_empty_result_is_one_empty_page(stub, client):
    stub.will(page(1, 0))
    assert [answer.elements for answer in client.pages("Invoices")] == [[]]


def test_without_a_page_count_a_page_that_is_not_full_is_the_last(stub, client):
    stub.will(Answer(body={"Invoices": [{"n": 1}, {"n": 2}]}), Answer(body={"Invoices": [{"n": 3}]}))
    assert len(list(client.pages("Invoices", page_size=2))) == 2


@pytest.mark.parametrize("path", ["Items", "Accounts", "TaxRates", "Organisation"])
def test_what_xero_does_not_page_comes_as_one_answer(stub, client, path):
    assert len(list(client.pages(path))) == 1
    assert "page" not in stub.seen[0].query
    assert "pageSize" not in stub.seen[0].query


# --- the journal -------------------------------------------------------------------------------------------------


def test_the_journal_is_told_of_every_call(stub, client, calls):
    headers = {"Xero-Correlation-Id": "c-1", "X-MinLimit-Remaining": "9"}
    stub.will(Answer(body=invoices({"InvoiceID": INVOICE_ID}), headers=headers), Answer(kind="reset"), Answer(404))
    client.put("Invoices", {"Invoices": [{"Total": Decimal("1.00")}]}, "key-1")
    with pytest.raises(InDoubt):
        client.post("Invoices", {"Invoices": [{}]}, "key-2")
    with pytest.raises(Gone):
        client.get("Contacts/1")

    done, lost, gone = calls
    assert (done.method, done.path, done.key, done.status, done.outcome) == ("PUT", "Invoices", "key-1", 200, "Done")
    assert (done.correlation_id, done.limits.minute) == ("c-1", 9)
    assert done.params == {"summarizeErrors": "false", "unitdp": "4"}
    assert done.request_body == '{"Invoices": [{"Total": 1.00}]}'
    assert INVOICE_ID in done.response_body
    assert (lost.status, lost.outcome, lost.key, lost.response_body) == (None, "InDoubt", "key-2", "")
    assert (gone.status, gone.outcome, gone.request_body) == (404, "Gone", "")


def test_the_journal_holds_no_secret(stub, client, calls):
    """S2-33: the access token is in the call and nowhere in what is kept of it."""
    leaky = {"Title": "x", "Detail": "Bearer an-access-token-that-is-long", "access_token": "an-access-token"}
    stub.will(Answer(401, leaky), Answer(body={"Contacts": [{"ContactID": "1", "BankAccountDetails": "01-0123"}]}))
    with pytest.raises(Unauthorised) as caught:
        client.get("Contacts", {"where": "x"})
    client.put("Contacts", {"Contacts": [{"Name": "Ann", "BankAccountDetails": "01-0123"}]}, "key")
    assert stub.seen[0].headers["Authorization"] == "Bearer an-access-token"
    assert "an-access-token" not in f"{calls} {caught.value!r} {client!r} {vars(caught.value)}"
    assert "01-0123" not in f"{calls}"


def test_a_journal_that_fails_does_not_lose_the_answer(stub, endpoints, caplog):
    def broken(call):
        raise RuntimeError("disk full")

    stub.will(Answer(body=invoices({"InvoiceID": INVOICE_ID})))
    with XeroClient(endpoints, "token", "tenant", on_answer=broken) as client:
        answer = client.put("Invoices", {"Invoices": [{}]}, "key")
    assert answer.elements[0].data["InvoiceID"] == INVOICE_ID
    assert "disk full" in caplog.text
