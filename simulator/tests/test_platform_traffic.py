"""What happens to calls on their way: limits, idempotency, faults, journal (xero-api.md 2 and 3.4)."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from visitor import ApiClient

from simulator.server import XeroSimulator
from simulator.steering import Steering, SteeringRefused

MINUTE, DAY = 60, 86400


def names(steering):
    return [contact["Name"] for contact in steering.state("Contacts")]


# -- limits


def test_remaining_calls_are_told(api):
    first, second = api.get("Organisation"), api.get("Organisation")
    assert first.headers["X-MinLimit-Remaining"] == "59"
    assert second.headers["X-MinLimit-Remaining"] == "58"
    assert second.headers["X-DayLimit-Remaining"] == "4998"
    assert second.headers["X-AppMinLimit-Remaining"] == "9998"


def test_minute_limit(api, steering):
    """The 429 is empty, has no content type, and names limit and waiting time; waiting helps (xero-api.md 2.1)."""
    steering.limits(minute=2)
    assert [api.get("Organisation").status_code for _ in range(2)] == [200, 200]
    refused = api.get("Organisation")
    assert refused.status_code == 429
    assert refused.content == b""
    assert "Content-Type" not in refused.headers
    assert refused.headers["X-Rate-Limit-Problem"] == "minute"
    assert 0 < int(refused.headers["Retry-After"]) <= MINUTE
    assert refused.headers["X-MinLimit-Remaining"] == "0"
    assert "X-DayLimit-Remaining" in refused.headers
    steering.advance(int(refused.headers["Retry-After"]))
    assert api.get("Organisation").status_code == 200


def test_day_limit(api, steering):
    steering.limits(day=1)
    api.get("Organisation")
    refused = api.get("Organisation")
    assert (refused.status_code, refused.headers["X-Rate-Limit-Problem"]) == (429, "day")
    assert int(refused.headers["Retry-After"]) > 23 * 3600
    steering.advance(DAY)
    fresh = ApiClient(api.url, steering.token())
    assert fresh.get("Organisation").status_code == 200


def test_concurrent_limit(api, steering):
    """Five in flight, the sixth is refused at once."""
    steering.limits(latency={"base": 0.5})
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda _: api.get("Organisation"), range(6)))
    statuses = sorted(reply.status_code for reply in replies)
    assert statuses == [200] * 5 + [429]
    (refused,) = [reply for reply in replies if reply.status_code == 429]
    assert refused.headers["X-Rate-Limit-Problem"] == "concurrent"
    steering.limits(latency={"base": 0})
    assert api.get("Organisation").status_code == 200


def test_app_minute_limit(api, steering):
    steering.limits(app_minute=1)
    api.get("Organisation")
    assert api.get("Organisation").headers["X-Rate-Limit-Problem"] == "appminute"


def test_limits_are_per_organisation(xero, steering):
    steering.limits(minute=1)
    steering.add_tenant("Second Ltd")
    clients = [ApiClient(xero.url, steering.token(tenant_id=t["tenant_id"])) for t in xero.tenants]
    assert {client.get("Organisation").status_code for client in clients} == {200}
    assert {client.get("Organisation").status_code for client in clients} == {429}


def test_refused_calls_do_not_count(api, steering):
    steering.limits(minute=1)
    for _ in range(3):
        api.get("Organisation")
    assert steering.limits()["used"][0]["minute"] == 1


def test_latency_per_element(api, steering):
    steering.limits(latency={"base": 0.05, "per_element": 0.1})
    start = time.monotonic()
    api.call("PUT", "Contacts", {"Contacts": [{"Name": "Ana"}, {"Name": "Bo"}]})
    assert time.monotonic() - start >= 0.25


@pytest.mark.parametrize("change", [{"minute": -1}, {"minute": "60"}, {"second": 1}, {"latency": 2}])
def test_bad_limits_are_refused_and_change_nothing(steering, change):
    before = steering.limits()
    with pytest.raises(SteeringRefused, match="limit|minute|latency"):
        steering.limits(**change)
    assert steering.limits() == before


# -- idempotency


def test_known_key_is_answered_from_memory(api, steering):
    first, second = api.put_contact("Ana", key="k1"), api.put_contact("Ana", key="k1")
    assert first.content == second.content
    assert names(steering).count("Ana") == 1
    assert [call["replayed"] for call in steering.journal("PUT", "Contacts")] == [False, True]
    assert second.headers["X-MinLimit-Remaining"] == "58"


def test_stored_errors_are_replayed(api, steering):
    """A refusal is remembered too, even where the reason is gone by now (xero-api.md 3.4)."""
    api.put_contact("Ana")
    refused = api.put_contact("Ana", key="k1")
    assert refused.status_code == 400
    assert api.put_contact("Ana", key="k1").content == refused.content


@pytest.mark.parametrize(
    "other",
    [
        {"method": "POST"},
        {"path": "ContactGroups"},
        {"body": {"Contacts": [{"Name": "Bo"}]}},
        {"unitdp": "4"},
    ],
)
def test_key_with_another_request_is_refused(api, steering, other):
    request = {"method": "PUT", "path": "Contacts", "body": {"Contacts": [{"Name": "Ana"}]}}
    api.call(**request, key="k1")
    refused = api.call(**(request | other), key="k1")
    assert refused.status_code == 400
    assert "k1" in refused.json()["Message"]
    assert "different request" in refused.json()["Message"]
    assert "Bo" not in names(steering)


def test_key_is_forgotten_after_six_minutes(api, steering):
    api.put_contact("Ana", key="k1")
    steering.advance(5 * MINUTE)
    assert api.put_contact("Ana", key="k1").status_code == 200
    steering.advance(2 * MINUTE)
    assert api.put_contact("Bo", key="k1").status_code == 200
    assert "Bo" in names(steering)


def test_key_longer_than_128_characters(api):
    assert api.put_contact("Ana", key="k" * 128).status_code == 200
    assert api.put_contact("Bo", key="k" * 129).status_code == 400


def test_same_key_at_the_same_time_is_carried_out_once(xero, api, steering):
    xero.world.contract = lambda request, reply: time.sleep(0.1)  # so that the calls overlap
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: api.put_contact("Ana", key="k1"), range(4)))
    xero.world.contract = None
    assert {reply.status_code for reply in replies} == {200}
    assert names(steering).count("Ana") == 1


# -- faults

BROKEN = (requests.ConnectionError, requests.Timeout)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["reset", "timeout"])
def test_connection_breaks(api, steering, kind, when):
    steering.add_fault(kind, "PUT", "Contacts", when=when, seconds=0.2)
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        api.put_contact("Ana")
    assert ("Ana" in names(steering)) is (when == "after")
    assert api.put_contact("Bo").status_code == 200


@pytest.mark.parametrize("when", ["before", "after"])
def test_steered_status(api, steering, when):
    steering.add_fault("status", "PUT", "Contacts", when=when, status=503)
    reply = api.put_contact("Ana")
    assert (reply.status_code, reply.text) == (503, "The Xero API is currently offline for maintenance")
    assert ("Ana" in names(steering)) is (when == "after")


def test_steered_status_headers_and_body(api, steering):
    steering.add_fault("status", status=429, headers={"Retry-After": "7", "X-Rate-Limit-Problem": "day"})
    reply = api.get("Organisation")
    assert (reply.status_code, reply.headers["Retry-After"], reply.content) == (429, "7", b"")
    assert reply.headers["X-Rate-Limit-Problem"] == "day"
    steering.add_fault("status", status=418, body={"I am": "a teapot"})
    assert api.get("Organisation").json() == {"I am": "a teapot"}


@pytest.mark.parametrize("when", ["before", "after"])
def test_garbage(api, steering, when):
    steering.add_fault("garbage", "PUT", "Contacts", when=when)
    reply = api.put_contact("Ana")
    assert reply.status_code == 200
    with pytest.raises(ValueError, match="."):
        reply.json()
    assert ("Ana" in names(steering)) is (when == "after")


def test_delay(api, steering):
    steering.add_fault("delay", seconds=0.3)
    start = time.monotonic()
    assert api.get("Organisation").status_code == 200
    assert time.monotonic() - start >= 0.3


def test_client_that_gives_up_waiting(api, steering):
    """A timeout lasts as long as the client's patience, not longer: the simulator lets go of the dead connection."""
    steering.add_fault("timeout", "GET", "Organisation")
    headers = {"Authorization": f"Bearer {api.tokens['access_token']}", "Xero-Tenant-Id": api.tokens["tenant_id"]}
    with pytest.raises(requests.Timeout):
        requests.get(f"{api.url}/api.xro/2.0/Organisation", headers=headers, timeout=0.3)
    deadline = time.monotonic() + 3
    while steering.limits()["used"][0]["in_flight"] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert steering.limits()["used"][0]["in_flight"] == 0


