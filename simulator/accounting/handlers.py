"""Generic list, get, create, update and delete over the declared table of resources (xero-api.md 3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timezone
from functools import partial

from ..calls import ApiCall, Reply
from . import attachments, codec, contract, query, registry
from .report_table import REPORTS
from .resources import allocations, organisations
from .spec import Context, Part, ResourceSpec
from .validation import (
    EMPTY_ID,
    BadParameter,
    CallRefused,
    Invalid,
    NotAllowed,
    NotFound,
    PostDataInvalid,
    messages_of,
    validation_exception,
)

NOT_FOUND = Reply(404, None, "text/html")
MAX_NOTE = 2500


def answer(call: ApiCall) -> Reply:
    """Carry out one call of the Accounting API; whatever is wrong with it becomes a reply."""
    organisation = call.organisation
    context = _context(call)
    try:
        with organisation.lock, organisation.store.transaction():
            reply = _route(call, context)
    except _Refused as refused:
        return Reply(400, refused.payload)
    except CallRefused as refused:
        return Reply(refused.status, refused.body())
    except BadParameter as refused:
        return Reply(400, str(refused).encode(), "text/html; charset=utf-8")
    except NotFound:
        return NOT_FOUND
    except NotAllowed:
        return Reply(405, {"Message": f"{call.method} is not supported for this resource."})
    for event in context.events:
        call.emit(*event)
    return reply


class _Refused(Exception):
    """Elements are refused in a call that summarises errors; what the others have done is undone."""

    def __init__(self, payload: dict):
        super().__init__()
        self.payload = payload


def _context(call: ApiCall) -> Context:
    now = call.clock.now().astimezone(timezone.utc)
    milliseconds = now.replace(microsecond=now.microsecond // 1000 * 1000)
    places = 4 if call.args.get("unitdp") == "4" else 2
    backorders = call.args.get("allowBackorders", "").lower() == "true"
    return Context(
        call.organisation,
        milliseconds,
        call.ids,
        places,
        backorders,
        high_volume=call.high_volume,
        role=call.role,
        host=attachments.host_of(call),
        app=call.app_name,
    )


# --- routing ---------------------------------------------------------------------------------------------------------


def _route(call: ApiCall, context: Context) -> Reply:
    segments = call.path_segments
    if not segments:
        raise NotFound
    if segments[0].lower() == "reports":
        return _report(call, context, segments[1:])
    spec = registry.find(segments[0])
    if spec is None and not registry.is_left_out(segments[0]):
        raise NotFound
    if spec is None:
        return _not_imitated(f"The resource {segments[0]}")
    if len(segments) > 2 and segments[2].lower() in registry.PARTS_NOT_IMITATED:
        return _not_imitated(f"{segments[2]} of {segments[0]}")
    if len(segments) == 1:
        return _collection(call, context, spec)
    if spec.name == "Organisations":
        return _organisation_part(call, context, segments[1])
    row = _find(context, spec, segments[1])
    if len(segments) == 2:
        return _single(call, context, spec, row)
    return _part(call, context, spec, row, segments[2:])


def _not_imitated(what: str) -> Reply:
    message = f"{what} is not imitated by this simulator."
    return Reply(501, {"ErrorNumber": 0, "Type": "NotImplemented", "Message": message})


def _collection(call: ApiCall, context: Context, spec: ResourceSpec) -> Reply:
    _require(spec, call.method, deletes=False)
    if call.method == "GET":
        selection = query.select(context, spec, call.args, call.headers)
        elements = [spec.render(context, row, selection.view) for row in selection.rows]
        return _ok(call, context, spec.name, elements, selection.pagination)
    return _write(call, context, spec, _sent(call, spec.name), None)


def _single(call: ApiCall, context: Context, spec: ResourceSpec, row: dict) -> Reply:
    _require(spec, call.method)
    if call.method == "GET" and spec.printed and "application/pdf" in call.headers.get("Accept", ""):
        return Reply(200, spec.printed(context, row), "application/pdf")
    if call.method == "GET":
        return _ok(call, context, spec.name, [spec.render(context, row, "full")])
    if call.method == "DELETE":
        return _delete(call, context, spec, row)
    if call.method == "PUT":
        raise NotAllowed
    elements = _sent(call, spec.name)
    if len(elements) != 1:
        raise PostDataInvalid("One element is expected where the path names it")
    return _write(call, context, spec, elements, row)


def _part(call: ApiCall, context: Context, spec: ResourceSpec, row: dict, rest: list[str]) -> Reply:
    """What lies below a row: its history, its files, its allocations, the options of a tracking category."""
    name = rest[0].lower()
    if name in spec.parts:
        return _below(call, context, spec, spec.parts[name], row, rest[1:])
    if name == "attachments" and spec.attachments:
        answered = attachments.answer(call, context, spec, row, rest[1:])
        return answered if isinstance(answered, Reply) else _ok(call, context, "Attachments", answered)
    if name == "pdf" and spec.printed and call.method == "GET":
        return Reply(200, spec.printed(context, row), "application/pdf")
    if name == "history" and spec.history and len(rest) == 1:
        return _history(call, context, spec, row)
    if name == "allocations" and spec.name in allocations.KINDS:
        return _allocations(call, context, allocations.KINDS[spec.name], row, rest[1:])
    raise NotFound


def _organisation_part(call: ApiCall, context: Context, name: str) -> Reply:
    if call.method != "GET" or name.lower() != "actions":
        raise NotFound
    return _ok(call, context, "Actions", organisations.actions(context.organisation, call.payroll_admin))


def _report(call: ApiCall, context: Context, rest: list[str]) -> Reply:
    if call.method != "GET":
        raise NotAllowed
    build = REPORTS.get(rest[0].lower()) if len(rest) == 1 else None
    if build is None:
        return _not_imitated("This report")
    return _ok(call, context, "Reports", [build(context, call.args)])


def _require(spec: ResourceSpec, method: str, *, deletes: bool = True) -> None:
    verbs = spec.verbs if deletes else (spec.collection_verbs or spec.verbs) - {"DELETE"}
    if method not in verbs:
        raise NotAllowed


def _find(context: Context, spec: ResourceSpec, identifier: str) -> dict:
    """The row that a path names by id or by one of the resource's other identifiers."""
    table = context.table(spec.name)
    row = table.get(identifier)
    for index in spec.identifiers:
        row = row or table.one(index, identifier.lower())
    if row is None:
        raise NotFound
    return row


