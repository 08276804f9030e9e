"""Items (xero-api.md 4.7): a price list; an item with both stock accounts is tracked."""

from decimal import Decimal

from ...store import Index
from .. import codec
from ..arithmetic import rounded
from ..spec import Context, ResourceSpec
from ..validation import Invalid, Problems
from . import accounts

CODE_TAKEN = "Price List Item with Code '{code}' already exists"
NONE = Decimal("0.0000")
NO_CODE = "Price List Item Code must be supplied"
_TAKEN = ("Code", "Name", "Description", "PurchaseDescription", "IsSold", "IsPurchased", "InventoryAssetAccountCode")
_DETAIL_KEYS = ("UnitPrice", "AccountCode", "COGSAccountCode", "TaxType")
#: Details → the flag that switches them off.
_DETAILS = {"PurchaseDetails": "IsPurchased", "SalesDetails": "IsSold"}


def is_tracked(row: dict) -> bool:
    """Both accounts make an item tracked; a flag in the input is ignored (xero-api.md 4.7)."""
    return bool(row.get("InventoryAssetAccountCode") and row["PurchaseDetails"].get("COGSAccountCode"))


def render(context: Context, row: dict, view: str) -> dict:
    tracked = is_tracked(row)
    written = view == "written"
    element = {
        "ItemID": row["ItemID"],
        "Code": row["Code"],
        "Description": row.get("Description"),
        "PurchaseDescription": row.get("PurchaseDescription"),
        "UpdatedDateUTC": codec.ms_moment(row["UpdatedDateUTC"], offset=not written),
        "PurchaseDetails": _details(context, row["PurchaseDetails"]),
        "SalesDetails": _details(context, row["SalesDetails"]),
        "Name": row.get("Name"),
        "IsTrackedAsInventory": tracked,
        "InventoryAssetAccountCode": row.get("InventoryAssetAccountCode"),
        **(_quantities(row) if tracked else {}),
        "IsSold": row["IsSold"],
        "IsPurchased": row["IsPurchased"],
        "ValidationErrors": [] if written else None,
    }
    return codec.present(element)


def _quantities(row: dict) -> dict:
    """Less than nothing on hand is shown as a back order."""
    available = row["QuantityOnHand"]
    return {
        "QuantityOnHand": max(available, NONE),
        "QuantityAvailable": available,
        "QuantityOnBackOrder": max(-available, NONE),
        "TotalCostPool": row["TotalCostPool"],
    }


def _details(context: Context, details: dict) -> dict:
    shown = dict(details)
    if "UnitPrice" in shown:
        shown["UnitPrice"] = rounded(shown["UnitPrice"], context.places)
    return shown


def create(context: Context, data: dict) -> dict:
    row = {
        "ItemID": context.ids.new(),
        "IsSold": True,
        "IsPurchased": True,
        "PurchaseDetails": {},
        "SalesDetails": {},
        "QuantityOnHand": Decimal("0.0000"),
        "TotalCostPool": Decimal("0.00"),
    }
    return _save(context, row, data)


def update(context: Context, row: dict, data: dict) -> dict:
    if "Code" not in data:
        data = {**data, "Code": row["Code"]}
    return _save(context, row, data)


def delete(context: Context, row: dict) -> None:
    if context.table("StockMoves").by("item", row["ItemID"]):
        raise Invalid("The item cannot be deleted because it is tracked and has been used in transactions.")
    context.table("Items").remove(row["ItemID"])


def match(context: Context, data: dict) -> dict | None:
    return context.table("Items").one("code", data.get("Code", "").lower())


def _save(context: Context, row: dict, data: dict) -> dict:
    new = {**row, **{key: data[key] for key in _TAKEN if key in data}}
    for details, flag in _DETAILS.items():
        new[details] = _merged_details(context, new[details], data.get(details, {})) if new[flag] else {}
    _check(context, new)
    _check_used(context, row, new)
    return context.table("Items").put({**new, "UpdatedDateUTC": context.now})


def _check_used(context: Context, row: dict, new: dict) -> None:
    """The stock accounts are fixed once the item has been used (xero-api.md 4.7)."""
    accounts_of = [
        (one.get("InventoryAssetAccountCode") or None, one["PurchaseDetails"].get("COGSAccountCode"))
        for one in (row, new)
    ]
    if accounts_of[0] != accounts_of[1] and _is_used(context, row["ItemID"]):
        raise Invalid("The inventory accounts of an item cannot be changed once it has been used in transactions.")


def _is_used(context: Context, item_id: str) -> bool:
    return any(
        line.get("Item", {}).get("ItemID") == item_id
        for table in ("Invoices", "CreditNotes", "BankTransactions")
        for document in context.table(table)
        for line in document["LineItems"]
    )


def _merged_details(context: Context, old: dict, sent: dict) -> dict:
    merged = {**old, **{key: sent[key] for key in _DETAIL_KEYS if key in sent}}
    merged = {key: value for key, value in merged.items() if value != ""}
    if "UnitPrice" in sent:
        merged["UnitPrice"] = rounded(sent["UnitPrice"], context.places)
    return merged


def _check(context: Context, row: dict) -> None:
    problems = Problems()
    code = row.get("Code", "")
    if not code:
        problems.add(NO_CODE)
    other = context.table("Items").one("code", code.lower())
    if other and other["ItemID"] != row["ItemID"]:
        problems.add(CODE_TAKEN.format(code=code))
    for details in _DETAILS:
        _check_details(context, row[details], problems)
    _check_tracking(context, row, problems)
    problems.check()


def _check_details(context: Context, details: dict, problems: Problems) -> None:
    for key in ("AccountCode", "COGSAccountCode"):
        named = details.get(key)
        if named and accounts.find(context, {"Code": named}) is None:
            problems.add(f"Account code '{named}' is not a valid code for this item.")
    tax_type = details.get("TaxType")
    if tax_type and context.table("TaxRates").get(tax_type) is None:
        problems.add(f"The TaxType code {tax_type} does not exist or cannot be used for this type of transaction.")


def _check_tracking(context: Context, row: dict, problems: Problems) -> None:
    asset = row.get("InventoryAssetAccountCode")
    if not asset:
        return
    account = accounts.find(context, {"Code": asset})
    if account is None or account["Type"] != "INVENTORY":
        problems.add("The inventory asset account must be of type INVENTORY.")
    if not row["PurchaseDetails"].get("COGSAccountCode"):
        problems.add("A tracked item needs a COGSAccountCode in its purchase details.")


SPEC = ResourceSpec(
    name="Items",
    model="Item",
    id_key="ItemID",
    number_key="Code",
    verbs=frozenset({"GET", "PUT", "POST", "DELETE"}),
    render=render,
    create=create,
    update=update,
    delete=delete,
    match=match,
    identifiers=("code",),
    indexes=(
        Index("id", lambda row: row["ItemID"].lower()),
        Index("code", lambda row: row["Code"].lower()),
    ),
    id_paths={"itemid": "id", "code": "code"},
    order_key=lambda row: (row["Code"].lower(),),
    max_elements=500,
    unitdp=True,
)
