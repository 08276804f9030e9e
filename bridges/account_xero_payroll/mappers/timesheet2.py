"""Timesheets of version 2: a line for each day and rate, and a call for each line that changes.

The sheet itself cannot be changed, so a change is as many calls as lines differ. Where nobody knows which lines Xero
has (an answer was lost, or somebody changed them there), the draft is taken away and made anew, which can be repeated.
"""

from decimal import Decimal

from odoo import api, models

from odoo.addons.account_xero.mappers.xero_mapper import Call
from odoo.addons.account_xero.xero_api import codec

from ..allocation import units_by_day
from ..models.xero_timesheet import read_hours
from .payroll2 import iso_date
from .timesheet import rounded

#: Version 2's status → version 1's, where it is another word.
STATUSES = {"COMPLETED": "PROCESSED"}


class XeroMapperTimesheet2(models.AbstractModel):
    _name = "xero.mapper.timesheet2"
    _inherit = ["xero.mapper.payroll2", "xero.mapper.timesheet"]
    _description = "Xero Mapper: Timesheets, Version 2"

    _xero_resource, _xero_id = "PayrollTimesheets", "timesheetID"

    # === TO XERO === #

    def _payload(self, sheet, prepared):
        action, old, facts = super()._payload(sheet, prepared)
        binding = prepared["bindings"].get(sheet.id)
        lines = self._lines(prepared["connection"], sheet)
        payload = {
            "payrollCalendarID": sheet.employee_id.xero_pay_calendar_id.external_id,
            "employeeID": old["EmployeeID"],
            "startDate": iso_date(sheet.start_date),
            "endDate": iso_date(sheet.end_date),
            "timesheetLines": lines,
        }
        if action == "create":
            return action, payload, facts
        facts |= {"external_id": binding.external_id, **self._difference(binding, lines)}
        action = "none" if facts.get("steps") == [] else "update"
        return action, {self._xero_id: binding.external_id, **payload}, facts

    @api.model
    def _lines(self, connection, sheet):
        step = Decimal(connection.timesheet_rounding)
        lines = [
            {"date": iso_date(day), "earningsRateID": rate, "numberOfUnits": rounded(units, step)}
            for rate, days in sorted(units_by_day(read_hours(sheet.entries)).items())
            for day, units in sorted(days.items())
        ]
        return [line for line in lines if line["numberOfUnits"] > 0]

    @api.model
    def _difference(self, binding, lines):
        """``{"steps": [[verb, line's id, day, rate, units]], "lines": [...]}``; nothing where the lines are unknown."""
        known = (binding.agreed or {}).get("lines")
        if known is None or not binding.content_hash:
            return {}
        there = {(day, rate): (id_, units) for id_, day, rate, units in known}
        wanted = {(line["date"], line["earningsRateID"]): _text(line["numberOfUnits"]) for line in lines}
        gone = [["DELETE", id_, *key, "0"] for key, (id_, _units) in there.items() if key not in wanted]
        changed = [
            ["PUT", there[key][0], *key, units]
            for key, units in wanted.items()
            if key in there and there[key][1] != units
        ]
        new = [["POST", None, *key, units] for key, units in wanted.items() if key not in there]
        return {"steps": gone + changed + new, "lines": known}

    @api.model
    def _call(self, action, payload, spec):
        if action == "create":
            return super()._call(action, payload, spec)
        if "steps" in spec["facts"]:
            return self._step(spec)
        anew = {key: value for key, value in payload.items() if key != self._xero_id}
        gone = self._part({**spec, "action": "delete"}, then=codec.dumps(anew), hash=spec["hash"])
        return Call("DELETE", f"{self._xero_resource}/{payload[self._xero_id]}", {}, [gone])

    @api.model
    def _step(self, spec):
        """The call of the next line that differs; the last one settles the sheet."""
        step, *left = spec["facts"]["steps"]
        verb, id_, day, rate, units = step
        path = "/".join(filter(None, (self._xero_resource, spec["facts"]["external_id"], "Lines", id_)))
        body = {"date": day, "earningsRateID": rate, "numberOfUnits": Decimal(units)}
        facts = {"step": step, "steps": left, "hash": spec["facts"].get("hash") or spec["hash"]}
        if left:
            part = self._part(spec, **facts)
        else:
            kept = {key: value for key, value in spec["facts"].items() if key != "more"}
            part = {**spec, "hash": facts["hash"], "facts": {**kept, **facts}}
        return Call(verb, path, {} if verb == "DELETE" else body, [part])

    @api.model
    def _next_calls(self, spec, data):
        facts = spec["facts"]
        if facts.get("then"):
            kept = {"entries": facts["entries"]}
            return [super()._call("create", codec.loads(facts["then"]), {**spec, **_made(facts, kept)})]
        return [self._step({**spec, "facts": {**facts, "lines": self._lines_after(data, facts)}})]

    # === ANSWERS === #

    @api.model
    def _code(self, data):
        return (self._external_id(data) or "")[:8]

    @api.model
    def _agreed(self, data, facts):
        """Which lines Xero has now, by their ids; None where it did not tell them."""
        lines = self._lines_after(data, facts) if "step" in facts else _lines_of(data)
        units = _text(sum((Decimal(line[3]) for line in lines), Decimal(0))) if lines is not None else _total(data)
        return {"entries": facts.get("entries", []), "units": units, "lines": lines}

    @api.model
    def _lines_after(self, data, facts):
        """The lines as they were, with what one call has changed."""
        _verb, id_, day, rate, units = facts["step"]
        others = [line for line in facts["lines"] if line[0] != id_]
        made = [[id_ or data.get("timesheetLineID"), day, rate, units]]
        return sorted(others + (made if Decimal(units) else []))

    @api.model
    def _lookups(self, payloads, facts):
        employees = {payload["employeeID"] for payload in payloads}
        return [(self._xero_resource, {"filter": f"employeeId=={employee}"}) for employee in employees]

    @api.model
    def _is_same(self, payload, candidate, facts):
        days = [str(candidate.get(key))[:10] for key in ("StartDate", "EndDate")]
        return candidate.get("EmployeeID") == payload["employeeID"] and days == [
            payload["startDate"],
            payload["endDate"],
        ]

    # === FROM XERO === #

    @api.model
    def _candidates(self, answers):
        return [{**sheet, "Status": self._status(sheet)} for sheet in super()._candidates(answers)]

    @api.model
    def _status(self, sheet):
        told = (sheet.get("Status") or "").upper()
        return STATUSES.get(told, told)

    @api.model
    def _units(self, data):
        """Lists tell the total of a sheet alone."""
        return _total(data)

    @api.model
    def _has_hours(self, data):
        return bool(Decimal(_total(data)))

    @api.model
    def _hours_in(self, data):
        return float(data.get("TotalHours") or 0)


def _text(units):
    """Hours in one form: 7.5 and 7.50 are the same."""
    return str(Decimal(str(units)).normalize() + 0)


def _total(data):
    return _text(data.get("TotalHours") or data.get("totalHours") or 0)


def _lines_of(data):
    """``[[id, day, rate, units]]`` of an answer; None where it holds none of them though it has hours."""
    told = data.get("timesheetLines") or data.get("TimesheetLines") or []
    if not told and Decimal(_total(data)):
        return None
    lines = [{key[0].lower() + key[1:]: value for key, value in line.items()} for line in told]
    if not all(line.get("timesheetLineID") for line in lines):
        return None
    return sorted(
        [line["timesheetLineID"], str(line["date"])[:10], line["earningsRateID"], _text(line["numberOfUnits"])]
        for line in lines
    )


def _made(facts, kept):
    return {"action": "create", "hash": facts["hash"], "facts": kept}
