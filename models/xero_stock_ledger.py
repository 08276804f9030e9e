"""What Odoo's stock is worth, and why that changed: the facts from which the stock journals are made.

Everything is a sum since the start of the connection, never a list of events: what is late, corrected or dated back is
in the next sum by itself, and what was posted already is taken off it (xero_stock_journal.py).
"""

from collections import defaultdict
from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.tools import SQL

# Usage of the location at the other end of a valued move -> why the stock value changes.
USAGES = {"customer": "delivery", "supplier": "receipt", "production": "production", "inventory": "adjustment"}
# Causes whose other side stands in profit and loss, where a branch is looked at: they are booked by warehouse. The
# other side of what is received or billed is the bill's, which carries no warehouse: under an option the two would not
# even out.
CAUSES_OF_WAREHOUSES = {"delivery", "adjustment"}
# Statuses of documents that Xero has not posted.
UNPOSTED = ("DRAFT", "SUBMITTED", "DELETED", "VOIDED")


class XeroStockLedger(models.AbstractModel):
    _name = "xero.stock.ledger"
    _description = "Value of the Stock, by Cause"

    @api.model
    def _of(self, connection):
        """The ledger as the connection's company sees it."""
        company = connection.company_id
        return self.sudo().with_company(company).with_context(xero_stock_company=company.id, active_test=False)

    # === VALUES === #

    @api.model
    def _accounts(self, company):
        """``{product: its accounts}`` of everything that is counted; ``{}`` where there is nothing."""
        return company.with_context(active_test=True)._get_accounts_by_product()

    @api.model
    def _values(self, company, accounts, day=None):
        """``{valuation account: value}`` at the end of ``day`` (UTC, as Odoo reckons), or now.

        :raises nothing: products without a valuation account are under the empty account
        """
        return company.stock_value(accounts, at_date=day) if accounts else {}

    # === CAUSES === #

    @api.model
    def _causes(self, connection, accounts, since, day=None):
        """``{valuation account: {(cause, counterpart id, option id): amount}}`` of what moved after ``since``.

        What bills have posted on the stock account in Xero is not taken off yet.
        """
        company, sums = connection.company_id, defaultdict(lambda: defaultdict(float))
        rows = self._moved(connection, since, day)
        billed = self._billed(connection, [row["line"] for row in rows if row["line"]], day)
        for row in rows:
            product = self.env["product.product"].browse(row["product"])
            own = accounts.get(product) or self._own_accounts(product)
            for (cause, account_id), amount in self._shares(company, product, own, row, billed):
                sums[own["valuation"]][cause, account_id, self._option_of(cause, row)] += amount
        return sums

    @api.model
    def _own_accounts(self, product):
        """Those of products that are archived, or no longer counted."""
        found = product._get_product_accounts()
        return {"valuation": found["stock_valuation"], "expense": found["expense"]}

    @api.model
    def _shares(self, company, product, own, row, billed):
        """``((cause, counterpart id), amount)`` of what moved of one product between stock and one place."""
        for account_id, amount in row["landed"].items():
            yield ("landed_cost", account_id or own["expense"].id), amount
        value = row["value"] - sum(row["landed"].values())
        cause = USAGES.get(row["usage"]) or ("receipt" if value > 0 else "delivery")
        if cause != "adjustment" and row["account"]:
            yield ("location", row["account"]), value
        elif cause == "receipt" and product.valuation != "real_time":
            # The bill is on the expense account; only what has no bill yet is owed for.
            waiting = billed[row["line"]].waiting(row["quantity"], value) if row["line"] else 0.0
            yield ("receipt", False), waiting
            yield ("billed", own["expense"].id), value - waiting
        elif cause == "delivery":
            yield (cause, own["expense"].id), value
        elif cause == "production":
            yield (cause, (company.expense_account_id or own["expense"]).id), value
        else:
            yield (cause, False), value

    @api.model
    def _option_of(self, cause, row):
        """The tracking option under which a cause of what moved is posted; False for none."""
        return (cause in CAUSES_OF_WAREHOUSES and row["option"]) or False

    @api.model
    def _option_sql(self, connection):
        """SQL of the tracking option of a stock move ``m``: that of the warehouse which it came into or left."""
        return SQL(
            """(SELECT w.tracking_option_id FROM stock_location s
                  JOIN xero_warehouse_mapping w ON w.warehouse_id = s.warehouse_id AND w.connection_id = %s
                  JOIN xero_tracking_option o ON o.id = w.tracking_option_id
                  JOIN xero_tracking_category g ON g.id = o.category_id AND g.active
                 WHERE s.id = CASE WHEN m.is_in THEN m.location_dest_id ELSE m.location_id END)""",
            connection.id,
        )

    @api.model
    def _moved(self, connection, since, day):
        """Sums of the valued moves by product, place, purchase line and warehouse; what came is above zero."""
        company = connection.company_id
        self.env.flush_all()
        landed = self._landed(company, since, day)
        found = self.env.execute_query_dict(
            SQL(
                """SELECT m.product_id AS product, l.usage, l.valuation_account_id AS account,
                          m.purchase_line_id AS line, %s AS option, array_agg(m.id) AS ids,
                          sum(CASE WHEN m.is_in THEN m.value ELSE -m.value END) AS value,
                          sum(CASE WHEN m.is_in THEN 1 ELSE -1 END * m.quantity * u.factor) AS quantity
                     FROM stock_move m
                     JOIN uom_uom u ON u.id = m.product_uom
                     JOIN stock_location l ON l.id = CASE WHEN m.is_in THEN m.location_id ELSE m.location_dest_id END
                    WHERE m.company_id = %s AND m.state = 'done' AND (m.is_in OR m.is_out) AND %s
                      AND m.xero_do_not_export IS NOT TRUE
                    GROUP BY 1, 2, 3, 4, 5""",
                SQL("CASE WHEN m.purchase_line_id IS NULL THEN %s END", self._option_sql(connection)),
                company.id,
                self._period(SQL("m.date"), since, day),
            )
        )
        for row in found:
            row["landed"] = defaultdict(float)
            row["value"], row["quantity"] = float(row["value"] or 0), float(row["quantity"] or 0)
            for move_id in row.pop("ids"):
                for account_id, amount in landed.get(move_id, ()):
                    row["landed"][account_id] += amount
        return found

    @api.model
    def _landed(self, company, since, day):
        """``{move id: [(account id, amount)]}`` of validated landed costs; ``{}`` where that app is not installed."""
        if "stock.valuation.adjustment.lines" not in self.env:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT a.move_id, l.account_id, a.additional_landed_cost FROM stock_valuation_adjustment_lines a
                     JOIN stock_landed_cost c ON c.id = a.cost_id AND c.state = 'done' AND c.company_id = %s
                     JOIN stock_landed_cost_lines l ON l.id = a.cost_line_id
                    WHERE a.move_id IS NOT NULL AND c.date <= %s""",
                company.id,
                day or datetime.max.date(),
            )
        )
        landed = defaultdict(list)
        for move_id, account_id, amount in rows:
            landed[move_id].append((account_id, float(amount or 0)))
        return landed

    @api.model
    def _period(self, column, since, day):
        """After the end of the day ``since``, and until the end of ``day`` where there is one."""
        first = datetime.combine(since + timedelta(days=1), time.min)
        if not day:
            return SQL("%s >= %s", column, first)
        return SQL("%s >= %s AND %s < %s", column, first, column, datetime.combine(day + timedelta(days=1), time.min))

    # === BILLS === #

    @api.model
    def _billed(self, connection, line_ids, day):
        """``{purchase line id: Billed}`` by the bills that are in Xero."""
        rows = self.env.execute_query(
            SQL(
                """SELECT l.purchase_line_id, sum(CASE WHEN m.move_type = 'in_refund' THEN -1 ELSE 1 END
                                                  * l.quantity * u.factor), sum(l.balance)
                     FROM account_move_line l
                     JOIN account_move m ON m.id = l.move_id AND m.state = 'posted'
                     JOIN uom_uom u ON u.id = l.product_uom_id
                     JOIN xero_binding b ON b.model = 'account.move' AND b.res_id = m.id AND b.connection_id = %s
                                        AND b.external_id IS NOT NULL AND b.state <> 'deleted'
                    WHERE l.purchase_line_id = ANY(%s) AND l.display_type = 'product' AND m.date <= %s
                    GROUP BY 1""",
                connection.id,
                list(set(line_ids)),
                day or datetime.max.date(),
            )
        )
        billed = defaultdict(Billed)
        billed.update({line_id: Billed(float(quantity or 0), float(net or 0)) for line_id, quantity, net in rows})
        return billed

    @api.model
    def _coded(self, connection, xero_account, accounts, day):
        """``(by documents, by journals)``: what of Odoo is posted on a stock account in Xero, until ``day``.

        What Xero answered counts; for links from before that was kept, what Odoo has on ``accounts``.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT m.move_type = 'entry', sum(CASE WHEN b.agreed ? 'coded'
                                                          THEN (b.agreed->'coded'->>%(code)s)::numeric
                                                          ELSE old.balance END)
                     FROM xero_binding b JOIN account_move m ON m.id = b.res_id
                     LEFT JOIN LATERAL (SELECT sum(l.balance) AS balance FROM account_move_line l
                           WHERE NOT b.agreed ? 'coded' AND l.move_id = m.id AND l.account_id = ANY(%(accounts)s)
                             AND l.display_type IN ('product', 'tax')) old ON TRUE
                    WHERE b.connection_id = %(connection)s AND b.model = 'account.move' AND b.external_id IS NOT NULL
                      AND b.state <> 'deleted' AND COALESCE(b.agreed->>'status', '') NOT IN %(unposted)s
                      AND (NOT b.agreed ? 'coded' OR b.agreed->'coded' ? %(code)s)
                      AND COALESCE(m.invoice_date, m.date) <= %(day)s
                    GROUP BY 1""",
                code=xero_account.code or "",
                accounts=accounts.ids,
                connection=connection.id,
                unposted=UNPOSTED,
                day=day,
            )
        )
        sums = {is_entry: float(amount or 0) for is_entry, amount in rows}
        return sums.get(False, 0.0), sums.get(True, 0.0)


class Billed:
    """What bills say of one line of a purchase order.

    :ivar quantity: in the reference unit
    :ivar net: in the company's currency
    """

    def __init__(self, quantity=0.0, net=0.0):
        self.quantity, self.net = quantity, net

    def waiting(self, received, value):
        """What of the ``value`` of goods has come without bill; below zero for what was billed and has not come."""
        if received > self.quantity:
            return value * (received - self.quantity) / received
        return -self.net * (self.quantity - received) / self.quantity if self.quantity else 0.0
