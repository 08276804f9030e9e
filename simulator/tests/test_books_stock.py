"""Tracked items: quantities, moving average cost, cost of goods sold, adjustments (xero-api.md 4.7)."""

from decimal import Decimal

import pytest
from books import Books, document, line


@pytest.fixture
def books():
    books = Books()
    books.put(
        "Items",
        {
            "Code": "BOARD",
            "InventoryAssetAccountCode": "630",
            "PurchaseDetails": {"COGSAccountCode": "310", "TaxType": "INPUT2"},
            "SalesDetails": {"AccountCode": "200", "UnitPrice": 50},
        },
    )
    return books


def boards(quantity, price=None, **more):
    priced = {} if price is None else {"UnitAmount": price}
    return {"Description": "Boards", "ItemCode": "BOARD", "Quantity": quantity, **priced, **more}


def pool(books):
    item = books.get("Items/BOARD")[0]
    return item["QuantityAvailable"], item["TotalCostPool"]


def short(quantity):
    return [f"There is not enough of item BOARD on hand: {quantity} short."]


def test_purchases_raise_the_pool_and_sales_take_the_average(books):
    """4 at 10.00 and 2 at 16.00 make 6 worth 72.00, 12.00 each."""
    bill = books.bill(boards(4, 10))
    assert bill["LineItems"][0]["AccountCode"] == "630"
    books.bill(boards(2, 16, AccountCode="429"))
    assert pool(books) == (6, 72)
    books.invoice(boards(3))
    assert pool(books) == (3, 36)
    assert (books.balance("630"), books.balance("310"), books.balance("200")) == (36, 36, -150)


def test_money_spent_and_received_move_stock_too(books):
    bank = {"Contact": {"Name": "Kauri Cafe"}, "BankAccount": {"Code": "090"}, "Date": "2026-06-10"}
    spent = books.put("BankTransactions", {**bank, "Type": "SPEND", "LineItems": [boards(4, "11.50")]})
    assert pool(books) == (4, 40)
    received = {**bank, "Type": "RECEIVE", "LineItems": [boards(1, 23)]}
    made = books.put("BankTransactions", received)
    assert (pool(books), books.balance("310")) == ((3, 30), 10)
    path = f"BankTransactions/{spent['BankTransactionID']}"
    assert books.refused("POST", path, {"Status": "DELETED"}) == short(1)
    books.post(f"BankTransactions/{made['BankTransactionID']}", {"Status": "DELETED"})
    books.post(path, {"Status": "DELETED"})
    assert (pool(books), books.balance("630")) == ((0, 0), 0)


def test_credit_notes_bring_back(books):
    books.bill(boards(4, 10))
    books.invoice(boards(4))
    assert (pool(books), books.balance("310")) == ((0, 0), 40)
    books.credit_note(boards(1, 50))
    assert (pool(books), books.balance("310"), books.balance("630")) == ((1, 10), 30, 10)
    books.put("CreditNotes", document("ACCPAYCREDIT", [boards(1, 8)], contact="Southern Power"))
    # What the supplier does not give back is cost of goods sold.
    assert (pool(books), books.balance("310"), books.balance("630")) == ((0, 0), 32, 0)


def test_drafts_move_nothing_and_approval_does(books):
    books.bill(boards(4, 10))
    draft = books.invoice(boards(3), status="DRAFT")
    assert pool(books) == (4, 40)
    books.post("Invoices", {"InvoiceID": draft["InvoiceID"], "Status": "AUTHORISED"})
    assert pool(books) == (1, 10)
    books.post("Invoices", {"InvoiceID": draft["InvoiceID"], "LineItems": [boards(2)]})
    assert pool(books) == (2, 20)
    books.post("Invoices", {"InvoiceID": draft["InvoiceID"], "Status": "VOIDED"})
    assert (pool(books), books.balance("310")) == ((4, 40), 0)


