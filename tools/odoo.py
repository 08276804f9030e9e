"""Odoo's command line on this home: configuration files, installing, shell scripts."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import addons, odoo_source, python_packages
from .home import Home
from .odoo_source import OdooSource
from .postgres import ROLE, Cluster
from .processes import clean_environment, run_logged, tail
from .trouble import Trouble

# The addon's own section of odoo.conf ← what the simulator says about itself.
SIMULATOR_KEYS = {
    "simulator_url": "url",
    "simulator_client_id": "client_id",
    "simulator_client_secret": "client_secret",
}
# Reads code and arguments from files, so that the shell's own reading of stdin stays trivial.
SHELL_PRELUDE = """
import json as _json
with open({call!r}) as _handle:
    _call = _json.load(_handle)
_names = {{"env": env, "args": _call["args"], "result": None, "__name__": "__shell__"}}
exec(compile(_call["code"], _call["name"], "exec"), _names)
with open({answer!r}, "w") as _handle:
    _json.dump(_names["result"], _handle, default=str)
"""


@dataclass(frozen=True)
class Odoo:
    """Odoo's source, the interpreter, the cluster and the links of one checkout, ready to be started."""

    home: Home
    source: OdooSource
    cluster: Cluster

    @property
    def python(self) -> Path:
        return python_packages.python(self.home)

    def environment(self, **more: str) -> dict[str, str]:
        return clean_environment(self.home, PYTHONPATH=str(self.source.python_path), **more)

    def addons_path(self, links: Path | None) -> str:
        return ",".join(str(path) for path in (*self.source.addons_paths, *filter(None, [links])))

    def write_config(
        self, name: str, database: str, *, simulator: dict | None = None, links: Path | None = None, **options
    ) -> Path:
        """An odoo.conf of this checkout; the addon's own section names the simulator, since [options] takes no
        foreign key."""
        options = {
            "addons_path": self.addons_path(links or self.home.links),
            "data_dir": self.home.data,
            "db_host": self.cluster.socket,
            "db_user": ROLE,
            "db_name": database,
            "dbfilter": f"^{database}$",
            "list_db": False,
            "http_interface": "127.0.0.1",
        } | options
        lines = ["[options]", *(f"{key} = {value}" for key, value in options.items())]
        if simulator:
            lines += ["", "[account_xero]", *(f"{key} = {simulator[name]}" for key, name in SIMULATOR_KEYS.items())]
        path = self.home.folder("checkouts", self.home.key, "conf") / f"{name}.conf"
        path.write_text("\n".join(lines) + "\n")
        path.chmod(0o600)
        return path

    def command(self, *arguments: str | Path) -> list[str]:
        return [str(self.python), str(self.source.script), *(str(part) for part in arguments)]

    def run(self, database: str, *arguments: str, log: Path, addon: bool = True) -> str:
        """Install, update or the like, without serving; returns the log's text. Raises Trouble when Odoo fails.

        Without `addon` Odoo sees its own modules only: what all checkouts share must not know one checkout's bridges.
        """
        options = {} if addon else {"addons_path": self.addons_path(None)}
        config = self.write_config(f"run-{os.getpid()}", database, **options)
        try:
            run_logged(
                self.command("-c", config, "--stop-after-init", "--no-http", *arguments),
                log,
                cwd=self.home.own,
                env=self.environment(),
            )
        finally:
            config.unlink()
        text = log.read_text(errors="replace")
        if " CRITICAL " in text:
            raise Trouble(f"Odoo could not finish {' '.join(arguments)}:\n{tail(log)}", f"read the whole log: {log}")
        return text

    def shell(self, database: str, code: str | Path, *, config: Path | None = None, **args):
        """Run code in an Odoo shell of its own: it sees `env` and `args`, and what it leaves in `result` comes back
        as JSON.

        The code commits by itself (`env.cr.commit()`). Raises Trouble with the traceback when it fails.
        """
        path = Path(code) if isinstance(code, Path) else None
        call = {"code": path.read_text() if path else code, "name": str(path or "<shell>"), "args": args}
        with tempfile.TemporaryDirectory(prefix="shell-", dir=self.home.own) as folder:
            here = Path(folder)
            config = config or self._private_copy(here, database)
            (here / "call.json").write_text(json.dumps(call, default=str))
            prelude = SHELL_PRELUDE.format(call=str(here / "call.json"), answer=str(here / "answer.json"))
            command = self.command(
                "shell", "-c", config, "-d", database, "--no-http", "--shell-interface=python", "--log-level=warn"
            )
            log = self.home.logs / f"{here.name}.log"  # several may run side by side
            run_logged(command, log, stdin=f"exec({prelude!r})\n", cwd=here, env=self.environment())
            if not (here / "answer.json").exists():
                raise Trouble(
                    f"The script {call['name']} failed in Odoo's shell:\n{tail(log, 40)}", f"read the whole log: {log}"
                )
            log.unlink()
            return json.loads((here / "answer.json").read_text())

    def _private_copy(self, folder: Path, database: str) -> Path:
        return self.write_config("shell", database).rename(folder / "shell.conf")

    def interactive_shell(self, database: str) -> int:
        """Odoo's shell on this terminal; returns its exit status."""
        config = self.write_config("shell", database)
        return subprocess.call(
            self.command("shell", "-c", config, "--no-http"), cwd=self.home.own, env=self.environment()
        )


def prepare(home: Home) -> Odoo:
    """Everything Odoo needs, made where it is missing: source, packages, a running cluster, links."""
    source = odoo_source.ensure(home)
    cluster = Cluster(home)
    cluster.ensure()
    addons.link(home)
    return Odoo(home, source, cluster)
