"""Filters, order and pages of a list (xero-api.md 3.5 and 3.8).

`where` is parsed into small nodes that hold a row up against themselves; equality on an indexed path narrows the
candidates first, so that a look-up by id or number does not walk the table.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from email.utils import parsedate_to_datetime
from itertools import islice
from math import ceil

from . import contract, volume
from .spec import Context, ResourceSpec, by_update
from .validation import BadParameter, QueryParseError

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000
MAX_DEPTH = 60

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>"[^"]*")
    | (?P<number>-?\d+(?:\.\d+)?[mMdDfFlL]?(?!\w))
    | (?P<name>[A-Za-z_]\w*)
    | (?P<sign>==|!=|<>|<=|>=|&&|\|\||=|<|>|\(|\)|\.|,|!)
    )""",
    re.VERBOSE,
)
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CONSTANTS = {"true": True, "false": False, "null": None}
_AND, _OR = {"&&", "and"}, {"||", "or"}


@dataclass(frozen=True)
class Selection:
    """What a list call gives: rows, how to show them, and the pagination object where paging was asked for."""

    rows: list[dict]
    view: str
    pagination: dict | None = None


def select(context: Context, spec: ResourceSpec, args, headers) -> Selection:
    """The rows of `spec` that a list call asks for.

    :param args: query string, names without regard to case
    :raises QueryParseError: where a filter, an order or a page cannot be read
    """
    values = {name.lower(): value for name, value in args.items()}
    filters = _Filters(context, spec, values, headers)
    if spec.offset_page:
        return Selection(_beyond(context, spec, filters, values), "list")
    paging = _paging(spec, values)
    view = _view(spec, values, paging)
    volume.check(context, spec, filters.where, values.get("order"))
    direction = _index_order(spec, values.get("order"))
    if filters.is_open and direction:
        return _straight(context, spec, filters.include_hidden, paging, view, backwards=direction == "desc")
    rows = filters.rows()
    volume.check_answer(context, spec, paging, len(rows))
    if values.get("order"):
        rows = _sorted(context, spec, rows, values["order"])
    return Selection(_cut(rows, paging), view, _pagination(spec, paging, len(rows)))


def _beyond(context: Context, spec: ResourceSpec, filters: "_Filters", values: dict) -> list[dict]:
    """The first rows whose number is greater than `offset` (Journals)."""
    rows = context.table(spec.name).walk(after=(_integer(values.get("offset"), 0) + 1,))
    return list(islice((row for row in rows if filters.keeps(row)), spec.offset_page))


def _index_order(spec: ResourceSpec, order: str | None) -> str | None:
    """ "asc" or "desc" where the table stands in the order asked for already, so that nothing is sorted."""
    if not order:
        return "asc"
    words = order.lower().split()
    if spec.order_key is not by_update or words[0] != "updateddateutc" or len(words) > 2:
        return None
    return {"asc": "asc", "desc": "desc"}.get(words[-1] if len(words) == 2 else "asc")


def _straight(context, spec, include_hidden, paging, view, *, backwards=False) -> Selection:
    table = context.table(spec.name)
    count = table.count(include_hidden=include_hidden)
    volume.check_answer(context, spec, paging, count)
    page, size = paging or (1, count)
    rows = table.page((page - 1) * size, size, include_hidden=include_hidden, backwards=backwards)
    return Selection(rows, view, _pagination(spec, paging, count))


def _view(spec: ResourceSpec, values: dict, paging) -> str:
    if spec.summary_drops and values.get("summaryonly", "").lower() == "true":
        return "summary"
    return "page" if paging else "list"


def _paging(spec: ResourceSpec, values: dict) -> tuple[int, int] | None:
    asked = {"page", "pagesize", *(name.lower() for name in spec.paging_parameters)}
    if not spec.paged or not (spec.always_paged or any(values.get(name) for name in asked)):
        return None
    size = _integer(values.get("pagesize"), DEFAULT_PAGE_SIZE)
    return max(_integer(values.get("page"), 1), 1), min(max(size, 1), MAX_PAGE_SIZE)


def _integer(text: str | None, default: int) -> int:
    if not text:
        return default
    try:
        return int(text[:12])
    except ValueError:
        raise QueryParseError(f"The value '{text}' is not a page number") from None


def _pagination(spec: ResourceSpec, paging, count: int) -> dict | None:
    if paging is None or not spec.shows_pagination:
        return None
    page, size = paging
    return {"page": page, "pageSize": size, "pageCount": ceil(count / size), "itemCount": count}


def _cut(rows: list[dict], paging) -> list[dict]:
    if paging is None:
        return rows
    page, size = paging
    return rows[(page - 1) * size : page * size]


