from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..mappers.figures import CURRENT_EARNINGS, SECTIONS
from ..xero_api.outcomes import MissingScope, XeroError

_lt = LazyTranslate(__name__)

# Lists put groups in the order of their keys, so these begin with a letter for it.
WIDGETS = [
    ("a_sales", "Customer Invoices"),
    ("b_purchases", "Bills"),
    ("c_drafts", "Not Approved Yet"),
    ("d_receivables", "Aged Receivables"),
    ("e_payables", "Aged Payables"),
    ("f_assets", "Balance Sheet: Assets"),
    ("g_liabilities", "Balance Sheet: Liabilities"),
    ("h_equity", "Balance Sheet: Equity"),
    ("i_documents", "Invoice List"),
    ("j_products", "Growth per Product"),
    ("k_accounts", "Account Balances"),
    # What the bridge to payroll fills.
    ("l_employees", "Employees"),
    ("m_hours", "Hours Worked"),
]
SECTION_WIDGETS = {"assets": "f_assets", "liabilities": "g_liabilities", "equity": "h_equity"}
AGE_WIDGETS = {"receivables": "d_receivables", "payables": "e_payables"}
DOCUMENT_WIDGETS = {"sales": "a_sales", "purchases": "b_purchases"}
# Days overdue up to which a document belongs to a band, in order; None is the rest.
AGES = [("not_due", 0), ("age_30", 30), ("age_60", 60), ("age_90", 90), ("older", None)]
LABELS = {
    "sales_open": _lt("Awaiting payment, not due yet"),
    "sales_overdue": _lt("Awaiting payment, overdue"),
    "sales_draft": _lt("Customer invoices"),
    "purchases_open": _lt("Awaiting payment, not due yet"),
    "purchases_overdue": _lt("Awaiting payment, overdue"),
    "purchases_draft": _lt("Bills"),
    "not_due": _lt("Not due yet"),
    "age_30": _lt("1 to 30 days overdue"),
    "age_60": _lt("31 to 60 days overdue"),
    "age_90": _lt("61 to 90 days overdue"),
    "older": _lt("Older"),
    "earnings": _lt("Earnings of this year and before"),
    "unmapped": _lt("Accounts in Odoo that are mapped to none in Xero"),
    "not_mapped": _lt("Accounts in Odoo that are mapped to none in Xero"),
}
# Drafts are everybody's own work: they are shown and not compared.
NOT_COMPARED = ("sales_draft", "purchases_draft")
ROLES = {"asset_receivable": "DEBTORS", "liability_payable": "CREDITORS"}
DOCUMENT_TYPES = {
    "sales": ("out_invoice", "out_receipt"),
    "purchases": ("in_invoice", "in_receipt"),
}
ACCOUNT_TYPES = {"receivables": "asset_receivable", "payables": "liability_payable"}


