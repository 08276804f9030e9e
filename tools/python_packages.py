"""The virtual environment with the pinned packages of requirements.txt."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from .apt import PrivateApt
from .home import Home, short_hash
from .processes import clean_environment, run_logged
from .progress import step
from .trouble import Trouble


def folder(home: Home) -> Path:
    """One environment per Python version and contents of requirements.txt, so that checkouts do not disturb each
    other."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    requirements = (home.checkout / "requirements.txt").read_text()
    return home.root / "venv" / f"{version}-{short_hash(requirements)}"


def python(home: Home) -> Path:
    return folder(home) / "bin" / "python"


def inside(home: Home) -> bool:
    """Whether this process already runs in the environment."""
    return Path(sys.prefix) == folder(home)


def ready(home: Home) -> bool:
    return (folder(home) / "ready").exists() and python(home).exists()


def ensure(home: Home) -> Path:
    """Make the environment when it is not there; returns its interpreter. A half-made one is thrown away."""
    if not ready(home):
        target = folder(home)
        shutil.rmtree(target, ignore_errors=True)
        with step(
            f"Making a Python environment with the packages of requirements.txt (pip; about a minute) in {target}"
        ):
            _make(home, target)
            _install(home, target)
        (target / "ready").touch()
    return python(home)


def _make(home: Home, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    remedy = f"install Python's venv module, e.g. `apt install python{version}-venv` (as root), and repeat"
    if importlib.util.find_spec("venv") is None:
        raise Trouble(f"This Python ({sys.executable}) has no module venv", remedy)
    complete = importlib.util.find_spec("ensurepip") is not None
    base = getattr(sys, "_base_executable", sys.executable)
    options = [] if complete else ["--without-pip"]
    run_logged(
        [base, "-m", "venv", *options, target],
        home.folder("logs") / "venv.log",
        remedy=remedy,
        env=clean_environment(home),
    )
    if not complete:
        _bootstrap_pip(home, target, remedy)


def _bootstrap_pip(home: Home, target: Path, remedy: str) -> None:
    """Debian keeps pip out of a bare Python; its package python3-pip-whl carries the wheel."""
    reason = PrivateApt.missing()
    if reason:
        raise Trouble(f"This Python has no ensurepip, and its wheel cannot be fetched ({reason})", remedy)
    root = target / "pip-wheel"
    apt = PrivateApt(home)
    apt.update()
    apt.unpack(["python3-pip-whl"], root, root / "debs")
    wheel = next(root.glob("usr/share/python-wheels/pip-*.whl"), None)
    if wheel is None:
        raise Trouble("Debian's package python3-pip-whl holds no pip wheel", remedy)
    # pip runs from its wheel to install itself, from the same file.
    command = [target / "bin" / "python", wheel / "pip", "install", "--quiet", "--no-index", wheel]
    run_logged(command, home.folder("logs") / "pip-bootstrap.log", remedy=remedy, env=clean_environment(home))


def _install(home: Home, target: Path) -> None:
    pip_install(home, target / "bin" / "python", "--requirement", home.checkout / "requirements.txt")


def pip_install(home: Home, interpreter: Path, *arguments: str | Path) -> None:
    """pip with the machine's own index settings, quiet and never asking."""
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--prefer-binary", "--no-warn-script-location"]
    run_logged(
        [interpreter, "-m", "pip", "install", *options, *arguments],
        home.folder("logs") / "pip.log",
        env=clean_environment(home),
        remedy="check that the package index of this machine's pip answers, then repeat; pip keeps what it fetched",
    )


def enter(home: Home, arguments: list[str]) -> None:
    """Go on in the environment's interpreter; does not return."""
    interpreter = str(python(home))
    os.execve(interpreter, [interpreter, str(home.checkout / "run"), *arguments], clean_environment(home))
