"""Answers and bodies in XML."""

import pytest
from lxml import etree

XML = {"Accept": "application/xml"}
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def tree(reply):
    assert reply.headers["Content-Type"] == "text/xml; charset=utf-8"
    return etree.fromstring(reply.content)


def invoice(**more):
    line = {"Description": "Goods & <services>", "Quantity": 1, "UnitAmount": "10.50", "AccountCode": "200"}
    return {
        "Type": "ACCREC",
        "Contact": {"Name": "Kauri Cafe"},
        "Date": "2026-06-10",
        "DueDate": "2026-07-10",
        "LineItems": [line, line],
        **more,
    }


@pytest.mark.parametrize("accept", ["application/xml", "text/xml", "text/html, application/xml;q=0.9, */*;q=0.8"])
def test_lists_are_plural_around_singular(api, accept):
    api.call("PUT", "Invoices", invoice())
    root = tree(api.get("Invoices", page=1, headers={"Accept": accept}))
    assert root.tag == "Response"
    assert root.findtext("Status") == "OK"
    assert root.findtext("DateTimeUTC").endswith("Z")
    (one,) = root.findall("Invoices/Invoice")
    assert [line.findtext("Description") for line in one.findall("LineItems/LineItem")] == ["Goods & <services>"] * 2
    assert one.findtext("Total") == "24.16"
    assert one.findtext("Date") == "2026-06-10T00:00:00"
    assert one.find("DateString") is None
    assert one.findtext("Contact/Name") == "Kauri Cafe"
    assert root.findtext("pagination/itemCount") == "1"


def test_addresses_and_reports(api):
    contacts = tree(api.get("Contacts", headers=XML))
    assert {one.findtext("AddressType") for one in contacts.iterfind("Contacts/Contact/Addresses/Address")} == {
        "STREET",
        "POBOX",
    }
    report = tree(api.get("Reports/TrialBalance", headers=XML))
    assert report.findtext("Reports/Report/ReportType") == "TrialBalance"
    assert report.findtext("Reports/Report/Rows/Row/Cells/Cell/Value") == "Account"


@pytest.mark.parametrize("accept", ["application/json", "*/*", None, "application/json, application/xml;q=0.5"])
def test_json_stays_where_xml_is_not_wanted(api, accept):
    reply = api.get("Organisation", headers={"Accept": accept})
    assert reply.json()["Organisations"]


def test_refusals(api):
    root = tree(api.call("PUT", "Contacts", {"Name": "Kauri Cafe"}, headers=XML))
    assert (root.tag, root.findtext("ErrorNumber"), root.findtext("Type")) == (
        "ApiException",
        "10",
        "ValidationException",
    )
    (refused,) = root.findall("Elements/DataContractBase")
    assert refused.get(f"{XSI}type") == "Contact"
    assert "already assigned" in refused.findtext("ValidationErrors/ValidationError/Message")
    assert api.get("Invoices/none", headers=XML).content == b""


def test_control_characters_do_not_break_an_answer(api):
    root = tree(api.put_contact("Odd \x07 name", headers=XML))
    assert root.findtext("Contacts/Contact/Name") == "Odd \ufffd name"


BODY = b"""<?xml version="1.0"?>
<Invoices><Invoice>
  <Type>ACCREC</Type><Status>AUTHORISED</Status><Contact><Name>Kauri Cafe</Name></Contact>
  <Date>2026-06-10T00:00:00</Date><DueDate>2026-07-10</DueDate><LineAmountTypes>Inclusive</LineAmountTypes>
  <LineItems><LineItem><Description>Goods</Description><Quantity>2</Quantity><UnitAmount>57.5</UnitAmount>
  <AccountCode>200</AccountCode></LineItem></LineItems>
</Invoice></Invoices>"""


def send(api, body, method="PUT", path="Invoices"):
    return api.call(method, path, headers=XML | {"Content-Type": "application/xml"}, data=body)


def test_bodies_may_be_xml(api):
    one = tree(send(api, BODY)).find("Invoices/Invoice")
    assert (one.findtext("Total"), one.findtext("TotalTax")) == ("115.00", "15.00")
    bare = b"<Contact><Name>Bare</Name><ContactPersons/></Contact>"
    assert tree(send(api, bare, path="Contacts")).findtext("Contacts/Contact/Name") == "Bare"


def test_attached_xml_stays_a_file(api):
    saved = tree(send(api, BODY)).findtext("Invoices/Invoice/InvoiceID")
    path = f"Invoices/{saved}/Attachments/order.xml"
    assert send(api, BODY, path=path).status_code == 200
    assert api.get(path, headers={"Accept": "application/xml"}).content == BODY


@pytest.mark.parametrize(
    "body",
    [
        b"<Invoices><Invoice>",
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><Contact><Name>&e;</Name></Contact>',
        b"<Invoices/>",
        b"<x>" * 5000,
    ],
)
def test_bad_xml_is_refused(api, body):
    assert send(api, body).status_code == 400


def test_amounts_of_allocations_are_called_applied(api):
    owed = api.call("PUT", "Invoices", invoice(Status="AUTHORISED")).json()["Invoices"][0]
    note = invoice(Type="ACCRECCREDIT", Status="AUTHORISED")
    credit = api.call("PUT", "CreditNotes", note).json()["CreditNotes"][0]
    body = "<Allocation><AppliedAmount>5</AppliedAmount><Invoice><InvoiceID>{}</InvoiceID></Invoice></Allocation>"
    path = f"CreditNotes/{credit['CreditNoteID']}"
    made = tree(send(api, body.format(owed["InvoiceID"]).encode(), path=f"{path}/Allocations"))
    assert made.find("Allocations/Allocation") is not None
    assert api.get(path).json()["CreditNotes"][0]["Allocations"][0]["Amount"] == 5
    shown = tree(api.get(path, headers=XML))
    assert shown.findtext("CreditNotes/CreditNote/Allocations/Allocation/AppliedAmount") == "5.00"
