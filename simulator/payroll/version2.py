"""Payroll version 2: camelCase, ISO dates, one object in and one envelope out (xero-api.md 4.13)."""

import re
from http import HTTPStatus
from math import ceil
from urllib.parse import quote

from .. import problems
from ..accounting import codec
from ..accounting.spec import Context
from ..calls import ApiCall, Reply
from .contract import Field, iso
from .errors import Broken, Findings, InvalidId, NotAllowed, NotFound, NotImitated, PageMissing, PostDataInvalid
from .spec import Api, Spec, lacking, rows

PAGE_SIZE = 100
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
INVALID_ID = {"message": "The request is invalid."}
_NEVER_NULL = ("list", "model", "enum")
#: Models of which no example shows a null, and the OpenAPI files allow none: keys without a value are left out.
_WITHOUT_NULLS = frozenset(
    {
        *("BankAccount", "EmployeeLeaveType", "EmployeeOpeningBalances", "EmployeeTax", "LeavePeriod", "NICategory"),
        "TrackingCategory",
    }
)
#: Paths that Xero has, resources and parts of employees.
_NOT_IMITATED = frozenset(("statutoryleaves", "leavesetup", "statutoryleavebalance"))
NO_PAGE = "Requested page does not exist"


def answer(call: ApiCall, context: Context, api: Api) -> Reply:
    """Carry out one call; `call.path_segments` begin with the resource."""
    spec = None
    try:
        spec = _spec(call, api)
        with context.organisation.store.transaction():
            return _ok(call, context, _route(call, context, api, spec))
    except (InvalidId, PostDataInvalid):
        return Reply(400, INVALID_ID)
    except NotAllowed:
        return Reply(405, {"message": f"The requested resource does not support http method '{call.method}'."})
    except NotImitated:
        return problems.not_implemented("This part of payroll is not imitated by this simulator.")
    except PageMissing:
        return _page_missing(call, context, spec)
    except NotFound:
        return _problem(call, context, spec, 404, "NotFound", "Resource was not found")
    except Broken as broken:
        return _problem(call, context, spec, 400, "BadRequest", "Validation error occurred.", broken.fields)


def dump(context: Context, api: Api, spec: Spec) -> list[dict]:
    """Every element as it is written."""
    return [iso(show(context, api, spec, row)) for row in rows(context, spec.table or spec.name).walk()]


def _spec(call: ApiCall, api: Api) -> Spec:
    name = call.path_segments[0].lower() if call.path_segments else ""
    spec = api.specs.get(name)
    if name in _NOT_IMITATED:
        raise NotImitated
    if spec is None:
        raise NotFound
    return spec


def _route(call: ApiCall, context: Context, api: Api, spec: Spec) -> dict:
    rest = call.path_segments[1:]
    if spec.whole and not rest:
        require(call, spec.verbs)
        return {spec.singular: spec.whole(context)}
    if spec.whole:
        return _part_of(call, context, api, spec, None, rest)
    if not rest:
        return collection(call, context, api, spec)
    row = rows(context, spec.table or spec.name).get(guid(rest[0])) if spec.id_key else None
    if row is None:
        raise NotFound
    if len(rest) == 1:
        return single(call, context, api, spec, row)
    return _part_of(call, context, api, spec, row, rest[1:])


def _part_of(call: ApiCall, context: Context, api: Api, spec: Spec, row: dict | None, rest: list[str]) -> dict:
    """What lies below a row, or below a resource that is one object."""
    part = spec.parts.get(rest[0].lower())
    if rest[0].lower() in _NOT_IMITATED:
        raise NotImitated
    if part is None:
        raise NotFound
    require(call, part.verbs)
    return part.answer(call, context, api, row, rest[1:])


def collection(call: ApiCall, context: Context, api: Api, spec: Spec, found: list[dict] | None = None) -> dict:
    """List, or create from the one object of the body.

    :param found: the rows to list, where they are not the whole table
    """
    require(call, spec.verbs)
    if call.method == "POST":
        row = spec.create(context, sent(call, api, spec))
        return {spec.singular: show(context, api, spec, row)}
    args = {name.lower(): value for name, value in call.args.items()}
    found = list(rows(context, spec.table or spec.name).walk()) if found is None else found
    for name, keeps in spec.filters.items():
        if args.get(name):
            found = [row for row in found if keeps(row, args[name])]
    shown, pagination = paged(found, args.get("page"))
    elements = [show(context, api, spec, row, spec.list_drops) for row in shown]
    return {"pagination": pagination, spec.plural: elements}


