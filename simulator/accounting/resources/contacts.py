"""Contacts (xero-api.md 4.1)."""

import re
from decimal import Decimal

from ...store import Index
from .. import attachments, codec
from ..spec import Context, ResourceSpec
from ..validation import Invalid, NotFound, Problems
from . import contact_groups

PHONES = ("DEFAULT", "DDI", "FAX", "MOBILE")
ADDRESSES = ("STREET", "POBOX")
MAX_PERSONS = 5

ARCHIVED = (
    "The specified contact details matched an archived contact. "
    "Archived contacts cannot currently be edited via the API."
)
NAME_TAKEN = (
    "The contact name {name} is already assigned to another contact. "
    "The contact name must be unique across all active contacts."
)
NUMBER_TAKEN = "Another contact has this contact number. Please enter a different contact number."
UNNAMED = (
    "The Contact must contain at least 1 of the following elements to identify the contact: "
    "Name, ContactID, ContactNumber"
)
IN_NO_TRANSACTION = "A contact with status {status} cannot be used in transactions."
NO_BANK_RIGHTS = "You do not have permission to change bank account details."
#: Bank details need a right of the user that these roles lack (xero-api.md 4.1).
NO_BANK_ADMINISTRATORS = frozenset({"READONLY", "INVOICEONLY", "STANDARD"})
ACCOUNT_NUMBER_TAKEN = "The Account Number already exists. Please enter a different Account Number."

#: Plain ASCII addresses: one with an umlaut is refused (xero-api.md 7, row 24).
_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
#: Tracking that new lines of the contact's documents begin with on Xero's own screens.
TRACKING = ("SalesTrackingCategories", "PurchasesTrackingCategories")
NO_CATEGORY = "There is no ACTIVE tracking category with the name '{name}'"
_TAKEN = (
    "ContactNumber",
    "AccountNumber",
    "Name",
    "FirstName",
    "LastName",
    "CompanyNumber",
    "EmailAddress",
    "ContactPersons",
    "BankAccountDetails",
    "TaxNumber",
    "TaxNumberType",
    "AccountsReceivableTaxType",
    "AccountsPayableTaxType",
    "SalesDefaultLineAmountType",
    "PurchasesDefaultLineAmountType",
    "DefaultCurrency",
    "XeroNetworkKey",
    "SalesDefaultAccountCode",
    "PurchasesDefaultAccountCode",
    "PaymentTerms",
    "BatchPayments",
    *TRACKING,
)
_PERSON_KEYS = ("FirstName", "LastName", "EmailAddress", "IncludeInEmails")
#: What names a contact within a document; anything beyond it updates the contact (xero-api.md 4.1).
NAMING_KEYS = frozenset({"ContactID", "ContactNumber", "Name"})


# --- as Xero shows it ------------------------------------------------------------------------------------------------


def render(context: Context, row: dict, view: str) -> dict:
    """A contact; "summary" leaves out what `summaryOnly` drops."""
    element = {
        **nested(context, row),
        "ContactGroups": contact_groups.of_contact(context, row["ContactID"]),
        "HasAttachments": attachments.has_any(context, "Contacts", row["ContactID"]),
    }
    if view == "summary":
        return {key: value for key, value in element.items() if key not in SPEC.summary_drops}
    return codec.present({**element, "Balances": _balances(context, row)})


def nested(context: Context, row: dict) -> dict:
    """The contact of a single document: all of it but balances and attachments."""
    plain = {key: row.get(key) for key in _TAKEN if key not in ("Name", "ContactPersons")}
    if context.organisation.country == "US" and plain["TaxNumber"]:
        # Shown by its last four digits alone (xero-api.md 4.1).
        plain["TaxNumber"] = "*" * len(plain["TaxNumber"][:-4]) + plain["TaxNumber"][-4:]
    element = {
        "ContactID": row["ContactID"],
        "MergedToContactID": row.get("MergedToContactID"),
        "ContactStatus": row["ContactStatus"],
        "Name": row["Name"],
        "BankAccountDetails": "",
        **codec.present(plain),
        "Addresses": [_slot("AddressType", kind, row["Addresses"], ADDRESS_BLANKS) for kind in ADDRESSES],
        "Phones": [_slot("PhoneType", kind, row["Phones"], PHONE_BLANKS) for kind in PHONES],
        "UpdatedDateUTC": codec.ms_moment(row["UpdatedDateUTC"]),
        "ContactGroups": [],
        "IsSupplier": row["IsSupplier"],
        "IsCustomer": row["IsCustomer"],
        **{key: row.get(key, []) for key in TRACKING},
        "ContactPersons": row["ContactPersons"],
        "HasValidationErrors": False,
    }
    return codec.present(element)


