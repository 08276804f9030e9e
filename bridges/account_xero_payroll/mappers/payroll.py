"""What all resources of a payroll have in common: their pages, their paths and how they are written.

Australia's payroll (version 1, xero-api.md 4.13): lists are bare arrays, a create is a POST of the collection and an
update a POST of the record's own path.
"""

from datetime import datetime, timezone

from odoo import api, fields, models

from odoo.addons.account_xero.mappers.xero_mapper import Call
from odoo.addons.account_xero.xero_api import outcomes, redact

BEGINNING = "2000-01-01"


def wire_date(day):
    """A date as version 1 writes it: the milliseconds since 1970 of its midnight, UTC."""
    moment = datetime(day.year, day.month, day.day, tzinfo=timezone.utc)
    return f"/Date({round(moment.timestamp()) * 1000}+0000)/"


class XeroMapperPayroll(models.AbstractModel):
    _name = "xero.mapper.payroll"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Payroll"

    _is_personal, _private_group = True, "hr.group_hr_user"
    _page_size = 100
    _read_switch = "reads_payroll"
    _read_every = 24
    _payroll_version = "1.0"
    _people_resource = "Employees"  # the resource whose ids stand in payloads

    # === WHICH CONNECTIONS === #

    @api.model
    def _concerns(self, connection):
        return connection._payroll_version() == self._payroll_version

    @api.model
    def _handles(self, connection, ids):
        """Each country's payroll speaks one version, so a record belongs to one of the mappers of its model."""
        return super()._handles(connection, ids) if self._concerns(connection) else []

    @api.model
    def _is_linked(self, binding):
        """Whether Xero has the record, so that it is changed and not made."""
        return bool(binding and binding.external_id)

    @api.model
    def _impersonal(self, connection, words):
        """Without what is quoted, and without the names of the company's employees."""
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        names = employees.search([("company_id", "=", connection.company_id.id)]).mapped("name")
        for name in sorted(filter(None, names), key=len, reverse=True):
            words = words.replace(name, "…")
        return redact.unquoted(words)

    # === READING === #

    @api.model
    def _reads_from(self, connection):
        """All there is: what people are paid by carries no date of a period."""
        return fields.Datetime.to_datetime(BEGINNING)

    @api.model
    def _page_parameters(self, number, size):
        return {"page": number, "order": self._change_order}

    @api.model
    def _refused_reading(self, connection, error):
        return "payroll_no_access" if isinstance(error, outcomes.MissingScope) else "refused"

    # === WRITING === #

    def _group(self, built, action, ids, rows):
        """One call for all that is new, and one for each that changes."""
        specs = [self._element(built, id_, rows) for id_ in ids]
        payloads = [built.payloads[id_] for id_ in ids]
        if action == "create":
            return [Call("POST", self._xero_resource, payloads, specs)]
        return [
            Call("POST", f"{self._xero_resource}/{payload[self._xero_id]}", [payload], [spec])
            for payload, spec in zip(payloads, specs, strict=True)
        ]

    @api.model
    def _payloads_of(self, body):
        return body if isinstance(body, list) else [body]
