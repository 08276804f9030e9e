"""Invoices, bills and credit notes: lines, numbers, statuses, dates, currency (xero-api.md 4.2, 4.3)."""

from decimal import Decimal

import pytest
from books import Books, document, line


@pytest.fixture
def books():
    return Books()


def refused(books, *amounts, kind="ACCREC", **more):
    resource = "CreditNotes" if kind.endswith("CREDIT") else "Invoices"
    return books.refused("PUT", resource, document(kind, amounts, **more))


def update(books, invoice, **changes):
    return {"InvoiceID": invoice["InvoiceID"], **changes}


# -- what is required


def test_due_date_of_an_approved_invoice(books):
    body = document("ACCREC", [100])
    del body["DueDate"]
    assert books.refused("PUT", "Invoices", body) == ["The document DueDate field must be specified."]
    assert books.put("Invoices", {**body, "Status": "DRAFT"})["Status"] == "DRAFT"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Description": None}, "The description field is mandatory for each line item."),
        ({"UnitAmount": None}, "The UnitAmount field is mandatory for each line item."),
        ({"AccountCode": None}, "Account code must be specified"),
        ({"AccountCode": "999"}, "Account code '999' is not a valid code for this document."),
        ({"AccountCode": "610"}, "Account code '610' is not a valid code for this document."),
        ({"AccountCode": "800"}, "Account code '800' is not a valid code for this document."),
        ({"AccountCode": "090"}, "Account code '090' is not a valid code for this document."),
        ({"AccountCode": "960"}, "Account code '960' is not a valid code for this document."),
        ({"TaxType": "INPUT2"}, "The TaxType code 'INPUT2' cannot be used with account code '200'."),
        ({"TaxType": "OUTPUT"}, "Tax rate must be Active"),
        (
            {"TaxType": "GST"},
            "The TaxType code GST does not exist or cannot be used for this type of transaction.",
        ),
        ({"ItemCode": "NONE-SUCH"}, "Item code 'NONE-SUCH' is not valid"),
        ({"Quantity": -1}, "The quantity value '-1.0000' is invalid. Quantity must not be less than zero."),
        ({"LineAmount": 99}, "The line total 99.00 does not match the expected line total 100.00"),
        ({"Quantity": 1_000_000_000}, "The line amount must not exceed 9,999,999,999.99."),
    ],
)
def test_lines_of_an_approved_invoice(books, change, message):
    bad = {key: value for key, value in (line(100) | change).items() if value is not None}
    assert refused(books, bad) == [message]


def test_output_tax_is_off_for_expenses(books):
    """The message as xero-api.md 4.9 quotes it, for New Zealand's code."""
    message = "The TaxType code 'OUTPUT2' cannot be used with account code '429'."
    assert refused(books, line(100, "429", TaxType="OUTPUT2"), kind="ACCPAY") == [message]


def test_an_archived_account_takes_no_lines(books):
    books.act("deactivate-account", account="260")
    assert refused(books, line(1, "260")) == [
        "Account code '260' has been archived, or has been deleted. Each line item must reference a valid account."
    ]


def test_all_that_is_wrong_is_said_at_once(books):
    assert len(refused(books, line(1, "999", Quantity=-1), Url="https://xero.example")) == 3


def test_a_draft_may_be_incomplete_but_an_unknown_account_is_dropped_with_a_warning(books):
    body = document("ACCREC", [line(100, "999"), {"Description": "Later"}], "DRAFT")
    _, payload = books.call("PUT", "Invoices", body, summarizeErrors="false")
    (draft,) = payload["Invoices"]
    message = "Account code '999' has been removed as it does not match a recognised account"
    assert draft["Warnings"] == [{"Message": message}]
    assert draft["StatusAttributeString"] == "WARNING"
    assert "AccountCode" not in draft["LineItems"][0]


