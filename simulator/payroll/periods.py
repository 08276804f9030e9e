"""Pay periods of a calendar: from a first day on, weeks or months at a time, in both directions."""

from calendar import monthrange
from datetime import date, timedelta

_DAYS = {"WEEKLY": 7, "FORTNIGHTLY": 14, "FOURWEEKLY": 28}
_MONTHS = {"MONTHLY": 1, "QUARTERLY": 3, "ANNUAL": 12}
_HALF = 15

Period = tuple[date, date]


def around(calendar: dict, day: date) -> Period:
    """First and last day of the pay period that `day` lies in.

    :param calendar: a row of either version's calendars
    """
    kind, first = kind_of(calendar), first_day(calendar)
    if kind in _DAYS:
        start = first + timedelta(days=(day - first).days // _DAYS[kind] * _DAYS[kind])
        return start, start + timedelta(days=_DAYS[kind] - 1)
    if kind in _MONTHS:
        return _months_around(first, day, _MONTHS[kind])
    if day.day <= _HALF:
        return day.replace(day=1), day.replace(day=_HALF)
    return day.replace(day=_HALF + 1), day.replace(day=monthrange(day.year, day.month)[1])


def is_period(calendar: dict, start: date, end: date) -> bool:
    return around(calendar, start) == (start, end)


def days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=offset) for offset in range((end - start).days + 1)]


def within(calendar: dict, start: date, end: date) -> list[Period]:
    """The pay periods that have a day from `start` to `end`."""
    found = [around(calendar, start)]
    while found[-1][1] < end:
        found.append(around(calendar, found[-1][1] + timedelta(days=1)))
    return found


def kind_of(calendar: dict) -> str:
    return (calendar.get("CalendarType") or calendar.get("calendarType")).upper()


def first_day(calendar: dict) -> date:
    return calendar.get("StartDate") or calendar.get("periodStartDate")


def pay_day(calendar: dict, end: date) -> date:
    """When the period that ends on `end` is paid: as long after it as the calendar's first payment is after its own."""
    payment = calendar.get("PaymentDate") or calendar.get("paymentDate")
    return end + (payment - around(calendar, first_day(calendar))[1])


def _months_around(first: date, day: date, months: int) -> Period:
    passed = (day.year - first.year) * 12 + day.month - first.month
    count = passed // months
    while _add(first, count * months) > day:
        count -= 1
    while _add(first, (count + 1) * months) <= day:
        count += 1
    return _add(first, count * months), _add(first, (count + 1) * months) - timedelta(days=1)


def _add(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
