from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.account_xero.models.xero_sync_mixin import LINKED


class XeroTimekeeper(models.Model):
    """One employee as somebody who records hours, under the employee's id.

    Many recorded lines make one timesheet, and one line may stand on two. So a changed line marks its timekeeper, whose
    sheets are made up anew before they leave. A view: nothing is stored.
    """

    _name = "xero.timekeeper"
    _description = "Hours of an Employee"
    _auto = False

    employee_id = fields.Many2one("hr.employee", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    @property
    def _table_query(self):
        return SQL("SELECT id, id AS employee_id, company_id FROM hr_employee")

    def _xero_label(self):
        return self.employee_id.sudo().name or ""

    def _xero_form_record(self):
        return self.employee_id

    @api.model
    def _of(self, employees):
        return self.browse(employees.ids)

    def _again(self):
        """Make the sheets of these up anew."""
        self.env["xero.outbox"].with_context(xero_no_export=False)._mark(self)

    @api.model
    def _xero_mark_query(self, ids):
        return self._xero_query(SQL("e.id = ANY(%s)", list(ids)))

    @api.model
    def _xero_backlog_query(self, connection):
        worked = SQL(
            """c.id = %s AND EXISTS (SELECT FROM account_analytic_line l WHERE l.employee_id = e.id
                                        AND l.project_id IS NOT NULL AND l.date >= c.sync_from_date)""",
            connection.id,
        )
        return self._xero_query(worked)

    @api.model
    def _xero_query(self, condition):
        return SQL(
            """SELECT c.id, 'xero.timekeeper', e.id FROM hr_employee e
                 JOIN xero_connection c ON c.company_id = e.company_id AND c.allow_payroll AND c.send_timesheets AND %s
                WHERE %s""",
            LINKED,
            condition,
        )