def test_no_lines(books):
    for body in (document("ACCREC", []), {"Type": "ACCREC", "Contact": {"Name": "Kauri Cafe"}}):
        assert books.refused("PUT", "Invoices", body) == ["One or more line items must be specified"]


def test_unknown_type_and_line_amount_types(books):
    assert books.refused("PUT", "Invoices", document("INVOICE", [1]))
    assert books.refused("PUT", "Invoices", document("ACCREC", [1], LineAmountTypes="Gross"))


def test_totals_that_are_sent_have_to_agree(books):
    assert refused(books, 100, Total="115.01") == ["The document total does not equal the sum of the lines."]
    assert books.invoice(100, Total=115)["Total"] == 115


def test_a_rebate_is_a_negative_unit_amount(books):
    assert books.invoice(100, -30)["Total"] == Decimal("80.5")
    assert refused(books, 100, -130) == ["The document total must not be negative."]


@pytest.mark.parametrize(("kind", "noun"), [("ACCPAY", "ACCPAY invoices"), ("ACCRECCREDIT", "credit notes")])
def test_discounts_are_for_sales_invoices(books, kind, noun):
    account = "429" if kind == "ACCPAY" else "200"
    assert refused(books, line(100, account, DiscountRate=10), kind=kind) == [
        f"Discounts may not be applied to {noun}."
    ]


def test_description_only_lines_show_no_amounts(books):
    invoice = books.invoice(100, {"Description": "With our thanks"})
    assert set(invoice["LineItems"][1]) == {"Description", "LineItemID", "Tracking"}
    assert invoice["Total"] == 115


def test_link_back(books):
    assert len(refused(books, 100, Url="https://XERO.example/1")) == 1
    assert books.invoice(100, Url="https://odoo.example/1")["Url"] == "https://odoo.example/1"


# -- what is filled in


def test_an_item_fills_what_is_missing(books):
    (filled,) = books.invoice({"ItemCode": "chair-oak", "Quantity": 2})["LineItems"]
    assert (filled["ItemCode"], filled["UnitAmount"], filled["AccountCode"]) == ("CHAIR-OAK", 240, "200")
    assert (filled["Description"], filled["TaxType"]) == ("Dining chair in solid oak", "OUTPUT2")
    assert filled["Item"]["Code"] == "CHAIR-OAK"
    (bought,) = books.bill({"ItemCode": "CHAIR-OAK", "Quantity": 1, "UnitAmount": 125})["LineItems"]
    assert (bought["UnitAmount"], bought["AccountCode"], bought["TaxType"]) == (125, "300", "INPUT2")


def test_an_item_line_without_quantity_loses_its_item(books):
    (lost,) = books.invoice({"ItemCode": "CHAIR-OAK"})["LineItems"]
    assert "ItemCode" not in lost
    assert "Item" not in lost


def test_the_tax_type_comes_from_the_account(books):
    assert books.invoice(100)["LineItems"][0]["TaxType"] == "OUTPUT2"
    assert books.bill(line(100, "404"))["TotalTax"] == 0


def test_accounts_can_be_named_by_id(books):
    sales = next(account for account in books.get("Accounts") if account["Code"] == "200")
    named = {"Description": "Goods", "Quantity": 1, "UnitAmount": 1, "AccountID": sales["AccountID"]}
    assert books.invoice(named)["LineItems"][0]["AccountCode"] == "200"


def test_references_are_for_sales(books):
    assert books.invoice(100, Reference="PO 9")["Reference"] == "PO 9"
    assert "Reference" not in books.bill(100, Reference="PO 9")


# -- numbers


def test_numbers_of_sales_invoices_are_unique(books):
    books.invoice(100, InvoiceNumber="S-1")
    assert refused(books, 100, InvoiceNumber="s-1") == ["Invoice # must be unique."]
    batch = [document("ACCREC", [1], InvoiceNumber="S-2"), document("ACCREC", [1], InvoiceNumber="S-2")]
    assert books.refused("PUT", "Invoices", batch) == ["Invoice # must be unique."]


