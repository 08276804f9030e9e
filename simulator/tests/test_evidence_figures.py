"""Worked figures of xero-api.md: amounts, rates, limits and lengths, each worked out over HTTP.

The entries stand in evidence/figures.json with a recipe and a source each (see evidence/player.py).
"""

import json
import re
from decimal import Decimal

import pytest
from evidence.player import Player, at, load

DATA = load("figures.json")
FIGURES, RATES, LENGTHS = DATA["figures"], DATA["rates"], DATA["lengths"]
NUMBER = re.compile(r"-?\d+(\.\d+)?")
HOUR = 3_600_000


def start(running, entry):
    return Player(running, entry.get("seed", "demo-nz"), DATA["given"])


def expected(player, text):
    """An expected text with what has been kept; `$stamp + 12 h` moves a moment of Xero's own form."""
    filled = player.fill(text)
    moved = re.fullmatch(r"/Date\((\d+)\+0000\)/ \+ (\d+) h", filled)
    return f"/Date({int(moved[1]) + int(moved[2]) * HOUR}+0000)/" if moved else filled


def shown(player, payload, path):
    """What an answer has at a path, or what has been kept under a `$name`; None where there is nothing."""
    if path.startswith("$"):
        return player.known[path[1:]]
    try:
        return at(payload, path)
    except KeyError:
        return None


@pytest.mark.parametrize("entry", FIGURES, ids=lambda entry: entry["id"])
def test_figure(running, entry):
    player = start(running, entry)
    reply = player.play(entry)
    assert reply.status_code == 200, reply.text
    payload = json.loads(reply.text, parse_float=Decimal)
    for path, text in entry.get("expect", {}).items():
        found = shown(player, payload, path)
        if text is None:
            assert found is None, path
        elif NUMBER.fullmatch(text):
            assert Decimal(found) == Decimal(text), (path, found)
        else:
            assert str(found) == expected(player, text), path
    for name, value in entry.get("headers", {}).items():
        assert reply.headers[name] == value, name


@pytest.mark.parametrize("entry", RATES, ids=lambda entry: entry["seed"])
def test_rates_of_a_region(running, entry):
    player = start(running, entry)
    reply = player.play({"recipe": [{"call": "GET TaxRates"}]})
    found = {rate["TaxType"]: Decimal(str(rate["EffectiveRate"])) for rate in reply.json()["TaxRates"]}
    wanted = {tax_type: Decimal(rate) for tax_type, rate in entry["rates"].items()}
    assert {tax_type: found.get(tax_type) for tax_type in wanted} == wanted


@pytest.mark.parametrize("entry", LENGTHS, ids=lambda entry: entry["id"])
def test_longest_text(running, entry):
    player = start(running, entry)
    for given in entry.get("given", ()):
        for step in DATA["given"][given]:
            player.step(step)
    for length, status in ((entry["most"] + 1, 400), (entry["most"], 200)):
        body = json.loads(json.dumps(entry["body"], default=float).replace("@", "x" * length))
        reply = player.play({"recipe": [{"call": entry["call"], "body": body}]})
        assert reply.status_code == status, reply.text[:2000]
        text = f"The {entry['key']} field must not exceed {entry['most']} characters."
        assert (text in reply.text) is (status == 400)


def test_every_figure_is_worked_out_once_and_cites_its_source():
    ids = [entry["id"] for entry in (*FIGURES, *LENGTHS)]
    assert len(set(ids)) == len(ids)
    for entry in (*FIGURES, *RATES, *LENGTHS):
        assert entry["source"].startswith("xero-api.md ")
        assert set(entry.get("given", ())) <= set(DATA["given"])
    assert all(entry["recipe"] and (entry.get("expect") or entry.get("headers")) for entry in FIGURES)
