"""Webhooks: what changed is kept, signed and delivered (xero-api.md section 5)."""

import base64
import hashlib
import hmac
import http.client
import json
import threading
from collections import deque
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: Xero waits this many seconds for an answer.
PATIENCE = 5
LAST_SEQUENCE = 2_147_483_647
#: Category → the resource whose records it tells of.
RESOURCES = {
    "CONTACT": "Contacts",
    "INVOICE": "Invoices",
    "CREDITNOTE": "CreditNotes",
    "PREPAYMENT": "Prepayments",
    "OVERPAYMENT": "Overpayments",
}
#: Categories whose events say more than that something changed (xero-api.md section 5).
WITH_DATA = frozenset({"CREDITNOTE", "PREPAYMENT", "OVERPAYMENT"})
#: After a failure: at once again, then in steps of this length, for a day; what is not taken is kept a month.
BACK_OFF, PERSISTENCE, KEPT = timedelta(minutes=15), timedelta(hours=24), timedelta(days=31)
#: Deliveries that are remembered for those who look.
MOST_ATTEMPTS = 200
#: Seconds between two looks at the simulator's clock, which can be moved at any time.
GLANCE = 0.05


@dataclass
class Options:
    """How events are delivered, as `PUT /_sim/webhooks` steers it.

    :ivar url: where events are posted; loopback only; None as long as nobody has set it
    :ivar key: what events are signed with
    :ivar automatic: deliver without being told to, and try again when the receiver refuses
    :ivar batch: events that one call carries at most
    :ivar duplicates: deliver each call twice, as happens with Xero at times
    :ivar drop: so many of the next events are lost; their sequence numbers are used up
    :ivar enabled: Xero stops after a day of refusals, until the owner of the app switches webhooks on again
    """

    key: str
    url: str | None = None
    automatic: bool = False
    batch: int = 100
    duplicates: bool = False
    drop: int = 0
    enabled: bool = True

    def change(self, values: dict) -> None:
        """Take over the named options.

        :raises ValueError: says which one is wrong
        """
        changed = replace(self, **values)
        parts = urlsplit(changed.url or "")
        flags = (changed.automatic, changed.duplicates, changed.enabled)
        rules = {
            f"url must be http on 127.0.0.1 or localhost, not {changed.url!r}": changed.url is None
            or (parts.scheme == "http" and parts.hostname in LOOPBACK),
            "key must be a text that is not empty": isinstance(changed.key, str) and bool(changed.key),
            "batch must be a number of at least 1": type(changed.batch) is int and changed.batch >= 1,
            "drop must be a number of at least 0": type(changed.drop) is int and changed.drop >= 0,
            "automatic, duplicates and enabled must be true or false": all(isinstance(flag, bool) for flag in flags),
        }
        broken = [rule for rule, kept in rules.items() if not kept]
        if broken:
            raise ValueError("; ".join(broken))
        vars(self).update(vars(changed))


