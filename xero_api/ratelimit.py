"""Xero's limits of calls, as a value: what is left, and how long to wait. Nothing here sleeps or reads a clock.

Source: xero-api.md 2.1. Windows are fixed and their start is not told: after a refusal `Retry-After` is the only truth.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .answers import Remaining
from .outcomes import RetryLater

MINUTE_LIMIT = 60
CONCURRENT_LIMIT = 5
_MINUTE = timedelta(seconds=60)
# A used-up day without Retry-After: its reset is known to Xero alone, so knock once an hour.
_DAY_PROBE = timedelta(hours=1)


@dataclass(frozen=True)
class Budget:
    """What is known about the calls left for one organisation.

    :ivar minute, day, app: calls left when Xero last told; None when it never did
    :ivar told_at: when it told
    :ivar retry_at: Xero asked not to be called before this moment
    """

    minute: int | None = None
    day: int | None = None
    app: int | None = None
    told_at: datetime | None = None
    retry_at: datetime | None = None

    def wait(self, now: datetime, keep_day: int = 0) -> float:
        """Seconds until the next call may be sent; 0.0 means now.

        :param keep_day: calls of the day that are left for somebody more urgent
        """
        moments = [self.retry_at, *self._window_ends(keep_day)]
        return max([0.0, *((moment - now).total_seconds() for moment in moments if moment)])

    def spent(self, calls: int = 1) -> "Budget":
        """The budget once `calls` more are on their way: reserve before sending, several may be in flight."""
        return replace(
            self,
            **{
                name: max(0, left - calls)
                for name in ("minute", "day", "app")
                if (left := getattr(self, name)) is not None
            },
        )

    def told(self, limits: Remaining, now: datetime) -> "Budget":
        """The budget after an answer. What the answer does not tell stays as it was."""
        known = {name: left for name in ("minute", "day", "app") if (left := getattr(limits, name)) is not None}
        return replace(self, **known, told_at=now, retry_at=None) if known else replace(self, retry_at=None)

    def refused(self, error: RetryLater, now: datetime) -> "Budget":
        """The budget after Xero asked to wait; an error without a time to wait changes nothing."""
        return self if error.after is None else replace(self, retry_at=now + timedelta(seconds=error.after))

    def _window_ends(self, keep_day: int):
        if self.told_at is None:
            return
        if self.minute == 0 or self.app == 0:
            yield self.told_at + _MINUTE
        if self.day is not None and self.day <= keep_day:
            yield self.told_at + _DAY_PROBE
