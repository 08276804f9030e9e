"""What each product was worth when it was last looked at, so that a look asks Odoo about what has changed since.

Odoo reckons a value anew out of all moves of the product, several queries each (stock_account, _run_avco). Of thousands
of products few change between two looks. What may have changed is found in one query by the times at which rows were
written; an hour is allowed for transactions that take long, and once a day everything is reckoned anew.
"""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

OVERLAP = timedelta(hours=1)
KEPT = timedelta(days=1)
NOW = SQL("(now() AT TIME ZONE 'UTC')")  # as rows are stamped


class XeroStockWorth(models.Model):
    _name = "xero.stock.worth"
    _description = "Worth of a Product in Stock, as Last Looked At"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade", index=True)
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade", index=True)
    value = fields.Float(readonly=True, digits=False)
    looked_at = fields.Datetime(required=True, readonly=True)

    _once = models.UniqueIndex("(company_id, product_id)", "A product has one worth per company.")

    @api.model
    def _values(self, company, products):
        """``{product: value}`` now; what has not changed since the last look is taken from there."""
        self.env.flush_all()
        changed = self._changed(company, products)
        fresh = {product.id: product.total_value for product in changed}
        self._keep(company, fresh)
        rows = self.env.execute_query(
            SQL(
                "SELECT product_id, value FROM xero_stock_worth WHERE company_id = %s AND product_id = ANY(%s)",
                company.id,
                products.ids,
            )
        )
        known = {**dict(rows), **fresh}
        return {product: known.get(product.id, 0.0) for product in products}

    @api.model
    def _changed(self, company, products):
        """Those of which something was written that their value may hang on, and those that were never looked at."""
        since = SQL("w.looked_at - %s", OVERLAP)
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id FROM product_product p JOIN product_template t ON t.id = p.product_tmpl_id
                     LEFT JOIN product_category g ON g.id = t.categ_id
                     LEFT JOIN xero_stock_worth w ON w.product_id = p.id AND w.company_id = %(company)s
                    WHERE p.id = ANY(%(products)s)
                      AND (w.id IS NULL OR t.lot_valuated OR w.looked_at < %(stale)s
                           OR GREATEST(p.write_date, t.write_date, g.write_date) > %(since)s
                           OR EXISTS (SELECT 1 FROM stock_move m WHERE m.product_id = p.id
                                         AND m.company_id = %(company)s AND m.write_date > %(since)s)
                           OR EXISTS (SELECT 1 FROM stock_quant q WHERE q.product_id = p.id
                                         AND q.company_id = %(company)s AND q.write_date > %(since)s)
                           OR EXISTS (SELECT 1 FROM product_value v WHERE v.product_id = p.id
                                         AND v.write_date > %(since)s)
                           OR EXISTS (SELECT 1 FROM res_company c WHERE c.id = %(company)s
                                         AND c.write_date > %(since)s))""",
                company=company.id,
                products=products.ids,
                since=since,
                stale=SQL("%s - %s", NOW, KEPT),
            )
        )
        return products.browse(id_ for (id_,) in rows)

    @api.model
    def _keep(self, company, values):
        """Write what was reckoned, in one statement."""
        if values:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO xero_stock_worth (company_id, product_id, value, looked_at)
                            SELECT %(company)s, unnest(%(ids)s), unnest(%(values)s), %(now)s
                            ON CONFLICT (company_id, product_id)
                               DO UPDATE SET value = EXCLUDED.value, looked_at = EXCLUDED.looked_at""",
                    company=company.id,
                    ids=list(values),
                    values=[float(value) for value in values.values()],
                    now=NOW,
                )
            )


class XeroStockLedger(models.AbstractModel):
    _inherit = "xero.stock.ledger"

    @api.model
    def _values(self, company, accounts, day=None):
        """Of a day that is past Odoo reckons; of now, what has changed."""
        if day or not accounts:
            return super()._values(company, accounts, day)
        products = next(iter(accounts)).browse([product.id for product in accounts])
        found = defaultdict(float)
        for product, value in self.env["xero.stock.worth"].sudo()._values(company, products).items():
            found[accounts[product]["valuation"]] += value
        return found
