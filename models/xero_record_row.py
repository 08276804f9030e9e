from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# What people call the records of a model; other models go by their own description.
KINDS = {
    "account.move": _lt("Invoice or Bill"),
    "account.partial.reconcile": _lt("Payment"),
    "product.product": _lt("Product"),
    "purchase.order": _lt("Purchase Order"),
}


class XeroRecordRow(models.AbstractModel):
    """Row that speaks of one Odoo record by model and id, and shows it by name.

    Models whose records have no name of their own say how they are shown, found and opened:
    ``_xero_label()``, ``_xero_label_domain(operator, value)`` and ``_xero_form_record()``.
    """

    _name = "xero.record.row"
    _description = "Row about one Odoo record"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", compute="_compute_company_id", search="_search_company_id")
    model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="model", string="Record ID")
    record_name = fields.Char(compute="_compute_record_name", search="_search_record_name", string="Record")
    kind = fields.Char(compute="_compute_kind")

    @api.depends("connection_id.company_id")
    def _compute_company_id(self):
        for row in self:
            row.company_id = row.connection_id.company_id

    def _search_company_id(self, operator, value):
        """By the ids of the connections: behind a subquery PostgreSQL cannot know how many rows there are, and the
        record rules would make it read a million of them from end to end to count a page."""
        connections = self.env["xero.connection"].sudo().with_context(active_test=False)
        return [("connection_id", "in", connections.search([("company_id", operator, value)], order="id").ids)]

    @api.depends("model", "res_id")
    def _compute_record_name(self):
        names = self._names((row.model, row.res_id) for row in self if row.res_id)
        for row in self:
            row.record_name = names[row.model, row.res_id]

    @api.depends("model")
    @api.depends_context("lang")
    def _compute_kind(self):
        for row in self:
            own = KINDS.get(row.model)
            row.kind = self.env._(own) if own else self.env["ir.model"]._get(row.model).name or row.model

    def _search_record_name(self, operator, value):
        return Domain.OR(
            Domain("model", "=", model) & Domain("res_id", "in", self._found(model, operator, value))
            for model in self._used_models()
            if model in self.env
        )

    @api.model
    def _used_models(self):
        """The models that rows speak of, in order; one look into the index per model, not one per row."""
        self.flush_model(["model"])
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE used(model) AS (
                       (SELECT model FROM %(table)s ORDER BY model LIMIT 1)
                       UNION ALL
                       SELECT (SELECT model FROM %(table)s WHERE model > used.model ORDER BY model LIMIT 1)
                         FROM used WHERE used.model IS NOT NULL)
                   SELECT model FROM used WHERE model IS NOT NULL""",
                table=SQL.identifier(self._table),
            )
        )
        return [model for (model,) in rows]

    @api.model
    def _found(self, model, operator, value):
        """Query of the records of ``model`` whose name matches, archived ones included."""
        records = self.env[model].sudo().with_context(active_test=False)
        if hasattr(records, "_xero_label_domain"):
            return records._search(records._xero_label_domain(operator, value))
        return records._search([("display_name", operator, value)])

    @api.model
    def _names(self, keys):
        """Return ``{(model, id): name}``; one read per model, and never an error for what is gone."""
        ids = defaultdict(set)
        for model, res_id in keys:
            ids[model].add(res_id)
        names = defaultdict(str)
        for model, res_ids in ids.items():
            records = self.env[model].sudo().browse(res_ids).exists() if model in self.env else self.browse()
            names.update(self._last_names(model, res_ids - set(records.ids)))
            names.update({(model, record.id): self._label(record) for record in records})
        return names

    @api.model
    def _label(self, record):
        return record._xero_label() if hasattr(record, "_xero_label") else record.display_name

    @api.model
    def _last_names(self, model, res_ids):
        """Under what name records that are gone were last synced, else model and id."""
        names = {(model, res_id): f"{model},{res_id}" for res_id in res_ids}
        if res_ids:
            domain = [("model", "=", model), ("res_id", "in", list(res_ids)), ("record_name", "!=", False)]
            rows = self.env["xero.history"].sudo().search(domain, order="id")
            names.update({(model, row.res_id): row.record_name for row in rows})
        return names

    @api.model
    def _open(self, model, res_id):
        """Window action that opens the form of a record; False where it is gone."""
        record = self.env[model].browse(res_id).exists() if model in self.env else None
        if record and hasattr(record, "_xero_form_record"):
            record = record._xero_form_record()
        if not record:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [[False, "form"]],
        }

    def action_open_record(self):
        """Open the record that the row speaks of."""
        self.ensure_one()
        action = self._open(self.model, self.res_id)
        if not action:
            raise UserError(self.env._("%(record)s is no longer in Odoo.", record=self.record_name))
        return action
