"""Purchase orders, quotes and repeating invoices (xero-api.md 4.5, 4.6)."""

from decimal import Decimal

import pytest
from books import Books, line

STATUS_CHANGE = "PurchaseOrder status change is invalid"
FINAL = "Deleted PurchaseOrders cannot be updated"
NOBODY = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def books():
    return Books()


@pytest.fixture
def contact(books):
    return books.put("Contacts", {"Name": "Rimu Supplies", "ContactNumber": "R1", "EmailAddress": "hello@rimu.example"})


@pytest.fixture
def order(books, contact):
    """Makes purchase orders."""

    def make(*lines, write=books.put, **more):
        body = {"Contact": {"ContactID": contact["ContactID"]}, "Date": "2026-06-10", **more}
        return write("PurchaseOrders", {"LineItems": list(lines) or [line(100, "300")], **body})

    return make


@pytest.fixture
def quote(books, contact):
    def make(*lines, **more):
        body = {"Contact": {"ContactID": contact["ContactID"]}, "Date": "2026-06-10", **more}
        return books.put("Quotes", {"LineItems": list(lines) or [line(100)], **body})

    return make


def change_order(books, order, **changes):
    return books.post("PurchaseOrders", {"PurchaseOrderID": order["PurchaseOrderID"], **changes})


def change_quote(books, quote, status, **more):
    return books.post("Quotes", {"QuoteID": quote["QuoteID"], "Status": status, **more})


# -- purchase orders


def test_an_order_is_computed_and_numbered(order):
    made = order(line("10.1234", "300", Quantity=3, DiscountRate=10), LineAmountTypes="Inclusive")
    assert made["PurchaseOrderNumber"] == "PO-0001"
    assert (made["Status"], made["Type"], made["IsDiscounted"]) == ("DRAFT", "PURCHASEORDER", True)
    (shown,) = made["LineItems"]
    assert (shown["UnitAmount"], shown["LineAmount"], shown["TaxType"]) == (
        Decimal("10.1234"),
        Decimal("27.33"),
        "INPUT2",
    )
    assert (made["SubTotal"], made["TotalTax"], made["Total"]) == (Decimal("23.77"), Decimal("3.56"), Decimal("27.33"))
    assert made["DateString"] == "2026-06-10T00:00:00"


def test_an_order_has_no_effect_on_the_ledger_or_the_contact(books, contact, order):
    before = books.organisation.ledger.balances()
    order(Status="AUTHORISED")
    assert books.organisation.ledger.balances() == before
    assert books.get(f"Contacts/{contact['ContactID']}")[0]["IsSupplier"] is False


@pytest.mark.parametrize("contact_data", [None, {"Name": "Rimu Supplies"}, {"Name": "Nobody yet"}])
def test_an_order_makes_no_contact(books, contact, contact_data):
    body = {"LineItems": [line(1, "300")], "Contact": contact_data}
    assert books.refused("PUT", "PurchaseOrders", body) == ["A Contact must be specified for this type of transaction"]


def test_an_order_names_its_contact_by_id_or_number(books, contact):
    body = {"LineItems": [line(1, "300")], "Contact": {"ContactNumber": "R1"}}
    assert books.put("PurchaseOrders", body)["Contact"]["Name"] == "Rimu Supplies"
    assert books.call("PUT", "PurchaseOrders", {**body, "Contact": {"ContactID": NOBODY}}) == (404, None)
    books.post(f"Contacts/{contact['ContactID']}", {"ContactStatus": "ARCHIVED"})
    assert "archived contact" in books.refused("PUT", "PurchaseOrders", body)[0]


