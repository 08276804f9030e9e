"""One line a step, on stderr, so that stdout stays the command's own answer."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a long step, and when it is done how long it took."""
    started = time.monotonic()
    say(f"· {text} …")
    yield
    say(f"  done in {time.monotonic() - started:.1f} s")
