"""Waiting: how long after a failure (`retry`), and when the next call fits Xero's limits (`ratelimit`)."""

from datetime import datetime, timedelta, timezone

import pytest

from xero_api import retry
from xero_api.answers import Remaining
from xero_api.outcomes import RetryLater
from xero_api.ratelimit import Budget

NOW = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


def test_what_xero_asks_for_is_obeyed_as_it_is():
    assert retry.delay(1, 26.0) == 26.0
    assert retry.delay(9, 0.0) == 0.0
    assert retry.delay(1, 86400.0) == 86400.0


def test_waits_double_up_to_a_quarter_of_an_hour():
    longest = [retry.delay(attempt, jitter=lambda: 1.0) for attempt in range(1, 12)]
    assert longest[:4] == [5.0, 10.0, 20.0, 40.0]
    assert max(longest) == longest[-1] == 900.0
    assert retry.delay(10**6, jitter=lambda: 1.0) == 900.0


@pytest.mark.parametrize("attempt", [0, 1, 5, 40])
def test_chance_moves_only_the_upper_half(attempt):
    assert retry.delay(attempt, jitter=lambda: 0.0) == retry.delay(attempt, jitter=lambda: 1.0) / 2 > 0


def test_a_budget_that_nobody_told_anything_about_lets_calls_go():
    assert Budget().wait(NOW) == 0.0


def test_a_used_up_minute_waits_for_its_end():
    budget = Budget().told(Remaining(minute=0, day=900), NOW)
    assert budget.wait(NOW + timedelta(seconds=20)) == 40.0
    assert budget.wait(NOW + timedelta(seconds=61)) == 0.0


def test_calls_on_their_way_are_counted_before_they_are_answered():
    budget = Budget().told(Remaining(minute=3, day=900), NOW).spent(3)
    assert (budget.minute, budget.day) == (0, 897)
    assert budget.wait(NOW) == 60.0
    assert budget.spent(5).minute == 0


def test_retry_after_stands_above_all():
    budget = (
        Budget().told(Remaining(minute=50, day=900), NOW).refused(RetryLater("day", after=7200.0, limit="day"), NOW)
    )
    assert budget.wait(NOW) == 7200.0
    assert budget.wait(NOW + timedelta(hours=3)) == 0.0


def test_the_next_answer_lifts_the_wait():
    budget = Budget().refused(RetryLater("minute", after=30.0), NOW).told(Remaining(minute=59), NOW)
    assert budget.wait(NOW) == 0.0


def test_the_last_calls_of_a_day_are_kept_for_the_urgent():
    budget = Budget().told(Remaining(minute=60, day=40), NOW)
    assert budget.wait(NOW) == 0.0
    assert budget.wait(NOW, keep_day=50) == 3600.0


def test_a_used_up_day_is_tried_once_an_hour():
    budget = Budget().told(Remaining(minute=60, day=0), NOW)
    assert budget.wait(NOW) == 3600.0
    assert budget.wait(NOW + timedelta(hours=1)) == 0.0


def test_what_an_answer_does_not_tell_stays_known():
    budget = Budget().told(Remaining(minute=10, day=500, app=9000), NOW).told(Remaining(minute=9), NOW)
    assert (budget.minute, budget.day, budget.app) == (9, 500, 9000)
    assert Budget().refused(RetryLater("no time named"), NOW) == Budget()
