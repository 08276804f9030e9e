"""The table of methods against xero-python itself: a row that sends something else than it says fails here."""

import pytest
from stub import Answer

from xero_api import methods

ROWS = sorted(methods.METHODS)


@pytest.mark.parametrize(("verb", "pattern"), ROWS, ids=[" ".join(row) for row in ROWS])
def test_each_row_sends_what_it_says(stub, client, verb, pattern):
    path = "/".join(part if part != "{}" else f"id-{place}" for place, part in enumerate(pattern.split("/")))
    resource = pattern.split("/")[0]
    record = {methods.ID_KEYS.get(resource, "ID"): "x"}
    stub.will(Answer(body={resource: [record]}))
    call = {"GET": client.get, "DELETE": client.delete}.get(verb) or getattr(client, verb.lower())
    call(path, *([{resource: [{"Name": "x"}]}, "a-key"] if verb in ("PUT", "POST") else []))

    seen = stub.seen[0]
    assert (seen.method, seen.path) == (verb, f"/api.xro/2.0/{path}")
    assert seen.headers["xero-tenant-id"] == "a-tenant"
    assert seen.headers["Accept"] == "application/json"
    if verb in ("PUT", "POST"):
        assert seen.json == {resource: [{"Name": "x"}]}
        assert seen.headers["Idempotency-Key"] == "a-key"
        assert seen.headers["Content-Type"] == "application/json"
    else:
        assert "Idempotency-Key" not in seen.headers


@pytest.mark.parametrize(
    ("parameter", "argument"),
    [
        ("where", "where"),
        ("pageSize", "page_size"),
        ("IDs", "i_ds"),
        ("ContactIDs", "contact_i_ds"),
        ("InvoiceNumbers", "invoice_numbers"),
        ("createdByMyApp", "created_by_my_app"),
        ("DateFrom", "date_from"),
        ("unitdp", "unitdp"),
    ],
)
def test_parameters_are_known_by_xeros_names(parameter, argument):
    assert methods.argument_of(parameter) == argument


@pytest.mark.parametrize(
    ("path", "payload", "found"),
    [
        ("Invoices", {"Warnings": [], "Invoices": [{"InvoiceID": "1"}]}, [{"InvoiceID": "1"}]),
        ("CreditNotes/1/Allocations", {"Allocations": [{"Amount": 1}]}, [{"Amount": 1}]),
        ("Organisation", {"Organisations": [{"Name": "x"}]}, [{"Name": "x"}]),
        ("Reports/TrialBalance", {"Reports": [{"Rows": []}]}, [{"Rows": []}]),
        ("Invoices/1/History", {"HistoryRecords": [{"Details": "x"}]}, [{"Details": "x"}]),
        ("NewThings", {"Status": "OK", "Things": [{"ID": 1}]}, [{"ID": 1}]),
        ("Invoices", {"Status": "OK"}, []),
    ],
)
def test_the_records_of_an_answer_are_found(path, payload, found):
    assert methods.array_of(path.split("/"), payload) == found
