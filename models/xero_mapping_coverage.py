from odoo import api, fields, models
from odoo.tools import SQL

# Kind -> (where its rows are, SQL condition of a row that needs nobody any more, the screen that mends it)
KINDS = {
    "accounts": ("xero.account.mapping", "m.mapped", "account_xero.xero_account_mapping_action"),
    "taxes": ("xero.tax.mapping", "m.mapped", "account_xero.xero_tax_mapping_action"),
    "journals": ("xero.journal.mapping", "m.mapped", "account_xero.xero_journal_mapping_action"),
    "plans": ("xero.tracking.mapping", "(m.mapped OR m.left_out)", "account_xero.xero_tracking_mapping_action"),
    "warehouses": (
        "xero.warehouse.mapping",
        "(m.mapped OR m.left_out)",
        "account_xero.xero_warehouse_mapping_action",
    ),
    "currencies": ("xero.currency.mapping", "m.covered", "account_xero.xero_currency_mapping_action"),
}


class XeroMappingCoverage(models.Model):
    """How much of one kind is mapped on a connection, in percent; asked anew each time."""

    _name = "xero.mapping.coverage"
    _description = "Xero Mapping Coverage"
    _auto = False
    _log_access = False
    _order = "connection_id, id"
    _rec_name = "kind"

    connection_id = fields.Many2one("xero.connection", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    kind = fields.Selection(
        [
            ("accounts", "Accounts"),
            ("taxes", "Taxes"),
            ("journals", "Payment Journals"),
            ("plans", "Analytic Plans"),
            ("warehouses", "Warehouses"),
            ("currencies", "Currencies"),
        ],
        string="Mapping",
        readonly=True,
    )
    total = fields.Integer("In Odoo", readonly=True)
    covered = fields.Integer("Mapped", readonly=True)
    gaps = fields.Integer(readonly=True)
    percent = fields.Float("Coverage", readonly=True, aggregator=None)

    @property
    def _table_query(self):
        kinds = [self._kind_query(number, kind) for number, kind in enumerate(KINDS)]
        return SQL(
            """SELECT k.id, k.connection_id, c.company_id, k.kind, k.total, k.covered, k.total - k.covered AS gaps,
                      100.0 * k.covered / k.total AS percent
                 FROM (%s) k JOIN xero_connection c ON c.id = k.connection_id""",
            SQL(" UNION ALL ").join(kinds),
        )

    def _kind_query(self, number, kind):
        model, condition, _action = KINDS[kind]
        rows = self.env[model]
        source = SQL("(%s)", rows._table_query) if rows._table_query else SQL.identifier(rows._table)
        return SQL(
            """SELECT m.connection_id * 10 + %s AS id, m.connection_id, %s AS kind,
                      count(*) AS total, count(*) FILTER (WHERE %s) AS covered
                 FROM %s m GROUP BY m.connection_id""",
            number,
            kind,
            SQL(condition),  # pylint: disable=sql-injection
            source,
        )

    @api.readonly
    def action_open(self):
        """The screen of the mapping; only the gaps, where there are any."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(KINDS[self.kind][2])
        context = {"search_default_unmapped": 1} if self.gaps else {}
        return {
            **action,
            "domain": [("connection_id", "=", self.connection_id.id)],
            "context": {**context, "default_connection_id": self.connection_id.id},
        }


class XeroConnection(models.Model):
    _inherit = "xero.connection"

    coverage_ids = fields.One2many("xero.mapping.coverage", "connection_id", string="Coverage of Mappings")
    field_mapping_count = fields.Integer(compute="_compute_field_mapping_count", string="Mapped Fields")

    def _compute_field_mapping_count(self):
        domain = [("connection_id", "in", self.ids)]
        counts = dict(self.env["xero.field.mapping"]._read_group(domain, ["connection_id"], ["__count"]))
        for connection in self:
            connection.field_mapping_count = counts.get(connection._origin, 0)

    @api.readonly
    def action_field_mappings(self):
        """The fields that somebody mapped for this connection."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_xero.xero_field_mapping_action")
        ours = [("connection_id", "=", self.id)]
        return {**action, "domain": ours, "context": {"default_connection_id": self.id}}

    def action_propose_mappings(self):
        """Fill what is still empty where a counterpart is plain; what was chosen by hand stays."""
        self.ensure_one()
        self.check_access("write")
        before = sum(self.coverage_ids.mapped("gaps"))
        for model, _condition, _action in KINDS.values():
            if not self.env[model]._table_query:
                self.env[model]._propose(self)
        self.env.flush_all()
        self.invalidate_recordset(["coverage_ids"])
        self.env["xero.mapping.coverage"].invalidate_model()
        gaps = sum(self.coverage_ids.mapped("gaps"))
        return self._notify(
            "success",
            self.env._("Proposals made"),
            self.env._("%(found)s found, %(gaps)s still to be mapped.", found=max(before - gaps, 0), gaps=gaps),
        )
