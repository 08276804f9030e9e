"""What the checkout holds for Odoo: the addon, its bridges, their manifests, and the links that make Odoo find them."""

from __future__ import annotations

import ast
import hashlib
import os
from pathlib import Path

from .home import MODULE, Home

# Folders of the checkout that leave no trace in a database.
OUTSIDE = {"tests", "simulator", "xero_api", "tools", "benchmarks", "docs"}
COUNTED = {".py", ".xml", ".csv", ".sql", ".js", ".css", ".scss", ".po", ".pot"}


def bridges(checkout: Path) -> list[Path]:
    """The bridge addons, each a folder below bridges/ with a manifest."""
    return sorted(path.parent for path in checkout.glob("bridges/*/__manifest__.py"))


def manifest(folder: Path) -> dict:
    return ast.literal_eval((folder / "__manifest__.py").read_text())


def dependencies(checkout: Path) -> set[str]:
    """Odoo's own modules that the addon and its bridges need."""
    folders = [checkout, *bridges(checkout)]
    own = {MODULE, *(path.name for path in folders[1:])}
    return {name for folder in folders for name in manifest(folder)["depends"]} - own


def link(home: Home) -> Path:
    """Make the addons folder `links`: one link for the checkout and one for each bridge; stale ones go."""
    home.links.mkdir(parents=True, exist_ok=True)
    wanted = {MODULE: home.checkout, **{path.name: path for path in bridges(home.checkout)}}
    for entry in home.links.iterdir():
        if entry.is_symlink() and wanted.get(entry.name) != Path(os.readlink(entry)):
            entry.unlink()
    for name, target in wanted.items():
        if not (home.links / name).is_symlink():
            (home.links / name).symlink_to(target)
    return home.links


def fingerprint(checkout: Path) -> str:
    """Changes when a file changes that installing the addon or its bridges reads into a database."""
    digest = hashlib.sha256()
    for path in _installed_files(checkout):
        digest.update(f"{path.relative_to(checkout)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _installed_files(checkout: Path) -> list[Path]:
    found = []
    for folder, names, files in os.walk(checkout):
        here = Path(folder).relative_to(checkout).parts
        names[:] = sorted(name for name in names if not name.startswith((".", "__")) and not _outside(here, name))
        found += [Path(folder, name) for name in sorted(files) if Path(name).suffix in COUNTED]
    return found


def _outside(here: tuple[str, ...], name: str) -> bool:
    """At the root all of OUTSIDE, deeper only tests (a bridge may well have a folder named docs or tools)."""
    return name == "tests" or (not here and name in OUTSIDE)
