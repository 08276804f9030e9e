from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# What an order shows of its invoices. Columns of _xero_orders_query, and fields of the same names.
AGGREGATED_FIELDS = ("xero_state", "xero_code", "xero_last_export_date")
# What those columns are computed from; written to the database before they are read.
SOURCES = {
    "sale.order.line": ("order_id", "invoice_lines"),
    "account.move.line": ("move_id",),
    "account.move": ("move_type", "state", "company_id"),
    "xero.binding": ("connection_id", "model", "res_id", "state", "external_id", "code", "last_export_date"),
    "xero.outbox": ("connection_id", "model", "res_id", "issue_id"),
}


class SaleOrder(models.Model):
    """An order shows what became of its invoices in Xero; the order itself never goes there (S4-32, S4-33).

    Nothing is stored on the order: the state is aggregated over the links of its invoices, for the
    form and the list as for filters, sorting and groups, by the same query. Salespeople need no right
    in accounting for it; customers in the portal see nothing of it.
    """

    _inherit = "sale.order"

    # In alphabetical order the values run from the worst to the best, so that the list sorts by urgency.
    xero_state = fields.Selection(
        [("failed", "Failed"), ("none", "Not in Xero"), ("partly", "Partly in Xero"), ("synced", "In Xero")],
        compute="_compute_xero_state",
        search="_search_xero_state",
        groups="base.group_user",
        help="The state of the order's posted invoices and credit notes in Xero. Empty: there are none yet.",
    )
    xero_code = fields.Char(
        "Accounting Codes",
        compute="_compute_xero_state",
        search="_search_xero_code",
        groups="base.group_user",
        help="The Accounting Codes of the order's invoices that are in Xero. Empty: none is.",
    )
    xero_last_export_date = fields.Datetime(
        "Last Accounting Export Date",
        compute="_compute_xero_state",
        search="_search_xero_last_export_date",
        groups="base.group_user",
        help="When an invoice of the order was last sent to Xero.",
    )
    xero_waiting = fields.Boolean("Waiting for Xero", compute="_compute_xero_panel", groups="base.group_user")
    xero_problem = fields.Text(compute="_compute_xero_panel", groups="base.group_user")
    xero_advice = fields.Text("What to Do", compute="_compute_xero_panel", groups="base.group_user")

    @api.model
    def _xero_backlog_query(self, connection):
        """Nothing of an order goes to Xero; quotes are only read (mappers/quote_in.py)."""
        return

    # === AGGREGATED STATE === #

    @api.model
    def _xero_orders_query(self, condition=None):
        """SQL that selects (order_id, *AGGREGATED_FIELDS), one row for every order with something to show.

        What counts is posted, or in Xero, or failed there. An invoice that waits for the problem of
        another record, such as its customer, has failed as well, though its own link does not say so.

        :param condition: SQL on ``line``, the order's line; all orders without it
        """
        return SQL(
            """SELECT line.order_id,
                      CASE WHEN bool_or(b.state = 'failed' OR %(held)s) THEN 'failed'
                           WHEN bool_and(%(in_xero)s) THEN 'synced'
                           WHEN bool_or(%(in_xero)s) THEN 'partly'
                           ELSE 'none' END AS xero_state,
                      string_agg(DISTINCT b.code, ', ' ORDER BY b.code) FILTER (WHERE %(linked)s) AS xero_code,
                      max(b.last_export_date) AS xero_last_export_date
                 FROM sale_order_line line
                 JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                 JOIN account_move_line item ON item.id = rel.invoice_line_id
                 JOIN account_move m ON m.id = item.move_id AND m.move_type IN ('out_invoice', 'out_refund')
                 JOIN xero_connection c ON c.company_id = m.company_id AND c.id IN %(connections)s
                 LEFT JOIN xero_binding b ON b.connection_id = c.id AND b.model = 'account.move' AND b.res_id = m.id
                WHERE (m.state = 'posted' OR b.state IN ('synced', 'failed')) AND %(condition)s
                GROUP BY line.order_id""",
            held=SQL(
                """EXISTS (SELECT FROM xero_outbox o WHERE o.connection_id = c.id AND o.model = 'account.move'
                              AND o.res_id = m.id AND o.issue_id IS NOT NULL)"""
            ),
            in_xero=SQL("COALESCE(b.state = 'synced' AND b.external_id IS NOT NULL, FALSE)"),
            linked=SQL("b.external_id IS NOT NULL AND b.state IN ('synced', 'failed') AND b.code != ''"),
            connections=tuple(self.env["account.move"]._xero_connection_ids()) or (0,),
            condition=condition or SQL("TRUE"),
        )

    @api.model
    def _xero_sources(self):
        return [self.env[model]._fields[name] for model, names in SOURCES.items() for name in names]

    @api.depends_context("company", "allowed_company_ids")
    def _compute_xero_state(self):
        condition = SQL("line.order_id IN %s", tuple(self._origin.ids) or (0,))
        query = SQL("%s", self._xero_orders_query(condition), to_flush=self._xero_sources())
        found = {order_id: values for order_id, *values in self.env.execute_query(query)}
        nothing = [False] * len(AGGREGATED_FIELDS)
        for order in self:
            for name, value in zip(AGGREGATED_FIELDS, found.get(order._origin.id, nothing), strict=True):
                order[name] = value

    def _xero_join(self, alias, query):
        joined = query.make_alias(alias, "xero")
        query.add_join(
            "LEFT JOIN",
            joined,
            SQL("(%s)", self._xero_orders_query()),
            SQL("%s = %s", SQL.identifier(joined, "order_id"), SQL.identifier(alias, "id")),
        )
        return joined

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr not in AGGREGATED_FIELDS or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        column = SQL.identifier(self._xero_join(alias, query), field_expr)
        return SQL("%s", column, to_flush=self._xero_sources())

    def _search_xero(self, name, operator, value):
        # A condition on the joined column also finds the orders that have nothing in Xero.
        field = self._fields[name]
        return Domain.custom(
            to_sql=lambda model, alias, query: field.condition_to_sql(name, operator, value, model, alias, query)
        )

    def _search_xero_state(self, operator, value):
        return self._search_xero("xero_state", operator, value)

    def _search_xero_code(self, operator, value):
        return self._search_xero("xero_code", operator, value)

    def _search_xero_last_export_date(self, operator, value):
        return self._search_xero("xero_last_export_date", operator, value)

    # === PANEL === #

    @api.depends_context("company", "allowed_company_ids", "lang")
    def _compute_xero_panel(self):
        for order in self:
            # An order is opened by people who may not read every invoice of it.
            invoices = order.sudo().invoice_ids
            order.xero_waiting = any(invoices.mapped("xero_waiting"))
            failed = invoices.filtered("xero_problem").sorted("id")
            order.xero_problem = "\n".join(order._xero_problems(failed)) or False
            order.xero_advice = "\n".join(dict.fromkeys(failed.mapped("xero_advice"))) or False

    @api.model
    def _xero_problems(self, failed):
        """One line for each problem, naming the invoices that have it."""
        return [
            self.env._(
                "%(invoices)s: %(problem)s",
                invoices=", ".join(invoice.name or invoice.display_name for invoice in same),
                problem=problem,
            )
            for problem, same in failed.grouped("xero_problem").items()
        ]

    def action_xero_open_failed(self):
        """Open the invoices of the order that failed."""
        self.ensure_one()
        return self.action_view_invoice(self.invoice_ids.filtered(lambda invoice: invoice.sudo().xero_problem))
