"""Inside Odoo, for the benchmark of timesheets: a pay office by chance. ``env`` and ``args`` are given."""

# ruff: noqa: F821
from odoo import Command

from odoo.addons.account_xero.simulator.steering import Steering
from odoo.addons.account_xero.tests import money_steps
from odoo.addons.account_xero.xero_api import oauth
from odoo.addons.account_xero_payroll.tests.timesheet_steps import PayOffice

RUNS = 20


def company():
    """A company in Australia; payroll needs no chart of accounts."""
    australia = env.ref("base.au")
    values = {"name": f"Pay Office {args['rounding']}", "country_id": australia.id}
    made = env["res.company"].create({**values, "currency_id": env.ref("base.AUD").id})
    (env.user | env.ref("base.user_admin")).write({"company_ids": [Command.link(made.id)]})
    return made


def connect(own, company_):
    """A connection as the consent leaves it, with the payroll read; an earlier one ends."""
    env["xero.connection"].search([]).active = False
    connection = own["xero.connection"].create(
        {
            "company_id": company_.id,
            "environment": "simulator",
            "sync_from_date": "2026-01-01",
            "allow_payroll": True,
            "timesheet_rounding": args["rounding"],
        }
    )
    tokens = oauth.TokenSet(**args["tokens"], id_token=None)
    remotes = oauth.list_connections(connection._endpoints(), tokens.access_token)
    connection._accept_consent(tokens, next(one for one in remotes if one["tenantId"] == args["tenant_id"]))
    own.cr.commit()
    return connection


def walk():
    """Steps by chance, and what differs after each whole sync."""
    made = company()
    own = env(context={**env.context, "allowed_company_ids": made.ids, "tracking_disable": True})
    connection, xero = connect(own, made.with_env(own)), Steering(args["url"])

    def import_(resources):
        """Reads what is due, and these; the walk takes minutes, so that nothing else falls due."""
        own.cr.commit()
        for resource in resources:
            connection._request_reading(resource)
        own.cr.commit()
        connection._run_import()
        own.cr.commit()

    def export():
        """Runs until the queue is empty, as the worker's wake-ups do; one run ends where its time is up."""
        own.cr.commit()
        for _run in range(RUNS):
            connection._run_export()
            own.cr.commit()
            if not own["xero.outbox"].search_count([*mine, ("issue_id", "=", False)], limit=1):
                return

    mine = [("connection_id", "=", connection.id)]
    with money_steps.unhurried(xero):
        import_(["Employees", "PayRuns"])
        office = PayOffice(own, connection, xero, export, import_, seed=args["seed"])
        different = office.run(args["steps"])
    sheets = own["xero.timesheet"].search(mine)
    return {
        "asked": args["steps"],
        "made": dict(office.made),
        "people": len(office.people),
        "calendars": len(office.calendars),
        "sheets": len(sheets),
        "closed": len(sheets.filtered(lambda sheet: sheet.remote_state != "draft")),
        "late": office.late,
        "calls": own["xero.request"].search_count([*mine, ("method", "!=", "GET")]),
        "syncs": office.syncs,
        "compared": office.compared,
        "different": different,
    }


result = globals()[args["action"]]()
