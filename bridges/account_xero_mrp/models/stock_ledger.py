"""Productions where Xero does not count the stock: its value rises by the cost of the work, and by nothing else.

What goes in and what comes out even out on one account, so that only the work stands against the stock, on the account
that its work centre books its hours to.
"""

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL


class XeroStockLedger(models.AbstractModel):
    _inherit = "xero.stock.ledger"

    @api.model
    def _moved(self, connection, since, day):
        rows = super()._moved(connection, since, day)
        work = self._work(connection.company_id, since, day)
        for row in rows:
            made = row["usage"] == "production" and not row["account"]
            row["work"] = work.pop(row["product"], {}) if made else {}
        return rows

    @api.model
    def _work(self, company, since, day):
        """``{product id: {expense account id: cost of work}}`` of what was made."""
        found = self.env.execute_query(
            SQL(
                """SELECT DISTINCT p.id FROM mrp_production p
                     JOIN stock_move m ON m.production_id = p.id AND m.product_id = p.product_id
                    WHERE p.company_id = %s AND m.state = 'done' AND m.is_in AND %s
                      AND m.xero_do_not_export IS NOT TRUE""",
                company.id,
                self._period(SQL("m.date"), since, day),
            )
        )
        work = defaultdict(lambda: defaultdict(float))
        for production in self.env["mrp.production"].browse(id_ for (id_,) in found):
            for order in production.workorder_ids:
                account = order.workcenter_id.expense_account_id or self._product_expense(production.product_id)
                work[production.product_id.id][account.id] += order._cal_cost()
        return work

    @api.model
    def _product_expense(self, product):
        return product._get_product_accounts()["expense"]

    @api.model
    def _shares(self, company, product, own, row, billed):
        if row["usage"] != "production" or row["account"]:
            yield from super()._shares(company, product, own, row, billed)
            return
        value = row["value"] - sum(row["landed"].values())
        for account_id, amount in row["landed"].items():
            yield ("landed_cost", account_id or own["expense"].id), amount
        for account_id, amount in row["work"].items():
            yield ("work", account_id), amount
        between = company.account_production_wip_account_id or company.expense_account_id or own["expense"]
        yield ("production", between.id), value - sum(row["work"].values())
