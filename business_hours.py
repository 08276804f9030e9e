"""The company's working calendar and clock: is it open, when does it open next, and which day is it there?"""

from datetime import datetime, time, timedelta

import pytz

# Where a company has no working calendar, or one without fixed hours.
USUAL_DAYS, USUAL_FROM, USUAL_TO = range(5), time(8), time(18)
NOON = time(12)


def zone_of(company):
    """The time zone in which the company works."""
    company = company.sudo()
    return pytz.timezone(company.resource_calendar_id.tz or company.partner_id.tz or "UTC")


def local_day(company, moment):
    """The day of a naive UTC datetime where the company is; at nine in the morning in Auckland, yesterday is over."""
    return pytz.utc.localize(moment).astimezone(zone_of(company)).date()


def noon_of(company, day):
    """Noon of a day where the company is, as a naive UTC datetime: no zone of Odoo's users makes another day of it."""
    return zone_of(company).localize(datetime.combine(day, NOON)).astimezone(pytz.utc).replace(tzinfo=None)


def next_open_moment(company, moment, days):
    """Return `moment` where it lies in business hours, else when they begin next.

    :param moment: naive UTC datetime
    :param days: how far to look ahead
    :return: naive UTC datetime; False where the calendar opens on none of these days
    """
    for begin, end in _open_intervals(company, moment, moment + timedelta(days=days)):
        if moment < end:
            return max(moment, begin)
    return False


def open_hours_a_day(company):
    """The longest working day of a week, in hours."""
    monday = datetime(2024, 1, 1)
    by_day = {}
    for begin, end in _open_intervals(company, monday, monday + timedelta(days=7), holidays=False):
        by_day[begin.date()] = by_day.get(begin.date(), 0.0) + (end - begin).total_seconds() / 3600
    return max(by_day.values(), default=0.0)


def _open_intervals(company, start, end, holidays=True):
    """Pairs of naive UTC datetimes, in order, that touch the span from `start` to `end`."""
    calendar = company.sudo().resource_calendar_id
    if not calendar or calendar.flexible_hours or not calendar.attendance_ids:
        return _usual_intervals(zone_of(company), start, end)
    # From the day before, so that an interval that has begun is whole.
    span = [pytz.utc.localize(moment) for moment in (start - timedelta(days=1), end)]
    domain = [("time_type", "=", "leave"), ("company_id", "in", [False, company.id])]
    intervals = calendar._work_intervals_batch(*span, domain=domain, compute_leaves=holidays)[False]
    pairs = [[moment.astimezone(pytz.utc).replace(tzinfo=None) for moment in bounds] for *bounds, _what in intervals]
    return [(begin, until) for begin, until in pairs if until > start]


def _usual_intervals(zone, start, end):
    day, pairs = start.date() - timedelta(days=1), []
    while day <= end.date() + timedelta(days=1):
        if day.weekday() in USUAL_DAYS:
            bounds = [zone.localize(datetime.combine(day, clock)) for clock in (USUAL_FROM, USUAL_TO)]
            pairs.append(tuple(bound.astimezone(pytz.utc).replace(tzinfo=None) for bound in bounds))
        day += timedelta(days=1)
    return [(begin, until) for begin, until in pairs if until > start and begin < end]
