"""Plays the recipes of the data files beside it: calls over HTTP that any client could make, one after the other.

A step of a recipe is `{"call": "PUT Contacts", …}`. Its path lies below /api.xro/2.0, or begins with a slash
(`/_sim/…`, `/connect/token`). What the step sends is `body` (JSON), `form`, `raw` (text) or `size` (so many bytes);
`args` are the query, `headers` come on top of the usual ones (null takes one away), `times` repeats the call, `copies`
the first element of each list in the body. `keep` gives names to parts of the answer,
`{"contact": "Contacts.0.ContactID"}`; `$contact` in a later step, or in what is expected, stands for it.
"""

import json
from decimal import Decimal
from pathlib import Path
from string import Template

import requests

HERE = Path(__file__).parent
TIMEOUT = 10
#: Noon of a winter day in New Zealand, in the first half of the demo company's financial year.
START = "2026-06-15T00:00:00+00:00"
ACCOUNTING = "/api.xro/2.0"


def load(name: str) -> dict:
    """The content of a data file, numbers as texts: they are compared as Decimal."""
    return json.loads((HERE / name).read_text(encoding="utf-8"), parse_float=Decimal)


class Player:
    """One client of a fresh simulator, and what it has been told so far."""

    def __init__(self, xero, seed: str = "demo-nz", given: dict | None = None):
        xero.world.reset(seed)
        self.url, self.given = xero.url, given or {}
        self.known = {
            "client_id": xero.client_id,
            "client_secret": xero.client_secret,
            "redirect": "http://localhost:8069/account_xero/callback",
        }
        self.step({"call": "POST /_sim/clock", "body": {"now": START}})
        keep = {"access_token": "access_token", "refresh_token": "refresh_token", "tenant": "tenant_id"}
        self.step({"call": "POST /_sim/token", "body": {}, "keep": keep})

    def play(self, entry: dict) -> requests.Response:
        """Carry out what an entry takes as given and its recipe; the answer to the last step."""
        steps = [step for name in entry.get("given", ()) for step in self.given[name]]
        *before, last = steps + entry["recipe"]
        for step in before:
            self.step(step)
        return self._send(self._filled(last))

    def step(self, step: dict) -> requests.Response:
        """Carry out a step that has to succeed."""
        filled = self._filled(step)
        for _ in range(filled.get("times", 1)):
            reply = self._send(filled)
            assert reply.status_code < 400 or reply.status_code == filled.get("status"), (filled, reply.text)
        for name, path in filled.get("keep", {}).items():
            self.known[name] = str(at(json.loads(reply.text, parse_float=Decimal), path))
        return reply

    def fill(self, text: str) -> str:
        """`text` with what has been kept."""
        return Template(text).substitute(self.known)

    def _filled(self, step: dict) -> dict:
        return json.loads(Template(json.dumps(step, default=float)).substitute(self.known))

    def _send(self, step: dict) -> requests.Response:
        method, path = step["call"].split(" ", 1)
        sent = {
            "Authorization": f"Bearer {self.known.get('access_token')}",
            "Xero-Tenant-Id": self.known.get("tenant"),
            "Accept": "application/json",
            **step.get("headers", {}),
        }
        data = b"x" * step["size"] if "size" in step else step.get("form", step.get("raw"))
        return requests.request(
            method,
            self.url + (path if path.startswith("/") else f"{ACCOUNTING}/{path}"),
            params=step.get("args"),
            json=_copied(step.get("body"), step.get("copies")),
            data=data.encode() if isinstance(data, str) else data,
            headers=sent,
            allow_redirects=False,
            timeout=TIMEOUT,
        )


def _copied(body, copies: int | None):
    return {key: value[:1] * copies for key, value in body.items()} if copies else body


def at(payload, path: str):
    """The part of an answer that a dotted path names: "Invoices.0.Total"."""
    for part in path.split("."):
        payload = payload[int(part)] if isinstance(payload, list) else payload[part]
    return payload
