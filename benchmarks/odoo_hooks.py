"""Inside Odoo, for bench_hooks.py: the same work of users with or without the addon. ``env`` and ``args`` are given.

Every simulated request ends as a commit would: flush, precommit hooks, empty cache. Nothing is committed; the caller
runs each round in a process of its own. Two of them take turns, a request each. CPU is that of Odoo and of its
PostgreSQL backend.
"""

# ruff: noqa: F821
import functools
import inspect
import os
import time
from collections import Counter

from odoo import Command, fields

COMPANY = "Benchmark Ltd"
DEAREST = 3  # hooks named for each section
OWN = "odoo.addons.account_xero"  # the addon and its bridges


# === WHAT IS MEASURED WITH === #


def backend_ticks():
    """CPU seconds of this session's PostgreSQL process; 0 where it runs elsewhere."""
    try:
        with open(f"/proc/{BACKEND}/stat") as stat:
            user, system = stat.read().rpartition(")")[2].split()[11:13]
    except OSError:
        return 0.0
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


class HookClock:
    """Seconds and queries spent in the addon's own code, without what it calls by ``super()``."""

    def __init__(self):
        self.seconds, self.queries, self.flushes = Counter(), 0, 0
        self.per_flush = 0
        self._stack, self._since, self._queries_since = [None], time.perf_counter(), env.cr.sql_log_count
        self._seen = (0, 0)

    def install(self):
        for name, model in env.registry.items():
            if name == "xero.outbox" or not model._original_module.startswith("account_xero"):
                self._watch(model)

    def _watch(self, model):
        classes = [cls for cls in model.__mro__ if cls.__module__.startswith("odoo.")]
        for position, cls in enumerate(classes):
            if not cls.__module__.startswith(OWN):
                continue
            for name, function in list(vars(cls).items()):
                if inspect.isfunction(function) and not hasattr(function, "_clocked"):
                    setattr(cls, name, self._clocked(function, own=f"{cls._name}.{name}"))
                self._pause_in_super(classes[position + 1 :], name)

    def _pause_in_super(self, classes, name):
        for cls in classes:
            function = vars(cls).get(name)
            if function is None:
                continue
            if not cls.__module__.startswith(OWN) and inspect.isfunction(function):
                if not hasattr(function, "_clocked"):
                    setattr(cls, name, self._clocked(function, own=None))
                return

    def _clocked(self, function, own):
        counts_flush = function.__name__ == "_write_marks"

        @functools.wraps(function)
        def clocked(*positional, **named):
            self.flushes += counts_flush
            self._pass()
            self._stack.append(own)
            try:
                return function(*positional, **named)
            finally:
                self._pass()
                self._stack.pop()

        clocked._clocked = True
        return clocked

    def _pass(self):
        """The time since the last call or return goes to the hook that runs, if one does."""
        now, queries = time.perf_counter(), env.cr.sql_log_count
        if running := self._stack[-1]:
            self.seconds[running] += now - self._since
            self.queries += queries - self._queries_since
        self._since, self._queries_since = now, queries

    def end_request(self):
        """Keep the highest number of own queries for one flush that any request has seen."""
        queries, flushes = self.queries - self._seen[0], self.flushes - self._seen[1]
        if queries:
            self.per_flush = max(self.per_flush, queries / max(flushes, 1))
        self._seen = (self.queries, self.flushes)

    def figures(self):
        found = {
            "hook_seconds": self.seconds.total(),
            "dearest": self.seconds.most_common(DEAREST),
            "hook_queries": self.queries,
            "flushes": self.flushes,
            "queries_per_flush": self.per_flush,
        }
        self.seconds, self.queries, self.flushes, self.per_flush, self._seen = Counter(), 0, 0, 0, (0, 0)
        return found


class Turns:
    """A request here, then one on the other side; ``mine`` and ``other`` are named pipes, one byte is a turn."""

    ALONE = b"!"

    def __init__(self, mine, other):
        self._mine, self._other = (os.open(path, os.O_RDWR) for path in (mine, other))
        self._alone = False

    def wait(self):
        self._alone = self._alone or os.read(self._mine, 1) == self.ALONE

    def pass_on(self):
        os.write(self._other, b".")
        self.wait()


