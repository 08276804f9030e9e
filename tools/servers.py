"""Start and stop the servers of one run: Odoo and the simulator."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import python_packages
from .home import Home
from .odoo import Odoo
from .processes import clean_environment, end_group, tail
from .progress import say
from .trouble import Trouble

START_LIMIT = 180  # seconds until a server must answer


def free_port(wanted: int = 0) -> int:
    """`wanted` when nobody listens there, else any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise Trouble("No free port on 127.0.0.1", "end some other servers and repeat")


# --- what is running, written down for ./run clean ---


def _record(home: Home, process: subprocess.Popen) -> Path:
    """A process is known by its id and its start time, since ids are used again."""
    path = home.folder("checkouts", home.key, "running") / str(process.pid)
    path.write_text(_start_time(process.pid))
    return path


def _start_time(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def end_recorded(home: Home) -> None:
    """End servers of this checkout that a killed ./run left behind."""
    for path in (home.root / "checkouts" / home.key / "running").glob("*"):
        if path.read_text() and _start_time(int(path.name)) == path.read_text():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(int(path.name), signal.SIGKILL)
        path.unlink()


@contextlib.contextmanager
def _running(home: Home, command: list[str], **options) -> Iterator[subprocess.Popen]:
    """A child in a session of its own, ended with all its children on the way out."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **options)
    record = _record(home, process)
    try:
        yield process
    finally:
        end_group(process)
        record.unlink(missing_ok=True)


# --- the simulator ---


@contextlib.contextmanager
def xero_simulator(home: Home, *, seed: str = "demo-nz", port: int = 0) -> Iterator[dict]:
    """A running simulator; gives what it says about itself: url, client_id, client_secret, webhook_key, tenants."""
    say(f"· Starting the simulated Xero with the organisations of {seed}")
    command = [
        str(python_packages.python(home)),
        "-m",
        "simulator",
        "serve",
        "--port",
        str(free_port(port)),
        "--seed",
        seed,
    ]
    log = home.logs / f"simulator-{os.getpid()}.log"
    with (
        log.open("wb") as errors,
        _running(
            home, command, cwd=home.checkout, env=clean_environment(home), stdout=subprocess.PIPE, stderr=errors
        ) as process,
    ):
        line = process.stdout.readline()
        try:
            info = json.loads(line)
        except ValueError:
            raise Trouble(
                f"The simulator did not start:\n{line.decode(errors='replace')}{tail(log)}",
                f"read the whole log: {log}",
            ) from None
        # Whatever it prints later must not fill the pipe.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield info


# --- Odoo ---


@dataclass(frozen=True)
class Server:
    """A running Odoo: where it answers, its process, and where it writes what it does."""

    url: str
    process: subprocess.Popen
    log: Path


@contextlib.contextmanager
def odoo_server(
    odoo: Odoo, database: str, *, simulator: dict | None = None, workers: int = 0, port: int = 0, name: str = "serve"
) -> Iterator[str]:
    """A running Odoo with cron threads; gives its URL.

    `workers=0` is one threaded process, which serves websockets itself; more need a proxy for them.
    """
    with odoo_process(odoo, database, simulator=simulator, workers=workers, port=port, name=name) as server:
        yield server.url


@contextlib.contextmanager
def odoo_process(
    odoo: Odoo,
    database: str,
    *,
    simulator: dict | None = None,
    workers: int = 0,
    cron_threads: int = 2,
    port: int = 0,
    name: str = "serve",
) -> Iterator[Server]:
    """A running Odoo as `odoo_server` gives it, with its process; several on one database need names of their own."""
    say(f"· Starting Odoo on {database}")
    port = free_port(port)
    log = odoo.home.logs / f"odoo-{name}-{os.getpid()}.log"
    # Two runs of one checkout do not read each other's configuration.
    config = odoo.write_config(
        f"{name}-{os.getpid()}",
        database,
        simulator=simulator,
        http_port=port,
        gevent_port=free_port(),
        workers=workers,
        max_cron_threads=cron_threads,
        # A threaded server reloads itself when a cron or a request outlasts these; 0 or >= 120 only (odoo's watchdog).
        limit_time_real=1200,
        limit_time_real_cron=1200,
        limit_time_cpu=1200,
        limit_memory_soft=0,
        limit_memory_hard=0,
    )
    with (
        log.open("wb") as output,
        _running(
            odoo.home,
            odoo.command("-c", config),
            cwd=odoo.home.own,
            env=odoo.environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        url = f"http://127.0.0.1:{port}"
        _wait(process, f"{url}/web/login", log)
        yield Server(url, process, log)


def _wait(process: subprocess.Popen, url: str, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.3)
    raise Trouble(f"Odoo did not answer at {url}:\n{tail(log, 40)}", f"read the whole log: {log}")
