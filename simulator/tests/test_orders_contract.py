"""Orders, quotes and settings parse into xero-python's models and have no key that these do not know."""

import pytest
from books import Books, elements_key, line
from test_accounting_contract import ENVELOPE, MODELS, ON_THE_WIRE_ONLY, parse

# As recorded (xero-api.md 3.2, 4.5, 4.6).
WIRE = {
    "PurchaseOrder": {
        *("DateString", "DeliveryDateString", "ExpectedArrivalDateString", "HasErrors", "IsDiscounted", "Type"),
    },
    "LineItem": {"ValidationErrors"},
}
MORE = {
    "TrackingCategories": "TrackingCategory",
    "Options": "TrackingOption",
    "BrandingThemes": "BrandingTheme",
    "ContactGroups": "ContactGroup",
    "PurchaseOrders": "PurchaseOrder",
    "Quotes": "Quote",
    "RepeatingInvoices": "RepeatingInvoice",
    "Attachments": "Attachment",
    "OnlineInvoices": "OnlineInvoice",
}


@pytest.fixture(autouse=True)
def wire_keys(monkeypatch):
    for model, keys in WIRE.items():
        monkeypatch.setitem(ON_THE_WIRE_ONLY, model, ON_THE_WIRE_ONLY.get(model, set()) | keys)


@pytest.fixture
def books():
    """One of everything."""
    books = Books()
    contact = {"ContactID": books.get("Contacts")[0]["ContactID"]}
    tracked = line(10, Tracking=[{"Name": "Region", "Option": "North"}], DiscountRate=5)
    books.order = {
        "Contact": contact,
        "Date": "2026-06-10",
        "LineItems": [tracked, {"Description": "words"}],
        "Reference": "r",
    }
    days = {"DeliveryDate": "2026-07-01", "ExpectedArrivalDate": "2026-07-02", "SentToContact": True}
    order = books.put("PurchaseOrders", {**books.order, **days, "Status": "AUTHORISED"})
    books.quote = {**books.order, "ExpiryDate": "2026-07-10", "Title": "t", "Summary": "s", "Terms": "x"}
    books.put("Quotes", books.quote)
    group = books.get("ContactGroups")[0]
    books.put(f"ContactGroups/{group['ContactGroupID']}/Contacts", contact)
    books.call("PUT", f"PurchaseOrders/{order['PurchaseOrderID']}/Attachments/a.txt", raw=b"a")
    books.invoice(tracked)
    return books


def check(books, method, path, body=None, **args):
    status, payload = books.call(method, path, body, **args)
    assert status == 200, payload
    name = elements_key(payload)
    assert set(payload) <= {*ENVELOPE, name, "SummarizeErrors"}
    assert payload[name]
    parse({**MODELS, **MORE}[name], payload[name])
    return payload[name]


@pytest.mark.parametrize(
    "path",
    [name for name in MORE if name not in ("Options", "Attachments", "OnlineInvoices")] + ["Contacts", "Invoices"],
)
def test_lists_and_single_records(books, path):
    key = {"TrackingCategories": "TrackingCategoryID"}.get(path, f"{path[:-1]}ID")
    for args in ({}, {"page": "1"}):
        for element in check(books, "GET", path, **args):
            check(books, "GET", f"{path}/{element[key]}")
    parse({**MODELS, **MORE}[path], books.organisation.dump(path))


def test_what_lies_below_a_record(books):
    order = books.get("PurchaseOrders")[0]
    check(books, "GET", f"PurchaseOrders/{order['PurchaseOrderID']}/Attachments")
    invoice = next(one for one in books.get("Invoices") if one["Status"] == "AUTHORISED")
    check(books, "GET", f"Invoices/{invoice['InvoiceID']}/OnlineInvoice")
    category = books.get("TrackingCategories")[0]["TrackingCategoryID"]
    (option,) = check(books, "PUT", f"TrackingCategories/{category}/Options", {"Name": "West"})
    check(books, "POST", f"TrackingCategories/{category}/Options/{option['TrackingOptionID']}", {"Name": "East"})


@pytest.mark.parametrize("summarize", ["true", "false"])
@pytest.mark.parametrize(("path", "body"), [("PurchaseOrders", "order"), ("Quotes", "quote")])
def test_writes_and_refusals(books, path, body, summarize):
    good = getattr(books, body)
    check(books, "PUT", path, good, summarizeErrors=summarize)
    bad = {**good, "Status": "DELETED", "ExpiryDate": "2026-07-01", "DeliveryDate": "2026-07-01"}
    status, payload = books.call("PUT", path, bad, summarizeErrors=summarize)
    assert status == (400 if summarize == "true" else 200)
    parse(MORE[path], payload["Elements" if summarize == "true" else path])


@pytest.mark.parametrize("path", ["PurchaseOrders", "Quotes", "TrackingCategories", "ContactGroups"])
def test_hostile_values_are_refused_in_words(books, path):
    values = ["", "\0", "\U0001f4a5" * 300, -1, 10**14, True, None, [], {}, [[]], [{}], {"Name": {}}, "1e999", "NaN"]
    good = {"PurchaseOrders": books.order, "Quotes": books.quote}.get(path, {"Name": "Hostile"})
    for key in {*good, *("Status", "LineAmountTypes", "CurrencyCode", "CurrencyRate", "Options", "Contacts")}:
        for value in values:
            assert books.call("PUT", path, {**good, key: value})[0] in (200, 400, 404), (key, value)
    for key in ("Tracking", "TrackingOptionID", "Quantity", "UnitAmount", "LineAmount", "DiscountAmount"):
        for value in values:
            body = {**good, "LineItems": [{**line(1), key: value}]}
            assert books.call("PUT", path, body)[0] in (200, 400, 404), (key, value)