class _Filters:
    """Everything in a list call that leaves rows out."""

    def __init__(self, context: Context, spec: ResourceSpec, values: dict, headers):
        self.context, self.spec = context, spec
        self.table = context.table(spec.name)
        self.include_hidden = values.get(spec.hidden_unless, "").lower() == "true"
        self.since = _modified_since(headers)
        self.where = parse(values["where"]) if values.get("where") and spec.has_where else None
        self.app = context.app if values.get("createdbymyapp", "").lower() == "true" else None
        self.term = values.get("searchterm", "").lower() if spec.search_keys else ""
        self.lists = [
            (index, _keys(name, index, values[name.lower()]))
            for name, index in spec.parameters.items()
            if values.get(name.lower())
        ]
        self.more = [(keeps, values[name.lower()]) for name, keeps in spec.filters.items() if values.get(name.lower())]

    @property
    def is_open(self) -> bool:
        return not (self.app or self.since or self.where or self.term or self.lists or self.more)

    def rows(self) -> list[dict]:
        candidates = self._candidates()
        if candidates is None:
            rows = self._walk()
        else:
            found = [self.table.get(row_id) for row_id in candidates]
            rows = sorted((row for row in found if self._shown(row)), key=self.table.position)
        return [row for row in rows if self.keeps(row)]

    def _walk(self):
        newest_last = self.spec.order_key is by_update
        after = (self.since,) if self.since and newest_last else ()
        return self.table.walk(include_hidden=self.include_hidden, after=after)

    def _candidates(self) -> set[str] | None:
        """Ids that can match, where an index tells; None for all."""
        sets = [{row_id for key in keys for row_id in self.table.ids_by(index, key)} for index, keys in self.lists]
        if self.where is not None:
            narrowed = self.where.narrow(self.spec, self.table)
            if narrowed is not None:
                sets.append(narrowed)
        return set.intersection(*sets) if sets else None

    def _shown(self, row: dict) -> bool:
        return self.include_hidden or self.spec.hidden is None or not self.spec.hidden(row)

    def keeps(self, row: dict) -> bool:
        if self.since and not row.get("UpdatedDateUTC", self.since) > self.since:
            return False
        if self.app and row.get("App") != self.app:
            return False
        if self.term and not any(self.term in str(row.get(key) or "").lower() for key in self.spec.search_keys):
            return False
        if not all(keeps(row, value) for keeps, value in self.more):
            return False
        return self.where is None or bool(self.where.test(Reader(self.context, self.spec, row)))


def _keys(name: str, index: str, text: str) -> list[str]:
    keys = [part.strip().lower() for part in text.split(",") if part.strip()]
    if index in ("id", "contact") and not all(_GUID.fullmatch(key) for key in keys):
        raise BadParameter(name)
    return keys


def _modified_since(headers) -> datetime | None:
    """If-Modified-Since in whole seconds; what cannot be read is taken as absent."""
    text = headers.get("If-Modified-Since")
    if not text:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text.strip().replace("Z", "+00:00"))
            aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
            return aware.astimezone(timezone.utc).replace(microsecond=0)
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def day_filter(key: str, *, least: bool) -> Callable[[dict, str], bool]:
    """A filter such as `DateFrom` (`least`) or `DateTo`, both days included; what cannot be read is error 16."""

    def keeps(row: dict, value: str) -> bool:
        try:
            day = date.fromisoformat(value[:10])
        except ValueError:
            raise QueryParseError(f"The value '{value}' is not a date") from None
        own = row.get(key)
        return own is not None and (own >= day if least else own <= day)

    return keeps


def same(key: str) -> Callable[[dict, str], bool]:
    """A filter on one value, e.g. `Status`, without regard to case."""
    return lambda row, value: str(row.get(key) or "").lower() == value.strip().lower()


# --- order ---------------------------------------------------------------------------------------------------------


def _sorted(context: Context, spec: ResourceSpec, rows: list[dict], order: str) -> list[dict]:
    rows = list(rows)
    for part in reversed(order.split(",")):
        path, descending = _order_part(part)
        rows.sort(key=lambda row: _sort_key(Reader(context, spec, row).value(path)), reverse=descending)
    return rows


def _order_part(part: str) -> tuple[tuple[str, ...], bool]:
    words = part.split()
    if not words or len(words) > 2 or (len(words) == 2 and words[1].lower() not in ("asc", "desc")):
        raise QueryParseError(f"The order '{part.strip()}' cannot be read")
    return tuple(words[0].split(".")), words[-1].lower() == "desc" and len(words) == 2


def _sort_key(value):
    """Rows without a value first; texts without regard to case."""
    if value is None:
        return (0, "")
    return (1, value.lower() if isinstance(value, str) else value)


# --- where ---------------------------------------------------------------------------------------------------------


