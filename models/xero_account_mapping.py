from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Odoo's account type → Xero's account types in order of preference, and the code that carries the default in
# Xero's standard charts (xero-api.md 4.8). Types that are absent are never mapped: receivable and payable are
# Xero's own system accounts, bank accounts belong to journals, unallocated earnings are computed by both sides.
ACCOUNT_TYPES = {
    "income": (("REVENUE", "SALES"), "200"),
    "income_other": (("OTHERINCOME", "REVENUE", "SALES"), "260"),
    "expense_direct_cost": (("DIRECTCOSTS", "EXPENSE", "OVERHEADS"), "310"),
    "expense": (("EXPENSE", "OVERHEADS"), "429"),
    "expense_other": (("EXPENSE", "OVERHEADS"), "429"),
    "expense_depreciation": (("DEPRECIATN", "EXPENSE", "OVERHEADS"), "416"),
    "asset_current": (("CURRENT", "PREPAYMENT"), "620"),
    "asset_prepayments": (("PREPAYMENT", "CURRENT"), "620"),
    "asset_fixed": (("FIXED", "NONCURRENT"), "710"),
    "asset_non_current": (("NONCURRENT", "FIXED"), "710"),
    "liability_current": (("CURRLIAB", "LIABILITY"), "850"),
    "liability_non_current": (("TERMLIAB", "LIABILITY", "CURRLIAB"), "900"),
    "equity": (("EQUITY",), "970"),
}
# Accounts of the type Inventory are for items that Xero counts; all else it refuses on them (xero-api.md 4.7).
USUAL_STOCK_CODE = "630"
COUNTED, NOT_COUNTED = ("INVENTORY", "CURRENT"), ("CURRENT",)
CLASSES = {"income": "REVENUE", "expense": "EXPENSE", "asset": "ASSET", "liability": "LIABILITY", "equity": "EQUITY"}


class XeroAccountMapping(models.Model):
    _name = "xero.account.mapping"
    _description = "Xero Account Mapping"
    _inherit = ["xero.mapping"]
    _order = "account_id, id"
    _rec_name = "account_id"

    _source, _target = "account_id", "xero_account_id"

    account_id = fields.Many2one(
        "account.account",
        string="Odoo Account",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('company_ids', 'parent_of', company_id), ('account_type', 'not in', "
        "('asset_receivable', 'liability_payable', 'asset_cash', 'equity_unaffected', 'off_balance'))]",
    )
    account_code = fields.Char(related="account_id.code", string="Code")
    account_type = fields.Selection(related="account_id.account_type", string="Odoo Type")
    xero_account_id = fields.Many2one(
        "xero.account",
        ondelete="set null",
        index="btree_not_null",
        domain="[('connection_id', '=', connection_id), ('type', '!=', 'BANK'), ('system_account', '=', False)]",
        help="Lines on the Odoo account carry this account's code in Xero.",
    )
    xero_type = fields.Char(related="xero_account_id.type", string="Xero Type")

    _account_once = models.UniqueIndex("(connection_id, account_id)", "This account is mapped already.")

    @api.constrains("connection_id", "xero_account_id")
    def _check_xero_account(self):
        for mapping in self.filtered("xero_account_id"):
            target = mapping.xero_account_id
            if target.connection_id != mapping.connection_id:
                raise ValidationError(self.env._("%(name)s belongs to another connection.", name=target.display_name))
            if not target.code:
                raise ValidationError(
                    self.env._(
                        "%(name)s has no code in Xero, and lines name accounts by their code. Give it one in Xero, "
                        "then press Read Reference Data.",
                        name=target.display_name,
                    )
                )

    def _key(self):
        return self.account_id.id

    @api.model
    def _values_of(self, key):
        return {"account_id": key}

    @api.model
    def _proposals(self, connection):
        company = connection.company_id
        domain = [("company_ids", "parent_of", company.id), ("account_type", "in", list(ACCOUNT_TYPES))]
        accounts = self.env["account.account"].with_company(company).search(domain) - self._machinery(company)
        candidates = self.env["xero.account"].search(
            [
                ("connection_id", "=", connection.id),
                ("system_account", "=", False),
                ("type", "!=", "BANK"),
                ("code", "!=", False),
            ]
        )
        if not connection._counts_stock("tracked"):
            candidates = candidates.filtered(lambda one: one.type != "INVENTORY")
        stock = self._valuation_accounts(company)
        types = COUNTED if connection._counts_stock("tracked") else NOT_COUNTED
        return {
            account.id: self._stock_counterpart(account, candidates, types)
            if account in stock
            else self._counterpart(account, candidates)
            for account in accounts
        }

    @api.model
    def _valuation_accounts(self, company):
        """The accounts on which Odoo keeps the value of the stock: the company's, and those of categories."""
        own = [("property_stock_valuation_account_id", "!=", False)]
        categories = self.env["product.category"].sudo().with_company(company).search(own)
        return company.account_stock_valuation_id | categories.property_stock_valuation_account_id

    def _holds(self):
        """A proposal from before it was known who counts the stock is looked at anew; what was chosen by hand stays."""
        proposed_only = self.origin == "proposed" and self.xero_account_id.type == "INVENTORY"
        return super()._holds() and not (proposed_only and not self.connection_id._counts_stock("tracked"))

    @api.model
    def _machinery(self, company):
        """Return the accounts that Odoo books to by itself and that no line of a document carries."""
        journals = self.env["account.journal"].search([("company_id", "parent_of", company.id)])
        taxes = self.env["account.tax"].search([("company_id", "parent_of", company.id)])
        lines = journals.inbound_payment_method_line_ids | journals.outbound_payment_method_line_ids
        return (
            company.transfer_account_id
            | company.account_journal_suspense_account_id
            | journals.suspense_account_id
            | lines.payment_account_id
            | taxes.repartition_line_ids.account_id
        )

    @api.model
    def _stock_counterpart(self, account, candidates, types):
        """The account of the same code, name or usual code, else one whose name says that the stock is on it."""
        fitting = candidates.filtered(lambda one: one.type in types)
        plain = fitting.filtered(
            lambda one: one.code in (account.code, USUAL_STOCK_CODE) or _same_name(one, account) or _says_stock(one)
        )
        return min(plain, key=lambda one: _distance(one, account, types, USUAL_STOCK_CODE), default=None)

    @api.model
    def _counterpart(self, account, candidates):
        """Return the Xero account with the same code and class, else the best one of a fitting type."""
        same_class = candidates.filtered(lambda one: one.account_class == CLASSES.get(account.internal_group))
        same_code = same_class.filtered(lambda one: one.code == account.code)
        if same_code:
            return same_code[0]
        types, usual_code = ACCOUNT_TYPES[account.account_type]
        fitting = candidates.filtered(lambda one: one.type in types)
        best = min(fitting, key=lambda one: _distance(one, account, types, usual_code), default=None)
        if account.internal_group in ("income", "expense") or not best:
            return best
        # On the balance sheet any account of the type would be a guess that nobody notices.
        return best if best.code == usual_code or _same_name(best, account) else None


def _distance(candidate, account, types, usual_code):
    """Sort key: same name first, then the usual code, then the order of the types, then the code."""
    return (
        not _same_name(candidate, account),
        candidate.code != usual_code,
        types.index(candidate.type),
        candidate.code,
    )


def _says_stock(candidate):
    return not {"stock", "inventory"}.isdisjoint(candidate.name.casefold().split())


def _same_name(candidate, account):
    return candidate.name.casefold() == (account.name or "").casefold()