def test_more_than_there_is_cannot_be_sold_unless_back_orders_are_allowed(books):
    books.bill(boards(1, 10))
    assert books.refused("PUT", "Invoices", document("ACCREC", [boards(3)])) == short(2)
    assert pool(books) == (1, 10)
    status, _ = books.call("PUT", "Invoices", document("ACCREC", [boards(3)]), allowBackorders="true")
    assert (status, pool(books)) == (200, (-2, -20))
    books.bill(boards(5, 12))
    # Two of the five fill the back order; the difference to their assumed cost is cost of goods sold.
    assert (pool(books), books.balance("310"), books.balance("630")) == ((3, 36), 34, 36)


def test_a_purchase_that_has_been_sold_cannot_be_voided(books):
    bill = books.bill(boards(2, 10))
    books.invoice(boards(1))
    assert books.refused("POST", f"Invoices/{bill['InvoiceID']}", {"Status": "VOIDED"}) == short(1)
    assert pool(books) == (1, 10)


def test_the_recipe_of_inventory_adjustments(books):
    """xero-api.md 4.7: up by a bill of nothing, down by its mirror, a supplier's credit note."""

    def recipe(kind, quantity, cost):
        lines = [boards(quantity, cost, AccountCode="630"), line(-cost, "430", Quantity=quantity)]
        return document(kind, lines, contact="Inventory Adjustments", LineAmountTypes="NoTax")

    up = books.put("Invoices", recipe("ACCPAY", 5, 8))
    assert (up["Status"], up["Total"], pool(books)) == ("PAID", 0, (5, 40))
    assert (books.balance("630"), books.balance("430"), books.balance("800")) == (40, -40, 0)
    down = books.put("CreditNotes", recipe("ACCPAYCREDIT", 2, 8))
    assert (down["Status"], pool(books)) == ("PAID", (3, 24))
    assert (books.balance("630"), books.balance("430"), books.balance("310")) == (24, -24, 0)


def test_cents_do_not_stay_behind_the_last_piece(books):
    books.bill(boards(3, "3.33"), boards(1, "0.01"))
    for left in (3, 2, 1, 0):
        books.invoice(boards(1))
        assert pool(books)[0] == left
    assert (pool(books), books.balance("630"), books.balance("310")) == ((0, 0), 0, 10)


def test_moves_do_not_count_as_an_update_of_the_item(books):
    """xero-api.md 4.7: reading quantities means reading all items again."""
    before = books.get("Items/BOARD")[0]["UpdatedDateUTC"]
    books.clock.advance(3600)
    books.bill(boards(4, 10))
    assert books.get("Items/BOARD")[0]["UpdatedDateUTC"] == before


def test_what_has_been_used_stays_tracked(books):
    books.bill(boards(4, 10))
    books.invoice(boards(4))
    status, answer = books.call("DELETE", "Items/BOARD")
    assert status == 400
    message = "The item cannot be deleted because it is tracked and has been used in transactions."
    assert answer["Elements"][0]["ValidationErrors"] == [{"Message": message}]
    message = "The inventory accounts of an item cannot be changed once it has been used in transactions."
    assert books.refused("POST", "Items/BOARD", {"InventoryAssetAccountCode": ""}) == [message]
    books.invoice({"ItemCode": "WAX-500", "Quantity": 1})
    change = {"InventoryAssetAccountCode": "630", "PurchaseDetails": {"COGSAccountCode": "310"}}
    assert books.refused("POST", "Items/WAX-500", change) == [message]


def test_stock_accounts_take_no_other_lines(books):
    message = "Account code '630' is not a valid code for this document."
    assert books.refused("PUT", "Invoices", document("ACCPAY", [line(1, "630")])) == [message]
    assert books.refused("PUT", "Invoices", document("ACCREC", [boards(1, 1, AccountCode="630")])) == [message]


def test_foreign_purchases_are_worth_their_value_in_base_currency(books):
    books.bill(boards(4, 10), CurrencyCode="AUD", CurrencyRate="0.8")
    assert (pool(books), books.balance("630")) == ((4, Decimal(50)), 50)
