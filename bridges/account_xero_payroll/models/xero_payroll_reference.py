from odoo import api, fields, models

from odoo.addons.account_xero.xero_api import codec, payroll2

from ..pay_periods import period_of

KINDS = {
    "EarningsRates": ("earnings", "EarningsRateID"),
    "LeaveTypes": ("leave", "LeaveTypeID"),
    "DeductionTypes": ("deduction", "DeductionTypeID"),
    "ReimbursementTypes": ("reimbursement", "ReimbursementTypeID"),
}
#: The same of version 2, each a resource of its own.
KINDS_2 = {
    "EarningsRates": ("earnings", "EarningsRateID"),
    "LeaveTypes": ("leave", "LeaveTypeID"),
    "Deductions": ("deduction", "DeductionId"),
    "Reimbursements": ("reimbursement", "ReimbursementID"),
}
#: Version 2's key in PascalCase → what version 1 calls it.
NAMES_2 = {
    "PeriodStartDate": "StartDate",
    "DeductionName": "Name",
    "ExpenseAccountID": "AccountID",
    "LiabilityAccountId": "AccountID",
}
PAGES = 1000


def pages_2(client, resource):
    """All elements of a resource of version 2, in version 1's words."""
    for number in range(1, PAGES):
        answer = client.get(resource, {"page": number})
        yield from (payroll2.in_words_of_version_1(element.data, NAMES_2) for element in answer.elements)
        if number >= (answer.payload.get("pagination") or {}).get("pageCount", 1):
            return


class XeroPayrollReference(models.AbstractModel):
    _name = "xero.payroll.reference"
    _inherit = ["xero.reference"]
    _description = "Setting of a Xero payroll"
    _order = "name"

    _xero_key = "external_id"

    external_id = fields.Char("Xero ID", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)

    @api.model
    def _known(self, connection, external_id):
        """The row of an id of Xero's; none for one that is not known."""
        domain = [("connection_id", "=", connection.id), ("external_id", "=", external_id or "-")]
        return self.with_context(active_test=False).search(domain, limit=1)


class XeroPayCalendar(models.Model):
    """How often people are paid, and for which days."""

    _name = "xero.pay.calendar"
    _inherit = ["xero.payroll.reference"]
    _description = "Xero Pay Calendar"

    _xero_resource = "PayrollCalendars"

    kind = fields.Char("Type", readonly=True, help="Xero's calendar type, such as WEEKLY or MONTHLY.")
    start_date = fields.Date(readonly=True, help="The first day of one of its periods.")
    payment_date = fields.Date("First Payment", readonly=True)

    _once = models.UniqueIndex("(connection_id, external_id)", "This calendar has been read already.")

    @api.model
    def _fetch(self, connection, client):
        if connection._payroll_version() == "1.0":
            return super()._fetch(connection, client)
        return [self._from_xero(element) for element in pages_2(client, "PayRunCalendars")]

    @api.model
    def _from_xero(self, element):
        return {
            "external_id": element["PayrollCalendarID"],
            "name": element.get("Name") or element["PayrollCalendarID"],
            "kind": (element.get("CalendarType") or "").upper(),
            "start_date": codec.read_date(element, "StartDate"),
            "payment_date": codec.read_date(element, "PaymentDate"),
            "active": True,
        }

    def _period_of(self, day):
        """First and last day of the pay period that a day lies in."""
        return period_of(self.kind, self.start_date, day)


class XeroPayItem(models.Model):
    """What people are paid for: earnings rates, leave types, deductions and reimbursements."""

    _name = "xero.pay.item"
    _inherit = ["xero.payroll.reference"]
    _description = "Xero Pay Item"
    _order = "kind, name"

    _xero_resource = "PayItems"

    kind = fields.Selection(
        [("earnings", "Earnings"), ("leave", "Leave"), ("deduction", "Deduction"), ("reimbursement", "Reimbursement")],
        required=True,
        readonly=True,
    )
    rate_type = fields.Char(readonly=True, help="RATEPERUNIT, MULTIPLE or FIXEDAMOUNT.")
    unit = fields.Char(readonly=True)
    account_code = fields.Char("Account in Xero", readonly=True)
    is_paid = fields.Boolean("Paid Leave", readonly=True)

    _once = models.UniqueIndex("(connection_id, external_id)", "This pay item has been read already.")

    @api.model
    def _fetch(self, connection, client):
        """All four kinds: in one answer, or each in its own."""
        if connection._payroll_version() != "1.0":
            return self._fetch_2(connection, client)
        payload = client.get(self._xero_resource).payload.get(self._xero_resource) or {}
        return [
            self._item(kind, id_key, one) for key, (kind, id_key) in KINDS.items() for one in payload.get(key) or []
        ]

    @api.model
    def _fetch_2(self, connection, client):
        accounts = self.env["xero.account"].sudo().search([("connection_id", "=", connection.id)])
        codes = {account.external_id: account.code for account in accounts}
        return [
            self._item(kind, id_key, {**one, "AccountCode": codes.get(one.get("AccountID"))})
            for resource, (kind, id_key) in KINDS_2.items()
            for one in pages_2(client, resource)
        ]

    @api.model
    def _item(self, kind, id_key, element):
        return {
            "external_id": element[id_key],
            "name": element.get("Name") or element[id_key],
            "kind": kind,
            "rate_type": element.get("RateType") or False,
            "unit": element.get("TypeOfUnits") or False,
            "account_code": element.get("AccountCode") or False,
            "is_paid": bool(element.get("IsPaidLeave")),
            "active": element.get("CurrentRecord") is not False and element.get("IsActive") is not False,
        }


class XeroWorkLocation(models.Model):
    """Where people work, as organisations in the United States say (features.md S5-33, A6-12)."""

    _name = "xero.work.location"
    _inherit = ["xero.payroll.reference"]
    _description = "Xero Work Location"

    _xero_resource = "WorkLocations"

    is_primary = fields.Boolean(readonly=True)
    street = fields.Char(readonly=True)
    city = fields.Char(readonly=True)
    state_code = fields.Char("State", readonly=True)
    zip = fields.Char("ZIP", readonly=True)

    _once = models.UniqueIndex("(connection_id, external_id)", "This work location has been read already.")

    @api.model
    def _from_xero(self, element):
        place = ", ".join(filter(None, (element.get("StreetAddress"), element.get("City"), element.get("State"))))
        return {
            "external_id": element["WorkLocationID"],
            "name": place or element["WorkLocationID"],
            "is_primary": bool(element.get("IsPrimary")),
            "street": element.get("StreetAddress") or False,
            "city": element.get("City") or False,
            "state_code": element.get("State") or False,
            "zip": element.get("Zip") or False,
            "active": True,
        }
