"""The account in Xero on which Odoo's stock is worth what it is, where Xero does not count the stock itself."""

from uuid import uuid4

from odoo import api, fields, models

from ..xero_api.outcomes import XeroError
from .xero_account_mapping import USUAL_STOCK_CODE

NAME = "Stock on Hand"
# Xero keeps its own inventory account for the items that it counts; journals need one of this type (xero-api.md 4.7).
TYPE = "CURRENT"


class XeroConnection(models.Model):
    _inherit = "xero.connection"

    stock_account_missing = fields.Boolean(
        compute="_compute_stock_account_missing", help="A stock valuation account stands for none that takes journals."
    )

    @api.depends("sync_inventory", "stock_mode")
    def _compute_stock_account_missing(self):
        for connection in self:
            journals = connection.id and connection._counts_stock("untracked")
            connection.stock_account_missing = bool(journals and connection._stock_accounts_without_place())

    def _stock_accounts_without_place(self):
        """Stock valuation accounts of Odoo that are mapped to nothing, or to an account that takes no journals."""
        mapping = self.env["xero.account.mapping"].sudo()
        places = mapping._for(self)
        return mapping._valuation_accounts(self.company_id).filtered(
            lambda account: account.id not in places or places[account.id].type == "INVENTORY"
        )

    def action_make_stock_account(self):
        """Take the account of that name in Xero, make it where there is none, and map the stock valuation to it."""
        self.ensure_one()
        self.check_access("write")
        try:
            account = self._with_client(self._find_or_make_stock_account)
        except XeroError as error:
            return self._notify("danger", self.env._("No account was made in Xero"), self._words_for(error))
        waiting = self._stock_accounts_without_place()
        self._map_stock_to(waiting, account)
        return self._notify(
            "success",
            self.env._("The stock stands on %(account)s in Xero", account=account.display_name),
            self.env._("Mapped to it: %(accounts)s.", accounts=", ".join(waiting.mapped("display_name")) or "–"),
        )

    def _find_or_make_stock_account(self, client):
        """One call to look, one to make it where it is not there."""
        accounts, active = self.env["xero.account"], [("connection_id", "=", self.id)]
        accounts._replace(self, accounts._fetch(self, client))
        found = accounts.search(
            [*active, ("type", "=", TYPE), ("code", "!=", False), ("name", "=ilike", NAME)], limit=1
        )
        if found:
            return found
        taken = set(accounts.with_context(active_test=False).search(active).mapped("code"))
        body = {"Code": self._free_code(taken), "Name": NAME, "Type": TYPE}
        answer = client.put("Accounts", body, key=str(uuid4()))
        values = accounts._from_xero(answer.elements[0].data)
        return accounts.sudo().create(accounts._stored(values, connection_id=self.id))

    @api.model
    def _free_code(self, taken):
        """The first after Xero's own inventory account that no account has."""
        first = int(USUAL_STOCK_CODE) + 1
        return next(str(code) for code in range(first, first + len(taken) + 1) if str(code) not in taken)

    def _map_stock_to(self, accounts, xero_account):
        mapping = self.env["xero.account.mapping"].sudo()
        rows = mapping.search([("connection_id", "=", self.id), ("account_id", "in", accounts.ids)])
        rows.write({"xero_account_id": xero_account.id})
        mapping.create(
            [
                {"connection_id": self.id, "account_id": account.id, "xero_account_id": xero_account.id}
                for account in accounts - rows.account_id
            ]
        )


class XeroIssue(models.Model):
    _inherit = "xero.issue"

    def _is_about_stock(self):
        """Whether an account that is not mapped is one on which Odoo keeps the value of the stock."""
        if self.code != "account_unmapped" or not self.connection_id.sudo()._counts_stock("untracked"):
            return False
        accounts = self.env["xero.account.mapping"].sudo()._valuation_accounts(self.connection_id.sudo().company_id)
        return self.res_id in accounts.ids

    def _compute_buttons(self):
        super()._compute_buttons()
        for issue in self:
            if issue._is_about_stock():
                issue.buttons = f"{issue.buttons} make_stock_account"

    def _nearest_account(self):
        """Any current asset account would do for journals, so none is nearer than another."""
        return None if self._is_about_stock() else super()._nearest_account()

    def action_make_stock_account(self):
        """Make the account in Xero; what waits for it goes by itself."""
        self._check_may_act()
        self.ensure_one()
        return self.connection_id.action_make_stock_account()
