"""In a real browser: from an app's link over sign-in and consent back to the app, then through the back office."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tools import chromium

TIMEOUT = 10
SCOPES = "openid offline_access accounting.invoices accounting.contacts"


@pytest.fixture
def page():
    """A browser's tab; without a browser the reason is printed, and in continuous integration that is a failure."""
    program = chromium.find()
    if program is None:
        reason = f"no Chromium on this machine; {chromium.REMEDY}"
        assert not chromium.required(), reason
        pytest.skip(reason)
    from tools.browser import browsing

    with browsing(program) as tab:
        yield tab


def test_from_consent_to_the_back_office(xero, visitor, page):
    """An app's link, login, organisation picker, scopes in words, the code; then document, report, webhooks, call."""
    code = consent(xero, visitor, page)
    tokens = visitor.exchange(code, redirect_uri=f"{xero.url}/nowhere").json()
    tenant = xero.tenants[1]
    assert [one["tenantId"] for one in visitor.connections(tokens).json()] == [tenant["tenant_id"]]
    put_invoice(xero, tokens["access_token"], tenant["tenant_id"])

    page.open(xero.url)
    assert f"Connected to {xero.world.app.name}" in page.text()
    page.click_text(tenant["name"])
    assert "Latest documents" in page.text()
    look_at_the_invoice(page)
    look_at_a_report(page)
    look_at_webhooks_and_the_call(page, tenant["name"])


def consent(xero, visitor, page) -> str:
    """Connect the second organisation; returns the code that the app gets."""
    page.open(visitor.address(scope=SCOPES, redirect_uri=f"{xero.url}/nowhere"))
    assert "Log in to Xero" in page.text()
    page.click("button[value=login]")
    text = page.text()
    assert f"{xero.world.app.name} wants access to" in text
    assert "View and manage your contacts and contact groups" in text
    assert "accounting.contacts" not in text
    assert page.count("input[name=tenant_id]") == len(xero.tenants) == 2
    page.choose(f"input[value='{xero.tenants[1]['tenant_id']}']")
    page.click("button[value=allow]")
    query = parse_qs(urlsplit(page.address()).query)
    assert query["state"] == ["here-and-back"]
    return query["code"][0]


def put_invoice(xero, access_token, tenant_id) -> None:
    line = {"Description": "Oak boards", "Quantity": 3, "UnitAmount": 11.5, "AccountCode": "200", "TaxType": "OUTPUT2"}
    named = {"Type": "ACCREC", "InvoiceNumber": "B-1", "Contact": {"Name": "Ana"}, "Status": "AUTHORISED"}
    invoice = {**named, "DueDate": "2030-01-31", "LineItems": [line]}
    headers = {"Authorization": f"Bearer {access_token}", "Xero-Tenant-Id": tenant_id, "Accept": "application/json"}
    url = f"{xero.url}/api.xro/2.0/Invoices"
    assert requests.put(url, json={"Invoices": [invoice]}, headers=headers, timeout=TIMEOUT).status_code == 200


def look_at_the_invoice(page) -> None:
    page.click_text("B-1")
    text = page.text()
    for said in ("Oak boards", "34.50", "5.18", "39.68", "Accounts Receivable", "History", "Created"):
        assert said in text, said
    page.click_text("Ana")
    assert "39.68" in page.text()


def look_at_a_report(page) -> None:
    page.click_text("Reports")
    page.click_text("Trial balance")
    text = page.text()
    assert "Accounts Receivable (610)" in text
    assert text.count("39.68") >= 4  # debit and credit, of the month and of the year


def look_at_webhooks_and_the_call(page, tenant) -> None:
    page.click_text("Webhooks")
    assert "Invoice\tCreate" in page.text()
    page.click_text("Calls")
    page.click_text("PUT /api.xro/2.0/Invoices")
    text = page.text()
    assert tenant in text
    assert text.index("What it changed") < text.index("Journals") < text.index('"InvoiceNumber": "B-1"')
    assert "Bearer" not in text


def test_nothing_that_is_stored_runs(xero, api, page):
    """A name that is a script is text on the page, and the page allows no script at all."""
    name = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"
    made = api.put_contact("Ana").json()["Contacts"][0]
    table = xero.world.organisation(None).store.tables["Contacts"]
    table.put({**table.get(made["ContactID"]), "Name": name})
    page.open(f"{xero.url}/organisations/{xero.tenants[0]['tenant_id']}/contacts")
    assert "<script>document.title='run'</script>" in page.text()
    assert page.count("main script, main img") == 0


def test_a_phone_shows_all_of_it(xero, page):
    """No page is wider than the screen of a phone; wide tables scroll by themselves."""
    page.resize(390, 800)
    own = f"{xero.url}/organisations/{xero.tenants[0]['tenant_id']}"
    for path in (xero.url, own, f"{own}/invoices", f"{own}/reports/TrialBalance", f"{xero.url}/calls"):
        page.open(path)
        assert page.width() <= 390, path
