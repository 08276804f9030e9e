"""Waiting: how long after a failure (`retry`), and when the next call fits Xero's limits (`ratelimit`)."""

import pytest

from xero_api import retry
from xero_api.answers import Remaining
from xero_api.ratelimit import KEEP_MINUTE, MINUTE_LIMIT, WINDOW, Pace, seconds_for

NOW = 1_800_000_000.0


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


def test_a_pace_that_knows_nothing_lets_calls_go():
    assert not Pace().delay(NOW)


def test_no_minute_holds_more_than_its_calls_whatever_window_xero_counts():
    pace, now, sent = Pace(), NOW, []
    while now < NOW + 300:
        delay = pace.delay(now)
        if delay:
            assert delay.limit == "minute"
            now += delay.seconds
        else:
            pace, sent = pace.taken(now), [*sent, now]
            now += 0.5
    assert all(sum(start <= moment < start + 60 for moment in sent) <= MINUTE_LIMIT - KEEP_MINUTE for start in sent)
    # Five minutes use at least 95% of what they allow.
    assert len(sent) >= 0.95 * 5 * MINUTE_LIMIT


def test_a_person_may_use_the_calls_that_the_worker_leaves():
    pace = Pace()
    for _n in range(MINUTE_LIMIT - KEEP_MINUTE):
        pace = pace.taken(NOW)
    assert pace.delay(NOW)
    assert not pace.delay(NOW, keep_minute=0)


def test_the_calls_of_others_show_in_what_xero_says_is_left():
    pace = Pace().taken(NOW).told(Remaining(minute=KEEP_MINUTE, day=900), NOW)
    assert pace.delay(NOW + 10).seconds == pytest.approx(WINDOW - 10)
    assert not pace.delay(NOW + WINDOW)


def test_calls_on_their_way_are_counted_before_they_are_answered():
    pace = Pace().taken(NOW).told(Remaining(minute=4, day=900), NOW)
    assert not pace.taken(NOW + 1).delay(NOW + 1)
    assert pace.taken(NOW + 1).taken(NOW + 2).delay(NOW + 2).limit == "minute"


def test_a_new_minute_begins_where_more_is_left_than_before():
    pace = Pace().told(Remaining(minute=2), NOW).told(Remaining(minute=59), NOW + 30)
    assert pace.minute_since == NOW + 30
    assert not pace.delay(NOW + 31)


def test_an_answer_that_comes_late_does_not_undo_a_younger_one():
    pace = Pace().told(Remaining(minute=10, day=500), NOW + 5).told(Remaining(minute=11, day=501), NOW)
    assert (pace.minute, pace.day, pace.told_for) == (10, 500, NOW + 5)
    assert pace.minute_since == NOW


def test_retry_after_stands_above_all_and_is_not_shortened():
    pace = Pace().told(Remaining(minute=50, day=900), NOW).refused(7200.0, NOW).refused(5.0, NOW)
    assert pace.delay(NOW) == (7200.0, "asked")
    assert not pace.delay(NOW + 7200)


def test_the_answer_to_a_call_that_left_before_a_refusal_does_not_lift_it():
    pace = Pace().refused(30.0, NOW).told(Remaining(minute=59), NOW - 1)
    assert pace.delay(NOW).limit == "asked"


def test_the_last_calls_of_a_day_are_kept_for_the_urgent():
    pace = Pace().told(Remaining(minute=60, day=40), NOW)
    assert not pace.delay(NOW)
    assert pace.delay(NOW, keep_day=50) == (3600.0, "day")


def test_a_used_up_day_is_tried_once_an_hour():
    pace = Pace().told(Remaining(minute=60, day=0), NOW)
    assert pace.delay(NOW) == (3600.0, "day")
    assert not pace.delay(NOW + 3600)


def test_what_an_answer_does_not_tell_stays_known():
    pace = Pace().told(Remaining(minute=10, day=500, app=9000), NOW).told(Remaining(minute=9), NOW + 1)
    assert (pace.minute, pace.day, pace.app) == (9, 500, 9000)


@pytest.mark.parametrize(
    ("calls", "seconds"),
    [
        (0, 0.0),
        (4, 3.0),
        (8, 6.0),
        # 58 fit into the first minute; the rest leaves in the second as the first ones did.
        (60, WINDOW + 3.0),
        (62, WINDOW + 3.0),
        (63, WINDOW + 6.0),
        (2 * 58 + 1, 2 * WINDOW + 3.0),
    ],
)
def test_how_long_a_queue_takes(calls, seconds):
    assert seconds_for(Pace(), calls, NOW, call_seconds=3.0, lanes=4) == pytest.approx(seconds)


def test_calls_of_the_last_minute_make_the_next_ones_wait():
    pace = Pace(sent=tuple(NOW - 30 + n / 10 for n in range(58)))
    assert seconds_for(pace, 1, NOW, call_seconds=3.0, lanes=4) == pytest.approx(WINDOW - 30 + 3)
