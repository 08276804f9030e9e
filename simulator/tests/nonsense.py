"""Nonsense for the simulator, and a caller that notices what it does: shared by the tests of bad input."""

import hashlib
import json
import random
from urllib.parse import quote, urlencode

from werkzeug.test import Client, EnvironBuilder

from simulator import packing
from simulator.accounting import contract
from simulator.accounting.registry import SPECS
from simulator.app import XeroApp
from simulator.world import World

#: What an answer to nonsense may be; 501 is said of what Xero has and the simulator has not.
EXPECTED = frozenset({200, 204, 400, 401, 403, 404, 405, 412, 413, 501})
#: Statuses after which nothing of an organisation may have changed.
REFUSED = EXPECTED - {200, 204}
NOWHERE = "00000000-0000-0000-0000-000000000000"
TEXTS = (
    *("", " ", "'", '"', "\0", "null", "NaN", "Infinity", "-0", "1e999", "9" * 400, "0x10", "٣", "½", "true", "²"),
    *("../../etc/passwd", "<script>alert(1)</script>", "'; drop table invoices; --", "{{7*7}}", "%s%n", "\U0001f600"),
    *(NOWHERE, "2026-02-30", "0000-00-00", "9999-12-31", "0001-01-01", "31/12/2026", "2026-06-10", "2026-01-01"),
    *("/Date(99999999999999999)/", "/Date(-99999999999999)/", "/Date(x)/", "2026-01-01T25:00:00", "2026-06-10 00:00"),
    *(
        "/Date(253402300799000)/",
        "/Date(-62135596800000)/",
        "9999-12-31T23:59:59.9999999Z",
        "2026-06-10T00:00:00+99:99",
    ),
    *("\u202eevil", "a" * 5000, "ﬀ", "ı", "İ", "ß", "\r\nSet-Cookie: x=1", "ACCREC", "AUTHORISED", "VOIDED", "DELETED"),
    *(
        "DRAFT",
        "PAID",
        "ARCHIVED",
        "ACTIVE",
        "Inclusive",
        "EUR",
        "AUD",
        "XXX",
        "INPUT2",
        "OUTPUT2",
        "090",
        "200",
        "630",
    ),
    *(
        "\ud800",
        "\udfff\ud800",
        "e\u0301",
        "\ufeff",
        "\x1f",
        "\x7f",
        "\u2028",
        "[]",
        "{}",
        "a,b,,c",
        "*",
        "%",
        "_",
        "\\",
    ),
)
NUMBERS = (
    *(0, -1, 1, 0.005, 0.004999, 1e15, 1e14, -1e14, 10**30, 10**400, 2**63, -(2**63), 0.1 + 0.2, 1e-320, -0.0, 5e-5),
    *(999999999999.99, 9999999999.99, 10000000000, 99999.99999, float("nan"), float("inf"), -float("inf"), 0.33333333),
)
SHAPES = (None, True, False, [], {}, [[]], [None], [{}], {"a": {}}, [1], ["x"], {"": ""}, {"ContactID": 1}, [[[[[1]]]]])


class Caller:
    """Calls the whole application, without a socket in between."""

    def __init__(self, seed="demo-nz", tenant=0):
        self.world = World(seed)
        self.client = Client(XeroApp(self.world))
        self.world.limits.settings.change({"minute": 10**9, "day": 10**9, "starter_day": 10**9, "app_minute": 10**9})
        self.organisation = list(self.world.organisations.values())[tenant]
        tokens = self.client.post("/_sim/token", json={"tenant_id": self.organisation.tenant_id}).json
        self.headers = {"Authorization": f"Bearer {tokens['access_token']}", "Xero-Tenant-Id": tokens["tenant_id"]}

    def call(self, method, path, query=None, body=b"", headers=None):
        """The answer to one call; `path` is not quoted yet."""
        sent = self.headers | {"Accept": "application/json", "Content-Type": "application/json"} | (headers or {})
        # A lone surrogate has no place in an address.
        target = quote(path.encode("utf-8", "replace"))
        asked = urlencode(query or {}, errors="replace")
        builder = EnvironBuilder(path=target, method=method, query_string=asked, data=body, headers=sent)
        return self.client.open(builder)

    def write(self, method, path, value, query=None):
        return self.call(method, f"/api.xro/2.0/{path}", query, written(value))

    def holds(self) -> str:
        """A digest of all that the organisations know."""
        return digest(self.world)


