"""Accounts, tax rates, currencies, items, users and seeds (xero-api.md 4.7 to 4.10)."""

from decimal import Decimal

import pytest
from books import Books

from simulator import seeding


@pytest.fixture
def books():
    return Books()


def account(books, code):
    return next(one for one in books.get("Accounts") if one.get("Code") == code)


# -- accounts


def test_chart_of_accounts(books):
    bank = account(books, "090")
    assert (bank["Type"], bank["Class"], bank["TaxType"], bank["ReportingCode"]) == ("BANK", "ASSET", "NONE", "ASS")
    assert bank["EnablePaymentsToAccount"] is False
    assert account(books, "610")["SystemAccount"] == "DEBTORS"
    assert account(books, "855")["EnablePaymentsToAccount"] is True


def test_a_new_account(books):
    made = books.put("Accounts", {"Code": "495", "Name": "Workshop", "Type": "EXPENSE", "TaxType": "INPUT2"})
    assert (made["Class"], made["Status"]) == ("EXPENSE", "ACTIVE")
    assert books.post(f"Accounts/{made['AccountID']}", {"Name": "Atelier"})["Name"] == "Atelier"


@pytest.mark.parametrize(
    "body",
    [
        {"Code": "200", "Name": "N", "Type": "REVENUE"},
        {"Code": "495", "Name": "Sales", "Type": "REVENUE"},
        {"Code": "495", "Name": "N", "Type": "WHATEVER"},
        {"Code": "495", "Name": "N", "Type": "BANK"},
        {"Name": "N", "Type": "EXPENSE"},
        {"Code": "49500000000", "Name": "N", "Type": "EXPENSE"},
        {"Code": "495", "Name": "N", "Type": "EXPENSE", "TaxType": "NOPE"},
    ],
)
def test_accounts_that_are_refused(books, body):
    assert books.refused("PUT", "Accounts", body)


def test_archiving_stands_alone_and_spares_system_accounts(books):
    path = f"Accounts/{account(books, '260')['AccountID']}"
    assert books.refused("POST", path, {"Status": "ARCHIVED", "Name": "Old"})
    assert books.post(path, {"Status": "ARCHIVED"})["Status"] == "ARCHIVED"
    assert account(books, "260")["Status"] == "ARCHIVED"
    system = account(books, "610")["AccountID"]
    assert books.refused("POST", f"Accounts/{system}", {"Status": "ARCHIVED"})
    assert books.refused("DELETE", f"Accounts/{system}", None)


def test_only_unused_accounts_are_deleted(books):
    books.invoice(100)
    assert books.refused("DELETE", f"Accounts/{account(books, '200')['AccountID']}", None)
    unused = account(books, "412")["AccountID"]
    assert books.call("DELETE", f"Accounts/{unused}")[0] == 200
    assert books.call("GET", f"Accounts/{unused}")[0] == 404


# -- tax rates


def test_rates_of_new_zealand(books):
    rates = {rate["TaxType"]: rate for rate in books.get("TaxRates")}
    assert (rates["OUTPUT2"]["Name"], rates["OUTPUT2"]["EffectiveRate"]) == ("15% GST on Income", 15)
    assert rates["OUTPUT2"]["CanApplyToExpenses"] is False
    assert rates["INPUT2"]["CanApplyToRevenue"] is False
    assert rates["OUTPUT"]["Status"] == rates["INPUT"]["Status"] == "DELETED"
    assert books.get("TaxRates/OUTPUT2")[0]["TaxComponents"][0]["Name"] == "GST"


def test_a_new_rate_gets_the_next_type(books):
    components = [{"Name": "State", "Rate": "2.1255"}, {"Name": "City", "Rate": 1}]
    body = {"Name": "Local", "ReportTaxType": "OUTPUT", "TaxComponents": components}
    made = books.put("TaxRates", body)
    assert (made["TaxType"], made["EffectiveRate"]) == ("TAX002", Decimal("3.1255"))
    assert books.refused("PUT", "TaxRates", body)
    assert books.refused("PUT", "TaxRates", {**body, "Name": "N", "ReportTaxType": None})
    assert books.refused("POST", "TaxRates", {"TaxType": "TAX002", "TaxComponents": components[:1]})
    assert books.post("TaxRates", {"TaxType": "TAX002", "Status": "DELETED"})["Status"] == "DELETED"
    assert books.refused("POST", "TaxRates", {"TaxType": "TAX002", "Status": "ACTIVE"}) == ["Tax rate must be Active"]


def test_system_rates_are_immutable(books):
    assert books.refused("POST", "TaxRates", {"TaxType": "NONE", "Name": "Nothing"})


@pytest.mark.parametrize(
    ("seed", "rates"),
    [
        ("demo-au", {"OUTPUT": 10, "INPUT": 10, "EXEMPTOUTPUT": 0, "EXEMPTEXPENSES": 0, "BASEXCLUDED": 0}),
        ("demo-uk", {"OUTPUT2": 20, "INPUT2": 20, "RROUTPUT": 5, "ZERORATEDINPUT": 0, "NONE": 0, "CAPEXINPUT2": 20}),
        ("demo-us", {"OUTPUT": 0, "INPUT": 0, "NONE": 0, "TAX001": Decimal("8.875")}),
        ("empty", {"OUTPUT2": 15, "INPUT2": 15, "ZERORATED": 0, "NONE": 0}),
    ],
)
def test_rates_per_region(seed, rates):
    shown = {rate["TaxType"]: rate["EffectiveRate"] for rate in Books(seed).get("TaxRates")}
    assert {code: shown[code] for code in rates} == rates


