"""Stage: every call is written down, as it came and as it was answered."""

import itertools
import json
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode

from . import paths
from .exchange import Exchange
from .wire import to_bytes

#: Older calls are dropped, so that a long run does not fill the memory.
LONGEST = 10_000
#: Characters of all bodies together; beyond them the oldest calls are dropped too.
LARGEST = 200_000_000
#: Bodies above this many bytes are cut.
LONGEST_BODY = 2_000_000
SECRET_HEADERS = frozenset({"authorization", "cookie"})
SECRET_FIELDS = frozenset({"client_secret", "code", "code_verifier", "refresh_token", "token"})
TOKEN_PATHS = ("/connect/token", "/connect/revocation")


@dataclass(frozen=True)
class Record:
    """One call.

    :ivar status: None where the client saw its connection break instead of an answer
    :ivar changes: what the call has changed, as changes.Change
    :ivar response_body: the answer that was carried out; where a fault of `when: after` hid it, it is still here
    """

    seq: int
    time: str
    ms: float
    method: str
    path: str
    args: dict
    headers: dict
    request_body: str
    status: int | None
    response_headers: dict
    response_body: str
    tenant_id: str | None
    app: str | None
    idempotency_key: str | None
    replayed: bool
    fault: dict | None
    changes: tuple = ()

    @property
    def size(self) -> int:
        """Characters of its bodies."""
        return len(self.request_body) + len(self.response_body)

    def as_json(self) -> dict:
        """The record as `GET /_sim/journal` gives it: bodies as JSON where they are JSON, else as text."""
        row = {name: getattr(self, name) for name in self.__dataclass_fields__}
        row["changes"] = [change.as_json() for change in self.changes]
        return row | {name: _readable(row[name]) for name in ("request_body", "response_body")}


class Journal:
    """The calls of one simulator, the latest last."""

    def __init__(self, clock):
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._records: deque[Record] = deque()
        self._size = 0

    def record(self, exchange: Exchange, proceed):
        """The stage: carry out, then write down, also what ended with a broken connection."""
        now, start = self._clock.now(), time.perf_counter()
        # Kept by werkzeug once it is read; a handler that reads the form first would leave nothing to write down.
        exchange.request.get_data()
        reply = None
        try:
            reply = proceed()
            return reply
        finally:
            self._write(exchange, reply, now, (time.perf_counter() - start) * 1000)

    def find(self, method: str | None = None, path: str | None = None, since: int = 0) -> list[Record]:
        """Calls with a number above `since`, of `method`, and to `path` (see paths.matches)."""
        with self._lock:
            records = list(self._records)
        return [
            record
            for record in records
            if record.seq > since
            and (not method or record.method == method.upper())
            and paths.matches(record.path, path)
        ]

    def clear(self) -> None:
        """Forget all calls; numbers go on."""
        with self._lock:
            self._records.clear()
            self._size = 0

    def _write(self, exchange, reply, moment, ms):
        request, sent = exchange.request, exchange.request.get_data()
        secret = request.path.startswith(TOKEN_PATHS)
        record = Record(
            seq=next(self._numbers),
            time=moment.isoformat(timespec="milliseconds"),
            ms=round(ms, 1),
            method=request.method,
            path=request.path,
            args=request.args.to_dict(),
            headers={k: v for k, v in request.headers.items() if k.lower() not in SECRET_HEADERS},
            request_body=_without_secrets(sent) if secret else _text(sent, request.mimetype),
            status=reply.status if reply else None,
            response_headers=_headers_of(reply),
            response_body="" if secret else _answer(reply or exchange.lost_reply),
            tenant_id=exchange.tenant_id,
            app=exchange.app.name if exchange.app else None,
            idempotency_key=exchange.idempotency_key,
            replayed=exchange.replayed,
            fault=_steered(exchange.fault),
            changes=exchange.changes,
        )
        with self._lock:
            self._records.append(record)
            self._size += record.size
            while len(self._records) > LONGEST or self._size > LARGEST:
                self._size -= self._records.popleft().size


def _steered(fault):
    if fault is None:
        return None
    return {name: value for name, value in asdict(fault).items() if name not in ("seen", "struck")}


def _headers_of(reply) -> dict:
    if reply is None:
        return {}
    return reply.headers | ({"Content-Type": reply.content_type} if reply.payload else {})


def _answer(reply) -> str:
    return _text(to_bytes(reply.payload), reply.content_type) if reply else ""


def _text(body: bytes, content_type: str) -> str:
    if len(body) > LONGEST_BODY:
        return f"<{len(body)} bytes, cut> " + body[:1000].decode("utf-8", "replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        return f"<{len(body)} bytes of {content_type or 'unknown type'}>"


def _without_secrets(body: bytes) -> str:
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return urlencode([(name, "***" if name in SECRET_FIELDS else value) for name, value in pairs])


def _readable(text):
    if text[:1] not in ("{", "["):
        return text
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        return text