def test_what_an_order_needs(books, contact):
    body = {"Contact": {"ContactID": contact["ContactID"]}}
    assert books.refused("PUT", "PurchaseOrders", body) == ["One or more line items must be specified"]
    bare = {**body, "LineItems": [{"Quantity": 2}], "Status": "SUBMITTED"}
    assert books.refused("PUT", "PurchaseOrders", bare) == [
        "The UnitAmount field is mandatory for each line item.",
        "The description field is mandatory for each line item.",
    ]
    wordy = {**body, "LineItems": [line(1, "300")], "DeliveryInstructions": "x" * 501}
    assert books.refused("PUT", "PurchaseOrders", wordy) == [
        "The DeliveryInstructions field must not exceed 500 characters."
    ]
    amount = {**body, "LineItems": [line(10, "300", DiscountAmount=1)]}
    assert books.refused("PUT", "PurchaseOrders", amount) == ["Only a DiscountRate may be applied to purchase orders."]


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED", "AUTHORISED", "BILLED"])
def test_any_live_order_can_be_made_and_deleted(books, order, status):
    made = order(Status=status)
    assert made["Status"] == status
    assert change_order(books, made, Status="DELETED")["Status"] == "DELETED"
    assert books.refused("POST", "PurchaseOrders", {"PurchaseOrderID": made["PurchaseOrderID"], "Reference": "x"}) == [
        FINAL
    ]


@pytest.mark.parametrize(("old", "new"), [("AUTHORISED", "DRAFT"), ("BILLED", "SUBMITTED"), ("DRAFT", "PAID")])
def test_status_changes_that_are_refused(books, order, old, new):
    made = order(Status=old)
    body = {"PurchaseOrderID": made["PurchaseOrderID"], "Status": new}
    assert books.refused("POST", "PurchaseOrders", body) == [STATUS_CHANGE]


def test_a_number_that_is_sent_again_overwrites_a_live_order(books, order):
    first = order(PurchaseOrderNumber="PO-77", Reference="one")
    second = order(line(5, "300"), write=books.post, PurchaseOrderNumber="po-77")
    assert second["PurchaseOrderID"] == first["PurchaseOrderID"]
    assert (second["Total"], second["Reference"]) == (Decimal("5.75"), "one")
    assert second["LineItems"][0]["LineItemID"] != first["LineItems"][0]["LineItemID"]
    body = {"Contact": {"ContactNumber": "R1"}, "LineItems": [line(1, "300")], "PurchaseOrderNumber": "PO-77"}
    assert books.refused("PUT", "PurchaseOrders", body) == ["Order number must be unique"]


def test_a_deleted_order_keeps_its_number(books, order):
    """As recorded: 200, an element in error with the zero id and two messages."""
    change_order(books, order(PurchaseOrderNumber="PO-9"), Status="DELETED")
    body = {
        "PurchaseOrderNumber": "PO-9",
        "Status": "SUBMITTED",
        "Contact": {"ContactNumber": "R1"},
        "LineItems": [line(1, "300")],
    }
    status, payload = books.call("POST", "PurchaseOrders", body, summarizeErrors="false")
    (element,) = payload["PurchaseOrders"]
    assert (status, element["StatusAttributeString"], element["HasErrors"]) == (200, "ERROR", True)
    assert element["PurchaseOrderID"] == "00000000-0000-0000-0000-000000000000"
    assert [error["Message"] for error in element["ValidationErrors"]] == [STATUS_CHANGE, FINAL]


def test_a_number_is_freed_by_renaming_in_the_update_that_deletes(books, order):
    made = order(PurchaseOrderNumber="PO-9")
    gone = change_order(books, made, Status="DELETED", PurchaseOrderNumber="PO-9-VOID")
    assert (gone["Status"], gone["PurchaseOrderNumber"]) == ("DELETED", "PO-9-VOID")
    assert gone["LineItems"] == made["LineItems"]
    assert order(PurchaseOrderNumber="PO-9")["PurchaseOrderID"] != made["PurchaseOrderID"]


def test_only_approved_orders_are_marked_as_sent(order):
    assert order(SentToContact=True)["SentToContact"] is False
    assert order(SentToContact=True, Status="AUTHORISED")["SentToContact"] is True


