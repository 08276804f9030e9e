"""The control surface below /_sim/: JSON in, JSON out (README.md has the list)."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from . import actions, payroll, problems, scopes, seeding
from .calls import Reply

LARGEST_SEED = 1_000_000


class Refused(ValueError):
    """What was asked for cannot be done; the text says why and what to do."""


@dataclass(frozen=True)
class Order:
    """One request to the control surface: its parts after /_sim/<name>, its query and its body."""

    world: object
    base_url: str
    segments: list[str]
    args: dict
    body: dict


def control(exchange, _proceed) -> Reply:
    """Carry out one request to the control surface."""
    request, segments = exchange.request, exchange.segments
    name = segments[0] if segments else ""
    methods = {method: do for (method, known), do in ORDERS.items() if known == name}
    if not methods:
        known = ", ".join(sorted({known for _method, known in ORDERS}))
        return Reply(404, {"error": f"nothing is at /_sim/{'/'.join(segments)}; known are {known}"})
    if request.method not in methods:
        return problems.bad_method(*methods)
    try:
        base_url = request.host_url.rstrip("/")
        order = Order(exchange.world, base_url, segments[1:], request.args.to_dict(), _body(request))
        return methods[request.method](order)
    except ValueError as refusal:
        return Reply(400, {"error": str(refusal)})


def _body(request) -> dict:
    data = request.get_data()
    if not data.strip():
        return {}
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        raise Refused("the body is not JSON") from None
    if not isinstance(body, dict):
        raise Refused("the body must be a JSON object")
    return body


#: What values have to be, in words.
WORDS = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    dict: "an object",
    int | float: "a number",
}


def _take(body: dict, **known: type) -> dict:
    """The values of `body`, checked against the names and types that are `known`."""
    for name, value in body.items():
        if name not in known:
            raise Refused(f"unknown name {name!r}; known are {', '.join(known) or 'none'}")
        kind = known[name]
        if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            raise Refused(f"{name} must be {WORDS[kind]}, not {value!r}")
    return body


# -- the simulator itself


def ready(order):
    return Reply(200, {"ready": True, "seed": order.world.seed})


def reset(order):
    body = _take(order.body, seed=str, contacts=int, invoices=int)
    sizes = {name: body[name] or 0 for name in ("contacts", "invoices") if name in body}
    if any(isinstance(size, bool) or not 0 <= size <= LARGEST_SEED for size in sizes.values()):
        raise Refused(f"contacts and invoices must be numbers from 0 to {LARGEST_SEED}")
    order.world.reset(body.get("seed"), **sizes)
    return Reply(200, order.world.introduction(order.base_url))


def take_snapshot(order):
    _take(order.body)
    order.world.take_snapshot()
    return Reply(204)


def restore_snapshot(order):
    _take(order.body)
    order.world.restore_snapshot()
    return Reply(200, order.world.introduction(order.base_url))


def read_clock(order):
    return Reply(200, {"now": order.world.clock.now().isoformat()})


def move_clock(order):
    body = _take(order.body, now=str, advance=(int | float))
    if body.get("now"):
        order.world.clock.set(_moment(body["now"]))
    if body.get("advance"):
        order.world.clock.advance(body["advance"])
    order.world.webhooks.deliver_due()
    return read_clock(order)


def _moment(text):
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise Refused(f'now must be like "2026-01-31T12:00:00Z", not {text!r}') from None


def read_limits(order):
    return Reply(200, order.world.limits.describe())


def change_limits(order):
    order.world.limits.settings.change(order.body)
    return read_limits(order)


# -- calls


def read_journal(order):
    args = order.args
    records = order.world.journal.find(args.get("method"), args.get("path"), _since(order))
    return Reply(200, [record.as_json() for record in records])


def _since(order):
    try:
        return int(order.args.get("since") or 0)
    except ValueError:
        raise Refused("since must be the number (seq) of a call") from None


def clear_journal(order):
    order.world.journal.clear()
    return Reply(204)


def list_faults(order):
    return Reply(200, order.world.faults.describe())


def add_fault(order):
    return Reply(200, asdict(order.world.faults.add(order.body)))


def clear_faults(order):
    order.world.faults.clear()
    return Reply(204)


# -- tokens and organisations


def give_token(order):
    """Tokens without a browser: a user, the seed's first if none is named, lets an app work with one organisation."""
    world, body = order.world, _take(order.body, scope=str, tenant_id=str, client_id=str, user=str)
    user = world.user(body["user"]) if body.get("user") else world.user()
    if user is None:
        raise Refused(f"no user has the email address {body['user']!r}")
    app = world.apps.get(body.get("client_id") or world.app.client_id)
    if app is None:
        raise Refused(f"no app has the client_id {body['client_id']!r}")
    asked = scopes.parse(body.get("scope") or " ".join(_usual_scopes(app)))
    if scopes.unknown(asked):
        raise Refused(f"unknown scope: {' '.join(scopes.unknown(asked))}")
    organisation = world.organisation(body.get("tenant_id"))
    # A refresh token is always part of the answer (design of this surface), whether offline_access was named or not.
    asked = list(dict.fromkeys([*asked, "offline_access"]))
    grant = world.grants.consent(app, user, [organisation.tenant_id], asked)
    tokens = world.grants.issue(grant, order.base_url)
    return Reply(200, tokens | {"tenant_id": organisation.tenant_id})


