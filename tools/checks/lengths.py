"""No function is longer than a screen (tests may be: they tell a scenario)."""

from __future__ import annotations

import ast
from pathlib import Path

from .files import is_test, parse, python_files

LIMIT = 60  # lines, from `def` to the last statement


def check(checkout: Path) -> list[str]:
    problems = []
    for path in python_files(checkout):
        relative = path.relative_to(checkout)
        if is_test(relative):
            continue
        for node in ast.walk(parse(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                length = node.end_lineno - node.lineno + 1
                if length > LIMIT:
                    problems.append(
                        f"{relative}:{node.lineno}: {node.name} has {length} lines, at most {LIMIT} are allowed"
                    )
    return problems
