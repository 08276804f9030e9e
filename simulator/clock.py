"""The simulator's own time: token life, limits, due dates and timestamps all read it."""

import threading
from datetime import datetime, timedelta, timezone

#: Years in which the clock may stand; beyond them, lives and windows that are added to it would overflow.
FIRST_YEAR, LAST_YEAR = 2000, 2200


class Clock:
    """Runs with the machine's clock, moved by an offset that a test may set.

    Durations within the process (latency, socket timeouts) are real time and do not use it.
    """

    def __init__(self):
        self._offset = timedelta(0)
        self._lock = threading.Lock()

    @property
    def offset(self) -> timedelta:
        """How far the simulator's time is ahead of the machine's."""
        return self._offset

    @offset.setter
    def offset(self, ahead: timedelta) -> None:
        with self._lock:
            self._offset = ahead

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(timezone.utc) + self._offset

    def timestamp(self) -> float:
        """The present moment in seconds since 1970."""
        return self.now().timestamp()

    def set(self, moment: datetime) -> None:
        """Make it `moment` (aware; a naive one is taken as UTC) now; time goes on from there.

        :raises ValueError: outside the years 2000 to 2200
        """
        aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        if not FIRST_YEAR <= aware.year < LAST_YEAR:
            raise ValueError(f"the clock can stand between {FIRST_YEAR} and {LAST_YEAR}, not in {aware.year}")
        with self._lock:
            self._offset = aware - datetime.now(timezone.utc)

    def advance(self, seconds: float) -> None:
        """Move the present by `seconds`, which may be negative.

        :raises ValueError: that leads out of the years 2000 to 2200
        """
        try:
            moment = self.now() + timedelta(seconds=seconds)
        except (OverflowError, ValueError):
            raise ValueError(f"the clock cannot be moved by {seconds} seconds") from None
        self.set(moment)
