"""The back office: every page opens, whatever clients have stored, and shows what the API holds."""

import re

import pytest
import requests

TIMEOUT = 10
HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}' &amp;"
LINE = {"Description": HOSTILE, "Quantity": 2, "UnitAmount": 10, "AccountCode": "200", "TaxType": "OUTPUT2"}


@pytest.fixture
def office(xero):
    def get(path="", **params):
        return requests.get(f"{xero.url}/{path}", params=params, timeout=TIMEOUT)

    get.own = f"organisations/{xero.tenants[0]['tenant_id']}"
    return get


def walk(url):
    """Every page that a click leads to from the first one: path → answer."""
    seen, waiting, browser = {}, ["/"], requests.Session()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen[path] = answer = browser.get(url + path, timeout=TIMEOUT)
        if "html" in answer.headers["Content-Type"]:
            links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*|\?[^"]*)"', answer.text)]
            waiting += [path.partition("?")[0] + link if link[0] == "?" else link for link in links]
    return seen


def make(api, resource, **element):
    answer = api.call("PUT", resource, {resource: [element]})
    assert answer.status_code == 200, answer.text
    return answer.json()[resource][0]


def fill(xero, api):
    """One of everything, called by names that would run as a script where they are not escaped."""
    contact = {
        "ContactID": make(api, "Contacts", Name=f"Ana {HOSTILE.replace('<', '〈').replace('>', '〉')}")["ContactID"]
    }
    document = {"Contact": contact, "LineItems": [LINE], "Date": "2026-06-01", "Reference": HOSTILE}
    invoice = make(
        api, "Invoices", Type="ACCREC", Status="AUTHORISED", DueDate="2026-06-30", InvoiceNumber=HOSTILE, **document
    )
    make(api, "Invoices", Type="ACCPAY", Status="DRAFT", InvoiceNumber=HOSTILE, **document)
    make(api, "CreditNotes", Type="ACCRECCREDIT", Status="AUTHORISED", **document)
    make(api, "Quotes", Title=HOSTILE, **document)
    make(api, "PurchaseOrders", **{**document, "LineItems": [{**LINE, "AccountCode": "300", "TaxType": "INPUT2"}]})
    bank = {"Code": "090"}
    make(api, "BankTransactions", Type="RECEIVE", BankAccount=bank, **document)
    named = {"InvoiceID": invoice["InvoiceID"]}
    make(api, "Payments", Invoice=named, Account=bank, Amount=5, Date="2026-06-02", Reference=HOSTILE)
    make(api, "BankTransfers", FromBankAccount=bank, ToBankAccount={"Code": "091"}, Amount=1, Reference=HOSTILE)
    lines = [{"LineAmount": amount, "AccountCode": "200", "Description": HOSTILE} for amount in (3, -3)]
    make(api, "ManualJournals", Narration=HOSTILE, Status="POSTED", JournalLines=lines)
    make(api, "Items", Code="X<script>", Name=HOSTILE[:50])
    note = {"HistoryRecords": [{"Details": HOSTILE}]}
    assert api.call("PUT", f"Invoices/{invoice['InvoiceID']}/History", note).status_code == 200
    page = {"Content-Type": "text/html"}
    file = api.call("PUT", f"Invoices/{invoice['InvoiceID']}/Attachments/x.html", data=HOSTILE.encode(), headers=page)
    assert file.status_code == 200, file.text
    return invoice


def test_hostile_texts_are_escaped_on_every_page(xero, api, steering):
    """What fuzzers store is shown as the text that it is, on every page that there is."""
    steering.limits(minute=1000)
    fill(xero, api)
    steering.add_fault("status", path=HOSTILE)
    requests.get(f"{xero.url}/api.xro/2.0/{HOSTILE}", params={"where": HOSTILE}, timeout=TIMEOUT)
    pages = walk(xero.url)
    assert len(pages) > 150
    assert {answer.status_code for answer in pages.values()} == {200}
    shown = 0
    for path, answer in pages.items():
        if answer.headers["Content-Type"].startswith("text/html"):
            assert "<script" not in answer.text, path
            assert "<img src=x" not in answer.text, path
            assert "script-src" not in answer.headers["Content-Security-Policy"], path
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path
            shown += "&lt;script&gt;" in answer.text
    assert shown > 10


@pytest.mark.parametrize("country", ["AU", "GB", "US"])
def test_every_page_opens_elsewhere(xero, country):
    """Other countries have other payrolls, charts and taxes."""
    seed = {"AU": "demo-au", "GB": "demo-uk", "US": "demo-us"}[country]
    xero.world.reset(seed)
    pages = walk(xero.url)
    assert {path: answer.status_code for path, answer in pages.items() if answer.status_code != 200} == {}
    assert any("/payroll/" in path for path in pages)


def test_an_attached_page_is_never_shown(xero, api, steering, office):
    steering.limits(minute=1000)
    invoice = fill(xero, api)
    link = re.search(r'href="([^"]*/files/[^"]*)"', office(f"{office.own}/invoices/{invoice['InvoiceID']}").text)[1]
    answer = office(link[1:])
    assert answer.content == HOSTILE.encode()
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_document_shows_lines_books_payments_and_history(api, office):
    contact = {"Name": "Ana"}
    line = {"Description": "Oak boards", "Quantity": 3, "UnitAmount": 11.5, "AccountCode": "200", "TaxType": "OUTPUT2"}
    made = make(
        api, "Invoices", Type="ACCREC", Status="AUTHORISED", DueDate="2026-07-01", Contact=contact, LineItems=[line]
    )
    paid = {"Invoice": {"InvoiceID": made["InvoiceID"]}, "Account": {"Code": "090"}, "Amount": 9.68}
    make(api, "Payments", **paid, Date="2026-06-05")
    page = office(f"{office.own}/invoices/{made['InvoiceID']}").text
    for said in ("Oak boards", "11.50", "34.50", "5.18", "39.68", "9.68", "30.00", "Accounts Receivable"):
        assert said in page, said
    history = page.partition('id="history"')[2]
    assert history.index("PUT /api.xro/2.0/Payments") < history.index("PUT /api.xro/2.0/Invoices")
    assert "AmountDue" in history


def test_lists_are_searched_narrowed_and_paged(api, office):
    names = [{"Name": f"Customer {number:03}"} for number in range(120)]
    assert api.call("PUT", "Contacts", {"Contacts": names}).status_code == 200
    first, last = (office(f"{office.own}/contacts", q="customer", page=page).text for page in (1, 3))
    assert "120 in all, page 1 of 3" in first
    assert "Customer 000" in first
    assert "Customer 119" in last
    assert "Customer 000" not in last
    assert "1 in all" in office(f"{office.own}/contacts", q="CUSTOMER 007").text
    assert "Nothing yet." in office(f"{office.own}/contacts", status="ARCHIVED").text
    assert office(f"{office.own}/contacts", page="9" * 9).status_code == 200
    assert office(f"{office.own}/contacts", page="²").status_code == 200
    assert office(f"{office.own}/accounts", page="²").status_code == 200


def test_the_ledger_of_an_account_runs_to_its_balance(xero, api, office):
    sales = {"Name": "Ana"}
    for price in (10, 20):
        line = {"Description": "Oak", "Quantity": 1, "UnitAmount": price, "AccountCode": "200", "TaxType": "NONE"}
        more = {"Status": "AUTHORISED", "DueDate": "2026-07-01"}
        make(api, "Invoices", Type="ACCREC", Contact=sales, LineItems=[line], **more)
    account = next(one for one in api.get("Accounts").json()["Accounts"] if one.get("Code") == "200")
    page = office(f"{office.own}/accounts/{account['AccountID']}").text
    assert page.index("-30.00") < page.rindex("-10.00")


def test_a_report_takes_dates(office):
    assert "31 March 2026" in office(f"{office.own}/reports/BalanceSheet", date="2026-03-31").text
    assert "There is no such report" in office(f"{office.own}/reports/TrialBalance", date="yesterday").text
    assert office(f"{office.own}/reports/Nothing").status_code == 404


def test_faults_are_cleared_by_a_button(xero, steering, office):
    steering.add_fault("reset", "PUT", "Invoices")
    assert "Clear all faults" in office("faults").text
    answer = requests.post(f"{xero.url}/faults/clear", timeout=TIMEOUT)
    assert answer.url == f"{xero.url}/faults"
    assert steering.faults() == []


def test_the_clock_is_moved_by_a_button(xero, steering):
    before = steering.now()
    requests.post(f"{xero.url}/clock/advance", data={"step": "1 day"}, timeout=TIMEOUT)
    assert steering.now()[:10] > before[:10]
    assert requests.post(f"{xero.url}/clock/advance", data={"step": "ages"}, timeout=TIMEOUT).status_code == 200


def test_another_sites_buttons_do_nothing(xero, steering):
    """Any page in the same browser can send a form here; it says where it comes from."""
    steering.add_fault("reset", "PUT", "Invoices")
    elsewhere = {"Origin": "https://example.com"}
    assert requests.post(f"{xero.url}/faults/clear", headers=elsewhere, timeout=TIMEOUT).status_code == 403
    assert len(steering.faults()) == 1


def test_deliveries_are_shown_whether_taken_or_not(xero, api, steering, office):
    steering.set_webhooks(url="http://127.0.0.1:9")
    api.put_contact("Ana")
    requests.post(f"{xero.url}/webhooks/deliver", timeout=TIMEOUT)
    page = office("webhooks").text
    assert "no answer" in page
    assert "failed" in page


def test_limits_used_are_shown(api, office):
    api.get("Contacts")
    assert "1 of 60" in office("limits").text
