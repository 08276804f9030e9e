"""Run all tests: the simulator's, the pure Python ones, the tools', Odoo's with the browser tours, the bridges'."""

from __future__ import annotations

import time

from .. import chromium, environment, mutants, results
from ..databases import TESTS, Databases
from ..home import Home
from ..progress import say
from ..results import Tests
from ..side_by_side import side_by_side
from ..suites import NO_TESTS, Outcome, Selection, installation_suite, odoo_suites, plain_suites
from ..trouble import Trouble

HELP = "run the tests; the last line is pytest's own count"
INSTALLATION = "tools/installation"
MUTANTS = "tools/mutants"


def add_arguments(parser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="only these: a folder, file or node id, e.g. tests/test_connect.py::TestConnect",
    )
    parser.add_argument("-k", dest="keyword", default="", help="only tests matching this pytest expression")
    parser.add_argument("-x", dest="first", action="store_true", help="stop a suite at its first failure")
    parser.add_argument("-v", dest="verbose", action="store_true", help="one line per test")
    parser.add_argument(
        "--no-mutants", action="store_true", help="leave out the check that tests catch the switched-off rules"
    )


class Run:
    """One run of ./run test: which suites take part, and what they said."""

    def __init__(self, home: Home, options):
        self.home = home
        self.paths = [path.removeprefix(f"{home.checkout}/").removeprefix("./").rstrip("/") for path in options.paths]
        self.keyword = options.keyword
        self.options = ("-x",) * options.first + ("-v",) * options.verbose
        self.mutants = not options.no_mutants
        self.tests: Tests = {}
        self.complaints: list[str] = []

    @property
    def whole(self) -> bool:
        return not self.paths and not self.keyword

    def selection(self, takes) -> Selection | None:
        """What this run wants of a suite; None when nothing."""
        nodes = tuple(path for path in self.paths if takes(path))
        return Selection(nodes, self.keyword, self.options) if nodes or not self.paths else None

    def add(self, name: str, outcome: Outcome, *, may_be_empty: bool = False) -> None:
        self.tests |= outcome.tests
        if outcome.status == NO_TESTS:
            if not (may_be_empty or self.keyword):
                self.complaints.append(f"{name}: no test was collected")
        elif outcome.status:
            self.complaints.append(f"{name}: pytest ended with status {outcome.status}")

    def plain(self) -> None:
        """In a run of all tests these go beside Odoo's; see `_odoo_suites`."""
        if self.whole:
            return
        for suite in plain_suites():
            selection = self.selection(
                lambda path, suite=suite: suite.takes(path) and not path.startswith((INSTALLATION, MUTANTS))
            )
            if selection and suite.present(self.home.checkout):
                say(f"\n=== {suite.name} ===")
                self.add(suite.name, suite.run(self.home, selection))
            elif selection:
                self.complaints.append(f"{suite.name}: there is no test")

    def with_odoo(self) -> None:
        suites = [(suite, self.selection(suite.takes)) for suite in odoo_suites(self.home.checkout)]
        suites = [
            (suite, selection)
            for suite, selection in suites
            if selection and (suite.present(self.home.checkout) or selection.nodes)
        ]
        installation = self.selection(lambda path: path == INSTALLATION or path.startswith(INSTALLATION + "/"))
        if not suites and not installation:
            return
        odoo = environment.ensure_odoo(self.home)
        databases = Databases(odoo)
        if installation:
            databases.template(TESTS)
            say("\n=== installation ===")
            self.add("installation", installation_suite(self.home, installation, databases))
        if suites:
            self._odoo_suites(suites, odoo, databases)

    def _odoo_suites(self, suites, odoo, databases: Databases) -> None:
        chromium.ensure(self.home)
        if self.whole:
            plain = [(suite, Selection(options=self.options)) for suite in plain_suites()]
            for name, outcome in side_by_side(self.home, [*plain, *suites], odoo, databases):
                self.add(name, outcome)
            return
        database = databases.for_run(TESTS, "test")
        try:
            for suite, selection in suites:
                say(f"\n=== {suite.name} ===")
                self.add(suite.name, suite.run(self.home, selection, odoo=odoo, database=database))
        finally:
            databases.drop(database)

    def rules(self) -> None:
        """The switched-off rules count as tests of the tests; in a run of some paths only when named."""
        if MUTANTS in self.paths or (self.whole and self.mutants):
            say("\n=== mutants ===")
            passed = all(test["outcome"] != "failed" for test in self.tests.values())
            verdicts = mutants.check_all(self.home, sound=self.whole and passed and not self.complaints)
            self.tests |= mutants.as_tests(verdicts)
            mutants.show(verdicts)

    def judge(self) -> None:
        skipped = results.skipped_browser_tests(self.tests)
        if skipped and chromium.required():
            self.complaints.append(f"{len(skipped)} browser tests were skipped, e.g. {skipped[0]}: {chromium.REMEDY}")
        if not self.tests:
            self.complaints.append("nothing matched")
        failed = [node for node, test in self.tests.items() if test["outcome"] == "failed"]
        if failed:
            self.complaints.append("failed: " + "\n  ".join(failed))


def run(home: Home, options) -> int:
    """Run the suites; returns 0 only when every test passed and none was left out that had to run."""
    started = time.monotonic()
    this = Run(home, options)
    for part in (this.plain, this.with_odoo, this.rules):
        try:
            part()
        except Trouble as trouble:
            this.complaints.append(str(trouble))
    this.judge()
    results.keep(home.results, this.tests, whole=this.whole)
    say("")
    for complaint in this.complaints:
        say(f"! {complaint}")
    print(results.summary(this.tests, time.monotonic() - started), flush=True)
    return 1 if this.complaints else 0