def end_request():
    """What a commit does, but for the commit."""
    env.cr.flush()
    env.cr.clear()
    env.cr.postcommit.clear()
    if CLOCK:
        CLOCK.end_request()
    if TURNS:
        TURNS.pass_on()


# === THE WORK === #


def company():
    """A company of New Zealand with its chart of accounts, and a warehouse."""
    made = env["res.company"].create({"name": COMPANY, "country_id": env.ref("base.nz").id})
    env.user.write({"company_ids": [Command.link(made.id)], "company_id": made.id})
    env["account.chart.template"].try_loading("nz", company=made, install_demo=False)
    if not env["stock.warehouse"].search_count([("company_id", "=", made.id)]):
        env["stock.warehouse"].create({"name": "Store", "code": "ST", "company_id": made.id})
    return made


def slices(total, step):
    return [range(start, min(start + step, total)) for start in range(0, total, step)]


def load(model, columns, rows):
    answer = own[model].load(columns, rows)
    assert answer["ids"], answer["messages"][:3]


def import_partners(number):
    for part in slices(number, 1000):
        rows = [
            [f"Imported {n:05}", f"p{n}@example.com", f"+64 4 {n:07}", f"{n} High Street", "Wellington", "6011"]
            for n in part
        ]
        load("res.partner", ["name", "email", "phone", "street", "city", "zip"], rows)
        end_request()


def import_products(number):
    for part in slices(number, 1000):
        rows = [[f"Imported product {n:05}", f"IMP{n:05}", str(10 + n % 90), "5"] for n in part]
        load("product.template", ["name", "default_code", "list_price", "standard_price"], rows)
        end_request()


def invoice(partner_ids, product_ids, number):
    lines = [
        {"product_id": product_ids[(number + n) % len(product_ids)], "quantity": 1 + n, "price_unit": 9.95 + n}
        for n in range(5)
    ]
    return {
        "move_type": "out_invoice",
        "partner_id": partner_ids[number % len(partner_ids)],
        "invoice_date": fields.Date.today(),
        "invoice_line_ids": [Command.create(line) for line in lines],
    }


def bill_customers(number):
    """Create in batches of 50; post half in batches of 50 and half one request each."""
    partner_ids, product_ids = KNOWN["partner_ids"], KNOWN["product_ids"]
    created = []
    for part in slices(number, 50):
        created += own["account.move"].create([invoice(partner_ids, product_ids, n) for n in part]).ids
        end_request()
    half = len(created) // 2
    steps = [created[part.start : part.stop] for part in slices(half, 50)] + [[id_] for id_ in created[half:]]
    for ids in steps:
        own["account.move"].browse(ids).action_post()
        end_request()
    KNOWN["invoice_ids"] = created


def receive_payments(number):
    for id_ in KNOWN["invoice_ids"][:number]:
        wizard = own["account.payment.register"].with_context(active_model="account.move", active_ids=[id_])
        wizard.create({"payment_date": fields.Date.today()})._create_payments()
        end_request()


def move_stock(number):
    """Receipts of ten moves each."""
    warehouse = own["stock.warehouse"].search([("company_id", "=", own.company.id)], limit=1)
    product_ids, operation = KNOWN["stored_ids"], warehouse.in_type_id
    for part in slices(number, 10):
        receipt = own["stock.picking"].create(
            {
                "picking_type_id": operation.id,
                "location_id": own.ref("stock.stock_location_suppliers").id,
                "location_dest_id": operation.default_location_dest_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product_ids[n % len(product_ids)],
                            "product_uom_qty": 5,
                            "price_unit": 5,
                            "location_id": own.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": operation.default_location_dest_id.id,
                        }
                    )
                    for n in part
                ],
            }
        )
        receipt.action_confirm()
        for move in receipt.move_ids:
            move.quantity, move.picked = 5, True
        receipt.button_validate()
        end_request()


def edit(values, number):
    for n in range(number):
        partner = own["res.partner"].browse(KNOWN["partner_ids"][n % len(KNOWN["partner_ids"])])
        partner.write({name: f"{value} {n}" for name, value in values.items()})
        end_request()
    own["res.partner"].browse(KNOWN["partner_ids"]).write(values)
    end_request()