def test_post_with_a_known_number_updates(books):
    first = books.invoice(100, InvoiceNumber="S-1")
    second = books.post("Invoices", document("ACCREC", [200], InvoiceNumber="S-1"))
    assert second["InvoiceID"] == first["InvoiceID"]
    assert books.read_invoice(first)["Total"] == 230
    assert books.balance("610") == 230


def test_numbers_of_bills_are_free(books):
    bills = [books.bill(100, InvoiceNumber="4711") for _ in range(2)]
    assert bills[0]["InvoiceID"] != bills[1]["InvoiceID"]
    third = books.post("Invoices", document("ACCPAY", [100], InvoiceNumber="4711"))
    assert third["InvoiceID"] not in [bill["InvoiceID"] for bill in bills]


def test_automatic_numbers_step_over_taken_ones(books):
    books.invoice(100, InvoiceNumber="INV-0002")
    assert [books.invoice(100)["InvoiceNumber"] for _ in range(2)] == ["INV-0001", "INV-0003"]
    assert books.credit_note(100)["CreditNoteNumber"] == "CN-0001"


def test_a_deleted_draft_gives_its_number_free_and_a_voided_invoice_keeps_it(books):
    draft = books.invoice(100, status="DRAFT", InvoiceNumber="S-1")
    books.post("Invoices", update(books, draft, Status="DELETED"))
    kept = books.invoice(100, InvoiceNumber="S-1")
    books.post("Invoices", update(books, kept, Status="VOIDED"))
    assert refused(books, 100, InvoiceNumber="S-1") == ["Invoice # must be unique."]


def test_numbers_are_printable_ascii(books):
    assert len(refused(books, 100, InvoiceNumber="Rechnung Ä1")) == 1


# -- statuses

FINAL = "Invoice not of valid status for modification"
CREATED = "Invoice not of valid status for creation"


@pytest.mark.parametrize("status", ["PAID", "VOIDED", "DELETED", "NONSENSE"])
def test_statuses_that_nothing_is_born_with(books, status):
    assert refused(books, 100, status=status) == [CREATED]


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("DRAFT", "SUBMITTED", True),
        ("DRAFT", "AUTHORISED", True),
        ("DRAFT", "DELETED", True),
        ("DRAFT", "VOIDED", False),
        ("DRAFT", "PAID", False),
        ("SUBMITTED", "DRAFT", True),
        ("SUBMITTED", "AUTHORISED", True),
        ("SUBMITTED", "DELETED", True),
        ("SUBMITTED", "VOIDED", False),
        ("AUTHORISED", "AUTHORISED", True),
        ("AUTHORISED", "VOIDED", True),
        ("AUTHORISED", "DRAFT", False),
        ("AUTHORISED", "SUBMITTED", False),
        ("AUTHORISED", "DELETED", False),
        ("AUTHORISED", "PAID", False),
    ],
)
def test_status_machine(books, before, after, allowed):
    body = update(books, books.invoice(100, status=before), Status=after)
    if allowed:
        assert books.post("Invoices", body)["Status"] == after
    else:
        assert books.refused("POST", "Invoices", body) == [FINAL]


@pytest.mark.parametrize(("before", "final"), [("DRAFT", "DELETED"), ("AUTHORISED", "VOIDED")])
def test_final_statuses(books, before, final):
    invoice = books.invoice(100, status=before)
    books.post(f"Invoices/{invoice['InvoiceID']}", {"Status": final})
    for change in ({"Status": "AUTHORISED"}, {"Status": final}, {"Reference": "x"}):
        assert books.refused("POST", "Invoices", update(books, invoice, **change)) == [FINAL]


def test_a_voided_invoice_still_shows_its_amount_due(books):
    voided = books.post("Invoices", update(books, books.invoice(100), Status="VOIDED"))
    assert (voided["AmountDue"], voided["Total"]) == (115, 115)
    assert books.balance("610") == 0


