"""Payroll version 1: PascalCase, dates in Microsoft's form, bodies that are bare arrays (xero-api.md 4.13)."""

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from ..accounting import codec, query
from ..accounting.spec import Context
from ..accounting.validation import CallRefused, messages_of, validation_exception
from ..calls import ApiCall, Reply
from . import au_items
from .contract import ms
from .errors import Broken, Findings, NotAllowed, NotFound, PostDataInvalid, QueryParseError
from .spec import Api, Spec, lacking, rows

PAGE_SIZE = 100
_REQUESTS_TOO = "v2"


class _Refused(Exception):
    """Elements are refused; nothing of the call is kept."""

    def __init__(self, elements: list[dict]):
        super().__init__()
        self.elements = elements


def answer(call: ApiCall, context: Context, api: Api) -> Reply:
    """Carry out one call; `call.path_segments` begin with the resource."""
    try:
        with context.organisation.store.transaction():
            return Reply(200, _envelope(call, context, _route(call, context, api)))
    except _Refused as refused:
        return Reply(400, validation_exception(refused.elements))
    except Broken as broken:
        return Reply(400, validation_exception([{"ValidationErrors": _reasons(broken)}]))
    except CallRefused as refused:
        return Reply(refused.status, refused.body())
    except NotFound:
        return Reply(404, None, "text/html")
    except NotAllowed:
        return Reply(405, {"message": f"The requested resource does not support http method '{call.method}'."})


def dump(context: Context, _api: Api, spec: Spec) -> list[dict]:
    """Every element as it is written."""
    return [ms(spec.show(context, row)) for row in rows(context, spec.table or spec.name).walk()]


def _route(call: ApiCall, context: Context, api: Api) -> dict:
    name, *rest = call.path_segments or [""]
    spec = api.specs.get(name.lower())
    if spec is None:
        raise NotFound
    if spec.name in _WHOLE:
        return _WHOLE[spec.name](call, context, api, rest)
    if not rest or (spec.name == "LeaveApplications" and rest == [_REQUESTS_TOO]):
        return _collection(call, context, api, spec, everything=bool(rest))
    row = rows(context, spec.table or spec.name).get(rest[0])
    if row is None:
        raise NotFound
    if len(rest) > 1:
        return _part(call, context, spec, row, rest[1:])
    return _single(call, context, api, spec, row)


def _collection(call: ApiCall, context: Context, api: Api, spec: Spec, everything: bool) -> dict:
    _require(call, frozenset({"GET"}) if everything else spec.verbs)
    if call.method == "GET":
        found = _select(call, context, api, spec, everything)
        return {spec.plural: [_shown(context, spec, row, spec.list_drops) for row in found]}
    return {spec.plural: [_shown(context, spec, row) for row in _write(context, api, spec, _sent(call), None)]}


def _single(call: ApiCall, context: Context, api: Api, spec: Spec, row: dict) -> dict:
    _require(call, spec.row_verbs)
    if call.method == "GET":
        element = _shown(context, spec, row)
        return {spec.singular: element} if spec.singular else {spec.plural: [element]}
    sent = codec.loads(call.body)
    elements = sent if isinstance(sent, list) else [sent]
    if len(elements) != 1:
        raise PostDataInvalid("One element is expected where the path names it")
    return {spec.plural: [_shown(context, spec, saved) for saved in _write(context, api, spec, elements, row)]}


def _part(call: ApiCall, context: Context, spec: Spec, row: dict, rest: list[str]) -> dict:
    part = spec.parts.get(rest[0].lower())
    if part is None:
        raise NotFound
    _require(call, part.verbs)
    return part.answer(call, context, spec, row, rest[1:])


def _require(call: ApiCall, verbs: frozenset[str]) -> None:
    if call.method not in verbs:
        raise NotAllowed


# --- resources that are one object -------------------------------------------------------------------------------


def _pay_items(call: ApiCall, context: Context, api: Api, rest: list[str]) -> dict:
    if rest:
        raise NotFound
    _require(call, au_items.PAY_ITEMS.verbs)
    if call.method == "GET":
        return {"PayItems": au_items.show_all(context)}
    data = api.contract.read("PayItem", codec.loads(call.body))
    return {"PayItems": au_items.save_all(context, api.contract, data)}


def _settings(call: ApiCall, context: Context, api: Api, rest: list[str]) -> dict:
    if rest:
        raise NotFound
    _require(call, au_items.SETTINGS.verbs)
    return {"Settings": au_items.settings(context)}


_WHOLE = {"PayItems": _pay_items, "Settings": _settings}


