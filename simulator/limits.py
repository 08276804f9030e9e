"""Stage: the rate limits, per app and organisation, and the time an answer takes (xero-api.md 2.1)."""

import json
import math
import threading
from dataclasses import asdict, dataclass, field, fields

from .calls import Reply
from .exchange import Exchange

MINUTE, DAY = 60, 86400
#: Seconds; whoever wants to wait longer moves the clock.
LONGEST_WAIT = 600

STARTER = "starter"


@dataclass
class Latency:
    """Seconds that an answer takes: `base` for each call and `per_element` for each record in its answer."""

    base: float = 0.0
    per_element: float = 0.0


@dataclass
class Settings:
    """The limits of xero-api.md 2.1.

    :ivar starter_day: what an app of the Starter tier has of `day`
    :ivar high_volume: records above which lists that have to be searched are refused (xero-api.md 2.2)
    """

    minute: int = 60
    day: int = 5000
    starter_day: int = 1000
    concurrent: int = 5
    app_minute: int = 10000
    high_volume: int = 100_000
    latency: Latency = field(default_factory=Latency)

    def change(self, values: dict) -> None:
        """Take over the settings named in `values`.

        :raises ValueError: a name is unknown or a value is not a number of at least 0
        """
        checked = {name: _checked(name, value, known=fields(self)) for name, value in values.items()}
        for name, value in checked.items():
            setattr(self, name, value)


def _checked(name, value, known):
    if name not in {f.name for f in known}:
        raise ValueError(f"unknown limit {name!r}; known are {', '.join(f.name for f in known)}")
    if name == "latency":
        if not isinstance(value, dict):
            raise ValueError('latency is an object like {"base": 0.2, "per_element": 0.01}, in seconds')
        latency = Latency(**{part: _checked(part, number, fields(Latency)) for part, number in value.items()})
        if max(latency.base, latency.per_element) > LONGEST_WAIT:
            raise ValueError(f"latency must not be longer than {LONGEST_WAIT} seconds")
        return latency
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ValueError(f"{name} must be a number of at least 0, not {value!r}")
    return value


@dataclass
class Window:
    """Calls counted since a moment; starts anew when its length is over."""

    length: int
    start: float = -math.inf
    count: int = 0

    def roll(self, now: float) -> None:
        if not self.start <= now < self.start + self.length:
            self.start, self.count = now, 0

    def seconds_left(self, now: float) -> int:
        return max(1, math.ceil(self.start + self.length - now))


@dataclass
class Usage:
    """What one app has used of one organisation."""

    tier: str
    minute: Window = field(default_factory=lambda: Window(MINUTE))
    day: Window = field(default_factory=lambda: Window(DAY))
    in_flight: int = 0


class Limits:
    """Counts the calls of one simulator."""

    def __init__(self, clock, stopping):
        self.settings = Settings()
        self._clock = clock
        self._stopping = stopping
        self._lock = threading.Lock()
        self._usage: dict[tuple[str, str], Usage] = {}
        self._apps: dict[str, Window] = {}

    def count(self, exchange: Exchange, proceed) -> Reply:
        """The stage: refuse with 429, or go on and tell what remains."""
        client_id, tenant_id = exchange.app.client_id, exchange.organisation.tenant_id
        with self._lock:
            usage = self._usage.setdefault((client_id, tenant_id), Usage(exchange.app.tier))
            app_window = self._apps.setdefault(client_id, Window(MINUTE))
            refusal = self._refusal(usage, app_window) or self._take(usage, app_window)
            headers = self._remaining(usage, app_window)
        exchange.reply_headers.update(headers)
        if refusal:
            return refusal
        try:
            reply = proceed()
            self._dawdle(reply)
            return reply
        finally:
            with self._lock:
                usage.in_flight -= 1

    def used(self) -> list[dict]:
        """What has been used so far, one row per app and organisation."""
        now = self._clock.timestamp()
        with self._lock:
            for usage in self._usage.values():
                usage.minute.roll(now)
                usage.day.roll(now)
            return [
                {
                    "client_id": client_id,
                    "tier": usage.tier,
                    "day_limit": self._day_limit(usage),
                    "tenant_id": tenant_id,
                    "minute": usage.minute.count,
                    "day": usage.day.count,
                    "in_flight": usage.in_flight,
                }
                for (client_id, tenant_id), usage in self._usage.items()
            ]

    def describe(self) -> dict:
        """Settings and use, as `GET /_sim/limits` answers them."""
        return asdict(self.settings) | {"used": self.used()}

    def _refusal(self, usage, app_window):
        now = self._clock.timestamp()
        for window in (usage.minute, usage.day, app_window):
            window.roll(now)
        settings = self.settings
        # Values other than "minute" and "day" are not confirmed, nor is Retry-After on concurrency (xero-api.md 2.1).
        checks = (
            ("concurrent", usage.in_flight >= settings.concurrent, 1),
            ("day", usage.day.count >= self._day_limit(usage), usage.day.seconds_left(now)),
            ("minute", usage.minute.count >= settings.minute, usage.minute.seconds_left(now)),
            ("appminute", app_window.count >= settings.app_minute, app_window.seconds_left(now)),
        )
        for name, reached, seconds in checks:
            if reached:
                return too_many(name, seconds)
        return None

    def _day_limit(self, usage):
        settings = self.settings
        return min(settings.day, settings.starter_day) if usage.tier == STARTER else settings.day

    def _take(self, usage, app_window):
        usage.in_flight += 1
        for window in (usage.minute, usage.day, app_window):
            window.count += 1

    def _remaining(self, usage, app_window):
        settings = self.settings
        return {
            "X-MinLimit-Remaining": str(max(0, int(settings.minute - usage.minute.count))),
            "X-DayLimit-Remaining": str(max(0, int(self._day_limit(usage) - usage.day.count))),
            "X-AppMinLimit-Remaining": str(max(0, int(settings.app_minute - app_window.count))),
        }

    def _dawdle(self, reply):
        latency = self.settings.latency
        seconds = latency.base
        if latency.per_element:
            seconds += latency.per_element * count_elements(reply.payload)
        if seconds:
            self._stopping.wait(min(seconds, LONGEST_WAIT))


def too_many(problem: str, seconds: int) -> Reply:
    """429 as recorded: no body, no content type, the limit's name and the seconds to wait (xero-api.md 2.1)."""
    return Reply(429, None, "", {"X-Rate-Limit-Problem": problem, "Retry-After": str(seconds)})


def count_elements(payload) -> int:
    """How many records an answer holds: the length of the list in its envelope, else 1."""
    if isinstance(payload, bytes):
        try:
            payload = json.loads(payload)
        except (ValueError, RecursionError):
            return 1
    lists = [value for value in payload.values() if isinstance(value, list)] if isinstance(payload, dict) else []
    return max((len(value) for value in lists), default=1)
