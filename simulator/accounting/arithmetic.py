"""Money as Xero computes it (xero-api.md 4.2 and 4.9). All values are Decimal, all rounding is half-up."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal

HUNDRED = Decimal(100)
# Wide enough for a product of the largest numbers that a call may carry.
_WIDE = Context(prec=80)


def rounded(value: Decimal, places: int = 2) -> Decimal:
    """`value` with `places` decimals, halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)


def effective_rate(components: Iterable[dict]) -> Decimal:
    """Percentage of a tax rate: simple components add up, a compound one applies to base and the others.

    6% and 4% compound give 10.24 (xero-api.md 4.9).
    """
    parts = list(components)
    simple = sum((part["Rate"] for part in parts if not part.get("IsCompound")), Decimal(0))
    compound = sum((part["Rate"] for part in parts if part.get("IsCompound")), Decimal(0))
    return simple + compound * (1 + simple / HUNDRED)


def line_amount(
    quantity: Decimal,
    unit_amount: Decimal,
    discount_rate: Decimal | None = None,
    discount_amount: Decimal | None = None,
) -> Decimal:
    """Amount of a line in the document's currency, 2 decimals; `unit_amount` is already rounded to 2 or 4."""
    gross = quantity * unit_amount
    if discount_rate:
        gross *= 1 - discount_rate / HUNDRED
    return rounded(gross - (discount_amount or 0))


def tax_of(amount: Decimal, rate: Decimal, *, inclusive: bool) -> Decimal:
    """Tax of one line: on top of `amount`, or contained in it; `rate` is a percentage."""
    share = rate / (HUNDRED + rate) if inclusive else rate / HUNDRED
    return rounded(amount * share)


def totals(lines: list[dict], *, inclusive: bool) -> dict[str, Decimal]:
    """SubTotal, TotalTax and Total of lines with LineAmount and TaxAmount."""
    amount = sum((line["LineAmount"] for line in lines if "LineAmount" in line), Decimal("0.00"))
    tax = sum((line["TaxAmount"] for line in lines if "TaxAmount" in line), Decimal("0.00"))
    subtotal = amount - tax if inclusive else amount
    return {"SubTotal": subtotal, "TotalTax": tax, "Total": subtotal + tax}


def to_base(amount: Decimal, currency_rate: Decimal) -> Decimal:
    """`amount` in the organisation's currency; a rate is document currency per one base unit (xero-api.md 4.2)."""
    return rounded(amount / currency_rate)
