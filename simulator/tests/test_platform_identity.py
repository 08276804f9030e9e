"""Sign-in, consent, tokens and connections, over real HTTP (xero-api.md 1)."""

import base64
import time
from dataclasses import replace

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from visitor import REDIRECT, SCOPES, ApiClient, claims

MINUTE, DAY = 60, 86400


# -- the code flow


def test_code_flow_with_secret_and_pkce(visitor, steering):
    """Consent in the browser, code, tokens, connection, first call."""
    address = visitor.address()
    consent_page = visitor.log_in(address)
    assert visitor.app.name in consent_page.text
    assert "View and manage your contacts and contact groups" in consent_page.text
    back = visitor.answer(address, consent_page)
    assert back["state"] == "here-and-back"

    tokens = visitor.exchange(back["code"]).json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 30 * MINUTE
    (connection,) = visitor.connections(tokens).json()
    assert connection["tenantName"] == visitor.xero.tenants[0]["name"]
    assert connection["authEventId"] == claims(tokens["access_token"])["authentication_event_id"]
    client = ApiClient(visitor.xero.url, tokens | {"tenant_id": connection["tenantId"]})
    assert client.get("Organisation").status_code == 200


def test_code_flow_without_secret(visitor):
    """PKCE alone suffices, for the code and for refreshing."""
    tokens = visitor.exchange(visitor.consent()["code"], with_secret=False).json()
    assert visitor.refresh(tokens["refresh_token"], with_secret=False).status_code == 200
    confidential = visitor.connect()
    assert visitor.refresh(confidential["refresh_token"], with_secret=False).json() == {"error": "invalid_client"}


def test_code_flow_with_secret_and_no_pkce(visitor):
    code = visitor.consent(code_challenge=None, code_challenge_method=None)["code"]
    assert visitor.exchange(code, with_secret=False).json() == {"error": "invalid_grant"}
    assert visitor.exchange(code).status_code == 200


def test_organisation_picker_connects_the_chosen_organisation(visitor, steering):
    """S2-32: the consent page offers every organisation and connects the one that was picked."""
    steering.add_tenant("Second Ltd")
    page = visitor.log_in(visitor.address())
    for tenant in visitor.xero.tenants:
        assert tenant["tenant_id"] in page.text
    chosen = visitor.xero.tenants[-1]["tenant_id"]
    tokens = visitor.connect(tenant_id=chosen)
    assert [c["tenantId"] for c in visitor.connections(tokens).json()] == [chosen]


def test_wrong_password_shows_the_login_page_again(visitor):
    page = visitor.log_in(visitor.address(), password="guess")
    assert "Your email or password is incorrect" in page.text
    assert 'name="session"' not in page.text


def test_consent_without_login_is_not_taken(visitor):
    form = {"session": "made-up", "tenant_id": visitor.xero.tenants[0]["tenant_id"], "action": "allow"}
    reply = requests.post(visitor.address(), data=form, allow_redirects=False, timeout=10)
    assert reply.status_code == 200
    assert "Log in" in reply.text
    assert not visitor.xero.world.grants.connections


