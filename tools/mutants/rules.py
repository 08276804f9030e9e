"""The rules that ./run mutants switches off. A table in Python, because 3.10 reads no TOML."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """`old` must stand exactly once in `file`; `new` switches the rule off; `test` (with `keyword`, pytest's -k) has
    to fail then."""

    name: str
    why: str
    file: str
    old: str
    new: str
    test: str
    keyword: str = ""


RULES = [
    Rule(
        name="layer-check",
        why="the pure packages stay free of Odoo only while the check looks at them",
        file="tools/checks/layers.py",
        old='    "xero_api": {"odoo", "simulator"},\n',
        new="",
        test="tools/tests/test_layers.py",
    ),
]
