"""pyxero, unmodified, against a running simulator: it writes XML and reads JSON; README.md says how to run it."""

import io
import os
import sys
from datetime import date, datetime, timedelta, timezone
from uuid import uuid4

import browser
from xero import Xero, auth
from xero.exceptions import XeroBadRequest

SALES, BANK, DEBTORS = "200", "090", "610"
RUN = uuid4().hex[:8]  # so that a second run against the same simulator meets no name twice


def told(step: str, holds: bool, seen="") -> None:
    print(f"{'ok' if holds else 'SURPRISE'}: {step}{'' if holds else f' ({seen})'}", flush=True)
    if not holds:
        sys.exit(1)


def refused(step: str, call) -> None:
    try:
        told(step, False, call())
    except XeroBadRequest:
        told(step, True)


def client(url: str) -> Xero:
    """The client with nothing but its addresses changed, from the consent on."""
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # oauthlib's own switch for http
    auth.XERO_OAUTH2_AUTHORIZE_URL = f"{url}/identity/connect/authorize"
    auth.XERO_OAUTH2_TOKEN_URL = f"{url}/connect/token"
    scopes = browser.SCOPES.split()
    credentials = auth.OAuth2Credentials(*browser.app(url), callback_uri=browser.CALLBACK, scope=scopes)
    credentials.base_url = url
    back = browser.consent(credentials.generate_url())
    told("consent leads back to the app", back.startswith(browser.CALLBACK) and "code=" in back, back)
    credentials.verify(back)
    first = credentials.token["refresh_token"]
    credentials.refresh()
    told("the token is refreshed", credentials.token["refresh_token"] != first, credentials.token)
    credentials.set_default_tenant()
    told("the connection is listed", credentials.tenant_id, credentials.get_tenants())
    return Xero(credentials)


def line(amount=100, **values):
    return {"Description": "Oak table", "Quantity": 1, "UnitAmount": amount, "AccountCode": SALES} | values


def contacts(xero):
    names = [f"Tui Traders {RUN}", f"Weka & Works {RUN}"]
    bad = {"FirstName": "No", "LastName": "Name"}
    made = xero.contacts.put([{"Name": names[0]}, bad, {"Name": names[1]}], summarize_errors=False)
    told("three contacts are answered", len(made) == 3, made)
    told(
        "only the bad one has errors",
        [bool(one.get("ValidationErrors")) for one in made] == [False, True, False],
        made,
    )
    told("the good ones have their names", [made[0]["Name"], made[2]["Name"]] == names, made)
    refused("a bad contact alone is refused", lambda: xero.contacts.put(bad))
    changed = xero.contacts.save({"ContactID": made[0]["ContactID"], "FirstName": "Tui"})[0]
    told("a contact is changed", (changed["FirstName"], changed["Name"]) == ("Tui", names[0]), changed)
    return {"ContactID": made[0]["ContactID"]}


def items(xero):
    sales = {"UnitPrice": 100, "AccountCode": SALES}
    made = xero.items.put({"Code": f"TBL-{RUN}", "Name": "Table", "SalesDetails": sales})[0]
    found = xero.items.filter(Code=made["Code"])
    told("an item is made and found by its code", [one["ItemID"] for one in found] == [made["ItemID"]], found)
    return made["Code"]


def invoice(xero, contact, code, status="AUTHORISED"):
    values = {"Type": "ACCREC", "Status": status, "LineAmountTypes": "Exclusive", "Contact": contact}
    dates = {"Date": date.today(), "DueDate": date.today() + timedelta(days=20)}
    return xero.invoices.put(values | dates | {"LineItems": [line(ItemCode=code)]})[0]


def invoices(xero, contact, code):
    made = invoice(xero, contact, code, "DRAFT")
    told("a draft invoice adds its tax", (made["Status"], made["Total"]) == ("DRAFT", 115), made)
    for status in ("SUBMITTED", "AUTHORISED", "VOIDED"):
        after = xero.invoices.save({"InvoiceID": made["InvoiceID"], "Status": status})[0]
        told(f"the invoice becomes {status}", after["Status"] == status, after)
    late = {"InvoiceID": made["InvoiceID"], "Status": "DRAFT", "Reference": "late"}
    refused("a voided invoice is not brought back", lambda: xero.invoices.save(late))


def payments(xero, contact, code):
    owed = {"InvoiceID": invoice(xero, contact, code)["InvoiceID"]}
    payment = {"Invoice": owed, "Account": {"Code": BANK}, "Date": date.today(), "Amount": 115}
    made = xero.payments.put(payment)[0]
    after = xero.invoices.get(owed["InvoiceID"])[0]
    told("a full payment makes the invoice PAID", (after["Status"], after["AmountDue"]) == ("PAID", 0), after)
    gone = xero.payments.delete(made["PaymentID"])[0]
    after = xero.invoices.get(owed["InvoiceID"])[0]
    told("deleting it is answered", gone["Status"] == "DELETED", gone)
    told("the invoice is open again", (after["Status"], after["AmountDue"]) == ("AUTHORISED", 115), after)
    return owed


