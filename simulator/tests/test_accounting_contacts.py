"""Contacts (xero-api.md 4.1)."""

import pytest
from books import Books, document

TAKEN = (
    "The contact name {} is already assigned to another contact. "
    "The contact name must be unique across all active contacts."
)
ARCHIVED = (
    "The specified contact details matched an archived contact. "
    "Archived contacts cannot currently be edited via the API."
)


@pytest.fixture
def books():
    return Books()


def contact(books, name="Kauri Cafe"):
    return books.get("Contacts", where=f'Name=="{name}"', includeArchived="true")[0]


def test_slots_are_always_there(books):
    created = books.put("Contacts", {"Name": "Newcomer", "Phones": [{"PhoneType": "MOBILE", "PhoneNumber": "021"}]})
    phones = {phone["PhoneType"]: phone["PhoneNumber"] for phone in created["Phones"]}
    assert phones == {"DEFAULT": "", "DDI": "", "FAX": "", "MOBILE": "021"}
    assert [address["AddressType"] for address in created["Addresses"]] == ["STREET", "POBOX"]
    assert created["Addresses"][0]["City"] == ""
    assert "AddressLine1" not in created["Addresses"][0]


def test_what_is_left_out_keeps_its_value(books):
    before = contact(books)
    changed = books.post(
        "Contacts", {"ContactID": before["ContactID"], "Addresses": [{"AddressType": "POBOX", "City": "Napier"}]}
    )
    assert changed["EmailAddress"] == before["EmailAddress"]
    assert changed["Addresses"][0] == before["Addresses"][0]
    assert changed["Addresses"][1]["City"] == "Napier"
    cleared = books.post("Contacts", {"ContactID": before["ContactID"], "EmailAddress": ""})
    assert cleared["EmailAddress"] == ""


def test_contact_persons_are_replaced_as_a_whole(books):
    persons = [{"FirstName": "Ana"}, {"FirstName": "Ben"}]
    books.post("Contacts", {"Name": "Kauri Cafe", "ContactPersons": persons})
    changed = books.post("Contacts", {"Name": "Kauri Cafe", "ContactPersons": [{"FirstName": "Cleo"}]})
    assert changed["ContactPersons"] == [{"FirstName": "Cleo"}]


def test_details_in_a_document_update_the_contact_and_drop_its_persons(books):
    books.post("Contacts", {"Name": "Kauri Cafe", "ContactPersons": [{"FirstName": "Ana"}]})
    books.invoice(100)
    assert contact(books)["ContactPersons"] == [{"FirstName": "Ana"}]
    books.put("Invoices", {**document("ACCREC", [1]), "Contact": {"Name": "Kauri Cafe", "LastName": "Ngata"}})
    assert contact(books)["ContactPersons"] == []
    assert contact(books)["LastName"] == "Ngata"


@pytest.mark.parametrize("name", ["Kauri Cafe", "KAURI CAFE", " kauri cafe "])
def test_names_are_unique_among_active_contacts(books, name):
    assert books.refused("PUT", "Contacts", {"Name": name}) == [TAKEN.format(name.strip())]


def test_an_archived_contact_does_not_block_its_name(books):
    books.post("Contacts", {"Name": "Kauri Cafe", "ContactStatus": "ARCHIVED"})
    assert books.put("Contacts", {"Name": "Kauri Cafe"})["ContactStatus"] == "ACTIVE"


@pytest.mark.parametrize("name", ["", "  ", "A <b>", "A > B", "Two  spaces"])
def test_names_that_are_refused(books, name):
    assert len(books.refused("PUT", "Contacts", {"Name": name})) == 1


def test_empty_name(books):
    assert books.refused("PUT", "Contacts", {"EmailAddress": "a@b.example"}) == ["Contact Name cannot be empty."]


def test_names_have_a_limit(books):
    assert books.put("Contacts", {"Name": "n" * 255})["Name"] == "n" * 255
    assert books.refused("PUT", "Contacts", {"Name": "n" * 256})


@pytest.mark.parametrize("email", ["nobody", "a@b", "jürgen@firma.example", "a b@c.example", "@c.example"])
def test_e_mail_addresses_that_are_refused(books, email):
    assert books.refused("PUT", "Contacts", {"Name": "N", "EmailAddress": email}) == ["Email address must be valid."]