# --- reading what was sent -------------------------------------------------------------------------------------------


def _sent(call: ApiCall, name: str) -> list:
    """The elements of a body: an object, a bare array or an object with the plural key (xero-api.md 3.1)."""
    body = codec.loads(call.body)
    if isinstance(body, dict):
        wrapped = {key.lower(): value for key, value in body.items()}.get(name.lower())
        body = wrapped if isinstance(wrapped, list) else [body]
    if not isinstance(body, list) or not body:
        raise PostDataInvalid(f"The body holds no {name}")
    return body


# --- writing ---------------------------------------------------------------------------------------------------------


def _write(call: ApiCall, context: Context, spec: ResourceSpec, sent: list, row: dict | None) -> Reply:
    """Create or update each element; errors are summarised, or told element by element (xero-api.md 3.6)."""
    if spec.max_elements and len(sent) > spec.max_elements:
        raise PostDataInvalid(f"{spec.name} are limited to {spec.max_elements} a request")
    typed = [contract.read(spec.model, data) for data in sent]
    if spec.name == "Payments" and call.method == "POST" and len(typed) > 1:
        raise PostDataInvalid("POST of Payments takes one payment; use PUT for several")

    work = _Work(
        model=spec.model,
        write=lambda data: _write_one(call.method, context, spec, data, row),
        show=lambda saved: spec.render(context, saved, "written"),
        refuse=lambda data: _echo(spec, data, row),
        attempted=lambda attempt, data: _attempted(context, spec, attempt, data, row),
        error_flag=spec.error_flag,
        date_twins=spec.date_twins,
    )
    return _ok(call, context, spec.name, _each(call, context, typed, work))


@dataclass(frozen=True)
class _Work:
    """How one kind of element is written and answered.

    :ivar model: xero-python's model; only those with a StatusAttributeString are told element by element
    :ivar write: typed input → saved row
    :ivar show: saved row → element
    :ivar refuse: typed input → element without its errors
    :ivar attempted: row that was not saved, typed input → element without its errors
    :ivar date_twins: date keys that are answered with a `…String` twin
    """

    model: str
    write: Callable[[dict], dict]
    show: Callable[[dict], dict]
    refuse: Callable[[dict], dict]
    attempted: Callable[[dict, dict], dict] | None = None
    error_flag: str | None = None
    date_twins: frozenset[str] = frozenset()


def _each(call: ApiCall, context: Context, typed: list[dict], work: _Work) -> list[dict]:
    """Write every element, in the order of the request.

    :raises _Refused: where errors are summarised and there are any
    """
    can_tell = "statusattributestring" in contract.fields(work.model)
    summarise = not can_tell or _summarises(call)
    elements, failed = [], []
    for data in typed:
        context.warnings = []
        events = len(context.events)
        try:
            with context.organisation.store.transaction():
                element = _written(work, data)
            elements.append(_with_outcome(element, context.warnings, summarise))
        except Invalid as invalid:
            del context.events[events:]
            failed.append(_refused_element(work, data, invalid, summarise))
            elements.append(failed[-1])
    if failed and summarise:
        raise _Refused(validation_exception(failed))
    return elements


