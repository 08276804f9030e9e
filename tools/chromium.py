"""The browser for the tours."""

from __future__ import annotations

import os
import shutil
import subprocess

from .apt import is_root
from .home import Home
from .processes import clean_environment, run_logged
from .progress import say, step
from .trouble import Trouble

# The names that Odoo's own ChromeBrowser looks for on PATH.
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
REMEDY = "install one, e.g. `apt install chromium` (as root), and repeat"


def find() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


def ensure(home: Home) -> str | None:
    """The browser's path. Root gets Debian's package; otherwise None, after saying that browser tests will be
    skipped."""
    found = find()
    if found:
        return found
    if is_root() and shutil.which("apt-get"):
        try:
            _install(home)
        except (Trouble, subprocess.CalledProcessError) as error:
            say(f"· Chromium could not be installed: {error}")
    found = find()
    if not found:
        say(f"· No Chromium on this machine: browser tests will be skipped. To have them, {REMEDY}.")
    return found


def _install(home: Home) -> None:
    env = clean_environment(home, DEBIAN_FRONTEND="noninteractive")
    logs = home.folder("logs")
    with step("Installing Debian's package chromium for the browser tests"):
        run_logged(["apt-get", "update"], logs / "chromium-update.log", env=env)
        run_logged(
            ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"], logs / "chromium.log", env=env
        )


def required() -> bool:
    """In continuous integration a skipped browser test is a failure."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")
