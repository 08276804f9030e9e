"""Inside Odoo, for the benchmark of webhooks: a connection with a key, and what is stored."""

# ruff: noqa: F821
from odoo import Command

from odoo.addons.account_xero.xero_api import oauth


def connect():
    company = env["res.company"].create({"name": "Benchmark Ltd", "country_id": env.ref("base.nz").id})
    env.user.write({"company_ids": [Command.link(company.id)]})
    env["account.chart.template"].try_loading("nz", company=company, install_demo=False)
    own = env(context={**env.context, "allowed_company_ids": company.ids})
    connection = own["xero.connection"].create({"company_id": company.id, "environment": "simulator"})
    tokens = oauth.TokenSet(**args["tokens"], id_token=None)
    remotes = oauth.list_connections(connection._endpoints(), tokens.access_token)
    remote = next(remote for remote in remotes if remote["tenantId"] == args["tenant_id"])
    connection._accept_consent(tokens, remote)
    connection.webhook_key = args["key"]
    # What is measured is the door; the importer would take the events away meanwhile.
    (connection.export_cron_id | connection.import_cron_id).active = False


if args["action"] == "connect":
    connect()
    env.cr.commit()
env.cr.execute("SELECT count(*) FROM xero_webhook_event")
result = {"stored": env.cr.fetchone()[0]}
