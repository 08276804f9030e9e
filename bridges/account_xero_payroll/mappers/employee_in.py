"""Employees of the payroll → employees of Odoo.

One that Odoo has is linked: by the work e-mail, else by name and birthday together. Which of several it is, a person
says. Where Odoo owns what people are called (the default), only the terms of pay follow Xero once both are linked.
"""

from odoo import api, models

from odoo.addons.account_xero.engine.outbox import SUPPRESS
from odoo.addons.account_xero.exceptions import Hold, Skip
from odoo.addons.account_xero.xero_api import codec

from .employee import ADDRESS

MONTHS_A_YEAR = 12
ACTIVE = "ACTIVE"


class XeroMapperEmployee(models.AbstractModel):
    _inherit = "xero.mapper.employee"

    _modified_since, _reads_each = True, True

    @api.model
    def _from_xero(self, connection, payloads):
        """Link or create employees.

        :return: ``{EmployeeID: ("linked" or "created", employee) | Hold | None}``
        """
        return {self._external_id(payload): self._import(connection, payload) for payload in payloads}

    def _import(self, connection, payload):
        found = self._same_employee(connection, payload)
        if len(found) > 1:
            return Hold("employee_ambiguous", connection, count=len(found))
        if found.xero_do_not_import or (not found and not self._may_create(connection, payload)):
            return None
        if found:
            found.write(self._terms_of_pay(connection, payload))
            self._keep_balances(connection, found, payload)
            return "linked", found
        values = {**self._personal(connection, payload), **self._terms_of_pay(connection, payload)}
        employee = self._employees(connection).create({**values, "company_id": connection.company_id.id})
        self._keep_balances(connection, employee, payload)
        return "created", employee

    @api.model
    def _employees(self, connection):
        return self.env["hr.employee"].with_company(connection.company_id).with_context(**{SUPPRESS: True})

    @api.model
    def _may_create(self, connection, payload):
        return connection.import_employees and self._is_at_work(payload)

    @api.model
    def _is_at_work(self, payload):
        return payload.get("Status", ACTIVE) == ACTIVE

    # === WHO IT IS === #

    @api.model
    def _same_employee(self, connection, payload):
        employees = self._employees(connection).with_context(active_test=False)
        company = [("company_id", "=", connection.company_id.id)]
        email = (payload.get("Email") or "").strip()
        found = employees.search([*company, ("work_email", "=ilike", _literal(email))]) if email else employees
        found = self._unlinked(connection, found)
        birthday = codec.read_date(payload, "DateOfBirth")
        if not found and birthday:
            same_name = ("name", "=ilike", _literal(name_of(payload)))
            found = self._unlinked(connection, employees.search([*company, same_name, ("birthday", "=", birthday)]))
        return found

    @api.model
    def _unlinked(self, connection, employees):
        taken = self.env["xero.binding"]._for(connection, employees)
        return employees.filtered(lambda one: one.id not in taken or not taken[one.id].external_id)

    # === VALUES === #

    @api.model
    def _personal(self, connection, payload):
        """Who somebody is; a key that Xero leaves out changes nothing."""
        address = payload.get("HomeAddress") or {}
        values = {
            "name": name_of(payload),
            "work_email": payload.get("Email"),
            "job_title": payload.get("JobTitle"),
            "birthday": codec.read_date(payload, "DateOfBirth"),
            "contract_date_start": codec.read_date(payload, "StartDate"),
            **{name: address.get(key) for key, name in ADDRESS.items()},
            **self._country(address),
        }
        return {name: value for name, value in values.items() if value}

    @api.model
    def _country(self, address):
        country = self.env["res.country"].search([("name", "=ilike", _literal(address.get("Country") or "-"))], limit=1)
        domain = [("country_id", "=", country.id), ("code", "=ilike", address.get("Region") or "-")]
        state = self.env["res.country.state"].search(domain, limit=1) if country else self.env["res.country.state"]
        return {"private_country_id": country.id, "private_state_id": state.id}

    @api.model
    def _terms_of_pay(self, connection, payload):
        """By what somebody is paid; Xero alone knows that. The wage of Odoo's contract is gross and a month's."""
        calendar = self.env["xero.pay.calendar"]._known(connection, payload.get("PayrollCalendarID"))
        rate = self.env["xero.pay.item"]._known(connection, payload.get("OrdinaryEarningsRateID"))
        values = {
            "xero_pay_calendar_id": calendar.id,
            "xero_earnings_rate_id": rate.id,
            **self._salary(payload),
        }
        end = codec.read_date(payload, "TerminationDate")
        return {**values, "contract_date_end": end} if end and codec.read_date(payload, "StartDate") else values

    @api.model
    def _salary(self, payload):
        """Salary of the ordinary line of the pay template: a year's, or an hour's."""
        lines = (payload.get("PayTemplate") or {}).get("EarningsLines") or []
        ordinary = [line for line in lines if line.get("EarningsRateID") == payload.get("OrdinaryEarningsRateID")]
        line = next(iter(ordinary or lines), {})
        if line.get("AnnualSalary"):
            year = line["AnnualSalary"]
            wage = float(round(year / MONTHS_A_YEAR, 2))
            return {"xero_pay_basis": "salary", "xero_pay_rate": float(year), "wage": wage}
        if line.get("RatePerUnit"):
            return {"xero_pay_basis": "hourly", "xero_pay_rate": float(line["RatePerUnit"])}
        return {"xero_pay_basis": False, "xero_pay_rate": 0.0}

    @api.model
    def _keep_balances(self, connection, employee, payload):
        rows = [
            (balance.get("LeaveTypeID"), balance.get("LeaveName"), float(balance.get("NumberOfUnits") or 0))
            for balance in payload.get("LeaveBalances") or []
        ]
        self.env["xero.leave.balance"]._replace_of(connection, employee, rows)

    # === AGREEMENT === #

    @api.model
    def _link_values(self, payload, action):
        return {"origin": "xero" if action == "created" else "linked"}

    @api.model
    def _linked_from_xero(self, connection, booked):
        """Somebody made from Xero is what Xero has, so that nothing goes back; who was linked waits for a change."""
        employees = self.env["hr.employee"].union(*(employee for _action, employee in booked))
        for id_, binding in self.env["xero.binding"]._for(connection, employees).items():
            binding.content_hash = self._own_digest(binding, employees.browse(id_))
            self.env["xero.timekeeper"]._of(employees.browse(id_))._again()

    @api.model
    def _own_digest(self, binding, employee):
        prepared = {"connection": binding.connection_id, "bindings": {employee.id: binding}}
        try:
            _action, payload, *_facts = self._payload(employee, prepared)
        except (Hold, Skip):
            return False
        return codec.digest(self._content(payload))

    @api.model
    def _agreed(self, data, facts):
        """Digests alone: what they were made of is nobody's business here."""
        return {"seen": self._seen(data)} if "PayTemplate" in data or "LeaveBalances" in data else {}

    @api.model
    def _seen(self, data):
        content = {key: value for key, value in data.items() if key not in ("UpdatedDateUTC", "AskedAt")}
        return codec.digest(_plain(content))

    @api.model
    def _is_news(self, binding, payload):
        return self._seen(payload) != (binding.agreed or {}).get("seen")

    @api.model
    def _changed_in_xero(self, connection, changes):
        return {binding.external_id: self._follow(connection, binding, payload) for binding, payload in changes.items()}

    def _follow(self, connection, binding, payload):
        employee = self._employees(connection).browse(binding.res_id).exists()
        if not employee or employee.xero_do_not_import:
            return None
        values = self._terms_of_pay(connection, payload)
        if connection.employees_owner == "xero":
            values |= self._personal(connection, payload)
        changed = {name: value for name, value in values.items() if _differs(employee, name, value)}
        if changed:
            employee.write(changed)
            binding.content_hash = self._own_digest(binding, employee)
            if changed.keys() & {"xero_pay_calendar_id", "xero_earnings_rate_id"}:
                self.env["xero.timekeeper"]._of(employee)._again()
        self._keep_balances(connection, employee, payload)
        binding.agreed = {**(binding.agreed or {}), "seen": self._seen(payload)}
        return "updated" if changed else None


def name_of(payload):
    """A person's name as Odoo writes it."""
    return " ".join(filter(None, (payload.get(key) for key in ("FirstName", "MiddleNames", "LastName"))))


def _differs(record, name, value):
    own = record[name]
    return (own.id if hasattr(own, "_name") else own) != value


def _literal(text):
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items() if key not in ("UpdatedDateUTC", "AskedAt")}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return str(value)
