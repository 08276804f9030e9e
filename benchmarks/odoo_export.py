"""Inside Odoo, for the benchmarks of export, kill and pace: what they need done. ``env`` and ``args`` are given."""

# ruff: noqa: F821
import os
import signal
import time

from odoo import Command, fields

from odoo.addons.account_xero.xero_api import oauth


def company():
    """A company of New Zealand with its chart of accounts."""
    made = env["res.company"].create({"name": "Benchmark Ltd", "country_id": env.ref("base.nz").id})
    (env.user | env.ref("base.user_admin")).write({"company_ids": [Command.link(made.id)]})
    env["account.chart.template"].try_loading("nz", company=made, install_demo=False)
    return made


def connect(own, company_):
    """A connection as the consent leaves it."""
    connection = own["xero.connection"].create({"company_id": company_.id, "environment": "simulator"})
    tokens = oauth.TokenSet(**args["tokens"], id_token=None)
    [remote, *_others] = [
        remote
        for remote in oauth.list_connections(connection._endpoints(), tokens.access_token)
        if remote["tenantId"] == args["tenant_id"]
    ]
    connection._accept_consent(tokens, remote)
    return connection


def post_invoices(own, number, customers, products):
    """Create and post in batches of 50, as an import would."""
    partners = own["res.partner"].create([{"name": f"Customer {n:04}"} for n in range(customers)])
    items = own["product.product"].create(
        [{"name": f"Product {n:04}", "default_code": f"P{n:04}", "lst_price": 10 + n} for n in range(products)]
    )
    for start in range(0, number, 50):
        batch = own["account.move"].create(
            [invoice(partners[n % customers], items[n % products], n) for n in range(start, min(start + 50, number))]
        )
        batch.action_post()
        env.cr.commit()


def invoice(partner, product, number):
    line = {"product_id": product.id, "quantity": 1 + number % 3, "price_unit": 9.95 + number % 7}
    return {
        "move_type": "out_invoice",
        "partner_id": partner.id,
        "invoice_date": fields.Date.today(),
        "invoice_line_ids": [Command.create(line)],
    }


def measured(work):
    """``(CPU seconds, seconds)`` of a call."""
    cpu, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - clock


def own_environment():
    """The benchmark's company, made on first use."""
    found = env["res.company"].search([("name", "=", "Benchmark Ltd")]) or company()
    return found, env(context={**env.context, "allowed_company_ids": found.ids, "tracking_disable": True})


def die_after(own, resource):
    """Let this process be killed as soon as Xero answered for ``resource``, before the answer is kept."""
    exporter = own.registry["xero.exporter"]
    original = exporter._apply

    def apply(self, connection, mapper, request, reply):
        if mapper._xero_resource == resource:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(self, connection, mapper, request, reply)

    exporter._apply = apply


def figures(own):
    return {
        "linked": own["xero.binding"].search_count([("model", "=", "account.move"), ("external_id", "!=", False)]),
        "issues": own["xero.issue"].search_count([("state", "=", "open")]),
        "waiting": own["xero.outbox"].search_count([]),
        "in_doubt": own["xero.request"].search_count([("state", "in", ("sending", "doubt"))]),
    }


def measure():
    """Post and export, both measured."""
    own_company, own = own_environment()
    connection = connect(own, own_company)
    env.cr.commit()
    posting = measured(lambda: post_invoices(own, args["invoices"], args["customers"], args["products"]))
    if args.get("die_after"):
        die_after(own, args["die_after"])
    export = measured(lambda: own["xero.exporter"]._run(connection))
    env.cr.commit()
    return {
        "posting_cpu": posting[0],
        "posting_seconds": posting[1],
        "export_cpu": export[0],
        "export_seconds": export[1],
        **figures(own),
    }


def queue_partners():
    """Connect on first use, and queue so many new partners; the server's workers take them."""
    own_company, own = own_environment()
    connection = own["xero.connection"].search([("company_id", "=", own_company.id)])
    connection = connection or connect(own, own_company)
    known = own["res.partner"].search_count([])
    partners = own["res.partner"].create([{"name": f"Partner {known + n:06}"} for n in range(args["partners"])])
    partners.action_xero_export()
    env.cr.commit()
    return {"connection": connection.id, "company": own_company.id}


def pass_a_day():
    """Xero's day is over, and so is ours."""
    _own_company, own = own_environment()
    for budget in own["xero.budget"].search([]):
        budget.write({"told_for": budget.told_for - 86400, "retry_at": False, "sent": []})
        budget.connection_id._wake_export()
    env.cr.commit()
    return {}


def resume():
    """What the next worker does."""
    own_company, own = own_environment()
    connection = own["xero.connection"].search([("company_id", "=", own_company.id)])
    if args.get("die_after"):
        die_after(own, args["die_after"])
    own["xero.exporter"]._run(connection)
    env.cr.commit()
    return figures(own)


result = globals()[args["action"]]()
