"""Employees of Odoo → employees of the payroll. They go when hours or leave need them, or when somebody sends them."""

from odoo import api, models

from odoo.addons.account_xero.exceptions import Hold

from .payroll import wire_date

#: Key of Xero's home address → field of the version.
ADDRESS = {
    "AddressLine1": "private_street",
    "AddressLine2": "private_street2",
    "City": "private_city",
    "PostalCode": "private_zip",
}


def split_name(name):
    """First and last name of one that Odoo keeps whole: the last word is the last name."""
    first, _space, last = " ".join((name or "").split()).rpartition(" ")
    return first, last


class XeroMapperEmployee(models.AbstractModel):
    """hr.employee → Employee. Bank accounts and tax numbers are neither read nor sent."""

    _name = "xero.mapper.employee"
    _inherit = "xero.mapper.payroll"
    _description = "Xero Mapper: Employees"

    _xero_resource, _xero_id = "Employees", "EmployeeID"
    _odoo_model, _rank, _only_when_needed = "hr.employee", 84, True

    @api.model
    def _select(self, records):
        return records.filtered("company_id")

    def _payload(self, employee, prepared):
        binding, connection = prepared["bindings"].get(employee.id), prepared["connection"]
        self._check_policy(employee)
        linked = self._is_linked(binding)
        if not linked and not connection.export_employees:
            raise Hold("employee_not_linked", employee, name=employee.name)
        payload = self._values(employee)
        if linked:
            return "update", {self._xero_id: binding.external_id, **payload}
        return "create", {**payload, **self._terms(employee)}

    def _required(self, employee):
        """What the payroll has to know of somebody, in words, and whether Odoo has it."""
        return {
            self.env._("a last name"): all(split_name(employee.name)),
            self.env._("the date of birth"): employee.birthday,
        }

    def _check_complete(self, employee):
        lacking = [words for words, value in self._required(employee).items() if not value]
        if lacking:
            raise Hold("employee_incomplete", employee, name=employee.name, lacking=", ".join(lacking))

    def _values(self, employee):
        self._check_complete(employee)
        first, last = split_name(employee.name)
        return {
            "FirstName": first,
            "LastName": last,
            "DateOfBirth": wire_date(employee.birthday),
            **({"Email": employee.work_email} if employee.work_email else {}),
            **({"JobTitle": employee.job_title[:50]} if employee.job_title else {}),
            **({"StartDate": wire_date(employee.contract_date_start)} if employee.contract_date_start else {}),
            **self._address(employee),
        }

    @api.model
    def _address(self, employee):
        found = {key: employee[name] for key, name in ADDRESS.items() if employee[name]}
        if employee.private_state_id:
            found["Region"] = employee.private_state_id.code
        if employee.private_country_id:
            found["Country"] = employee.private_country_id.name.upper()
        return {"HomeAddress": found} if found.get("AddressLine1") else {}

    @api.model
    def _terms(self, employee):
        """By which calendar and rate a new employee is paid, where Odoo knows; salaries are set in Xero alone."""
        return {
            **({"PayrollCalendarID": c.external_id} if (c := employee.xero_pay_calendar_id) else {}),
            **({"OrdinaryEarningsRateID": r.external_id} if (r := employee.xero_earnings_rate_id) else {}),
        }

    # === ANSWERS === #

    @api.model
    def _code(self, data):
        """What people see: nothing of a person but that it is linked."""
        return data.get("EmployeeID") and data["EmployeeID"][:8]

    @api.model
    def _lookups(self, payloads, facts):
        terms = [f'(FirstName=="{_safe(p["FirstName"])}" AND LastName=="{_safe(p["LastName"])}")' for p in payloads]
        return self._any_of(self._xero_resource, terms)

    @api.model
    def _is_same(self, payload, candidate, facts):
        keys = ("FirstName", "LastName", "DateOfBirth")
        return all(_day(payload.get(key)) == _day(candidate.get(key)) for key in keys)


def _safe(text):
    return text.replace('"', "")


def _day(value):
    """Dates compare without the zone that they are written with."""
    return value.split("+")[0].rstrip(")/") if isinstance(value, str) and value.startswith("/Date(") else value
