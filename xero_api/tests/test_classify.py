"""The table of outcomes, row by row (xero-api.md 3.9, 2.1, 3.4)."""

import json

import pytest
from requests.structures import CaseInsensitiveDict

from xero_api.classify import Reply, Trouble, outcome
from xero_api.outcomes import (
    Gone,
    InDoubt,
    KeyMismatch,
    MissingScope,
    ReconnectNeeded,
    Refused,
    RetryLater,
    Unauthorised,
)


def reply(verb, status=None, body=b"", trouble=None, path="Invoices", **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = CaseInsensitiveDict({name.replace("_", "-"): value for name, value in headers.items()})
    return Reply(verb, path, status, named, raw, trouble, "detail")


def problem(status, detail):
    return {"Type": None, "Title": "A title", "Status": status, "Detail": detail, "Instance": "x", "Extensions": {}}


VALIDATION = {
    "ErrorNumber": 10,
    "Type": "ValidationException",
    "Message": "A validation exception occurred",
    "Elements": [
        {
            "InvoiceNumber": "INV/1",
            "InvoiceID": "00000000-0000-0000-0000-000000000000",
            "HasErrors": True,
            "ValidationErrors": [{"Message": "Invoice # must be unique."}],
            "LineItems": [
                {"ValidationErrors": [{"Message": "Account code '9' is not a valid code for this document."}]}
            ],
        },
        {"InvoiceNumber": "INV/2", "ValidationErrors": [{"Message": "Invoice # must be unique."}]},
    ],
}
MAINTENANCE = b"The Xero API is currently offline for maintenance"
BUSY = b"The Xero API is temporarily unavailable"
ORGANISATION = b"The Organisation is offline"
KEY = {"Message": "Idempotency key has been used with a different request"}

ROWS = [
    # what came, after a read, after a write
    (dict(trouble=Trouble.UNSENT), RetryLater, RetryLater),
    (dict(trouble=Trouble.LOST), RetryLater, InDoubt),
    (dict(status=200, trouble=Trouble.GARBLED, body=b"<html>"), RetryLater, InDoubt),
    (dict(status=408), RetryLater, InDoubt),
    (dict(status=500), RetryLater, InDoubt),
    (dict(status=500, body={"ErrorNumber": 500, "Message": "An error occurred in Xero."}), RetryLater, InDoubt),
    (dict(status=502, body=b"<html>Bad gateway</html>"), RetryLater, InDoubt),
    (dict(status=503, body=b"upstream"), RetryLater, InDoubt),
    (dict(status=503, body=MAINTENANCE), RetryLater, InDoubt),
    (dict(status=503, body=BUSY), RetryLater, InDoubt),
    (dict(status=503, body=ORGANISATION), RetryLater, InDoubt),
    (dict(status=504), RetryLater, InDoubt),
    (dict(status=501), Refused, Refused),
    (dict(status=429), RetryLater, RetryLater),
    (dict(status=400, body=VALIDATION), Refused, Refused),
    (dict(status=400, body={"ErrorNumber": 14, "Message": "JSON could not be read"}), Refused, Refused),
    (dict(status=400, body={"ErrorNumber": 16, "Type": "QueryParseException", "Message": "m"}), Refused, Refused),
    (dict(status=400), Refused, Refused),
    (dict(status=400, body=KEY), KeyMismatch, KeyMismatch),
    (dict(status=401, body=problem(401, "TokenExpired: token expired at 08/12/2022")), Unauthorised, Unauthorised),
    (dict(status=401, body=problem(401, "AuthenticationUnsuccessful")), Unauthorised, Unauthorised),
    (dict(status=401), Unauthorised, Unauthorised),
    (dict(status=401, body=problem(401, "AuthorizationUnsuccessful")), MissingScope, MissingScope),
    (dict(status=401, WWW_Authenticate="insufficient_scope"), MissingScope, MissingScope),
    (dict(status=403, body=problem(403, "AuthenticationUnsuccessful")), ReconnectNeeded, ReconnectNeeded),
    (dict(status=403, path="Reports/TrialBalance"), MissingScope, MissingScope),
    (dict(status=404), Gone, Gone),
    (dict(status=405), Refused, Refused),
    (dict(status=412, body=b"precondition"), Refused, Refused),
    (dict(status=413), Refused, Refused),
    (dict(status=302), Refused, Refused),
    (dict(status=200, body={}), type(None), type(None)),
    (dict(status=204), type(None), type(None)),
]


@pytest.mark.parametrize(("came", "after_read", "after_write"), ROWS)
def test_every_end_of_a_call_has_one_outcome(came, after_read, after_write):
    assert type(outcome(reply("GET", **came))) is after_read
    assert {type(outcome(reply(verb, **came))) for verb in ("PUT", "POST", "DELETE")} == {after_write}


def test_a_validation_error_keeps_every_message_once_and_every_element():
    error = outcome(reply("PUT", 400, VALIDATION))
    number, account = "Invoice # must be unique.", "Account code '9' is not a valid code for this document."
    assert error.messages == [number, account]
    assert [(element.ok, element.data["InvoiceNumber"]) for element in error.elements] == [
        (False, "INV/1"),
        (False, "INV/2"),
    ]
    assert (error.status, str(error)) == (400, f"{number} / {account}")


def test_a_users_text_about_idempotency_is_no_key_mismatch():
    body = {"ErrorNumber": 10, "Elements": [{"Name": "Idempotency Ltd", "ValidationErrors": [{"Message": "No."}]}]}
    assert type(outcome(reply("PUT", 400, body))) is Refused


@pytest.mark.parametrize(
    ("headers", "limit", "after"),
    [
        ({"X_Rate_Limit_Problem": "minute", "Retry_After": "26"}, "minute", 26.0),
        ({"X_Rate_Limit_Problem": "Minute limit", "Retry_After": "1.5"}, "minute", 1.5),
        ({"X_Rate_Limit_Problem": "day", "Retry_After": "40000"}, "day", 40000.0),
        ({"X_Rate_Limit_Problem": "DayLimit"}, "day", None),
        ({"X_Rate_Limit_Problem": "appminute", "Retry_After": "3"}, "app", 3.0),
        ({"X_Rate_Limit_Problem": "concurrent"}, "concurrent", 2.0),
        ({"X_MinLimit_Remaining": "0", "X_DayLimit_Remaining": "7"}, "minute", None),
        ({"X_MinLimit_Remaining": "0", "X_DayLimit_Remaining": "0"}, "day", None),
        ({"X_Rate_Limit_Problem": "new", "Retry_After": "soon"}, None, None),
        ({"Retry_After": "-5"}, None, None),
        ({"Retry_After": "inf"}, None, None),
        ({"Retry_After": "Thu, 01 Jan 2015 00:00:00 GMT"}, None, 0.0),
    ],
)
def test_a_limit_tells_its_name_and_the_time_to_wait(headers, limit, after):
    error = outcome(reply("PUT", 429, **headers))
    assert (error.limit, error.after, error.status) == (limit, after, 429)


@pytest.mark.parametrize(("body", "after"), [(MAINTENANCE, None), (BUSY, None), (ORGANISATION, 300.0)])
def test_maintenance_is_told_in_xeros_words(body, after):
    read, write = outcome(reply("GET", 503, body)), outcome(reply("PUT", 503, body))
    assert (read.limit, read.after, read.text) == ("offline", after, body.decode())
    assert (write.limit, write.after) == ("offline", after)
    assert write.text.startswith(body.decode())


def test_a_page_of_html_explains_nothing():
    assert "<" not in str(outcome(reply("GET", 502, b"<html><body>nginx</body></html>")))