def test_lost_answer_is_found_again_with_the_same_key(api, steering):
    steering.add_fault("reset", "PUT", "Contacts", when="after")
    with pytest.raises(BROKEN):
        api.put_contact("Ana", key="k1")
    assert api.put_contact("Ana", key="k1").status_code == 200
    assert names(steering).count("Ana") == 1


def test_nth_and_times(api, steering):
    steering.add_fault("status", "GET", "Organisation", nth=2, times=2, status=500)
    assert [api.get("Organisation").status_code for _ in range(4)] == [200, 500, 500, 200]


def test_probability(api, steering):
    steering.add_fault("status", probability=1, status=500)
    assert [api.get("Organisation").status_code for _ in range(3)] == [500] * 3
    steering.clear_faults()
    steering.add_fault("status", probability=0, status=500)
    assert api.get("Organisation").status_code == 200


def test_fault_strikes_what_it_names(api, steering):
    steering.add_fault("status", "GET", "Contacts$", status=500, times=9)
    assert api.get("Organisation").status_code == 200
    assert api.get("Contacts/00000000-0000-0000-0000-000000000001").status_code == 404
    assert api.put_contact("Ana").status_code == 200
    assert api.get("Contacts").status_code == 500


def test_fault_on_the_token_endpoint(visitor, steering):
    """A refresh whose answer is lost can be repeated with the same refresh token."""
    tokens = visitor.connect()
    steering.add_fault("reset", "POST", "connect/token", when="after")
    with pytest.raises(BROKEN):
        visitor.refresh(tokens["refresh_token"])
    assert visitor.refresh(tokens["refresh_token"]).status_code == 200


