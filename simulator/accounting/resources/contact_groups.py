"""ContactGroups (xero-api.md 4.1): made by PUT, renamed and deleted by POST, members put in and taken out."""

from ...store import Index
from ..spec import Context, Part, ResourceSpec
from ..validation import Invalid, NotFound

NAME_TAKEN = "The contact group name '{name}' is already in use."
ARCHIVED = "Unable to assign an Archived contact."
STATUSES = ("ACTIVE", "DELETED")
MOST = 100
TOO_MANY = f"You’ve reached the limit of {MOST} contact groups."


def render(context: Context, row: dict, view: str) -> dict:
    shown = {key: row[key] for key in ("Name", "Status", "ContactGroupID")}
    members = [render_member(context, {"ContactID": one}) for one in row["Members"]] if view == "full" else []
    return {**shown, "Contacts": members}


def render_member(context: Context, member: dict) -> dict:
    contact = context.table("Contacts").get(member["ContactID"])
    return {"ContactID": contact["ContactID"], "Name": contact["Name"]}


def of_contact(context: Context, contact_id: str) -> list[dict]:
    """The groups that a contact shows."""
    groups = context.table("ContactGroups").by("member", contact_id)
    return [render(context, group, "list") for group in groups if group["Status"] == "ACTIVE"]


def create(context: Context, data: dict) -> dict:
    if context.table("ContactGroups").count() >= MOST:
        raise Invalid(TOO_MANY)
    members = tuple(_member(context, contact) for contact in data.get("Contacts", ()))
    return _save(
        context,
        {
            "ContactGroupID": context.ids.new(),
            "Name": data.get("Name", "").strip(),
            "Status": "ACTIVE",
            "Members": tuple(dict.fromkeys(members)),
        },
    )


def update(context: Context, row: dict, data: dict) -> dict:
    if row["Status"] == "DELETED":
        raise Invalid("Deleted contact groups cannot be updated.")
    new = {**row, "Name": data.get("Name", row["Name"]).strip(), "Status": data.get("Status", row["Status"])}
    if new["Status"] not in STATUSES:
        raise Invalid(f"'{new['Status']}' is not a valid contact group status.")
    return _save(context, new)


def add_member(context: Context, row: dict, data: dict) -> dict:
    contact_id = _member(context, data)
    if contact_id not in row["Members"]:
        context.table("ContactGroups").put({**row, "Members": (*row["Members"], contact_id)})
    return {"ContactID": contact_id}


def remove_members(context: Context, row: dict, contact_id: str | None) -> None:
    """Take one contact out of the group, or all."""
    gone = row["Members"] if contact_id is None else (contact_id.lower(),)
    if not set(gone) <= set(row["Members"]):
        raise NotFound
    context.table("ContactGroups").put({**row, "Members": tuple(one for one in row["Members"] if one not in gone)})


def _member(context: Context, data: dict) -> str:
    contact = context.table("Contacts").get(data.get("ContactID"))
    if contact is None:
        raise NotFound
    if contact["ContactStatus"] != "ACTIVE":
        raise Invalid(ARCHIVED)
    return contact["ContactID"]


def _save(context: Context, row: dict) -> dict:
    if not row["Name"]:
        raise Invalid("The Name field is mandatory")
    holder = context.table("ContactGroups").one("name", row["Name"].lower())
    if holder and holder["ContactGroupID"] != row["ContactGroupID"]:
        raise Invalid(NAME_TAKEN.format(name=row["Name"]))
    return context.table("ContactGroups").put(row)


SPEC = ResourceSpec(
    name="ContactGroups",
    model="ContactGroup",
    id_key="ContactGroupID",
    verbs=frozenset({"GET", "PUT", "POST"}),
    collection_verbs=frozenset({"GET", "PUT"}),
    render=render,
    create=create,
    update=update,
    indexes=(
        Index("name", lambda row: row["Name"].lower() if row["Status"] == "ACTIVE" else None),
        Index("member", lambda row: row["Members"], many=True),
    ),
    order_key=lambda row: (row["Name"].lower(),),
    statuses=STATUSES,
    hidden=lambda row: row["Status"] == "DELETED",
    parts={
        "contacts": Part(name="Contacts", model="Contact", show=render_member, write=add_member, delete=remove_members)
    },
    history=False,
)
