"""Inside Odoo, for bench_scale.py: fill the tables, and measure a batch, the lists and the worker's memory.

Xero is a stand-in within this process that takes whatever it is sent, so that what is measured is ours: claim, plan,
build, store, apply and record, with all their commits. ``env`` and ``args`` are given.
"""

# ruff: noqa: F821
import os
import resource
import statistics
import time
import uuid
from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL

COMPANY = "Benchmark Ltd"
BATCH, PAGE, COUNT_LIMIT = 50, 80, 10001
# What a million links are links of.
SHARES = {"res.partner": 0.1, "account.move": 0.6, "account.partial.reconcile": 0.25, "product.product": 0.05}
RESOURCES = {
    "res.partner": "Contacts",
    "account.move": "Invoices",
    "account.partial.reconcile": "Payments",
    "product.product": "Items",
}


# === FILL === #


def prepare():
    """A connected company, a user who may see the lists, and contacts: half of them linked later, half waiting."""
    from odoo.addons.account_xero.xero_api import oauth

    company = env["res.company"].create({"name": COMPANY, "country_id": env.ref("base.nz").id})
    env.user.write({"company_ids": [Command.link(company.id)]})
    env["account.chart.template"].try_loading("nz", company=company, install_demo=False)
    groups = ["base.group_user", "base.group_partner_manager", "account_xero.group_xero_user"]
    user = env["res.users"].create(
        {
            "name": "Reader",
            "login": "reader",
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
            "group_ids": [Command.set([env.ref(name).id for name in groups])],
        }
    )
    connection = env["xero.connection"].create({"company_id": company.id, "environment": "simulator"})
    tokens = oauth.TokenSet(**args["tokens"], id_token=None)
    remotes = oauth.list_connections(connection._endpoints(), tokens.access_token)
    connection._accept_consent(tokens, next(r for r in remotes if r["tenantId"] == args["tenant_id"]))
    first = make_partners(args["linked"] + args["waiting"])
    env.cr.commit()
    return {"company": company.id, "user": user.id, "connection": connection.id, "first": first}


def make_partners(number):
    [[first]] = run(SQL("SELECT max(id) + 1 FROM res_partner"))
    run(
        SQL(
            """INSERT INTO res_partner (id, name, complete_name, active, type, commercial_partner_id, autopost_bills,
                                        group_rfq, group_on, email, create_date, write_date)
               SELECT n, 'Contact ' || n, 'Contact ' || n, true, 'contact', n, 'ask', 'default', 'default',
                      'c' || n || '@example.com', now(), now()
                 FROM generate_series(%s, %s) AS n RETURNING id""",
            first,
            first + number - 1,
        )
    )
    run(SQL("SELECT setval('res_partner_id_seq', %s)", first + number))
    run(SQL("UPDATE res_partner p SET complete_name = name WHERE complete_name IS NULL RETURNING id"))
    return first


def run(query):
    return env.execute_query(query)


def clear():
    """Tables as a new connection has them."""
    env.cr.execute("TRUNCATE xero_history, xero_binding, xero_outbox, xero_request, xero_issue CASCADE")


def fill(history, bindings, waiting):
    """Rows of the past and of the queue. One page of links is of today; the others are spread over two years."""
    clear()
    connection, first = args["known"]["connection"], args["known"]["first"]
    for model, share in SHARES.items():
        count = min(args["linked"], round(bindings * share)) if model == "res.partner" else round(bindings * share)
        insert_bindings(connection, model, first if model == "res.partner" else 10_000_000, count)
    insert_history(connection, first, history)
    insert_waiting(connection, first + args["linked"], waiting)
    env.cr.commit()


def insert_bindings(connection, model, first, count):
    run(
        SQL(
            """INSERT INTO xero_binding (connection_id, model, res_id, resource, external_id, code, natural_key, state,
                                         origin, last_export_date, content_hash, create_date, write_date)
               SELECT %(connection)s, %(model)s, %(first)s + n, %(resource)s, gen_random_uuid(), 'C' || n,
                      %(model)s || n, 'synced', 'odoo',
                      CASE WHEN n < %(page)s THEN now() ELSE now() - n * interval '10 minutes' END, md5(n::text),
                      now(), now()
                 FROM generate_series(0, %(count)s - 1) AS n RETURNING 1""",
            connection=connection,
            model=model,
            first=first,
            resource=RESOURCES[model],
            page=PAGE,
            count=count,
        )
    )


def insert_history(connection, first, count):
    run(
        SQL(
            """INSERT INTO xero_history (connection_id, model, res_id, record_name, resource, external_id, direction,
                                         action, create_date, write_date, create_uid, write_uid)
               SELECT %s, 'res.partner', %s + mod(n, %s), 'Contact ' || n, 'Contacts', gen_random_uuid(), 'out',
                      'updated', now() - n * interval '1 minute', now(), 1, 1
                 FROM generate_series(1, %s) AS n RETURNING 1""",
            connection,
            first,
            args["linked"],
            count,
        )
    )


def insert_waiting(connection, first, count):
    run(
        SQL(
            """INSERT INTO xero_outbox (connection_id, model, res_id, create_date, write_date, create_uid, write_uid)
               SELECT %s, 'res.partner', %s + n, now(), now(), 1, 1 FROM generate_series(0, %s - 1) AS n
               RETURNING 1""",
            connection,
            first,
            count,
        )
    )


# === A XERO WITHIN THIS PROCESS === #


