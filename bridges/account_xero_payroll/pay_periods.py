"""Pay periods of a calendar: from a first day on, so many days or months at a time, in both directions.

Source: xero-api.md 4.13 (the kinds of calendars); a calendar begins with the first day of a period.
"""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

DAYS = {"WEEKLY": 7, "FORTNIGHTLY": 14, "FOURWEEKLY": 28}
MONTHS = {"MONTHLY": 1, "QUARTERLY": 3, "ANNUAL": 12}
HALF_A_MONTH = 15  # calendars that pay twice a month do so for 1 to 15 and for the rest


def period_of(kind, first_day, day):
    """The pay period that a day lies in.

    :param kind: a calendar type of Xero's, in capitals
    :param first_day: the first day of some period of the calendar
    :return: (first day, last day)
    """
    if kind in DAYS:
        start = first_day + timedelta(days=(day - first_day).days // DAYS[kind] * DAYS[kind])
        return start, start + timedelta(days=DAYS[kind] - 1)
    if kind in MONTHS:
        return _months(first_day, day, MONTHS[kind])
    if day.day <= HALF_A_MONTH:
        return day.replace(day=1), day.replace(day=HALF_A_MONTH)
    return day.replace(day=HALF_A_MONTH + 1), day + relativedelta(day=31)


def _months(first_day, day, months):
    passed = ((day.year - first_day.year) * 12 + day.month - first_day.month) // months
    while first_day + relativedelta(months=passed * months) > day:
        passed -= 1
    while first_day + relativedelta(months=(passed + 1) * months) <= day:
        passed += 1
    start = first_day + relativedelta(months=passed * months)
    return start, first_day + relativedelta(months=(passed + 1) * months) - timedelta(days=1)


def days_of(start, end):
    """Every day of a period."""
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]
