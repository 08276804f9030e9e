"""docs/features.md and what the tests prove of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .results import Tests

FILE = Path("docs") / "features.md"
ID = r"S\d-(?:\d{2,3}|R\d)"
NAMED = rf"(?:{ID}|A6-\d{{1,2}})"  # readings may stand beside the rows that they explain
ROW = re.compile(rf"^\|\s*(?P<id>{ID})\s*\|(?P<rest>.*)\|\s*$")
PROOF = re.compile(rf"^\s*(?P<ids>{NAMED}(?:\s*(?:,|to)\s*{NAMED})*)\s*:")
RANGE = re.compile(r"(S\d-)(\d+)\s*to\s*\1(\d+)")
LINK = re.compile(r"\]\((?P<target>[^)#\s]+)")


@dataclass(frozen=True)
class Feature:
    """One row: id, what must work, kind, where it is in the product (empty until it is there)."""

    id: str
    text: str
    kind: str
    where: str

    @property
    def informative(self) -> bool:
        """A claim that needs an answer in the documentation, not code."""
        return "(info)" in self.kind


def read(checkout: Path) -> list[Feature]:
    """The rows of docs/features.md in their order."""
    features = []
    for line in (checkout / FILE).read_text().splitlines():
        match = ROW.match(line)
        if match:
            text, kind, where = (cell.strip() for cell in match["rest"].split("|"))
            features.append(Feature(match["id"], text, kind, where))
    return features


def ids_of(docstring: str) -> list[str]:
    """The features that a test's docstring begins with: "S4-24, S4-25: exports leave in order." → both ids."""
    match = PROOF.match(docstring or "")
    return re.findall(ID, RANGE.sub(_spelled_out, match["ids"])) if match else []


def _spelled_out(range_: re.Match) -> str:
    """ "S4-67 to S4-70" as its ids."""
    first, last = int(range_[2]), int(range_[3])
    return ", ".join(f"{range_[1]}{number:02}" for number in range(first, last + 1))


def proven(features: list[Feature], tests: Tests, checkout: Path) -> dict[str, bool]:
    """Feature id → whether a test that names it passed and none that names it failed; for claims, whether they are
    answered."""
    passed, failed = set(), set()
    for test in tests.values():
        named = ids_of(test["doc"])
        if test["outcome"] == "passed":
            passed.update(named)
        elif test["outcome"] == "failed":
            failed.update(named)
    return {
        feature.id: _answered(feature, checkout) if feature.informative else feature.id in passed - failed
        for feature in features
    }


def _answered(feature: Feature, checkout: Path) -> bool:
    """A claim is answered when its last column links to a page that is there."""
    targets = [match["target"] for match in LINK.finditer(feature.where)]
    return any((checkout / FILE.parent / target).exists() for target in targets)


def unknown_ids(features: list[Feature], tests: Tests) -> dict[str, list[str]]:
    """Ids that tests name but the list does not have → those tests; a slip of the pen."""
    known = {feature.id for feature in features}
    strays: dict[str, list[str]] = {}
    for node, test in tests.items():
        for name in set(ids_of(test["doc"])) - known:
            strays.setdefault(name, []).append(node)
    return strays
