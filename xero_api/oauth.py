"""Xero's OAuth 2.0: consent address, tokens, connections (xero-api.md 1.1 to 1.4). Plain `requests`.

Every call here can be repeated without harm: a refresh token may be used again for 30 minutes after its answer was
lost (xero-api.md 1.3), and what is revoked or disconnected twice is gone once. So trouble on the line is always
`RetryLater`; `InDoubt` stays a word about documents. The one exception, a code that was exchanged and whose answer was
lost, ends in the user connecting again, for codes are used once.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import requests

from . import classify, codec, hosts
from .classify import Reply, Trouble
from .outcomes import ReconnectNeeded, Refused, RetryLater

# Seconds to connect, and between two parts of an answer; one number, because Odoo's tests compare it.
TIMEOUT = 30


@dataclass(frozen=True, repr=False)
class TokenSet:
    """Tokens as Xero gave them. Shown, it shows no token.

    :ivar expires_in: seconds from the answer until the access token ends
    :ivar scope: granted scopes, separated by spaces
    :ivar refresh_token, id_token: None when Xero sent none (no offline_access, no openid)
    """

    access_token: str
    refresh_token: str | None
    expires_in: int
    scope: str
    id_token: str | None = None

    def __repr__(self) -> str:
        return f"TokenSet(scope={self.scope!r}, expires_in={self.expires_in})"


def pkce_pair() -> tuple[str, str]:
    """A fresh PKCE verifier (86 characters) and its S256 challenge."""
    verifier = secrets.token_urlsafe(64)
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def authorize_url(
    endpoints: hosts.Endpoints,
    *,
    client_id: str,
    redirect_uri: str,
    scopes: str | Iterable[str],
    state: str,
    challenge: str | None = None,
) -> str:
    """Address of Xero's consent page for the user's browser.

    :param scopes: names, or one text with spaces
    :param challenge: second half of `pkce_pair()`
    """
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": scopes if isinstance(scopes, str) else " ".join(scopes),
        "state": state,
    }
    if challenge:
        query |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    return f"{endpoints.login}/identity/connect/authorize?{urlencode(query, quote_via=quote)}"


def exchange_code(
    endpoints: hosts.Endpoints,
    *,
    client_id: str,
    client_secret: str | None,
    code: str,
    redirect_uri: str,
    verifier: str | None = None,
) -> TokenSet:
    """Tokens for the code that came back from the consent page; to be called at once, codes live for seconds.

    :param client_secret: None for a PKCE app, which has none
    :raises ReconnectNeeded: the code is used up, expired or not ours
    :raises Refused: the app's id, secret or redirect address is wrong
    :raises RetryLater: Xero cannot be reached; start again from the consent page
    """
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    if verifier:
        form["code_verifier"] = verifier
    return _tokens(endpoints, client_id, client_secret, form)


def refresh(endpoints: hosts.Endpoints, *, client_id: str, client_secret: str | None, refresh_token: str) -> TokenSet:
    """New tokens; the refresh token is replaced, so store both before anything else is done.

    :raises ReconnectNeeded: Xero does not take the refresh token any more
    :raises Refused: the app's id or secret is wrong
    :raises RetryLater: Xero cannot be reached, or its answer was lost: repeat with the same refresh token, which works
        for 30 minutes more
    """
    return _tokens(endpoints, client_id, client_secret, {"grant_type": "refresh_token", "refresh_token": refresh_token})


def revoke(endpoints: hosts.Endpoints, *, client_id: str, client_secret: str | None, refresh_token: str) -> None:
    """Give the authorisation back. Removes **all** connections of this user to the app, not one organisation's.

    :raises Refused, RetryLater: as `refresh`
    """
    auth, form = _app(client_id, client_secret, {"token": refresh_token})
    reply = _send("POST", f"{endpoints.identity}/connect/revocation", endpoints, data=form, auth=auth)
    if not _is_success(reply):
        raise _token_error(reply)


def list_connections(
    endpoints: hosts.Endpoints, access_token: str, auth_event_id: str | None = None
) -> list[dict[str, Any]]:
    """Organisations this authorisation opens, as Xero sends them: id, tenantId, tenantType, tenantName, authEventId, …

    :param auth_event_id: claim "authentication_event_id" of the access token: only those of that consent
    :raises XeroError: Unauthorised, ReconnectNeeded, RetryLater, …
    """
    params = {"authEventId": auth_event_id} if auth_event_id else None
    reply = _send("GET", f"{endpoints.api}/connections", endpoints, params=params, auth=_Bearer(access_token))
    _raise_for(reply)
    connections = _parsed(reply)
    if not isinstance(connections, list):
        raise RetryLater("Xero's list of connections cannot be read", status=reply.status)
    return [connection for connection in connections if isinstance(connection, dict)]


def delete_connection(endpoints: hosts.Endpoints, access_token: str, connection_id: str) -> None:
    """Disconnect one organisation.

    :param connection_id: the connection's own "id", not its "tenantId"
    :raises Gone: it is disconnected already
    :raises XeroError: Unauthorised, RetryLater, …
    """
    url = f"{endpoints.api}/connections/{quote(connection_id, safe='')}"
    _raise_for(_send("DELETE", url, endpoints, auth=_Bearer(access_token)))


def claims(jwt: str) -> dict[str, Any]:
    """What a token says about itself: authentication_event_id, xero_userid, email, exp, …

    The signature is **not** checked: good for a token that came straight from Xero over TLS, and for nothing else.

    :raises ValueError: not a JSON Web Token
    """
    parts = jwt.split(".")
    if len(parts) != 3:
        raise ValueError("This is no JSON Web Token: it does not have three parts")
    try:
        payload = codec.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError) as error:
        raise ValueError("This is no JSON Web Token: its middle part cannot be read") from error
    if not isinstance(payload, dict):
        raise ValueError("This is no JSON Web Token: its middle part holds no claims")
    return payload


# --- tokens ------------------------------------------------------------------------------------------------------

# RFC 6749 section 5.2, in words for the person who can mend it.
_APP_ERRORS = {
    "invalid_client": "Xero does not know this client id and secret; compare both with the app on developer.xero.com",
    "unauthorized_client": "Xero does not allow this app what it asks for; check its type and scopes on its page",
    "unsupported_grant_type": "Xero does not offer this way to get tokens to this type of app",
    "invalid_scope": "The app asks for a scope that Xero does not give it; newer apps take the granular scopes only",
    "invalid_request": "Xero cannot read the request for tokens; check the redirect address of the app",
}


def _tokens(endpoints, client_id: str, client_secret: str | None, form: dict[str, str]) -> TokenSet:
    auth, form = _app(client_id, client_secret, form)
    reply = _send("POST", f"{endpoints.identity}/connect/token", endpoints, data=form, auth=auth)
    if not _is_success(reply):
        raise _token_error(reply)
    payload = _parsed(reply)
    try:
        return TokenSet(
            access_token=_filled(payload["access_token"]),
            refresh_token=payload.get("refresh_token"),
            expires_in=int(payload["expires_in"]),
            scope=payload.get("scope") or "",
            id_token=payload.get("id_token"),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RetryLater("Xero's answer holds no tokens", status=reply.status) from error


def _app(client_id: str, client_secret: str | None, form: dict[str, str]):
    """An app with a secret proves itself by Basic authentication, one without is named in the form (xero-api 1.1)."""
    if client_secret:
        return (client_id, client_secret), form
    return _NoAuth(), {**form, "client_id": client_id}


def _token_error(reply: Reply) -> Exception:
    told = _parsed(reply)
    error = told.get("error") if isinstance(told, dict) else None
    if error == "invalid_grant":
        return ReconnectNeeded("Xero does not accept the authorisation any more; connect again", status=reply.status)
    if error in _APP_ERRORS:
        return Refused([f"{_APP_ERRORS[error]} ({error})"], status=reply.status)
    return classify.outcome(reply) or RetryLater("Xero's answer holds no tokens", status=reply.status)


def _filled(token: Any) -> str:
    if not isinstance(token, str) or not token:
        raise ValueError("empty token")
    return token


# --- sending -----------------------------------------------------------------------------------------------------


class _Bearer(requests.auth.AuthBase):
    def __init__(self, token: str):
        self._token = token

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _NoAuth(requests.auth.AuthBase):
    """Keeps `requests` from sending a password of the machine's .netrc file."""

    def __call__(self, request):
        return request


def _send(verb: str, url: str, endpoints: hosts.Endpoints, **options: Any) -> Reply:
    """The only function here that sends.

    :raises ForbiddenHost: before anything is sent
    """
    hosts.check(url, endpoints)
    # "GET" for the table: whatever is lost here may be repeated (see the top of this file).
    known = {"verb": "GET", "path": url.removeprefix(endpoints.api).removeprefix(endpoints.identity).lstrip("/")}
    try:
        with requests.Session() as session:
            session.trust_env = not hosts.is_loopback(url)
            response = session.request(
                verb, url, headers={"Accept": "application/json"}, timeout=TIMEOUT, allow_redirects=False, **options
            )
    except requests.RequestException as error:
        return Reply(**known, trouble=Trouble.UNSENT, detail=type(error).__name__)
    return Reply(**known, status=response.status_code, headers=response.headers, body=response.content)


def _is_success(reply: Reply) -> bool:
    return reply.trouble is None and 200 <= reply.status < 300


def _raise_for(reply: Reply) -> None:
    if error := classify.outcome(reply):
        raise error


def _parsed(reply: Reply) -> Any:
    try:
        return codec.loads(reply.body)
    except ValueError:
        return None
