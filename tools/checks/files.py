"""The files that the checks look at."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

TEXT = {
    ".py",
    ".xml",
    ".csv",
    ".js",
    ".scss",
    ".css",
    ".html",
    ".md",
    ".toml",
    ".ini",
    ".cfg",
    ".yaml",
    ".yml",
    ".json",
    ".txt",
    ".sql",
    ".sh",
    ".svg",
    "",
}


def walk(checkout: Path) -> Iterator[Path]:
    """All files of the checkout but those of git, caches, byte code and what building the simulator leaves behind."""
    for folder, names, files in os.walk(checkout):
        names[:] = sorted(
            name
            for name in names
            if name not in ("__pycache__", ".git", ".venv", ".hypothesis", "node_modules", "build")
            and not name.endswith(("_cache", ".egg-info"))
        )
        yield from (Path(folder, name) for name in sorted(files) if not Path(folder, name).is_symlink())


def python_files(checkout: Path) -> Iterator[Path]:
    yield from (path for path in walk(checkout) if path.suffix == ".py" or path == checkout / "run")


def text_files(checkout: Path) -> Iterator[Path]:
    yield from (path for path in walk(checkout) if path.suffix in TEXT)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def is_test(relative: Path) -> bool:
    return "tests" in relative.parts
