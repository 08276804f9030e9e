from odoo import api, fields, models


class XeroPayRun(models.Model):
    """One pay run of the payroll, as Xero has it: who was paid how much, by totals."""

    _name = "xero.pay.run"
    _description = "Xero Pay Run"
    _order = "start_date desc, id desc"
    _rec_name = "payment_date"

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    calendar_id = fields.Many2one("xero.pay.calendar", readonly=True, ondelete="set null")
    start_date = fields.Date("From", readonly=True)
    end_date = fields.Date("To", readonly=True)
    payment_date = fields.Date("Paid On", readonly=True)
    state = fields.Selection([("draft", "Draft"), ("posted", "Posted")], readonly=True, required=True, default="draft")
    wages = fields.Monetary(readonly=True)
    tax = fields.Monetary(readonly=True)
    employer_tax = fields.Monetary("Employer's Contributions", readonly=True)
    super_amount = fields.Monetary("Superannuation", readonly=True)
    deductions = fields.Monetary(readonly=True)
    reimbursement = fields.Monetary(readonly=True)
    net_pay = fields.Monetary(readonly=True)
    payslip_ids = fields.One2many("xero.payslip", "run_id", groups="hr.group_hr_manager")

    @api.depends("calendar_id.name", "start_date", "end_date")
    def _compute_display_name(self):
        for run in self:
            name = run.sudo().calendar_id.name or run.env._("Pay Run")
            run.display_name = f"{name}: {run.start_date} – {run.end_date}"

    @api.model
    def _closed_periods(self, connection, calendar):
        """The periods of a calendar that have been paid."""
        runs = self.search(
            [("connection_id", "=", connection.id), ("calendar_id", "=", calendar.id), ("state", "=", "posted")]
        )
        return {(run.start_date, run.end_date) for run in runs}

    @api.model
    def _xero_backlog_query(self, connection):
        """Pay runs are only read."""
        return


class XeroPayslip(models.Model):
    """What one employee got in a pay run: totals, nothing of where it was paid to."""

    _name = "xero.payslip"
    _description = "Xero Payslip"
    _order = "id desc"

    run_id = fields.Many2one("xero.pay.run", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    employee_id = fields.Many2one("hr.employee", readonly=True, ondelete="cascade", index=True)
    external_id = fields.Char("Xero ID", readonly=True, required=True)
    payment_date = fields.Date(related="run_id.payment_date")
    wages = fields.Monetary(readonly=True)
    tax = fields.Monetary(readonly=True)
    employer_tax = fields.Monetary("Employer's Contributions", readonly=True)
    super_amount = fields.Monetary("Superannuation", readonly=True)
    deductions = fields.Monetary(readonly=True)
    reimbursement = fields.Monetary(readonly=True)
    net_pay = fields.Monetary(readonly=True)

    _once = models.UniqueIndex("(run_id, external_id)", "A payslip is kept once.")
