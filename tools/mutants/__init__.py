"""Switch named rules off, one at a time in a scratch copy of the checkout, and see whether a test catches each."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from .. import addons, environment
from ..databases import TESTS, Databases
from ..home import MODULE, Home
from ..odoo import Odoo
from ..processes import clean_environment
from ..progress import say
from ..results import Tests
from ..suites import OdooSuite, Outcome, Selection, odoo_suites, plain_suites
from ..trouble import Trouble
from .rules import RULES, Rule

LANES = 2  # rules tried at a time, each lane with a scratch copy and a database of its own
FAILED = 1  # pytest: tests ran and some failed. Any other status (collection error, nothing collected) catches nothing.
CAUGHT, SURVIVED, BROKEN = "caught", "SURVIVED", "BROKEN"


@dataclass(frozen=True)
class Verdict:
    """One rule's result: caught, SURVIVED (the test passes without the rule) or BROKEN (the rule cannot be tried)."""

    rule: Rule
    result: str
    seconds: float = 0.0
    reason: str = ""


def check_all(home: Home, names: list[str] | None = None, *, sound: bool = False) -> list[Verdict]:
    """Try every rule, or those named; first all their tests with nothing switched off.

    :param sound: the tests have just passed as a whole, so they need not be run with nothing switched off
    """
    unknown = set(names or ()) - {rule.name for rule in RULES}
    if unknown:
        raise Trouble(
            f"There is no rule named {', '.join(sorted(unknown))}",
            f"known are: {', '.join(rule.name for rule in RULES)}",
        )
    rules = [rule for rule in RULES if not names or rule.name in names]

    def lane(number: int) -> list[Verdict]:
        mine = rules[number::LANES]
        with _Workshop(home, mine, sound, number) as workshop:
            return [workshop.try_rule(rule) for rule in mine]

    with ThreadPoolExecutor(LANES) as pool:
        verdicts = [verdict for found in pool.map(lane, range(LANES)) for verdict in found]
    return sorted(verdicts, key=lambda verdict: rules.index(verdict.rule))


def as_tests(verdicts: list[Verdict]) -> Tests:
    """The verdicts as test results, for the count of ./run test."""
    return {
        f"tools/mutants::{verdict.rule.name}": {
            "doc": "",
            "outcome": "passed" if verdict.result == CAUGHT else "failed",
            "seconds": verdict.seconds,
            "reason": verdict.reason,
        }
        for verdict in verdicts
    }


def show(verdicts: list[Verdict]) -> None:
    width = max([len(verdict.rule.name) for verdict in verdicts], default=0)
    for verdict in verdicts:
        say(
            f"  {verdict.rule.name:<{width}}  {verdict.result:<9} {verdict.seconds:5.1f} s"
            f"  {verdict.reason or verdict.rule.why}"
        )


class _Workshop:
    """Scratch copies, and one clone of the tests' database for the rules whose test needs Odoo (tests roll back)."""

    def __init__(self, home: Home, rules: list[Rule], sound: bool, lane: int):
        self.home = home
        self.lane = lane
        self.folder = home.folder("checkouts", home.key, f"mutants-{os.getpid()}-{lane}")
        self.scratch = self.folder / "checkout"
        self.rules = rules
        self.odoo: Odoo | None = None
        self.databases: Databases | None = None
        self.database = ""
        self.all_sound = sound
        self.sound: dict[str, bool] = {}

    def __enter__(self) -> _Workshop:
        if any(isinstance(self._suite(rule), OdooSuite) for rule in self.rules):
            self.odoo = environment.ensure_odoo(self.home)
            self.databases = Databases(self.odoo)
            self.database = self.databases.for_run(TESTS, f"mutants{self.lane}")
        return self

    def __exit__(self, *_) -> None:
        if self.database:
            self.databases.drop(self.database)
        shutil.rmtree(self.folder, ignore_errors=True)

    def try_rule(self, rule: Rule) -> Verdict:
        started = time.monotonic()
        self._copy()
        path = self.scratch / rule.file
        text = path.read_text() if path.exists() else ""
        if text.count(rule.old) != 1:
            found = "not found" if rule.old not in text else "found more than once"
            return Verdict(rule, BROKEN, reason=f"{rule.file}: the text to replace was {found}")
        if not self._sound(rule):
            return Verdict(rule, BROKEN, time.monotonic() - started, f"{rule.test} does not pass anyway")
        path.write_text(text.replace(rule.old, rule.new))
        status = self._run(rule).status
        result = CAUGHT if status == FAILED else SURVIVED if status == 0 else BROKEN
        reason = f"pytest ended with status {status}, see {self._log(rule)}" if result == BROKEN else ""
        return Verdict(rule, result, time.monotonic() - started, reason)

    def _sound(self, rule: Rule) -> bool:
        """Whether the rule's test passes on the untouched copy; a test that always fails would seem to catch
        everything."""
        if self.all_sound:
            return True
        key = f"{rule.test} {rule.keyword}"
        if key not in self.sound:
            self.sound[key] = self._run(rule).status == 0
        return self.sound[key]

    def _log(self, rule: Rule) -> Path:
        return self.home.logs / f"mutant-{rule.name}.log"

    def _suite(self, rule: Rule):
        suites = [*plain_suites(), *odoo_suites(self.home.checkout)]
        found = next((suite for suite in suites if suite.takes(rule.test)), None)
        if found is None:
            raise Trouble(
                f"Rule {rule.name}: {rule.test} belongs to no suite",
                "name a test below tests/, simulator/tests/, xero_api/tests/ …",
            )
        return found

    def _run(self, rule: Rule) -> Outcome:
        suite, selection = self._suite(rule), Selection((rule.test,), rule.keyword, ("-x",), self._log(rule))
        suite = replace(suite, name=f"mutant-{rule.name}")
        if not isinstance(suite, OdooSuite):
            return suite.run(self.home, selection, checkout=self.scratch)
        return suite.run(
            self.home, selection, odoo=self.odoo, database=self.database, checkout=self.scratch, links=self._links()
        )

    def _links(self) -> Path:
        links = self.folder / "links"
        links.mkdir(exist_ok=True)
        for name, target in {
            MODULE: self.scratch,
            **{path.name: path for path in addons.bridges(self.scratch)},
        }.items():
            if not (links / name).is_symlink():
                (links / name).symlink_to(target)
        return links

    def _copy(self) -> None:
        """A copy of the files that git knows or would take, with their times (asset bundles are named by them)."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        for name in _files(self.home):
            target = self.scratch / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.home.checkout / name, target)


def _files(home: Home) -> list[str]:
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if shutil.which("git") and (home.checkout / ".git").exists():
        listed = subprocess.check_output(command, cwd=home.checkout, env=clean_environment(home), text=True).split("\0")
    else:
        listed = [
            str(path.relative_to(home.checkout)) for path in home.checkout.rglob("*") if "__pycache__" not in path.parts
        ]
    return [name for name in listed if name and (home.checkout / name).is_file()]
