"""Template databases and their clones.

A base template holds Odoo's own modules and is shared by all checkouts; an addon template is a clone of it in which the
checkout's addon was installed. What a template was made from stands in the database's own comment, so that a
half-made one
is never taken for a whole.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import addons
from .home import MODULE, short_hash
from .locks import lock
from .odoo import Odoo
from .processes import alive, tail
from .progress import step
from .trouble import Trouble

SCRIPTS = Path(__file__).parent / "odoo_scripts"
PREWARM = SCRIPTS / "prewarm.py"


RECIPE = 3  # raised when base templates are built in another way, so that old ones are not taken


@dataclass(frozen=True)
class Kind:
    """A sort of template: which modules beyond those that the manifests name, whether with Odoo's demo data, and what
    its base is given besides."""

    name: str
    modules: tuple[str, ...]
    demo: bool
    script: Path | None = None


TESTS = Kind(
    "tests",
    ("l10n_nz", "sale_stock", "sale_management", "stock_landed_costs"),
    demo=False,
    script=SCRIPTS / "test_company.py",
)
DEMO_AU = Kind("demo_au", ("l10n_au", "sale_stock", "sale_management", "contacts"), demo=True)
DEMO = Kind("demo", ("l10n_nz", "sale_stock", "sale_management", "contacts"), demo=True)


class Databases:
    """The databases of one home's cluster, as one checkout sees them."""

    def __init__(self, odoo: Odoo):
        self.odoo = odoo
        self.home = odoo.home
        self.cluster = odoo.cluster

    # --- single databases -------------------------------------------------------------------------------------------

    def mark(self, name: str) -> str | None:
        """The comment of a database: what it was made from. None when there is no such database, "" when it is
        unfinished."""
        rows = self.cluster.sql(
            f"SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = '{name}'"
        )
        return rows[0] if rows else None

    def set_mark(self, name: str, mark: str) -> None:
        self.cluster.sql(f"COMMENT ON DATABASE \"{name}\" IS '{mark}'")

    def drop(self, name: str) -> None:
        self.cluster.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self._filestore(name), ignore_errors=True)

    def clone(self, source: str, target: str) -> str:
        """Copy a database with its files; a database of that name is replaced."""
        self.drop(target)
        with lock(self.home, f"clone-{source}"):  # PostgreSQL refuses a source that somebody is connected to
            self.cluster.sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        if self._filestore(source).exists():
            shutil.copytree(self._filestore(source), self._filestore(target), copy_function=_hardlink)
        return target

    def rename(self, source: str, target: str) -> None:
        self.drop(target)
        self.cluster.sql(f'ALTER DATABASE "{source}" RENAME TO "{target}"')
        if self._filestore(source).exists():
            self._filestore(source).rename(self._filestore(target))

    def _filestore(self, name: str) -> Path:
        return self.home.data / "filestore" / name

    def names(self, prefix: str) -> list[str]:
        return [
            name for name in self.cluster.sql("SELECT datname FROM pg_database ORDER BY 1") if name.startswith(prefix)
        ]

    # --- templates --------------------------------------------------------------------------------------------------

    def base(self, kind: Kind) -> str:
        """The template with Odoo's own modules; built once per list of modules and version of Odoo."""
        modules = ",".join(sorted({*kind.modules, *addons.dependencies(self.home.checkout)}))
        source = self.odoo.source
        recipe = f"{RECIPE} {modules} {kind.demo} {source.identity} {source.python_path}"
        name = f"ax_base_{kind.name}_{short_hash(recipe)}"
        with lock(self.home, name):
            if not self.mark(name):
                with step(
                    f"Building the base database {kind.name}: Odoo with {modules}"
                    f"{' and demo data' if kind.demo else ''} (1 to 2 minutes)"
                ):
                    self._build(name, ["-i", modules, *self._demo(kind)], script=kind.script)
        return name

    def template(self, kind: Kind) -> str:
        """The template with this checkout's addon and bridges; rebuilt from the base when their files have changed."""
        base = self.base(kind)
        name = self.home.database(f"{kind.name}_template")
        mark = f"{addons.fingerprint(self.home.checkout)} on {base}"
        with lock(self.home, name):
            if self.mark(name) != mark:
                with step(f"Installing the addon into the {kind.name} database"):
                    self._build(name, ["-i", MODULE, *self._demo(kind)], source=base, mark=mark)
        return name

    def install_log(self, kind: Kind) -> Path:
        """The log of installing the addon into the template of that kind."""
        return self.home.logs / f"build-{self.home.database(f'{kind.name}_template')}.log"

    @staticmethod
    def _demo(kind: Kind) -> list[str]:
        return ["--with-demo"] if kind.demo else []

    def _build(
        self,
        name: str,
        arguments: list[str],
        *,
        source: str | None = None,
        mark: str = "ready",
        script: Path | None = None,
    ) -> None:
        """Build under another name and take the name at the end, so that an interruption leaves no half template."""
        building = f"{name}_building"
        log = self.home.logs / f"build-{name}.log"
        self.clone(source, building) if source else self.drop(building)
        self.odoo.run(building, *arguments, log=log, addon=source is not None)
        missing = self.cluster.sql(
            "SELECT name FROM ir_module_module WHERE state IN ('to install', 'to upgrade')", building
        )
        if missing:
            raise Trouble(
                f"Odoo left modules uninstalled: {', '.join(missing)}\n{tail(log)}", f"read the whole log: {log}"
            )
        for one in filter(None, (PREWARM, script)):
            self.odoo.shell(building, one)
        self.cluster.sql("VACUUM ANALYZE", building)
        self.rename(building, name)
        self.set_mark(name, mark)

    def kept(self, kind: Kind, purpose: str, *, fresh: bool = False) -> str:
        """A clone that stays between runs; made when it is not there, updated when the addon's files have changed."""
        name = self.home.database(purpose)
        mark = addons.fingerprint(self.home.checkout)
        known = self.mark(name)
        if fresh or not known:
            self.clone(self.template(kind), name)
        elif known != mark:
            with step(f"Updating the addon in {name}"):
                self.odoo.run(name, "-u", MODULE, log=self.home.logs / f"update-{name}.log")
        self.set_mark(name, mark)
        return name

    # --- clones of a run --------------------------------------------------------------------------------------------

    def for_run(self, kind: Kind, purpose: str) -> str:
        """A clone for this process alone; those of processes that are gone are removed on the way."""
        self.drop_abandoned()
        return self.clone(self.template(kind), self.home.database(f"run_{purpose}_{os.getpid()}"))

    def drop_abandoned(self) -> None:
        for name in self.names(self.home.database("run_")):
            match = re.search(r"_(\d+)$", name)
            if match and not alive(int(match[1])):
                self.drop(name)

    def drop_own(self) -> None:
        """All databases of this checkout."""
        for name in self.names(self.home.database("")):
            self.drop(name)


def _hardlink(source: str, target: str) -> str:
    """Filestore files are never changed in place, so a clone may share them."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
