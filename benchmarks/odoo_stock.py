"""Inside Odoo, for the benchmark of stock: a warehouse by chance. ``env`` and ``args`` are given."""

# ruff: noqa: F821
from odoo import Command

from odoo.addons.account_xero.simulator.steering import Steering
from odoo.addons.account_xero.tests import money_steps, stock_steps, stock_value_steps, stock_value_walk
from odoo.addons.account_xero.xero_api import oauth

RUNS = 20


def company(name):
    """A company of New Zealand with its chart of accounts."""
    made = env["res.company"].create({"name": name, "country_id": env.ref("base.nz").id})
    (env.user | env.ref("base.user_admin")).write({"company_ids": [Command.link(made.id)]})
    env["account.chart.template"].try_loading("nz", company=made, install_demo=False)
    return made


def connect(own, company_):
    """A connection as the consent leaves it; an earlier one with the same organisation ends."""
    env["xero.connection"].search([]).active = False
    connection = own["xero.connection"].create({"company_id": company_.id, "environment": "simulator"})
    tokens = oauth.TokenSet(**args["tokens"], id_token=None)
    [remote] = [
        remote
        for remote in oauth.list_connections(connection._endpoints(), tokens.access_token)
        if remote["tenantId"] == args["tenant_id"]
    ]
    connection._accept_consent(tokens, remote)
    own.cr.commit()
    return connection


def untracked():
    """Operations by chance where Xero keeps the value only, and what differs after each sync."""
    own, connection, categories = prepared("Warehouse Ltd")
    return walked(own, connection, categories, stock_value_walk.ValuedWarehouse, "ManualJournals")


def tracked():
    """Operations by chance where Xero counts the stock, and what differs after each sync."""
    own, connection, categories = prepared("Counted Warehouse Ltd")
    mine = [("connection_id", "=", connection.id)]
    accounts = {account.code: account.id for account in own["xero.account"].search(mine)}
    connection.write(
        {
            "stock_mode": "tracked",
            "stock_check_minutes": 0,
            "stock_inventory_account_id": accounts["630"],
            "supplier_payment_account_id": accounts["090"],
            "supplier_refund_account_id": accounts["091"],
        }
    )
    own.cr.commit()
    return walked(own, connection, categories, stock_steps.Warehouse, "CreditNotes")


def prepared(name):
    """``(environment, connection, categories of products)`` of a company with a warehouse of its own."""
    made = company(name)
    own = env(context={**env.context, "allowed_company_ids": made.ids, "tracking_disable": True})
    own_company = made.with_env(own)
    connection = connect(own, own_company)
    own["stock.warehouse"].create({"company_id": made.id, "name": "Warehouse", "code": f"W{made.id}"})
    valuation = stock_value_steps.prepare_odoo(own, own_company)
    stock_value_steps.prepare_xero(connection, valuation)
    return own, connection, [stock_value_steps.category(own, valuation, *kind) for kind in stock_value_steps.CATEGORIES]


def walked(own, connection, categories, kind, written):
    """Walk through the operations in a warehouse of a ``kind``; ``written`` names what the stock is written to."""
    supplier, customer = own["res.partner"].create([{"name": "Warehouse Supplies"}, {"name": "Warehouse Customer"}])
    products = stock_value_steps.goods(own, categories)
    own.cr.commit()

    waiting = [("connection_id", "=", connection.id), ("issue_id", "=", False)]

    def sync():
        """Runs until the queue is empty, as the worker's wake-ups do; one run ends where its time is up."""
        own.cr.commit()
        for _run in range(RUNS):
            connection._run_export()
            own.cr.commit()
            if not own["xero.outbox"].search_count(waiting, limit=1):
                return

    warehouse = kind(own, connection, Steering(args["url"]), sync, supplier, customer, products, seed=args["seed"])
    different, syncs = [], []

    def check():
        syncs.append(1)
        different.extend(warehouse.differences())

    with money_steps.unhurried(warehouse.xero):
        done = warehouse.run(args["steps"], check=check)
    documents = own["xero.stock.document"].search_count([("connection_id", "=", connection.id)])
    calls = own["xero.request"].search_count([("connection_id", "=", connection.id), ("path", "=", written)])
    return {
        "asked": args["steps"],
        "made": dict(done),
        "syncs": len(syncs),
        "documents": documents,
        "journal_calls": calls,
        "different": different,
    }


result = globals()[args["action"]]()
