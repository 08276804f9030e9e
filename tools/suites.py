"""The suites of ./run test: what each collects and how it is started. Cheapest first, so that a slip shows early."""

from __future__ import annotations

import contextlib
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import addons, python_packages, results
from .databases import TESTS, Databases
from .home import MODULE, Home
from .odoo import Odoo
from .processes import clean_environment
from .results import Tests

NO_TESTS = 5  # pytest's exit status when it collected nothing
TIMEOUT = 600  # seconds for one test; a hanging one must not hold the whole run
PLUGIN = "account_xero_results"


@dataclass(frozen=True)
class Selection:
    """What of a suite to run: node ids relative to the checkout (none: all), a -k expression, more pytest options."""

    nodes: tuple[str, ...] = ()
    keyword: str = ""
    options: tuple[str, ...] = ()
    log: Path | None = None  # for pytest's output; the terminal when None

    def arguments(self) -> list[str]:
        return [*(["-k", self.keyword] if self.keyword else []), *self.options]


@dataclass
class Outcome:
    """How a suite ended: its tests, pytest's exit status."""

    status: int
    tests: Tests = field(default_factory=dict)


def _pytest(
    home: Home,
    name: str,
    arguments: list[str],
    selection: Selection,
    *,
    cwd: Path,
    env: dict[str, str],
    checkout: Path,
) -> Outcome:
    folder = home.folder("checkouts", home.key, "tests")
    record = folder / f"{name}-{os.getpid()}.json"
    env |= {
        "ACCOUNT_XERO_RESULTS": str(record),
        "ACCOUNT_XERO_CHECKOUT": str(checkout),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(home.root / "hypothesis"),
        "PYTHONPATH": os.pathsep.join(
            [str(checkout / "tools" / "pytest_plugins"), *filter(None, [env.get("PYTHONPATH")])]
        ),
    }
    command = [str(python_packages.python(home)), "-m", "pytest", "-q", "-p", PLUGIN, f"--timeout={TIMEOUT}"]
    command += [f"--junitxml={folder / name}.xml", *selection.arguments(), *arguments]
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(selection.log.open("wb")) if selection.log else None
        status = subprocess.call(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
        )
    tests = results.read(record)
    record.unlink(missing_ok=True)
    return Outcome(status, tests)


@dataclass(frozen=True)
class PlainSuite:
    """Tests that need no Odoo, in one folder of the checkout."""

    name: str
    folder: str

    def present(self, checkout: Path) -> bool:
        return any((checkout / self.folder).rglob("test_*.py"))

    def takes(self, node: str) -> bool:
        return node.startswith(self.folder.split("/")[0] + "/") or node == self.folder.split("/")[0]

    def run(self, home: Home, selection: Selection, *, checkout: Path | None = None) -> Outcome:
        checkout = checkout or home.checkout
        nodes = (
            selection.nodes if selection.nodes and selection.nodes != (self.folder.split("/")[0],) else (self.folder,)
        )
        env = clean_environment(home)
        return _pytest(
            home,
            self.name,
            ["-p", "no:cacheprovider", *nodes],
            selection,
            cwd=checkout,
            env=env,
            checkout=checkout,
        )


@dataclass(frozen=True)
class OdooSuite:
    """Odoo's tests of the addon or of one bridge, on a clone of the template, with an HTTP server for the browser."""

    name: str
    module: str
    folder: str  # of the module in the checkout, "" for the root

    def present(self, checkout: Path) -> bool:
        return any((checkout / self.folder / "tests").glob("test_*.py"))

    def takes(self, node: str) -> bool:
        inside = f"{self.folder}/tests" if self.folder else "tests"
        return node in (inside, self.folder) or node.startswith(inside + "/")

    def run(
        self,
        home: Home,
        selection: Selection,
        *,
        odoo: Odoo,
        database: str,
        checkout: Path | None = None,
        links: Path | None = None,
    ) -> Outcome:
        checkout = checkout or home.checkout
        folder = home.folder("checkouts", home.key, "tests")
        config = odoo.write_config(
            f"{self.name}-{os.getpid()}", database, links=links, screenshots=folder / "screenshots", max_cron_threads=0
        )
        nodes = [self.dotted(node) for node in selection.nodes] or [self.dotted("")]
        arguments = [
            "-c",
            checkout / "tools" / "odoo_tests.ini",
            f"--rootdir={checkout}",
            f"--odoo-config={config}",
            "--odoo-http",
        ]
        try:
            return _pytest(
                home,
                self.name,
                [*map(str, arguments), "--pyargs", *nodes],
                selection,
                cwd=folder,
                env=odoo.environment(),
                checkout=checkout,
            )
        finally:
            config.unlink()

    def dotted(self, node: str) -> str:
        """A node id of the checkout as the module name by which Odoo imports it: tests/test_x.py::C →
        odoo.addons.….test_x::C."""
        path, separator, rest = node.partition("::")
        inner = path.removeprefix(self.folder).strip("/").removesuffix(".py").replace("/", ".") or "tests"
        return f"odoo.addons.{self.module}.{inner}{separator}{rest}"


def plain_suites() -> list[PlainSuite]:
    return [
        PlainSuite("simulator", "simulator/tests"),
        PlainSuite("xero_api", "xero_api/tests"),
        PlainSuite("tools", "tools/tests"),
    ]


def odoo_suites(checkout: Path) -> list[OdooSuite]:
    own = OdooSuite("odoo", MODULE, "")
    return [own, *(OdooSuite(path.name, path.name, f"bridges/{path.name}") for path in addons.bridges(checkout))]


def installation_suite(home: Home, selection: Selection, databases: Databases) -> Outcome:
    """The log and the outcome of installing the addon on a database without it (the template was made that way)."""
    database = databases.template(TESTS)
    env = clean_environment(
        home,
        ACCOUNT_XERO_INSTALL_LOG=str(databases.install_log(TESTS)),
        ACCOUNT_XERO_MODULES=",".join(
            databases.cluster.sql("SELECT name FROM ir_module_module WHERE state = 'installed'", database)
        ),
    )
    arguments = ["-p", "no:cacheprovider", "tools/installation"]
    return _pytest(home, "installation", arguments, selection, cwd=home.checkout, env=env, checkout=home.checkout)