def test_only_approved_documents_are_posted(books):
    for status in ("DRAFT", "SUBMITTED"):
        books.invoice(100, status=status)
    assert books.organisation.ledger.balances() == {}
    approved = books.post("Invoices", update(books, books.get("Invoices")[0], Status="AUTHORISED"))
    assert approved["LineItems"][0]["TaxAmount"] == 15
    assert books.balance("200") == -100


def test_a_document_of_nothing_is_paid_at_once(books):
    assert books.read_invoice(books.invoice(100, -100))["Status"] == "PAID"


# -- lines on update


def test_lines_are_merged_by_their_id(books):
    invoice = books.invoice(100, 200)
    first, second = invoice["LineItems"]
    lines = [{"LineItemID": second["LineItemID"], "UnitAmount": 250}, line(50)]
    changed = books.post("Invoices", update(books, invoice, LineItems=lines))["LineItems"]
    assert [one["LineAmount"] for one in changed] == [250, 50]
    assert changed[0]["LineItemID"] == second["LineItemID"]
    assert first["LineItemID"] not in [one["LineItemID"] for one in changed]


def test_the_same_lines_without_ids_are_made_anew(books):
    invoice = books.invoice(100)
    changed = books.post("Invoices", update(books, invoice, LineItems=[line(100)]))
    assert changed["LineItems"][0]["LineItemID"] != invoice["LineItems"][0]["LineItemID"]


def test_lines_left_out_stay(books):
    invoice = books.invoice(line(100, TaxAmount="15.02"))
    changed = books.post("Invoices", update(books, invoice, Reference="new"))
    assert changed["LineItems"] == invoice["LineItems"]
    inclusive = books.post("Invoices", update(books, invoice, LineAmountTypes="Inclusive"))
    assert (inclusive["Total"], inclusive["TotalTax"]) == (100, Decimal("13.04"))
    assert books.balance("610") == 100


# -- after a payment

SETTLED = "This document cannot be edited as it has a payment or credit note allocated to it."


@pytest.mark.parametrize("paid", [40, 115])
def test_what_a_payment_leaves_open_to_change(books, paid):
    invoice = books.invoice(100)
    books.pay(invoice, paid)
    lines = [{"LineItemID": invoice["LineItems"][0]["LineItemID"], "Description": "Finer goods", "AccountCode": "260"}]
    changed = books.post(
        "Invoices",
        update(books, invoice, Reference="R", DueDate="2026-08-01", InvoiceNumber="S-9", Url="https://a.example"),
    )
    assert (changed["Reference"], changed["InvoiceNumber"]) == ("R", "S-9")
    books.post("Invoices", update(books, invoice, LineItems=lines))
    assert books.balance("260") == -100
    assert books.balance("610") == 115 - paid


@pytest.mark.parametrize(
    "change",
    [{"Date": "2026-06-11"}, {"LineItems": [line(101)]}, {"LineAmountTypes": "Inclusive"}, {"CurrencyCode": "USD"}],
)
def test_what_a_payment_freezes(books, change):
    invoice = books.invoice(100)
    books.pay(invoice, 40)
    assert books.refused("POST", "Invoices", update(books, invoice, **change)) == [SETTLED]


def test_a_settled_document_cannot_be_voided(books):
    invoice = books.invoice(100)
    books.pay(invoice, 40)
    assert books.refused("POST", "Invoices", update(books, invoice, Status="VOIDED")) == [
        "The status VOIDED cannot be applied to the invoice because it has payments or credit notes allocated to it."
    ]
    credit_note = books.credit_note(20)
    books.allocate(credit_note, invoice, 10)
    body = {"CreditNoteID": credit_note["CreditNoteID"], "Status": "VOIDED"}
    assert books.refused("POST", "CreditNotes", body) == [
        "The status VOIDED cannot be applied to the credit note because it has payments or credit notes "
        "allocated to it."
    ]


