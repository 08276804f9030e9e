"""Xero's limits of calls, as a value: when the next call may leave. Nothing here sleeps or reads a clock.

Source: xero-api.md 2.1. A minute of one organisation and app takes 60 calls, a day 1,000 (Starter) or 5,000. Whether
the windows are fixed or rolling, and when they start, is not told. So two things are watched, and the stricter one
counts: our own calls of the last minute, which no kind of window may hold more than 60 of, and what Xero says is left,
which also knows the calls of others. All moments are seconds since 1970, UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from .answers import Remaining

MINUTE_LIMIT = 60
DAY_LIMITS = (1000, 5000)
CONCURRENT_LIMIT = 5
# A quarter of a second longer than Xero's minute: calls are not always as long on their way.
WINDOW = 60.25
# Calls of every minute that are left to people who press a button meanwhile.
KEEP_MINUTE = 2
# A day that is used up starts again at a moment that only Xero knows: knock once an hour.
DAY_PROBE = 3600.0


class Delay(NamedTuple):
    """How long to wait and for what: "asked" (Xero said so), "minute", "day", "app". Falsy: nothing is in the way."""

    seconds: float
    limit: str | None

    def __bool__(self):
        return self.seconds > 0


NO_DELAY = Delay(0.0, None)


@dataclass(frozen=True)
class Pace:
    """What is known about the calls of one organisation.

    :ivar sent: when our calls of the last minute left, all workers', in order
    :ivar minute, day, app: calls left, as the answer to the call that left at ``told_for`` said
    :ivar minute_since: when the first known call of the minute left that Xero is counting
    :ivar retry_at: Xero asked not to be called before this moment
    """

    sent: tuple[float, ...] = ()
    minute: int | None = None
    day: int | None = None
    app: int | None = None
    told_for: float | None = None
    minute_since: float | None = None
    retry_at: float | None = None

    # --- asking ---

    def delay(self, now: float, *, keep_minute: int = KEEP_MINUTE, keep_day: int = 0) -> Delay:
        """How long the next call has to wait, and why.

        :param keep_minute, keep_day: calls that are left for somebody more urgent
        """
        reasons = [*self._asked(now), *self._own(now, keep_minute), *self._told(now, keep_minute, keep_day)]
        return max([NO_DELAY, *reasons])

    def _asked(self, now: float) -> Iterator[Delay]:
        if self.retry_at is not None and self.retry_at > now:
            yield Delay(self.retry_at - now, "asked")

    def _own(self, now: float, keep: int) -> Iterator[Delay]:
        recent = [moment for moment in self.sent if moment > now - WINDOW]
        allowed = MINUTE_LIMIT - keep
        if len(recent) >= allowed:
            yield Delay(recent[-allowed] + WINDOW - now, "minute")

    def _told(self, now: float, keep_minute: int, keep_day: int) -> Iterator[Delay]:
        if self.told_for is None:
            return
        since = sum(moment > self.told_for for moment in self.sent)
        window_ends = (self.minute_since or self.told_for) + WINDOW
        for limit, left, keep in (("minute", self.minute, keep_minute), ("app", self.app, 0)):
            if left is not None and left - since <= keep and window_ends > now:
                yield Delay(window_ends - now, limit)
        if self.day is not None and self.day - since <= keep_day and self.told_for + DAY_PROBE > now:
            yield Delay(self.told_for + DAY_PROBE - now, "day")

    # --- keeping account ---

    def taken(self, now: float) -> "Pace":
        """The pace once another call is on its way."""
        return replace(self, sent=(*(moment for moment in self.sent if moment > now - WINDOW), now))

    def told(self, limits: Remaining, sent_at: float) -> "Pace":
        """The pace after an answer; what the answer does not tell stays as it was.

        Answers come back in another order than their calls left, so only the youngest call's answer counts.

        :param sent_at: when the call left
        """
        if self.told_for is not None and sent_at < self.told_for:
            return self._corrected(limits, sent_at)
        known = {name: left for name in ("minute", "day", "app") if (left := getattr(limits, name)) is not None}
        return replace(self, **known, told_for=sent_at, minute_since=self._window_start(limits, sent_at))

    def _window_start(self, limits: Remaining, sent_at: float) -> float | None:
        """Where more is left than before, Xero counts a new minute since this call at the latest."""
        is_new = self.minute is None or limits.minute is None or limits.minute > self.minute
        if is_new or self.minute_since is None or self.minute_since + WINDOW <= sent_at:
            return sent_at
        return self.minute_since

    def _corrected(self, limits: Remaining, sent_at: float) -> "Pace":
        """An older call's answer came late; it still tells that the minute began earlier."""
        is_same_minute = limits.minute is not None and self.minute is not None and limits.minute > self.minute
        if is_same_minute and self.minute_since is not None and sent_at < self.minute_since:
            return replace(self, minute_since=sent_at)
        return self

    def refused(self, after: float, now: float) -> "Pace":
        """The pace after Xero asked to wait ``after`` seconds."""
        return replace(self, retry_at=max(self.retry_at or 0.0, now + after))


def seconds_for(pace: Pace, calls: int, now: float, *, call_seconds: float, lanes: int) -> float:
    """How long ``calls`` more calls will take, the last answer included.

    They leave as soon as the minute allows and one of ``lanes`` is free; days are not looked at.

    :param call_seconds: how long one call takes
    """
    sent = [moment for moment in pace.sent if moment > now - WINDOW]
    allowed, last = MINUTE_LIMIT - KEEP_MINUTE, now
    for number in range(calls):
        if len(sent) >= allowed:
            last = max(last, sent[-allowed] + WINDOW)
        if number >= lanes:
            last = max(last, sent[-lanes] + call_seconds)
        sent.append(last)
    return last + call_seconds - now if calls else 0.0
