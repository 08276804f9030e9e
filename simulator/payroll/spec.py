"""The vocabulary of payroll's declared tables of resources."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ..accounting.spec import Context
from .contract import Contract
from .errors import Broken

READ, READ_WRITE = frozenset({"GET"}), frozenset({"GET", "POST"})


def same(_context: Context, row: dict) -> dict:
    return row


@dataclass(frozen=True)
class Part:
    """What lies below one row of a resource.

    :ivar answer: (call, context, spec, row, further parts of the path) → payload of the answer, by key
    """

    verbs: frozenset[str]
    answer: Callable


@dataclass(frozen=True)
class Spec:
    """One payroll resource, as a row of a declared table.

    :ivar name: path, e.g. "Employees"
    :ivar model: xero-python's model of one element
    :ivar plural: key of a list of them in an envelope
    :ivar singular: key of one in an envelope; None where one is a list as well
    :ivar scope: without its ".read" twin
    :ivar verbs: of the collection
    :ivar row_verbs: of a path that ends with an id
    :ivar required: key → reason to refuse an element that lacks it
    :ivar create: (context, typed input) → row
    :ivar update: (context, row, typed input) → row
    :ivar delete: (context, row) → None
    :ivar show: (context, row) → typed element of the model
    :ivar listed: whether a list has the row
    :ivar list_drops: keys that lists leave out
    :ivar filters: query parameter → (row, text) → whether the row stays
    :ivar whole: (context) → the one object, of a resource that has no rows
    :ivar parts: lower-case name → what lies below a row
    :ivar table: where its rows are kept, if not under its own name
    :ivar order_key: of lists
    """

    name: str
    model: str
    id_key: str
    scope: str
    plural: str
    singular: str | None = None
    verbs: frozenset[str] = READ_WRITE
    row_verbs: frozenset[str] = READ
    required: dict[str, str] = field(default_factory=dict)
    create: Callable[[Context, dict], dict] | None = None
    update: Callable[[Context, dict, dict], dict] | None = None
    delete: Callable[[Context, dict], None] | None = None
    show: Callable[[Context, dict], dict] = same
    listed: Callable[[dict], bool] = lambda row: True
    list_drops: frozenset[str] = frozenset()
    filters: dict[str, Callable[[dict, str], bool]] = field(default_factory=dict)
    whole: Callable[[Context], dict] | None = None
    parts: dict[str, Part] = field(default_factory=dict)
    table: str = ""

    @property
    def table_name(self) -> str:
        return table_name(self.table or self.name)


def table_name(name: str) -> str:
    """Name in the organisation's store of the table that payroll calls `name`."""
    return f"Payroll.{name}"


def rows(context: Context, name: str):
    """The table that payroll calls `name`."""
    return context.table(table_name(name))


def known(context: Context, name: str, row_id: str | None, field_name: str) -> dict:
    """The row that an element refers to.

    :raises Broken: there is none
    """
    row = rows(context, name).get(row_id)
    if row is None:
        raise Broken((field_name, f"The {field_name} '{row_id or ''}' could not be found."))
    return row


def lacking(spec: Spec, data: dict) -> list[tuple[str, str]]:
    """Fields that `data` must have and has not."""
    return [(key, reason) for key, reason in spec.required.items() if data.get(key) in (None, "", [])]


@dataclass(frozen=True)
class Api:
    """One country's payroll in one version.

    :ivar specs: lower-case path → resource
    """

    contract: Contract
    specs: dict[str, Spec]


def api(package: str, *specs: Spec) -> Api:
    return Api(Contract(package), {spec.name.lower(): spec for spec in specs})
