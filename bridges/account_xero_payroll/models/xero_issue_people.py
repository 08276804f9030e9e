from odoo import api, models

from odoo.addons.account_xero import messages

#: Models whose records are about one person → what messages call the record.
ABOUT_PEOPLE = {"hr.employee": "name", "hr.leave": "leave", "xero.timekeeper": "name", "xero.timesheet": "sheet"}
#: Values of messages in which a person's name or address may stand.
NAMES = {"name", "leave", "sheet", "contact", "number", "email"}


class XeroIssue(models.Model):
    """Problems of people name nobody where they are stored: whose they are is read when they are shown."""

    _inherit = "xero.issue"

    @api.model
    def _raise_many(self, connection, problems):
        return super()._raise_many(connection, [_unnamed(problem) for problem in problems])

    @api.depends("model", "res_id")
    def _compute_text(self):
        super()._compute_text()
        for issue in self.filtered(lambda issue: issue.model in ABOUT_PEOPLE):
            named = dict.fromkeys((ABOUT_PEOPLE[issue.model], "name", "contact"), issue.record_name)
            issue.text, issue.advice = messages.render(self.env, issue.code, {**(issue.values or {}), **named})


def _unnamed(problem):
    if problem["model"] not in ABOUT_PEOPLE:
        return problem
    values = {name: value for name, value in (problem.get("values") or {}).items() if name not in NAMES}
    return {**problem, "values": values}
