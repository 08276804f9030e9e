import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from ..mappers.contact_minimal import MINIMAL

_lt = LazyTranslate(__name__)

# Keys of Xero's contacts that say something about a person -> words. xero-api.md 4.1
PERSONAL = {
    "Name": _lt("Name"),
    "EmailAddress": _lt("E-mail"),
    "ContactNumber": _lt("Identifier"),
    "FirstName": _lt("First name of the primary person"),
    "LastName": _lt("Last name of the primary person"),
    "ContactPersons": _lt("People"),
    "Addresses": _lt("Addresses"),
    "Phones": _lt("Telephone numbers"),
    "TaxNumber": _lt("Tax number"),
    "CompanyNumber": _lt("Company number"),
    "BankAccountDetails": _lt("Bank account"),
    "Website": _lt("Website"),
    "DeliveryAddress": _lt("Delivery address of purchase orders"),
    "AttentionTo": _lt("Attention of purchase orders"),
    "Telephone": _lt("Telephone number of purchase orders"),
}
CONTACTS = "Contacts"
OF_CONTACTS = {"Name", "ContactNumber"}  # elsewhere names are those of items, options and the like
READ_AT_ONCE = 200  # stored calls


@dataclass
class Found:
    """Where a personal field was met: how many times, about how many records, and when."""

    times: int = 0
    about: set = field(default_factory=set)
    first: datetime = None
    last: datetime = None

    def add(self, sent_at, key):
        self.times += 1
        self.about.add(key)
        self.first = min(self.first or sent_at, sent_at)
        self.last = max(self.last or sent_at, sent_at)


class XeroPersonalData(models.TransientModel):
    """Which personal fields the stored calls took to Xero (S1-22, S1-31)."""

    _name = "xero.personal.data"
    _description = "Personal Data in Xero"

    connection_id = fields.Many2one("xero.connection", required=True)
    call_count = fields.Integer("Stored Calls That Write", compute="_compute_lines", store=True)
    since = fields.Datetime("Oldest of Them", compute="_compute_lines", store=True)
    line_ids = fields.One2many("xero.personal.data.line", "report_id", compute="_compute_lines", store=True)

    @api.depends("connection_id")
    def _compute_lines(self):
        for report in self:
            domain = [("connection_id", "=", report.connection_id.id), ("body", "!=", False), ("mapper", "!=", False)]
            found = defaultdict(Found)
            for request in report._stored_calls(domain):
                report._scan(found, request)
            [(count, since)] = self.env["xero.request"].sudo()._read_group(domain, [], ["__count", "create_date:min"])
            report.call_count, report.since = count, since
            report.line_ids = [
                fields.Command.clear(),
                *(fields.Command.create(report._line(key, found[key])) for key in PERSONAL),
            ]

    def _stored_calls(self, domain):
        """The stored calls that wrote, some hundreds in memory at a time."""
        requests, last = self.env["xero.request"].sudo(), 0
        while rows := requests.search([*domain, ("id", ">", last)], order="id", limit=READ_AT_ONCE):
            yield from rows
            last = rows[-1].id
            rows.invalidate_recordset()

    def _scan(self, found, request):
        """Count the personal keys anywhere in one body, by the records that its elements are about."""
        mapper = self.env[request.mapper]
        personal = PERSONAL.keys() if mapper._xero_resource == CONTACTS else PERSONAL.keys() - OF_CONTACTS
        payloads = mapper._payloads_of(json.loads(request.body))
        for spec, payload in zip(request.elements or [], payloads, strict=False):
            for key in filled_keys(payload) & personal:
                found[key].add(request.sent_at or request.create_date, (spec["model"], spec["res_id"]))

    def _line(self, key, found):
        return {
            "field": key,
            "label": self.env._(PERSONAL[key]),
            "is_minimal": key in MINIMAL,
            "times": found.times,
            "records": len(found.about),
            "first_sent_at": found.first,
            "last_sent_at": found.last,
        }


def filled_keys(part):
    """All keys of nested JSON that have a value, once each."""
    if isinstance(part, list):
        return set().union(*map(filled_keys, part))
    if not isinstance(part, dict):
        return set()
    filled = {key for key, value in part.items() if value not in (None, "", [], {})}
    return filled.union(*map(filled_keys, part.values()))


class XeroPersonalDataLine(models.TransientModel):
    _name = "xero.personal.data.line"
    _description = "Personal Field in Xero"

    report_id = fields.Many2one("xero.personal.data", required=True, ondelete="cascade")
    field = fields.Char("Field in Xero")
    label = fields.Char("What")
    is_minimal = fields.Boolean("Sent in Minimal Data Mode")
    times = fields.Integer("Times Sent")
    records = fields.Integer("About")
    first_sent_at = fields.Datetime("First Sent")
    last_sent_at = fields.Datetime("Last Sent")