# --- reading -----------------------------------------------------------------------------------------------------


def _select(call: ApiCall, context: Context, api: Api, spec: Spec, everything: bool) -> list[dict]:
    args = {name.lower(): value for name, value in call.args.items()}
    found = [row for row in rows(context, spec.table or spec.name).walk() if everything or spec.listed(row)]
    for name, keeps in spec.filters.items():
        if args.get(name):
            found = [row for row in found if keeps(row, args[name])]
    since = _since(call.headers)
    if since:
        found = [row for row in found if _updated(row) > since]
    readers = {id(row): _Reader(api, spec, spec.show(context, row)) for row in found}
    if args.get("where"):
        where = query.parse(args["where"])
        found = [row for row in found if where.test(readers[id(row)])]
    if args.get("order"):
        _sort(found, readers, args["order"])
    page = _page(args.get("page"))
    return found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]


class _Reader:
    """Gives a filter the values of one element."""

    def __init__(self, api: Api, spec: Spec, element: dict):
        self._fields, self._model, self._element = api.contract.fields(spec.model), spec.model, element

    def value(self, path: tuple[str, ...]):
        field = self._fields.get(path[0].lower())
        if field is None or len(path) > 1:
            raise QueryParseError(f"No property or field '{'.'.join(path)}' exists in type '{self._model}'")
        value = self._element.get(field.key)
        return None if isinstance(value, (dict, list)) else value


def _sort(found: list[dict], readers: dict, order: str) -> None:
    for part in reversed(order.split(",")):
        words = part.split()
        if not words or len(words) > 2:
            raise QueryParseError(f"The order '{part.strip()}' cannot be read")
        values = {id(row): readers[id(row)].value((words[0],)) for row in found}
        key = {row_id: (value is not None, value if value is not None else "") for row_id, value in values.items()}
        found.sort(key=lambda row, key=key: key[id(row)], reverse=words[-1].lower() == "desc")


def _page(text: str | None) -> int:
    if not text:
        return 1
    if not text.isdecimal():
        raise QueryParseError(f"The value '{text}' is not a page number")
    return max(int(text[:9]), 1)


def _since(headers) -> datetime | None:
    text = headers.get("If-Modified-Since", "").strip()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text.replace("Z", "+00:00"))
        except (ValueError, TypeError):
            continue
        aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        return aware.replace(microsecond=0)
    return None


def _updated(row: dict) -> datetime:
    return row.get("UpdatedDateUTC") or row.get("updatedDateUTC") or datetime.max.replace(tzinfo=timezone.utc)


# --- writing -----------------------------------------------------------------------------------------------------


def _sent(call: ApiCall) -> list:
    body = codec.loads(call.body)
    if not isinstance(body, list) or not body:
        raise PostDataInvalid("The body must be a JSON array of elements")
    return body


def _write(context: Context, api: Api, spec: Spec, sent: list, row: dict | None) -> list[dict]:
    """Write every element, or none.

    :raises _Refused: where one is refused
    """
    typed = [api.contract.read(spec.model, data) for data in sent]
    saved, elements, refused = [], [], False
    for data in typed:
        try:
            with context.organisation.store.transaction():
                saved.append(_write_one(context, api, spec, data, row))
            elements.append(ms({**data, "ValidationErrors": []}))
        except Broken as broken:
            refused = True
            elements.append(ms({**data, "ValidationErrors": _reasons(broken)}))
    if refused:
        raise _Refused(elements)
    return saved


def _write_one(context: Context, api: Api, spec: Spec, data: dict, row: dict | None) -> dict:
    findings = Findings()
    api.contract.check(spec.model, data, findings)
    named = data.get(spec.id_key)
    if row is None and named:
        row = rows(context, spec.table or spec.name).get(named)
        if row is None:
            raise NotFound
    if row is None:
        findings.fields += lacking(spec, data)
    findings.check()
    if row is None:
        return spec.create(context, data)
    if spec.update is None:
        raise NotAllowed
    return spec.update(context, row, data)


def _reasons(broken: Broken) -> list[dict]:
    return messages_of([reason for _name, reason in broken.fields])


def _shown(context: Context, spec: Spec, row: dict, drops: frozenset[str] = frozenset()) -> dict:
    return {key: value for key, value in spec.show(context, row).items() if key not in drops}


def _envelope(call: ApiCall, context: Context, payload: dict) -> dict:
    return {
        "Id": call.ids.new(),
        "Status": "OK",
        "ProviderName": call.app_name,
        "DateTimeUTC": codec.ms_moment(context.now, offset=False),
        **ms(payload),
    }
