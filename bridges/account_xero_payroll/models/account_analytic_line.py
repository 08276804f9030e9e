from odoo import api, models
from odoo.tools import SQL

from odoo.addons.account_xero.models.xero_sync_mixin import LINKED


class AccountAnalyticLine(models.Model):
    """Hours on projects mark who worked them: the sheets of that employee are made up anew."""

    _inherit = "account.analytic.line"

    _xero_watched = frozenset({"unit_amount", "date", "employee_id", "project_id", "task_id"})
    _xero_mends = False

    def _write_multi(self, vals_list):
        super()._write_multi(vals_list)
        self.env["xero.outbox"]._mark_written(self, vals_list)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if any(vals.get("project_id") for vals in vals_list):
            self.env["xero.outbox"]._mark(lines)
        return lines

    def write(self, vals):
        if "employee_id" in vals or "project_id" in vals:
            self._xero_mark_employees()
        return super().write(vals)

    def unlink(self):
        self._xero_mark_employees()
        return super().unlink()

    def _xero_mark_employees(self):
        """Mark whose hours these are now; afterwards they may be somebody else's, or gone."""
        if not self or not self.env["xero.connection"]._any_active():
            return
        if employees := self.sudo().filtered("project_id").employee_id:
            self.env["xero.timekeeper"]._of(employees)._again()

    @api.model
    def _xero_mark_query(self, ids):
        return SQL(
            """SELECT c.id, 'xero.timekeeper', l.employee_id FROM account_analytic_line l
                 JOIN xero_connection c ON c.company_id = l.company_id AND c.allow_payroll AND c.send_timesheets AND %s
                WHERE l.id = ANY(%s) AND l.project_id IS NOT NULL AND l.employee_id IS NOT NULL""",
            LINKED,
            list(ids),
        )

    @api.model
    def _xero_payroll_domain(self, connection):
        """The hours that a connection sends. Time off goes as leave (project_timesheet_holidays books it as hours)."""
        domain = [
            ("company_id", "=", connection.company_id.id),
            ("project_id", "!=", False),
            ("date", ">=", connection.sync_from_date),
        ]
        holidays = [name for name in ("holiday_id", "global_leave_id") if name in self._fields]
        return domain + [(name, "=", False) for name in holidays]
