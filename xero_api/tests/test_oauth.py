import base64
import hashlib
import json
import socket
from urllib.parse import parse_qs, urlsplit

import pytest
from stub import Answer

from xero_api import hosts, oauth
from xero_api.outcomes import (
    Gone,
    ReconnectNeeded,
    Refused,
    RetryLater,
    Unauthorised,
)

TOKENS = {
    "access_token": "access-1",
    "refresh_token": "refresh-2",
    "id_token": "id-1",
    "expires_in": 1800,
    "scope": "openid accounting.contacts",
    "token_type": "Bearer",
}


def jwt(claims):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'RS256'})}.{part(claims)}.c2lnbmF0dXJl"


def test_pkce_challenge_is_the_hash_of_its_verifier():
    verifier, challenge = oauth.pkce_pair()
    assert 43 <= len(verifier) <= 128
    assert challenge == base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    assert oauth.pkce_pair()[0] != verifier


def test_the_consent_address_carries_state_and_challenge():
    url = oauth.authorize_url(
        hosts.LIVE,
        client_id="app",
        redirect_uri="https://odoo.example/xero/oauth/callback?db=a b",
        scopes=["openid", "offline_access"],
        state="s/1",
        challenge="c-1",
    )
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://login.xero.com/identity/connect/authorize"
    assert parse_qs(parts.query) == {
        "response_type": ["code"],
        "client_id": ["app"],
        "redirect_uri": ["https://odoo.example/xero/oauth/callback?db=a b"],
        "scope": ["openid offline_access"],
        "state": ["s/1"],
        "code_challenge": ["c-1"],
        "code_challenge_method": ["S256"],
    }
    assert "openid%20offline_access" in parts.query


def test_a_code_is_exchanged_with_secret_and_verifier(stub, endpoints):
    stub.will(Answer(body=TOKENS))
    tokens = oauth.exchange_code(
        endpoints,
        client_id="app",
        client_secret="s:cret",
        code="c0de",
        redirect_uri="https://o.example/cb",
        verifier="v",
    )
    seen = stub.seen[0]
    assert (seen.method, seen.path) == ("POST", "/connect/token")
    assert seen.headers["Authorization"] == "Basic " + base64.b64encode(b"app:s:cret").decode()
    assert seen.form == {
        "grant_type": "authorization_code",
        "code": "c0de",
        "redirect_uri": "https://o.example/cb",
        "code_verifier": "v",
    }
    assert tokens == oauth.TokenSet("access-1", "refresh-2", 1800, "openid accounting.contacts", "id-1")


