"""Line items of invoices and credit notes: merged, filled in, checked, computed (xero-api.md 4.2)."""

from decimal import Decimal

from ..arithmetic import effective_rate, line_amount, rounded, tax_of
from ..spec import Context
from ..validation import Problems
from . import accounts, items, tax_rates, tracking_categories

ACCOUNT_ARCHIVED = (
    "Account code '{code}' has been archived, or has been deleted. Each line item must reference a valid account."
)
LARGEST_AMOUNT = Decimal("9999999999.99")
KEYS = (
    "Description",
    "Quantity",
    "UnitAmount",
    "ItemCode",
    "AccountCode",
    "AccountID",
    "TaxType",
    "TaxAmount",
    "LineAmount",
    "DiscountRate",
    "DiscountAmount",
)
_MONEY_KEYS = frozenset({"Quantity", "UnitAmount", "LineAmount", "ItemCode", "AccountCode", "AccountID"})
#: Recomputed on every change of a line unless it is sent along.
_COMPUTED = ("TaxAmount", "LineAmount")


class LineBuilder:
    """Makes the lines of one document out of what was sent and what was there.

    :ivar is_sale: whether items fill in their sales or their purchase details
    :ivar approved: whether the document is to have effect, so that lines must be complete
    """

    #: Whether tracking options are known by their ids alone.
    tracks_by_id = False

    def __init__(self, context: Context, document: dict, *, is_sale: bool, approved: bool, problems: Problems):
        self.context, self.document, self.problems = context, document, problems
        self.is_sale, self.approved = is_sale, approved
        self.places = context.places
        self.inclusive = document["LineAmountTypes"] == "Inclusive"
        self.untaxed = document["LineAmountTypes"] == "NoTax"

    def build(self, sent: list[dict], existing: list[dict]) -> list[dict]:
        """Lines with a known LineItemID are changed, others made anew; those not sent are gone."""
        known = {line["LineItemID"]: line for line in existing}
        return [self._line(data, known.pop(data.get("LineItemID", "").lower(), None)) for data in sent]

    def rebuild(self, existing: list[dict], *, keep_tax: bool) -> list[dict]:
        """The same lines under a changed document: another status, or other LineAmountTypes."""
        self.places = 4
        keys = [key for key in KEYS if keep_tax or key != "TaxAmount"]
        return [self._line({key: line[key] for key in keys if key in line}, line) for line in existing]

    def _line(self, data: dict, existing: dict | None) -> dict:
        line = self._merged(data, existing)
        if not _MONEY_KEYS & set(line):
            self._check_description(line)
            return {key: line[key] for key in ("LineItemID", "Description") if key in line}
        self._fill_from_item(line)
        self._compute_amount(line, data)
        account = self._find_account(line)
        self._find_tax_type(line, account)
        self._compute_tax(line, data)
        self._track(line, data)
        self._check_description(line)
        return line

    def _merged(self, data: dict, existing: dict | None) -> dict:
        sent = {key: data[key] for key in KEYS if data.get(key) not in (None, "")}
        if existing is None:
            return {"LineItemID": self.context.ids.new(), **sent}
        kept = {key: value for key, value in existing.items() if key not in _COMPUTED}
        if "AccountCode" in sent:
            kept.pop("AccountID", None)
        if "AccountID" in sent:
            kept.pop("AccountCode", None)
        return {**kept, **sent}

    def _fill_from_item(self, line: dict) -> None:
        code = line.get("ItemCode")
        if code is None:
            return
        item = self.context.table("Items").one("code", code.lower())
        if item is None:
            self.problems.add(f"Item code '{code}' is not valid")
            return
        details = item["SalesDetails" if self.is_sale else "PurchaseDetails"]
        description = item.get("Description" if self.is_sale else "PurchaseDescription")
        defaults = {
            "Description": description,
            "UnitAmount": details.get("UnitPrice"),
            "AccountCode": details.get("AccountCode") if "AccountID" not in line else None,
            "TaxType": details.get("TaxType"),
        }
        for key, value in defaults.items():
            if value is not None:
                line.setdefault(key, value)
        line["ItemCode"] = item["Code"]
        line["Item"] = {"ItemID": item["ItemID"], "Name": item.get("Name"), "Code": item["Code"]}
        if not line.get("Quantity"):
            # A line without quantity loses its item (xero-api.md 7, row 19).
            line.pop("ItemCode")
            line.pop("Item")

    def _compute_amount(self, line: dict, data: dict) -> None:
        self._round(line)
        self._derive_missing(line)
        if line["Quantity"] < 0:
            message = "The quantity value '{:.4f}' is invalid. Quantity must not be less than zero."
            self.problems.add(message.format(line["Quantity"]))
        self._check_discount(line)
        expected = line_amount(
            line["Quantity"], line["UnitAmount"], line.get("DiscountRate"), line.get("DiscountAmount")
        )
        sent = data.get("LineAmount")
        if sent is not None and rounded(sent) != expected:
            self.problems.add(f"The line total {rounded(sent)} does not match the expected line total {expected}")
        if abs(expected) > LARGEST_AMOUNT:
            self.problems.add("The line amount must not exceed 9,999,999,999.99.")
        line["LineAmount"] = expected

    def _round(self, line: dict) -> None:
        for key, places in (("Quantity", 4), ("UnitAmount", self.places), ("LineAmount", 2)):
            if key in line:
                line[key] = rounded(line[key], places)
        for key in ("DiscountRate", "DiscountAmount"):
            if key in line:
                line[key] = rounded(line[key], 4 if key == "DiscountRate" else 2)
                if not line[key]:
                    del line[key]

    def _derive_missing(self, line: dict) -> None:
        """LineAmount and one of Quantity and UnitAmount give the other (xero-api.md 4.2)."""
        amount = line.get("LineAmount")
        if "Quantity" not in line:
            unit = line.get("UnitAmount")
            line["Quantity"] = rounded(amount / unit, 4) if amount is not None and unit else Decimal("1.0000")
        if "UnitAmount" not in line:
            if self.approved and amount is None:
                self.problems.add("The UnitAmount field is mandatory for each line item.")
            quantity = line["Quantity"]
            derived = amount / quantity if amount is not None and quantity else Decimal(0)
            line["UnitAmount"] = rounded(derived, self.places)

    def _check_discount(self, line: dict) -> None:
        if self.document["Type"] == "ACCREC" or not {"DiscountRate", "DiscountAmount"} & set(line):
            return
        kind = "ACCPAY invoices" if self.document["Type"] == "ACCPAY" else "credit notes"
        self.problems.add(f"Discounts may not be applied to {kind}.")

    def _buys_stock(self, line: dict) -> bool:
        """Whether the line is forced to its item's stock account (xero-api.md 4.2)."""
        item = self.context.table("Items").one("code", line.get("ItemCode", "").lower())
        if self.is_sale or item is None or not items.is_tracked(item):
            return False
        line.pop("AccountID", None)
        line["AccountCode"] = item["InventoryAssetAccountCode"]
        return True

    def _find_account(self, line: dict) -> dict | None:
        buys_stock = self._buys_stock(line)
        code = line.get("AccountCode") or line.get("AccountID")
        if code is None:
            if self.approved:
                self.problems.add("Account code must be specified")
            return None
        named = {"AccountID": line["AccountID"]} if "AccountCode" not in line else {"Code": line["AccountCode"]}
        account = accounts.find(self.context, named)
        if account is None and not self.approved:
            self.context.warnings.append(
                f"Account code '{code}' has been removed as it does not match a recognised account"
            )
            line.pop("AccountCode", None)
            line.pop("AccountID", None)
            return None
        if account is not None and account["Status"] != "ACTIVE":
            self.problems.add(ACCOUNT_ARCHIVED.format(code=code))
            return None
        misused = account is not None and account["Type"] == "INVENTORY" and not buys_stock
        if account is None or misused or not accounts.takes_lines(account):
            self.problems.add(f"Account code '{code}' is not a valid code for this document.")
            return None
        line["AccountID"] = account["AccountID"]
        if account.get("Code"):
            line["AccountCode"] = account["Code"]
        return account

    def _find_tax_type(self, line: dict, account: dict | None) -> None:
        if self.untaxed:
            line["TaxType"] = tax_rates.untaxed(self.context)
            return
        tax_type = line.get("TaxType") or (account or {}).get("TaxType")
        if tax_type is None:
            if self.approved and account is not None:
                self.problems.add("The TaxType field is mandatory")
            return
        rate = self.context.table("TaxRates").get(tax_type)
        if rate is None:
            self.problems.add(
                f"The TaxType code {tax_type} does not exist or cannot be used for this type of transaction."
            )
            return
        line["TaxType"] = rate["TaxType"]
        if rate["Status"] != "ACTIVE":
            self.problems.add("Tax rate must be Active")
        if account and not tax_rates.applies_to(rate, accounts.CLASSES[account["Type"]]):
            self.problems.add(
                f"The TaxType code '{tax_type}' cannot be used with account code '{account.get('Code', '')}'."
            )

    def _compute_tax(self, line: dict, data: dict) -> None:
        if self.untaxed or "TaxType" not in line:
            line["TaxAmount"] = Decimal("0.00")
            return
        if "TaxAmount" in data:
            line["TaxAmount"] = rounded(data["TaxAmount"])
            return
        rate = self.context.table("TaxRates").get(line["TaxType"])
        percentage = effective_rate(rate["TaxComponents"]) if rate else Decimal(0)
        line["TaxAmount"] = tax_of(line["LineAmount"], percentage, inclusive=self.inclusive)

    def _track(self, line: dict, data: dict) -> None:
        """Tracking that is left out stays; an empty list takes it away."""
        if "Tracking" in data:
            line["Tracking"] = tracking_categories.of_line(
                self.context,
                data["Tracking"],
                self.problems,
                known=line.get("Tracking", []),
                by_id_only=self.tracks_by_id,
            )

    def _check_description(self, line: dict) -> None:
        if self.approved and not line.get("Description"):
            self.problems.add("The description field is mandatory for each line item.")


def render(line: dict, places: int, *, with_errors: bool) -> dict:
    """A line on the wire; unit amounts have 2 decimals unless four are asked for (xero-api.md 3.7)."""
    element = {key: line[key] for key in ("ItemCode", "Description") if key in line}
    if "UnitAmount" in line:
        element["UnitAmount"] = rounded(line["UnitAmount"], places)
        keys = ("TaxType", "TaxAmount", "LineAmount", "AccountCode", "Item")
        element |= {key: line[key] for key in keys if key in line}
    element["Tracking"] = line.get("Tracking", [])
    element |= {key: line[key] for key in ("Quantity", "DiscountRate", "DiscountAmount") if key in line}
    element |= {key: line[key] for key in ("LineItemID", "AccountID") if key in line}
    if with_errors and "UnitAmount" in line:
        element["ValidationErrors"] = []
    if "Item" in element:
        element["Item"] = {key: value for key, value in element["Item"].items() if value is not None}
    return element
