"""Tracked items: quantity and cost pool, moved by documents at moving average cost (xero-api.md 4.7).

What is bought comes in at its line's amount, what is sold goes out at the average, what a customer returns comes back
at the average, what goes back to the supplier leaves at its line's amount. A pool that its quantity cannot account
for, such as cents left over when the last piece goes, is put right against cost of goods sold. The value on the stock
accounts is therefore always the sum of the pools.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from ..store import Index, Store
from .arithmetic import rounded, to_base
from .resources import accounts, items
from .spec import Context
from .validation import Invalid

ZERO = Decimal("0.00")
TABLE = "StockMoves"
OVERSOLD = "There is not enough of item {code} on hand: {short:f} short."
#: Type of the document → sign of the quantity, and whether the cost is the average (else the line's amount).
MOVES = {
    "ACCPAY": (1, False),
    "SPEND": (1, False),
    "ACCREC": (-1, True),
    "RECEIVE": (-1, True),
    "ACCRECCREDIT": (1, True),
    "ACCPAYCREDIT": (-1, False),
}
INDEXES = (
    Index("live", lambda row: row["Source"] if not row["Reversed"] else None),
    Index("item", lambda row: row["ItemID"]),
)


def add_table(store: Store) -> None:
    store.add(TABLE, id_key="MoveID", order_key=lambda row: (), indexes=INDEXES)


def move(context: Context, document: dict, source: str) -> list[tuple[str, Decimal]]:
    """Move what the document's lines hold of tracked items.

    :param source: id that the moves are found by when the document is reversed
    :return: (account id, amount) to post beside the lines, debit positive
    """
    postings = []
    for line in document["LineItems"]:
        item = tracked(context, line)
        if item is not None and document["Type"] in MOVES:
            postings += _move_line(context, document, line, item, source)
    return postings


def reverse(context: Context, source: str) -> list[tuple[str, Decimal]]:
    """Take back what `source` has moved; what is given has to be posted beside the reversed journal."""
    table, postings = context.table(TABLE), []
    for moved in table.by("live", source):
        table.put({**moved, "Reversed": True})
        item = context.table("Items").get(moved["ItemID"])
        _, correction = _change(context, item, -moved["Quantity"], -moved["Cost"])
        postings += _against_cost(context, item, correction)
    return postings


@contextmanager
def no_overselling(context: Context, *documents: dict | None):
    """Refuse what happens within the block to the items of `documents` where it leaves less than nothing.

    :raises Invalid: unless a sale is allowed to (`allowBackorders`)
    """
    before = {item["ItemID"]: item["QuantityOnHand"] for one in documents if one for item in _items_of(context, one)}
    yield
    if context.allows_backorders and all(one is None or one["Type"] == "ACCREC" for one in documents):
        return
    after = [context.table("Items").get(item_id) for item_id in before]
    short = [item for item in after if item["QuantityOnHand"] < min(before[item["ItemID"]], 0)]
    if short:
        raise Invalid(
            *(OVERSOLD.format(code=item["Code"], short=-item["QuantityOnHand"].normalize()) for item in short)
        )


def tracked(context: Context, line: dict) -> dict | None:
    """The tracked item that a line moves."""
    if "ItemCode" not in line or not line.get("Item"):
        return None
    item = context.table("Items").get(line["Item"]["ItemID"])
    return item if item is not None and items.is_tracked(item) else None


def _items_of(context: Context, document: dict) -> Iterator[dict]:
    for line in document["LineItems"]:
        item = tracked(context, line)
        if item is not None:
            yield item


def _move_line(context: Context, document: dict, line: dict, item: dict, source: str) -> list[tuple[str, Decimal]]:
    item = context.table("Items").get(item["ItemID"])
    sign, at_average = MOVES[document["Type"]]
    quantity = sign * line["Quantity"]
    if at_average:
        cost = _average_cost(item, quantity)
    else:
        net = line["LineAmount"] - (line["TaxAmount"] if document["LineAmountTypes"] == "Inclusive" else 0)
        cost = sign * to_base(net, document["CurrencyRate"])
    pool, correction = _change(context, item, quantity, cost)
    context.table(TABLE).put(
        {
            "MoveID": context.ids.new(),
            "ItemID": item["ItemID"],
            "Source": source,
            "Quantity": quantity,
            "Cost": pool - item["TotalCostPool"],
            "Reversed": False,
        }
    )
    # At the average, the whole change of the pool is cost of goods sold; else the line itself posts the stock account.
    return _against_cost(context, item, correction - cost if at_average else correction)


def _average_cost(item: dict, quantity: Decimal) -> Decimal:
    """Value of `quantity` at the average, with its sign; the last piece takes what is left."""
    on_hand = item["QuantityOnHand"]
    if on_hand and quantity == -on_hand:
        return -item["TotalCostPool"]
    return rounded(quantity * _unit_cost(item))


def _unit_cost(item: dict) -> Decimal:
    if item["QuantityOnHand"] > 0:
        return item["TotalCostPool"] / item["QuantityOnHand"]
    return item.get("LastCost", item["PurchaseDetails"].get("UnitPrice", ZERO))


def _change(context: Context, item: dict, quantity: Decimal, cost: Decimal) -> tuple[Decimal, Decimal]:
    """Change quantity and pool; UpdatedDateUTC stays (xero-api.md 3.5).

    :return: the new pool, and what of the old one and `cost` together is not in it
    """
    before, on_hand = item["QuantityOnHand"], item["QuantityOnHand"] + quantity
    expected = item["TotalCostPool"] + cost
    pool = _pool(before, on_hand, expected, cost / quantity)
    changed = {**item, "QuantityOnHand": on_hand, "TotalCostPool": pool}
    if on_hand > 0:
        changed["LastCost"] = pool / on_hand
    context.table("Items").put(changed)
    return pool, expected - pool


def _pool(before: Decimal, on_hand: Decimal, expected: Decimal, unit_cost: Decimal) -> Decimal:
    if not on_hand:
        return ZERO
    if before < 0 < on_hand:
        # Back orders are filled first, whatever they were sold at; what is left is worth what it has cost.
        return rounded(on_hand * max(unit_cost, ZERO))
    return max(expected, ZERO) if on_hand > 0 else expected


def _against_cost(context: Context, item: dict, amount: Decimal) -> list[tuple[str, Decimal]]:
    """Debit `amount` to cost of goods sold, credit it to the stock account."""
    if not amount:
        return []
    cost = _account(context, item["PurchaseDetails"]["COGSAccountCode"])
    return [(cost, amount), (stock_account(context, item), -amount)]


def stock_account(context: Context, item: dict) -> str:
    """Id of the account that holds the item's value."""
    return _account(context, item["InventoryAssetAccountCode"])


def _account(context: Context, code: str) -> str:
    account = accounts.find(context, {"Code": code})
    if account is None:
        raise Invalid(f"Account code '{code}' is not a valid code for this item.")
    return account["AccountID"]
