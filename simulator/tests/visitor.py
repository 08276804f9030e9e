"""Those who visit the simulator in these tests: a person with a browser, and a client of the API."""

import base64
import hashlib
import json
import secrets
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from lxml.html import fromstring

TIMEOUT = 10
REDIRECT = "http://localhost:8069/account_xero/callback"
SCOPES = "openid profile email offline_access accounting.invoices accounting.contacts accounting.settings"


class ApiClient:
    """Calls the accounting API, like any HTTP client."""

    def __init__(self, url, tokens):
        self.url = url
        self.tokens = tokens

    def call(self, method, path, body=None, key=None, headers=None, data=None, **params):
        sent = {
            "Authorization": f"Bearer {self.tokens['access_token']}",
            "Xero-Tenant-Id": self.tokens.get("tenant_id"),
            "Accept": "application/json",
            "Idempotency-Key": key,
            **(headers or {}),
        }
        url = f"{self.url}/api.xro/2.0/{path}"
        return requests.request(method, url, params=params, json=body, data=data, headers=sent, timeout=TIMEOUT)

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def put_contact(self, name, **more):
        return self.call("PUT", "Contacts", {"Contacts": [{"Name": name}]}, **more)


class Visitor:
    """Walks through the consent pages and calls the token endpoint."""

    def __init__(self, xero):
        self.xero = xero
        self.app = xero.world.app
        self.user = xero.world.users[0]
        self.verifier = secrets.token_urlsafe(64)

    # -- the browser

    def address(self, **changes):
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self.app.client_id,
            "redirect_uri": REDIRECT,
            "scope": SCOPES,
            "state": "here-and-back",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        } | changes
        kept = {name: value for name, value in query.items() if value is not None}
        return f"{self.xero.url}/identity/connect/authorize?{urlencode(kept)}"

    def open(self, **changes):
        return requests.get(self.address(**changes), timeout=TIMEOUT)

    def log_in(self, address, password=None):
        form = {"email": self.user.email, "password": password or self.user.password, "action": "login"}
        return requests.post(address, data=form, timeout=TIMEOUT)

    def answer(self, address, consent_page, action="allow", tenant_id=None):
        """Press a button of the consent page; returns what the app gets to see in its address."""
        form = {field.name: field.value for field in fromstring(consent_page.text).xpath("//input[@type='hidden']")}
        form |= {"tenant_id": tenant_id or self.xero.tenants[0]["tenant_id"], "action": action}
        reply = requests.post(address, data=form, allow_redirects=False, timeout=TIMEOUT)
        assert reply.status_code == 302, reply.text
        assert reply.headers["Location"].startswith(REDIRECT)
        return {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["Location"]).query).items()}

    def consent(self, action="allow", tenant_id=None, **changes):
        """Log in and press a button, all in one."""
        address = self.address(**changes)
        return self.answer(address, self.log_in(address), action, tenant_id)

    # -- the app's own server

    def token(self, with_secret=True, secret=None, **form):
        auth = (self.app.client_id, (secret or self.app.client_secret).encode()) if with_secret else None
        if not with_secret:
            form["client_id"] = self.app.client_id
        return requests.post(f"{self.xero.url}/connect/token", data=form, auth=auth, timeout=TIMEOUT)

    def exchange(self, code, with_secret=True, verifier=None, redirect_uri=REDIRECT):
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return self.token(with_secret, code_verifier=verifier or self.verifier, **form)

    def refresh(self, refresh_token, with_secret=True):
        return self.token(with_secret, grant_type="refresh_token", refresh_token=refresh_token)

    def connect(self, **changes):
        """Consent and exchange; returns the tokens."""
        reply = self.exchange(self.consent(**changes)["code"])
        assert reply.status_code == 200, reply.text
        return reply.json()

    def revoke(self, refresh_token):
        form, auth = {"token": refresh_token}, (self.app.client_id, self.app.client_secret)
        return requests.post(f"{self.xero.url}/connect/revocation", data=form, auth=auth, timeout=TIMEOUT)

    def connections(self, tokens, **params):
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        return requests.get(f"{self.xero.url}/connections", params=params, headers=headers, timeout=TIMEOUT)

    def disconnect(self, tokens, connection_id):
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        return requests.delete(f"{self.xero.url}/connections/{connection_id}", headers=headers, timeout=TIMEOUT)


def claims(jwt):
    """The payload of a token."""
    payload = jwt.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
