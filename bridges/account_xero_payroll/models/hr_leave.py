from datetime import datetime, time

import pytz

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.account_xero.models.xero_sync_mixin import LINKED


class HrLeave(models.Model):
    """Approved time off goes to the payroll; what is refused afterwards is withdrawn there."""

    _name = "hr.leave"
    _inherit = ["hr.leave", "xero.sync.mixin"]

    _xero_watched = frozenset({"state", "date_from", "date_to", "holiday_status_id"})
    _xero_mends = True
    _xero_company_owned = True

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        self.env["xero.outbox"]._mark(leaves)
        return leaves

    @api.model
    def _xero_mark_query(self, ids):
        return self._xero_query(SQL("l.id = ANY(%s)", list(ids)))

    @api.model
    def _xero_backlog_query(self, connection):
        missed = "(b.external_id IS NULL OR l.write_date > GREATEST(b.last_export_date, b.last_import_date))"
        return self._xero_query(SQL("c.id = %s AND %s", connection.id, SQL(missed)))

    @api.model
    def _xero_query(self, condition):
        """What is approved, and what is in Xero whatever became of it."""
        return SQL(
            """SELECT c.id, 'hr.leave', l.id FROM hr_leave l
                 JOIN hr_employee e ON e.id = l.employee_id
                 JOIN xero_connection c ON c.company_id = e.company_id AND c.allow_payroll AND c.send_leave AND %s
                 LEFT JOIN xero_binding b ON b.connection_id = c.id AND b.model = 'hr.leave' AND b.res_id = l.id
                WHERE (l.state = 'validate' OR b.external_id IS NOT NULL OR b.state = 'sending')
                  AND l.request_date_to >= c.sync_from_date AND %s""",
            LINKED,
            condition,
        )

    def _xero_hours_by_day(self):
        """[(day, hours)] of the employee's working calendar, without public holidays."""
        self.ensure_one()
        employee = self.employee_id
        if self.request_unit_hours or self.request_unit_half:
            start, end = pytz.utc.localize(self.date_from), pytz.utc.localize(self.date_to)
        else:
            zone = pytz.timezone(employee.tz or "UTC")
            start = zone.localize(datetime.combine(self.request_date_from, time.min))
            end = zone.localize(datetime.combine(self.request_date_to, time.max))
        public = [("resource_id", "=", False), ("time_type", "=", "leave")]
        return employee._list_work_time_per_day(start, end, domain=public)[employee.id]