SECTIONS = {
    "partners": (import_partners, 5000),
    "products": (import_products, 2000),
    "invoices": (bill_customers, 1000),
    "payments": (receive_payments, 200),
    "stock moves": (move_stock, 500),
    # Beside the bar: what linked contacts cost, and what must cost nothing.
    "linked contacts": (lambda number: edit({"phone": "+64 9 555"}, number), 200),
    "unwatched changes": (lambda number: edit({"comment": "Called"}, number), 200),
}


def measured(work):
    queries = env.cr.sql_log_count
    backend, cpu, clock = backend_ticks(), time.process_time(), time.perf_counter()
    work()
    seconds = time.perf_counter() - clock
    return {
        "seconds": seconds,
        "cpu": time.process_time() - cpu,
        "backend": backend_ticks() - backend,
        "queries": env.cr.sql_log_count - queries,
        **(CLOCK.figures() if CLOCK else {}),
    }


# === THE ACTIONS === #


def prepare():
    """The company with what the work needs; connected, its contacts and products linked, where the addon is there."""
    made = company()
    mine = env(context={**env.context, "allowed_company_ids": made.ids})
    partners = mine["res.partner"].create([{"name": f"Customer {n:03}"} for n in range(50)])
    products = mine["product.product"].create(
        [{"name": f"Product {n:03}", "default_code": f"P{n:03}", "lst_price": 10 + n} for n in range(40)]
    )
    products[:20].write({"is_storable": True})
    if args.get("tokens"):
        connect(mine, made)
        link(partners, "Contacts")
        link(products, "Items")
    env.cr.commit()
    return {"partner_ids": partners.ids, "product_ids": products.ids, "stored_ids": products[:20].ids}


def connect(mine, made):
    from odoo.addons.account_xero.xero_api import oauth

    connection = mine["xero.connection"].create({"company_id": made.id, "environment": "simulator"})
    tokens = oauth.TokenSet(**args["tokens"], id_token=None)
    remotes = oauth.list_connections(connection._endpoints(), tokens.access_token)
    connection._accept_consent(tokens, next(r for r in remotes if r["tenantId"] == args["tenant_id"]))


def link(records, resource):
    connection = env["xero.connection"].search([("state", "=", "connected")])
    rows = [{"model": r._name, "res_id": r.id, "resource": resource, "external_id": f"x{r.id}"} for r in records]
    env["xero.binding"].sudo()._record_many(connection, rows)


def analyse():
    """As autovacuum does beside users; on tables it takes for empty PostgreSQL joins every line with every other.

    By name: without one the shared catalogues are locked too, and the other side waits for them.
    """
    env.cr.execute("SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public'")
    env.cr.execute("ANALYZE " + env.cr.fetchone()[0])


def measure():
    """One round; ``args``: known (the answer of prepare), size, clock, turns (two pipes)."""
    figures = {}
    if TURNS:
        TURNS.wait()
    for name, (work, number) in SECTIONS.items():
        figures[name] = measured(lambda work=work, number=number: work(max(10, round(number * args["size"]))))
        analyse()
    marks = env["xero.outbox"].search_count([]) if "xero.outbox" in env else 0
    env.cr.rollback()
    return {"sections": figures, "marks": marks}


own, KNOWN, CLOCK, TURNS, BACKEND = env, args.get("known"), None, None, 0
if args["action"] == "measure":
    found = env["res.company"].search([("name", "=", COMPANY)])
    own = env(context={**env.context, "allowed_company_ids": found.ids})
    env.cr.execute("SELECT pg_backend_pid()")
    [BACKEND] = env.cr.fetchone()
    if "xero.connection" in env:
        env["xero.connection"]._any_active()  # in the cache of every running server
        env["xero.connection"]._settings_on()
        env["xero.binding"]._kinds_linked()
    if args.get("turns"):
        TURNS = Turns(*args["turns"])
    if args.get("clock"):
        CLOCK = HookClock()
        CLOCK.install()
result = globals()[args["action"]]()
