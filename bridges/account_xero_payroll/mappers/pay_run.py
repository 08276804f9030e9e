"""Pay runs and the totals of their payslips, from Xero."""

from odoo import api, models

from odoo.addons.account_xero.mappers.document_reading import amount
from odoo.addons.account_xero.xero_api import codec

#: Field of ours → key of Xero's, of a run and of a payslip.
TOTALS = {
    "wages": "Wages",
    "tax": "Tax",
    "employer_tax": "EmployerTax",
    "super_amount": "Super",
    "deductions": "Deductions",
    "net_pay": "NetPay",
}


class XeroMapperPayRun(models.AbstractModel):
    _name = "xero.mapper.pay_run"
    _inherit = "xero.mapper.payroll"
    _description = "Xero Mapper: Pay Runs"

    _xero_resource, _xero_id = "PayRuns", "PayRunID"
    _odoo_model, _rank, _is_written = "xero.pay.run", 90, False
    _modified_since, _reads_each, _lists_changes = True, True, True

    @api.model
    def _from_xero(self, connection, payloads):
        return {payload["PayRunID"]: ("created", self._create_run(connection, payload)) for payload in payloads}

    def _create_run(self, connection, payload):
        run = self.env["xero.pay.run"].create({**self._values(connection, payload), "connection_id": connection.id})
        self._keep_payslips(connection, run, payload)
        self._close_hours(connection, run)
        if connection.book_pay_runs:
            run._book()
        return run

    @api.model
    def _values(self, connection, payload):
        calendar = self.env["xero.pay.calendar"]._known(connection, payload.get("PayrollCalendarID"))
        return {
            "calendar_id": calendar.id,
            "start_date": codec.read_date(payload, "PayRunPeriodStartDate"),
            "end_date": codec.read_date(payload, "PayRunPeriodEndDate"),
            "payment_date": codec.read_date(payload, "PaymentDate"),
            "state": "posted" if payload.get("PayRunStatus") == "POSTED" else "draft",
            "reimbursement": float(amount(payload, "Reimbursement")),
            **totals(payload),
        }

    def _keep_payslips(self, connection, run, payload):
        slips = payload.get("Payslips") or []
        employees = self.env["xero.binding"]._by_external(
            connection, self._people_resource, {slip.get("EmployeeID") for slip in slips} - {None}
        )
        run.payslip_ids.unlink()
        self.env["xero.payslip"].create(
            [
                {
                    "run_id": run.id,
                    "external_id": slip["PayslipID"],
                    "employee_id": employees[slip["EmployeeID"]].res_id if slip["EmployeeID"] in employees else False,
                    "reimbursement": float(amount(slip, "Reimbursements")),
                    **totals(slip),
                }
                for slip in slips
            ]
        )

    def _close_hours(self, connection, run):
        """What is recorded for a period that has been paid goes to a later one."""
        if run.state == "posted" and run.calendar_id:
            domain = [("company_id", "=", connection.company_id.id), ("xero_pay_calendar_id", "=", run.calendar_id.id)]
            self.env["xero.timekeeper"]._of(self.env["hr.employee"].search(domain))._again()

    # === CHANGES === #

    @api.model
    def _agreed(self, data, facts):
        return {"seen": self._seen(data)}

    @api.model
    def _seen(self, data):
        slips = [[slip.get("PayslipID"), str(totals(slip))] for slip in data.get("Payslips") or []]
        return codec.digest({"run": str(totals(data)), "status": data.get("PayRunStatus"), "slips": slips})

    @api.model
    def _is_news(self, binding, payload):
        return self._seen(payload) != (binding.agreed or {}).get("seen")

    @api.model
    def _changed_in_xero(self, connection, changes):
        return {binding.external_id: self._follow(connection, binding, data) for binding, data in changes.items()}

    def _follow(self, connection, binding, payload):
        run = self.env["xero.pay.run"].browse(binding.res_id).exists()
        if not run:
            return None
        run.write(self._values(connection, payload))
        self._keep_payslips(connection, run, payload)
        self._close_hours(connection, run)
        if connection.book_pay_runs:
            run._book()
        binding.agreed = self._agreed(payload, {})
        return "updated"

    @api.model
    def _code(self, data):
        return str(codec.read_date(data, "PaymentDate") or data["PayRunID"])


def totals(data):
    return {name: float(amount(data, key)) for name, key in TOTALS.items()}
