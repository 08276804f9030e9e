"""Stage: the same Idempotency-Key gets the same answer (xero-api.md 3.4)."""

import hashlib
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .calls import Reply
from .exchange import Exchange
from .problems import refused

REMEMBERED = timedelta(minutes=6)
LONGEST_KEY = 128
METHODS = frozenset({"POST", "PUT", "PATCH"})


@dataclass
class Entry:
    """The first use of a key; `reply` is None until it has been carried out."""

    fingerprint: str
    expires: datetime
    reply: Reply | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Idempotency:
    """Answers given in the last six minutes, by app and key."""

    def __init__(self, clock):
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[tuple[str, str], Entry] = {}

    def replay(self, exchange: Exchange, proceed) -> Reply:
        """The stage: answer a known key from memory, errors included, and remember the answer to a new one."""
        key = exchange.idempotency_key
        if not key or exchange.request.method not in METHODS:
            return proceed()
        if len(key) > LONGEST_KEY:
            return refused(f"The Idempotency-Key header must not be longer than {LONGEST_KEY} characters.")
        entry = self._entry(exchange.app.client_id, key, fingerprint(exchange))
        if entry.fingerprint != fingerprint(exchange):
            return refused(f"The idempotency key '{key}' has already been used with a different request.")
        with entry.lock:
            if entry.reply is None:
                entry.reply = proceed()
            else:
                exchange.replayed = True
            return entry.reply

    def _entry(self, client_id, key, new_fingerprint):
        now = self._clock.now()
        with self._lock:
            self._forget(now)
            return self._entries.setdefault((client_id, key), Entry(new_fingerprint, now + REMEMBERED))

    def _forget(self, now):
        # Entries stand in the order of their first use, so the oldest come first.
        for key in list(self._entries):
            if self._entries[key].expires > now:
                break
            del self._entries[key]


def fingerprint(exchange: Exchange) -> str:
    """What makes two requests the same: method, address with query, organisation and body."""
    request = exchange.request
    digest = hashlib.sha256()
    for part in (request.method, request.full_path, exchange.tenant_id or ""):
        digest.update(part.encode() + b"\0")
    digest.update(request.get_data())
    return digest.hexdigest()
