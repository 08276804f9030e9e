"""A small client for the control surface below /_sim/, for tests and scripts in other processes."""

import json
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal

TIMEOUT = 30


class SteeringRefused(Exception):
    """The control surface said no; the text is its reason."""


class Steering:
    """Steers the simulator at `url` over HTTP."""

    def __init__(self, url: str):
        self.url = url.rstrip("/")
        # Never through a proxy: the simulator is on this machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    # -- the simulator itself

    def ready(self) -> bool:
        return self._call("GET", "ready")["ready"]

    def reset(self, seed: str | None = None, **sizes: int) -> dict:
        """Start anew; returns address, app and organisations.

        :param sizes: how many `contacts` and `invoices` the first organisation is to have, made up
        """
        return self._call("POST", "reset", {**({"seed": seed} if seed else {}), **sizes})

    def snapshot(self) -> None:
        """Remember the present moment, for :meth:`restore`."""
        self._call("POST", "snapshot")

    def restore(self) -> dict:
        """Go back to the moment remembered: books, tokens and clock; returns what :meth:`reset` does."""
        return self._call("POST", "restore")

    def now(self) -> str:
        return self._call("GET", "clock")["now"]

    def advance(self, seconds: float) -> str:
        """Move the clock on; returns its new time."""
        return self._call("POST", "clock", {"advance": seconds})["now"]

    def set_clock(self, moment: str) -> str:
        """Set the clock to `moment` (ISO 8601, UTC unless it says otherwise)."""
        return self._call("POST", "clock", {"now": moment})["now"]

    def limits(self, **changes) -> dict:
        """The limits and their use; with `changes`, e.g. ``minute=5``, after changing them."""
        return self._call("PUT", "limits", changes) if changes else self._call("GET", "limits")

    # -- calls

    def journal(self, method: str | None = None, path: str | None = None, since: int = 0) -> list[dict]:
        """The calls so far, the latest last; `path` is a pattern like "Invoices" or "Invoices$" (the collection)."""
        wanted = {"method": method, "path": path, "since": since or None}
        return self._call("GET", "journal", query={name: value for name, value in wanted.items() if value})

    def clear_journal(self) -> None:
        self._call("DELETE", "journal")

    def add_fault(self, kind: str, method: str | None = None, path: str | None = None, **values) -> dict:
        """Let something go wrong: `kind` is status, reset, timeout, delay or garbage; README.md has the rest."""
        named = {"kind": kind, "method": method, "path": path, **values}
        return self._call("POST", "faults", {name: value for name, value in named.items() if value is not None})

    def faults(self) -> list[dict]:
        return self._call("GET", "faults")

    def clear_faults(self) -> None:
        self._call("DELETE", "faults")

    # -- what Xero holds

    def token(
        self,
        scope: str | None = None,
        tenant_id: str | None = None,
        client_id: str | None = None,
        user: str | None = None,
    ) -> dict:
        """Access and refresh token without a browser; `user` is an e-mail address, the seed's first if left out."""
        named = {"scope": scope, "tenant_id": tenant_id, "client_id": client_id, "user": user}
        return self._call("POST", "token", {name: value for name, value in named.items() if value})

    def tenants(self) -> list[dict]:
        return self._call("GET", "tenants")

    def add_tenant(self, name: str, country: str = "NZ", **settings) -> dict:
        """A new organisation; `settings` are keys of Xero's Organisation, e.g. ``BaseCurrency="AUD"``."""
        return self._call("POST", "tenants", {"name": name, "country": country, "settings": settings})

    def add_app(self, name: str, **values) -> dict:
        """A new app; `values` are strict, tier and scopes. Answers its client_id and client_secret."""
        return self._call("POST", "apps", {"name": name, **values})

    def state(self, resource: str, tenant_id: str | None = None) -> list[dict]:
        """All records of one resource, e.g. "Invoices", as Xero writes them; amounts are Decimal."""
        return self._call("GET", f"state/{resource}", query={"tenant_id": tenant_id} if tenant_id else None)

    def act(self, name: str, **params) -> dict:
        """Do what only Xero's own screens can do, e.g. ``act("set-lock-dates", period="2026-01-31")``."""
        return self._call("POST", f"actions/{name}", params)

    # -- webhooks

    def set_webhooks(self, url: str | None = None, key: str | None = None, **options) -> dict:
        """Set address and key; `options` are automatic, batch, duplicates, drop and enabled (README.md)."""
        named = {"url": url, "key": key, **options}
        return self._call("PUT", "webhooks", {name: value for name, value in named.items() if value is not None})

    def webhooks(self) -> dict:
        """Options and state of webhooks."""
        return self._call("GET", "webhooks")

    def intend_to_receive(self) -> dict:
        """Send signed and forged calls; tells the receiver's verdicts and whether they are right."""
        return self._call("POST", "webhooks/intent-to-receive")

    def pending_events(self) -> dict:
        """Events not delivered yet: `events`, and the raw `body` and `signature` that would deliver them."""
        return self._call("GET", "webhooks/pending")

    def deliver_events(self) -> dict:
        return self._call("POST", "webhooks/deliver")

    def _call(self, method, path, body=None, query=None):
        url = f"{self.url}/_sim/{urllib.parse.quote(path)}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                content = answer.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise SteeringRefused(f"{method} {url}: {refusal.read().decode()}") from None
        return json.loads(content, parse_float=Decimal) if content else None
