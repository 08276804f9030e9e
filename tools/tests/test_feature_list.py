from pathlib import Path

import pytest

from tools import feature_list, results
from tools.feature_list import Feature

CHECKOUT = Path(__file__).resolve().parents[2]


def test_the_list_is_whole():
    features = feature_list.read(CHECKOUT)
    ids = [feature.id for feature in features]
    details = [name for name in ids if "-R" in name]
    assert (len(ids) - len(details), len(details)) == (295, 13)
    assert len(ids) == len(set(ids))
    assert all(feature.text and feature.kind for feature in features)


@pytest.mark.parametrize(
    ("doc", "ids"),
    [
        ("S4-24: exports leave in order.", ["S4-24"]),
        ("S4-24, S4-25: both.", ["S4-24", "S4-25"]),
        ("\n    S2-08: on the next line.", ["S2-08"]),
        ("Exports leave in order (S4-24).", []),
        ("S4-100: three digits.", ["S4-100"]),
        ("S3-R7, S2-29: a detail.", ["S3-R7", "S2-29"]),
        ("S3-R6, A6-19: with the reading.", ["S3-R6"]),
        ("A6-18: a reading alone.", []),
        ("S4-67 to S4-70: a range.", ["S4-67", "S4-68", "S4-69", "S4-70"]),
        ("S4-24 without a colon", []),
        ("", []),
        (None, []),
    ],
)
def test_ids_at_the_beginning_of_a_docstring(doc, ids):
    assert feature_list.ids_of(doc) == ids


def test_proven_means_passed_and_nowhere_failed(tmp_path):
    features = [Feature(name, "text", "RULE", "") for name in ("S1-01", "S1-02", "S1-03", "S1-04")]
    tests = {
        "a": {"doc": "S1-01: x", "outcome": "passed"},
        "b": {"doc": "S1-02, S1-03: x", "outcome": "passed"},
        "c": {"doc": "S1-03: x", "outcome": "failed"},
        "d": {"doc": "S1-04: x", "outcome": "skipped"},
        "e": {"doc": "S9-99: x", "outcome": "passed"},
    }
    assert feature_list.proven(features, tests, tmp_path) == {
        "S1-01": True,
        "S1-02": True,
        "S1-03": False,
        "S1-04": False,
    }
    assert feature_list.unknown_ids(features, tests) == {"S9-99": ["e"]}


def test_a_claim_is_answered_by_a_page_that_is_there(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "operations.md").touch()
    rows = [
        Feature("S1-01", "claim", "DOC (info)", "[operations](operations.md#limits)"),
        Feature("S1-02", "claim", "DOC (info)", "[gone](gone.md)"),
        Feature("S1-03", "claim", "DOC (info)", ""),
    ]
    assert feature_list.proven(rows, {}, tmp_path) == {"S1-01": True, "S1-02": False, "S1-03": False}


def test_summary_counts_like_pytest():
    tests = {"a": {"outcome": "passed"}, "b": {"outcome": "passed"}, "c": {"outcome": "skipped"}}
    assert results.summary(tests, 95.1) == "2 passed, 1 skipped in 95.10s"
    assert results.summary(tests | {"d": {"outcome": "failed"}}, 1) == "1 failed, 2 passed, 1 skipped in 1.00s"
    assert results.summary({}, 1) == "no tests ran in 1.00s"


def test_a_partial_run_keeps_the_other_results(tmp_path):
    path = tmp_path / "own" / "results.json"
    results.keep(path, {"a": {"outcome": "passed"}, "b": {"outcome": "passed"}}, whole=True)
    results.keep(path, {"b": {"outcome": "failed"}}, whole=False)
    assert results.read(path) == {"a": {"outcome": "passed"}, "b": {"outcome": "failed"}}
    results.keep(path, {"b": {"outcome": "passed"}}, whole=True)
    assert results.read(path) == {"b": {"outcome": "passed"}}


def test_skipped_browser_tests_are_found():
    tests = {
        "a": {"outcome": "skipped", "reason": "Skipped: Chrome executable not found"},
        "b": {"outcome": "skipped", "reason": "Skipped: websocket-client module is not installed"},
        "c": {"outcome": "skipped", "reason": "Skipped: no payroll"},
        "d": {"outcome": "passed"},
    }
    assert results.skipped_browser_tests(tests) == ["a", "b"]