def written(value) -> bytes:
    """JSON as careless clients write it: with NaN, Infinity and lone surrogates."""
    return json.dumps(value, default=str).encode("utf-8", "replace")


def digest(world) -> str:
    found = hashlib.sha256(str(world.webhooks.dump()["next"]).encode())
    for organisation in world.organisations.values():
        found.update(packing.dumps(organisation.facts()).encode("utf-8", "replace"))
        for name, table in organisation.store.tables.items():
            rows = sorted(packing.dumps(row) for row in table)
            found.update(f"{name}{rows}".encode("utf-8", "replace"))
    return found.hexdigest()


def indexes_are_right(world) -> None:
    """What is found by an index or in list order is what the rows say, also after all that was undone."""
    for organisation in world.organisations.values():
        for table in organisation.store.tables.values():
            expected = {name: {} for name in table._indexes}
            for row in table:
                for name, key in table._keys_of(row):
                    expected[name].setdefault(key, set()).add(row[table.id_key].lower())
            held = {name: {key: set(ids) for key, ids in index.items()} for name, index in table._indexes.items()}
            assert held == expected, table.name
            assert table._all == sorted(table.position(row) for row in table), table.name


# --- spoiling ---------------------------------------------------------------------------------------------------------


def value(dice: random.Random, depth: int = 0):
    """Any JSON value, mostly a nasty one."""
    roll = dice.random()
    if roll < 0.45:
        return dice.choice(TEXTS)
    if roll < 0.75:
        return dice.choice(NUMBERS)
    if roll < 0.9 or depth > 3:
        return dice.choice(SHAPES)
    if roll < 0.95:
        return [value(dice, depth + 1) for _ in range(dice.randrange(4))]
    return {dice.choice(TEXTS): value(dice, depth + 1) for _ in range(dice.randrange(4))}


def leaves(body, path=()):
    """Paths of all values within `body`, those that hold others too."""
    if path:
        yield path
    parts = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, part in parts:
        yield from leaves(part, (*path, key))


def spoil(dice: random.Random, body):
    """A copy of `body` with one to three of its values changed, taken out, doubled or exchanged."""
    body = json.loads(json.dumps(body, default=str))
    for _ in range(dice.choice((1, 1, 2, 2, 3))):
        places = list(leaves(body))
        if not places:
            break
        *way, last = dice.choice(places)
        holder = body
        for key in way:
            holder = holder[key]
        _spoil_one(dice, body, holder, last, places)
    return body


def _spoil_one(dice, body, holder, last, places):
    roll = dice.random()
    if roll < 0.7:
        holder[last] = value(dice)
    elif roll < 0.8:
        del holder[last]
    elif roll < 0.9 and isinstance(holder, list):
        holder.append(holder[last])
    else:
        other = body
        for key in dice.choice(places):
            other = other[key]
        holder[last] = json.loads(json.dumps(other))


def of_model(dice: random.Random, model: str, depth: int = 0) -> dict:
    """Some fields of a model with values that mostly fit their types."""
    known = list(contract.fields(model).values())
    chosen = dice.sample(known, min(len(known), dice.randrange(1, 6)))
    return {field.key: _fitting(dice, field, depth) for field in chosen}


def _fitting(dice, field, depth):
    if dice.random() < 0.2:
        return value(dice)
    if field.kind in ("model", "list") and (depth > 2 or field.model not in vars(contract.models)):
        return dice.choice((None, {}, []))
    if field.kind == "model":
        return of_model(dice, field.model, depth + 1)
    if field.kind == "list":
        return [of_model(dice, field.model, depth + 1) for _ in range(dice.randrange(3))]
    if field.kind == "enum":
        return dice.choice(sorted(contract.choices(field.model)))
    fitting = {
        "bool": (True, False),
        "int": (0, 1, 7, 31, 40),
        "float": (0, 1, 10, "12.34", 99.999, -5),
        "date": ("2026-06-10", "2026-07-10", "/Date(1780000000000+0000)/"),
    }
    return dice.choice(fitting.get(field.kind, ("Kauri Cafe", "INV-0001", "200", "2026-06-10", NOWHERE, "x")))


def resources():
    return sorted(SPECS)