ADDRESS_BLANKS = {"City": "", "Region": "", "PostalCode": "", "Country": ""}
PHONE_BLANKS = {"PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}


def _slot(key: str, kind: str, slots: dict, blanks: dict) -> dict:
    filled = {name: value for name, value in slots.get(kind, {}).items() if value or name in blanks}
    return {key: kind, **blanks, **filled}


def stub(row: dict) -> dict:
    """The contact of a document in a list (xero-api.md 3.2)."""
    return {
        "ContactID": row["ContactID"],
        "Name": row["Name"],
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def _balances(context: Context, row: dict) -> dict | None:
    """Outstanding and overdue amounts in the document's currency; absent where nothing is open."""
    sides = {"ACCREC": "AccountsReceivable", "ACCPAY": "AccountsPayable"}
    sums = {side: {"Outstanding": Decimal("0.00"), "Overdue": Decimal("0.00")} for side in sides.values()}
    open_invoices = context.table("Invoices").by("open", row["ContactID"])
    for invoice in open_invoices:
        side = sums[sides[invoice["Type"]]]
        side["Outstanding"] += invoice["AmountDue"]
        if invoice["DueDate"] < context.today:
            side["Overdue"] += invoice["AmountDue"]
    return sums if open_invoices else None


def echo(data: dict) -> dict:
    """A refused contact: what was sent, with the collections that Xero always shows."""
    empty = {"Addresses": [], "Phones": [], "ContactGroups": [], "ContactPersons": []}
    return {**empty, **data}


def echo_stub(data: dict) -> dict:
    """The contact within a refused document, as recorded."""
    return {**echo(data), "HasValidationErrors": False, "ValidationErrors": []}


# --- rules -----------------------------------------------------------------------------------------------------------


def create(context: Context, data: dict) -> dict:
    _check_rights(context, data)
    _check_tracking(context, data)
    row = {
        "ContactID": context.ids.new(),
        "ContactStatus": "ACTIVE",
        "Name": "",
        "Addresses": {},
        "Phones": {},
        "ContactPersons": [],
        # Derived from documents, ignored on input (xero-api.md 4.1).
        "IsSupplier": False,
        "IsCustomer": False,
    }
    return _save(context, _merged(row, data))


def update(context: Context, row: dict, data: dict) -> dict:
    if row["ContactStatus"] == "ARCHIVED":
        raise Invalid(ARCHIVED)
    _check_rights(context, data)
    _check_tracking(context, data)
    new = _merged(row, data)
    status = data.get("ContactStatus", row["ContactStatus"])
    if status not in SPEC.statuses:
        raise Invalid(f"'{status}' is not a valid contact status.")
    new["ContactStatus"] = status
    return _save(context, new)


def match(context: Context, data: dict) -> dict | None:
    """Who a POST without ContactID updates: by number, else by name among the active."""
    table = context.table("Contacts")
    by_number = table.one("number", data.get("ContactNumber", "").lower())
    return by_number or table.one("name", data.get("Name", "").lower())


def of_document(context: Context, data: dict | None) -> dict:
    """The contact that a document names; made when only an unknown name is given.

    :raises NotFound: for an unknown ContactID (xero-api.md 3.9)
    :raises Invalid: where nobody is named, or the contact cannot be used
    """
    if not data:
        raise Invalid("A Contact must be specified for this type of transaction")
    if not NAMING_KEYS & set(data):
        raise Invalid(UNNAMED)
    row = _named(context, data)
    if row is None:
        return create(context, data)
    check_usable(row)
    if set(data) - NAMING_KEYS:
        # Contact details within a document update the contact and drop the persons left out (xero-api.md 4.1).
        return update(context, row, {"ContactPersons": [], **data})
    return row


def check_usable(row: dict) -> None:
    """
    :raises Invalid: where no document may name the contact
    """
    if row["ContactStatus"] == "ARCHIVED":
        raise Invalid(ARCHIVED)
    if row["ContactStatus"] != "ACTIVE":
        raise Invalid(IN_NO_TRANSACTION.format(status=row["ContactStatus"]))


def _named(context: Context, data: dict) -> dict | None:
    table = context.table("Contacts")
    if data.get("ContactID"):
        row = table.get(data["ContactID"])
        if row is None:
            raise NotFound
        return row
    return match(context, data)


def mark(context: Context, contact_id: str, flag: str) -> None:
    """Set IsCustomer or IsSupplier; UpdatedDateUTC stays (xero-api.md 3.5)."""
    row = context.table("Contacts").get(contact_id)
    if not row[flag]:
        context.table("Contacts").put({**row, flag: True})


def _check_rights(context: Context, data: dict) -> None:
    if context.role in NO_BANK_ADMINISTRATORS and {"BankAccountDetails", "BatchPayments"} & set(data):
        raise Invalid(NO_BANK_RIGHTS)


def _merged(row: dict, data: dict) -> dict:
    new = {**row, **{key: data[key] for key in _TAKEN if key in data}}
    new["Name"] = new["Name"].strip()
    new["Addresses"] = _by_kind(row["Addresses"], data.get("Addresses", []), "AddressType", ADDRESSES)
    new["Phones"] = _by_kind(row["Phones"], data.get("Phones", []), "PhoneType", PHONES)
    new["ContactPersons"] = [
        {key: person[key] for key in _PERSON_KEYS if key in person} for person in new["ContactPersons"]
    ]
    return new


def _by_kind(old: dict, sent: list[dict], key: str, kinds: tuple) -> dict:
    """Slots are merged by type; a value left out of a slot that is sent keeps what it was."""
    slots = dict(old)
    for slot in sent:
        kind = slot.get(key, "").upper()
        if kind in kinds:
            slots[kind] = {**slots.get(kind, {}), **{name: value for name, value in slot.items() if name != key}}
    return slots


def _save(context: Context, row: dict) -> dict:
    _check(context, row)
    is_new = context.table("Contacts").get(row["ContactID"]) is None
    saved = context.table("Contacts").put({**row, "UpdatedDateUTC": context.now})
    context.events.append(("CONTACT", "CREATE" if is_new else "UPDATE", row["ContactID"]))
    return saved


def _check(context: Context, row: dict) -> None:
    problems = Problems()
    _check_name(row["Name"], problems)
    _check_unique(context, row, problems)
    emails = [row.get("EmailAddress"), *(person.get("EmailAddress") for person in row["ContactPersons"])]
    if any(email and not _EMAIL.fullmatch(email) for email in emails):
        problems.add("Email address must be valid.")
    if len(row["ContactPersons"]) > MAX_PERSONS:
        problems.add("A contact cannot have more than 5 contact persons.")
    countries = [slot.get("Country", "") for slot in row["Addresses"].values()]
    if any(re.search(r"\d", country) for country in countries):
        problems.add("Country can only contain letters.")
    problems.check()


def _check_tracking(context: Context, data: dict) -> None:
    """The text is Xero's (xero-php#386); what a contact has already may be archived since."""
    problems = Problems()
    for entry in [entry for key in TRACKING for entry in data.get(key, ())]:
        name = entry.get("TrackingCategoryName", "")
        category = context.table("TrackingCategories").one("name", name.lower())
        if category is None or category["Status"] != "ACTIVE":
            problems.add(NO_CATEGORY.format(name=name))
    problems.check()


def _check_name(name: str, problems: Problems) -> None:
    if not name:
        problems.add("Contact Name cannot be empty.")
    if "<" in name or ">" in name:
        problems.add("Contact Name cannot contain the characters '<' or '>'.")
    if "  " in name:
        problems.add("Contact Name cannot contain double spaces.")


def _check_unique(context: Context, row: dict, problems: Problems) -> None:
    if row["ContactStatus"] != "ACTIVE":
        return
    taken = (
        ("name", "Name", NAME_TAKEN.format(name=row["Name"])),
        ("number", "ContactNumber", NUMBER_TAKEN),
        ("account", "AccountNumber", ACCOUNT_NUMBER_TAKEN),
    )
    for index, key, message in taken:
        others = context.table("Contacts").ids_by(index, (row.get(key) or "").lower())
        if any(other != row["ContactID"].lower() for other in others):
            problems.add(message)


def _lower(key: str, *, active_only: bool = False):
    def index_key(row: dict):
        if active_only and row["ContactStatus"] != "ACTIVE":
            return None
        return row[key].lower() if row.get(key) else None

    return index_key


SPEC = ResourceSpec(
    name="Contacts",
    model="Contact",
    id_key="ContactID",
    number_key="ContactNumber",
    verbs=frozenset({"GET", "PUT", "POST"}),
    render=render,
    create=create,
    update=update,
    match=match,
    echo=echo,
    error_flag="HasValidationErrors",
    identifiers=("number",),
    indexes=(
        Index("id", lambda row: row["ContactID"].lower()),
        Index("name", _lower("Name", active_only=True)),
        Index("any_name", _lower("Name")),
        Index("number", _lower("ContactNumber")),
        Index("account", _lower("AccountNumber", active_only=True)),
        Index("email", _lower("EmailAddress")),
    ),
    id_paths={
        "contactid": "id",
        "name": "any_name",
        "contactnumber": "number",
        "emailaddress": "email",
    },
    parameters={"IDs": "id"},
    search_keys=("Name", "FirstName", "LastName", "ContactNumber", "CompanyNumber", "EmailAddress"),
    summary_drops=(
        "Addresses",
        "Balances",
        "ContactGroups",
        "ContactPersons",
        "IsCustomer",
        "IsSupplier",
        "SalesDefaultAccountCode",
        "PurchasesDefaultAccountCode",
        "SalesTrackingCategories",
        "PurchasesTrackingCategories",
    ),
    statuses=("ACTIVE", "ARCHIVED", "GDPRREQUEST"),
    hidden=lambda row: row["ContactStatus"] == "ARCHIVED",
    paged=True,
    paging_parameters=("summaryOnly",),
    optimised=frozenset({"Name", "EmailAddress", "AccountNumber"}),
    webhook="CONTACT",
    attachments=True,
)
