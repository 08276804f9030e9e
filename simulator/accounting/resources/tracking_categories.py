"""TrackingCategories with their options, and the tracking of a line (xero-api.md 4.10).

A category's row holds its options. Lines hold names as well as ids, and follow a renaming.
"""

from collections.abc import Iterator

from ...store import Index
from ..spec import Context, Part, ResourceSpec
from ..validation import Invalid, NotFound, Problems

MAX_ACTIVE, MAX_IN_ALL, MAX_ON_A_LINE = 2, 4, 2
STATUSES = ("ACTIVE", "ARCHIVED")

OPTION_TAKEN = "For each specified tracking option the name must be unique."
CATEGORY_TAKEN = "A tracking category with the name '{name}' already exists."
TOO_MANY_ACTIVE = f"You can only have {MAX_ACTIVE} active tracking categories."
TOO_MANY = f"You can only have {MAX_IN_ALL} tracking categories."
TOO_MANY_ON_A_LINE = f"A line can have at most {MAX_ON_A_LINE} tracking categories."
TWICE_ON_A_LINE = "A line can have only one option of a tracking category."
UNKNOWN_ID = "The tracking option '{option}' does not exist or is not active."
USED = "The {what} cannot be deleted as it is used in transactions. Archive it instead."
NO_NAME = "The Name field is mandatory"
_LINE_LISTS = ("LineItems", "JournalLines")


# --- as Xero shows it ------------------------------------------------------------------------------------------------


def render(context: Context, row: dict, view: str) -> dict:
    options = row["Options"]
    return {
        "Name": row["Name"],
        "Status": row["Status"],
        "TrackingCategoryID": row["TrackingCategoryID"],
        "Options": [render_option(context, option) for option in options],
    }


def render_option(context: Context, option: dict) -> dict:
    return {key: option[key] for key in ("TrackingOptionID", "Name", "Status")}


# --- categories ------------------------------------------------------------------------------------------------------


def create(context: Context, data: dict) -> dict:
    row = {
        "TrackingCategoryID": context.ids.new(),
        "Name": data.get("Name", "").strip(),
        "Status": "ACTIVE",
        "Options": _with_new_options(context, [], data.get("Options", [])),
    }
    if context.table("TrackingCategories").count() >= MAX_IN_ALL:
        raise Invalid(TOO_MANY)
    return _save(context, row)


def update(context: Context, row: dict, data: dict) -> dict:
    new = {
        **row,
        "Name": data.get("Name", row["Name"]).strip(),
        "Status": data.get("Status", row["Status"]),
        "Options": _with_new_options(context, row["Options"], data.get("Options", [])),
    }
    saved = _save(context, new)
    _follow(context, saved)
    return saved


def delete(context: Context, row: dict) -> dict:
    if _is_used(context, "TrackingCategoryID", row["TrackingCategoryID"]):
        raise Invalid(USED.format(what="tracking category"))
    context.table("TrackingCategories").remove(row["TrackingCategoryID"])
    return {**row, "Status": "DELETED"}


def _save(context: Context, row: dict) -> dict:
    problems = Problems()
    table = context.table("TrackingCategories")
    others = [one for one in table if one["TrackingCategoryID"] != row["TrackingCategoryID"]]
    if not row["Name"]:
        problems.add(NO_NAME)
    if any(one["Name"].lower() == row["Name"].lower() for one in others):
        problems.add(CATEGORY_TAKEN.format(name=row["Name"]))
    if row["Status"] not in STATUSES:
        problems.add(f"'{row['Status']}' is not a valid tracking category status.")
    active = sum(1 for one in others if one["Status"] == "ACTIVE")
    if row["Status"] == "ACTIVE" and active >= MAX_ACTIVE:
        problems.add(TOO_MANY_ACTIVE)
    problems.check()
    return table.put(row)


# --- options ---------------------------------------------------------------------------------------------------------


def create_option(context: Context, row: dict, data: dict) -> dict:
    options = _with_new_options(context, row["Options"], [data])
    context.table("TrackingCategories").put({**row, "Options": options})
    return options[-1]


def update_option(context: Context, row: dict, option_id: str, data: dict) -> dict:
    """An option under another name, or archived, or active again."""
    old = _option(row, option_id)
    new = {**old, "Name": data.get("Name", old["Name"]).strip(), "Status": data.get("Status", old["Status"])}
    if new["Status"] not in STATUSES:
        raise Invalid(f"'{new['Status']}' is not a valid tracking option status.")
    _check_option(new, [option for option in row["Options"] if option is not old])
    options = [new if option is old else option for option in row["Options"]]
    _follow(context, context.table("TrackingCategories").put({**row, "Options": options}))
    return new


def delete_option(context: Context, row: dict, option_id: str | None) -> dict:
    gone = _option(row, option_id or "")
    if _is_used(context, "TrackingOptionID", gone["TrackingOptionID"]):
        raise Invalid(USED.format(what="tracking option"))
    options = [option for option in row["Options"] if option is not gone]
    context.table("TrackingCategories").put({**row, "Options": options})
    return {**gone, "Status": "DELETED"}


def _option(row: dict, option_id: str) -> dict:
    for option in row["Options"]:
        if option["TrackingOptionID"] == option_id.lower():
            return option
    raise NotFound


