from odoo import api, fields, models

from odoo.addons.account_xero.xero_api import outcomes

# Version of the payroll → resource → where it lives (xero-api.md 4.13).
VERSION_1, VERSION_2 = "1.0", "2.0"
PLACES = {
    VERSION_1: {
        name: f"payroll.xro/1.0/{name}"
        for name in ("Employees", "PayItems", "PayrollCalendars", "PayRuns", "Timesheets", "LeaveApplications")
    },
    VERSION_2: {
        "PayrollEmployees": "payroll.xro/2.0/Employees",
        "PayrollTimesheets": "payroll.xro/2.0/Timesheets",
        "PayrollLeave": "payroll.xro/2.0/Employees",
        "PayrollRuns": "payroll.xro/2.0/PayRuns",
        **{
            name: f"payroll.xro/2.0/{name}"
            for name in ("PayRunCalendars", "EarningsRates", "LeaveTypes", "Deductions", "Reimbursements")
        },
    },
}
# Country of the organisation → version of its payroll. Other countries have no payroll API.
VERSIONS = {"AU": VERSION_1, "NZ": VERSION_2, "GB": VERSION_2}
ROOTS = {country: PLACES[version] for country, version in VERSIONS.items()}
# Countries whose organisations say where people work, and nothing else of a payroll (features.md A6-12).
LOCATIONS_ONLY = {"US": {"WorkLocations": "payroll.xro/1.0/WorkLocations"}}
READ_WITH_SETTINGS = ("xero.pay.calendar", "xero.pay.item")
SCOPES = ("payroll.employees", "payroll.timesheets", "payroll.settings.read", "payroll.payruns.read")


