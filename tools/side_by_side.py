"""All tests in several processes, Odoo's each on a database of its own, because one core is not the whole machine."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from .databases import TESTS, Databases
from .home import Home
from .odoo import Odoo
from .progress import say
from .suites import OdooSuite, Outcome, PlainSuite, Selection

PROCESSES = 2
# Files of tests that one process takes at a time: starting Odoo costs seconds.
FILES = 5
# Begun first, so that no process waits long for the other at the end.
LONGEST = ("tests/test_faults.py",)


@dataclass(frozen=True)
class Job:
    """A part of a suite, with a name of its own for what it writes."""

    suite: OdooSuite | PlainSuite
    selection: Selection

    def run(self, home: Home, odoo: Odoo, database: str) -> Outcome:
        needs = {"odoo": odoo, "database": database} if isinstance(self.suite, OdooSuite) else {}
        return self.suite.run(home, self.selection, **needs)


def side_by_side(home: Home, suites: list, odoo: Odoo, databases: Databases) -> Iterator[tuple[str, Outcome]]:
    """Run the suites in parts; gives each part's name and outcome, and prints what pytest said of it.

    :param suites: pairs of suite and selection
    """
    jobs, lock = deque(_jobs(home, suites)), threading.Lock()

    def work(number: int) -> list[tuple[str, Outcome]]:
        database, outcomes = databases.for_run(TESTS, f"test{number}"), []
        try:
            while job := _next(jobs, lock):
                outcome = job.run(home, odoo, database)
                outcomes.append((job.suite.name, outcome))
                with lock:
                    say(f"\n=== {job.suite.name} ===")
                    say(job.selection.log.read_text(errors="replace"))
        finally:
            databases.drop(database)
        return outcomes

    with ThreadPoolExecutor(PROCESSES) as pool:
        for outcomes in pool.map(work, range(PROCESSES)):
            yield from outcomes


def _next(jobs: deque, lock: threading.Lock) -> Job | None:
    with lock:
        return jobs.popleft() if jobs else None


def _jobs(home: Home, suites: list) -> Iterator[Job]:
    for suite, selection in suites:
        for name, nodes in _parts(home.checkout, suite):
            log = home.logs / f"tests-{name}.log"
            yield Job(replace(suite, name=name), replace(selection, nodes=nodes, log=log))


def _parts(checkout: Path, suite: OdooSuite | PlainSuite) -> list[tuple[str, tuple[str, ...]]]:
    """``(name, test files)`` of each part; a suite without Odoo is one part, with all of its files."""
    if isinstance(suite, PlainSuite):
        return [(suite.name, ())]
    files = sorted(str(path.relative_to(checkout)) for path in (checkout / suite.folder / "tests").glob("test_*.py"))
    long = [file for file in files if file in LONGEST]
    rest = [file for file in files if file not in LONGEST]
    parts = [*((file,) for file in long), *(tuple(rest[n : n + FILES]) for n in range(0, len(rest), FILES))]
    return [(f"{suite.name}-{number}", files) for number, files in enumerate(parts, start=1)]
