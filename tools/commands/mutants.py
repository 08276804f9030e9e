"""Switch named rules off one at a time, in a scratch copy, and show that a test catches each
(tools/mutants/rules.py)."""

from __future__ import annotations

from .. import mutants
from ..home import Home

HELP = "show that the tests notice when a rule is switched off"


def add_arguments(parser) -> None:
    parser.add_argument("--only", action="append", metavar="NAME", help="only this rule (may be given several times)")


def run(home: Home, options) -> int:
    """Returns 0 only when every rule was caught."""
    verdicts = mutants.check_all(home, options.only)
    mutants.show(verdicts)
    caught = sum(verdict.result == mutants.CAUGHT for verdict in verdicts)
    print(f"{caught} of {len(verdicts)} rules caught")
    return 0 if caught == len(verdicts) else 1
