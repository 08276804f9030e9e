"""What stock by value needs on both sides, and what both say that it is worth."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from odoo import fields
from odoo.fields import Command

ON_HAND, RECEIVED = "632", "802"
ACCOUNTS = ((ON_HAND, "Stock on Hand", "CURRENT"), (RECEIVED, "Received, Not Billed", "CURRLIAB"))
# Cost method and valuation of the products by chance.
CATEGORIES = (
    ("average", "real_time"),
    ("fifo", "real_time"),
    ("standard", "real_time"),
    ("average", "periodic"),
    ("fifo", "periodic"),
)


def prepare_odoo(env, company):
    """The accounts and the stock journal that Odoo's valuation needs; returns the valuation account."""
    valuation, variation = env["account.account"].create(
        [
            {"name": "Stock Valuation", "code": "110100", "account_type": "asset_current"},
            {"name": "Stock Variation", "code": "500100", "account_type": "expense_direct_cost"},
        ]
    )
    valuation.account_stock_variation_id = variation
    journal = company.account_stock_journal_id or env["account.journal"].search(
        [("company_id", "=", company.id), ("code", "=", "STJ")], limit=1
    )
    company.write({"account_stock_valuation_id": valuation.id, "account_stock_journal_id": journal.id})
    return valuation


def prepare_xero(connection, valuation):
    """Accounts that a bookkeeper has in Xero where Odoo keeps the stock, and the settings that name them."""
    for code, name, kind in ACCOUNTS:
        account = {"Code": code, "Name": name, "Type": kind}
        connection._get_client().put("Accounts", account, key=str(uuid4()))
    connection.action_read_reference_data()
    mine = [("connection_id", "=", connection.id)]
    accounts = {account.code: account for account in connection.env["xero.account"].search(mine)}
    mapping = connection.env["xero.account.mapping"]
    row = mapping.search([*mine, ("account_id", "=", valuation.id)])
    row = row or mapping.create({"connection_id": connection.id, "account_id": valuation.id})
    row.xero_account_id = accounts[ON_HAND]
    connection.write(
        {
            "sync_inventory": True,
            "stock_mode": "untracked",
            "stock_adjustment_account_id": accounts["429"].id,
            "stock_received_account_id": accounts[RECEIVED].id,
            "stock_cogs_account_id": accounts["310"].id,
        }
    )


def category(env, valuation, cost_method, kind, **values):
    return env["product.category"].create(
        {
            "name": f"{cost_method} {kind}",
            "property_valuation": kind,
            "property_cost_method": cost_method,
            "property_stock_valuation_account_id": valuation.id,
            **values,
        }
    )


def goods(env, categories):
    """Two products of each category."""
    return env["product.product"].create(
        [
            {
                "name": f"{category.name} {number}",
                "type": "consu",
                "is_storable": True,
                "categ_id": category.id,
                "standard_price": 10.0 + number / 3,
                "taxes_id": [Command.clear()],
                "supplier_taxes_id": [Command.clear()],
            }
            for category in categories
            for number in range(2)
        ]
    )


def balance(connection, code):
    """What Xero's trial balance says, debits above zero; until tomorrow, for Xero may be a day ahead."""
    until = (fields.Date.today() + timedelta(days=1)).isoformat()
    answer = connection._with_client(lambda client: client.get("Reports/TrialBalance", params={"date": until}))
    for section in answer.payload["Reports"][0]["Rows"]:
        for row in section.get("Rows") or []:
            cells = row.get("Cells") or []
            if cells and cells[0]["Value"].endswith(f"({code})"):
                debit, credit = (Decimal(cell.get("Value") or 0) for cell in cells[-2:])
                return debit - credit
    return Decimal("0.00")


def stock_value(company, account):
    """What Odoo says that the stock on an account is worth."""
    return Decimal(str(round(company.with_company(company).stock_value().get(account, 0.0), 2)))
