"""Seeds of any size, and lists that do not grow dearer with them."""

import pytest
import requests
from visitor import ApiClient

from simulator.world import World


def summary(world):
    organisation = next(iter(world.organisations.values()))
    return [(row["InvoiceID"], row["InvoiceNumber"], row["Total"]) for row in organisation.dump("Invoices")]


@pytest.fixture(scope="module")
def large():
    return World("demo-nz", contacts=60, invoices=200)


def test_a_seed_grows_to_the_size_asked_for(large):
    organisation = next(iter(large.organisations.values()))
    assert len(organisation.store.tables["Contacts"]) == 60
    assert len(organisation.store.tables["Invoices"]) == 200
    statuses = {row["Status"] for row in organisation.store.tables["Invoices"]}
    assert {"DRAFT", "AUTHORISED", "PAID"} <= statuses


def test_made_up_companies_are_the_same_each_time(large):
    assert summary(World("demo-nz", contacts=60, invoices=200)) == summary(large)


def test_books_of_a_large_seed_balance(large):
    organisation = next(iter(large.organisations.values()))
    balances = organisation.ledger.balances()
    assert sum(balances.values()) == 0
    open_sales = sum(
        row["AmountDue"]
        for row in organisation.store.tables["Invoices"]
        if row["Type"] == "ACCREC" and row["Status"] == "AUTHORISED"
    )
    assert balances["610"] == open_sales


def test_reset_takes_sizes(xero, steering):
    body = {"seed": "demo-nz", "contacts": 30, "invoices": 20}
    assert requests.post(f"{xero.url}/_sim/reset", json=body, timeout=10).status_code == 200
    api = ApiClient(xero.url, steering.token())
    assert api.get("Invoices", page=1).json()["pagination"]["itemCount"] == 20


@pytest.mark.parametrize("contacts", [-1, True, 10**9, "many"])
def test_reset_refuses_sizes_that_are_none(xero, contacts):
    assert requests.post(f"{xero.url}/_sim/reset", json={"contacts": contacts}, timeout=10).status_code == 400
