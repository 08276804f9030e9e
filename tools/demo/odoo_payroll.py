"""A month at work in Odoo's Australian demo company. Runs in Odoo's shell, which gives ``env`` and ``args``."""

# ruff: noqa: F821
from odoo.addons.account_xero_payroll.tests.payroll_month import Month

COMPANY = env["res.company"].search([("name", "=", args["company"])], limit=1)
ENV = env(context={**env.context, "allowed_company_ids": COMPANY.ids, "tracking_disable": True})
CONNECTION = ENV["xero.connection"].search([("company_id", "=", COMPANY.id)], limit=1)
MONTH = Month(ENV, CONNECTION, args["people"])


def hire():
    """Employees in Odoo, before anybody knows of Xero; and the tick that asks for the payroll."""
    MONTH.hire()
    CONNECTION.allow_payroll = True


def work():
    MONTH.assign()
    return MONTH.work()


def again():
    return MONTH.touch()


def figures():
    return MONTH.figures()


result = globals()[args["action"]]()
env.cr.commit()