class XeroConnection(models.Model):
    """Whether the payroll of the organisation is open to Odoo, and what of it is exchanged."""

    _inherit = "xero.connection"

    allow_payroll = fields.Boolean(
        "Allow Payroll Access",
        tracking=True,
        help="Asks Xero for the rights to the payroll. Nothing of the payroll is read or sent without it. After a "
        "change press Setup and Authenticate, as a Xero user who is a payroll administrator.",
    )
    payroll_state = fields.Selection(
        [
            ("unknown", "Not Looked At Yet"),
            ("ready", "Open"),
            ("no_consent", "The Consent Does Not Cover It"),
            ("no_right", "The Xero User Is No Payroll Administrator"),
            ("not_set_up", "Payroll Is Not Set Up in Xero"),
            ("demo", "Payroll of the Demo Organisation Is Not Activated"),
            ("country", "Xero Offers No Payroll for This Country"),
        ],
        string="Payroll in Xero",
        default="unknown",
        readonly=True,
        copy=False,
    )
    payroll_advice = fields.Text(compute="_compute_payroll_advice")
    is_demo_company = fields.Boolean(readonly=True, copy=False)
    reads_payroll = fields.Boolean(compute="_compute_reads_payroll")
    reads_leave = fields.Boolean(compute="_compute_reads_payroll")

    import_employees = fields.Boolean(
        "Create Employees from Xero",
        default=True,
        help="Employees of the payroll that Odoo does not know are created here. Those that it knows are linked in any "
        "case: by their work e-mail, else by name and birthday.",
    )
    export_employees = fields.Boolean(
        "Create Employees in Xero",
        default=True,
        help="Employees that are not in the payroll are created there when hours or leave of theirs are to go, or when "
        "somebody sends them. How much they are paid is set in Xero.",
    )
    employees_owner = fields.Selection(
        [("odoo", "Odoo: They Stay in Xero"), ("xero", "Xero: They Are Taken Over")],
        string="Names and Addresses Are Owned By",
        default="odoo",
        required=True,
        help="Whether names, e-mail, address and job title that are changed in Xero change the employee. Terms of pay "
        "always come from Xero.",
    )
    send_timesheets = fields.Boolean(default=True, help="Hours recorded on projects go to Xero as timesheets.")
    timesheet_rounding = fields.Selection(
        [("0", "As Recorded"), ("0.1", "6 Minutes"), ("0.25", "15 Minutes"), ("0.5", "30 Minutes")],
        string="Round Hours of a Day To",
        default="0",
        required=True,
        help="Hours of a day and earnings rate, half up, as they go to Xero; Odoo keeps them as they are recorded.",
    )
    send_leave = fields.Boolean(default=True, help="Approved time off goes to Xero as leave applications.")
    import_leave = fields.Boolean(
        "Take Leave from Xero", help="Leave that was entered in Xero becomes approved time off."
    )
    export_employees_as_contacts = fields.Boolean(
        help="Without access to the payroll: employees go to Xero as contacts, so that they can be paid as suppliers."
    )

    # Where posted pay runs are booked (xero_pay_run_entry.py).
    book_pay_runs = fields.Boolean(
        help="A pay run that is posted in Xero becomes one journal entry here: wages, superannuation, tax and net pay. "
        "The entry is in Xero already and never goes there.",
    )
    pay_journal_id = fields.Many2one(
        "account.journal",
        "Payroll Journal",
        domain="[('type', '=', 'general')]",
        check_company=True,
        help="Where pay runs of Xero are booked as journal entries.",
    )
    pay_wages_account_id = fields.Many2one(
        "account.account", "Wages", check_company=True, help="Wages and salaries of a pay run, before tax: its cost."
    )
    pay_reimbursement_account_id = fields.Many2one(
        "account.account", "Reimbursements", check_company=True, help="What a pay run pays back to employees."
    )
    pay_super_expense_account_id = fields.Many2one(
        "account.account",
        "Superannuation",
        check_company=True,
        help="Superannuation that the company pays on top of the wages: its cost.",
    )
    pay_super_liability_account_id = fields.Many2one(
        "account.account",
        "Superannuation Owed",
        check_company=True,
        help="Superannuation until it is paid to the funds.",
    )
    pay_tax_account_id = fields.Many2one(
        "account.account", "Tax Withheld", check_company=True, help="Tax withheld until it is paid to the tax office."
    )
    pay_employer_tax_account_id = fields.Many2one(
        "account.account",
        "Employer's Contributions",
        check_company=True,
        help="What the company pays to the tax office on top of the wages, such as National Insurance: its cost. It is "
        "owed with the tax withheld.",
    )
    pay_deductions_account_id = fields.Many2one(
        "account.account",
        "Deductions Owed",
        check_company=True,
        help="What was deducted from the pay until it is paid to whom it is due.",
    )
    pay_net_account_id = fields.Many2one(
        "account.account", "Net Pay Owed", check_company=True, help="What the employees get, until it is paid to them."
    )

    # === RIGHTS === #

    def _wanted_scopes(self):
        return (*super()._wanted_scopes(), *(SCOPES if self.allow_payroll else ()))

    def _roots(self):
        return {**super()._roots(), **self._payroll_roots()}

    def _payroll_roots(self):
        """Where the payroll of the organisation's country lives; empty without permission to use it."""
        if not self.allow_payroll:
            return {}
        return {**ROOTS.get(self.country_code, {}), **LOCATIONS_ONLY.get(self.country_code, {})}

    def _payroll_version(self):
        """Which version of the payroll the organisation's country has; that of Australia where it has none."""
        return VERSIONS.get(self.country_code, VERSION_1) if self.country_code else None

    def _is_read(self, mapper):
        version = getattr(mapper, "_payroll_version", None)
        return version in (None, self._payroll_version()) and super()._is_read(mapper)

    def _payroll_mapper(self, model):
        """The mapper of a model in the payroll's own version."""
        mappers = self.env["xero.mapper"]._for_model(model)
        return next(mapper for mapper in mappers if mapper._concerns(self))

    def _lacks_payroll_scopes(self):
        return not all(self._grants(scope) or self._grants(scope.removesuffix(".read")) for scope in SCOPES)

    def _has_payroll(self):
        """Whether there is a payroll that may be read and written now."""
        return self.allow_payroll and self.payroll_state == "ready" and self.country_code in ROOTS

    @api.depends("allow_payroll", "payroll_state", "country_code", "import_leave")
    def _compute_reads_payroll(self):
        for connection in self:
            connection.reads_payroll = connection._has_payroll()
            connection.reads_leave = connection.reads_payroll and connection.import_leave

    @api.depends("allow_payroll", "payroll_state")
    @api.depends_context("lang")
    def _compute_payroll_advice(self):
        words = {
            "unknown": self.env._("Press Setup and Authenticate, as a Xero user who is a payroll administrator."),
            "no_consent": self.env._(
                "Press Setup and Authenticate and allow what is asked for, as a Xero user who is a payroll "
                "administrator. Everything else goes on without it."
            ),
            "no_right": self.env._(
                "In Xero, open Settings, Users, tick Payroll Admin for the user who authorised this connection, or "
                "authorise again as a payroll administrator. Then press Read Reference Data. Everything else goes on."
            ),
            "not_set_up": self.env._(
                "In Xero, open Payroll and finish its setup: an organisation without payroll has nothing to exchange. "
                "Then press Read Reference Data. Everything else goes on."
            ),
            "demo": self.env._(
                "In a demo organisation the payroll has to be activated first: in Xero, open Settings, Payroll "
                "Settings, and choose the accounts it asks for. Then press Read Reference Data. Everything else goes "
                "on."
            ),
            "country": self.env._(
                "Xero has a payroll for other programs in Australia, New Zealand and the United Kingdom. Asking for it "
                "elsewhere ends in Xero with the message that the app has requested access to data that this "
                "organisation doesn't allow. Untick Allow Payroll Access and authorise again; employees can go as "
                "contacts."
            ),
        }
        for connection in self:
            connection.payroll_advice = words.get(connection.payroll_state) if connection.allow_payroll else False

    # === LOOKING AT THE PAYROLL === #

    def _organisation_values(self, organisation):
        values = super()._organisation_values(organisation)
        return {**values, "is_demo_company": bool(organisation.get("IsDemoCompany"))}

    def _read_reference_data(self, client):
        super()._read_reference_data(client)
        if self.allow_payroll:
            self._read_payroll_settings()

    def _read_payroll_settings(self):
        """Look once whether the payroll is open, and read its calendars, pay items and work locations.

        Whatever comes of it, the rest of the connection goes on.
        """
        state, found = self._look_at_payroll()
        self.payroll_state = state
        for model, rows in found.items():
            self.env[model]._replace(self, rows)
        if state == "ready":
            self.env["xero.leave.mapping"]._propose(self)
            for mapper in self._readers():
                if mapper._is_personal:
                    self._request_reading(mapper._xero_resource)

    def _look_at_payroll(self):
        """``(payroll_state, {model: rows})``; up to six calls."""
        roots = self._payroll_roots()
        if not roots:
            return "country", {}
        if self._lacks_payroll_scopes():
            return "no_consent", {}
        models_of = ("xero.work.location",) if self.country_code in LOCATIONS_ONLY else READ_WITH_SETTINGS
        try:
            with self._get_client() as client:
                found = {model: self.env[model]._fetch(self, client) for model in models_of}
        except outcomes.MissingScope:
            return self._why_closed(), {}
        except outcomes.XeroError:
            return "unknown", {}
        return ("ready" if self.country_code in ROOTS else "country"), found

    def _why_closed(self):
        """Xero gives one answer for three reasons (xero-api.md 4.13); the user's rights tell the first apart."""
        try:
            with self._get_client() as client:
                allowed = self._allowed_actions(client)
        except outcomes.XeroError:
            allowed = {}
        if allowed.get("AdministerPayroll", "ALLOWED") != "ALLOWED":
            return "no_right"
        return "demo" if self.is_demo_company else "not_set_up"

    # === SWITCHES === #

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"send_timesheets", "timesheet_rounding", "send_leave", "export_employees_as_contacts"}:
            for connection in self.filtered(lambda one: one.active and one.state == "connected"):
                self.env["xero.outbox"].sudo()._mark_backlog(connection)
        return result
