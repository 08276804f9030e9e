from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

# Field of the record -> column of the binding. Not stored: reached through one join (docs/decisions/0001).
JOINED_FIELDS = {
    "xero_state": "state",
    "xero_code": "code",
    "xero_last_export_date": "last_export_date",
    "xero_last_import_date": "last_import_date",
}

CODE_HELP = "Filled: the record is in Xero. Empty: it is not."
# What the boxes and dates mean, on every record alike.
HELP = {
    "xero_do_not_export": "Changes are not sent any more. What is in Xero already stays there as it is.",
    "xero_do_not_export_reason": "Why it is not sent; stands in the history beside each change that did not go.",
    "xero_do_not_import": "What is changed in Xero is not taken over into Odoo.",
    "xero_do_not_import_reason": "Why nothing is taken over; for those who look at the record later.",
    "xero_last_export_date": "When Xero last answered that it has what Odoo sent.",
    "xero_last_import_date": "When something was last taken over from Xero.",
}

# SQL: the connection ``c`` is linked to its organisation, so that changes are queued for it.
LINKED = SQL("c.active AND c.state IN ('connected', 'reconnect')")
INTERNAL = "base.group_user"  # portal users see nothing of the sync


class XeroSyncMixin(models.AbstractModel):
    """Record that can be synchronised with Xero.

    The user's policy is stored here; the engine's state lives on ``xero.binding`` and shows through
    joined fields that lists can show, filter, sort and group by. To make another model syncable,
    inherit this mixin, name the watched columns, and write a mapper (ARCHITECTURE.md).
    """

    _name = "xero.sync.mixin"
    _description = "Record that can be synchronised with Xero"

    # Columns whose change marks the record. _write_multi is the one place where all of them pass,
    # computed ones included (odoo19.md section 4).
    _xero_watched = frozenset()
    # Those of them that not every connection sends (_xero_details_mark_query).
    _xero_details = frozenset()
    # Whether a change of a watched column may mend what held documents back.
    _xero_mends = False
    # Whether one company owns each record; shared records speak of the current company's connection.
    _xero_company_owned = False

    xero_do_not_export = fields.Boolean(
        "Do Not Export to Xero", copy=False, groups=INTERNAL, help=HELP["xero_do_not_export"]
    )
    xero_do_not_export_reason = fields.Char(
        "Reason for Not Exporting", copy=False, groups=INTERNAL, help=HELP["xero_do_not_export_reason"]
    )
    xero_do_not_import = fields.Boolean(
        "Do Not Import from Xero", copy=False, groups=INTERNAL, help=HELP["xero_do_not_import"]
    )
    xero_do_not_import_reason = fields.Char(
        "Reason for Not Importing", copy=False, groups=INTERNAL, help=HELP["xero_do_not_import_reason"]
    )

    xero_state = fields.Selection(
        [("sending", "On Its Way"), ("synced", "Synced"), ("failed", "Failed"), ("deleted", "Deleted in Xero")],
        compute="_compute_xero_state",
        search="_search_xero_state",
        groups=INTERNAL,
    )
    xero_code = fields.Char(
        "Accounting Code",
        compute="_compute_xero_state",
        search="_search_xero_code",
        help=CODE_HELP,
        groups=INTERNAL,
    )
    xero_last_export_date = fields.Datetime(
        "Last Accounting Export Date",
        compute="_compute_xero_state",
        search="_search_xero_last_export_date",
        help=HELP["xero_last_export_date"],
        groups=INTERNAL,
    )
    xero_last_import_date = fields.Datetime(
        "Last Accounting Import Date",
        compute="_compute_xero_state",
        search="_search_xero_last_import_date",
        help=HELP["xero_last_import_date"],
        groups=INTERNAL,
    )
    xero_connected = fields.Boolean(compute="_compute_xero_panel", groups=INTERNAL)
    xero_waiting = fields.Boolean("Waits for Xero", compute="_compute_xero_panel", groups=INTERNAL)
    xero_url = fields.Char("Open in Xero", compute="_compute_xero_panel", groups=INTERNAL)
    xero_problem = fields.Text(compute="_compute_xero_panel", groups=INTERNAL)
    xero_advice = fields.Text("What to Do", compute="_compute_xero_panel", groups=INTERNAL)

    # === JOINED STATE === #

    def _xero_connection_ids(self):
        """Ids of the active connections whose state the record shows."""
        connection = self.env["xero.connection"]
        companies = self.env.companies if self._xero_company_owned else self.env.company
        return [id_ for company in companies if (id_ := connection._active_id_for_company(company.id))]

    def _xero_binding_join(self, alias, query):
        """Join the binding of the row ``alias`` and return its alias; a hook for aggregated states."""
        joined = query.make_alias(alias, "xero_binding")
        query.add_join(
            "LEFT JOIN",
            joined,
            "xero_binding",
            SQL(
                "%s = %s AND %s = %s AND %s IN %s",
                SQL.identifier(joined, "res_id"),
                SQL.identifier(alias, "id"),
                SQL.identifier(joined, "model"),
                self._name,
                SQL.identifier(joined, "connection_id"),
                tuple(self._xero_connection_ids()) or (0,),
            ),
        )
        return joined

    def _xero_bindings(self):
        """Return ``{record id: bindings}`` of the shown connections; a hook like the join."""
        bindings = (
            self.env["xero.binding"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("connection_id", "in", self._xero_connection_ids()),
                ]
            )
        )
        return bindings.grouped("res_id")

    @api.depends_context("company", "allowed_company_ids")
    def _compute_xero_state(self):
        # Into the cache column by column: lists are opened often, and a page of them has eighty records.
        shown, nothing = self._xero_shown(), (None,) * len(JOINED_FIELDS)
        rows = [shown.get(getattr(record_id, "origin", record_id), nothing) for record_id in self._ids]
        for number, name in enumerate(JOINED_FIELDS):
            self._fields[name]._insert_cache(self, [row[number] for row in rows])

    def _xero_shown(self):
        """Return ``{record id: values of JOINED_FIELDS}``, None for nothing; a hook like the join."""
        if not self.ids:
            return {}
        bindings = self.env["xero.binding"]
        columns = SQL(", ").join(SQL.identifier(column) for column in JOINED_FIELDS.values())
        rows = self.env.execute_query(
            SQL(
                """SELECT res_id, %s FROM xero_binding
                    WHERE model = %s AND res_id IN %s AND connection_id IN %s ORDER BY id""",
                columns,
                self._name,
                tuple(self.ids),
                tuple(self._xero_connection_ids()) or (0,),
                to_flush=[bindings._fields[name] for name in ("model", "res_id", *JOINED_FIELDS.values())],
            )
        )
        return {res_id: values for res_id, *values in rows}

    def _field_to_sql(self, alias, field_expr, query=None):
        column = JOINED_FIELDS.get(field_expr)
        if column and query is not None:
            self._check_field_access(self._fields[field_expr], "read")
            field = self.env["xero.binding"]._fields[column]
            return SQL.identifier(self._xero_binding_join(alias, query), column, to_flush=field)
        return super()._field_to_sql(alias, field_expr, query)

    def _search_xero(self, column, operator, value):
        # A subquery of ids would miss the records without a binding; a condition on the joined column does not.
        bindings = self.env["xero.binding"]
        field = bindings._fields[column]

        def to_sql(model, alias, query):
            model._check_field_access(model._fields[f"xero_{column}"], "read")
            joined = model._xero_binding_join(alias, query)
            return field.condition_to_sql(column, operator, value, bindings, joined, query)

        return Domain.custom(to_sql=to_sql)

    def _search_xero_state(self, operator, value):
        return self._search_xero("state", operator, value)

    def _search_xero_code(self, operator, value):
        return self._search_xero("code", operator, value)

    def _search_xero_last_export_date(self, operator, value):
        return self._search_xero("last_export_date", operator, value)

    def _search_xero_last_import_date(self, operator, value):
        return self._search_xero("last_import_date", operator, value)

    # === PANEL === #

    def _xero_outbox_keys(self):
        """Return ``{record id: [(model, id), …]}`` of what stands for the record in the queue; a hook."""
        return {record.id: [(record._name, record.id)] for record in self}

    @api.depends_context("company", "allowed_company_ids", "lang")
    def _compute_xero_panel(self):
        connection_ids = self._xero_connection_ids()
        bindings = self._xero_bindings()
        for record in self:
            keys = record._xero_outbox_keys().get(record.id, []) if record.id and connection_ids else []
            rows = self.env["xero.outbox"].sudo().search(self._xero_key_domain(keys, connection_ids))
            own = (
                self.env["xero.issue"]
                .sudo()
                .search(self._xero_key_domain(keys, connection_ids) & Domain("state", "=", "open"))
            )
            issues = (rows.issue_id | own).filtered(lambda issue: issue.state == "open")
            record.xero_connected = bool(connection_ids)
            record.xero_waiting = any(not row.issue_id for row in rows)
            record.xero_problem = "\n".join(issues.mapped("text")) or False
            record.xero_advice = "\n".join(issues.mapped("advice")) or False
            record.xero_url = self._xero_deep_link(bindings.get(record.id, self.env["xero.binding"])[:1])

    @api.model
    def _xero_key_domain(self, keys, connection_ids):
        if not keys:
            return Domain.FALSE
        return Domain("connection_id", "in", connection_ids) & Domain.OR(
            Domain("model", "=", model) & Domain("res_id", "=", res_id) for model, res_id in keys
        )

    @api.model
    def _xero_deep_link(self, binding):
        if not binding.external_id:
            return False
        return self.env["xero.mapper"]._for_resource(binding.resource)._deep_link(binding)

    def action_xero_export(self):
        """Queue the records now, whether or not they changed, and wake the worker.

        :raises AccessError: for who may not change them
        :raises UserError: some are set to stay in Odoo
        """
        self.check_access("write")
        excluded = self.filtered("xero_do_not_export")
        if excluded:
            raise UserError(
                self.env._(
                    "%(records)s is set not to be exported to Xero. Untick Do Not Export to Xero first.",
                    records=", ".join(excluded.mapped("display_name")),
                )
            )
        bindings = self.env["xero.binding"].sudo().search([("model", "=", self._name), ("res_id", "in", self.ids)])
        bindings.content_hash = False
        self._xero_retry_open_issues()
        return self.env["xero.outbox"]._send_now(self._xero_manual_mark_query())

    def _xero_manual_mark_query(self):
        """What *Export now* queues; a hook. By default the records themselves, in the shown connections."""
        return SQL(
            "SELECT c.id, %s, r.id FROM %s r, xero_connection c WHERE r.id IN %s AND c.id IN %s",
            self._name,
            SQL.identifier(self._table),
            tuple(self.ids) or (0,),
            tuple(self._xero_connection_ids()) or (0,),
        )

    def _xero_retry_open_issues(self):
        keys = [key for keys in self._xero_outbox_keys().values() for key in keys]
        domain = self._xero_key_domain(keys, self._xero_connection_ids())
        rows = self.env["xero.outbox"].sudo().search(domain & Domain("issue_id", "!=", False))
        own = (
            self.env["xero.issue"]
            .sudo()
            .search(domain & Domain("state", "=", "open") & Domain("direction", "=", "out"))
        )
        (rows.issue_id | own)._wake()

    def action_xero_open(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.xero_url, "target": "new"} if self.xero_url else False

    # === MARK === #

    def _write_multi(self, vals_list):
        super()._write_multi(vals_list)
        self.env["xero.outbox"]._mark_written(self, vals_list)

    def write(self, vals):
        result = super().write(vals)
        if "xero_do_not_export" in vals and not vals["xero_do_not_export"]:
            self.env["xero.outbox"]._mark(self)
        self.env["xero.outbox"]._mark_relations(self, vals)
        return result

    @api.model
    def _xero_mark_query(self, ids):
        """SQL that selects (connection_id, model, res_id) for changed ``ids``.

        By default only records that are in Xero or on their way there are marked: others go when a
        document needs them (S4-25, S4-26).
        """
        return SQL(
            """SELECT b.connection_id, b.model, b.res_id FROM xero_binding b
                 JOIN xero_connection c ON c.id = b.connection_id AND %s
                WHERE b.model = %s AND b.res_id = ANY(%s) AND (b.external_id IS NOT NULL OR b.state = 'sending')""",
            LINKED,
            self._name,
            list(ids),
        )

    @api.model
    def _xero_details_mark_query(self, ids):
        """SQL like ``_xero_mark_query`` for ``ids`` of which nothing but ``_xero_details`` changed."""
        return self._xero_mark_query(ids)

    def _xero_early_query(self, ids):
        """SQL like ``_xero_mark_query`` for changed ``ids`` that have no link yet, as far as this transaction sees.

        They may be sent before it commits. Documents and reconciliations find that out by what waits in the queue; for
        contacts and items, which go when a document needs them, see ``xero.early.edit``. None: not needed.
        """
        return

    @api.model
    def _xero_mended_query(self, ids):
        """SQL that selects (model, res_id) of whose issues the change of ``ids`` may have mended."""
        return SQL("SELECT %s, unnest(%s)", self._name, list(ids))

    @api.model
    def _xero_backlog_query(self, connection):
        """SQL like ``_xero_mark_query`` for what ``connection`` missed: linked records written since their export."""
        return SQL(
            """SELECT b.connection_id, b.model, b.res_id FROM xero_binding b JOIN %s r ON r.id = b.res_id
                WHERE b.connection_id = %s AND b.model = %s AND b.external_id IS NOT NULL
                  AND r.write_date > GREATEST(b.last_export_date, b.last_import_date)""",
            SQL.identifier(self._table),
            connection.id,
            self._name,
        )

    # === DELETION GUARD === #

    def _xero_linked(self):
        """The records that are in Xero, by any connection, inactive ones included."""
        bindings = (
            self.env["xero.binding"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("external_id", "!=", False),
                    ("state", "!=", "deleted"),
                ]
            )
        )
        return self.browse(bindings.mapped("res_id"))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_linked_with_xero(self):
        if not self:  # Odoo deletes empty sets of payments at every line that it writes
            return
        linked = self._xero_linked()
        if linked:
            raise UserError(
                self.env._(
                    "%(records)s cannot be deleted because it is synced with Xero. Archive or cancel it instead.",
                    records=", ".join(linked.mapped("display_name")),
                )
            )