def test_an_app_without_secret_names_itself_in_the_form(stub, endpoints, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    # As on a host of Xero's, where the machine's environment is listened to.
    monkeypatch.setattr(hosts, "is_loopback", lambda url: False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    stub.will(Answer(body=TOKENS))
    oauth.refresh(endpoints, client_id="app", client_secret=None, refresh_token="refresh-1")
    assert "Authorization" not in stub.seen[0].headers
    assert stub.seen[0].form == {"grant_type": "refresh_token", "refresh_token": "refresh-1", "client_id": "app"}


def test_a_refresh_brings_a_new_refresh_token(stub, endpoints):
    stub.will(Answer(body=TOKENS))
    tokens = oauth.refresh(endpoints, client_id="app", client_secret="secret", refresh_token="refresh-1")
    assert stub.seen[0].form == {"grant_type": "refresh_token", "refresh_token": "refresh-1"}
    assert tokens.refresh_token == "refresh-2"


def test_tokens_do_not_show_themselves():
    """S2-33: a token set that ends up in a log or a traceback shows no token."""
    tokens = oauth.TokenSet("access-1", "refresh-2", 1800, "openid", "id-1")
    assert f"{tokens} {tokens!r} {[tokens]}".count("TokenSet(scope='openid', expires_in=1800)") == 3


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        (Answer(400, {"error": "invalid_grant"}), ReconnectNeeded, "connect again"),
        (Answer(400, {"error": "invalid_client"}), Refused, "client id and secret"),
        (Answer(401, {"error": "invalid_client"}), Refused, "client id and secret"),
        (Answer(400, {"error": "unauthorized_client"}), Refused, "type and scopes"),
        (Answer(400, {"error": "unsupported_grant_type"}), Refused, "type of app"),
        (Answer(400, {"error": "something_new"}), Refused, "something_new|cannot read"),
        (Answer(429, headers={"Retry-After": "9"}), RetryLater, "limit"),
        (Answer(500), RetryLater, "500"),
        (Answer(503, b"busy"), RetryLater, "503"),
        (Answer(kind="reset"), RetryLater, "reached"),
        (Answer(200, b"<html>"), RetryLater, "no tokens"),
        (Answer(200, {"access_token": "", "expires_in": 1}), RetryLater, "no tokens"),
        (Answer(200, {"access_token": "x"}), RetryLater, "no tokens"),
        (Answer(200, []), RetryLater, "no tokens"),
        (Answer(302, headers={"Location": "https://books.example"}), Refused, "302"),
    ],
)
def test_a_refresh_that_fails_says_what_to_do(stub, endpoints, answer, outcome, words):
    stub.will(answer)
    with pytest.raises(outcome, match=words) as caught:
        oauth.refresh(endpoints, client_id="app", client_secret="s3cret", refresh_token="refresh-1")
    assert "refresh-1" not in str(caught.value)
    assert len(stub.seen) == 1


def test_a_token_service_out_of_reach_is_tried_later():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoints = hosts.simulator_endpoints(f"http://127.0.0.1:{unused.getsockname()[1]}")
    with pytest.raises(RetryLater):
        oauth.refresh(endpoints, client_id="app", client_secret="s", refresh_token="r")


def test_the_authorisation_is_given_back(stub, endpoints):
    stub.will(Answer(200))
    oauth.revoke(endpoints, client_id="app", client_secret="secret", refresh_token="refresh-1")
    assert (stub.seen[0].path, stub.seen[0].form) == ("/connect/revocation", {"token": "refresh-1"})


def test_connections_are_listed_for_one_consent(stub, endpoints, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setattr(hosts, "is_loopback", lambda url: False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    stub.will(Answer(body=[{"id": "c-1", "tenantId": "t-1", "tenantName": "Demo"}]))
    connections = oauth.list_connections(endpoints, "access-1", "event-1")
    assert connections == [{"id": "c-1", "tenantId": "t-1", "tenantName": "Demo"}]
    assert (stub.seen[0].path, stub.seen[0].query) == ("/connections", {"authEventId": "event-1"})
    assert stub.seen[0].headers["Authorization"] == "Bearer access-1"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(401), Unauthorised),
        (Answer(200, {}), RetryLater),
        (Answer(200, b""), RetryLater),
        (Answer(504), RetryLater),
    ],
)
def test_a_list_that_does_not_come_is_an_outcome(stub, endpoints, answer, outcome):
    stub.will(answer)
    with pytest.raises(outcome):
        oauth.list_connections(endpoints, "access-1")


def test_one_organisation_is_disconnected(stub, endpoints):
    stub.will(Answer(204), Answer(404))
    oauth.delete_connection(endpoints, "access-1", "c-1")
    assert (stub.seen[0].method, stub.seen[0].path) == ("DELETE", "/connections/c-1")
    with pytest.raises(Gone):
        oauth.delete_connection(endpoints, "access-1", "c-1")


def test_claims_are_read_without_believing_them():
    claims = {"authentication_event_id": "e-1", "xero_userid": "u-1", "email": "ann@example.com", "scope": ["openid"]}
    assert oauth.claims(jwt(claims)) == claims


@pytest.mark.parametrize("token", ["", "opaque", "a.b.c", "a.%%%.c", jwt([]), "é.é.é"])
def test_what_is_no_token_has_no_claims(token):
    with pytest.raises(ValueError, match="JSON Web Token"):
        oauth.claims(token)
