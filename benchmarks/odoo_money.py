"""Inside Odoo, for the benchmark of money: documents by chance, exported. ``env`` and ``args`` are given."""

# ruff: noqa: F821
import random

from odoo import Command

from odoo.addons.account_xero.simulator.steering import Steering
from odoo.addons.account_xero.tests import money_documents, money_steps
from odoo.addons.account_xero.xero_api import oauth

BATCH = 100


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
    return connection


def documents(own_company):
    taxes = {"sale": own_company.account_sale_tax_id, "purchase": own_company.account_purchase_tax_id}
    accounts = own_company.env["account.account"].with_company(own_company)
    mine = [("company_ids", "in", own_company.ids)]
    return money_documents.MoneyDocuments(
        own_company,
        random.Random(20261101),
        taxes,
        {
            "sale": accounts.search([*mine, ("account_type", "=", "income")], limit=1),
            "purchase": accounts.search([*mine, ("account_type", "=", "expense")], limit=1),
        },
    )


def amounts(moves, links):
    """What of a document has to be equal: ``{Xero's id: (name, [currency, net, tax, total, due])}``."""
    return {
        links[move.id].external_id: (
            f"{move.move_type} {move.name}",
            [
                move.currency_id.name,
                *(
                    f"{amount:.2f}"
                    for amount in (move.amount_untaxed, move.amount_tax, move.amount_total, move.amount_residual)
                ),
            ],
        )
        for move in moves
        if move.id in links and links[move.id].external_id
    }


def own_environment(name):
    made = company(name)
    own = env(context={**env.context, "allowed_company_ids": made.ids, "tracking_disable": True})
    return own, made.with_env(own)


def measure():
    own, own_company = own_environment("Money Ltd")
    connection = connect(own, own_company)
    connection._with_client(money_documents.prepare_xero)
    by_chance = documents(own_company)
    connection.action_read_reference_data()
    own.cr.commit()
    moves, ways = own["account.move"], {}
    for number in range(0, args["documents"], BATCH):
        # A company keeps to one way of rounding; here every other hundred is another company's, so to say.
        batch = by_chance.make(BATCH, money_documents.ROUNDING[number // BATCH % 2])
        own.cr.commit()
        own["xero.exporter"]._run(connection)
        own.cr.commit()
        for way, count in money_documents.ways(connection, batch).items():
            ways[way] = ways.get(way, 0) + count
        moves |= batch
    links = own["xero.binding"]._for(connection, moves)
    sent = amounts(moves, links)
    issues = own["xero.issue"].search([("connection_id", "=", connection.id), ("state", "=", "open")])
    return {
        "made": len(moves),
        "held": len(moves) - len(sent),
        "ways": ways,
        "issues": issues.mapped("text"),
        "amounts": sent,
    }


def steps():
    """Steps by chance on both sides, and what does not agree after them."""
    own, own_company = own_environment(f"Steps Ltd ({args['policy']})")
    connection = connect(own, own_company)
    connection.write({"deleted_payments": "undo", "changes_in_xero": "xero", "unallocated_payments": args["policy"]})
    expense = own["account.account"].search(
        [("company_ids", "in", own_company.ids), ("account_type", "=", "expense")], limit=1
    )
    mine = [("connection_id", "=", connection.id)]
    connection.prepayment_account_id = own["xero.account"].search(
        [*mine, ("type", "=", "CURRLIAB"), ("system_account", "=", False)], limit=1
    )
    clearing = own["xero.account"].search([*mine, ("payments_enabled", "=", True), ("type", "!=", "BANK")], limit=1)
    written_off = expense.copy({"name": "Written off"})
    values = {"connection_id": connection.id, "account_id": written_off.id, "xero_account_id": clearing.id}
    own["xero.account.mapping"].create(values)
    own.cr.commit()

    def sync():
        own["xero.exporter"]._run(connection)
        own["xero.importer"]._run(connection)
        own.cr.commit()

    xero = Steering(args["url"])
    partners = own["res.partner"].create([{"name": f"Steps {n}"} for n in range(6)])
    bank = own["account.journal"].search([("company_id", "=", own_company.id), ("type", "=", "bank")], limit=1)
    books = money_steps.Books(
        own, connection, xero, sync, bank, written_off, list(partners[:4]), list(partners[4:]), seed=20261101
    )
    with money_steps.unhurried(xero):
        made = books.run(args["steps"])
        different = books.settle()
    return {"asked": args["steps"], "made": sum(made.values()), "different": different}


result = globals()[args["action"]]()
