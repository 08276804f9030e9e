from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from xero_api import codec

UTC = timezone.utc


def test_decimals_leave_digit_by_digit():
    payload = {"Total": Decimal("1000.0000"), "Big": Decimal("12345678901234567.89"), "Small": Decimal("1E-7"), "n": 3}
    assert codec.dumps(payload) == '{"Total": 1000.0000, "Big": 12345678901234567.89, "Small": 0.0000001, "n": 3}'
    assert codec.loads(codec.dumps(payload)) == payload


def test_text_leaves_as_written():
    text = 'Łukasz "Œuvre" \\ \n\t\x01 \u2028 日本 🍏 </script>'
    assert codec.loads(codec.dumps({"Name": text})) == {"Name": text}
    assert "日本" in codec.dumps(text)


def test_dates_leave_plain_and_moments_in_utc():
    auckland = timezone(timedelta(hours=13))
    payload = [date(2026, 1, 2), datetime(2026, 1, 2, 0, 30, tzinfo=auckland), None, True, False, []]
    assert codec.dumps(payload) == '["2026-01-02", "2026-01-01T11:30:00Z", null, true, false, []]'


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        (
            {"Invoices": [{"LineItems": [{"UnitAmount": 19.99}]}]},
            r"\.Invoices\[0\]\.LineItems\[0\]\.UnitAmount.*Decimal",
        ),
        ({"Total": Decimal("NaN")}, r"\.Total"),
        ([{1: "x"}], r"\[0\].*key 1"),
        ({"Name": b"x"}, r"\.Name.*bytes"),
    ],
)
def test_what_cannot_be_written_is_named_with_its_place(payload, place):
    with pytest.raises(TypeError, match=place):
        codec.dumps(payload)


def test_numbers_arrive_exact():
    assert codec.loads(b'{"UnitAmount": 19.9899999999999999}')["UnitAmount"] == Decimal("19.9899999999999999")
    assert codec.loads('"x"') == "x"


@pytest.mark.parametrize("raw", [b"<html>", b"", b"\xff\xfe", b'{"a": NaN}', b'{"a": 1'])
def test_garbage_is_a_value_error(raw):
    with pytest.raises(ValueError):
        codec.loads(raw)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/Date(1767225600000+0000)/", date(2026, 1, 1)),
        ("/Date(1767225600000)/", date(2026, 1, 1)),
        # The offset is for show; read with it, the document would move to another day.
        ("/Date(1767225600000+1300)/", date(2026, 1, 1)),
        ("/Date(-86400000+0000)/", date(1969, 12, 31)),
        ("2026-01-01T00:00:00", date(2026, 1, 1)),
        ("2026-01-01", date(2026, 1, 1)),
        (None, None),
        ("", None),
    ],
)
def test_document_dates_are_calendar_dates(value, expected):
    assert codec.parse_date(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/Date(1767225600123+0000)/", datetime(2026, 1, 1, 0, 0, 0, 123000, UTC)),
        ("/Date(1767225600000+1300)/", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T00:00:00.1234567", datetime(2026, 1, 1, 0, 0, 0, 123456, UTC)),
        ("2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T13:00:00+13:00", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T13:00:00+1300", datetime(2026, 1, 1, tzinfo=UTC)),
        (None, None),
    ],
)
def test_timestamps_are_moments_in_utc(value, expected):
    assert codec.parse_datetime(value) == expected


@pytest.mark.parametrize("value", ["yesterday", "/Date(x)/", "01/02/2026", "/Date(99999999999999999999)/"])
def test_other_formats_are_refused(value):
    with pytest.raises(ValueError, match="Date|date|calendar"):
        codec.parse_date(value)


def test_the_readable_twin_is_read_first():
    element = {"Date": "/Date(1767225600000+0000)/", "DateString": "2026-03-04T00:00:00", "DueDate": "/Date(0)/"}
    assert codec.read_date(element, "Date") == date(2026, 3, 4)
    assert codec.read_date(element, "DueDate") == date(1970, 1, 1)
    assert codec.read_date(element, "PlannedPaymentDate") is None
    assert codec.read_datetime({"UpdatedDateUTC": "/Date(1000)/"}) == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)


def test_modified_since_is_whole_seconds_of_utc():
    auckland = timezone(timedelta(hours=13))
    assert codec.modified_since(datetime(2026, 1, 2, 0, 0, 59, 999999, auckland)) == "2026-01-01T11:00:59"
    assert codec.modified_since(datetime(2026, 1, 2, 3, 4, 5)) == "2026-01-02T03:04:05"


def test_digest_sees_numbers_not_their_writing():
    said = {"A": Decimal("10.00"), "L": [{"Q": 1, "D": date(2026, 1, 1)}], "Z": Decimal("-0.00")}
    again = {"Z": 0, "L": ({"D": "2026-01-01", "Q": Decimal("1.0")},), "A": 10}
    assert codec.digest(said) == codec.digest(again)


@pytest.mark.parametrize("other", [{"A": 1, "B": None}, {"A": 1, "B": ""}, {"A": "1"}, {"A": True}, {"A": 2}])
def test_digest_tells_different_payloads_apart(other):
    assert codec.digest({"A": 1}) != codec.digest(other)


def test_digest_is_the_same_in_every_process_and_release():
    # Stored beside bindings: printf '%s' '{"A": 1.5}' | sha256sum
    assert codec.digest({"A": Decimal("1.50")}) == "8e7c8966468a9d5ca864e36a0fd72cdbc6a1b71794d80fd675f762b234ae9047"


def test_days_in_filters():
    assert codec.filter_date(date(2026, 1, 31)) == codec.filter_date("2026-01-31") == "DateTime(2026,1,31)"


def test_laid_out_for_reading():
    """Numbers keep their digits; what is no JSON stays as it is."""
    assert codec.indented('{"a": 1.1000, "b": [2]}') == '{\n  "a": 1.1000,\n  "b": [\n    2\n  ]\n}'
    assert codec.indented("<html>") == "<html>"
    assert codec.indented(None) is None
