from odoo import api, models
from odoo.tools import SQL

from odoo.addons.account_xero.engine.outbox import MENDED
from odoo.addons.account_xero.models.xero_sync_mixin import LINKED


class HrVersion(models.Model):
    """Address and terms of an employee live on versions; a change of them is a change of the employee."""

    _inherit = "hr.version"

    _xero_watched = frozenset(
        {
            "private_street",
            "private_street2",
            "private_city",
            "private_zip",
            "private_state_id",
            "private_country_id",
            "contract_date_start",
            "job_title",
            "sex",
        }
    )
    _xero_mends = False

    def write(self, vals):
        result = super().write(vals)
        if not self._xero_watched.isdisjoint(vals):
            # What an employee lacked may be here now: the problem is the employee's.
            self.env["xero.outbox"]._remember(MENDED, "hr.employee", self.employee_id.ids)
        return result

    def _write_multi(self, vals_list):
        super()._write_multi(vals_list)
        self.env["xero.outbox"]._mark_written(self, vals_list)

    @api.model
    def _xero_mark_query(self, ids):
        return SQL(
            """SELECT b.connection_id, b.model, b.res_id FROM hr_version v
                 JOIN xero_binding b ON b.model = 'hr.employee' AND b.res_id = v.employee_id
                 JOIN xero_connection c ON c.id = b.connection_id AND %s
                WHERE v.id = ANY(%s) AND (b.external_id IS NOT NULL OR b.state = 'sending')""",
            LINKED,
            list(ids),
        )
