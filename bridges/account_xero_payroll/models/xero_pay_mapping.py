from odoo import api, fields, models
from odoo.exceptions import ValidationError


class XeroPayMapping(models.Model):
    """At which earnings rate the hours of a project or task are paid, where that is not the employee's ordinary one."""

    _name = "xero.pay.mapping"
    _description = "Earnings Rate of a Project or Task"
    _order = "project_id, task_id"
    _check_company_auto = True

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    project_id = fields.Many2one("project.project", required=True, ondelete="cascade")
    task_id = fields.Many2one(
        "project.task",
        ondelete="cascade",
        domain="[('project_id', '=', project_id)]",
        help="Empty: all tasks of the project that have no line of their own.",
    )
    pay_item_id = fields.Many2one(
        "xero.pay.item",
        string="Earnings Rate",
        required=True,
        ondelete="cascade",
        domain="[('connection_id', '=', connection_id), ('kind', '=', 'earnings')]",
    )

    _once = models.UniqueIndex(
        "(connection_id, project_id, task_id) NULLS NOT DISTINCT", "A project or task has one earnings rate."
    )

    @api.constrains("pay_item_id", "connection_id")
    def _check_connection(self):
        for row in self:
            if row.pay_item_id.connection_id != row.connection_id or row.pay_item_id.kind != "earnings":
                raise ValidationError(self.env._("Choose an earnings rate of this connection."))

    @api.model
    def _for(self, connection):
        """``{(project id, task id or False): earnings rate}``."""
        rows = self.search([("connection_id", "=", connection.id)])
        return {(row.project_id.id, row.task_id.id): row.pay_item_id for row in rows}

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._hours_again()
        return rows

    def write(self, vals):
        result = super().write(vals)
        self._hours_again()
        return result

    def unlink(self):
        connections = self.connection_id
        result = super().unlink()
        self._mark_all(connections)
        return result

    def _hours_again(self):
        self._mark_all(self.connection_id)

    @api.model
    def _mark_all(self, connections):
        """Hours that are open yet are made up anew."""
        queries = [self.env["xero.timekeeper"]._xero_backlog_query(connection) for connection in connections]
        self.env.flush_all()
        self.env["xero.outbox"].sudo()._insert_marks(queries)


class XeroLeaveMapping(models.Model):
    """Which leave of Xero's a type of time off is."""

    _name = "xero.leave.mapping"
    _description = "Leave of a Type of Time Off"
    _order = "leave_type_id"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    leave_type_id = fields.Many2one("hr.leave.type", required=True, ondelete="cascade")
    pay_item_id = fields.Many2one(
        "xero.pay.item",
        string="Leave in Xero",
        ondelete="cascade",
        domain="[('connection_id', '=', connection_id), ('kind', '=', 'leave')]",
    )

    _once = models.UniqueIndex("(connection_id, leave_type_id)", "A type of time off is one leave in Xero.")

    @api.model
    def _for(self, connection):
        """``{leave type id: leave of Xero's}``."""
        rows = self.search([("connection_id", "=", connection.id), ("pay_item_id", "!=", False)])
        return {row.leave_type_id.id: row.pay_item_id for row in rows}

    @api.model
    def _propose(self, connection):
        """A row for every type of time off; what is called alike is mapped."""
        known = self.sudo().search([("connection_id", "=", connection.id)]).leave_type_id
        types = self.env["hr.leave.type"].sudo().search([("company_id", "in", (False, connection.company_id.id))])
        items = self.env["xero.pay.item"].sudo().search([("connection_id", "=", connection.id), ("kind", "=", "leave")])
        by_name = {_key(item.name): item for item in items}
        self.sudo().create(
            [
                {
                    "connection_id": connection.id,
                    "leave_type_id": leave_type.id,
                    "pay_item_id": by_name[_key(leave_type.name)].id if _key(leave_type.name) in by_name else False,
                }
                for leave_type in types - known
            ]
        )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("pay_item_id"):
            self.env["xero.issue"].sudo()._mended("hr.leave.type", self.leave_type_id.ids, codes=["leave_unmapped"])
        return result


def _key(name):
    return "".join(letter for letter in (name or "").lower() if letter.isalnum())