def test_due_date_and_sent_mark_of_a_part_paid_invoice_are_no_update(books):
    """UpdatedDateUTC stays (xero-api.md 3.5); any other change moves it."""
    invoice = books.invoice(100)
    books.pay(invoice, 40)
    before = books.read_invoice(invoice)["UpdatedDateUTC"]
    books.clock.advance(60)
    for change in ({"DueDate": "2026-08-01"}, {"SentToContact": True}):
        assert books.post("Invoices", update(books, invoice, **change))["UpdatedDateUTC"] == before
    assert books.read_invoice(invoice)["DueDateString"] == "2026-08-01T00:00:00"
    assert books.post("Invoices", update(books, invoice, Reference="R"))["UpdatedDateUTC"] != before


# -- lock dates

PERIOD = "The document date cannot be before the period lock date, currently set at 31-May-2026"
YEAR = "The document date cannot be before the end of year lock date, currently set at 31-Mar-2026"


def test_lock_dates(books):
    invoice = books.invoice(100, Date="2026-05-31")
    books.act("set-lock-dates", period="2026-05-31", end_of_year="2026-03-31")
    assert books.get("Organisation")[0]["EndOfYearLockDate"] == "/Date(1774915200000+0000)/"
    assert refused(books, 100, Date="2026-05-31") == [PERIOD]
    assert refused(books, 100, Date="2026-03-31") == [PERIOD, YEAR]
    assert books.invoice(100, Date="2026-06-01")
    assert books.invoice(100, Date="2026-05-31", status="DRAFT")
    for change in ({"Status": "VOIDED"}, {"Reference": "x"}, {"Date": "2026-06-10"}):
        assert books.refused("POST", "Invoices", update(books, invoice, **change)) == [PERIOD]
    late = {"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Account": {"Code": "090"}, "Amount": 1}
    assert books.refused("PUT", "Payments", {**late, "Date": "2026-05-31"}) == [PERIOD]
    books.act("set-lock-dates", period=None, end_of_year=None)
    assert books.post("Invoices", update(books, invoice, Status="VOIDED"))["Status"] == "VOIDED"


# -- currency


def test_currencies_have_to_be_subscribed(books):
    assert refused(books, 100, CurrencyCode="EUR") == ["Organisation is not subscribed to currency EUR"]
    books.put("Currencies", {"Code": "EUR"})
    assert books.invoice(100, CurrencyCode="EUR", CurrencyRate="0.55")["CurrencyRate"] == Decimal("0.55")


def test_a_rate_that_is_left_out_is_that_of_the_day(books):
    assert books.invoice(100, CurrencyCode="USD")["CurrencyRate"] == Decimal("0.585")
    assert books.invoice(100, CurrencyRate="0.5")["CurrencyRate"] == 1


def test_one_to_one_rates_are_remarked(books):
    body = document("ACCREC", [100], CurrencyCode="USD", CurrencyRate=1)
    _, payload = books.call("PUT", "Invoices", body, summarizeErrors="false")
    assert payload["Invoices"][0]["StatusAttributeString"] == "WARNING"
    assert len(refused(books, 100, CurrencyCode="USD", CurrencyRate=0)) == 1


# -- credit notes


def test_credit_note(books):
    credit_note = books.credit_note(100, Reference="RMA 1")
    assert credit_note["RemainingCredit"] == 115
    assert credit_note["ID"] == credit_note["CreditNoteID"]
    assert credit_note["Allocations"] == []
    assert books.balance("610") == -115
    assert refused(books, 1, kind="ACCRECCREDIT", CreditNoteNumber="CN-0001") == ["Credit Note # must be unique."]


def test_inline_allocations_are_ignored(books):
    invoice = books.invoice(100)
    inline = [{"Amount": 115, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}]
    assert books.credit_note(100, Allocations=inline)["RemainingCredit"] == 115
    assert books.read_invoice(invoice)["AmountDue"] == 115
