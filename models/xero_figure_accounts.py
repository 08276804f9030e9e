from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, models

# Accounts whose balance grows with credits.
CREDIT_CLASSES = ("LIABILITY", "EQUITY", "REVENUE")


class XeroFigure(models.Model):
    """Account Balances of both books, now and a month ago: all accounts that are mapped (features.md S5-16, 17)."""

    _inherit = "xero.figure"

    @api.model
    def _read(self, connection, client, day):
        read = super()._read(connection, client, day)
        if not self._reads_accounts(connection):
            return {**read, "accounts": None}
        mapper = self.env["xero.mapper.figures"]
        days = (day, day - relativedelta(months=1))
        return {**read, "accounts": [mapper._trial_balances(client.get(*mapper._trial_balance_read(d))) for d in days]}

    @api.model
    def _least_calls(self, connection):
        return super()._least_calls(connection) + 2 * bool(self._reads_accounts(connection))

    def _reads_accounts(self, connection):
        return connection.compare_balance_sheet and connection._grants("accounting.reports.trialbalance.read")

    @api.model
    def _compared(self, connection, read, day):
        figures = super()._compared(connection, read, day)
        return [*figures, *(self._of_accounts(connection, *read["accounts"], day) if read["accounts"] else ())]

    def _of_accounts(self, connection, now, before, day):
        accounts = self.env["xero.account"].with_context(active_test=False)
        accounts = accounts.search([("connection_id", "=", connection.id)]).grouped("external_id")
        # Earnings of earlier years stand on no account of Odoo's; the balance sheet compares them.
        retained = {id_ for id_, account in accounts.items() if account.system_account == "RETAINEDEARNINGS"}
        ours = self._odoo_account_balances(connection, day)
        ours_before = self._odoo_account_balances(connection, day - relativedelta(months=1))
        figures = []
        for key in {**dict.fromkeys(now), **dict.fromkeys(before), **dict.fromkeys(ours)}:
            account = accounts.get(key)
            sign = -1 if account and account.account_class in CREDIT_CLASSES else 1
            figure = {
                "widget": "k_accounts",
                "key": key,
                "label": account.display_name if account else key,
                "odoo_amount": sign * ours.get(key, 0.0),
                "xero_amount": sign * float(now.get(key, 0)),
                "odoo_before": sign * ours_before.get(key, 0.0),
                "xero_before": sign * float(before.get(key, 0)),
            }
            if key not in retained and (figure["odoo_amount"] or figure["xero_amount"]):
                figures.append(figure)
        return sorted(figures, key=lambda figure: (figure["key"] == "not_mapped", figure["label"]))

    def _odoo_account_balances(self, connection, day):
        """``{Xero's account id or "not_mapped": balance}``, debits above zero; income and costs of this year only."""
        counterparts = self._counterparts(connection)
        start = connection.company_id.compute_fiscalyear_dates(day)["date_from"]
        domain = [
            ("company_id", "=", connection.company_id.id),
            ("parent_state", "=", "posted"),
            ("date", "<=", day),
            ("account_id.account_type", "not in", ("off_balance", "equity_unaffected")),
            "|",
            ("account_id.internal_group", "not in", ("income", "expense")),
            ("date", ">=", start),
        ]
        balances = defaultdict(float)
        for account, balance in self.env["account.move.line"]._read_group(domain, ["account_id"], ["balance:sum"]):
            key = counterparts.get(account.id, "not_mapped")
            balances["not_mapped" if key == "unmapped" else key] += balance
        return balances

    def _accounts_domain(self):
        if self.key != "not_mapped":
            return super()._accounts_domain()
        counterparts = self.sudo()._counterparts(self.sudo().connection_id)
        return [("account_id", "not in", [id_ for id_, target in counterparts.items() if target != "unmapped"])]
