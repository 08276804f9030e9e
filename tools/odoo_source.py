"""Odoo 19's source: named by $ODOO_SRC, in the cache, from Debian's package, or cloned from Odoo's public
repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .apt import PrivateApt
from .home import Home
from .processes import clean_environment, run_logged
from .progress import say, step
from .trouble import Trouble

REPOSITORY = "https://github.com/odoo/odoo"
BRANCH = "19.0"
# The package's relative symlinks into /usr/share need these beside it; without them asset bundles fail.
PACKAGES = [
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "fonts-glyphicons-halflings",
]
# Debian removed this file for its licence, but the backend's asset bundle lists it: every browser test would see its
# error.
STUB = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class OdooSource:
    """One copy of Odoo's source.

    `python_path` goes on PYTHONPATH, `script` starts it (python -m odoo cannot fork its websocket worker),
    `identity` changes
    with its version.
    """

    python_path: Path
    script: Path
    addons_paths: tuple[Path, ...]
    identity: str


def recognise(root: Path) -> OdooSource | None:
    """Odoo's layout below `root`: Debian's unpacked package, its dist-packages folder, or a git checkout."""
    for base, script, addons in (
        (root / "usr/lib/python3/dist-packages", "setup/odoo", ("odoo/addons",)),
        (root, "setup/odoo", ("odoo/addons",)),
        (root, "odoo-bin", ("addons", "odoo/addons")),
    ):
        release = base / "odoo/release.py"
        paths = tuple(base / part for part in addons)
        if release.is_file() and (base / script).is_file() and any((path / "account").is_dir() for path in paths):
            return OdooSource(base, base / script, paths, _version(release))
    return None


def _version(release: Path) -> str:
    """The `version_info` of release.py as text, e.g. "19, 0, 0"."""
    match = re.search(r"^version_info\s*=\s*\(([^)]*)\)", release.read_text(), re.M)
    version = re.sub(r"[^0-9,]", "", match[1]) if match else ""
    if not version.startswith("19,0"):
        raise Trouble(
            f"{release} is Odoo {version or '?'}, and the Xero Connector is for Odoo 19.0",
            "set ODOO_SRC to a copy of 19.0, or unset it",
        )
    return version


def ensure(home: Home) -> OdooSource:
    """Return Odoo's source, fetching it into the home when it is not there. Raises Trouble when no way works."""
    named = os.environ.get("ODOO_SRC")
    if named:
        source = recognise(Path(named).expanduser().absolute())
        if source is None:
            raise Trouble(
                f"ODOO_SRC={named} holds no Odoo (no odoo/release.py with its start script)",
                "point it at a copy of Odoo 19.0, or unset it",
            )
        return source
    cached = recognise(home.root / "odoo") if (home.root / "odoo").is_dir() else None
    return cached or _fetch(home)


def _fetch(home: Home) -> OdooSource:
    partial = home.root / "odoo.partial"
    shutil.rmtree(partial, ignore_errors=True)
    reason = PrivateApt.missing()
    if not reason:
        try:
            _from_debian(home, partial)
        except (Trouble, subprocess.CalledProcessError) as error:
            reason = str(error)
    if reason:
        say(f"· Debian's package of Odoo 19 is not to be had ({reason.splitlines()[0]}); trying Odoo's repository")
        _from_git(home, partial, reason)
    os.rename(partial, home.root / "odoo")
    source = recognise(home.root / "odoo")
    if source is None:
        raise Trouble(
            f"{home.root / 'odoo'} holds no Odoo",
            f"remove that folder and repeat, or set ODOO_SRC ({reason})",
        )
    return source


def _from_debian(home: Home, partial: Path) -> None:
    apt = PrivateApt(home)
    with step("Fetching Odoo 19 (Debian's package) through this machine's mirror (not installed)"):
        apt.update()
        downloads = partial / "debs"
        files = apt.unpack(PACKAGES, partial, downloads)
        stub = partial / "usr/lib/python3/dist-packages" / STUB
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text("/* not part of Debian's package */\n")
        (partial / "origin.txt").write_text("\n".join(files) + "\n")
        shutil.rmtree(downloads)


def _from_git(home: Home, partial: Path, reason: str) -> None:
    shutil.rmtree(partial, ignore_errors=True)
    remedy = (
        f"put a copy of Odoo 19.0 on this machine and set ODOO_SRC to it (Debian's package: {reason.splitlines()[0]})"
    )
    if not shutil.which("git"):
        raise Trouble("Odoo 19's source is not here, and neither apt nor git can fetch it", remedy)
    with step("Fetching Odoo 19 from its public repository (about 300 MB)"):
        command = ["git", "clone", "--quiet", "--depth", "1", "--branch", BRANCH, REPOSITORY, partial]
        run_logged(
            command,
            home.folder("logs") / "git-clone.log",
            remedy=remedy,
            env=clean_environment(home, GIT_TERMINAL_PROMPT="0"),
        )