class Reader:
    """Gives the values of one row by dotted path, following references to other rows."""

    def __init__(self, context: Context, spec: ResourceSpec, row: dict):
        self._context, self._spec, self._row = context, spec, row

    def value(self, path: tuple[str, ...]):
        """The value, or None where there is none.

        :raises QueryParseError: for a path that the resource does not have
        """
        row, model, references = self._row, self._spec.model, self._spec.references
        for position, name in enumerate(path):
            field = contract.fields(model).get(name.lower())
            if field is None:
                raise QueryParseError(f"No property or field '{name}' exists in type '{model}'")
            if position == len(path) - 1:
                return row.get(field.key) if row else None
            if field.kind != "model":
                raise QueryParseError(f"'{name}' of type '{model}' has no fields")
            row, references = self._follow(row, field, references), {}
            model = field.model
        return None

    def _follow(self, row, field, references):
        if row is None:
            return None
        if field.key in references:
            table, key = references[field.key]
            return self._context.table(table).get(row.get(key))
        nested = row.get(field.key)
        return nested if isinstance(nested, dict) else None


@dataclass(frozen=True)
class Literal:
    content: object

    def test(self, reader: Reader):
        return self.content

    def narrow(self, spec, table):
        return None


@dataclass(frozen=True)
class Path:
    names: tuple[str, ...]

    def test(self, reader: Reader):
        return reader.value(self.names)

    def narrow(self, spec, table):
        return None


@dataclass(frozen=True)
class Method:
    """`.Contains("x")` and its like."""

    subject: object
    name: str
    argument: object | None

    def test(self, reader: Reader):
        value = self.subject.test(reader)
        if value is None:
            raise QueryParseError(f"'{self.name}' is called on a field that is null; guard it with != null")
        argument = self.argument.test(reader) if self.argument else None
        return _METHODS[self.name](str(value), str(argument if argument is not None else ""))

    def narrow(self, spec, table):
        return None


@dataclass(frozen=True)
class Compare:
    left: object
    sign: str
    right: object

    def test(self, reader: Reader):
        left, right = _comparable(self.left.test(reader), self.right.test(reader))
        if self.sign in ("==", "!="):
            return (left == right) is (self.sign == "==")
        if left is None or right is None:
            return False
        try:
            return _ORDERED[self.sign](left, right)
        except TypeError:
            raise QueryParseError(f"'{self.sign}' cannot compare these two values") from None

    def narrow(self, spec, table):
        if self.sign != "==" or not isinstance(self.left, Path) or not isinstance(self.right, Literal):
            return None
        index = spec.id_paths.get(".".join(self.left.names).lower())
        if index is None or not isinstance(self.right.content, str):
            return None
        return set(table.ids_by(index, self.right.content.lower()))


@dataclass(frozen=True)
class Both:
    left: object
    right: object

    def test(self, reader: Reader):
        return bool(self.left.test(reader)) and bool(self.right.test(reader))

    def narrow(self, spec, table):
        found = [ids for ids in (self.left.narrow(spec, table), self.right.narrow(spec, table)) if ids is not None]
        return min(found, key=len) if found else None


@dataclass(frozen=True)
class Either:
    left: object
    right: object

    def test(self, reader: Reader):
        return bool(self.left.test(reader)) or bool(self.right.test(reader))

    def narrow(self, spec, table):
        left, right = self.left.narrow(spec, table), self.right.narrow(spec, table)
        return None if left is None or right is None else left | right


@dataclass(frozen=True)
class Not:
    inner: object

    def test(self, reader: Reader):
        return not self.inner.test(reader)

    def narrow(self, spec, table):
        return None


_METHODS = {
    "contains": lambda value, part: part.lower() in value.lower(),
    "startswith": lambda value, part: value.lower().startswith(part.lower()),
    "endswith": lambda value, part: value.lower().endswith(part.lower()),
    "tolower": lambda value, _: value.lower(),
    "toupper": lambda value, _: value.upper(),
    "tostring": lambda value, _: value,
    "trim": lambda value, _: value.strip(),
}
_ORDERED = {
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}


def _comparable(left, right):
    """Both sides in one type: texts without case, moments against dates."""
    if isinstance(left, str) and isinstance(right, str):
        return left.lower(), right.lower()
    return _moment(left), _moment(right)


def _moment(value):
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=timezone.utc)
    return value


def paths_of(node) -> set[str]:
    """Lower-case paths that a filter holds; a method is never part of a path that Xero knows by heart."""
    if isinstance(node, Path):
        return {".".join(node.names).lower()}
    if isinstance(node, Method):
        return {f"{path}.{node.name}()" for path in paths_of(node.subject)}
    parts = (getattr(node, name, None) for name in ("left", "right", "inner"))
    return {path for part in parts if part is not None for path in paths_of(part)}


