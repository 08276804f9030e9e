"""Tracking categories, branding themes, contact groups (xero-api.md 4.1, 4.10), and what lines make of tracking."""

import pytest
from books import Books, document, line


@pytest.fixture
def books():
    return Books("empty")


@pytest.fixture
def region(books):
    """A category with the options North and South."""
    category = books.put("TrackingCategories", {"Name": "Region"})
    for name in ("North", "South"):
        books.put(f"TrackingCategories/{category['TrackingCategoryID']}/Options", {"Name": name})
    return books.get(f"TrackingCategories/{category['TrackingCategoryID']}")[0]


def path_of(category, option=None):
    path = f"TrackingCategories/{category['TrackingCategoryID']}"
    return path if option is None else f"{path}/Options/{option['TrackingOptionID']}"


def tracked(books, *tracking, **more):
    """The tracking of the one line of a new invoice, as a read shows it."""
    invoice = books.invoice(line(100, Tracking=list(tracking)), **more)
    return books.read_invoice(invoice)["LineItems"][0]["Tracking"]


# -- categories and options


def test_a_category_and_its_options(books, region):
    assert (region["Name"], region["Status"]) == ("Region", "ACTIVE")
    assert [(option["Name"], option["Status"]) for option in region["Options"]] == [
        ("North", "ACTIVE"),
        ("South", "ACTIVE"),
    ]


def test_two_active_categories_and_four_in_all(books, region):
    team = books.put("TrackingCategories", {"Name": "Team"})
    refusal = ["You can only have 2 active tracking categories."]
    assert books.refused("PUT", "TrackingCategories", {"Name": "Third"}) == refusal
    last = team
    for name in ("Third", "Fourth"):
        books.post(path_of(last), {"Status": "ARCHIVED"})
        last = books.put("TrackingCategories", {"Name": name})
    books.post(path_of(last), {"Status": "ARCHIVED"})
    assert books.refused("PUT", "TrackingCategories", {"Name": "Fifth"}) == ["You can only have 4 tracking categories."]
    books.post(path_of(team), {"Status": "ACTIVE"})
    assert books.refused("POST", path_of(last), {"Status": "ACTIVE"}) == refusal


def test_archived_categories_are_hidden(books, region):
    books.post(path_of(region), {"Status": "ARCHIVED"})
    assert books.get("TrackingCategories") == []
    assert [one["Name"] for one in books.get("TrackingCategories", includeArchived="true")] == ["Region"]


@pytest.mark.parametrize("name", ["", "region", "x" * 101])
def test_names_of_categories(books, region, name):
    messages = {
        "": "The Name field is mandatory",
        "region": "A tracking category with the name 'region' already exists.",
    }
    expected = messages.get(name, "The Name field must not exceed 100 characters.")
    assert books.refused("PUT", "TrackingCategories", {"Name": name}) == [expected]


def test_names_of_options(books, region):
    """The text of a name that is taken is Xero's (xero-php#920)."""
    path = f"{path_of(region)}/Options"
    assert books.refused("PUT", path, {"Name": "north"}) == [
        "For each specified tracking option the name must be unique."
    ]
    assert books.refused("PUT", path, {"Name": "x" * 101}) == ["The Name field must not exceed 100 characters."]
    south = region["Options"][1]
    assert books.refused("POST", path_of(region, south), {"Name": "North"})
    assert books.post(path_of(region, south), {"Name": "Southland"})["Name"] == "Southland"


def test_what_is_not_there_is_an_empty_404(books, region):
    missing = {"TrackingOptionID": "11111111-2222-3333-4444-555555555555"}
    assert books.call("POST", path_of(region, missing), {"Name": "x"}) == (404, None)
    assert books.call("DELETE", path_of(region, missing)) == (404, None)
    assert books.call("POST", "TrackingCategories", {"Name": "x"})[0] == 405


def test_what_is_unused_can_be_deleted(books, region):
    status, payload = books.call("DELETE", path_of(region, region["Options"][0]))
    assert (status, payload["Options"][0]["Status"]) == (200, "DELETED")
    status, payload = books.call("DELETE", path_of(region))
    assert (status, payload["TrackingCategories"][0]["Status"]) == (200, "DELETED")
    assert books.get("TrackingCategories", includeArchived="true") == []