def _with_new_options(context: Context, options: list[dict], sent: list[dict]) -> list[dict]:
    """`options` and those of `sent` that have no id yet."""
    made = list(options)
    for data in sent:
        if data.get("TrackingOptionID"):
            continue
        option = {"TrackingOptionID": context.ids.new(), "Name": data.get("Name", "").strip(), "Status": "ACTIVE"}
        _check_option(option, made)
        made.append(option)
    return made


def _check_option(option: dict, others: list[dict]) -> None:
    if not option["Name"]:
        raise Invalid(NO_NAME)
    if any(other["Name"].lower() == option["Name"].lower() for other in others):
        raise Invalid(OPTION_TAKEN)


# --- lines -----------------------------------------------------------------------------------------------------------


def of_line(
    context: Context, sent: list[dict], problems: Problems, *, known: list[dict] = (), by_id_only: bool = False
) -> list[dict]:
    """What a line's `Tracking` comes to: names and ids of categories and options.

    An unknown id is refused; a name that is unknown falls away without a word (READINGS.md).

    :param known: what the line has already; it may stay although it has been archived since
    :param by_id_only: quotes know their options by TrackingOptionID alone (xero-api.md 4.6)
    """
    found = []
    kept = {entry["TrackingOptionID"]: entry for entry in known}
    for entry in sent:
        if entry.get("TrackingOptionID", "").lower() in kept:
            found.append(kept[entry["TrackingOptionID"].lower()])
            continue
        pair = _find(context, entry, by_id_only=by_id_only)
        if pair is None and (entry.get("TrackingOptionID") or entry.get("TrackingCategoryID")):
            problems.add(UNKNOWN_ID.format(option=entry.get("TrackingOptionID") or entry.get("Option", "")))
        if pair is not None:
            found.append(_entry(*pair))
    if len(found) > MAX_ON_A_LINE:
        problems.add(TOO_MANY_ON_A_LINE)
    if len({entry["TrackingCategoryID"] for entry in found}) < len(found):
        problems.add(TWICE_ON_A_LINE)
    return found


def _find(context: Context, entry: dict, *, by_id_only: bool) -> tuple[dict, dict] | None:
    """Active category and option: by the option's id, else by category (id or name) and the option's name."""
    table = context.table("TrackingCategories")
    option_id = entry.get("TrackingOptionID", "").lower()
    if option_id:
        category = table.one("option", option_id)
        return _active(category, lambda option: option["TrackingOptionID"] == option_id)
    if by_id_only:
        return None
    category = table.get(entry.get("TrackingCategoryID")) or table.one("name", entry.get("Name", "").lower())
    return _active(category, lambda option: option["Name"].lower() == entry.get("Option", "").strip().lower())


def _active(category: dict | None, is_meant) -> tuple[dict, dict] | None:
    if category is None or category["Status"] != "ACTIVE":
        return None
    options = [option for option in category["Options"] if option["Status"] == "ACTIVE" and is_meant(option)]
    return (category, options[0]) if options else None


def _entry(category: dict, option: dict) -> dict:
    return {
        "Name": category["Name"],
        "Option": option["Name"],
        "TrackingCategoryID": category["TrackingCategoryID"],
        "TrackingOptionID": option["TrackingOptionID"],
    }


def _tracked(context: Context) -> Iterator[tuple]:
    """(table, row, key of its lines) of every record that has tracked lines."""
    for table in context.organisation.store.tables.values():
        for row in list(table):
            for key in _LINE_LISTS:
                if any(line.get("Tracking") for line in row.get(key) or ()):
                    yield table, row, key


def _is_used(context: Context, id_key: str, wanted: str) -> bool:
    return any(
        entry[id_key] == wanted
        for _, row, key in _tracked(context)
        for line in row[key]
        for entry in line.get("Tracking", ())
    )


def _follow(context: Context, category: dict) -> None:
    """Give lines the names that the category and its options have now."""
    options = {option["TrackingOptionID"]: option for option in category["Options"]}

    def renamed(entry: dict) -> dict:
        option = options.get(entry["TrackingOptionID"])
        return entry if option is None else _entry(category, option)

    for table, row, key in _tracked(context):
        lines = [
            {**line, "Tracking": [renamed(entry) for entry in line["Tracking"]]} if line.get("Tracking") else line
            for line in row[key]
        ]
        if lines != row[key]:
            table.put({**row, key: lines})


SPEC = ResourceSpec(
    name="TrackingCategories",
    model="TrackingCategory",
    id_key="TrackingCategoryID",
    verbs=frozenset({"GET", "PUT", "POST", "DELETE"}),
    collection_verbs=frozenset({"GET", "PUT"}),
    render=render,
    create=create,
    update=update,
    delete=delete,
    indexes=(
        Index("name", lambda row: row["Name"].lower()),
        Index("option", lambda row: [option["TrackingOptionID"] for option in row["Options"]], many=True),
    ),
    order_key=lambda row: (row["Name"].lower(),),
    statuses=STATUSES,
    hidden=lambda row: row["Status"] != "ACTIVE",
    parts={
        "options": Part(
            name="Options",
            model="TrackingOption",
            show=render_option,
            write=create_option,
            update=update_option,
            delete=delete_option,
        )
    },
    history=False,
)
