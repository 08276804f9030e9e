"""What lists of the warehouse show of Xero: Accounting Code, dates and state, joined over the documents of the moves.

A move has no link of its own: stock documents stand between (design.md section 2), so a code may be several.
"""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .xero_sync_mixin import HELP, INTERNAL

# Field -> SQL over the records' documents ``d`` and their links ``b``.
AGGREGATED = {
    "xero_state": SQL("min(b.state)"),
    "xero_code": SQL("string_agg(DISTINCT b.code, ', ' ORDER BY b.code)"),
    "xero_last_export_date": SQL("max(b.last_export_date)"),
    "xero_last_import_date": SQL("max(b.last_import_date)"),
    "xero_do_not_import": SQL("COALESCE(bool_or(d.xero_do_not_import), FALSE)"),
    "xero_do_not_import_reason": SQL("string_agg(DISTINCT d.xero_do_not_import_reason, ', ')"),
}
# What those columns are computed from; written to the database before they are read.
SOURCES = {
    "xero.binding": ("connection_id", "model", "res_id", "state", "code", "last_export_date", "last_import_date"),
    "xero.stock.document": ("connection_id", "move_ids", "xero_do_not_import", "xero_do_not_import_reason"),
    "xero.outbox": ("connection_id", "model", "res_id", "issue_id"),
}