def parse(text: str):
    """The node that a `where` expression stands for.

    :raises QueryParseError: where it does not follow the grammar
    """
    parser = _Parser(_tokens(text))
    node = parser.either()
    parser.finish()
    return node


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise QueryParseError("Syntax error")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens; one method a level of precedence."""

    def __init__(self, tokens: list[tuple[str, str]]):
        self._tokens, self._at, self._depth = tokens, 0, 0

    def either(self):
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryParseError("The where clause is nested too deeply")
        node = self._chain(Either, _OR, lambda: self._chain(Both, _AND, self._comparison))
        self._depth -= 1
        return node

    def finish(self) -> None:
        if self._at < len(self._tokens):
            raise QueryParseError("Syntax error")

    def _chain(self, node_type, signs, operand):
        """Operands joined by `signs`, as a balanced tree: a long list of ids must not exhaust the stack."""
        nodes = [operand()]
        while self._peek().lower() in signs:
            self._next()
            nodes.append(operand())
        while len(nodes) > 1:
            pairs = [node_type(*nodes[i : i + 2]) for i in range(0, len(nodes) - 1, 2)]
            nodes = pairs + nodes[len(pairs) * 2 :]
        return nodes[0]

    def _comparison(self):
        if self._peek() == "!":
            self._next()
            return Not(self._operand())
        left = self._operand()
        sign = {"=": "==", "<>": "!="}.get(self._peek(), self._peek())
        if sign not in ("==", "!=", *_ORDERED):
            return left
        self._next()
        return Compare(left, sign, self._operand())

    def _operand(self):
        kind, token = self._next()
        if token == "(" and kind == "sign":
            node = self.either()
            self._expect(")")
        elif kind == "text":
            node = Literal(token[1:-1])
        elif kind == "number":
            node = Literal(Decimal(token.rstrip("mMdDfFlL")))
        elif kind == "name":
            node = self._named(token)
        else:
            raise QueryParseError("Syntax error")
        return self._methods(node)

    def _named(self, name: str):
        if name.lower() in _CONSTANTS:
            return Literal(_CONSTANTS[name.lower()])
        if name.lower() == "guid" and self._peek() in ("(", "."):
            self._parse_suffix()
            return Literal(str(self._arguments(str)[0]).lower())
        if name.lower() == "datetime" and self._peek() in ("(", "."):
            parsing = self._parse_suffix()
            return Literal(_parsed_moment(self._arguments(str)) if parsing else _moment_of(self._arguments(Decimal)))
        return self._path(name)

    def _parse_suffix(self) -> bool:
        if self._peek() != ".":
            return False
        self._next()
        if self._next()[1].lower() != "parse":
            raise QueryParseError("Only Parse is known of Guid and DateTime")
        return True

    def _path(self, name: str):
        names = [name]
        while self._peek() == "." and self._peek(1).lower() not in _METHODS:
            self._next()
            names.append(self._next()[1])
        # Nullable fields may be read through .Value and .HasValue in this language.
        if names[-1].lower() == "value":
            names.pop()
        if names and names[-1].lower() == "hasvalue":
            return Compare(Path(tuple(names[:-1])), "!=", Literal(None))
        return Path(tuple(names))

    def _methods(self, node):
        while self._peek() == ".":
            self._next()
            name = self._next()[1].lower()
            if name not in _METHODS:
                raise QueryParseError(f"The method '{name}' is not known")
            arguments = self._arguments(object, least=0)
            node = Method(node, name, Literal(arguments[0]) if arguments else None)
        return node

    def _arguments(self, of_type, least: int = 1) -> list:
        self._expect("(")
        found = []
        while self._peek() != ")":
            kind, token = self._next()
            found.append(self._argument(kind, token))
            if self._peek() == ",":
                self._next()
        self._expect(")")
        if len(found) < least or not all(isinstance(value, of_type) for value in found):
            raise QueryParseError("Arguments in the where clause do not fit")
        return found

    @staticmethod
    def _argument(kind: str, token: str):
        if kind == "text":
            return token[1:-1]
        if kind == "number":
            return Decimal(token.rstrip("mMdDfFlL"))
        raise QueryParseError("Syntax error")

    def _peek(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at][1] if at < len(self._tokens) else ""

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise QueryParseError("Syntax error")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, token: str) -> None:
        if self._next()[1] != token:
            raise QueryParseError("Syntax error")


def _moment_of(parts: list[Decimal]) -> datetime:
    try:
        return datetime(*(int(part) for part in parts), tzinfo=timezone.utc)
    except (TypeError, ValueError, OverflowError) as error:
        raise QueryParseError(f"DateTime cannot be read: {error}") from None


def _parsed_moment(parts: list[str]) -> datetime:
    try:
        moment = datetime.fromisoformat(parts[0].replace("Z", "+00:00"))
    except ValueError as error:
        raise QueryParseError(f"DateTime cannot be read: {error}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