def test_cancel_goes_back_with_access_denied(visitor):
    assert visitor.consent(action="cancel") == {"error": "access_denied", "state": "here-and-back"}
    assert not visitor.xero.world.grants.connections


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "nobody"}, "unauthorized_client"),
        ({"redirect_uri": "http://example.com/callback"}, "Invalid redirect_uri"),
        ({"redirect_uri": "myapp://callback"}, "Invalid redirect_uri"),
        ({"redirect_uri": None}, "Invalid redirect_uri"),
        ({"scope": "accounting.everything"}, "invalid_scope"),
        ({"scope": "accounting.journals.read"}, "unauthorized_client : Invalid scope for client"),
        ({"code_challenge_method": "plain"}, "Transform algorithm not supported"),
        ({"code_challenge": None}, "Transform algorithm not supported"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_bad_authorisation_request_ends_in_an_error_page(visitor, changes, words):
    page = visitor.open(**changes)
    assert page.status_code == 500
    assert words in page.text


@pytest.mark.parametrize(
    ("uri", "seeded", "strict"),
    [
        ("https://books.example.com/callback", True, True),
        ("http://localhost:8069/callback", True, True),
        ("http://127.0.0.1:8069/callback", True, False),
        ("https://127.0.0.1/callback", True, False),
        ("http://books.example.com/callback", False, False),
        ("http://[::1", False, False),
    ],
)
def test_redirect_addresses(visitor, uri, seeded, strict):
    """A strict app keeps to Xero's own rule: https, or http on the name localhost."""
    apps = visitor.xero.world.apps
    for is_strict, allowed in ((False, seeded), (True, strict)):
        apps[visitor.app.client_id] = replace(visitor.app, strict=is_strict)
        assert (visitor.open(redirect_uri=uri).status_code == 200) is allowed


HOSTILE = [
    "",
    "\0",
    "é" * 43,
    "😀",
    "<script>alert(1)</script>",
    "%00%ff",
    "a\r\nLocation: x",
    "x" * 5000,
    "../..",
    "{{7*7}}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_never_break_the_pages(visitor, text):
    """Whatever a browser sends is answered: a page, an error page in words, or the way back to the app."""
    for name in ("client_id", "scope", "state", "redirect_uri", "code_challenge", "response_type", "login_hint"):
        reply = visitor.open(**{name: text})
        assert reply.status_code in (200, 500)
        assert "Log in" in reply.text or "Sorry, something went wrong" in reply.text
        assert "<script>" not in reply.text
    assert "Log in" in visitor.log_in(visitor.address(), password=text or " ").text
    assert visitor.exchange(text).json() == {"error": "invalid_grant"}
    assert visitor.refresh(text).json() == {"error": "invalid_grant"}
    assert visitor.token(secret=text or " ", grant_type=text).status_code == 400


def test_way_back_with_a_query_and_letters_beyond_ascii(visitor):
    back = visitor.consent(redirect_uri=f"{REDIRECT}/é?keep=me", state="ü&=")
    assert (back["keep"], back["state"]) == ("me", "ü&=")


# -- the token endpoint


def test_replayed_code_is_refused(visitor):
    code = visitor.consent()["code"]
    assert visitor.exchange(code).status_code == 200
    replay = visitor.exchange(code)
    assert (replay.status_code, replay.json()) == (400, {"error": "invalid_grant"})


def test_code_lives_five_minutes(visitor, steering):
    in_time, too_late = visitor.consent()["code"], visitor.consent()["code"]
    steering.advance(4 * MINUTE)
    assert visitor.exchange(in_time).status_code == 200
    steering.advance(2 * MINUTE)
    assert visitor.exchange(too_late).json() == {"error": "invalid_grant"}


def test_wrong_verifier_or_address_is_refused(visitor):
    code = visitor.consent()["code"]
    assert visitor.exchange(code, verifier="x" * 50).json() == {"error": "invalid_grant"}
    assert visitor.exchange(code, redirect_uri="https://elsewhere.example").json() == {"error": "invalid_grant"}
    assert visitor.exchange(code).status_code == 200


def test_token_endpoint_errors(visitor):
    assert visitor.token(grant_type="password").json() == {"error": "unsupported_grant_type"}
    assert visitor.token(secret="wrong", grant_type="refresh_token").json() == {"error": "invalid_client"}
    assert visitor.refresh("unknown").json() == {"error": "invalid_grant"}
    garbled = requests.post(
        f"{visitor.xero.url}/connect/token", headers={"Authorization": "Basic ???"}, data={}, timeout=10
    )
    assert (garbled.status_code, garbled.json()) == (400, {"error": "invalid_client"})


def test_refresh_rotates_with_a_grace_of_thirty_minutes(visitor, steering):
    """The old refresh token works for 30 minutes more, for an answer may have been lost; then it is dead."""
    first = visitor.connect()["refresh_token"]
    second = visitor.refresh(first).json()["refresh_token"]
    assert second != first
    steering.advance(29 * MINUTE)
    assert visitor.refresh(first).status_code == 200
    steering.advance(2 * MINUTE)
    assert visitor.refresh(first).json() == {"error": "invalid_grant"}
    assert visitor.refresh(second).status_code == 200


def test_refresh_token_dies_after_sixty_days(visitor, steering):
    tokens = visitor.connect()
    steering.advance(61 * DAY)
    assert visitor.refresh(tokens["refresh_token"]).json() == {"error": "invalid_grant"}


def test_refresh_token_needs_offline_access_and_id_token_openid(visitor):
    tokens = visitor.connect(scope="accounting.settings")
    assert "refresh_token" not in tokens
    assert "id_token" not in tokens


def test_scopes_add_up_over_consents(visitor):
    """xero-api.md 1.6: a later consent keeps what an earlier one granted."""
    visitor.connect(scope="offline_access accounting.contacts")
    later = visitor.connect(scope="offline_access accounting.settings")
    assert set(later["scope"].split()) == {"offline_access", "accounting.contacts", "accounting.settings"}


def test_revocation_ends_tokens_and_connections(visitor):
    tokens = visitor.connect()
    (connection,) = visitor.connections(tokens).json()
    revoked = visitor.revoke(tokens["refresh_token"])
    assert (revoked.status_code, revoked.content) == (200, b"")
    assert visitor.refresh(tokens["refresh_token"]).json() == {"error": "invalid_grant"}
    client = ApiClient(visitor.xero.url, tokens | {"tenant_id": connection["tenantId"]})
    assert client.get("Organisation").status_code == 403


def test_client_credentials_need_no_tenant_header(visitor):
    tokens = visitor.token(grant_type="client_credentials", scope="accounting.settings").json()
    assert "refresh_token" not in tokens
    assert ApiClient(visitor.xero.url, tokens).get("Organisation").status_code == 200


def test_tokens_are_signed_with_the_published_key(visitor):
    tokens = visitor.connect()
    discovery = requests.get(f"{visitor.xero.url}/.well-known/openid-configuration", timeout=10).json()
    (key,) = requests.get(discovery["jwks_uri"], timeout=10).json()["keys"]

    def number(text):
        return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")

    public = rsa.RSAPublicNumbers(number(key["e"]), number(key["n"])).public_key()
    for name in ("access_token", "id_token"):
        signed, _, signature = tokens[name].rpartition(".")
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        public.verify(raw, signed.encode(), padding.PKCS1v15(), SHA256())


def test_claims(visitor):
    tokens = visitor.connect()
    access, identity = claims(tokens["access_token"]), claims(tokens["id_token"])
    assert access["exp"] - access["nbf"] == 30 * MINUTE
    assert access["client_id"] == visitor.app.client_id
    assert access["scope"] == SCOPES.split()
    assert access["xero_userid"] == identity["xero_userid"]
    assert (identity["email"], identity["name"]) == (visitor.user.email, visitor.user.name)
    assert identity["exp"] - identity["iat"] == 5 * MINUTE


# -- connections


def test_connections_of_one_consent(visitor, steering):
    steering.add_tenant("Second Ltd")
    first = visitor.connect()
    second = visitor.connect(tenant_id=visitor.xero.tenants[-1]["tenant_id"])
    event = claims(second["access_token"])["authentication_event_id"]
    (found,) = visitor.connections(second, authEventId=event).json()
    assert found["tenantId"] == visitor.xero.tenants[-1]["tenant_id"]
    assert len(visitor.connections(first).json()) == 2
    assert visitor.connections(first, authEventId="00000000-0000-0000-0000-000000000000").json() == []


def test_reconnecting_keeps_the_connection_and_marks_it_updated(visitor, steering):
    (before,) = visitor.connections(visitor.connect()).json()
    steering.advance(MINUTE)
    (after,) = visitor.connections(visitor.connect()).json()
    assert after["id"] == before["id"]
    assert after["createdDateUtc"] == before["createdDateUtc"] == before["updatedDateUtc"]
    assert after["updatedDateUtc"] > after["createdDateUtc"]


def test_disconnected_organisation_is_forbidden(visitor):
    """DELETE /connections answers 204, once; afterwards the organisation answers 403."""
    tokens = visitor.connect()
    (connection,) = visitor.connections(tokens).json()
    client = ApiClient(visitor.xero.url, tokens | {"tenant_id": connection["tenantId"]})
    assert client.get("Organisation").status_code == 200
    assert visitor.disconnect(tokens, connection["id"]).status_code == 204
    assert visitor.disconnect(tokens, connection["id"]).status_code == 404
    refused = client.get("Organisation")
    assert refused.status_code == 403
    problem = refused.json()
    assert (problem["Title"], problem["Detail"]) == ("Forbidden", "AuthenticationUnsuccessful")
    assert visitor.refresh(tokens["refresh_token"]).status_code == 200


def test_somebody_elses_connection_cannot_be_deleted(visitor, xero):
    tokens = visitor.connect()
    (connection,) = visitor.connections(tokens).json()
    xero.world.grants.connections[connection["id"]].user_id = "somebody else"
    assert visitor.connections(tokens).json() == []
    assert visitor.disconnect(tokens, connection["id"]).status_code == 404


# -- what a call needs


def test_call_without_or_with_a_made_up_token(api):
    for header in ("", "Bearer made-up", "Basic abc"):
        refused = api.get("Organisation", headers={"Authorization": header})
        assert refused.status_code == 401
        assert refused.json()["Detail"] == "AuthenticationUnsuccessful"
        assert refused.headers["WWW-Authenticate"] == "Bearer error=invalid_token"


def test_expired_token(api, steering):
    assert api.get("Organisation").status_code == 200
    steering.advance(31 * MINUTE)
    refused = api.get("Organisation")
    assert refused.status_code == 401
    assert refused.json()["Detail"].startswith("TokenExpired: token expired at ")
    assert refused.json()["Type"] is None


def test_missing_scope(xero, steering):
    client = ApiClient(xero.url, steering.token(scope="accounting.contacts.read"))
    assert client.get("Contacts").status_code == 200
    for refused in (client.put_contact("Ana"), client.get("Organisation")):
        assert refused.status_code == 401
        assert refused.json()["Detail"] == "AuthorizationUnsuccessful"
        assert "insufficient_scope" in refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize("tenant", [None, "not-a-guid", "11111111-2222-3333-4444-555555555555"])
def test_missing_or_unknown_tenant(api, tenant):
    assert api.get("Organisation", headers={"Xero-Tenant-Id": tenant}).status_code == 403


def test_unconnected_organisation(xero, steering):
    """A token reaches the organisations that its user has connected, no other."""
    tokens = steering.token()
    other = steering.add_tenant("Second Ltd")["tenant_id"]
    client = ApiClient(xero.url, tokens | {"tenant_id": other})
    assert client.get("Organisation").status_code == 403
    steering.token(tenant_id=other)
    assert client.get("Organisation").status_code == 200


def test_clock_can_be_set(api, steering):
    moment = steering.set_clock("2031-05-06T07:08:09Z")
    assert moment.startswith("2031-05-06T07:08:09")
    assert api.get("Organisation").status_code == 401
    fresh = ApiClient(api.url, steering.token())
    assert fresh.get("Organisation").status_code == 200
    assert time.gmtime(claims(fresh.tokens["access_token"])["nbf"]).tm_year == 2031
