"""Employees of version 2: New Zealand and the United Kingdom. What they earn and have left stands beside them."""

from odoo import api, fields, models

from odoo.addons.account_xero.mappers.xero_mapper import Call
from odoo.addons.account_xero.xero_api import codec

from .employee import split_name
from .payroll2 import BEGUN, iso_date

#: Key of the address → field of the version.
ADDRESS = {
    "addressLine1": "private_street",
    "addressLine2": "private_street2",
    "city": "private_city",
    "postCode": "private_zip",
}
ADDRESS_NEEDED = ("addressLine1", "city", "postCode")
#: Odoo's sex → Xero's gender.
GENDERS = {"male": "M", "female": "F"}
#: Country → what an employee has to be made with besides; a title is nowhere in Odoo, and Xero's users may change it.
MADE_WITH = {"GB": {"title": "Mx"}}
#: Country → the terms of an employment. In the United Kingdom they begin with a category of National Insurance,
#: which is for the payroll administrator to choose, in Xero.
EMPLOYMENTS = {"NZ": {"engagementType": "Permanent"}}
#: Country → what its payroll takes of an employee, besides what all take.
TAKEN = {"NZ": ("email", "jobTitle"), "GB": ("email", "gender")}


class XeroMapperEmployee2(models.AbstractModel):
    _name = "xero.mapper.employee2"
    _inherit = ["xero.mapper.payroll2", "xero.mapper.employee"]
    _description = "Xero Mapper: Employees, Version 2"

    _xero_resource, _xero_id = "PayrollEmployees", "employeeID"
    _names = {
        "Address": "HomeAddress",
        "PostCode": "PostalCode",
        "CountryName": "Country",
        "EndDate": "TerminationDate",
    }

    # === TO XERO === #

    def _payload(self, employee, prepared):
        country, binding = prepared["connection"].country_code, prepared["bindings"].get(employee.id)
        employee = employee.with_context(xero_payroll_country=country)
        action, payload = super()._payload(employee, prepared)
        facts = {"content": codec.digest(self._content(payload))}
        employment = self._employment(employee)
        if action == "create":
            return action, {**payload, **MADE_WITH.get(country, {})}, facts | ({"more": True} if employment else {})
        if employment and binding.content_hash == BEGUN:
            facts |= {"employment": True, "external_id": binding.external_id}
        return action, payload, facts

    def _required(self, employee):
        needed = super()._required(employee)
        needed[self.env._("a private address with street, city and ZIP")] = all(
            employee[ADDRESS[key]] for key in ADDRESS_NEEDED
        )
        if "gender" in _taken(employee):
            needed[self.env._("the gender, male or female, which the tax office asks for")] = employee.sex in GENDERS
        return needed

    def _values(self, employee):
        self._check_complete(employee)
        first, last = split_name(employee.name)
        told = {
            "email": employee.work_email,
            "jobTitle": (employee.job_title or "")[:50],
            "gender": GENDERS.get(employee.sex),
        }
        return {
            "firstName": first,
            "lastName": last,
            "dateOfBirth": iso_date(employee.birthday),
            **{key: value for key, value in told.items() if value and key in _taken(employee)},
            "address": self._address(employee),
        }

    @api.model
    def _address(self, employee):
        found = {key: employee[name] for key, name in ADDRESS.items() if employee[name]}
        if employee.private_country_id:
            found["countryName"] = employee.private_country_id.name.upper()
        return found

    @api.model
    def _terms(self, employee):
        """By which calendar somebody is paid is told with the employment, a call of its own."""
        return {}

    @api.model
    def _employment(self, employee):
        """The terms with which a new employee is put on a calendar; nothing where Odoo knows none."""
        calendar, start = employee.xero_pay_calendar_id, employee.contract_date_start
        terms = EMPLOYMENTS.get(_country(employee))
        if not terms or not calendar or not start:
            return {}
        return {"payrollCalendarID": calendar.external_id, "startDate": iso_date(start), **terms}

    @api.model
    def _call(self, action, payload, spec):
        if spec["facts"].get("employment"):
            employee = self.env["hr.employee"].browse(spec["res_id"])
            path = f"{self._xero_resource}/{spec['facts']['external_id']}/Employment"
            return Call("POST", path, self._employment(employee), [spec])
        begun = {**spec, "hash": BEGUN} if spec["facts"].get("more") else spec
        return super()._call(action, payload, begun)

    @api.model
    def _next_calls(self, spec, data):
        """After somebody was made: the employment."""
        content = spec["facts"]["content"]
        facts = {"content": content, "employment": True, "external_id": self._external_id(data)}
        return [self._call("update", {}, {**spec, "action": "update", "hash": content, "facts": facts})]

    # === ANSWERS === #

    @api.model
    def _code(self, data):
        return (self._external_id(data) or "")[:8]

    @api.model
    def _lookups(self, payloads, facts):
        return [
            (self._xero_resource, {"filter": f"firstName=={one['firstName']},lastName=={one['lastName']}"})
            for one in payloads
        ]

    @api.model
    def _is_same(self, payload, candidate, facts):
        same_name = (payload["firstName"], payload["lastName"]) == (candidate["FirstName"], candidate["LastName"])
        return same_name and codec.read_date(payload, "dateOfBirth") == codec.read_date(candidate, "DateOfBirth")

    # === FROM XERO === #

    @api.model
    def _paths_of(self, payload):
        """The list tells all of a person but what is paid and what leave is left."""
        path = super()._paths_of(payload)[0]
        return [f"{path}/SalaryAndWages", f"{path}/LeaveBalances"]

    @api.model
    def _whole_of(self, payload, answers):
        pay, balances = (super(XeroMapperEmployee2, self)._candidates([answer]) for answer in answers)
        return [{**payload, **self._pay(pay), "LeaveBalances": self._balances(balances)}]

    @api.model
    def _is_at_work(self, payload):
        end = codec.read_date(payload, "TerminationDate")
        return not end or end >= fields.Date.today()

    @api.model
    def _pay(self, rows):
        """What version 1 calls the pay template: the line of the pay that holds now."""
        active = [row for row in rows if (row.get("Status") or "").upper() == "ACTIVE"] or rows
        line = max(active, key=lambda row: str(codec.read_date(row, "EffectiveFrom")), default={})
        kept = "AnnualSalary" if (line.get("PaymentType") or "").upper() == "SALARY" else "RatePerUnit"
        rate = line.get("EarningsRateID")
        lines = [{"EarningsRateID": rate, kept: line.get(kept)}] if line else []
        return {"OrdinaryEarningsRateID": rate, "PayTemplate": {"EarningsLines": lines}}

    @api.model
    def _balances(self, rows):
        return [
            {"LeaveTypeID": row.get("LeaveTypeID"), "LeaveName": row.get("Name"), "NumberOfUnits": row.get("Balance")}
            for row in rows
        ]

    @api.model
    def _personal(self, connection, payload):
        """The gender where the tax office asks for it: somebody who came from Xero can go back there."""
        values = super()._personal(connection, payload)
        told = {gender: sex for sex, gender in GENDERS.items()}.get(payload.get("Gender"))
        return {**values, "sex": told} if told and "gender" in TAKEN.get(connection.country_code, ()) else values

    @api.model
    def _terms_of_pay(self, connection, payload):
        """Somebody who was read alone comes without the pay, which then stays as it is."""
        values = super()._terms_of_pay(connection, payload)
        if "PayTemplate" in payload:
            return values
        told = {"xero_earnings_rate_id", "xero_pay_basis", "xero_pay_rate", "wage"}
        return {name: value for name, value in values.items() if name not in told}

    @api.model
    def _keep_balances(self, connection, employee, payload):
        if "LeaveBalances" in payload:
            super()._keep_balances(connection, employee, payload)


def _country(employee):
    """Country of the payroll that the employee is in."""
    context = employee.env.context
    return context.get("xero_payroll_country") or employee.xero_pay_calendar_id.connection_id.country_code


def _taken(employee):
    return TAKEN.get(_country(employee), ())