def single(call: ApiCall, context: Context, api: Api, spec: Spec, row: dict) -> dict:
    """Read, change or delete one row."""
    require(call, spec.row_verbs)
    if call.method == "DELETE":
        spec.delete(context, row)
        return {}
    if call.method != "GET":
        row = spec.update(context, row, sent(call, api, spec, row))
    return {spec.singular: show(context, api, spec, row)}


def require(call: ApiCall, verbs: frozenset[str]) -> None:
    if call.method not in verbs:
        raise NotAllowed


def guid(text: str) -> str:
    """
    :raises InvalidId: it is no GUID
    """
    if not _GUID.fullmatch(text):
        raise InvalidId
    return text


def sent(call: ApiCall, api: Api, spec: Spec, row: dict | None = None) -> dict:
    """The object of the body, typed and checked; what `row` has already need not be sent.

    :raises Broken: it lacks something or holds what it must not
    """
    return typed(api, spec, codec.loads(call.body) if call.body else {}, row)


def typed(api: Api, spec: Spec, body, row: dict | None = None) -> dict:
    """One object that was sent, typed and checked.

    :raises Broken: it lacks something or holds what it must not
    """
    data = api.contract.read(spec.model, body)
    findings = Findings()
    findings.fields += [(key[0].upper() + key[1:], reason) for key, reason in lacking(spec, {**(row or {}), **data})]
    api.contract.check(spec.model, data, findings)
    findings.check()
    return data


def show(context: Context, api: Api, spec: Spec, row: dict, drops: frozenset[str] = frozenset()) -> dict:
    """An element with every key of its model: null where it has no value.

    Lists, objects and enumerations are left out instead: a null there is more than xero-python can read.
    """
    return _filled(api, spec.model, spec.show(context, row), drops)


def _filled(api: Api, model: str, element: dict, drops: frozenset[str] = frozenset()) -> dict:
    fields = [field for field in api.contract.fields(model).values() if field.key not in drops]
    return {
        field.key: _filled_value(api, field, element.get(field.key))
        for field in fields
        if element.get(field.key) is not None or (field.kind not in _NEVER_NULL and model not in _WITHOUT_NULLS)
    }


def _filled_value(api: Api, field: Field, value):
    if field.kind == "model":
        return _filled(api, field.model, value)
    if field.kind == "list" and value and isinstance(value[0], dict):
        return [_filled(api, field.model, part) for part in value]
    return value


def paged(found: list[dict], text: str | None = None) -> tuple[list[dict], dict]:
    """One page of `found`, and what the envelope says of the pages."""
    if text and not text.isdecimal():
        raise PostDataInvalid("The page is not a number")
    page, count = max(int(text[:9]) if text else 1, 1), len(found)
    pages = ceil(count / PAGE_SIZE)
    if page > max(pages, 1):
        raise PageMissing
    pagination = {"page": page, "pageSize": PAGE_SIZE, "pageCount": pages, "itemCount": count}
    return found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], pagination


# --- envelope ----------------------------------------------------------------------------------------------------


def _ok(call: ApiCall, context: Context, payload: dict) -> Reply:
    return Reply(200, _envelope(call, context, HTTPStatus.OK) | iso(payload))


def _problem(call, context, spec, status: int, title: str, detail: str, fields: list | None = None) -> Reply:
    """The shape of the documentation's examples of refused calls."""
    problem = {
        "type": "application/problem+json",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": None,
        "invalidFields": [{"name": name, "reason": reason} for name, reason in fields or []] or None,
    }
    envelope = _envelope(call, context, HTTPStatus(status)) | {"problem": problem}
    if spec and (spec.singular or spec.plural):
        envelope[spec.singular or spec.plural] = None
    return Reply(status, envelope)


def _page_missing(call: ApiCall, context: Context, spec: Spec) -> Reply:
    """As recorded, with other nulls than the documentation's examples (xero-api.md 4.13)."""
    reply = _problem(call, context, spec, 400, "InvalidRequest", NO_PAGE)
    problem = {**reply.payload["problem"], "type": "about:blank"}
    without = {key: value for key, value in reply.payload.items() if key != spec.singular}
    return Reply(400, {**without, "problem": problem, spec.plural: []})


def _envelope(call: ApiCall, context: Context, status: HTTPStatus) -> dict:
    words = {HTTPStatus.OK: "OK", HTTPStatus.BAD_REQUEST: "BadRequest", HTTPStatus.NOT_FOUND: "NotFound"}
    return {
        "id": call.ids.new(),
        "providerName": quote(call.app_name),  # escaped, as recorded
        "dateTimeUTC": context.now.strftime("%Y-%m-%dT%H:%M:%S.%f"),
        "httpStatusCode": words[status],
        "pagination": None,
        "problem": None,
    }
