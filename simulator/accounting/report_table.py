"""The declared table of reports: name in a path, lower case → (context, query string) → report."""

from collections.abc import Callable

from .aged import AGED
from .reports import trial_balance
from .statements import STATEMENTS

REPORTS: dict[str, Callable] = {"trialbalance": trial_balance, **STATEMENTS, **AGED}
