"""Run and end other programs."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .home import Home
from .trouble import Trouble

# Settings of the caller's shell that would make the same command behave differently here.
UNWANTED = (
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "PYTHONPATH",
    "ODOO_RC",
    "OPENERP_SERVER",
    "VIRTUAL_ENV",
)


def clean_environment(home: Home, **more: str) -> dict[str, str]:
    """The environment for every child: no foreign Python, Odoo or PostgreSQL settings, byte code kept in the home."""
    env = {name: value for name, value in os.environ.items() if not _unwanted(name)}
    env["PYTHONPYCACHEPREFIX"] = str(home.pyc)
    return env | more


def _unwanted(name: str) -> bool:
    own = (
        name.startswith("ACCOUNT_XERO_") and name != "ACCOUNT_XERO_HOME"
    )  # the addon's own settings of the caller's shell
    return own or name in UNWANTED or name.startswith("PG")


def run_logged(
    command: Sequence[str | Path], log: Path, *, remedy: str = "", stdin: str | None = None, **options
) -> None:
    """Run to the end with all output in `log`; a failure raises Trouble with the log's last lines."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as handle:
        options |= {"input": stdin.encode()} if stdin is not None else {"stdin": subprocess.DEVNULL}
        done = subprocess.run([str(part) for part in command], stdout=handle, stderr=subprocess.STDOUT, **options)
    if done.returncode:
        shown = shlex.join(str(part) for part in command)
        raise Trouble(
            f"This command ended with status {done.returncode}: {shown[:400]}\n{tail(log)}",
            remedy or f"read the whole log: {log}",
        )


def tail(log: Path, lines: int = 25) -> str:
    """The last lines of a log, indented for the eye."""
    if not log.exists():
        return "  (no log)"
    return "\n".join("  | " + line for line in log.read_text(errors="replace").splitlines()[-lines:])


def end_group(process: subprocess.Popen, patience: float = 15.0) -> None:
    """End a child that was started in a session of its own, with all its children."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        return


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
