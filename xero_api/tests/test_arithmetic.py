import json
from decimal import Decimal
from pathlib import Path

import pytest

from xero_api.arithmetic import Component, Line, compute, effective_rate, half_up

KNOWN = json.loads((Path(__file__).parent / "data" / "tax_arithmetic.json").read_text())


def named(cases):
    return [pytest.param(case, id=case["name"]) for case in cases]


@pytest.mark.parametrize("case", named(KNOWN["cases"]))
def test_documents_come_out_as_xero_shows_them(case):
    lines = [Line(**{key: Decimal(value) for key, value in line.items()}) for line in case["lines"]]
    document = compute(lines, case["types"])
    assert [str(line.tax_amount) for line in document.lines] == case["line_taxes"]
    assert [str(figure) for figure in (document.sub_total, document.total_tax, document.total)] == [
        case["sub_total"],
        case["total_tax"],
        case["total"],
    ]


@pytest.mark.parametrize("case", named(KNOWN["effective_rates"]))
def test_a_rate_of_several_components_has_one_effective_rate(case):
    components = [Component(Decimal(part["rate"]), part["is_compound"]) for part in case["components"]]
    assert effective_rate(components) == Decimal(case["rate"])


def test_unit_amount_is_rounded_before_it_is_multiplied():
    line = [Line(Decimal(1000), Decimal("0.12345"))]
    assert compute(line, unitdp=2).sub_total == Decimal("120.00")
    assert compute(line, unitdp=4).sub_total == Decimal("123.50")


def test_quantity_is_kept_to_four_decimals():
    assert compute([Line(Decimal("0.33335"), Decimal(10000))]).sub_total == Decimal("3334.00")


def test_discount_is_taken_before_the_line_amount_is_rounded():
    # 3 × 9.99 = 29.97, less 12.5 % = 26.22375
    document = compute([Line(Decimal(3), Decimal("9.99"), Decimal(15), discount_rate=Decimal("12.5"))])
    assert (document.sub_total, document.total_tax) == (Decimal("26.22"), Decimal("3.93"))


def test_a_given_tax_amount_replaces_xeros():
    document = compute([Line(Decimal(1), Decimal("25.61"), Decimal(15), tax_amount=Decimal("3.85"))])
    assert (document.total_tax, document.total) == (Decimal("3.85"), Decimal("29.46"))


def test_a_document_without_tax_has_none_whatever_its_lines_say():
    document = compute([Line(Decimal(2), Decimal("10.00"), Decimal(15), tax_amount=Decimal(3))], "NoTax")
    assert (document.total_tax, document.total) == (Decimal("0.00"), Decimal("20.00"))


def test_a_credit_mirrors_its_charge():
    charge = compute([Line(Decimal(1), Decimal("21.65"), Decimal(10))])
    credit = compute([Line(Decimal(1), Decimal("-21.65"), Decimal(10))])
    assert credit.total == -charge.total
    assert half_up(Decimal("-2.165")) == Decimal("-2.17")


def test_an_empty_document_is_zero():
    assert str(compute([]).total) == "0.00"


@pytest.mark.parametrize(("types", "unitdp", "named"), [("exclusive", 4, "Inclusive"), ("Exclusive", 3, "unitdp")])
def test_unknown_settings_are_named(types, unitdp, named):
    with pytest.raises(ValueError, match=named):
        compute([], types, unitdp)
