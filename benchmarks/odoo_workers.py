"""Inside Odoo, for bench_workers.py: companies with work that waits, and at the end what became of it. ``env`` and
``args`` are given.
"""

# ruff: noqa: F821
from odoo import Command, fields

from odoo.addons.account_xero.xero_api import oauth

DOCUMENTS_A_BATCH = 50


def company(number):
    """A company of New Zealand with its chart of accounts, which the administrator may open."""
    made = env["res.company"].create({"name": f"Works {number:02} Ltd", "country_id": env.ref("base.nz").id})
    (env.user | env.ref("base.user_admin")).write({"company_ids": [Command.link(made.id)]})
    env["account.chart.template"].try_loading("nz", company=made, install_demo=False)
    return made


def connect(own, organisation):
    """A connection as the consent leaves it."""
    connection = own["xero.connection"].create({"company_id": own.company.id, "environment": "simulator"})
    tokens = oauth.TokenSet(**organisation["tokens"], id_token=None)
    remotes = oauth.list_connections(connection._endpoints(), tokens.access_token)
    connection._accept_consent(tokens, next(r for r in remotes if r["tenantId"] == organisation["tenant_id"]))
    return connection


def partners(own, word, count):
    return own["res.partner"].create(
        [{"name": f"{word} {n:04} of {own.company.name}", "company_id": own.company.id} for n in range(count)]
    )


def post(own, people, count):
    """Customer invoices and bills in turn; Xero takes a bill with a known number a second time, and says nothing."""
    for start in range(0, count, DOCUMENTS_A_BATCH):
        batch = range(start, min(start + DOCUMENTS_A_BATCH, count))
        own["account.move"].create([document(people[n % len(people)], n) for n in batch]).action_post()


def document(partner, number):
    is_bill = number % 2
    line = {"name": "Work", "quantity": 1 + number % 3, "price_unit": 10 + number * 0.37}
    return {
        "move_type": "in_invoice" if is_bill else "out_invoice",
        "partner_id": partner.id,
        "invoice_date": fields.Date.today(),
        "ref": f"B{number:04}" if is_bill else False,
        "invoice_line_ids": [Command.create(line)],
    }


def prepare():
    """Connect a company to each organisation, and let documents wait; in the first one many contacts, too."""
    made = []
    for number, organisation in enumerate(args["organisations"]):
        own = env(context={**env.context, "allowed_company_ids": company(number).ids, "tracking_disable": True})
        connection = connect(own, organisation)
        post(own, partners(own, "Client", args["customers"]), args["documents"])
        if not number:
            partners(own, "Address", args["heavy"]).action_xero_export()
        env.cr.commit()
        made.append({"connection": connection.id, "company": own.company.id, "tenant_id": connection.tenant_id})
    return made


def look():
    """What each connection is like, and ``[link, total]`` of its documents and ``[link]`` of its contacts."""
    return [one(connection) for connection in env["xero.connection"].search([], order="id")]


def one(connection):
    here = [("connection_id", "=", connection.id)]
    links = {
        (link.model, link.res_id): link.external_id
        for link in env["xero.binding"].search([*here, ("external_id", "!=", False), ("state", "!=", "deleted")])
    }
    own = [("company_id", "=", connection.company_id.id)]
    moves = env["account.move"].search([*own, ("state", "=", "posted")])
    people = env["res.partner"].search(own)
    return {
        "connection": connection.id,
        "tenant_id": connection.tenant_id,
        "state": connection.state,
        # A call in doubt is told of after 10 minutes by the moved clock; what was settled since is no issue any more.
        "issues": [
            f"{issue.code}: {issue.raw or issue.text}"
            for issue in env["xero.issue"].search([*here, ("state", "=", "open")])
        ],
        "documents": [[links.get((move._name, move.id)), move.amount_total] for move in moves],
        "contacts": [links.get((person._name, person.id)) for person in people],
    }


result = globals()[args["action"]]()
