"""Payroll: employees, calendars, pay runs, timesheets, leave; whatever the organisation's country has."""

from werkzeug.exceptions import NotFound

from .. import payroll
from .books import Books
from .cells import Cell, Table, money, text, words

#: What a list shows of a record, as far as it is there; the case of names differs between the versions of the API.
SHOWN = (
    *("name", "deductionName", "productName", "firstName", "lastName", "title", "jobTitle", "email", "status"),
    *(
        "calendarType",
        "payRunStatus",
        "periodStartDate",
        "periodEndDate",
        "payRunPeriodStartDate",
        "payRunPeriodEndDate",
    ),
    *("startDate", "endDate", "paymentDate", "hours", "totalHours", "wages", "netPay", "totalCost", "totalPay", "type"),
    *("earningsType", "category", "percentage", "standardAmount", "typeOfUnits", "streetAddress", "city", "state"),
)
MOST = 7
MONEY = ("wages", "netpay", "totalcost", "totalpay", "amount", "tax", "super", "deductions", "reimbursements")
#: What an employee, a calendar or an item is called where a record only names its id.
CALLED = (("firstName", "lastName"), ("name",), ("deductionName",))


def names(organisation) -> list[str]:
    """Resources of the organisation's payroll that have records."""
    versions = organisation.payroll.versions.values() if organisation.payroll else ()
    return list(dict.fromkeys(spec.name for api in versions for spec in api.specs.values() if spec.id_key))


def menu(organisation) -> list[tuple[str, str]]:
    return [(f"payroll/{name}", words(name)) for name in names(organisation)]


def listing(books: Books, name: str) -> dict:
    """What payroll.html shows: all records of one resource.

    :raises NotFound: the organisation's payroll has no such resource
    """
    records = _records(books, name)
    columns = _columns(records)
    called = _called(books)
    heads = [(words(column), _is_money(column)) for column in columns]
    rows = [[_cell(record, column, called) for column in columns] for record in records]
    for record, row in zip(records, rows, strict=True):
        if row:
            row[0] = Cell(row[0].text or "open", row[0].kind, f"{books.base}/payroll/{name}/{_id(record)}")
    return {"name": name, "words": words(name), "list": Table("", heads, rows)}


def record(books: Books, name: str, row_id: str) -> dict:
    """What payroll_record.html shows: every field of one record.

    :raises NotFound: there is no such record
    """
    found = next((one for one in _records(books, name) if _id(one) == row_id), None)
    if found is None:
        raise NotFound
    called = _called(books)
    plain = {key: value for key, value in found.items() if not isinstance(value, list)}
    return {
        "name": name,
        "words": words(name),
        "title": _name(found) or row_id,
        "facts": [(words(key), _cell(found, key, called).text) for key in plain if text(plain[key])],
        "tables": [_nested(key, value, called) for key, value in found.items() if isinstance(value, list) and value],
    }


def _records(books: Books, name: str) -> list[dict]:
    if name not in names(books.organisation):
        raise NotFound
    return payroll.dump(books.organisation, name)


def _id(record: dict) -> str:
    """The first id that a record has is its own."""
    return str(next((value for key, value in record.items() if key.lower().endswith("id") or key == "USI"), ""))


def _value(record: dict, name: str):
    return record.get(name, record.get(name[:1].upper() + name[1:]))


def _columns(records: list[dict]) -> list[str]:
    ids = ["employeeID"] if any(_value(one, "employeeID") and not _value(one, "firstName") for one in records) else []
    seen = [name for name in SHOWN if any(_value(one, name) not in (None, "", [], {}) for one in records)]
    return [*ids, *seen][:MOST]


def _called(books: Books) -> dict[str, str]:
    """Id → name of whatever has one in this payroll."""
    found = {}
    for name in names(books.organisation):
        for one in payroll.dump(books.organisation, name):
            if said := _name(one):
                found.setdefault(_id(one), said)
    return found


def _name(record: dict) -> str:
    for keys in CALLED:
        said = " ".join(str(_value(record, key)) for key in keys if _value(record, key))
        if said:
            return said
    return ""


def _is_money(column: str) -> bool:
    return column.lower() in MONEY


def _cell(record: dict, column: str, called: dict[str, str]) -> Cell:
    value = _value(record, column)
    if column.lower().endswith("id") and value in called and called[value] != _name(record):
        return Cell(called[value])
    if _is_money(column):
        return Cell(money(value), "amount")
    if column.lower().endswith("status"):
        return Cell(words(value), "badge")
    return Cell(text(value))


def _nested(key: str, records: list, called: dict[str, str]) -> Table:
    if not all(isinstance(one, dict) for one in records):
        return Table(words(key), [("", False)], [[Cell(text(one))] for one in records])
    columns = list(dict.fromkeys(name for one in records for name, value in one.items() if text(value)))
    rows = [[_cell(one, column, called) for column in columns] for one in records]
    return Table(words(key), [(words(column), _is_money(column)) for column in columns], rows)