def test_orders_are_always_paged_and_know_no_where(books, order):
    for day in range(1, 5):
        order(Date=f"2026-06-0{day}", Status="BILLED" if day == 4 else "DRAFT")
    _, payload = books.call("GET", "PurchaseOrders", where="this is ( no filter")
    assert payload["pagination"] == {"page": 1, "pageSize": 100, "pageCount": 1, "itemCount": 4}
    _, payload = books.call("GET", "PurchaseOrders", page="2", pageSize="3")
    assert (len(payload["PurchaseOrders"]), payload["pagination"]["pageCount"]) == (1, 2)
    numbers = [
        one["PurchaseOrderNumber"] for one in books.get("PurchaseOrders", DateFrom="2026-06-02", DateTo="2026-06-03")
    ]
    assert sorted(numbers) == ["PO-0002", "PO-0003"]
    assert [one["PurchaseOrderNumber"] for one in books.get("PurchaseOrders", Status="BILLED")] == ["PO-0004"]
    assert books.get("PurchaseOrders", order="Date DESC")[0]["PurchaseOrderNumber"] == "PO-0004"
    assert books.call("GET", "PurchaseOrders", DateFrom="yesterday")[0] == 400


def test_an_order_as_it_is_read(books, contact, order):
    made = order(DeliveryDate="2026-07-01", ExpectedArrivalDate="2026-07-02", AttentionTo="Stores")
    (read,) = books.get(f"PurchaseOrders/{made['PurchaseOrderNumber']}")
    assert (read["DeliveryDateString"], read["ExpectedArrivalDateString"]) == (
        "2026-07-01T00:00:00",
        "2026-07-02T00:00:00",
    )
    assert (read["HasAttachments"], read["Attachments"]) == (False, [])
    assert "HasAttachments" not in made
    assert "AccountID" in made["LineItems"][0]
    assert "AccountID" not in read["LineItems"][0]
    # Half a day ahead: New Zealand's time, called UTC.
    ahead = milliseconds(read["Contact"]) - milliseconds(books.get(f"Contacts/{contact['ContactID']}")[0])
    assert ahead == 12 * 3600 * 1000


def milliseconds(element):
    return int(element["UpdatedDateUTC"][6:19])


# -- quotes


def test_a_quote_in_its_own_casing(books, quote):
    status, payload = books.call(
        "PUT",
        "Quotes",
        {
            "Contact": {"Name": "Kauri Cafe"},
            "Date": "2026-06-10",
            "LineAmountTypes": "Exclusive",
            "LineItems": [line("703.0212", TaxType="OUTPUT2")],
        },
        summarizeErrors="false",
    )
    assert list(payload)[0] == "SummarizeErrors"
    assert payload["SummarizeErrors"] is False
    (made,) = payload["Quotes"]
    assert (made["LineAmountTypes"], made["QuoteNumber"], made["Status"]) == ("EXCLUSIVE", "QU-0001", "DRAFT")
    assert (made["LineItems"][0]["UnitAmount"], made["Total"]) == (Decimal("703.0212"), Decimal("808.47"))
    assert (made["Date"], made["DateString"]) == ("/Date(1781049600000)/", "2026-06-10T00:00:00")
    assert "+" not in made["UpdatedDateUTC"]


def test_a_tax_type_is_not_taken_from_the_account(quote):
    made = quote()
    assert (made["TotalTax"], made["Total"]) == (0, 100)
    assert "TaxType" not in made["LineItems"][0]


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        (["SENT", "ACCEPTED", "INVOICED", "SENT", "DECLINED", "SENT", "DELETED"], "DRAFT"),
        (["SENT", "DECLINED"], "ACCEPTED"),
        (["SENT", "ACCEPTED"], "DECLINED"),
        (["DELETED"], "SENT"),
        ([], "ACCEPTED"),
    ],
)
def test_the_statuses_of_a_quote(books, quote, path, refused):
    made = quote()
    for status in path:
        assert change_quote(books, made, status)["Status"] == status
    body = {"QuoteID": made["QuoteID"], "Status": refused}
    old = path[-1] if path else "DRAFT"
    final = "Deleted quotes cannot be updated."
    expected = final if old == "DELETED" else f"A quote cannot be changed from {old} to {refused}."
    assert books.refused("POST", "Quotes", body) == [expected]


def test_an_accepted_quote_can_be_deleted(books, quote):
    made = quote()
    for status in ("SENT", "ACCEPTED", "DELETED"):
        made = change_quote(books, made, status)
    assert made["Status"] == "DELETED"


