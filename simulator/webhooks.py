"""Webhooks: what changed is kept, signed and delivered (xero-api.md section 5)."""

import base64
import hashlib
import hmac
import http.client
import json
import threading
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: Xero waits this many seconds for an answer.
PATIENCE = 5
RESOURCES = {"CONTACT": "Contacts", "INVOICE": "Invoices", "CREDITNOTE": "CreditNotes"}


class Webhooks:
    """The events of one simulator and where they are sent.

    :ivar url: where events are posted; loopback only; None as long as nobody has set it
    :ivar key: what events are signed with
    """

    def __init__(self, clock, key: str):
        self.url = None
        self.key = key
        self._clock = clock
        self._lock = threading.Lock()
        self._next = 1
        self._pending: list[tuple[int, dict]] = []

    def change(self, url: str | None = None, key: str | None = None) -> None:
        """Set the address, the key or both.

        :raises ValueError: the address is not http on this machine, or the key is empty
        """
        if url is not None:
            parts = urlsplit(str(url))
            if parts.scheme != "http" or parts.hostname not in LOOPBACK:
                raise ValueError(f"url must be http on 127.0.0.1 or localhost, not {url!r}")
            self.url = url
        if key is not None:
            if not isinstance(key, str) or not key:
                raise ValueError("key must be a text that is not empty")
            self.key = key

    def emit(self, organisation, category: str, event_type: str, resource_id: str, base_url: str) -> None:
        """Note that a resource was created or updated."""
        resource = RESOURCES.get(category, f"{category.capitalize()}s")
        event = {
            "resourceUrl": f"{base_url}/api.xro/2.0/{resource}/{resource_id}",
            "resourceId": resource_id,
            "eventDateUtc": self._clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3],
            "eventType": event_type,
            "eventCategory": category,
            "tenantId": organisation.tenant_id,
            "tenantType": "ORGANISATION",
        }
        with self._lock:
            self._pending.append((self._next, event))
            self._next += 1

    def dump(self) -> dict:
        """Everything, as :meth:`restore` takes it."""
        with self._lock:
            return {"url": self.url, "key": self.key, "next": self._next, "pending": list(self._pending)}

    def restore(self, dumped: dict) -> None:
        """Become what :meth:`dump` was called on."""
        self.url, self.key = dumped["url"], dumped["key"]
        self._next, self._pending = dumped["next"], dumped["pending"]

    def pending(self) -> dict:
        """Events that nobody has taken yet, as the signed call that would deliver them.

        `body` is the raw text to be posted, `signature` its header; for receivers that the simulator cannot reach.
        """
        with self._lock:
            return self._signed(self._pending)

    def deliver(self) -> dict:
        """Post the pending events; they stay pending unless the receiver answers 2xx.

        :raises ValueError: no address is set
        """
        if not self.url:
            raise ValueError('set an address first: PUT /_sim/webhooks {"url": "http://127.0.0.1:…"}')
        with self._lock:
            taken, self._pending = self._pending, []
        call = self._signed(taken)
        status = self._post(call["body"], call["signature"]) if taken else None
        delivered = status is not None and 200 <= status < 300
        if not delivered:
            with self._lock:
                self._pending = taken + self._pending
        return {"delivered": len(taken) if delivered else 0, "status": status}

    def intent_to_receive(self) -> dict:
        """Ask the receiver to tell signed calls from forged ones: 200 and 401 are the right verdicts."""
        call = self._signed([])
        forged = ("A" if call["signature"][0] != "A" else "B") + call["signature"][1:]
        verdicts = [self._post(call["body"], signature) for signature in (call["signature"], forged)]
        return {"statuses": verdicts, "ok": verdicts[0] in range(200, 300) and verdicts[1] == 401}

    def discard(self) -> None:
        """Drop all pending events."""
        with self._lock:
            self._pending.clear()

    def _signed(self, numbered):
        numbers = [number for number, _event in numbered] or [0]
        body = json.dumps(
            {
                "events": [event for _number, event in numbered],
                "firstEventSequence": numbers[0],
                "lastEventSequence": numbers[-1],
                "entropy": hashlib.sha256(repr(numbers).encode()).hexdigest()[:20].upper(),
            }
        )
        return {"events": [event for _number, event in numbered], "body": body, "signature": sign(body, self.key)}

    def _post(self, body, signature):
        """Status of one delivery; None where nobody answers in time."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=PATIENCE)
        target = parts.path or "/"
        headers = {"Content-Type": "application/json; charset=utf-8", "x-xero-signature": signature}
        try:
            connection.request("POST", f"{target}?{parts.query}" if parts.query else target, body.encode(), headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def sign(body: str, key: str) -> str:
    """Base64 of HMAC-SHA256 over the raw body; the key is used as it stands, not decoded."""
    return base64.b64encode(hmac.new(key.encode(), body.encode(), hashlib.sha256).digest()).decode()