def _written(work: _Work, data: dict) -> dict:
    """Write one element; one that is refused late is shown while what it needs is still there."""
    try:
        return work.show(work.write(data))
    except Invalid as invalid:
        if invalid.attempt is not None and work.attempted:
            invalid.shown = work.attempted(invalid.attempt, data)
        raise


def _summarises(call: ApiCall) -> bool:
    return call.args.get("summarizeErrors", "true").lower() != "false"


def _refused_element(work: _Work, data: dict, invalid: Invalid, summarise: bool) -> dict:
    element = invalid.shown or _wire(work.refuse(data), work.date_twins)
    if work.error_flag:
        element[work.error_flag] = True
    if not summarise:
        element["StatusAttributeString"] = "ERROR"
    return {**element, "ValidationErrors": messages_of(invalid.messages)}


def _write_one(method: str, context: Context, spec: ResourceSpec, data: dict, row: dict | None) -> dict:
    too_long = contract.too_long(spec.model, data)
    if too_long:
        raise Invalid(*too_long)
    if method == "POST":
        row = row or _named_row(context, spec, data)
        if row is None and spec.match is not None:
            row = spec.match(context, data)
    if row is not None:
        return spec.update(context, row, data)
    if spec.create is None:
        raise NotAllowed
    return spec.create(context, data)


def _named_row(context: Context, spec: ResourceSpec, data: dict) -> dict | None:
    """The row whose id the element holds; an unknown id is a 404 for the call (xero-api.md 3.9)."""
    row_id = data.get(spec.id_key)
    if not row_id or row_id == EMPTY_ID or spec.id_key == spec.number_key:
        return None
    row = context.table(spec.name).get(row_id)
    if row is None and spec.name != "TaxRates":
        raise NotFound
    return row


def _echo(spec: ResourceSpec, data: dict, row: dict | None) -> dict:
    """A refused element: what was sent; a failed create has the zero id."""
    known = row[spec.id_key] if row else data.get(spec.id_key)
    return {**spec.echo(data), spec.id_key: known or EMPTY_ID}


def _attempted(context: Context, spec: ResourceSpec, attempt: dict, data: dict, row: dict | None) -> dict:
    """A refused element that could be worked out: computed, with its contact, as recorded (xero-api.md 4.5)."""
    shown = spec.render(context, attempt, "written")
    sent = {line.get("LineItemID") for line in data.get("LineItems", ())}
    for line in shown.get("LineItems", ()):
        if line.get("LineItemID") not in sent:
            line.pop("LineItemID", None)
    known = row[spec.id_key] if row else data.get(spec.id_key)
    kept = {key: value for key, value in shown.items() if key not in spec.refused_drops}
    return {**kept, spec.id_key: known or EMPTY_ID}


def _with_outcome(element: dict, warnings: list[str], summarise: bool) -> dict:
    if not summarise:
        element = {**element, "StatusAttributeString": "WARNING" if warnings else "OK"}
    return {**element, "Warnings": messages_of(warnings)} if warnings else element


def _wire(value, twins: frozenset[str] = frozenset()):
    """Typed input as it goes back: dates in Xero's form, those in `twins` with their `…String` as well."""
    if isinstance(value, list):
        return [_wire(part) for part in value]
    if isinstance(value, date):
        return codec.ms_date(value)
    if not isinstance(value, dict):
        return value
    strings = {f"{key}String": codec.iso_date(value[key]) for key in twins if key in value}
    return {key: _wire(part) for key, part in value.items()} | strings


def _delete(call: ApiCall, context: Context, spec: ResourceSpec, row: dict) -> Reply:
    shown = spec.render(context, row, "full")
    try:
        deleted = spec.delete(context, row)
    except Invalid as invalid:
        element = {**shown, "ValidationErrors": messages_of(invalid.messages)}
        raise _Refused(validation_exception([element])) from None
    if deleted is None:
        return Reply(204)
    return _ok(call, context, spec.name, [spec.render(context, deleted, "full")])


# --- below a row -----------------------------------------------------------------------------------------------------


def _allocations(call: ApiCall, context: Context, kind, credit: dict, rest: list[str]) -> Reply:
    if call.method == "DELETE" and len(rest) == 1:
        return _delete_allocation(context, kind, credit, rest[0])
    if call.method != "PUT" or rest:
        raise NotAllowed
    typed = [allocations.read(data) for data in _sent(call, "Allocations")]

    def write(data: dict) -> dict:
        fresh = context.table(kind.table).get(credit[kind.id_key])
        return allocations.create(context, kind, fresh, data)

    work = _Work(
        model="Allocation",
        write=write,
        show=lambda saved: allocations.render(context, saved),
        refuse=lambda data: {**data, "AllocationID": EMPTY_ID},
    )
    return _ok(call, context, "Allocations", _each(call, context, typed, work))


