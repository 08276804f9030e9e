"""What the demo and the benchmarks are given: a running simulator, Odoo on a clone, and ways to talk to both."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import requests

from . import servers
from .databases import Databases
from .home import Home
from .odoo import Odoo
from .trouble import Trouble

LOGIN, PASSWORD = "admin", "admin"


@dataclass
class Context:
    """One prepared run.

    `odoo_url` is empty where no Odoo server was asked for. `simulator` is what the simulator says about itself: url,
    client_id, client_secret, webhook_key, tenants; `seed` is what it began with. `json_file` is where the command's
    data goes, or None.
    """

    home: Home
    odoo: Odoo
    databases: Databases
    database: str
    simulator: dict
    odoo_url: str = ""
    seed: str = "demo-nz"
    json_file: Path | None = None
    login: str = LOGIN
    password: str = PASSWORD
    options: dict = field(default_factory=dict)

    def odoo_shell(self, code: str | Path, **args):
        """Run code in an Odoo shell of its own on the database; it sees `env` and `args` and leaves its answer in
        `result`.

        `code` is source text, or the path of a .py file (a relative one is taken from the checkout). Arguments and
        answer
        travel as JSON. The code commits by itself. Raises Trouble with the traceback when it fails.
        """
        if isinstance(code, str) and code.endswith(".py") and "\n" not in code:
            code = Path(code)
        if isinstance(code, Path):
            code = self.home.checkout / code
        config = self.odoo.write_config(f"context-shell-{os.getpid()}", self.database, simulator=self.simulator)
        return self.odoo.shell(self.database, code, config=config, **args)

    @cached_property
    def session(self) -> requests.Session:
        """A browser's session with the running Odoo, logged in."""
        session = requests.Session()
        params = {"db": self.database, "login": self.login, "password": self.password}
        self._call(session, "/web/session/authenticate", params)
        return session

    def rpc(self, model: str, method: str, *args, **kwargs):
        """Call a model's method on the running Odoo as its own web client does; raises Trouble with Odoo's message."""
        params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        return self._call(self.session, f"/web/dataset/call_kw/{model}/{method}", params)

    def _call(self, session: requests.Session, path: str, params: dict):
        answer = session.post(
            self.odoo_url + path, json={"jsonrpc": "2.0", "method": "call", "params": params}, timeout=300
        )
        answer.raise_for_status()
        payload = answer.json()
        if "error" in payload:
            data = payload["error"].get("data", {})
            raise Trouble(
                f"Odoo refused {path}: {data.get('message') or payload['error'].get('message')}\n"
                f"{data.get('debug', '')}"
            )
        return payload.get("result")


@contextlib.contextmanager
def prepared(
    odoo: Odoo,
    database: str,
    *,
    seed: str = "demo-nz",
    server: bool = True,
    workers: int = 0,
    odoo_port: int = 0,
    simulator_port: int = 0,
    json_file: str | None = None,
    **options,
) -> Iterator[Context]:
    """A context on `database` with its own simulator and, unless `server` is false, a running Odoo. All ends on the
    way out."""
    with contextlib.ExitStack() as stack:
        simulator = stack.enter_context(servers.xero_simulator(odoo.home, seed=seed, port=simulator_port))
        url = ""
        if server:
            url = stack.enter_context(
                servers.odoo_server(odoo, database, simulator=simulator, workers=workers, port=odoo_port, name="server")
            )
        yield Context(
            odoo.home,
            odoo,
            Databases(odoo),
            database,
            simulator,
            url,
            seed,
            Path(json_file).absolute() if json_file else None,
            options=options,
        )
