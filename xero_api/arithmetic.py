"""A document as Xero computes it, to the cent, before it is sent.

Source: xero-api.md 4.2 "Tax arithmetic" and 4.9 (effective rate). Per line: the unit amount is rounded to 2 or 4
decimals, multiplied with the quantity (4 decimals), less the discount, rounded to 2; the tax of the line is rounded
to 2; then sums. Every rounding is half-up, away from zero for negative amounts: a credit of 2.165 is the mirror of a
charge of 2.165.

Not predicted: the cent that Xero may lose between the components of a compound rate in inclusive documents.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_HUNDRED = Decimal(100)
_LINE_AMOUNT_TYPES = ("Exclusive", "Inclusive", "NoTax")
_UNIT_DECIMALS = (2, 4)


@dataclass(frozen=True)
class Line:
    """One line as it would be sent.

    :ivar quantity: kept to 4 decimals
    :ivar unit_amount: price of one, with tax in it where the document is Inclusive
    :ivar rate: effective tax rate in percent, e.g. Decimal(15)
    :ivar discount_rate: in percent, kept to 4 decimals
    :ivar tax_amount: Xero's own tax replaced, as a line's TaxAmount does; None = Xero computes
    """

    quantity: Decimal
    unit_amount: Decimal
    rate: Decimal = Decimal(0)
    discount_rate: Decimal = Decimal(0)
    tax_amount: Decimal | None = None


@dataclass(frozen=True)
class LineResult:
    """`line_amount` as Xero shows it (with tax in it where the document is Inclusive) and its tax."""

    line_amount: Decimal
    tax_amount: Decimal


@dataclass(frozen=True)
class Document:
    """SubTotal, TotalTax and Total of a document, and its lines in their order."""

    sub_total: Decimal
    total_tax: Decimal
    total: Decimal
    lines: tuple[LineResult, ...]


@dataclass(frozen=True)
class Component:
    """One part of a tax rate, in percent; a compound one is charged on the amount and the simple parts."""

    rate: Decimal
    is_compound: bool = False


def compute(lines: Iterable[Line], line_amount_types: str = "Exclusive", unitdp: int = 4) -> Document:
    """The totals that Xero will arrive at.

    :param line_amount_types: "Exclusive", "Inclusive" or "NoTax"
    :param unitdp: decimals of unit amounts, 2 or 4, as the call's query parameter says
    :raises ValueError: another value for either
    """
    if line_amount_types not in _LINE_AMOUNT_TYPES:
        raise ValueError(f"LineAmountTypes is one of {', '.join(_LINE_AMOUNT_TYPES)}, not {line_amount_types!r}")
    if unitdp not in _UNIT_DECIMALS:
        raise ValueError(f"unitdp is 2 or 4, not {unitdp!r}")
    results = tuple(_line(line, line_amount_types, unitdp) for line in lines)
    amounts = sum((result.line_amount for result in results), Decimal("0.00"))
    taxes = sum((result.tax_amount for result in results), Decimal("0.00"))
    if line_amount_types == "Inclusive":
        return Document(amounts - taxes, taxes, amounts, results)
    return Document(amounts, taxes, amounts + taxes, results)


def effective_rate(components: Iterable[Component]) -> Decimal:
    """Percentage of a rate with several parts: simple ones add up, a compound one is charged on top of them.

    6 % and 4 % compound make 10.24 %.
    """
    components = list(components)
    simple = sum((part.rate for part in components if not part.is_compound), Decimal(0))
    compound = sum((part.rate for part in components if part.is_compound), Decimal(0))
    return simple + compound * (_HUNDRED + simple) / _HUNDRED


def half_up(amount: Decimal, places: int = 2) -> Decimal:
    """Round as Xero does: half-up, halves away from zero."""
    return Decimal(amount).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _line(line: Line, line_amount_types: str, unitdp: int) -> LineResult:
    full = half_up(line.quantity, 4) * half_up(line.unit_amount, unitdp)
    amount = half_up(full * (_HUNDRED - half_up(line.discount_rate, 4)) / _HUNDRED)
    return LineResult(amount, half_up(_tax(line, amount, line_amount_types)))


def _tax(line: Line, amount: Decimal, line_amount_types: str) -> Decimal:
    if line_amount_types == "NoTax":
        return Decimal(0)
    if line.tax_amount is not None:
        return line.tax_amount
    if line_amount_types == "Inclusive":
        return amount * line.rate / (_HUNDRED + line.rate)
    return amount * line.rate / _HUNDRED
