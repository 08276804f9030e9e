"""What the tests said: gathered per run, kept in the home for ./run features."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

# One test: {"doc": docstring, "outcome": "passed" | "failed" | "skipped", "seconds": x, "reason": why it was skipped}
Tests = dict[str, dict]


def read(path: Path) -> Tests:
    """The tests of one results file; none when there is no such file."""
    return json.loads(path.read_text()) if path.exists() else {}


def keep(path: Path, tests: Tests, *, whole: bool) -> None:
    """Store the last results. A run of some tests replaces only those; a whole run forgets tests that are gone."""
    kept = {} if whole else read(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept | tests, indent=1, sort_keys=True))


def summary(tests: Tests, seconds: float) -> str:
    """The count in pytest's own words, e.g. "1 failed, 123 passed, 2 skipped in 95.10s"."""
    counts = Counter(test["outcome"] for test in tests.values())
    parts = [f"{counts[name]} {name}" for name in ("failed", "passed", "skipped") if counts[name]]
    return f"{', '.join(parts) or 'no tests ran'} in {seconds:.2f}s"


def skipped_browser_tests(tests: Tests) -> list[str]:
    """Tests that were skipped because the browser or its client library is missing."""
    words = ("chrom", "websocket", "browser")
    return [
        node
        for node, test in tests.items()
        if test["outcome"] == "skipped" and any(word in test.get("reason", "").lower() for word in words)
    ]
