"""What a call has changed stands in the journal, field by field."""


def changes(steering, method="PUT"):
    return steering.journal(method)[-1]["changes"]


def fields(change):
    return {field["name"]: (field["before"], field["after"]) for field in change["fields"]}


def invoice(api, **more):
    line = {"Description": "Oak", "Quantity": 2, "UnitAmount": 10, "AccountCode": "200"}
    body = {"Type": "ACCREC", "Contact": {"Name": "Ana"}, "LineItems": [line], "Status": "AUTHORISED", **more}
    return api.call("PUT", "Invoices", {"Invoices": [{"DueDate": "2026-12-01", **body}]})


def test_a_new_record_is_told_with_its_fields(api, steering):
    made = api.put_contact("Ana").json()["Contacts"][0]
    (change,) = changes(steering)
    assert (change["resource"], change["id"], change["change"]) == ("Contacts", made["ContactID"], "created")
    assert fields(change)["Name"] == (None, "Ana")


def test_an_update_tells_what_was_and_what_is(api, steering):
    made = api.put_contact("Ana").json()["Contacts"][0]
    api.call("POST", "Contacts", {"Contacts": [{"ContactID": made["ContactID"], "EmailAddress": "ana@x.example"}]})
    (change,) = changes(steering, "POST")
    assert change["change"] == "updated"
    assert fields(change) == {"EmailAddress": (None, "ana@x.example")}


def test_a_payment_tells_of_the_invoice_too(api, steering):
    """The invoice is not named in the call's path, and yet is what the call is about."""
    made = invoice(api).json()["Invoices"][0]
    paid = {"Invoice": {"InvoiceID": made["InvoiceID"]}, "Account": {"Code": "090"}, "Amount": made["AmountDue"]}
    assert api.call("PUT", "Payments", {"Payments": [{**paid, "Date": "2026-11-01"}]}).status_code == 200
    found = {change["resource"]: change for change in changes(steering)}
    assert found["Payments"]["change"] == "created"
    assert fields(found["Invoices"])["Status"] == ("AUTHORISED", "PAID")


def test_what_was_undone_has_changed_nothing(api, steering):
    """One bad element of a batch that is summarised undoes the good one (xero-api.md 3.6)."""
    reply = api.call("PUT", "Contacts", {"Contacts": [{"Name": "Ana"}, {"Name": ""}]})
    assert reply.status_code == 400
    assert changes(steering) == []


def test_reading_and_replaying_change_nothing(api, steering):
    for _ in range(2):
        api.put_contact("Ana", key="once")
    assert [len(call["changes"]) for call in steering.journal("PUT")] == [1, 0]
    api.get("Contacts")
    assert changes(steering, "GET") == []