class Webhooks:
    """The events of one simulator and their way to the receiver.

    :param stopping: set when the simulator ends
    """

    def __init__(self, clock, key: str, stopping):
        self.options = Options(key)
        self._clock = clock
        self._stopping = stopping
        self._lock = threading.Lock()
        self._delivering = threading.RLock()
        self._watcher: threading.Thread | None = None
        self._next = 1
        self._pending: list[tuple[int, dict]] = []
        self._failing_since: datetime | None = None
        self._next_attempt: datetime | None = None
        self._attempts: deque[dict] = deque(maxlen=MOST_ATTEMPTS)

    def attempts(self) -> list[dict]:
        """The latest deliveries, the newest last: when, which events, and the receiver's status."""
        return list(self._attempts)

    def change(self, **values) -> None:
        """Change options; switching webhooks on again has what is pending delivered anew.

        :raises ValueError: says which option is wrong
        """
        with self._lock:
            self.options.change({name: value for name, value in values.items() if value is not None})
            if values.get("enabled"):
                self._failing_since = self._next_attempt = None
        self._watch()

    def describe(self) -> dict:
        """Options and state, as `GET /_sim/webhooks` answers them."""
        moments = {"failing_since": self._failing_since, "next_attempt": self._next_attempt}
        return asdict(self.options) | {name: at and at.isoformat() for name, at in moments.items()}

    def close(self) -> None:
        """Deliver nothing any more without being told to."""
        self.options.automatic = False

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
        if category in WITH_DATA:
            event |= _data(organisation, resource, resource_id, category)
        with self._lock:
            number, self._next = self._next, self._next % LAST_SEQUENCE + 1
            if self.options.drop:
                self.options.drop -= 1
            else:
                self._pending.append((number, event))

    # --- for a file

    def dump(self) -> dict:
        """Everything, as :meth:`restore` takes it."""
        with self._lock:
            return {
                "options": self.options,
                "next": self._next,
                "pending": list(self._pending),
                "failing_since": self._failing_since,
                "next_attempt": self._next_attempt,
            }

    def restore(self, dumped: dict) -> None:
        """Become what :meth:`dump` was called on."""
        self.options = dumped["options"]
        self._next, self._pending = dumped["next"], dumped["pending"]
        self._failing_since, self._next_attempt = dumped["failing_since"], dumped["next_attempt"]
        self._watch()

    # --- delivery

    def pending(self) -> dict:
        """Events that nobody has taken yet, as the signed call that would deliver them.

        `body` is the raw text to be posted, `signature` its header; for receivers that the simulator cannot reach.
        """
        with self._lock:
            return self._signed(self._pending)

    def deliver(self) -> dict:
        """Post the pending events, a batch a call; they stay pending unless the receiver answers 2xx.

        :raises ValueError: no address is set, or webhooks are switched off
        """
        if not self.options.url:
            raise ValueError('set an address first: PUT /_sim/webhooks {"url": "http://127.0.0.1:…"}')
        if not self.options.enabled:
            raise ValueError('switched off after a day of refusals; on again: PUT /_sim/webhooks {"enabled": true}')
        return self._deliver(tries=1)

    def deliver_due(self) -> None:
        """Deliver what is due by the simulator's clock, where that is to happen without being told to."""
        with self._delivering:
            options, now = self.options, self._clock.now()
            waiting = self._next_attempt is not None and now < self._next_attempt
            if options.automatic and options.enabled and options.url and self._pending and not waiting:
                self._deliver(tries=2)

    def intent_to_receive(self) -> dict:
        """Ask the receiver to tell signed calls from forged ones: 200 and 401 are the right verdicts.

        :raises ValueError: no address is set
        """
        if not self.options.url:
            raise ValueError('set an address first: PUT /_sim/webhooks {"url": "http://127.0.0.1:…"}')
        call = self._signed([])
        right = call["signature"]
        one_off = ("A" if right[0] != "A" else "B") + right[1:]
        signatures = (right, one_off, sign(call["body"], f"{self.options.key}x"), right)
        statuses = [self._post(call["body"], signature) for signature in signatures]
        verdicts = [status is not None and 200 <= status < 300 for status in statuses]
        taken = verdicts == [True, False, False, True] and statuses[1] == statuses[2] == 401
        if taken:
            self.change(enabled=True)
        return {"statuses": statuses, "ok": taken}

    def discard(self) -> None:
        """Drop all pending events."""
        with self._lock:
            self._pending.clear()

    def _deliver(self, tries: int) -> dict:
        delivered, status = 0, None
        with self._delivering:
            while batch := self._batch():
                status = self._post_batch(batch, tries)
                taken = status is not None and 200 <= status < 300
                self._note(taken, batch)
                if not taken:
                    break
                delivered += len(batch)
        return {"delivered": delivered, "status": status}

    def _batch(self) -> list[tuple[int, dict]]:
        """The oldest events; those kept for a month are forgotten first."""
        oldest = (self._clock.now() - KEPT).strftime("%Y-%m-%dT%H:%M:%S")
        with self._lock:
            self._pending = [one for one in self._pending if one[1]["eventDateUtc"] >= oldest]
            return self._pending[: self.options.batch]

    def _post_batch(self, batch, tries: int) -> int | None:
        call = self._signed(batch)
        status = None
        for _ in range(tries):
            status = self._post(call["body"], call["signature"])
            taken = status is not None and 200 <= status < 300
            told = {"at": self._clock.now(), "first": batch[0][0], "last": batch[-1][0], "events": len(batch)}
            self._attempts.append({**told, "status": status, "taken": taken})
            if taken:
                break
        else:
            return status
        if self.options.duplicates:
            self._post(call["body"], call["signature"])
        return status

    def _note(self, taken: bool, batch) -> None:
        """Take delivered events off; after a refusal, wait, and give up after a day of refusals."""
        now = self._clock.now()
        with self._lock:
            if taken:
                numbers = {number for number, _event in batch}
                self._pending = [one for one in self._pending if one[0] not in numbers]
                self._failing_since = self._next_attempt = None
                return
            self._failing_since = self._failing_since or now
            self._next_attempt = now + BACK_OFF
            if self.options.automatic and now - self._failing_since >= PERSISTENCE:
                self.options.enabled = False

    def _watch(self) -> None:
        """Have a thread deliver what is due, as long as that is wanted."""
        with self._lock:
            if not self.options.automatic or (self._watcher and self._watcher.is_alive()):
                return
            self._watcher = threading.Thread(target=self._keep_watch, name="xero-simulator webhooks", daemon=True)
            self._watcher.start()

    def _keep_watch(self) -> None:
        while self.options.automatic and not self._stopping.wait(GLANCE):
            self.deliver_due()

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
        return {
            "events": [event for _number, event in numbered],
            "body": body,
            "signature": sign(body, self.options.key),
        }

    def _post(self, body, signature):
        """Status of one delivery; None where nobody answers in time."""
        parts = urlsplit(self.options.url)
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


def _data(organisation, resource: str, resource_id: str, category: str) -> dict:
    """`data` of an event: type and status of the record, and of payments in advance when it was changed."""
    table = organisation.store.tables.get(resource)
    row = table.get(resource_id) if table else None
    if row is None:
        return {}
    data = {"Type": row.get("Type"), "Status": row.get("Status")}
    if category != "CREDITNOTE":
        data["UpdatedDateUTCString"] = row["UpdatedDateUTC"].strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"data": data}


def sign(body: str, key: str) -> str:
    """Base64 of HMAC-SHA256 over the raw body; the key is used as it stands, not decoded."""
    return base64.b64encode(hmac.new(key.encode(), body.encode(), hashlib.sha256).digest()).decode()
