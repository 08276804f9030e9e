from datetime import timedelta

from odoo import api, models

from odoo.addons.account_xero.xero_api import codec

PAGE = 100  # xero-api.md 4.13: what a page of version 1 holds
DAYS = 30


class XeroFigure(models.Model):
    """Employees and hours of both sides, as totals only: who earns what is not for everybody who reads the books
    (features.md S5-26, 32)."""

    _inherit = "xero.figure"

    @api.model
    def _read(self, connection, client, day):
        read = super()._read(connection, client, day)
        if not connection._has_payroll():
            return {**read, "payroll": None}
        since = day - timedelta(days=DAYS)
        people, sheets = (connection._payroll_mapper(model) for model in ("hr.employee", "xero.timesheet"))
        employees = [people._is_at_work(one) for one in self._payroll_pages(client, people)]
        hours = [
            sheets._hours_in(sheet)
            for sheet in self._payroll_pages(client, sheets)
            if codec.read_date(sheet, "StartDate") >= since
        ]
        return {**read, "payroll": {"employees": employees, "hours": hours, "since": since}}

    def _payroll_pages(self, client, mapper):
        for number in range(1, 10_000):
            elements = mapper._candidates([client.get(mapper._xero_resource, {"page": number})])
            yield from elements
            if len(elements) < PAGE:
                return

    @api.model
    def _least_calls(self, connection):
        return super()._least_calls(connection) + 2 * connection._has_payroll()

    @api.model
    def _compared(self, connection, read, day):
        figures = super()._compared(connection, read, day)
        return [*figures, *(self._of_payroll(connection, read["payroll"]) if read["payroll"] else ())]

    def _of_payroll(self, connection, payroll):
        working = self.env["hr.employee"].search_count([("company_id", "=", connection.company_id.id)])
        sheets = self.env["xero.timesheet"].search(
            [("connection_id", "=", connection.id), ("start_date", ">=", payroll["since"])]
        )
        return [
            {
                "widget": "l_employees",
                "key": "employees",
                "label": self.env._("Employees at work"),
                "unit": "people",
                "odoo_amount": working,
                "xero_amount": sum(payroll["employees"]),
            },
            {
                "widget": "m_hours",
                "key": "hours",
                "label": self.env._("Hours on timesheets that began in the last %s days", DAYS),
                "unit": "hours",
                "odoo_amount": sum(sheets.mapped("hours")),
                "odoo_count": len(sheets),
                "xero_amount": sum(payroll["hours"]),
                "xero_count": len(payroll["hours"]),
            },
        ]

    def action_open(self):
        models_of = {"l_employees": "hr.employee", "m_hours": "xero.timesheet"}
        if self.widget not in models_of:
            return super().action_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": models_of[self.widget],
            "views": [[False, "list"], [False, "form"]],
            "domain": [("company_id", "=", self.company_id.id)],
        }
