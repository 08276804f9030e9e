"""Inside Odoo, for bench_first_load.py: a company with books, and the workers. ``env`` and ``args`` are given.

The workers' runs are those of the scheduled actions, one after the other; who is killed leaves everything to the next.
"""

# ruff: noqa: F821
import os
import random
import signal
import threading
import time
from datetime import timedelta
from pathlib import Path

from odoo import Command, fields

from odoo.addons.account_xero.models.xero_first_load import BUSY
from odoo.addons.account_xero.xero_api import oauth
from odoo.addons.account_xero.xero_api.client import XeroClient

COMPANY = "Benchmark Ltd"
BATCH = 1000
MB = 1024.0


def own_environment():
    company = env["res.company"].search([("name", "=", COMPANY)])
    return company, env(context={**env.context, "allowed_company_ids": company.ids, "tracking_disable": True})


# === BEFORE === #


def prepare():
    """A company with contacts and open invoices, then connected; and what a plain partner costs Odoo."""
    made = env["res.company"].create({"name": COMPANY, "country_id": env.ref("base.nz").id})
    (env.user | env.ref("base.user_admin")).write({"company_ids": [Command.link(made.id)]})
    env["account.chart.template"].try_loading("nz", company=made, install_demo=False)
    _company, own = own_environment()
    plain = plain_partner_cpu(own)
    customers = make_customers(own, args["contacts"])
    make_invoices(own, customers, args["invoices"])
    connect(own, made)
    env.cr.commit()
    return {"plain_partner_cpu": plain}


def plain_partner_cpu(own):
    """CPU seconds that one partner with name and e-mail address costs, made by the thousand; they are archived."""
    values = [{"name": f"Plain {n:05}", "email": f"plain{n}@example.com"} for n in range(BATCH)]
    own["res.partner"].create(values[:50]).active = False  # the first ones warm up
    started = time.process_time()
    partners = own["res.partner"].create(values)
    env.cr.commit()
    cpu = time.process_time() - started
    partners.active = False
    env.cr.commit()
    return cpu / BATCH


def make_customers(own, number):
    ids = []
    for start in range(0, number, BATCH):
        ids += (
            own["res.partner"]
            .create(
                [
                    {"name": f"Customer {n:05}", "email": f"office{n}@customer.example", "customer_rank": 1}
                    for n in range(start, min(start + BATCH, number))
                ]
            )
            .ids
        )
        env.cr.commit()
        env.invalidate_all()
    return ids


def make_invoices(own, customers, number):
    day = fields.Date.today() - timedelta(days=30)
    for start in range(0, number, 100):
        own["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": customers[n % len(customers)],
                    "invoice_date": day,
                    "invoice_line_ids": [Command.create({"name": "Workshop", "price_unit": 9.95 + n % 700})],
                }
                for n in range(start, min(start + 100, number))
            ]
        ).action_post()
        env.cr.commit()
        env.invalidate_all()


def connect(own, company):
    """A connection as the consent leaves it, with every account of Xero's mapped that its invoices stand on."""
    connection = own["xero.connection"].create({"company_id": company.id, "environment": "simulator"})
    tokens = oauth.TokenSet(**args["tokens"], id_token=None)
    remotes = oauth.list_connections(connection._endpoints(), tokens.access_token)
    connection._accept_consent(tokens, next(one for one in remotes if one["tenantId"] == args["tenant_id"]))
    known = own["account.account"].search([("company_ids", "in", company.ids)]).mapped("code")
    theirs = own["xero.account"].search([("connection_id", "=", connection.id), ("account_class", "=", "EXPENSE")])
    own["account.account"].create(
        [
            {"code": account.code, "name": account.name, "account_type": "expense", "company_ids": company.ids}
            for account in theirs
            if account.code and account.code not in known
        ]
    )
    own["xero.account.mapping"]._propose(connection)
    connection._run_import()  # what a new connection reads once


# === THE LOAD === #


