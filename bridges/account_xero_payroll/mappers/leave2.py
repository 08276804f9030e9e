"""Leave of version 2: below the employee, and taken away where version 1 has it count for no hours."""

from odoo import api, models

from odoo.addons.account_xero.mappers.xero_mapper import Call, decimal
from odoo.addons.account_xero.xero_api import payroll2

from .payroll2 import iso_date

DESCRIPTION_LENGTH = 50  # xero-api.md 4.13


class XeroMapperLeave2(models.AbstractModel):
    """Its identifier is its path below the employees: ``<employee>/Leave/<leave>``."""

    _name = "xero.mapper.leave2"
    _inherit = ["xero.mapper.payroll2", "xero.mapper.leave"]
    _description = "Xero Mapper: Leave, Version 2"

    _xero_resource, _xero_id = "PayrollLeave", "leaveID"
    _reads_each = True
    _names = {
        "LeaveID": "LeaveApplicationID",
        "Periods": "LeavePeriods",
        "PeriodStatus": "LeavePeriodStatus",
    }

    # === TO XERO === #

    def _payload(self, leave, prepared):
        action, payload, *facts = super()._payload(leave, prepared)
        binding = prepared["bindings"].get(leave.id)
        facts = {**(facts[0] if facts else {}), "employee": prepared["employees"][leave.employee_id.id].external_id}
        payload.pop("LeaveApplicationID", None)
        if action != "create":
            facts["external_id"] = binding.external_id
        return action, payload, facts

    def _values(self, leave, prepared):
        payload = super()._values(leave, prepared)
        return {
            "leaveTypeID": payload["LeaveTypeID"],
            "description": payload["Title"][:DESCRIPTION_LENGTH],
            "startDate": iso_date(leave.request_date_from),
            "endDate": iso_date(leave.request_date_to),
            "periods": [
                {
                    "periodStartDate": iso_date(start),
                    "periodEndDate": iso_date(end),
                    "numberOfUnits": decimal(hours),
                    "periodStatus": "Approved",
                }
                for (start, end), hours in sorted(self._hours_by_period(leave).items())
            ],
        }

    @api.model
    def _without_hours(self, payload):
        return {}

    @api.model
    def _call(self, action, payload, spec):
        facts = spec["facts"]
        if action == "create":
            return Call("POST", f"{self._xero_resource}/{facts['employee']}/Leave", payload, [spec])
        path = f"{self._xero_resource}/{facts['external_id']}"
        return Call("DELETE", path, {}, [spec]) if action == "delete" else Call("PUT", path, payload, [spec])

    # === ANSWERS === #

    @api.model
    def _external_id(self, data):
        id_ = data.get("LeaveApplicationID") or data.get("leaveID")
        return f"{data['EmployeeID']}/Leave/{id_}" if id_ and data.get("EmployeeID") else id_

    @api.model
    def _linked_id(self, data, facts):
        if facts.get("external_id"):
            return facts["external_id"]
        return self._external_id({**data, "EmployeeID": data.get("EmployeeID") or facts["employee"]})

    @api.model
    def _code(self, data):
        return (data.get("LeaveApplicationID") or data.get("leaveID") or "")[:8]

    @api.model
    def _agreed(self, data, facts):
        return super()._agreed(payroll2.in_words_of_version_1(data, self._names), facts)

    @api.model
    def _lookups(self, payloads, facts):
        return [(f"{self._xero_resource}/{employee}/Leave", {}) for employee in {one["employee"] for one in facts}]

    @api.model
    def _reread(self, payload, facts):
        return [(f"{self._xero_resource}/{facts['employee']}/Leave", {})]

    @api.model
    def _is_same(self, payload, candidate, facts):
        days = [str(candidate.get(key))[:10] for key in ("StartDate", "EndDate")]
        return candidate["LeaveTypeID"] == payload["leaveTypeID"] and days == [payload["startDate"], payload["endDate"]]

    @api.model
    def _is_withdrawn(self, data):
        """What is gone is in no list; what is in one is taken away again."""
        return False

    # === FROM XERO === #

    @api.model
    def _paths_of(self, payload):
        """What is listed are employees, each with the leave below."""
        return [f"{self._xero_resource}/{payload['EmployeeID']}/Leave"]

    @api.model
    def _whole_of(self, payload, answers):
        return [{**leave, "EmployeeID": payload["EmployeeID"]} for leave in self._candidates(answers)]