class StandIn:
    """A client whose calls all succeed at once; ends a run after so many."""

    access_token = "stand-in"
    calls = 0
    allowed = 0

    def put(self, path, body, key, params=None):
        from odoo.addons.account_xero.xero_api.answers import Answer, Element, Remaining

        StandIn.calls += 1
        [(resource, records)] = body.items()
        data = [{**record, "ContactID": record.get("ContactID") or str(uuid.uuid4())} for record in records]
        elements = [Element(ok=True, data=record) for record in data]
        return Answer(200, {resource: data}, elements, Remaining(), None, 1, sent_at=time.time())

    post = put

    def close(self):
        pass


def stand_in():
    """Put the stand-in in Xero's place, and let its minute last a second: waiting is not what is measured."""
    from odoo.addons.account_xero.engine import deadline
    from odoo.addons.account_xero.xero_api import ratelimit

    connection = env.registry["xero.connection"]
    connection._access_token = lambda self, refused=None: StandIn.access_token
    connection._make_client = lambda self, token, **_hooks: StandIn()
    ratelimit.WINDOW, ratelimit.MINUTE_LIMIT = 1.0, 1_000_000
    deadline.Deadline.left = lambda self: 0 if StandIn.calls >= StandIn.allowed else float("inf")


def export(batches):
    """Run the exporter for so many calls; returns CPU seconds of Odoo and PostgreSQL, and seconds."""
    connection = env["xero.connection"].browse(args["known"]["connection"])
    StandIn.calls, StandIn.allowed = 0, batches
    env.invalidate_all()
    backend, cpu, clock = backend_seconds(), time.process_time(), time.perf_counter()
    env["xero.exporter"]._run(connection)
    env.cr.commit()
    seconds = time.perf_counter() - clock
    assert StandIn.calls >= batches, f"{StandIn.calls} calls of {batches}"
    return time.process_time() - cpu + backend_seconds() - backend, seconds


def backend_seconds():
    """CPU seconds of this session's PostgreSQL process; 0 where it runs elsewhere."""
    env.cr.execute("SELECT pg_backend_pid()")
    try:
        with open(f"/proc/{env.cr.fetchone()[0]}/stat") as stat:
            user, system = stat.read().rpartition(")")[2].split()[11:13]
    except OSError:
        return 0.0
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


# === MEASURE === #


def batch_ms(rounds, batches, refill):
    """Milliseconds of CPU and of time a batch, medians of the rounds."""
    stand_in()
    measured = []
    for _n in range(rounds):
        refill()
        env.cr.commit()
        measured.append(export(batches))
    return {
        "cpu": 1000 * statistics.median(cpu for cpu, _seconds in measured) / batches,
        "seconds": 1000 * statistics.median(seconds for _cpu, seconds in measured) / batches,
    }


LISTS = {
    "queue": ("xero.outbox", [], "", ["record_name", "kind", "state", "issue_id", "create_date"]),
    "history": (
        "xero.history",
        [],
        "",
        ["create_date", "record_name", "kind", "direction", "action", "resource", "note"],
    ),
    "partners": (
        "res.partner",
        [("xero_last_export_date", ">=", "%(week_ago)s")],
        "xero_last_export_date DESC",
        ["complete_name", "email", "phone", "country_id", "xero_state", "xero_code", "xero_last_export_date"],
    ),
}


def list_ms(name, times=40):
    """Milliseconds of CPU (Odoo's and PostgreSQL's) for the first page of a list as its user reads it: records, names
    and count."""
    model, domain, order, names = LISTS[name]
    week_ago = fields.Datetime.to_string(fields.Datetime.now() - timedelta(days=7))
    domain = [(left, operator, right % {"week_ago": week_ago}) for left, operator, right in domain]
    reader = env["res.users"].browse(args["known"]["user"])
    records = env[model].with_user(reader).with_context(allowed_company_ids=[args["known"]["company"]])
    specification = {field: {} for field in names if field in records._fields}

    def read():
        env.invalidate_all()
        answer = records.web_search_read(domain, specification, limit=PAGE, order=order, count_limit=COUNT_LIMIT)
        assert len(answer["records"]) == PAGE, f"{name}: {len(answer['records'])} records"

    for _n in range(3):
        read()
    before = backend_seconds() + time.process_time()
    for _n in range(times):
        read()
    return 1000 * (backend_seconds() + time.process_time() - before) / times


def arrange():
    """Tables as ``args`` say: empty (but for one page in the lists) or full."""
    if args["full"]:
        fill(args["history"], args["bindings"], args["waiting"])
    else:
        fill(PAGE, PAGE / SHARES["res.partner"], PAGE)


def measure():
    """Batches and lists, in tables that were arranged."""
    full = args["full"]
    figures = {name: {"cpu": list_ms(name)} for name in LISTS}
    window = args["batches"] * BATCH
    connection, first = args["known"]["connection"], args["known"]["first"] + args["linked"]

    def refill():
        clear()
        insert_waiting(connection, first, window)

    figures["batch"] = batch_ms(args["rounds"], args["batches"], (lambda: None) if full else refill)
    return figures


def memory():
    """Megabytes by which the worker grows over ``args["documents"]`` contacts, after it has warmed up."""
    stand_in()
    connection, first = args["known"]["connection"], args["known"]["first"] + args["linked"]
    env.cr.execute("TRUNCATE xero_outbox")
    # Those that a round has linked go once more, as changed ones.
    env.cr.execute("UPDATE xero_binding SET content_hash = NULL WHERE model = 'res.partner' AND res_id >= %s", [first])
    insert_waiting(connection, first, args["waiting"])
    env.cr.commit()
    export(args["batches"])
    before = resident()
    done, steps = 0, []
    while done < args["documents"]:
        export(min(args["step"], -(-(args["documents"] - done) // BATCH)))
        done += args["step"] * BATCH
        steps.append(round(resident() - before, 1))
    return {"before": before, "growth": steps[-1], "steps": steps, "documents": done, "peak": peak()}


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


result = globals()[args["action"]]()