def begin():
    """Everything up to the ten, and their approval."""
    _company, own = own_environment()
    connection = own["xero.connection"].search([("state", "=", "connected")])
    load = own["xero.first.load"].create({"connection_id": connection.id})
    before = memory()
    load.action_count()
    ways = {"contacts": "both", "invoices": "both", "bills": "in"}
    for line in load.line_ids:
        line.direction = ways.get(line.kind, "none")
    load.action_next()
    spent = work(connection, load, "matches")
    load.action_price()
    load.action_sample()
    sample = work(connection, load, "approval")
    load.action_approve()
    env.cr.commit()
    return {"spent": [spent, sample], "memory": memory() - before, **told(load)}


def go_on():
    """The workers until the load is through, or until this process is killed."""
    _company, own = own_environment()
    load = own["xero.first.load"].search([], limit=1)
    if args.get("kill_after"):
        kill_after(args["kill_after"], args["chance"])
    before = memory()
    spent = work(load.connection_id, load, "done")
    return {"spent": [spent], "memory": memory() - before, **told(load), **found(own, load)}


def work(connection, load, until):
    """Run the workers in turn; returns ``{what: [CPU seconds, seconds]}``."""
    spent = {}
    stop = [
        timed(spent, "xero.importer", "_read_line", lambda self, run, mapper, line: line.kind),
        timed(spent, "xero.exporter", "_run", lambda *given: "writing"),
        timed(spent, "xero.first.load", "_compare", lambda *given: "comparing"),
    ]
    env.cr.commit()
    try:
        while load.state != until:
            assert load.state in BUSY, f"{load.state} instead of {until}"
            connection._run_import()
            env.cr.commit()
            connection._run_export()
            env.cr.commit()
            env.invalidate_all()
            time.sleep(0.2)
    finally:
        for restore in stop:
            restore()
    return spent


def timed(spent, model, method, name):
    """Add up what a method costs; returns what undoes that."""
    owner = env.registry[model]
    original = getattr(owner, method)

    def measured(self, *given, **named):
        cpu, clock = time.process_time(), time.perf_counter()
        what = name(self, *given, **named)
        try:
            return original(self, *given, **named)
        finally:
            sums = spent.setdefault(what, [0.0, 0.0])
            sums[0] += time.process_time() - cpu
            sums[1] += time.perf_counter() - clock

    setattr(owner, method, measured)
    return lambda: setattr(owner, method, original)


def kill_after(calls, chance):
    """SIGKILL this process shortly after it has made so many calls: before, while, or after the answer is kept."""
    original, made, pause = XeroClient._call, [0], random.Random(chance).uniform(0, 1.5)

    def call(self, *given, **named):
        made[0] += 1
        if made[0] == calls:
            threading.Timer(pause, os.kill, (os.getpid(), signal.SIGKILL)).start()
        return original(self, *given, **named)

    XeroClient._call = call


def memory():
    """MB of this process at its peak so far; not ``ru_maxrss``, which begins with the peak of whoever started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / MB


def told(load):
    stamps = ("approved_at", "promised_at", "finished_at")
    return {name: load[name] and load[name].isoformat() for name in stamps} | {"state": load.state}


def found(own, load):
    """What the load made in Odoo."""
    connection = load.connection_id
    linked = {}
    for resource_ in ("Contacts", "Invoices"):
        domain = [("connection_id", "=", connection.id), ("resource", "=", resource_), ("external_id", "!=", False)]
        bindings = own["xero.binding"].search_fetch(domain, ["external_id", "res_id"])
        linked[resource_] = {
            "links": len(bindings),
            "xero": len(set(bindings.mapped("external_id"))),
            "odoo": len(set(bindings.mapped("res_id"))),
        }
    figures = {f.key: f.difference for f in load.figure_ids if f.compared and f.difference}
    return {
        "linked": linked,
        "partners": own["res.partner"].search_count(
            [("parent_id", "=", False), "|", ("customer_rank", ">", 0), ("supplier_rank", ">", 0)]
        ),
        "moves": own["account.move"].search_count(
            [("company_id", "=", connection.company_id.id), ("move_type", "in", ("out_invoice", "in_invoice"))]
        ),
        "issues": own["xero.issue"].search_count([("state", "=", "open")]),
        "problems": own["xero.issue"].search([("state", "=", "open")], limit=3).mapped("text"),
        "waiting": own["xero.outbox"].search_count([]),
        "differences": figures,
    }


result = globals()[args["action"]]()
