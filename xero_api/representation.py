"""Ways of writing a document's lines, tried until Xero computes the wanted cents (design.md section 6).

In this order: as Xero computes; with prices of four decimals (`unitdp=4`); with the other kind of line amounts, mostly
Inclusive; with the tax given per line; with one rounding line. A way is taken where net per account and tax per tax
type come out as wanted, not only the totals: the books of both sides have to agree, too.

Where quantity times price cannot give the amount of a line, its price is worked out from the amount, and where four
decimals are not enough for that, the line is written as one of the whole amount. A line that has to keep its quantity,
because Xero counts the stock, leaves a difference instead: that is what a rounding line is for.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from .arithmetic import Document, Line, compute, half_up

AS_COMPUTED, FOUR_DECIMALS, OTHER_TYPE = "as Xero computes", "four decimals", "other line amounts"
LINE_TAX, ROUNDING_LINE = "line tax", "rounding line"
WAYS = (AS_COMPUTED, FOUR_DECIMALS, OTHER_TYPE, LINE_TAX, ROUNDING_LINE)
# A rounding line is for cents. What is more has another reason, which a person has to see.
LARGEST_ROUNDING = Decimal("1.00")

_ONE, _HUNDRED, _UNIT_PLACES = Decimal(1), Decimal(100), 4


@dataclass(frozen=True)
class Wanted:
    """One line as it stands in the books that are to be matched.

    :ivar quantity: not negative; a return has a negative `unit_amount`
    :ivar unit_amount: price of one as it was entered, any number of decimals
    :ivar net: what the line has to come to without tax, 2 decimals
    :ivar tax: its tax, 2 decimals
    :ivar rate: percentage that Xero computes with
    :ivar discount: percentage
    :ivar includes_tax: whether the price has its tax in it; None where there is no tax
    :ivar takes_discount: whether Xero takes a DiscountRate on such a document (xero-api.md 4.2)
    :ivar keeps_quantity: the line may not be written as one of the whole amount
    :ivar is_compound: the rate has a compound component, whose cents within an amount Xero splits oddly
    """

    quantity: Decimal
    unit_amount: Decimal
    net: Decimal
    tax: Decimal = Decimal("0.00")
    rate: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    includes_tax: bool | None = None
    account: str = ""
    tax_type: str = ""
    takes_discount: bool = False
    keeps_quantity: bool = False
    is_compound: bool = False


@dataclass(frozen=True)
class Written:
    """How a document is written.

    :ivar way: one of `WAYS`
    :ivar line_amount_types: "Exclusive" or "Inclusive"
    :ivar lines: Quantity, UnitAmount and where needed DiscountRate and TaxAmount of each line, under Xero's names
    :ivar rounding: net amount of the rounding line, 0 where there is none
    """

    way: str
    line_amount_types: str
    lines: tuple[dict, ...]
    rounding: Decimal = Decimal("0.00")


class NoWay(Exception):
    """However the lines are written, Xero's totals differ; `nearest` is what it would compute."""

    def __init__(self, nearest: Document):
        super().__init__(f"Xero would compute {nearest.total}, of it {nearest.total_tax} tax")
        self.nearest = nearest


def write(lines: Iterable[Wanted], total: tuple[Decimal, Decimal] | None = None, *, may_round: bool = True) -> Written:
    """The first way of writing the lines that gives what is wanted.

    :param total: (net, tax) of the document where its lines may not say it all, in full precision
    :param may_round: whether a rounding line may be added
    :raises NoWay: there is none
    """
    lines = list(lines)
    total = total or (sum((line.net for line in lines), Decimal(0)), sum((line.tax for line in lines), Decimal(0)))
    natural = _natural_type(lines)
    other = "Exclusive" if natural == "Inclusive" else "Inclusive"
    for types, with_tax in ((natural, False), (other, False), (natural, True)):
        found = _attempt(lines, total, types, with_tax)
        if found:
            return replace(found, way=_way(found, types == natural, with_tax))
    return _rounded(lines, total, may_round)


def _natural_type(lines: list[Wanted]) -> str:
    taxed = [line for line in lines if line.includes_tax is not None]
    return "Inclusive" if taxed and all(line.includes_tax for line in taxed) else "Exclusive"


