"""Ruff, pylint-odoo, who may import whom, the length of functions, and words that do not belong here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from .. import addons
from ..checks import engine_names, layers, lengths, words
from ..home import MODULE, Home
from ..processes import clean_environment
from ..progress import say

HELP = "check style and structure"
PYLINT_SKIPS = {"simulator", "tools", "benchmarks", "docs", "tests"}


def add_arguments(parser) -> None:
    parser.add_argument("--fix", action="store_true", help="let ruff mend what it can first")


def run(home: Home, options) -> int:
    """Run all checks, also after one has failed; returns 0 only when none complains."""
    if options.fix:
        _ruff(home, "check", "--fix", "--quiet")
        _ruff(home, "format", "--quiet")
    checks: dict[str, Callable[[], bool]] = {
        "ruff check": lambda: _ruff(home, "check") == 0,
        "ruff format": lambda: _ruff(home, "format", "--check") == 0,
        "layers": lambda: _own(layers, home),
        "names in the engine": lambda: _own(engine_names, home),
        "length of functions": lambda: _own(lengths, home),
        "words": lambda: _own(words, home),
        "pylint-odoo": lambda: _pylint(home) == 0,
    }
    failed = [name for name, check in checks.items() if not _announced(name, check)]
    print(f"lint: {', '.join(failed)} failed" if failed else f"lint: all {len(checks)} checks passed")
    return 1 if failed else 0


def _announced(name: str, check: Callable[[], bool]) -> bool:
    passed = check()
    say(f"{'ok  ' if passed else 'FAIL'} {name}")
    return passed


def _own(module, home: Home) -> bool:
    problems = module.check(home.checkout)
    for problem in problems:
        print(problem)
    return not problems


def _ruff(home: Home, *arguments: str) -> int:
    env = clean_environment(home, RUFF_CACHE_DIR=str(home.root / "ruff"))
    return subprocess.call([sys.executable, "-m", "ruff", *arguments, ".", "run"], cwd=home.checkout, env=env)


def _pylint(home: Home) -> int:
    """Through the link, because pylint-odoo takes the folder's name for the module's."""
    links = addons.link(home)
    files = [str(path) for path in _addon_files(links / MODULE)]
    for bridge in addons.bridges(home.checkout):
        files += [str(path) for path in (links / bridge.name).rglob("*.py")]
    env = clean_environment(home, PYLINTHOME=str(home.root / "pylint"))
    command = [sys.executable, "-m", "pylint", f"--rcfile={home.checkout / '.pylintrc'}", "--jobs=2", *files]
    return subprocess.call(command, cwd=links, env=env)


def _addon_files(root: Path) -> list[Path]:
    found = []
    for folder, names, files in os.walk(root):
        here = Path(folder)
        names[:] = sorted(
            name
            for name in names
            if not name.startswith(".") and name != "bridges" and not (here == root and name in PYLINT_SKIPS)
        )
        found += [here / name for name in sorted(files) if name.endswith(".py") and "tests" not in here.parts]
    return found