def test_faults_can_be_listed_and_cleared(api, steering):
    steering.add_fault("reset", "GET")
    assert [fault["kind"] for fault in steering.faults()] == ["reset"]
    steering.clear_faults()
    assert steering.faults() == []
    assert api.get("Organisation").status_code == 200


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "fire"},
        {"kind": "reset", "when": "never"},
        {"kind": "reset", "nth": 0},
        {"kind": "status", "status": 99},
        {"kind": "delay", "seconds": "long"},
        {"kind": "reset", "colour": "red"},
        {"kind": "reset", "probability": 2},
    ],
)
def test_bad_faults_are_refused(steering, values):
    with pytest.raises(SteeringRefused, match="must be|may have"):
        steering.add_fault(**values)
    assert steering.faults() == []


# -- journal


def test_journal_tells_the_whole_call(api, steering):
    api.put_contact("Ana", key="k1", summarizeErrors="false")
    (call,) = steering.journal("PUT")
    assert (call["method"], call["path"], call["status"]) == ("PUT", "/api.xro/2.0/Contacts", 200)
    assert call["args"] == {"summarizeErrors": "false"}
    assert call["request_body"] == {"Contacts": [{"Name": "Ana"}]}
    assert call["response_body"]["Contacts"][0]["Name"] == "Ana"
    assert call["tenant_id"] == api.tokens["tenant_id"]
    assert (call["idempotency_key"], call["replayed"], call["fault"]) == ("k1", False, None)
    assert call["response_headers"]["X-MinLimit-Remaining"] == "59"
    assert "Accept" in call["headers"]
    assert api.tokens["access_token"] not in str(call)


def test_journal_filters(api, steering):
    api.get("Organisation")
    api.put_contact("Ana")
    api.get("Contacts")
    assert [call["method"] for call in steering.journal(path="Contacts")] == ["PUT", "GET"]
    assert [call["method"] for call in steering.journal("PUT", "Contacts")] == ["PUT"]
    first = steering.journal()[0]["seq"]
    assert len(steering.journal(since=first)) == 2
    steering.clear_journal()
    assert steering.journal() == []
    api.get("Organisation")
    assert steering.journal()[0]["seq"] > first + 2


def test_journal_knows_lost_answers_and_their_faults(api, steering):
    steering.add_fault("reset", "PUT", when="after")
    with pytest.raises(BROKEN):
        api.put_contact("Ana")
    (call,) = steering.journal("PUT")
    assert call["status"] is None
    assert call["response_body"]["Contacts"][0]["Name"] == "Ana"
    assert (call["fault"]["kind"], call["fault"]["when"]) == ("reset", "after")


def test_journal_keeps_refused_calls(api, steering):
    api.get("Organisation", headers={"Authorization": "Bearer made-up"})
    assert [call["status"] for call in steering.journal()] == [401]


def test_journal_keeps_no_secret_of_the_token_endpoint(visitor, steering):
    tokens = visitor.connect()
    visitor.refresh(tokens["refresh_token"])
    text = str(steering.journal(path="connect/token"))
    assert "grant_type=refresh_token" in text
    for secret in (tokens["refresh_token"], tokens["access_token"], visitor.app.client_secret, visitor.verifier):
        assert secret not in text


# -- the whole


def test_body_above_ten_megabytes(api):
    reply = api.call("PUT", "Contacts", {"Contacts": [{"Name": "x" * 10_500_000}]})
    assert reply.status_code == 413


def test_contract_check_sees_every_answer(xero, api):
    seen = []
    xero.world.contract = lambda request, reply: seen.append((request.path, reply.status))
    api.get("Organisation")
    xero.world.contract = None
    assert seen == [("/api.xro/2.0/Organisation", 200)]


def test_two_simulators_side_by_side(xero):
    with XeroSimulator("demo-nz") as other:
        ApiClient(other.url, Steering(other.url).token()).put_contact("Ana")
        assert "Ana" in names(Steering(other.url))
        assert "Ana" not in names(Steering(xero.url))
    with pytest.raises(OSError, match="."):
        Steering(other.url).ready()