def test_numbers_are_unique(books):
    books.post("Contacts", {"Name": "Kauri Cafe", "ContactNumber": "7", "AccountNumber": "K7"})
    assert books.refused("PUT", "Contacts", {"Name": "N", "ContactNumber": "7"}) == [
        "Another contact has this contact number. Please enter a different contact number."
    ]
    assert books.refused("PUT", "Contacts", {"Name": "N", "AccountNumber": "k7"}) == [
        "The Account Number already exists. Please enter a different Account Number."
    ]


def test_post_overwrites_silently(books):
    """POST with a known name or number is an update (xero-api.md 4.1)."""
    before = contact(books)
    by_name = books.post("Contacts", {"Name": "kauri cafe", "ContactNumber": "7"})
    assert by_name["ContactID"] == before["ContactID"]
    by_number = books.post("Contacts", {"Name": "Kauri Restaurant", "ContactNumber": "7"})
    assert (by_number["ContactID"], by_number["Name"]) == (before["ContactID"], "Kauri Restaurant")


def test_archived_contacts_cannot_be_edited(books):
    books.invoice(100)
    archived = books.post("Contacts", {"Name": "Kauri Cafe", "ContactStatus": "ARCHIVED"})
    assert archived["ContactStatus"] == "ARCHIVED"
    by_id = {"ContactID": archived["ContactID"]}
    assert books.refused("POST", "Contacts", {**by_id, "LastName": "N"}) == [ARCHIVED]
    assert books.refused("POST", "Contacts", {**by_id, "ContactStatus": "ACTIVE"}) == [ARCHIVED]
    assert books.refused("PUT", "Invoices", {**document("ACCREC", [1]), "Contact": by_id}) == [ARCHIVED]


def test_documents_of_an_archived_contact_can_be_voided(books):
    invoice = books.invoice(100)
    books.post("Contacts", {"Name": "Kauri Cafe", "ContactStatus": "ARCHIVED"})
    body = {"InvoiceID": invoice["InvoiceID"], "Contact": {"ContactID": invoice["Contact"]["ContactID"]}}
    assert books.post("Invoices", {**body, "Reference": "late"})["Reference"] == "late"
    assert books.post("Invoices", {**body, "Status": "VOIDED"})["Status"] == "VOIDED"


def test_customer_and_supplier_are_derived(books):
    """The marks follow documents, are ignored on input and do not count as an update (xero-api.md 3.5, 4.1)."""
    created = books.put("Contacts", {"Name": "Newcomer", "IsCustomer": True})
    assert created["IsCustomer"] is False
    books.clock.advance(60)
    books.invoice(100, contact="Newcomer")
    books.bill(100, contact="Newcomer")
    after = contact(books, "Newcomer")
    assert (after["IsCustomer"], after["IsSupplier"]) == (True, True)
    assert after["UpdatedDateUTC"] == created["UpdatedDateUTC"]


def test_a_document_makes_an_unknown_contact_and_links_a_known_one(books):
    first = books.invoice(100, contact="Newcomer")
    second = books.invoice(100, contact="newcomer")
    assert first["Contact"]["ContactID"] == second["Contact"]["ContactID"]
    assert ("CONTACT", "CREATE", first["Contact"]["ContactID"]) in books.events


def test_a_document_needs_a_contact(books):
    body = {**document("ACCREC", [1]), "Contact": {}}
    assert books.refused("PUT", "Invoices", body) == ["A Contact must be specified for this type of transaction"]


def test_merging_in_xero_leaves_a_pointer(books):
    books.invoice(100)
    merged = books.act("merge-contacts", **{"from": "Kauri Cafe", "into": "Ridgeline University"})
    loser, winner = contact(books), contact(books, "Ridgeline University")
    assert merged["ContactID"] == loser["ContactID"]
    assert (loser["ContactStatus"], loser["MergedToContactID"]) == ("ARCHIVED", winner["ContactID"])
    assert books.get("Invoices")[0]["Contact"]["ContactID"] == winner["ContactID"]
    assert winner["IsCustomer"] is True


def test_unarchiving_in_xero(books):
    books.post("Contacts", {"Name": "Kauri Cafe", "ContactStatus": "ARCHIVED"})
    books.act("unarchive-contact", contact="Kauri Cafe")
    assert contact(books)["ContactStatus"] == "ACTIVE"


def test_countries_are_letters(books):
    body = {"Name": "N", "Addresses": [{"AddressType": "STREET", "Country": "NZ 1"}]}
    assert books.refused("PUT", "Contacts", body)
