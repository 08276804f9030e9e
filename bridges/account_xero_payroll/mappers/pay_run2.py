"""Pay runs of version 2: a run has no totals but cost and pay, so they are those of its payslips."""

from odoo import api, models

from odoo.addons.account_xero.mappers.document_reading import amount

#: Version 1's name of a payslip's total → what it is the sum of, in New Zealand and the United Kingdom.
TOTALS = {
    "Wages": ("TotalEarnings",),
    "Tax": ("TotalEmployeeTaxes",),
    "EmployerTax": ("TotalEmployerTaxes",),
    "Super": ("TotalSuperannuation", "TotalBenefits"),
    "Deductions": ("TotalDeductions", "TotalStatutoryDeductions", "TotalCourtOrders"),
    "Reimbursements": ("TotalReimbursements",),
    "NetPay": ("TotalPay",),
}
POSTED = "POSTED"


class XeroMapperPayRun2(models.AbstractModel):
    _name = "xero.mapper.pay_run2"
    _inherit = ["xero.mapper.payroll2", "xero.mapper.pay_run"]
    _description = "Xero Mapper: Pay Runs, Version 2"

    _xero_resource, _xero_id = "PayrollRuns", "payRunID"
    _names = {
        "PeriodStartDate": "PayRunPeriodStartDate",
        "PeriodEndDate": "PayRunPeriodEndDate",
        "PaySlips": "Payslips",
        "PaySlipID": "PayslipID",
    }

    @api.model
    def _candidates(self, answers):
        return [self._with_totals(run) for run in super()._candidates(answers)]

    @api.model
    def _with_totals(self, run):
        slips = [{**slip, **_sums(slip)} for slip in run.get("Payslips") or []]
        totals = {name: sum(slip[name] for slip in slips) for name in TOTALS}
        status = (run.get("PayRunStatus") or "").upper()
        return {**run, **totals, "Reimbursement": totals["Reimbursements"], "Payslips": slips, "PayRunStatus": status}

    @api.model
    def _paths_of(self, payload):
        """A posted run changes no more, so that one that is here need not be read again."""
        if payload["PayRunStatus"] == POSTED and self._is_kept(payload):
            return []
        return super()._paths_of(payload)

    @api.model
    def _is_kept(self, payload):
        domain = [("resource", "=", self._xero_resource), ("external_id", "=", self._external_id(payload))]
        links = self.env["xero.binding"].search(domain)
        runs = self.env["xero.pay.run"].browse(links.mapped("res_id")).exists()
        return bool(runs) and all(run.state == "posted" for run in runs)


def _sums(slip):
    return {name: sum(amount(slip, key) for key in keys) for name, keys in TOTALS.items()}