def _way(found: Written, natural: bool, with_tax: bool) -> str:
    if with_tax:
        return LINE_TAX
    if not natural:
        return OTHER_TYPE
    exact = all(half_up(line["UnitAmount"], 2) == line["UnitAmount"] for line in found.lines)
    return AS_COMPUTED if exact else FOUR_DECIMALS


def _attempt(lines: list[Wanted], total: tuple, types: str, with_tax: bool) -> Written | None:
    if types == "Inclusive" and not with_tax and any(line.is_compound for line in lines):
        return None
    written = tuple(_amounts(line, types, with_tax) for line in lines)
    computed = _computed(lines, written, types)
    if (computed.sub_total, computed.total_tax) != total or _books(lines, computed, types) != _wanted_books(lines):
        return None
    return Written(AS_COMPUTED, types, written)


def _rounded(lines: list[Wanted], total: tuple, may_round: bool) -> Written:
    """The lines with their tax given, and one line more for what their net amounts lack."""
    written = tuple(_amounts(line, "Exclusive", True) for line in lines)
    computed = _computed(lines, written, "Exclusive")
    lack = total[0] - computed.sub_total
    fits = computed.total_tax == total[1] and half_up(lack) == lack and abs(lack) <= LARGEST_ROUNDING
    if not (may_round and lack and fits and any(line.keeps_quantity for line in lines)):
        raise NoWay(computed)
    return Written(ROUNDING_LINE, "Exclusive", written, half_up(lack))


def _computed(lines: list[Wanted], written: tuple[dict, ...], types: str) -> Document:
    return compute([_line(line, amounts) for line, amounts in zip(lines, written, strict=True)], types)


def _line(line: Wanted, amounts: dict) -> Line:
    return Line(
        quantity=amounts["Quantity"],
        unit_amount=amounts["UnitAmount"],
        rate=line.rate,
        discount_rate=amounts.get("DiscountRate", Decimal(0)),
        tax_amount=amounts.get("TaxAmount"),
    )


def _books(lines: list[Wanted], computed: Document, types: str) -> Counter:
    """Net per account and tax per tax type, as Xero will post them."""
    books = Counter()
    for line, result in zip(lines, computed.lines, strict=True):
        books["net", line.account] += result.line_amount - (result.tax_amount if types == "Inclusive" else 0)
        books["tax", line.tax_type] += result.tax_amount
    return books


def _wanted_books(lines: list[Wanted]) -> Counter:
    books = Counter()
    for line in lines:
        books["net", line.account] += line.net
        books["tax", line.tax_type] += line.tax
    return books


# -- one line ------------------------------------------------------------------------------------------------------


def _amounts(line: Wanted, types: str, with_tax: bool) -> dict:
    """Quantity, UnitAmount, DiscountRate and TaxAmount of a line: the first form that comes to its amount."""
    target = line.net + line.tax if types == "Inclusive" else line.net
    forms = list(_forms(line, target, types))
    amounts = next((form for form in forms if _line_amount(form) == target), forms[0])
    return {**amounts, "TaxAmount": line.tax} if with_tax else amounts


def _forms(line: Wanted, target: Decimal, types: str):
    """Ways of writing a line, the one that says most first."""
    if line.includes_tax is None or line.includes_tax == (types == "Inclusive"):
        yield _priced(line, line.unit_amount)
    kept = (_HUNDRED - line.discount) / _HUNDRED
    if line.quantity and kept:
        yield _priced(line, target / line.quantity / kept)
    if line.quantity:
        yield {"Quantity": half_up(line.quantity, 4), "UnitAmount": half_up(target / line.quantity, _UNIT_PLACES)}
    if not line.keeps_quantity or not line.quantity:
        yield {"Quantity": _ONE, "UnitAmount": target}


def _priced(line: Wanted, price: Decimal) -> dict:
    """Quantity and price; the discount beside them, or folded into the price where Xero takes none."""
    amounts = {"Quantity": half_up(line.quantity, 4), "UnitAmount": half_up(price, _UNIT_PLACES)}
    if line.discount and line.takes_discount:
        return {**amounts, "DiscountRate": half_up(line.discount, 4)}
    return {**amounts, "UnitAmount": half_up(price * (_HUNDRED - line.discount) / _HUNDRED, _UNIT_PLACES)}


def _line_amount(amounts: dict) -> Decimal:
    return compute(
        [Line(amounts["Quantity"], amounts["UnitAmount"], discount_rate=amounts.get("DiscountRate", 0))], "NoTax"
    ).total
