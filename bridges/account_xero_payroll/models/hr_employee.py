from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.account_xero.models.xero_sync_mixin import LINKED

HR = "hr.group_hr_user"


class HrEmployee(models.Model):
    """Employees go to the payroll when something of theirs needs them; what people may see of it is for HR alone."""

    _name = "hr.employee"
    _inherit = ["hr.employee", "xero.sync.mixin"]

    _xero_watched = frozenset({"name", "work_email", "birthday"})
    _xero_mends = True
    _xero_company_owned = True

    # What the mixin shows stands in the form of employees, of which others read a public part only.
    xero_do_not_export = fields.Boolean(groups=HR)
    xero_do_not_export_reason = fields.Char(groups=HR)
    xero_do_not_import = fields.Boolean(groups=HR)
    xero_do_not_import_reason = fields.Char(groups=HR)
    xero_state = fields.Selection(groups=HR)
    xero_code = fields.Char(groups=HR)
    xero_last_export_date = fields.Datetime(groups=HR)
    xero_last_import_date = fields.Datetime(groups=HR)
    xero_connected = fields.Boolean(groups=HR)
    xero_waiting = fields.Boolean(groups=HR)
    xero_url = fields.Char(groups=HR)
    xero_problem = fields.Text(groups=HR)
    xero_advice = fields.Text(groups=HR)

    xero_pay_calendar_id = fields.Many2one(
        "xero.pay.calendar", string="Pay Calendar in Xero", groups=HR, copy=False, ondelete="set null"
    )
    xero_earnings_rate_id = fields.Many2one(
        "xero.pay.item",
        string="Ordinary Earnings Rate",
        groups=HR,
        copy=False,
        domain=[("kind", "=", "earnings")],
        ondelete="set null",
    )
    xero_pay_basis = fields.Selection(
        [("salary", "Salary"), ("hourly", "Hourly")],
        string="Pay Basis in Xero",
        groups="hr.group_hr_manager",
        copy=False,
        readonly=True,
    )
    xero_pay_rate = fields.Float(
        "Pay Rate in Xero",
        groups="hr.group_hr_manager",
        copy=False,
        readonly=True,
        help="A year's salary, or the pay of an hour.",
    )
    xero_balance_ids = fields.One2many("xero.leave.balance", "employee_id", string="Leave Balances", groups=HR)
    xero_payslip_ids = fields.One2many("xero.payslip", "employee_id", string="Payslips", groups="hr.group_hr_manager")
    xero_timesheet_ids = fields.One2many("xero.timesheet", "employee_id", string="Xero Timesheets", groups=HR)

    @api.model_create_multi
    def create(self, vals_list):
        employees = super().create(vals_list)
        self.env["xero.outbox"]._mark(employees)
        return employees

    @api.model
    def _xero_mark_query(self, ids):
        """Those in the payroll; and, where that was asked for, everybody's contact instead (features.md A6-3)."""
        return SQL(
            "%s UNION ALL %s",
            super()._xero_mark_query(ids),
            self._xero_contacts_query(SQL("e.id = ANY(%s)", list(ids))),
        )

    @api.model
    def _xero_contacts_query(self, condition):
        return SQL(
            """SELECT c.id, 'res.partner', e.work_contact_id FROM hr_employee e
                 JOIN xero_connection c ON c.company_id = e.company_id AND %s
                  AND c.export_employees_as_contacts AND c.allow_payroll IS NOT TRUE
                WHERE e.work_contact_id IS NOT NULL AND e.active AND %s""",
            LINKED,
            condition,
        )

    @api.model
    def _xero_backlog_query(self, connection):
        return SQL(
            "%s UNION ALL %s",
            super()._xero_backlog_query(connection),
            self._xero_contacts_query(SQL("c.id = %s", connection.id)),
        )
