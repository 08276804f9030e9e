"""Recorded hours → the timesheets that carry them. Nothing leaves here: sheets that change are queued."""

from odoo import api, models

from odoo.addons.account_xero.exceptions import Hold, Skip, Wait
from odoo.addons.account_xero.mappers.xero_mapper import Built, decimal

from ..allocation import Hours, allocate


class XeroMapperTimekeeper(models.AbstractModel):
    _name = "xero.mapper.timekeeper"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Hours"

    _xero_resource, _xero_id = "Timekeepers", None
    _odoo_model, _rank, _batch_size = "xero.timekeeper", 86, 500

    @api.model
    def _needs(self, connection, records):
        """Employees who have hours to send."""
        if not connection._has_payroll():
            return []
        lines = self.env["account.analytic.line"]
        domain = [*lines._xero_payroll_domain(connection), ("employee_id", "in", records.ids)]
        return [employee for (employee,) in lines._read_group(domain, ["employee_id"])]

    @api.model
    def _build(self, connection, ids):
        employees = self.env["hr.employee"].with_context(active_test=False).browse(ids).exists()
        built, facts = Built(), self._facts(connection, employees)
        for id_ in set(ids) - set(employees.ids):
            built.stops[id_] = Skip(self.env._("The employee no longer exists in Odoo."))
        for employee in employees:
            try:
                self._make_up(connection, employee, facts)
                built.unchanged.append(employee.id)
            except (Hold, Skip, Wait) as stop:
                built.stops[employee.id] = stop
        return built

    @api.model
    def _facts(self, connection, employees):
        """What is the same for all, and what is read for all of them at once."""
        lines = self.env["account.analytic.line"]
        domain = [*lines._xero_payroll_domain(connection), ("employee_id", "in", employees.ids)]
        sheets = self.env["xero.timesheet"].search(
            [("connection_id", "=", connection.id), ("employee_id", "in", employees.ids)]
        )
        return {
            "rates": self.env["xero.pay.mapping"]._for(connection),
            "links": self.env["xero.binding"]._for(connection, employees),
            "lines": lines.search(domain, order="date, id").grouped("employee_id"),
            "sheets": sheets.grouped("employee_id"),
            "sent": self.env["xero.binding"]._for(connection, sheets),
            "paid": {
                calendar: self.env["xero.pay.run"]._closed_periods(connection, calendar)
                for calendar in employees.xero_pay_calendar_id
            },
        }

    def _make_up(self, connection, employee, facts):
        """Bring the open sheets of an employee in line with the recorded hours."""
        lines = facts["lines"].get(employee, self.env["account.analytic.line"])
        sheets = facts["sheets"].get(employee, self.env["xero.timesheet"])
        if not lines and not sheets:
            return
        self._check(connection, employee, facts)
        closed = sheets.filtered(lambda sheet: sheet._is_closed())
        shut = self._shut_periods(employee, sheets, facts)
        by_period, _waiting = allocate(
            [self._hours(employee, line, facts["rates"]) for line in lines],
            [hours for sheet in closed for hours in sheet._hours()],
            employee.xero_pay_calendar_id._period_of,
            shut.__contains__,
        )
        self._put(connection, employee, sheets - closed, by_period, facts)

    def _check(self, connection, employee, facts):
        """Stop where the hours have nowhere to go."""
        if not connection._has_payroll():
            raise Skip(self.env._("The payroll in Xero is not open to Odoo; see the connection."))
        if employee.xero_do_not_export:
            raise Skip(employee.xero_do_not_export_reason or self.env._("Set not to be exported to Xero."))
        link = facts["links"].get(employee.id)
        if not link or not link.external_id:
            raise Wait(employee)
        if not employee.xero_pay_calendar_id.start_date:
            raise Hold("employee_without_calendar", employee, name=employee.name)

    @api.model
    def _shut_periods(self, employee, sheets, facts):
        """Periods that take no hours: their sheet is no draft any more, or they were paid without one."""
        sent = sheets.filtered(lambda sheet: sheet.id in facts["sent"])
        paid = facts["paid"].get(employee.xero_pay_calendar_id, set()) - {sheet.period for sheet in sent}
        return paid | {sheet.period for sheet in sheets if sheet._is_closed()}

    @api.model
    def _hours(self, employee, line, rates):
        """A recorded line at the rate of its task, else its project, else the employee's ordinary one."""
        project = line.project_id.id
        rate = rates.get((project, line.task_id.id)) or rates.get((project, False)) or employee.xero_earnings_rate_id
        if not rate:
            raise Hold("no_earnings_rate", employee, name=employee.name, project=line.project_id.display_name)
        return Hours(line.id, line.date, line.date, rate.external_id, decimal(line.unit_amount))

    def _put(self, connection, employee, drafts, by_period, facts):
        known = {sheet.period: sheet for sheet in drafts}
        new = self.env["xero.timesheet"].create(
            [
                {
                    "connection_id": connection.id,
                    "employee_id": employee.id,
                    "start_date": start,
                    "end_date": end,
                }
                for start, end in by_period
                if (start, end) not in known
            ]
        )
        for sheet in drafts | new:
            is_changed = sheet._put(by_period.get(sheet.period, []))
            if is_changed or (sheet.entries and sheet.id not in facts["sent"]):
                sheet._again()
