"""Approved time off → leave applications. What is refused or cancelled later is withdrawn: its hours become none."""

from collections import defaultdict

from odoo import api, models

from odoo.addons.account_xero.exceptions import Hold, Skip, Wait
from odoo.addons.account_xero.mappers.xero_mapper import decimal
from odoo.addons.account_xero.xero_api import codec

from .payroll import wire_date


class XeroMapperLeave(models.AbstractModel):
    """hr.leave → LeaveApplication, with the hours of the employee's working calendar by pay period.

    The reason that somebody gave stays in Odoo.
    """

    _name = "xero.mapper.leave"
    _inherit = "xero.mapper.payroll"
    _description = "Xero Mapper: Leave"

    _xero_resource, _xero_id = "LeaveApplications", "LeaveApplicationID"
    _odoo_model, _rank = "hr.leave", 88

    @api.model
    def _needs(self, connection, records):
        return [records.filtered(lambda leave: leave.state == "validate").employee_id]

    @api.model
    def _prepare(self, connection, records, bindings):
        return {
            **super()._prepare(connection, records, bindings),
            "employees": self.env["xero.binding"]._for(connection, records.employee_id),
            "types": self.env["xero.leave.mapping"]._for(connection),
        }

    def _payload(self, leave, prepared):
        binding, connection = prepared["bindings"].get(leave.id), prepared["connection"]
        self._check_policy(leave)
        linked = self._is_linked(binding)
        if leave.state != "validate" and (not linked or binding.state == "deleted"):
            raise Skip(self.env._("It is not approved."))
        if not connection._has_payroll():
            raise Skip(self.env._("The payroll in Xero is not open to Odoo; see the connection."))
        payload = self._values(leave, prepared)
        facts = {"external_id": binding.external_id} if linked else {}
        if leave.state != "validate":
            return "delete", {"LeaveApplicationID": binding.external_id, **self._without_hours(payload)}, facts
        if linked:
            return "update", {"LeaveApplicationID": binding.external_id, **payload}, facts
        return "create", payload, facts

    def _values(self, leave, prepared):
        employee = leave.employee_id
        link = prepared["employees"].get(employee.id)
        if not link or not link.external_id:
            raise Wait(employee)
        if not employee.xero_pay_calendar_id.start_date:
            raise Hold("employee_without_calendar", employee, name=employee.name)
        kind = prepared["types"].get(leave.holiday_status_id.id)
        if not kind:
            raise Hold("leave_unmapped", leave.holiday_status_id, leave=leave.holiday_status_id.name)
        return {
            "EmployeeID": link.external_id,
            "LeaveTypeID": kind.external_id,
            "Title": kind.name[:50],
            "StartDate": wire_date(leave.request_date_from),
            "EndDate": wire_date(leave.request_date_to),
            "LeavePeriods": [
                {
                    "PayPeriodStartDate": wire_date(start),
                    "PayPeriodEndDate": wire_date(end),
                    "NumberOfUnits": decimal(hours),
                    "LeavePeriodStatus": "SCHEDULED",
                }
                for (start, end), hours in sorted(self._hours_by_period(leave).items())
            ],
        }

    @api.model
    def _hours_by_period(self, leave):
        """``{(first day, last day): hours}`` of the working calendar, public holidays left out."""
        calendar, found = leave.employee_id.xero_pay_calendar_id, defaultdict(float)
        for day, hours in leave._xero_hours_by_day():
            found[calendar._period_of(day)] += hours
        return found or {calendar._period_of(leave.request_date_from): leave.number_of_hours}

    @api.model
    def _without_hours(self, payload):
        periods = [{**one, "NumberOfUnits": decimal(0)} for one in payload["LeavePeriods"]]
        return {**payload, "LeavePeriods": periods}

    # === ANSWERS === #

    @api.model
    def _code(self, data):
        return data.get("LeaveApplicationID") and data["LeaveApplicationID"][:8]

    @api.model
    def _agreed(self, data, facts):
        return {"seen": seen_of(data)}

    @api.model
    def _lookups(self, payloads, facts):
        terms = [f'EmployeeID==guid("{employee}")' for employee in {payload["EmployeeID"] for payload in payloads}]
        return self._any_of(self._xero_resource, terms)

    @api.model
    def _is_same(self, payload, candidate, facts):
        same = all(candidate.get(key) == payload[key] for key in ("EmployeeID", "LeaveTypeID"))
        dates = ("StartDate", "EndDate")
        return same and all(codec.read_date(payload, key) == codec.read_date(candidate, key) for key in dates)

    @api.model
    def _is_withdrawn(self, data):
        return not hours_of(data)


def hours_of(data):
    """Hours of a leave application that count."""
    return sum(
        float(one.get("NumberOfUnits") or 0)
        for one in data.get("LeavePeriods") or []
        if (one.get("LeavePeriodStatus") or "").upper() != "REJECTED"
    )


def seen_of(data):
    dates = [str(codec.read_date(data, key)) for key in ("StartDate", "EndDate")]
    return [data.get("LeaveTypeID"), *dates, str(hours_of(data))]
