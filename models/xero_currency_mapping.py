from odoo import api, fields, models
from odoo.tools import SQL


class XeroCurrencyMapping(models.Model):
    """Which of the active currencies the organisation has: found by their code, so there is nothing to choose.

    Asked anew each time; what is missing is added in Xero with the first document that needs it.
    """

    _name = "xero.currency.mapping"
    _description = "Xero Currency Mapping"
    _auto = False
    _log_access = False
    _order = "covered, currency_id"
    _rec_name = "currency_id"

    connection_id = fields.Many2one("xero.connection", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", string="Odoo Currency", readonly=True)
    xero_currency_id = fields.Many2one("xero.currency", readonly=True)
    covered = fields.Boolean("In Xero", readonly=True)
    advice = fields.Char(compute="_compute_advice", string="What to Do")

    @property
    def _table_query(self):
        # Xero's base currency is in the organisation whether or not it was read.
        return SQL(
            """SELECT c.id * 100000::bigint + r.id AS id, c.id AS connection_id, c.company_id, r.id AS currency_id,
                      x.id AS xero_currency_id, x.id IS NOT NULL OR c.base_currency_id = r.id AS covered
                 FROM xero_connection c JOIN res_currency r ON r.active
                 LEFT JOIN xero_currency x ON x.connection_id = c.id AND x.code = r.name AND x.active
                WHERE c.state <> 'draft'"""
        )

    @api.depends("covered", "connection_id.multicurrency")
    @api.depends_context("lang")
    def _compute_advice(self):
        for row in self:
            added = self.env._("Added in Xero with the first document that needs it.")
            refused = self.env._(
                "The organisation's plan has one currency only. Archive it in Odoo, or change the plan."
            )
            missing = added if row.connection_id.multicurrency else refused
            row.advice = False if row.covered else missing
