"""Two ./run at the same time on one home take turns where they would disturb each other."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator

from .home import Home
from .progress import say


@contextlib.contextmanager
def lock(home: Home, name: str) -> Iterator[None]:
    """Hold the named lock of this home; the kernel frees it when the process ends, however it ends."""
    path = home.folder("locks") / f"{name}.lock"
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"· Another ./run is busy with the same ({name}); waiting for it …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