def test_what_is_used_can_only_be_archived(books, region):
    north, south = region["Options"]
    tracked(books, {"Name": "Region", "Option": "North"})
    for path, what in ((path_of(region, north), "tracking option"), (path_of(region), "tracking category")):
        status, payload = books.call("DELETE", path)
        assert status == 400
        message = payload["Elements"][0]["ValidationErrors"][0]["Message"]
        assert message == f"The {what} cannot be deleted as it is used in transactions. Archive it instead."
    assert books.call("DELETE", path_of(region, south))[0] == 200
    assert books.post(path_of(region, north), {"Status": "ARCHIVED"})["Status"] == "ARCHIVED"


# -- lines


def test_a_line_names_its_tracking_by_text_or_by_id(books, region):
    north = region["Options"][0]
    expected = [
        {
            "Name": "Region",
            "Option": "North",
            "TrackingCategoryID": region["TrackingCategoryID"],
            "TrackingOptionID": north["TrackingOptionID"],
        }
    ]
    assert tracked(books, {"Name": "region", "Option": "north"}) == expected
    ids = {key: expected[0][key] for key in ("TrackingCategoryID", "TrackingOptionID")}
    assert tracked(books, ids) == expected


def test_an_unknown_name_falls_away_and_an_unknown_id_is_refused(books, region):
    assert tracked(books, {"Name": "Region", "Option": "West"}, {"Name": "Colour", "Option": "Red"}) == []
    bad = {
        "TrackingCategoryID": region["TrackingCategoryID"],
        "TrackingOptionID": "11111111-2222-3333-4444-555555555555",
    }
    body = document("ACCREC", [line(100, Tracking=[bad])])
    assert books.refused("PUT", "Invoices", body) == [
        "The tracking option '11111111-2222-3333-4444-555555555555' does not exist or is not active."
    ]


def test_a_line_has_one_option_of_a_category(books, region):
    both = [{"Name": "Region", "Option": name} for name in ("North", "South")]
    body = document("ACCREC", [line(100, Tracking=both)])
    assert books.refused("PUT", "Invoices", body) == ["A line can have only one option of a tracking category."]


def test_tracking_stays_where_it_is_left_out_and_goes_with_an_empty_list(books, region):
    invoice = books.invoice(line(100, Tracking=[{"Name": "Region", "Option": "North"}]))
    kept = {"LineItemID": invoice["LineItems"][0]["LineItemID"], "Description": "Other"}
    books.post(f"Invoices/{invoice['InvoiceID']}", {"LineItems": [kept]})
    assert books.read_invoice(invoice)["LineItems"][0]["Tracking"][0]["Option"] == "North"
    books.post(f"Invoices/{invoice['InvoiceID']}", {"LineItems": [{**kept, "Tracking": []}]})
    assert books.read_invoice(invoice)["LineItems"][0]["Tracking"] == []


def test_lines_follow_a_renaming_and_keep_what_is_archived_since(books, region):
    north = region["Options"][0]
    invoice = books.invoice(line(100, Tracking=[{"Name": "Region", "Option": "North"}]))
    before = books.read_invoice(invoice)
    books.post(path_of(region), {"Name": "Area"})
    books.post(path_of(region, north), {"Name": "Northland"})
    books.post(path_of(region, north), {"Status": "ARCHIVED"})
    after = books.read_invoice(invoice)
    assert [(one["Name"], one["Option"]) for one in after["LineItems"][0]["Tracking"]] == [("Area", "Northland")]
    assert after["UpdatedDateUTC"] == before["UpdatedDateUTC"]
    books.post(f"Invoices/{invoice['InvoiceID']}", {"LineItems": after["LineItems"]})
    assert books.read_invoice(invoice)["LineItems"][0]["Tracking"] == after["LineItems"][0]["Tracking"]


def test_a_paid_document_can_be_tracked_anew(books, region):
    """xero-api.md 4.2, edits after payment."""
    invoice = books.invoice(line(100))
    books.pay(invoice, 50)
    books.post(
        f"Invoices/{invoice['InvoiceID']}",
        {
            "LineItems": [
                {**books.read_invoice(invoice)["LineItems"][0], "Tracking": [{"Name": "Region", "Option": "South"}]}
            ]
        },
    )
    assert books.read_invoice(invoice)["LineItems"][0]["Tracking"][0]["Option"] == "South"


