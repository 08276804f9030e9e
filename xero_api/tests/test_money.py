"""Cents: what we compute before sending is what Xero shows, and a way of writing is found for what books hold."""

import itertools
import json
from decimal import Decimal
from pathlib import Path

import money
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.server import XeroSimulator
from simulator.steering import Steering
from xero_api import hosts
from xero_api.arithmetic import Line, compute, half_up
from xero_api.client import XeroClient
from xero_api.representation import (
    AS_COMPUTED,
    FOUR_DECIMALS,
    LINE_TAX,
    OTHER_TYPE,
    ROUNDING_LINE,
    NoWay,
    Wanted,
    write,
)

FIGURES = Path(__file__).parents[2] / "simulator" / "tests" / "evidence" / "figures.json"
NUMBERS = itertools.count()
A_FEW = settings(deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def xero():
    with XeroSimulator("demo-nz") as running:
        Steering(running.url).limits(minute=100000, day=1000000)
        yield running


def connected(xero, tenant=0):
    tokens = Steering(xero.url).token(tenant_id=xero.tenants[tenant]["tenant_id"])
    return XeroClient(hosts.simulator_endpoints(xero.url), tokens["access_token"], tokens["tenant_id"])


@pytest.fixture(scope="module")
def client(xero):
    with connected(xero) as client:
        yield client


@pytest.fixture(scope="module")
def known(client):
    return money.prepare(client)


@settings(A_FEW, max_examples=60)
@given(chance=st.randoms(use_true_random=False), size=st.integers(1, 10))
def test_xero_computes_what_we_predict(client, known, chance, size):
    """S3-20: totals, tax and the tax of each line of documents by chance, in three currencies and every form."""
    assert money.differences(client, known, chance, f"M{next(NUMBERS)}", size) == []


# --- worked figures ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def organisations():
    with XeroSimulator("demo-nz") as running:
        yield running


def worked_figures():
    """The worked figures about totals that one call brings about; a RoundingAmount is none of our ways of writing."""
    for figure in json.loads(FIGURES.read_text(), parse_float=Decimal)["figures"]:
        call, *rest = figure["recipe"]
        wanted = {path: value for path, value in figure.get("expect", {}).items() if path.split(".")[-1] in money.KEYS}
        is_document = not rest and call["call"] in ("PUT Invoices", "PUT CreditNotes") and "given" not in figure
        if wanted and is_document and "RoundingAmount" not in call["body"]:
            yield pytest.param(figure.get("seed", "demo-nz"), call, wanted, id=figure["id"])


@pytest.mark.parametrize(("seed", "call", "wanted"), list(worked_figures()))
def test_worked_figures(organisations, seed, call, wanted):
    """Each worked figure of xero-api.md, from the cited data file, by our arithmetic."""
    body, unitdp = call["body"], call.get("args", {}).get("unitdp", 2)
    Steering(organisations.url).reset(seed)
    with connected(organisations) as client:
        rates = {rate.data["TaxType"]: rate.data["EffectiveRate"] for rate in client.get("TaxRates").elements}
        taxes = {
            one.data["Code"]: one.data.get("TaxType") for one in client.get("Accounts").elements if "Code" in one.data
        }
    lines = [
        Line(
            Decimal(line.get("Quantity", 1)),
            Decimal(line["UnitAmount"]),
            rates[line.get("TaxType") or taxes[line["AccountCode"]]],
            Decimal(line.get("DiscountRate", 0)),
            Decimal(line["TaxAmount"]) if "TaxAmount" in line else None,
        )
        for line in body["LineItems"]
    ]
    result = compute(lines, body.get("LineAmountTypes", "Exclusive"), int(unitdp))
    ours = {"SubTotal": result.sub_total, "TotalTax": result.total_tax, "Total": result.total}
    assert {path: ours[path.split(".")[-1]] for path in wanted} == {
        path: Decimal(value) for path, value in wanted.items()
    }


# --- ways of writing ---------------------------------------------------------------------------------------------


def line(quantity="1", price="100", net=None, tax=None, **more):
    """A line at 15 %, its tax not in the price."""
    quantity, price = Decimal(quantity), Decimal(price)
    net = half_up(quantity * price * (100 - more.get("discount", 0)) / 100) if net is None else Decimal(net)
    tax = half_up(net * Decimal("0.15")) if tax is None else Decimal(tax)
    values = {"rate": Decimal(15), "includes_tax": False, "account": "200", "tax_type": "OUTPUT2", **more}
    return Wanted(quantity, price, net, tax, **values)


def test_plain_documents_are_written_as_they_stand():
    written = write([line("3", "25.06"), line("2", "10.50", discount=Decimal(10), takes_discount=True)])
    assert (written.way, written.line_amount_types) == (AS_COMPUTED, "Exclusive")
    assert written.lines[1] == {"Quantity": 2, "UnitAmount": Decimal("10.50"), "DiscountRate": 10}


def test_prices_keep_four_decimals():
    assert write([line("1000", "0.0149")]).way == FOUR_DECIMALS


def test_included_prices_are_sent_included():
    written = write([line("1", "115", net="100", tax="15", includes_tax=True)])
    assert (written.way, written.line_amount_types) == (AS_COMPUTED, "Inclusive")


def test_inclusive_where_that_gives_the_cent():
    """S3-20: three lines whose tax is 11.45 together; 11.44 in Xero, unless the prices include the tax."""
    written = write([line(price="25.06"), line(price="25.61"), line(price="25.63", tax="3.85")])
    assert (written.way, written.line_amount_types) == (OTHER_TYPE, "Inclusive")
    assert written.lines[2] == {"Quantity": 1, "UnitAmount": Decimal("29.48")}


def test_the_tax_of_each_line_is_given_where_the_sum_was_rounded():
    """S3-20: the tax of the sum, two cents from that of the lines, which no way of writing prices brings about."""
    lines = [line(price="25.06"), line(price="25.61"), line(price="25.63", tax="3.86")]
    written = write(lines)
    assert written.way == LINE_TAX
    assert [one["TaxAmount"] for one in written.lines] == [Decimal("3.76"), Decimal("3.84"), Decimal("3.86")]


def test_a_price_of_six_decimals_keeps_its_quantity_where_four_are_enough():
    [written] = write([line("12", "8.333333", net="100")]).lines
    assert written == {"Quantity": Decimal("12.0000"), "UnitAmount": Decimal("8.3333")}


def test_what_four_decimals_cannot_say_is_written_as_one():
    [written] = write([line("10000", "0.00499", net="49.90")]).lines
    assert written == {"Quantity": 1, "UnitAmount": Decimal("49.90")}


def test_a_rounding_line_where_the_quantity_has_to_stay():
    written = write([line("10000", "0.00499", net="49.90", keeps_quantity=True)])
    assert (written.way, written.rounding) == (ROUNDING_LINE, Decimal("-0.10"))
    assert written.lines[0]["Quantity"] == 10000
    assert written.lines[0]["TaxAmount"] == Decimal("7.49")


@pytest.mark.parametrize(
    ("price", "may_round"), [("0.00499", False), ("0.0049", True)], ids=["not allowed", "more than cents"]
)
def test_no_rounding_line(price, may_round):
    wanted = line("10000", "0.00499", net="49.90" if not may_round else "39.90", keeps_quantity=True)
    with pytest.raises(NoWay) as stop:
        write([wanted], may_round=may_round)
    assert stop.value.nearest.sub_total != wanted.net


def test_a_third_decimal_has_no_place_in_xero():
    with pytest.raises(NoWay):
        write([line("1", "1.23")], (Decimal("1.234"), Decimal("0.185")))


def test_the_cent_is_not_moved_to_another_account():
    """Revenue per account agrees, too: Xero would make it 100.00 each where the prices stay as they are."""
    lines = [
        line(price="115", net="100.02", tax="14.98", includes_tax=True),
        line(price="115", net="99.98", tax="15.02", includes_tax=True, account="260"),
    ]
    assert [one["UnitAmount"] for one in write(lines).lines] == [Decimal("100.02"), Decimal("99.98")]


def test_compound_rates_are_never_left_to_xero_within_an_amount():
    """xero-api.md 4.2: Xero may lose a cent between the parts of a compound rate in inclusive documents."""
    wanted = line(price="110.24", net="100", tax="10.24", rate=Decimal("10.24"), includes_tax=True, is_compound=True)
    written = write([wanted])
    assert written.line_amount_types == "Exclusive" or "TaxAmount" in written.lines[0]


prices = st.decimals("-99999", "99999", places=6).filter(bool)
wanted_lines = st.builds(
    lambda quantity, price, rate, included, discount, takes, cents: _as_booked(
        quantity, price, Decimal(rate), included, discount, takes, cents
    ),
    st.decimals("0", "9999", places=4),
    prices,
    st.sampled_from(["0", "5", "15", "10.24", "8.9984"]),
    st.booleans(),
    st.decimals("0", "100", places=2),
    st.booleans(),
    st.integers(-3, 3),
)


def _as_booked(quantity, price, rate, included, discount, takes, cents):
    """A line as books have it that round the tax of the document: a few cents beside the tax of the line."""
    amount = quantity * price * (100 - discount) / 100
    tax = half_up(amount * rate / (100 + rate) if included else amount * rate / 100)
    net = half_up(amount) - tax if included else half_up(amount)
    tax += Decimal(cents).scaleb(-2) if rate else 0
    values = {"discount": discount, "includes_tax": included, "account": "200", "tax_type": str(rate)}
    return Wanted(quantity, price, net, tax, rate, takes_discount=takes, **values)


@settings(A_FEW, max_examples=400)
@given(st.lists(wanted_lines, min_size=1, max_size=6))
def test_there_is_a_way_for_whatever_books_hold(lines):
    """S3-20: net and tax of any line, as any rounding mode left them, come out equal in Xero."""
    written = write(lines)
    sent = [
        Line(a["Quantity"], a["UnitAmount"], w.rate, a.get("DiscountRate", Decimal(0)), a.get("TaxAmount"))
        for w, a in zip(lines, written.lines, strict=True)
    ]
    computed = compute(sent, written.line_amount_types)
    assert computed.sub_total == sum(wanted.net for wanted in lines)
    assert computed.total_tax == sum(wanted.tax for wanted in lines)
    assert all(amounts["Quantity"] >= 0 for amounts in written.lines)
    assert written.way != ROUNDING_LINE
