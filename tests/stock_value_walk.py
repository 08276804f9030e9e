"""A warehouse in which things happen by chance, where Xero keeps the value of the stock and counts nothing."""

from . import stock_steps
from .stock_value_steps import ON_HAND, balance, stock_value


class ValuedWarehouse(stock_steps.Warehouse):
    """After every sync Xero's stock account is worth what Odoo's stock is worth."""

    def differences(self):
        self.env.invalidate_all()
        issues = self.env["xero.issue"].search([("connection_id", "=", self.connection.id), ("state", "=", "open")])
        ours = stock_value(self.company, self.company.account_stock_valuation_id)
        theirs = balance(self.connection, ON_HAND)
        found = (
            [f"stock: {ours} in Odoo, {theirs} in Xero after {sum(self.made.values())} steps"] if ours != theirs else []
        )
        return found + issues.mapped("text")
