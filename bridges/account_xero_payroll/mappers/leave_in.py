"""Leave that was entered in Xero → approved time off."""

from odoo import api, models

from odoo.addons.account_xero.engine.outbox import SUPPRESS
from odoo.addons.account_xero.exceptions import Hold
from odoo.addons.account_xero.xero_api import codec

from .leave import hours_of, seen_of


class XeroMapperLeave(models.AbstractModel):
    _inherit = "xero.mapper.leave"

    _modified_since = True
    _read_switch = "reads_leave"

    @api.model
    def _from_xero(self, connection, payloads):
        return {self._external_id(payload): self._import(connection, payload) for payload in payloads}

    def _import(self, connection, payload):
        employee = self._employee(connection, payload)
        if not connection.import_leave or not hours_of(payload) or not employee or employee.xero_do_not_import:
            return None
        leaves = self.env["hr.leave"].with_context(**{SUPPRESS: True}, leave_fast_create=True)
        leave = leaves.create({**self._leave_values(connection, payload), "employee_id": employee.id})
        if leave.state != "validate":
            leave.with_context(leave_skip_state_check=True)._action_validate(check_state=False)
        return "created", leave

    @api.model
    def _employee(self, connection, payload):
        links = self.env["xero.binding"]._by_external(connection, self._people_resource, {payload.get("EmployeeID")})
        link = links.get(payload.get("EmployeeID"))
        return self.env["hr.employee"].browse(link.res_id if link else []).exists()

    @api.model
    def _leave_values(self, connection, payload):
        types = {item.external_id: id_ for id_, item in self.env["xero.leave.mapping"]._for(connection).items()}
        leave_type = types.get(payload.get("LeaveTypeID"))
        if not leave_type:
            item = self.env["xero.pay.item"]._known(connection, payload.get("LeaveTypeID"))
            raise Hold("leave_type_unknown", connection, leave=item.name or payload.get("LeaveTypeID"))
        return {
            "holiday_status_id": leave_type,
            "request_date_from": codec.read_date(payload, "StartDate"),
            "request_date_to": codec.read_date(payload, "EndDate"),
        }

    @api.model
    def _link_values(self, payload, action):
        return {"origin": "xero"}

    @api.model
    def _is_news(self, binding, payload):
        return seen_of(payload) != (binding.agreed or {}).get("seen")

    @api.model
    def _changed_in_xero(self, connection, changes):
        """Leave born in Xero follows Xero; of what Odoo sent, a person is asked."""
        return {binding.external_id: self._follow(binding, payload) for binding, payload in changes.items()}

    def _follow(self, binding, payload):
        leave = self.env["hr.leave"].browse(binding.res_id).exists()
        if not leave or (leave.state == "refuse" and not hours_of(payload)):
            return None
        if binding.origin != "xero":
            raise Hold("leave_changed", leave, leave=leave.display_name)
        leave = leave.with_context(**{SUPPRESS: True})
        if not hours_of(payload):
            leave.action_refuse()
        else:
            leave.write(self._leave_values(binding.connection_id, payload))
        binding.agreed = self._agreed(payload, {})
        return "updated"
