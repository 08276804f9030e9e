"""Stage: what goes wrong on purpose."""

import random
import threading
from dataclasses import asdict, dataclass, field, fields, replace

from . import paths
from .calls import Reply
from .exchange import ConnectionLost, Exchange
from .limits import LONGEST_WAIT

KINDS = ("status", "reset", "timeout", "delay", "garbage")
MOMENTS = ("before", "after")
PLAIN = "text/plain; charset=utf-8"
GARBAGE = b'<!DOCTYPE html><html><body><h1>Bad gateway</h1>{"Status": "OK", "Invoi'

#: What a status that is not steered further says (xero-api.md 3.9): body, content type, headers.
USUAL_ANSWERS = {
    401: (
        b'{"Type":null,"Title":"Unauthorized","Status":401,"Detail":"AuthenticationUnsuccessful",'
        b'"Instance":"00000000-0000-0000-0000-000000000000","Extensions":{}}',
        "application/json",
        {},
    ),
    403: (
        b'{"Type":null,"Title":"Forbidden","Status":403,"Detail":"AuthenticationUnsuccessful",'
        b'"Instance":"00000000-0000-0000-0000-000000000000","Extensions":{}}',
        "application/json",
        {},
    ),
    404: (None, "text/html; charset=utf-8", {}),
    429: (None, "", {"X-Rate-Limit-Problem": "minute", "Retry-After": "26"}),
    500: (b'{"ErrorNumber":0,"Type":"","Message":"An error occurred in Xero."}', "application/json", {}),
    412: (b"The Accept header or the version of TLS is not supported.", PLAIN, {}),
    503: (b"The Xero API is currently offline for maintenance", PLAIN, {}),
}
#: What 503 says for each reason that Xero gives for it (xero-api.md 3.9).
REASONS = {
    "maintenance": b"The Xero API is currently offline for maintenance",
    "unavailable": b"The Xero API is temporarily unavailable",
    "organisation-offline": b"The Organisation is offline",
}


@dataclass
class Fault:
    """One fault, as `POST /_sim/faults` takes it.

    :ivar method: HTTP method it strikes, None for any
    :ivar path: see paths.matches; None for any
    :ivar nth: strikes from the nth matching call on; 1 is the next
    :ivar probability: strikes each matching call with this probability
    :ivar times: how often it strikes; 1 unless `probability` is given, then without end
    :ivar when: "before" the call is carried out, or "after" it, so that only the answer is lost
    :ivar reason: of status 503, one of REASONS
    :ivar seconds: how long "timeout" holds the connection before it breaks, and how long "delay" waits
    """

    kind: str
    method: str | None = None
    path: str | None = None
    nth: int = 1
    probability: float | None = None
    times: int | None = None
    when: str = "before"
    status: int = 500
    headers: dict = field(default_factory=dict)
    body: object = None
    reason: str = "maintenance"
    seconds: float | None = None
    id: str = ""
    seen: int = 0
    struck: int = 0

    def __post_init__(self):
        _check(self)
        if self.times is None and self.probability is None:
            self.times = 1


def _check(fault):
    rules = {
        f"kind must be one of {', '.join(KINDS)}": fault.kind in KINDS,
        f"when must be one of {', '.join(MOMENTS)}": fault.when in MOMENTS,
        "nth must be a whole number of at least 1": _whole(fault.nth, 1),
        "times must be a whole number of at least 1": fault.times is None or _whole(fault.times, 1),
        "probability must be between 0 and 1": fault.probability is None
        or (isinstance(fault.probability, int | float) and 0 <= fault.probability <= 1),
        f"reason must be one of {', '.join(REASONS)}": fault.reason in list(REASONS),
        "status must be between 200 and 599": _whole(fault.status, 200) and fault.status < 600,
        "headers must be an object of printable texts": isinstance(fault.headers, dict)
        and all(f"{name}{value}".isascii() and f"{name}{value}".isprintable() for name, value in fault.headers.items()),
        f"seconds must be between 0 and {LONGEST_WAIT}": fault.seconds is None
        or (isinstance(fault.seconds, int | float) and 0 <= fault.seconds <= LONGEST_WAIT),
        "method and path must be texts": all(isinstance(v, str | None) for v in (fault.method, fault.path)),
    }
    broken = [rule for rule, kept in rules.items() if not kept]
    if broken:
        raise ValueError("; ".join(broken))


def _whole(value, least):
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


class Faults:
    """The faults of one simulator."""

    def __init__(self, ids, stopping):
        self._ids = ids
        self._stopping = stopping
        self._lock = threading.Lock()
        self._random = random.Random(0)
        self._faults: list[Fault] = []

    def add(self, values: dict) -> Fault:
        """Set up a fault.

        :raises ValueError: says which value is wrong
        """
        steerable = {f.name for f in fields(Fault)} - {"id", "seen", "struck"}
        unknown = set(values) - steerable
        if unknown or "kind" not in values:
            raise ValueError(f"a fault needs a kind, and may have {', '.join(sorted(steerable - {'kind'}))}")
        fault = Fault(**values, id=self._ids.new())
        with self._lock:
            self._faults.append(fault)
        return fault

    def describe(self) -> list[dict]:
        """All faults, with how often each has struck."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def strike(self, exchange: Exchange, proceed) -> Reply:
        """The stage: let a matching fault strike before or after the call is carried out."""
        fault = self._choose(exchange.request)
        if fault is None:
            return proceed()
        exchange.fault = fault
        if fault.when == "after":
            exchange.lost_reply = proceed()
            return self._act(fault, exchange, answer=lambda: exchange.lost_reply)
        return self._act(fault, exchange, answer=proceed)

    def _choose(self, request):
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults:
                if self._strikes(fault, request):
                    fault.struck += 1
                    return replace(fault)
        return None

    def _strikes(self, fault, request):
        if fault.method and fault.method.upper() != request.method:
            return False
        if not paths.matches(request.path, fault.path):
            return False
        fault.seen += 1
        if fault.seen < fault.nth or (fault.times is not None and fault.struck >= fault.times):
            return False
        return fault.probability is None or self._random.random() < fault.probability

    def _act(self, fault, exchange, answer) -> Reply:
        match fault.kind:
            case "reset":
                raise ConnectionLost
            case "timeout":
                self._hold(fault, exchange)
                raise ConnectionLost
            case "delay":
                self._stopping.wait(1 if fault.seconds is None else fault.seconds)
                return answer()
            case "garbage":
                return Reply(200, GARBAGE)
            case _:
                return steered_reply(fault)

    def _hold(self, fault, exchange):
        """Keep the client waiting until it gives up, the time is over or the simulator stops."""
        gone = exchange.request.environ.get("waitress.client_disconnected", lambda: False)
        step, left = 0.05, 120.0 if fault.seconds is None else fault.seconds
        while left > 0 and not gone() and not self._stopping.wait(min(step, left)):
            left -= step


def steered_reply(fault: Fault) -> Reply:
    """The answer of a fault of kind "status"; what it does not name is what Xero usually says."""
    usual_body, content_type, usual_headers = USUAL_ANSWERS.get(fault.status, (None, "", {}))
    if fault.status == 503:
        usual_body = REASONS[fault.reason]
    headers = {name: str(value) for name, value in (usual_headers | fault.headers).items()}
    if fault.body is None:
        return Reply(fault.status, usual_body, content_type, headers)
    if isinstance(fault.body, str):
        return Reply(fault.status, fault.body.encode(), content_type or "text/plain; charset=utf-8", headers)
    return Reply(fault.status, fault.body, headers=headers)
