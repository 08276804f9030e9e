"""Who may import whom.

`xero_api` and `simulator` are pure Python and strangers to each other; mappers make no call; the product never
imports the
simulator. A room that is forbidden is forbidden with all that is below it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from .files import parse, python_files

OWN_NAME = "odoo.addons.account_xero."
ADDON = {"controllers", "engine", "mappers", "models", "wizard"}
CALLERS = {"requests", "urllib", "urllib3", "http", "socket", "xero_python", "xero_api.client", "xero_api.oauth"}
# Top folder of the importing file ("" for the files at the root) → what it must not import.
FORBIDDEN = {
    "xero_api": {"odoo", "simulator"},
    "simulator": {"odoo", "xero_api"},
    "mappers": CALLERS,
}
SIMULATOR_USERS = {"simulator", "tests", "tools", "benchmarks"}


def check(checkout: Path) -> list[str]:
    """Every import that crosses a line, as "path:line: what"."""
    problems = []
    for path in python_files(checkout):
        relative = path.relative_to(checkout)
        for line, name in imports(parse(path), relative):
            rule = broken_rule(relative, name)
            if rule:
                problems.append(f"{relative}:{line}: {rule}")
    return problems


def broken_rule(relative: Path, name: str) -> str:
    """The rule that the import of `name` breaks in that file; empty when none."""
    top = relative.parts[0] if len(relative.parts) > 1 else ""
    tests = "tests" in relative.parts
    forbidden = set(FORBIDDEN.get(top, ()))
    if top in ("xero_api", "simulator"):
        forbidden |= ADDON
        if tests and top == "xero_api":
            forbidden -= {"simulator"}
    if top not in SIMULATOR_USERS and not tests:
        forbidden |= {"simulator"}
    hit = next((word for word in sorted(forbidden) if name == word or name.startswith(word + ".")), "")
    return f"{top or 'the addon'} must not import {hit} ({name})" if hit else ""


def imports(tree: ast.Module, relative: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of all imports, relative ones resolved from the checkout's root, the addon's own prefix
    dropped."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, _own(alias.name)) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = _resolve(node, relative)
            yield from ((node.lineno, _own(f"{module}.{alias.name}".strip("."))) for alias in node.names)


def _resolve(node: ast.ImportFrom, relative: Path) -> str:
    if not node.level:
        return node.module or ""
    package = relative.parts[: len(relative.parts) - node.level]
    return ".".join([*package, *filter(None, [node.module])])


def _own(name: str) -> str:
    return name.removeprefix(OWN_NAME)