class XeroFigure(models.Model):
    """One figure of the books beside the same figure in Xero, as of when it was read.

    Invoices and bills, aged receivables and payables, and the balance sheet (features.md S5-11, 18, 21, 23). Further
    parts override `_read`, which calls Xero, `_compared`, which sets Odoo's side beside it, and `_least_calls`.
    """

    _name = "xero.figure"
    _description = "Xero Figure"
    _order = "connection_id, sequence, id"
    _rec_name = "key"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(required=True)
    widget = fields.Selection(WIDGETS, string="Part", required=True)
    key = fields.Char(required=True)
    label = fields.Char()
    name = fields.Char(compute="_compute_name", string="Figure")
    odoo_amount = fields.Monetary(string="Odoo")
    xero_amount = fields.Monetary(string="Xero")
    odoo_count = fields.Integer(string="Documents in Odoo")
    xero_count = fields.Integer(string="Documents in Xero")
    difference = fields.Monetary(help="Odoo less Xero.")
    compared = fields.Boolean(default=True)
    unit = fields.Selection(
        [("money", "Money"), ("hours", "Hours"), ("people", "People")], required=True, default="money"
    )
    odoo_before = fields.Monetary(help="The same figure of the period before.")
    xero_before = fields.Monetary(help="The same figure of the period before.")
    date_due = fields.Date(string="Due")
    res_id = fields.Integer(string="Record", help="The invoice or the product in Odoo that the figure is of.")
    read_at = fields.Datetime(string="As Of", required=True)

    @api.depends("key", "label")
    @api.depends_context("lang")
    def _compute_name(self):
        for figure in self:
            figure.name = self.env._(LABELS[figure.key]) if figure.key in LABELS else figure.label

    # === READ === #

    @api.model
    def action_refresh(self):
        """Read Xero's side of the shown companies again and set Odoo's beside it.

        :raises UserError: no company is connected, or the user may not see the figures
        """
        self.check_access("read")
        connections = self.env["xero.connection"].search(
            [("company_id", "in", self.env.companies.ids), ("state", "=", "connected")]
        )
        if not connections:
            raise UserError(self.env._("No company is connected to Xero."))
        for connection in connections:
            try:
                self.sudo()._refresh(connection.sudo())
            except MissingScope as error:
                return connection._notify("danger", self.env._("Nothing was read"), connection._words_for(error))
            except XeroError as error:
                return connection._notify("danger", self.env._("Nothing was read"), str(error))
        return connection._notify("success", self.env._("Figures"), self.env._("Read from Xero just now."))

    @api.model
    def _refresh(self, connection):
        # Both sides up to the same day; a day more, because an organisation may be a day ahead of this server.
        day = fields.Date.context_today(self) + timedelta(days=1)
        calls = []
        # Their paths alone: a page of a thousand documents is some megabytes.
        read = connection._with_client(
            lambda client: self._read(connection, client, day), on_answer=lambda call: calls.append(call.path)
        )
        figures = self._compared(connection, read, day)
        self.search([("connection_id", "=", connection.id)]).unlink()
        self.create([self._values(connection, number, figure) for number, figure in enumerate(figures)])
        self.env["xero.figure.reading"]._note(connection, len(calls))

    def _values(self, connection, number, figure):
        compared = figure.get("compared", figure["key"] not in NOT_COMPARED)
        difference = connection.company_id.currency_id.round(figure["odoo_amount"] - figure["xero_amount"])
        return {
            "connection_id": connection.id,
            "sequence": number,
            "read_at": fields.Datetime.now(),
            "difference": difference if compared else 0,
            **figure,
            "compared": compared,
        }

    @api.model
    def _read(self, connection, client, day):
        """What Xero says, by part; the only place that calls."""
        mapper = self.env["xero.mapper.figures"]
        answers = (answer for path, params in mapper._reads() for answer in client.pages(path, params))
        documents = mapper._open_documents(answers)
        sheet = client.get(*mapper._balance_sheet_read(day)) if self._reads_balance_sheet(connection) else None
        return {"documents": documents, "sheet": mapper._balances(sheet) if sheet else None}

    @api.model
    def _compared(self, connection, read, day):
        """The values of the figures: Odoo's beside what was read."""
        figures = [*self._of_documents(connection, read["documents"]), *self._of_ages(connection, read["documents"])]
        if read["sheet"] is not None:
            figures += self._of_balance_sheet(connection, read["sheet"], day)
        return figures

    @api.model
    def _least_calls(self, connection):
        """How many calls a reading takes at least; long lists take more."""
        return len(self.env["xero.mapper.figures"]._reads()) + bool(self._reads_balance_sheet(connection))

    def _reads_balance_sheet(self, connection):
        return connection.compare_balance_sheet and connection._grants("accounting.reports.balancesheet.read")

    # === INVOICES AND BILLS === #

    def _of_documents(self, connection, documents):
        today = fields.Date.context_today(self)
        for prefix, side in (("sales", "receivables"), ("purchases", "payables")):
            mine = [document for document in documents if document.side == side and document.is_invoice]
            theirs = defaultdict(list)
            for document in mine:
                late = document.due and document.due < today
                theirs["draft" if document.is_draft else "overdue" if late else "open"].append(document)
            for kind in ("open", "overdue", "draft"):
                found = theirs[kind]
                field = "amount_total_signed" if kind == "draft" else "amount_residual_signed"
                domain = self._documents_domain(connection, f"{prefix}_{kind}")
                [[count, amount]] = self.env["account.move"]._read_group(domain, [], ["__count", f"{field}:sum"])
                yield {
                    "widget": "c_drafts" if kind == "draft" else DOCUMENT_WIDGETS[prefix],
                    "key": f"{prefix}_{kind}",
                    "odoo_amount": abs(amount),
                    "odoo_count": count,
                    "xero_amount": float(sum(document.amount for document in found)),
                    "xero_count": len(found),
                }

    def _documents_domain(self, connection, key):
        prefix, kind = key.split("_")
        domain = [("move_type", "in", DOCUMENT_TYPES[prefix]), ("company_id", "=", connection.company_id.id)]
        if kind == "draft":
            return [*domain, ("state", "=", "draft")]
        domain += [("state", "=", "posted"), ("amount_residual", "!=", 0)]
        return [*domain, ("invoice_date_due", "<" if kind == "overdue" else ">=", fields.Date.context_today(self))]

    # === AGES === #

    def _of_ages(self, connection, documents):
        today = fields.Date.context_today(self)
        for side in ACCOUNT_TYPES:
            theirs, ours = defaultdict(list), defaultdict(list)
            for document in documents:
                if document.side == side and not document.is_draft:
                    theirs[self._band(document.due, today)].append(float(document.amount))
            for due, amount in self._odoo_ages(connection, side):
                ours[self._band(due, today)].append(amount)
            for key, _days in AGES:
                yield {
                    "widget": AGE_WIDGETS[side],
                    "key": key,
                    "odoo_amount": sum(ours[key]),
                    "odoo_count": len(ours[key]),
                    "xero_amount": sum(theirs[key]),
                    "xero_count": len(theirs[key]),
                }

    @api.model
    def _band(self, due, today):
        late = (today - due).days if due else 0
        return next(key for key, days in AGES if days is None or late <= days)

    def _odoo_ages(self, connection, side):
        """``[(due, amount)]`` of what is open; what counts against it, such as a credit note, from its own date."""
        self.env["account.move.line"].flush_model()
        sign = 1 if side == "receivables" else -1
        return self.env.execute_query(
            SQL(
                """SELECT CASE WHEN l.amount_residual * %(sign)s > 0 THEN COALESCE(l.date_maturity, l.date)
                               ELSE COALESCE(l.invoice_date, l.date) END, l.amount_residual * %(sign)s
                     FROM account_move_line l JOIN account_account a ON a.id = l.account_id
                    WHERE l.company_id = %(company)s AND l.parent_state = 'posted' AND a.account_type = %(type)s
                      AND NOT l.reconciled AND l.amount_residual != 0""",
                sign=sign,
                company=connection.company_id.id,
                type=ACCOUNT_TYPES[side],
            )
        )

    # === BALANCE SHEET === #

    def _of_balance_sheet(self, connection, balances, day):
        ours = self._odoo_balances(connection, day)
        accounts = self.env["xero.account"].with_context(active_test=False)
        accounts = accounts.search([("connection_id", "=", connection.id)]).grouped("external_id")
        theirs = defaultdict(float)
        names = {}
        for id_, (name, amount) in balances.items():
            account = accounts.get(id_)
            earns = id_ == CURRENT_EARNINGS or (account and account.system_account == "RETAINEDEARNINGS")
            key = "earnings" if earns else id_
            theirs[key] += float(amount)
            names[key] = name
        figures = []
        for key in {**dict.fromkeys(theirs), **dict.fromkeys(ours)}:
            account = accounts.get(key)
            section = SECTIONS.get(account.account_class, "equity") if account else "equity"
            amount = ours.get(key, 0.0)
            figures.append(
                {
                    "widget": SECTION_WIDGETS[section],
                    "key": key,
                    "label": account.display_name if account else names.get(key, key),
                    "odoo_amount": amount if section == "assets" else -amount,
                    "xero_amount": theirs.get(key, 0.0),
                }
            )
        shown = [figure for figure in figures if figure["odoo_amount"] or figure["xero_amount"]]
        return sorted(shown, key=lambda figure: (figure["widget"], figure["label"]))

    def _odoo_balances(self, connection, day):
        """``{Xero's account id, "earnings" or "unmapped": balance}``, debits above zero."""
        counterparts = self._counterparts(connection)
        domain = [
            ("company_id", "=", connection.company_id.id),
            ("parent_state", "=", "posted"),
            ("date", "<=", day),
            ("account_id.account_type", "!=", "off_balance"),
        ]
        balances = defaultdict(float)
        for account, balance in self.env["account.move.line"]._read_group(domain, ["account_id"], ["balance:sum"]):
            earns = account.internal_group in ("income", "expense") or account.account_type == "equity_unaffected"
            balances["earnings" if earns else counterparts.get(account.id, "unmapped")] += balance
        return balances

    def _counterparts(self, connection):
        """``{account id: Xero's account id}``: by mapping, by journal, and the roles that both sides know."""
        accounts, company = self.env["account.account"], connection.company_id
        xero = self.env["xero.account"].search([("connection_id", "=", connection.id)])
        roles = {account.system_account: account.external_id for account in xero if account.system_account}
        found = {id_: target.external_id for id_, target in self.env["xero.account.mapping"]._for(connection).items()}
        for kind, role in ROLES.items():
            mine = accounts.search([("company_ids", "in", company.ids), ("account_type", "=", kind)])
            found.update(dict.fromkeys(mine.ids, roles.get(role, "unmapped")))
        taxes = self.env["account.tax.repartition.line"].search([("company_id", "=", company.id)]).account_id
        found.update({id_: roles["GST"] for id_ in taxes.ids if "GST" in roles and id_ not in found})
        for journal_id, target in self.env["xero.journal.mapping"]._for(connection).items():
            journal = self.env["account.journal"].browse(journal_id)
            methods = journal.inbound_payment_method_line_ids | journal.outbound_payment_method_line_ids
            banks = journal.default_account_id | methods.payment_account_id
            found.update(dict.fromkeys(banks.ids, target.external_id))
        return found

    def _accounts_domain(self):
        """The journal items of an account of Xero, or of all accounts that have none there."""
        counterparts = self.sudo()._counterparts(self.sudo().connection_id)
        if self.key != "unmapped":
            return [("account_id", "in", [id_ for id_, target in counterparts.items() if target == self.key])]
        mapped = [id_ for id_, target in counterparts.items() if target != self.key]
        apart = ("income", "expense", "off")
        return [("account_id", "not in", mapped), ("account_id.internal_group", "not in", apart)]

    # === OPEN === #

    def action_open(self):
        """Open the documents or journal items in Odoo that are behind a figure."""
        self.ensure_one()
        connection = self.connection_id
        if self.key.split("_")[0] in DOCUMENT_TYPES:
            action = "account.action_move_out_invoice_type" if self.key.startswith("sales") else None
            action = self.env["ir.actions.act_window"]._for_xml_id(action or "account.action_move_in_invoice_type")
            return {**action, "domain": self._documents_domain(connection, self.key), "context": {}}
        domain = [("company_id", "=", connection.company_id.id), ("parent_state", "=", "posted")]
        side = next((side for side, widget in AGE_WIDGETS.items() if widget == self.widget), None)
        if side:
            domain += [("account_id.account_type", "=", ACCOUNT_TYPES[side]), ("amount_residual", "!=", 0)]
        elif self.key == "earnings":
            domain += [("account_id.internal_group", "in", ("income", "expense"))]
        else:
            domain += self._accounts_domain()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "account.move.line",
            "views": [[False, "list"], [False, "form"]],
            "domain": domain,
        }


class XeroConnection(models.Model):
    _inherit = "xero.connection"

    figure_ids = fields.One2many("xero.figure", "connection_id")
    compare_balance_sheet = fields.Boolean(
        help="Xero > Figures shows the balance sheet of both sides, account by account. Needs the right to that "
        "report: press Re-authorise.",
    )
