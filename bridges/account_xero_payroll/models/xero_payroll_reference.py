from odoo import api, fields, models

from odoo.addons.account_xero.xero_api import codec

from ..pay_periods import period_of

KINDS = {
    "EarningsRates": ("earnings", "EarningsRateID"),
    "LeaveTypes": ("leave", "LeaveTypeID"),
    "DeductionTypes": ("deduction", "DeductionTypeID"),
    "ReimbursementTypes": ("reimbursement", "ReimbursementTypeID"),
}


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
        """All four kinds come in one answer."""
        payload = client.get(self._xero_resource).payload.get(self._xero_resource) or {}
        return [
            self._item(kind, id_key, one) for key, (kind, id_key) in KINDS.items() for one in payload.get(key) or []
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
            "active": element.get("CurrentRecord", True) is not False,
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