def credit_notes(xero, contact, owed):
    note = {"Type": "ACCRECCREDIT", "Status": "AUTHORISED", "Date": date.today(), "Contact": contact}
    made = xero.creditnotes.put(note | {"LineItems": [line(20)]})[0]
    xero.creditnotes.put_allocation(made["CreditNoteID"], {"Invoice": owed, "Amount": 23, "Date": date.today()})
    after = xero.creditnotes.get(made["CreditNoteID"])[0]
    told("an allocated credit note is PAID", (after["Status"], after["RemainingCredit"]) == ("PAID", 0), after)
    due = xero.invoices.get(owed["InvoiceID"])[0]["AmountDue"]
    told("its invoice owes less", due == 92, due)


def orders_and_quotes(xero, contact):
    order = {"Contact": contact, "Date": date.today(), "LineItems": [line(50, AccountCode="300")]}
    made = xero.purchaseorders.put(order)[0]
    told("a purchase order is a numbered draft", made["Status"] == "DRAFT" and made["PurchaseOrderNumber"], made)
    made = xero.quotes.put(order | {"LineItems": [line(80)]})[0]
    told("a quote is a numbered draft", made["Status"] == "DRAFT" and made["QuoteNumber"], made)


def bank_transactions(xero, contact, owed):
    received = {
        "Type": "RECEIVE-OVERPAYMENT",
        "Contact": contact,
        "Date": date.today(),
        "BankAccount": {"Code": BANK},
        "LineAmountTypes": "NoTax",
        "LineItems": [line(30, AccountCode=DEBTORS)],
    }
    made = xero.banktransactions.put(received)[0]
    told("an overpayment is received at the bank", made.get("OverpaymentID") and made["Total"] == 30, made)
    spare = xero.overpayments.get(made["OverpaymentID"])[0]
    told("all of it is left to use", spare["RemainingCredit"] == 30, spare)


def files_and_history(xero, owed):
    content = f"A file of {RUN}\n".encode()
    made = xero.invoices.put_attachment(owed["InvoiceID"], "order.txt", io.BytesIO(content), "text/plain")
    told("a file is attached", b"order.txt" in str(made).encode(), made)
    back = xero.invoices.get_attachment_data(owed["InvoiceID"], "order.txt")
    told("it is read back unchanged", back == content, back)
    xero.invoices.put_history(owed["InvoiceID"], f"Rung up {RUN}")
    history = xero.invoices.get_history(owed["InvoiceID"])
    told("a note stands in the history", f"Rung up {RUN}" in str(history), history)


def lists(xero, contact, code):
    made = {invoice(xero, contact, code)["InvoiceID"] for _ in range(3)}
    wanted = {"Contact_ContactID": contact["ContactID"], "order": "InvoiceID"}
    count = len(xero.invoices.filter(page=1, **wanted))
    seen, page = [], 1
    while got := xero.invoices.filter(page=page, pageSize=2, **wanted):
        seen += [one["InvoiceID"] for one in got]
        page += 1
    told("pages of two hold each invoice once", len(seen) == len(set(seen)) == count and made <= set(seen), seen)
    now = datetime.now(timezone.utc)
    later = xero.invoices.filter(since=now + timedelta(days=1))
    told("nothing has changed since tomorrow", not later, later)
    lately = xero.invoices.filter(since=now - timedelta(hours=1), page=1, order="UpdatedDateUTC DESC")
    told("the new ones have changed within the hour", made <= {one["InvoiceID"] for one in lately}, lately)
    told("dates are read as dates", isinstance(lately[0]["Date"], datetime), lately[0]["Date"])


def many(xero):
    """Pages of 100 through 250 contacts, made fifty at a time."""
    for start in range(0, 250, 50):
        xero.contacts.put([{"Name": f"Page {RUN} {number:03}"} for number in range(start, start + 50)])
    wanted = {"raw": f'Name.StartsWith("Page {RUN}")', "order": "Name"}
    pages = [[one["Name"] for one in xero.contacts.filter(page=page, **wanted)] for page in (1, 2, 3)]
    told("250 contacts are three pages", [len(one) for one in pages] == [100, 100, 50], pages)
    names = sum(pages, [])
    told("in the order asked for, each once", names == sorted(set(names)) and len(names) == 250, names)


def replay(xero):
    once = {"Name": f"Once only {RUN}"}
    call = xero.contacts._get_data(
        lambda data: xero.contacts.save_or_put(data, method="put", headers={"Idempotency-Key": RUN})
    )
    first, second = (call(once)[0]["ContactID"] for _ in range(2))
    told("the same key is answered the same", first == second, (first, second))
    found = xero.contacts.filter(Name=once["Name"])
    told("and carried out once", len(found) == 1, found)


def reports(xero):
    for name in ("TrialBalance", "ProfitAndLoss", "BalanceSheet"):
        report = xero.reports.get(name)[0]
        told(f"{report['ReportName']} has rows", len(report["Rows"]) > 1, report)


def main(url: str) -> None:
    browser.make_room(url)
    xero = client(url)
    contact, code = contacts(xero), items(xero)
    invoices(xero, contact, code)
    owed = payments(xero, contact, code)
    credit_notes(xero, contact, owed)
    orders_and_quotes(xero, contact)
    bank_transactions(xero, contact, owed)
    files_and_history(xero, owed)
    lists(xero, contact, code)
    many(xero)
    replay(xero)
    reports(xero)


if __name__ == "__main__":
    main((sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:9000").rstrip("/"))