def test_an_update_renumbers_and_clears_what_is_left_out(books, quote):
    """As recorded: the number and the terms of a quote are anew with every update."""
    made = quote(Terms="Thirty days")
    sent = change_quote(books, made, "SENT")
    assert (made["QuoteNumber"], sent["QuoteNumber"], sent["Terms"]) == ("QU-0001", "QU-0002", "")
    assert sent["LineItems"] == made["LineItems"]
    kept = change_quote(books, made, "SENT", QuoteNumber="QU-0002", Terms="Thirty days")
    assert (kept["QuoteNumber"], kept["Terms"]) == ("QU-0002", "Thirty days")


def test_only_notes_of_an_accepted_quote_change(books, quote):
    made = quote()
    change_quote(books, made, "SENT")
    change_quote(books, made, "ACCEPTED")
    body = {"QuoteID": made["QuoteID"], "LineItems": [line(5)]}
    refusal = ["Only contact details and notes of a quote that is ACCEPTED can be changed."]
    assert books.refused("POST", "Quotes", body) == refusal
    assert books.post("Quotes", {"QuoteID": made["QuoteID"], "Title": "Chairs"})["Title"] == "Chairs"


def test_what_a_quote_needs(books, contact):
    body = {"Contact": {"ContactID": contact["ContactID"]}, "LineItems": [line(1)]}
    assert books.refused("PUT", "Quotes", body) == ["A Date must be specified for a quote."]
    dated = {**body, "Date": "2026-06-10"}
    assert books.refused("PUT", "Quotes", {**dated, "Title": "x" * 101}) == [
        "The Title field must not exceed 100 characters."
    ]
    assert books.refused("PUT", "Quotes", {**dated, "LineItems": [line(1, "999")]}) == [
        "Account code '999' is not a valid code for this document."
    ]
    assert books.refused("PUT", "Quotes", {**dated, "LineItems": []}) == ["One or more line items must be specified"]
    books.put("Quotes", {**dated, "QuoteNumber": "Q"})
    assert books.refused("PUT", "Quotes", {**dated, "QuoteNumber": "q"}) == ["Quote # must be unique."]


def test_quotes_come_in_pages_without_a_pagination_object(books, quote, contact):
    for day in range(1, 4):
        quote(Date=f"2026-06-0{day}", ExpiryDate=f"2026-07-0{day}", QuoteNumber=f"A-{day}")
    _, payload = books.call("GET", "Quotes", page="1")
    assert set(payload) == {"SummarizeErrors", "Id", "Status", "ProviderName", "DateTimeUTC", "Quotes"}
    assert payload["SummarizeErrors"] is True
    assert len(payload["Quotes"]) == 3
    asked = {
        "QuoteNumber": "-2",
        "DateFrom": "2026-06-02",
        "DateTo": "2026-06-02",
        "ExpiryDateFrom": "2026-07-02",
        "ExpiryDateTo": "2026-07-02",
        "Status": "DRAFT",
        "ContactID": contact["ContactID"],
    }
    assert [one["QuoteNumber"] for one in books.get("Quotes", **asked)] == ["A-2"]
    assert books.get("Quotes", ContactID=NOBODY) == []


def test_a_quote_knows_tracking_by_id_alone(books, quote):
    category = books.put("TrackingCategories", {"Name": "Division", "Options": [{"Name": "East"}]})
    option = category["Options"][0]
    by_name = quote(line(1, Tracking=[{"Name": "Division", "Option": "East"}]))
    by_id = quote(line(1, Tracking=[{"TrackingOptionID": option["TrackingOptionID"]}]))
    assert by_name["LineItems"][0]["Tracking"] == []
    assert by_id["LineItems"][0]["Tracking"][0]["Option"] == "East"


# -- repeating invoices


def test_repeating_invoices_are_read_only(books):
    (template,) = books.get("RepeatingInvoices")
    assert (template["Type"], template["Schedule"]["Unit"]) == ("ACCREC", "MONTHLY")
    assert books.get(f"RepeatingInvoices/{template['ID']}")[0]["LineItems"]
    assert books.call("PUT", "RepeatingInvoices", {"Type": "ACCREC"})[0] == 405