class XeroStockMovesMixin(models.AbstractModel):
    _inherit = "xero.stock.moves.mixin"

    _xero_panel_view = "account_xero.xero_stock_moves_mixin_view_form"

    xero_state = fields.Selection(
        [("deleted", "Deleted in Xero"), ("failed", "Failed"), ("sending", "On Its Way"), ("synced", "Synced")],
        compute="_compute_xero_columns",
        search="_search_xero_state",
        groups=INTERNAL,
    )
    xero_code = fields.Char(
        "Accounting Code",
        compute="_compute_xero_columns",
        search="_search_xero_code",
        groups=INTERNAL,
        help="Filled: what it changed of the stock is in Xero, in the journal or bill of this name. Empty: it is not.",
    )
    xero_last_export_date = fields.Datetime(
        "Last Accounting Export Date",
        compute="_compute_xero_columns",
        search="_search_xero_last_export_date",
        help=HELP["xero_last_export_date"],
        groups=INTERNAL,
    )
    xero_last_import_date = fields.Datetime(
        "Last Accounting Import Date",
        compute="_compute_xero_columns",
        search="_search_xero_last_import_date",
        help=HELP["xero_last_import_date"],
        groups=INTERNAL,
    )
    # Nothing of moves comes from Xero: what is decided on the document that carries them is shown.
    xero_do_not_import = fields.Boolean(
        "Do Not Import from Xero",
        compute="_compute_xero_columns",
        search="_search_xero_do_not_import",
        groups=INTERNAL,
        help="Nothing of the warehouse comes from Xero but quantities, for which the box is on the product. Shown is "
        "what is ticked on the stock document that carries it.",
    )
    xero_do_not_import_reason = fields.Char(
        "Reason for Not Importing",
        compute="_compute_xero_columns",
        groups=INTERNAL,
        help=HELP["xero_do_not_import_reason"],
    )
    xero_waiting = fields.Boolean(
        "Waits for Xero", compute="_compute_xero_waiting", search="_search_xero_waiting", groups=INTERNAL
    )

    def _xero_moves_of(self):
        """SQL that selects (record id, stock move id); a hook like ``_xero_stock_moves``."""
        raise NotImplementedError

    def _xero_columns_query(self, condition=None):
        """SQL that selects (record_id, *AGGREGATED), one row for every record that has a document in Xero.

        :param condition: SQL on ``part.record_id``; all records without it
        """
        columns = (SQL("%s AS %s", value, SQL.identifier(name)) for name, value in AGGREGATED.items())
        return SQL(
            """SELECT part.record_id, %(columns)s
                 FROM (%(parts)s) AS part(record_id, move_id)
                 JOIN xero_stock_document_move_rel rel ON rel.stock_move_id = part.move_id
                 JOIN xero_stock_document d ON d.id = rel.xero_stock_document_id AND d.connection_id IN %(connections)s
                 LEFT JOIN xero_binding b ON b.model = 'xero.stock.document' AND b.res_id = d.id
                                         AND b.connection_id = d.connection_id
                WHERE %(condition)s
                GROUP BY part.record_id""",
            columns=SQL(", ").join(columns),
            parts=self._xero_moves_of(),
            connections=self._xero_connections(),
            condition=condition or SQL("TRUE"),
        )

    def _xero_waiting_query(self):
        """SQL that selects the ids of records of which a move or its document waits to be sent, or is on its way."""
        return SQL(
            """SELECT part.record_id FROM (%(parts)s) AS part(record_id, move_id)
                 JOIN (SELECT o.res_id FROM xero_outbox o
                        WHERE o.model = 'stock.move' AND o.issue_id IS NULL AND o.connection_id IN %(connections)s
                        UNION
                       SELECT rel.stock_move_id FROM xero_outbox o
                         JOIN xero_stock_document_move_rel rel ON rel.xero_stock_document_id = o.res_id
                        WHERE o.model = 'xero.stock.document' AND o.issue_id IS NULL
                          AND o.connection_id IN %(connections)s) AS free(move_id) ON free.move_id = part.move_id""",
            parts=self._xero_moves_of(),
            connections=self._xero_connections(),
            to_flush=self._xero_sources(),
        )

    def _xero_connections(self):
        """Ids of the active connections of the companies that are looked at, for SQL."""
        connection = self.env["xero.connection"]
        found = (connection._active_id_for_company(company.id) for company in self.env.companies)
        return tuple(id_ for id_ in found if id_) or (0,)

    @api.model
    def _xero_sources(self):
        return [self.env[model]._fields[name] for model, names in SOURCES.items() for name in names]

    @api.depends_context("company", "allowed_company_ids")
    def _compute_xero_columns(self):
        condition = SQL("part.record_id IN %s", tuple(self._origin.ids) or (0,))
        query = SQL("%s", self._xero_columns_query(condition), to_flush=self._xero_sources())
        found = {record_id: values for record_id, *values in self.env.execute_query(query)}
        nothing = [False] * len(AGGREGATED)
        for record in self:
            for name, value in zip(AGGREGATED, found.get(record._origin.id, nothing), strict=True):
                record[name] = value

    @api.depends_context("company", "allowed_company_ids")
    def _compute_xero_waiting(self):
        ids = tuple(self._origin.ids) or (0,)
        query = SQL("SELECT id FROM (%s) AS waiting(id) WHERE id IN %s", self._xero_waiting_query(), ids)
        waiting = {id_ for (id_,) in self.env.execute_query(query)}
        for record in self:
            record.xero_waiting = record._origin.id in waiting

    def _search_xero_waiting(self, operator, value):
        if operator != "in":
            return NotImplemented  # Odoo turns all others into this one
        return Domain("id", "in", self._xero_waiting_query())

    def action_xero_smart(self):
        """The smart button: the stock documents of the record, else what would go to Xero."""
        self.ensure_one()
        has_documents = self.env["xero.stock.document"].search_count([("move_ids", "in", self._xero_stock_moves().ids)])
        return self.action_xero_stock_documents() if has_documents else self.action_xero_preview()

    def _xero_join(self, alias, query):
        joined = query.make_alias(alias, "xero")
        query.add_join(
            "LEFT JOIN",
            joined,
            SQL("(%s)", self._xero_columns_query()),
            SQL("%s = %s", SQL.identifier(joined, "record_id"), SQL.identifier(alias, "id")),
        )
        return joined

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr not in AGGREGATED or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        column = SQL.identifier(self._xero_join(alias, query), field_expr)
        return SQL("%s", column, to_flush=self._xero_sources())

    def _search_xero_column(self, name, operator, value):
        # A condition on the joined column also finds the records that have nothing in Xero.
        field = self._fields[name]
        return Domain.custom(
            to_sql=lambda model, alias, query: field.condition_to_sql(name, operator, value, model, alias, query)
        )

    def _search_xero_state(self, operator, value):
        return self._search_xero_column("xero_state", operator, value)

    def _search_xero_code(self, operator, value):
        return self._search_xero_column("xero_code", operator, value)

    def _search_xero_last_export_date(self, operator, value):
        return self._search_xero_column("xero_last_export_date", operator, value)

    def _search_xero_last_import_date(self, operator, value):
        return self._search_xero_column("xero_last_import_date", operator, value)

    def _search_xero_do_not_import(self, operator, value):
        return self._search_xero_column("xero_do_not_import", operator, value)


class StockMove(models.Model):
    _inherit = "stock.move"

    def _xero_moves_of(self):
        return SQL("SELECT id, id FROM stock_move")


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _xero_moves_of(self):
        return SQL("SELECT id, move_id FROM stock_move_line")


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _xero_moves_of(self):
        return SQL("SELECT picking_id, id FROM stock_move WHERE picking_id IS NOT NULL")


class StockScrap(models.Model):
    _inherit = "stock.scrap"

    def _xero_moves_of(self):
        return SQL("SELECT scrap_id, id FROM stock_move WHERE scrap_id IS NOT NULL")


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _xero_moves_of(self):
        """The counts of a product at a place."""
        return SQL(
            """SELECT q.id, m.id FROM stock_quant q
                 JOIN stock_move m ON m.product_id = q.product_id AND m.is_inventory AND m.state = 'done'
                  AND q.location_id IN (m.location_id, m.location_dest_id)"""
        )
