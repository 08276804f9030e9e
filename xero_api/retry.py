"""How long to wait before the same call is made again."""

import random
from collections.abc import Callable

FIRST_WAIT = 5.0
LONGEST_WAIT = 15 * 60.0


def delay(attempt: int, after: float | None = None, *, jitter: Callable[[], float] = random.random) -> float:
    """Seconds to wait.

    What Xero asked for is obeyed as it is. Otherwise the wait doubles with every attempt up to a quarter of an hour,
    and its upper half is left to chance, so that workers who failed together do not come back together.

    :param attempt: number of attempts that have failed, from 1
    :param after: `RetryLater.after`
    :param jitter: gives a number from 0 to 1
    """
    if after is not None:
        return after
    wait = min(FIRST_WAIT * 2 ** min(max(attempt, 1) - 1, 32), LONGEST_WAIT)
    return wait / 2 + wait / 2 * jitter()
