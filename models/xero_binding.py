from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

# Links that few companies have, and where they are found. What follows them is part of a flush's query only where there
# are any (xero.connection._any_sends says why).
RARE = {
    "purchase.order": Domain("model", "=", "purchase.order"),
    "account.payment": Domain("model", "=", "account.payment"),
    "ManualJournals": Domain("resource", "=", "ManualJournals") & Domain("external_id", "!=", False),
}


class XeroBinding(models.Model):
    """The identity and the state of one Odoo record in one Xero organisation.

    The sync keeps its own book here and never on the business record: a write on a posted
    invoice marks it as edited by hand, fires recomputes, and loses the answer of a call when
    a user saves at the same time (docs/decisions/0001).
    """

    _name = "xero.binding"
    _inherit = ["xero.record.row"]
    _description = "Link between an Odoo record and a Xero record"
    _rec_name = "code"
    _order = "id desc"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade")
    res_id = fields.Many2oneReference(required=True)
    resource = fields.Char(required=True, help="Xero's endpoint, such as Invoices.")
    external_id = fields.Char(string="Xero ID", help="Xero's own identifier. Empty until the record is in Xero.")
    code = fields.Char(string="Accounting Code", help="Filled: the record is in Xero. Empty: it is not.")
    natural_key = fields.Char(help="The name, code or number by which Xero tells records apart, in lower case.")
    state = fields.Selection(
        [("sending", "On Its Way"), ("synced", "Synced"), ("failed", "Failed"), ("deleted", "Deleted in Xero")],
        default="synced",
    )
    origin = fields.Selection([("odoo", "Odoo"), ("xero", "Xero"), ("linked", "Linked")], default="odoo")
    last_export_date = fields.Datetime(string="Last Accounting Export Date")
    last_import_date = fields.Datetime(string="Last Accounting Import Date")
    remote_updated_at = fields.Datetime(help="Xero's UpdatedDateUTC when both sides last agreed.")
    content_hash = fields.Char(help="Digest of what both sides last agreed on.")
    agreed = fields.Json(help="What later calls need to know of the last answer, such as line ids.")
    mapped_values = fields.Json(help="Values of mapped fields that both sides last had, by Xero's key.")

    _record_unique = models.UniqueIndex(
        "(connection_id, model, res_id)", "This record already has a link to that Xero organisation."
    )
    _external_unique = models.UniqueIndex(
        "(connection_id, resource, external_id) WHERE external_id IS NOT NULL",
        "That Xero record is already linked to another Odoo record.",
    )
    _natural_key = models.Index("(connection_id, resource, natural_key) WHERE natural_key IS NOT NULL")
    _record = models.Index("(model, res_id)")
    # Lists of records that are sorted by their export read a page from here (docs/decisions/0001).
    _last_export = models.Index("(connection_id, model, last_export_date)")

    @api.model
    def _any_linked(self, kind):
        """Whether any connection has links of a kind, a key of ``RARE``."""
        return kind in self._kinds_linked()

    @api.model
    @ormcache(cache="stable")
    def _kinds_linked(self):
        """Those of ``RARE`` that any connection has; in the stable cache, as ``_any_active`` is."""
        connections = (
            self.env["xero.connection"].sudo().with_context(active_test=False).search([("state", "!=", "draft")])
        )
        ours = Domain("connection_id", "in", connections.ids)
        return frozenset(name for name, domain in RARE.items() if self.sudo().search_count(ours & domain, limit=1))

    def _note_kinds(self, names):
        """The first link of its kind: every server has to know, also who asked before this one is committed."""
        if (RARE.keys() & names) - self._kinds_linked():
            self.env.registry.clear_cache("stable")
            self.env.cr.postcommit.add(lambda registry=self.env.registry: registry.clear_cache("stable"))

    @api.model
    def _for(self, connection, records):
        """Return ``{record id: binding}`` of ``records`` (one model) in ``connection``; one query."""
        bindings = self.search(
            [("connection_id", "=", connection.id), ("model", "=", records._name), ("res_id", "in", records.ids)]
        )
        return {binding.res_id: binding for binding in bindings}

    @api.model
    def _by_external(self, connection, resource, external_ids):
        """Return ``{external id: binding}``; one query."""
        bindings = self.search(
            [
                ("connection_id", "=", connection.id),
                ("resource", "=", resource),
                ("external_id", "in", list(external_ids)),
            ]
        )
        return {binding.external_id: binding for binding in bindings}

    def _give_up(self, agreed):
        """Belong to nothing in Xero any more; the record's next export makes another one there.

        :param agreed: what that export has to know
        """
        empty = dict.fromkeys(("external_id", "code", "natural_key", "content_hash"), False)
        self.write({**empty, "agreed": agreed, "state": "synced"})

    def _action_remove(self):
        """Ask why these links are to be removed."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Remove Links with Xero"),
            "res_model": "xero.unlink",
            "view_mode": "form",
            "target": "new",
            "context": {"default_binding_ids": self.ids},
        }

    @api.model
    def _record_many(self, connection, rows):
        """Insert or update links in one statement; safe to repeat after a crash.

        :param rows: dicts with model, res_id, resource and any other column; all rows of one
            call have the same keys
        """
        if not rows:
            return
        columns = ["connection_id", *rows[0]]
        updates = [c for c in rows[0] if c not in ("model", "res_id")]
        fields_ = self._fields
        values = [
            (connection.id, *(fields_[c].convert_to_column_insert(row[c], self) for c in rows[0])) for row in rows
        ]
        stamps = (self.env.uid, self.env.uid, self.env.cr.now(), self.env.cr.now())
        self.env.execute_query(
            SQL(
                """INSERT INTO xero_binding (%(columns)s, create_uid, write_uid, create_date, write_date)
                   VALUES %(values)s
                   ON CONFLICT (connection_id, model, res_id)
                   DO UPDATE SET %(updates)s, write_date = EXCLUDED.write_date RETURNING id""",
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                values=SQL(", ").join(
                    SQL("(%s)", SQL(", ").join(SQL("%s", value) for value in (*row, *stamps))) for row in values
                ),
                updates=SQL(", ").join(SQL("%s = EXCLUDED.%s", SQL.identifier(c), SQL.identifier(c)) for c in updates),
            )
        )
        self.invalidate_model()
        self._note_kinds({name for row in rows for name in (row["model"], row["resource"])})

    @api.autovacuum
    def _gc_orphans(self):
        """Remove links whose record is gone; reconciliations keep theirs until Xero's side is deleted."""
        for model in self._used_models():
            if model in ("account.partial.reconcile", "xero.write.off"):
                continue
            if model not in self.env:
                self.sudo().search([("model", "=", model)]).unlink()
                continue
            table = SQL.identifier(self.env[model]._table)
            self.env.execute_query(
                SQL(
                    """DELETE FROM xero_binding b WHERE model = %s
                       AND NOT EXISTS (SELECT 1 FROM %s r WHERE r.id = b.res_id) RETURNING id""",
                    model,
                    table,
                )
            )