# -- branding themes


def test_branding_themes(books):
    (theme,) = books.get("BrandingThemes")
    assert (theme["Name"], theme["Type"], theme["SortOrder"]) == ("Standard", "INVOICE", 1)
    assert books.get(f"BrandingThemes/{theme['BrandingThemeID']}") == [theme]
    assert books.read_invoice(books.invoice(1))["BrandingThemeID"] == theme["BrandingThemeID"]
    assert books.call("PUT", "BrandingThemes", {"Name": "x"})[0] == 405


# -- contact groups


@pytest.fixture
def contact(books):
    return books.put("Contacts", {"Name": "Tui Ltd"})


def test_members_of_a_group(books, contact):
    group = books.put("ContactGroups", {"Name": "VIP"})
    path = f"ContactGroups/{group['ContactGroupID']}"
    member = {"ContactID": contact["ContactID"]}
    status, payload = books.call("PUT", f"{path}/Contacts", {"Contacts": [member]})
    assert (status, payload["Contacts"]) == (200, [{**member, "Name": "Tui Ltd"}])
    assert [one["ContactID"] for one in books.get(path)[0]["Contacts"]] == [contact["ContactID"]]
    assert books.get("ContactGroups")[0]["Contacts"] == []
    shown = books.get(f"Contacts/{contact['ContactID']}")[0]
    assert [one["Name"] for one in shown["ContactGroups"]] == ["VIP"]
    assert books.call("DELETE", f"{path}/Contacts/{contact['ContactID']}") == (204, None)
    assert books.call("DELETE", f"{path}/Contacts/{contact['ContactID']}") == (404, None)
    books.put(f"{path}/Contacts", member)
    assert books.call("DELETE", f"{path}/Contacts") == (204, None)
    assert books.get(path)[0]["Contacts"] == []


def test_an_archived_contact_joins_no_group(books, contact):
    """The text is Xero's (xero-php#525)."""
    group = books.put("ContactGroups", {"Name": "VIP"})
    books.post(f"Contacts/{contact['ContactID']}", {"ContactStatus": "ARCHIVED"})
    member = {"ContactID": contact["ContactID"]}
    refusal = ["Unable to assign an Archived contact."]
    assert books.refused("PUT", f"ContactGroups/{group['ContactGroupID']}/Contacts", member) == refusal


def test_a_group_is_renamed_and_deleted_by_post(books, contact):
    group = books.put("ContactGroups", {"Name": "VIP", "Contacts": [{"ContactID": contact["ContactID"]}]})
    path = f"ContactGroups/{group['ContactGroupID']}"
    assert books.refused("PUT", "ContactGroups", {"Name": "vip"}) == ["The contact group name 'vip' is already in use."]
    assert books.post(path, {"Name": "Friends"})["Name"] == "Friends"
    assert books.post(path, {"Status": "DELETED"})["Status"] == "DELETED"
    assert books.get("ContactGroups") == []
    assert books.get(f"Contacts/{contact['ContactID']}")[0]["ContactGroups"] == []
    assert books.refused("POST", path, {"Name": "Again"}) == ["Deleted contact groups cannot be updated."]
    assert books.put("ContactGroups", {"Name": "VIP"})["Status"] == "ACTIVE"


def test_the_tracking_of_a_contact(books, region, contact):
    """The text is Xero's (xero-php#386)."""
    path = f"Contacts/{contact['ContactID']}"
    sales = [{"TrackingCategoryName": "Region", "TrackingOptionName": "North"}]
    assert books.post(path, {"SalesTrackingCategories": sales})["SalesTrackingCategories"] == sales
    assert books.get(path)[0]["PurchasesTrackingCategories"] == []
    assert books.refused("POST", path, {"PurchasesTrackingCategories": [{}]}) == [
        "There is no ACTIVE tracking category with the name ''"
    ]
    books.post(path_of(region), {"Status": "ARCHIVED"})
    assert books.post(path, {"FirstName": "Tui"})["SalesTrackingCategories"] == sales
