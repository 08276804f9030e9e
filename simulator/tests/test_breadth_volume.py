"""Tiers of apps, and what Xero refuses of very large organisations."""

import pytest
from visitor import ApiClient

from simulator.steering import SteeringRefused

REFUSED = "Your request is not filtering Invoices efficiently, given the extremely high volume"


def connect(xero, steering, **app):
    made = steering.add_app("Other app", **app)
    return ApiClient(xero.url, steering.token(client_id=made["client_id"]))


# -- tiers


def test_starter_apps_have_a_thousand_calls_a_day_others_five_thousand(xero, steering, api):
    starter = connect(xero, steering, tier="starter")
    assert starter.get("Organisation").headers["X-DayLimit-Remaining"] == "999"
    assert api.get("Organisation").headers["X-DayLimit-Remaining"] == "4999"
    used = {row["tier"]: row["day_limit"] for row in steering.limits()["used"]}
    assert used == {"starter": 1000, "core": 5000}


def test_the_day_limit_of_the_tier_is_kept(xero, steering, api):
    starter = connect(xero, steering, tier="starter")
    steering.limits(starter_day=2)
    assert [starter.get("Organisation").status_code for _ in range(3)] == [200, 200, 429]
    refused = starter.get("Organisation")
    assert refused.headers["X-Rate-Limit-Problem"] == "day"
    assert api.get("Organisation").status_code == 200


@pytest.mark.parametrize("app", [{"tier": "golden"}, {"scopes": "nonsense"}, {"name": ""}, {"strict": "yes"}])
def test_bad_apps_are_refused(steering, app):
    with pytest.raises(SteeringRefused):
        steering.add_app(**({"name": "X"} | app))


# -- high volume


@pytest.fixture
def large(xero, steering):
    """An organisation that has more invoices than Xero searches."""
    steering.reset("demo-nz")
    xero.world.reset("demo-nz", contacts=5, invoices=30)
    steering.limits(high_volume=20)
    return ApiClient(xero.url, steering.token())


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"where": "TotalTax>10", "page": 1},
        {"where": 'Reference.Contains("x") AND Reference!=null', "page": 1},
        {"where": 'Status=="AUTHORISED" AND Total>10', "page": 1},
        {"order": "Total DESC", "page": 1},
    ],
)
def test_what_would_have_to_be_searched_is_refused(large, query):
    reply = large.get("Invoices", **query)
    assert reply.status_code == 400
    assert reply.json()["Message"].startswith(REFUSED)


@pytest.mark.parametrize(
    "query",
    [
        {"page": 1},
        {"page": 1, "order": "UpdatedDateUTC DESC"},
        {"page": 1, "order": "Date ASC, InvoiceID"},
        {"where": 'Status=="AUTHORISED" AND Date>=DateTime(2020,1,1)', "page": 1},
        {"where": 'InvoiceNumber=="BULK-000001"'},
        {"Statuses": "DRAFT"},
    ],
)
def test_what_xero_has_indexes_for_is_answered(large, query):
    assert large.get("Invoices", **query).json()["Invoices"]


def test_small_collections_are_never_refused(large):
    assert large.get("Contacts", where='Name.Contains("a")').status_code == 200


# -- order without sorting


def test_newest_first_is_oldest_first_backwards(large):
    def numbers(**query):
        return [one["InvoiceNumber"] for one in large.get("Invoices", **query).json()["Invoices"]]

    forwards = numbers(page=1, pageSize=100)
    assert numbers(page=1, pageSize=100, order="UpdatedDateUTC") == forwards
    assert numbers(page=1, pageSize=100, order="UpdatedDateUTC DESC") == forwards[::-1]
    assert numbers(page=2, pageSize=7, order="UpdatedDateUTC DESC") == forwards[::-1][7:14]
