from odoo import api, fields, models


class XeroLeaveBalance(models.Model):
    """How much leave of one type an employee has left, as the payroll counts."""

    _name = "xero.leave.balance"
    _description = "Xero Leave Balance"
    _order = "employee_id, name"

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    employee_id = fields.Many2one("hr.employee", required=True, readonly=True, ondelete="cascade", index=True)
    external_id = fields.Char("Xero ID", required=True, readonly=True)
    name = fields.Char("Leave", required=True, readonly=True)
    units = fields.Float("Hours Left", readonly=True)
    read_at = fields.Datetime(readonly=True)

    _once = models.UniqueIndex("(connection_id, employee_id, external_id)", "A balance is kept once.")

    @api.model
    def _replace_of(self, connection, employee, rows):
        """Keep the balances of an employee as the payroll has them now.

        :param rows: list of (id of the leave type, its name, hours)
        """
        known = self.sudo().search([("connection_id", "=", connection.id), ("employee_id", "=", employee.id)])
        by_id, now = known.grouped("external_id"), fields.Datetime.now()
        wanted = {id_: {"name": name or id_, "units": units, "read_at": now} for id_, name, units in rows if id_}
        known.filtered(lambda row: row.external_id not in wanted).unlink()
        for id_, values in wanted.items():
            if id_ in by_id:
                by_id[id_].write(values)
        self.sudo().create(
            [
                {**values, "external_id": id_, "connection_id": connection.id, "employee_id": employee.id}
                for id_, values in wanted.items()
                if id_ not in by_id
            ]
        )
