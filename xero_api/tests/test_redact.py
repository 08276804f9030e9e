import json

import pytest

from xero_api import outcomes, redact

# Made up, in the shape of a real one.
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl-X_1"
SECRETS = [JWT, "r3fresh-T0ken", "cl13nt/s3cret", "v3rifier~v", "0ne-time-c0de", "s3ssion=1"]


@pytest.mark.parametrize(
    "text",
    [
        f"GET /x failed, headers {{'Authorization': 'Bearer {JWT}'}}",
        f"Bearer {JWT}",
        f"token {JWT} was refused",
        "Authorization: Basic cl13nt/s3cret",
        "{'Authorization': 'Basic cl13nt/s3cret'}",
        "grant_type=refresh_token&refresh_token=r3fresh-T0ken&client_secret=cl13nt/s3cret",
        "client_secret: cl13nt/s3cret, next",
        'body {"refresh_token": "r3fresh-T0ken", "expires_in": 1800}',
        "{'code_verifier': 'v3rifier~v', 'code': '0ne-time-c0de'}",
        "https://odoo.example/xero/callback?code=0ne-time-c0de&state=1",
        "Set-Cookie: s3ssion=1; Path=/; HttpOnly",
        "cookie: a=b; s3ssion=1",
    ],
)
def test_free_text_loses_its_secrets(text):
    shown = redact.text(text)
    assert not [secret for secret in SECRETS if secret in shown]
    assert "***" in shown


@pytest.mark.parametrize(
    "text",
    [
        "The TaxType code 'OUTPUT' cannot be used with account code '400'.",
        "TokenExpired: token expired at 08/12/2022 07:00:40",
        "Basic consulting, bearer bonds and a cookie",
        "AccountCode=200&ItemCode=X",
        "Invoice # must be unique.",
    ],
)
def test_ordinary_text_stays_as_it_is(text):
    assert redact.text(text) == text


def test_json_is_masked_by_key_at_every_depth():
    body = {
        "access_token": JWT,
        "list": [{"Client-Secret": "cl13nt/s3cret", "code": "0ne-time-c0de"}],
        "Authorization": f"Bearer {JWT}",
        "Code": "200",
        "AccountCode": "090",
        "expires_in": 1800,
        "refresh_token": None,
    }
    shown = json.loads(redact.body(json.dumps(body).encode()))
    assert shown == {
        "access_token": "***",
        "list": [{"Client-Secret": "***", "code": "***"}],
        "Authorization": "***",
        "Code": "200",
        "AccountCode": "090",
        "expires_in": 1800,
        "refresh_token": None,
    }


def test_forms_are_masked_by_key():
    shown = redact.body("grant_type=authorization_code&code=0ne-time-c0de&code_verifier=v3rifier~v&client_id=app")
    assert shown == "grant_type=authorization_code&code=***&code_verifier=***&client_id=app"


def test_headers_are_masked():
    shown = redact.headers({"Authorization": f"Bearer {JWT}", "Cookie": "s3ssion=1", "xero-tenant-id": "t"})
    assert shown == {"Authorization": "***", "Cookie": "***", "xero-tenant-id": "t"}


def test_bank_details_and_tax_numbers_are_masked_on_request():
    contact = {"Name": "Ann", "BankAccountDetails": "01-0123-0123456-00", "TaxNumber": "12-345-678"}
    assert redact.data(contact) == contact
    assert redact.data(contact, personal=True) == {"Name": "Ann", "BankAccountDetails": "***", "TaxNumber": "***"}
    assert "0123456" not in redact.body(json.dumps(contact), personal=True)


def test_the_original_is_left_alone():
    body = {"access_token": JWT}
    redact.data(body)
    assert body == {"access_token": JWT}


def test_a_body_without_secrets_stays_byte_for_byte():
    raw = b'{"Invoices":[{"Total": 1000.0000,"Code":"200","Contact": {"BankAccountDetails":"", "TaxNumber": null}}]}'
    assert redact.body(raw, personal=True) == raw.decode()


@pytest.mark.parametrize("raw", [None, b"", b"\xff\xfe garbage", b"[1, 2]", b'"text"', "x"])
def test_any_body_can_be_shown(raw):
    assert isinstance(redact.body(raw), str)


def test_exceptions_carry_no_secret():
    """S2-33: a token that gets into an error's text does not come out of it."""
    errors = [
        outcomes.XeroError(f"Bearer {JWT}"),
        outcomes.RetryLater(f"failed with refresh_token=r3fresh-T0ken after {JWT}"),
        outcomes.Refused([f"bad token {JWT}"]),
    ]
    shown = " ".join(f"{error!r} {error} {vars(error)}" for error in errors)
    assert not [secret for secret in SECRETS if secret in shown]