def _usual_scopes(app):
    return app.scopes or [scope for scope in scopes.WORDS if scope not in scopes.BY_APPROVAL]


def list_apps(order):
    return Reply(200, [asdict(app) for app in order.world.apps.values()])


def add_app(order):
    """A further app; `scopes` are those it may ask for, separated by blanks."""
    body = _take(order.body, name=str, strict=bool, tier=str, scopes=str)
    tier, asked = body.get("tier") or "core", scopes.parse(body.get("scopes") or "")
    if not body.get("name") or tier not in seeding.TIERS or scopes.unknown(asked):
        raise Refused(f"an app needs a name, a tier ({', '.join(seeding.TIERS)}) and scopes that exist")
    return Reply(200, asdict(order.world.add_app(body["name"], bool(body.get("strict")), tuple(asked), tier)))


def list_tenants(order):
    return Reply(200, order.world.introduction(order.base_url)["tenants"])


def add_tenant(order):
    """A further organisation; nobody has connected it yet."""
    body = _take(order.body, name=str, country=str, settings=dict)
    if not body.get("name"):
        raise Refused('an organisation needs a name: {"name": "Second Ltd", "country": "NZ"}')
    settings = body.get("settings") or {}
    if not all(isinstance(value, str | bool) and name[:1].isupper() for name, value in settings.items()):
        raise Refused('settings are keys of Organisation with texts, like {"BaseCurrency": "AUD"}')
    made = order.world.add_organisation(body["name"], body.get("country") or "NZ", settings)
    return Reply(200, {"tenant_id": made.tenant_id, "name": made.name, "country": made.country})


def read_state(order):
    """All records of one resource, as Xero writes them; `?tenant_id=` names another organisation than the first."""
    *api, name = order.segments or [""]
    if not name or api not in ([], ["Payroll"]):
        raise Refused("name one resource: /_sim/state/Invoices or /_sim/state/Payroll/Employees")
    organisation = order.world.organisation(order.args.get("tenant_id"))
    try:
        return Reply(200, payroll.dump(organisation, name) if api else organisation.dump(name))
    except KeyError:
        raise Refused(f"there is no resource {name!r}") from None


def act(order):
    """What only Xero's own screens can do."""
    known = PLATFORM_ACTIONS | actions.ACTIONS
    if len(order.segments) != 1 or order.segments[0] not in known:
        raise Refused(f"known actions are {', '.join(sorted(known))}")
    params = dict(order.body)
    organisation = order.world.organisation(params.pop("tenant_id", None))
    action, world = known[order.segments[0]], order.world
    if action is disconnect:
        return Reply(200, disconnect(world, organisation, params))
    emit = partial(_emit, world, organisation, order.base_url)
    return Reply(200, action(organisation, params, world.clock, world.ids, emit))


def _emit(world, organisation, base_url: str, *event: str) -> None:
    world.webhooks.emit(organisation, *event, base_url)


def disconnect(world, organisation, params: dict) -> dict:
    """Take an organisation's connections away on Xero's side; the app is not told."""
    _take(params)
    return {"disconnected": world.grants.disconnect_tenant(organisation.tenant_id)}


PLATFORM_ACTIONS: dict[str, Callable] = {"disconnect": disconnect}


# -- webhooks


HOOK_OPTIONS = {
    "url": str,
    "key": str,
    "automatic": bool,
    "batch": int,
    "duplicates": bool,
    "drop": int,
    "enabled": bool,
}


def webhooks(order):
    hooks, path = order.world.webhooks, tuple(order.segments)
    if path == ("pending",):
        return Reply(200, hooks.pending())
    if path:
        raise Refused("known are webhooks, webhooks/pending and webhooks/deliver")
    return Reply(200, hooks.describe())


def change_webhooks(order):
    order.world.webhooks.change(**_take(order.body, **HOOK_OPTIONS))
    return webhooks(order)


def post_webhooks(order):
    hooks, path = order.world.webhooks, tuple(order.segments)
    known = {("deliver",): hooks.deliver, ("intent-to-receive",): hooks.intent_to_receive}
    if path not in known:
        raise Refused("known are webhooks/deliver and webhooks/intent-to-receive")
    return Reply(200, known[path]())


def discard_webhooks(order):
    order.world.webhooks.discard()
    return Reply(204)


ORDERS: dict[tuple[str, str], Callable[[Order], Reply]] = {
    ("GET", "ready"): ready,
    ("POST", "reset"): reset,
    ("POST", "snapshot"): take_snapshot,
    ("POST", "restore"): restore_snapshot,
    ("POST", "token"): give_token,
    ("GET", "journal"): read_journal,
    ("DELETE", "journal"): clear_journal,
    ("GET", "faults"): list_faults,
    ("POST", "faults"): add_fault,
    ("DELETE", "faults"): clear_faults,
    ("GET", "clock"): read_clock,
    ("POST", "clock"): move_clock,
    ("GET", "limits"): read_limits,
    ("PUT", "limits"): change_limits,
    ("POST", "tenants"): add_tenant,
    ("GET", "apps"): list_apps,
    ("POST", "apps"): add_app,
    ("GET", "state"): read_state,
    ("GET", "tenants"): list_tenants,
    ("GET", "webhooks"): webhooks,
    ("PUT", "webhooks"): change_webhooks,
    ("POST", "webhooks"): post_webhooks,
    ("DELETE", "webhooks"): discard_webhooks,
    ("POST", "actions"): act,
}
