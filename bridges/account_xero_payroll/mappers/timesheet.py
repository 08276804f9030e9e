"""Timesheets: out while they are drafts in Xero; their status in."""

from decimal import ROUND_HALF_UP, Decimal

from odoo import api, models

from odoo.addons.account_xero.exceptions import Hold, Skip, Wait
from odoo.addons.account_xero.xero_api import codec

from ..allocation import units_by_day
from ..models.xero_timesheet import read_hours
from ..pay_periods import days_of
from .payroll import wire_date

#: Xero's status → ours (xero-api.md 4.13).
STATES = {
    "DRAFT": "draft",
    "REQUESTED": "requested",
    "REJECTED": "rejected",
    "APPROVED": "approved",
    "PROCESSED": "processed",
}
ZERO = Decimal(0)


def rounded(units, step):
    """Hours of a day, rounded half up to a step; a step of 0 leaves them as they are."""
    return (units / step).quantize(Decimal(1), ROUND_HALF_UP) * step if step else units


class XeroMapperTimesheet(models.AbstractModel):
    """xero.timesheet → Timesheet, one line a rate with a number for every day of the period."""

    _name = "xero.mapper.timesheet"
    _inherit = "xero.mapper.payroll"
    _description = "Xero Mapper: Timesheets"

    _xero_resource, _xero_id = "Timesheets", "TimesheetID"
    _odoo_model, _rank = "xero.timesheet", 87
    _modified_since, _read_every = True, 2

    @api.model
    def _needs(self, connection, records):
        return [records.employee_id]

    @api.model
    def _prepare(self, connection, records, bindings):
        return {
            **super()._prepare(connection, records, bindings),
            "employees": self.env["xero.binding"]._for(connection, records.employee_id),
        }

    def _payload(self, sheet, prepared):
        binding, connection = prepared["bindings"].get(sheet.id), prepared["connection"]
        self._check_policy(sheet)
        linked = self._is_linked(binding)
        if not linked and not sheet.entries:
            raise Skip(self.env._("There are no hours in this pay period."))
        if sheet._is_closed():
            raise Skip(sheet._closed_in_words())
        employee = prepared["employees"].get(sheet.employee_id.id)
        if not employee or not employee.external_id:
            raise Wait(sheet.employee_id)
        payload = {
            "EmployeeID": employee.external_id,
            "StartDate": wire_date(sheet.start_date),
            "EndDate": wire_date(sheet.end_date),
            "Status": "DRAFT",
            "TimesheetLines": self._lines(connection, sheet),
        }
        facts = {"entries": sheet.entries or []}
        if linked:
            return "update", {"TimesheetID": binding.external_id, **payload}, facts
        return "create", payload, facts

    @api.model
    def _lines(self, connection, sheet):
        step = Decimal(connection.timesheet_rounding)
        period = days_of(sheet.start_date, sheet.end_date)
        return [
            {"EarningsRateID": rate, "NumberOfUnits": [rounded(days.get(day, ZERO), step) for day in period]}
            for rate, days in sorted(units_by_day(read_hours(sheet.entries)).items())
        ]

    # === ANSWERS === #

    @api.model
    def _external_id(self, data):
        return data.get("TimesheetID")

    @api.model
    def _code(self, data):
        return data.get("TimesheetID") and data["TimesheetID"][:8]

    @api.model
    def _agreed(self, data, facts):
        return {"entries": facts.get("entries", []), "units": self._units(data)}

    @api.model
    def _lookups(self, payloads, facts):
        terms = [f'EmployeeID==guid("{employee}")' for employee in {payload["EmployeeID"] for payload in payloads}]
        return self._any_of(self._xero_resource, terms)

    @api.model
    def _is_same(self, payload, candidate, facts):
        return candidate.get("EmployeeID") == payload["EmployeeID"] and all(
            codec.read_date(payload, key) == codec.read_date(candidate, key) for key in ("StartDate", "EndDate")
        )

    @api.model
    def _units(self, data):
        """What a sheet of Xero's says, in a form that can be compared."""
        return units_of(data)

    @api.model
    def _has_hours(self, data):
        return bool(units_of(data))

    @api.model
    def _hours_in(self, data):
        """All hours of a timesheet of Xero."""
        lines = data.get("TimesheetLines") or []
        return float(sum(units for line in lines for units in line.get("NumberOfUnits") or []))

    # === FROM XERO === #

    @api.model
    def _from_xero(self, connection, payloads):
        """Sheets that were made in Xero stay there; one of a person and period that Odoo has hours of is linked."""
        return {payload["TimesheetID"]: self._link_sheet(connection, payload) for payload in payloads}

    def _link_sheet(self, connection, payload):
        sheet = self._sheet_of(connection, payload)
        if not sheet:
            return None
        if self._has_hours(payload):
            return Hold("timesheet_made_in_xero", sheet, sheet=sheet.display_name)
        self._follow_status(sheet, payload, [])
        return "linked", sheet

    @api.model
    def _sheet_of(self, connection, payload):
        links = self.env["xero.binding"]._by_external(connection, self._people_resource, {payload.get("EmployeeID")})
        link = links.get(payload.get("EmployeeID"))
        return self.env["xero.timesheet"].search(
            [
                ("connection_id", "=", connection.id),
                ("employee_id", "=", link.res_id if link else 0),
                ("start_date", "=", codec.read_date(payload, "StartDate")),
                ("end_date", "=", codec.read_date(payload, "EndDate")),
            ]
        )

    @api.model
    def _linked_from_xero(self, connection, booked):
        for _action, sheet in booked:
            sheet._again()

    @api.model
    def _is_news(self, binding, payload):
        sheet = self.env["xero.timesheet"].browse(binding.res_id).exists()
        is_moved = sheet and STATES.get(payload.get("Status"), "draft") != sheet.remote_state
        return bool(sheet) and (is_moved or self._units(payload) != (binding.agreed or {}).get("units"))

    @api.model
    def _changed_in_xero(self, connection, changes):
        return {
            binding.external_id: self._follow(binding, payload, (binding.agreed or {}))
            for binding, payload in changes.items()
        }

    def _follow(self, binding, payload, agreed):
        sheet = self.env["xero.timesheet"].browse(binding.res_id)
        is_moved = self._follow_status(sheet, payload, agreed.get("entries", []))
        if self._units(payload) != agreed.get("units"):
            problem = {
                "code": "timesheet_changed",
                "values": {"sheet": sheet.display_name},
                "model": sheet._name,
                "res_id": sheet.id,
                "direction": "in",
                "resource": self._xero_resource,
            }
            self.env["xero.issue"]._raise_many(binding.connection_id, [problem])
            binding.agreed = self._agreed(payload, agreed)
            return "updated"
        return "updated" if is_moved else None

    def _follow_status(self, sheet, payload, entries):
        """A sheet that closes keeps what Xero got of it; what was meant to come goes to a later period."""
        turned = sheet._follow(STATES.get(payload.get("Status"), "draft"))
        if turned:
            if sheet._is_closed():
                sheet._put(read_hours(entries))
            self.env["xero.timekeeper"]._of(sheet.employee_id)._again()
            self.env["xero.issue"]._mended(sheet._name, sheet.ids, codes=["timesheet_closed"])
        return turned


def units_of(data):
    """What a sheet of Xero's says, in one form: a list of [rate, day's number, hours]."""
    found = [
        [line.get("EarningsRateID"), number, str(Decimal(str(units)).normalize())]
        for line in data.get("TimesheetLines") or []
        for number, units in enumerate(line.get("NumberOfUnits") or [])
        if units
    ]
    return sorted(found)
