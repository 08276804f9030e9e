"""Version 2 of the payrolls (New Zealand, United Kingdom; xero-api.md 4.13): camelCase, ISO dates, one object a call.

What is read is put into version 1's words first, by each mapper's table of names, so that there is one reading of an
employee, a pay run, a timesheet and a leave. What is sent is written as version 2 has it.
"""

from odoo import api, models

from odoo.addons.account_xero.mappers.xero_mapper import Call
from odoo.addons.account_xero.xero_api import payroll2

#: Content hash of a record of which not all calls have been carried out.
BEGUN = "begun"


def iso_date(day):
    return day.isoformat()


class XeroMapperPayroll2(models.AbstractModel):
    _name = "xero.mapper.payroll2"
    _inherit = "xero.mapper.payroll"
    _description = "Xero Mapper: Payroll, Version 2"

    _payroll_version = "2.0"
    _people_resource = "PayrollEmployees"
    _lists_changes = False  # no If-Modified-Since: all is listed each time
    _names = {}  # key in PascalCase → version 1's name of it

    # === READING === #

    @api.model
    def _page_parameters(self, number, size):
        return {"page": number}

    @api.model
    def _candidates(self, answers):
        return [
            payroll2.in_words_of_version_1(element.data, self._names)
            for answer in answers
            for element in answer.elements
        ]

    @api.model
    def _external_id(self, data):
        """Of what was read, and of an answer as it came."""
        return data.get(self._xero_id) or data.get(self._xero_id[0].upper() + self._xero_id[1:])

    @api.model
    def _remote_updated_at(self, data):
        """Lists are not in the order of changes, so no stamp says how far one has been read."""
        return False

    # === WRITING === #

    @api.model
    def _is_linked(self, binding):
        """What was taken away is gone for good, and is made anew where it comes back."""
        return super()._is_linked(binding) and binding.state != "deleted"

    def _group(self, built, action, ids, rows):
        return [self._call(action, built.payloads[id_], self._element(built, id_, rows)) for id_ in ids]

    @api.model
    def _call(self, action, payload, spec):
        """The call that carries one payload out."""
        if action == "create":
            return Call("POST", self._xero_resource, payload, [spec])
        path = f"{self._xero_resource}/{payload[self._xero_id]}"
        return Call("PUT", path, payload, [spec])

    @api.model
    def _payloads_of(self, body):
        return [body]

    @api.model
    def _part(self, spec, **facts):
        """An element of a call after which others of the same record follow: nothing is agreed on before the last."""
        return {**spec, "hash": BEGUN, "facts": {**spec["facts"], "more": True, **facts}}