def _delete_allocation(context: Context, kind, credit: dict, allocation_id: str) -> Reply:
    allocation = context.table("Allocations").get(allocation_id)
    if allocation is None or allocation.get(kind.id_key) != credit[kind.id_key]:
        raise NotFound
    shown = allocations.render(context, allocation, is_deleted=True)
    try:
        allocations.delete(context, allocation)
    except Invalid as invalid:
        element = {**shown, "IsDeleted": False, "ValidationErrors": messages_of(invalid.messages)}
        raise _Refused(validation_exception([element])) from None
    return Reply(200, shown)


def _below(call: ApiCall, context: Context, spec: ResourceSpec, part: Part, row: dict, rest: list[str]) -> Reply:
    """Read, make, change or take out elements that belong to a row."""
    element_id = rest[0] if rest else None
    if len(rest) > 1:
        raise NotFound
    if call.method == "GET" and part.read and not rest:
        return _ok(call, context, part.name, part.read(context, row))
    if call.method == "POST" and part.act and not rest:
        part.act(context, row)
        return Reply(204)
    if call.method == "DELETE" and part.delete:
        return _delete_below(call, context, part, row, element_id)
    if call.method == "PUT" and part.write and not rest:
        return _write_below(call, context, spec, part, row, part.write)
    if call.method == "POST" and part.update and rest:
        return _write_below(
            call, context, spec, part, row, lambda *now: part.update(now[0], now[1], element_id, now[2])
        )
    raise NotAllowed


def _write_below(call: ApiCall, context: Context, spec: ResourceSpec, part: Part, row: dict, write) -> Reply:
    def write_one(data: dict) -> dict:
        too_long = contract.too_long(part.model, data)
        if too_long:
            raise Invalid(*too_long)
        return write(context, context.table(spec.name).get(row[spec.id_key]), data)

    typed = [contract.read(part.model, data) for data in _sent(call, part.name)]
    work = _Work(model=part.model, write=write_one, show=lambda saved: part.show(context, saved), refuse=dict)
    return _ok(call, context, part.name, _each(call, context, typed, work))


def _delete_below(call: ApiCall, context: Context, part: Part, row: dict, element_id: str | None) -> Reply:
    try:
        gone = part.delete(context, row, element_id)
    except Invalid as invalid:
        raise _Refused(validation_exception([{"ValidationErrors": messages_of(invalid.messages)}])) from None
    if gone is None:
        return Reply(204)
    return _ok(call, context, part.name, [part.show(context, gone)])


def _history(call: ApiCall, context: Context, spec: ResourceSpec, row: dict) -> Reply:
    """Notes of a record: added, never changed (xero-api.md 4.12)."""
    place, history = (spec.name, row[spec.id_key]), context.organisation.history
    notes = history.get(place, [])
    if call.method == "GET":
        return _ok(call, context, "HistoryRecords", [_note(note, "+0000") for note in reversed(notes)])
    if call.method != "PUT":
        raise NotAllowed
    typed = [contract.read("HistoryRecord", data) for data in _sent(call, "HistoryRecords")]

    def write(data: dict) -> dict:
        if not data.get("Details") or len(data["Details"]) > MAX_NOTE:
            raise Invalid(f"Details must have 1 to {MAX_NOTE} characters")
        note = {"Details": data["Details"], "At": context.now}
        before = history.get(place, [])
        history[place] = [*before, note]
        undo = partial(history.update, {place: before}) if before else partial(history.pop, place)
        context.organisation.store.on_rollback(undo)
        return note

    def show(note: dict) -> dict:
        return {**_note(note, ""), "ValidationErrors": []}

    work = _Work(model="HistoryRecord", write=write, show=show, refuse=dict)
    return _ok(call, context, "HistoryRecords", _each(call, context, typed, work))


def _note(note: dict, offset: str) -> dict:
    read_only = {"Changes": "Note", "User": "System Generated"} if offset else {}
    return {
        **read_only,
        "DateUTCString": codec.iso_moment(note["At"]).rstrip("Z"),
        "DateUTC": codec.ms_moment(note["At"], offset=bool(offset)),
        "Details": note["Details"],
    }


# --- envelope --------------------------------------------------------------------------------------------------------


def _ok(call: ApiCall, context: Context, name: str, elements: list[dict], pagination: dict | None = None) -> Reply:
    """The envelope of xero-api.md 3.2."""
    spec = registry.SPECS.get(name)
    told = {"SummarizeErrors": _summarises(call)} if spec is not None and spec.tells_summarise else {}
    envelope = {
        **told,
        "Id": call.ids.new(),
        "Status": "OK",
        "ProviderName": call.app_name,
        "DateTimeUTC": codec.ms_moment(context.now, offset=False),
    }
    if pagination is not None:
        envelope["pagination"] = pagination
    return Reply(200, {**envelope, name: elements})