# -- currencies and users


def test_currencies(books):
    assert [one["Code"] for one in books.get("Currencies")] == ["AUD", "NZD", "USD"]
    assert books.put("Currencies", {"Code": "EUR"})["Code"] == "EUR"
    assert books.refused("PUT", "Currencies", {"Code": "XXQ"})


def test_users(books):
    assert {user["OrganisationRole"] for user in books.get("Users")} == {"FINANCIALADVISER", "STANDARD"}


# -- items


def test_items(books):
    made = books.put("Items", {"Code": "OIL", "Name": "Oil", "SalesDetails": {"UnitPrice": "1.23456"}})
    assert made["SalesDetails"]["UnitPrice"] == Decimal("1.23")
    assert made["IsTrackedAsInventory"] is False
    assert not {"QuantityOnHand", "TotalCostPool"} & set(made)
    assert books.put("Items", {"Code": "OIL4", "SalesDetails": {"UnitPrice": "1.23456"}}, unitdp="4")["SalesDetails"][
        "UnitPrice"
    ] == Decimal("1.2346")


def test_item_codes_are_unique_and_post_updates(books):
    assert books.refused("PUT", "Items", {"Code": "wax-500"}) == ["Price List Item with Code 'wax-500' already exists"]
    changed = books.post("Items", {"Code": "WAX-500", "Name": "Beeswax"})
    assert changed["Name"] == "Beeswax"
    assert changed["SalesDetails"]["UnitPrice"] == Decimal("24.5")


def test_items_that_are_refused(books):
    assert books.refused("PUT", "Items", {"Name": "No code"}) == ["Price List Item Code must be supplied"]
    assert books.refused("PUT", "Items", {"Code": "c" * 31})
    assert books.refused("PUT", "Items", {"Code": "c", "Name": "n" * 51})
    assert books.refused("PUT", "Items", {"Code": "c", "SalesDetails": {"AccountCode": "999"}})
    assert books.refused("PUT", "Items", {"Code": "c", "SalesDetails": {"TaxType": "NOPE"}})


def test_details_of_what_is_not_sold(books):
    changed = books.post("Items", {"Code": "WAX-500", "IsSold": False})
    assert changed["SalesDetails"] == {}


def test_both_accounts_make_an_item_tracked(books):
    flag_only = books.put("Items", {"Code": "A", "IsTrackedAsInventory": True})
    assert flag_only["IsTrackedAsInventory"] is False
    tracked = {"InventoryAssetAccountCode": "630", "PurchaseDetails": {"COGSAccountCode": "310"}}
    made = books.put("Items", {"Code": "B", **tracked})
    assert (made["IsTrackedAsInventory"], made["QuantityOnHand"]) == (True, 0)
    assert books.refused("PUT", "Items", {"Code": "C", "InventoryAssetAccountCode": "710"})


def test_deleting_an_item(books):
    item = books.get("Items/WAX-500")[0]
    assert books.call("DELETE", f"Items/{item['ItemID']}") == (204, None)
    assert books.call("GET", "Items/WAX-500")[0] == 404


# -- seeds


@pytest.mark.parametrize("name", seeding.names())
def test_seeds_are_the_same_each_time(name):
    first, second = Books(name), Books(name)
    assert first.organisation.tenant_id == second.organisation.tenant_id
    assert first.seed.apps == second.seed.apps
    for resource in ("Accounts", "Contacts", "Items"):
        key = resource[:-1] + "ID"
        assert {one[key] for one in first.organisation.dump(resource)} == {
            one[key] for one in second.organisation.dump(resource)
        }


def test_demo_nz_has_two_organisations(books):
    first, second = books.seed.organisations
    assert first.tenant_id != second.tenant_id
    assert (first.country, second.country) == ("NZ", "NZ")
    assert second.dump("Contacts") == []


def test_unknown_seed_is_named(books):
    with pytest.raises(ValueError, match="no seed 'nowhere'; there are demo-au"):
        seeding.load("nowhere", books.clock, books.ids)


@pytest.mark.parametrize("name", seeding.charts())
def test_charts_are_whole(name, books):
    """Each chart has the accounts that documents post to, and its accounts name rates that apply to them."""
    made = seeding.organisation(books.clock, books.ids, [], chart=name, key=name, name=name)
    accounts = made.store.tables["Accounts"]
    for role in ("DEBTORS", "CREDITORS", "GST", "RETAINEDEARNINGS", "REALISEDCURRENCYGAIN", "ROUNDING"):
        assert accounts.one("system", role), role
    rates = {rate["TaxType"]: rate for rate in made.dump("TaxRates")}
    flags = {"ASSET": "Assets", "EQUITY": "Equity", "EXPENSE": "Expenses", "LIABILITY": "Liabilities"}
    for one in made.dump("Accounts"):
        rate = rates[one["TaxType"]]
        assert rate["Status"] == "ACTIVE"
        assert rate[f"CanApplyTo{flags.get(one['Class'], 'Revenue')}"], one


def test_a_plan_with_one_currency_adds_no_other():
    books = Books()
    books.act("set-plan", plan="starter")
    actions = {action["Name"]: action["Status"] for action in books.get("Organisation/Actions")}
    assert actions["UseMulticurrency"] == "NOT-ALLOWED"
    assert books.refused("PUT", "Currencies", {"Code": "GBP"}) == ["Organisation is not subscribed to multi-currency"]
    books.act("set-plan", plan="ULTIMATE")
    assert books.put("Currencies", {"Code": "GBP"})["Code"] == "GBP"
