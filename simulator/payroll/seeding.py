"""Payroll of a seed: what a folder's JSON file lists, through the rules, so that it holds nothing Xero would refuse."""

from ..accounting.spec import Context
from . import au_items, terms2
from .regions import Region, provision
from .spec import Spec, rows

#: Beginning of a text that stands for the id of another element, e.g. "@Calendars/Weekly".
_REFERENCE = "@"
#: Below an employee of version 2.
_EMPLOYMENT, _LEAVE_TYPES = "employment", "leaveTypes"


class _Ids:
    """The first id of an element follows from its table and name alone, so that others can refer to it."""

    def __init__(self, ids):
        self._ids = ids
        self._parts: tuple[str, ...] = ()
        self._count = 0

    def of(self, *parts: str) -> None:
        self._parts, self._count = parts, 0

    def new(self) -> str:
        self._count += 1
        return self.named(*self._parts, *([str(self._count)] if self._count > 1 else []))

    def named(self, *parts: str) -> str:
        return self._ids.named(*(parts if parts[0] == "Accounts" else ("Payroll", *parts)))


def fill(context: Context, data: dict[str, list[dict]]) -> None:
    """Switch payroll on and fill it.

    :param context: its ids name things within the organisation
    :param data: resource → elements, in the order in which they are made
    """
    region = provision(context.organisation)
    ids = _Ids(context.ids)
    own = Context(context.organisation, context.now, ids)
    for resource, elements in data.items():
        for element in elements:
            _add(own, region, resource, _resolved(ids, element))


def _add(context: Context, region: Region, resource: str, element: dict) -> None:
    if region.versions.get("1.0") and resource in au_items.KINDS:
        context.ids.of(resource, element["Name"])
        contract = region.versions["1.0"].contract
        au_items.save_all(context, contract, contract.read("PayItem", {resource: [element]}))
        return
    api, spec = _find(region, resource)
    table = spec.table or spec.name
    context.ids.of(table, _name(element))
    if spec.create is None:
        rows(context, table).put({spec.id_key: context.ids.new(), **element})
        return
    row = spec.create(context, api.contract.read(spec.model, element))
    if _EMPLOYMENT in element:
        _employ(context, api, row, element)


def _employ(context: Context, api, employee: dict, element: dict) -> None:
    """Employment and leave types of an employee of version 2."""
    employment = api.contract.read("Employment", element[_EMPLOYMENT])
    rows(context, "Employees").put({**employee, **employment})
    for given in element.get(_LEAVE_TYPES, []):
        typed = api.contract.read("EmployeeLeaveType", given)
        rows(context, "EmployeeLeaveTypes").put(
            {**typed, "ID": context.ids.new(), "employeeID": employee["employeeID"]}
        )
    terms2.fill(context, api, employee, element)


def _find(region: Region, resource: str) -> tuple[object, Spec]:
    for api in region.versions.values():
        if spec := api.specs.get(resource.lower()):
            return api, spec
    raise KeyError(resource)


def _name(element: dict) -> str:
    for key in ("Name", "name", "deductionName", "USI", "City"):
        if key in element:
            return element[key]
    first, last = (element.get(key) or element.get(key[0].lower() + key[1:]) for key in ("FirstName", "LastName"))
    if first:
        return f"{first} {last}"
    return "/".join(
        str(element.get(key) or element.get(key[0].lower() + key[1:])) for key in ("EmployeeID", "StartDate")
    )


def _resolved(ids: _Ids, value):
    if isinstance(value, str) and value.startswith(_REFERENCE):
        return ids.named(*value[1:].split("/", 1))
    if isinstance(value, list):
        return [_resolved(ids, part) for part in value]
    if isinstance(value, dict):
        return {key: _resolved(ids, part) for key, part in value.items()}
    return value
