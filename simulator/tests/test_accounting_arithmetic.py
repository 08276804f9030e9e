"""What Xero computes of a document; the worked figures themselves stand in evidence/figures.json."""

from decimal import Decimal

import pytest
from books import Books, line


@pytest.fixture
def books():
    return Books()


def test_compound_rate_is_shown_and_charged(books):
    rate = next(rate for rate in books.get("TaxRates") if rate["TaxType"] == "TAX001")
    assert rate["EffectiveRate"] == rate["DisplayTaxRate"] == Decimal("10.24")
    assert books.invoice(line(100, TaxType="TAX001"))["TotalTax"] == Decimal("10.24")


def test_four_decimals_have_to_be_asked_for_when_reading_too(books):
    invoice = books.put("Invoices", books_document(line("0.0149", Quantity=1000)), unitdp="4")
    assert books.read_invoice(invoice)["LineItems"][0]["UnitAmount"] == Decimal("0.01")
    assert books.read_invoice(invoice, unitdp="4")["LineItems"][0]["UnitAmount"] == Decimal("0.0149")


def test_tax_amount_of_a_line_can_be_overridden_and_is_posted(books):
    invoice = books.invoice(line(100, TaxAmount="15.01"))
    assert invoice["Total"] == Decimal("115.01")
    assert books.balance("820") == Decimal("-15.01")


def test_line_amount_gives_what_is_missing(books):
    lines = [
        {"Description": "A", "Quantity": 4, "LineAmount": 10, "AccountCode": "200"},
        {"Description": "B", "UnitAmount": 4, "LineAmount": 10, "AccountCode": "200"},
    ]
    first, second = books.invoice(*lines)["LineItems"]
    assert first["UnitAmount"] == Decimal("2.5")
    assert second["Quantity"] == Decimal("2.5")


def test_discounts(books):
    lines = [line(100, DiscountRate=10), line(100, DiscountAmount="12.5")]
    invoice = books.invoice(*lines)
    assert [one["LineAmount"] for one in invoice["LineItems"]] == [Decimal("90"), Decimal("87.5")]
    assert invoice["TotalDiscount"] == Decimal("22.5")
    assert invoice["IsDiscounted"] is True


def books_document(*lines):
    return {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "Contact": {"Name": "Kauri Cafe"},
        "DueDate": "2026-07-20",
        "LineItems": list(lines),
    }
