from odoo import api, fields, models, tools
from odoo.fields import Domain
from odoo.tools import SQL

from ..mappers.mapped_fields import FIELDS
from .xero_schedule import OBJECTS
from .xero_sync_mixin import LINKED

# What makes other values go to Xero.
SAYS = frozenset(
    ("resource", "xero_field", "direction", "transform", "constant", "format", "active", "connection_id")
    + ("odoo_field", "odoo_field_2", "odoo_field_3", "is_required")
)
TO_XERO, FROM_XERO = ("out", "both"), ("in", "both")
# Problems that a change of a mapping may mend.
CODES = ("mapped_field_required", "mapped_field_value")


class XeroFieldMapping(models.Model):
    """One field of Xero that is filled from Odoo, or the other way round, as somebody decided (S2-13, S2-58).

    What can be chosen is declared in ``mappers/mapped_fields.py``, where it is applied too.
    """

    _name = "xero.field.mapping"
    _description = "Xero Field Mapping"
    _order = "connection_id, resource, sequence, id"
    _rec_name = "xero_field"

    connection_id = fields.Many2one(
        "xero.connection",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company._xero_connection(),
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    resource = fields.Selection(lambda self: self._resources(), string="Object", required=True, default="Contacts")
    model = fields.Char(compute="_compute_model")
    xero_field = fields.Selection(lambda self: self._xero_fields(), string="Field in Xero", required=True)
    xero_fields_offered = fields.Json(compute="_compute_offered")
    direction = fields.Selection(
        [("out", "Odoo → Xero"), ("in", "Xero → Odoo"), ("both", "Both Ways")],
        required=True,
        default="out",
        help="Odoo → Xero: Odoo is the source, its value goes. Xero → Odoo: Xero is the source, its value comes with "
        "the next import. Both Ways: whoever changed it last; where both did, Odoo.",
    )
    transform = fields.Selection(
        [
            ("field", "One Field as It Is"),
            ("first", "First of Several That Has a Value"),
            ("format", "Text with Fields in It"),
            ("constant", "Always the Same Text"),
        ],
        string="What Is Sent",
        required=True,
        default="field",
    )
    odoo_field = fields.Char("Field in Odoo", help="Any field, your own x_ fields too, or a field of a linked record.")
    odoo_field_2 = fields.Char("Otherwise")
    odoo_field_3 = fields.Char("Or Otherwise")
    constant = fields.Char("Text")
    format = fields.Char("Text with Fields", help="Names of fields stand in braces, such as {name} / {ref}.")
    is_required = fields.Boolean(
        "Required", help="A record without a value is held back, with an error that says which field to fill."
    )
    source = fields.Char(compute="_compute_source", string="From Odoo")

    _once = models.UniqueIndex(
        "(connection_id, xero_field) WHERE active", "This field of Xero is mapped already. Change that mapping instead."
    )

    # === WHAT CAN BE CHOSEN === #

    @api.model
    def _resources(self):
        return [(name, self.env._(OBJECTS[name]) if name in OBJECTS else name) for name in FIELDS]

    @api.model
    def _xero_fields(self):
        return [
            (f"{resource}.{key}", self.env._(target.words))
            for resource, targets in FIELDS.items()
            for key, target in targets.items()
        ]

    @api.depends("resource")
    def _compute_model(self):
        for mapping in self:
            mapping.model = self.env["xero.mapper"]._for_resource(mapping.resource)._odoo_model

    @api.depends("resource")
    def _compute_offered(self):
        for mapping in self:
            mapping.xero_fields_offered = [f"{mapping.resource}.{key}" for key in FIELDS.get(mapping.resource, {})]

    @api.onchange("resource")
    def _onchange_resource(self):
        """Fields of one object mean nothing for another."""
        if self.xero_field and self.xero_field.partition(".")[0] != self.resource:
            self.xero_field = self.odoo_field = self.odoo_field_2 = self.odoo_field_3 = self.format = False

    @api.depends("transform", "odoo_field", "odoo_field_2", "odoo_field_3", "constant", "format")
    def _compute_source(self):
        for mapping in self:
            mapping.source = {
                "constant": f"“{mapping.constant or ''}”",
                "format": mapping.format,
                "first": " → ".join(mapping._paths()),
            }.get(mapping.transform, mapping.odoo_field)

    @api.depends("resource", "xero_field")
    def _compute_display_name(self):
        words = dict(self._xero_fields())
        for mapping in self:
            mapping.display_name = words.get(mapping.xero_field, mapping.xero_field)

    def _target(self):
        """Xero's key and what is known of it."""
        key = self.xero_field.partition(".")[2]
        return key, FIELDS[self.resource][key]

    # === WHAT IS MAPPED === #

    @api.model
    def _to_xero(self, connection, resource):
        """Mappings of an object by which Odoo's values go.

        Xero Minimal Data Mode leaves out those that would add something personal (S1-17).
        """
        rows = self._of(connection, resource, TO_XERO)
        return rows.filtered(lambda row: not row._is_personal()) if rows and connection._is_minimal() else rows

    @api.model
    def _from_xero(self, connection, resource):
        """Mappings of an object by which Xero's values come."""
        return self._of(connection, resource, FROM_XERO)

    @api.model
    def _of(self, connection, resource, directions):
        ids = self._ids_by_object().get((connection.id, resource), ()) if resource in FIELDS else ()
        return self.sudo().browse(ids).filtered(lambda row: row.direction in directions)

    @api.model
    @tools.ormcache(cache="stable")
    def _ids_by_object(self):
        """``{(connection id, resource): ids}``; in the stable cache, because every import clears the default one."""
        grouped = self.sudo().search([("active", "=", True)]).grouped(lambda row: (row.connection_id.id, row.resource))
        return {key: tuple(rows.ids) for key, rows in grouped.items()}

    @api.model
    def _watched(self, model):
        """``(columns, others)`` of a model whose change is one of what is mapped; none where nobody is linked."""
        empty = frozenset(), frozenset()
        return self._all_watched().get(model, empty) if self.env["xero.connection"]._any_active() else empty

    @api.model
    @tools.ormcache(cache="stable")
    def _all_watched(self):
        """``{model: (columns, others)}``: asked at every change of a watched record."""
        found = {}
        for row in self.sudo().search([("direction", "in", TO_XERO)]):
            for path in row._paths():
                model, name = row._owner_of(path.partition(".")[0])
                columns, others = found.get(model, (frozenset(), frozenset()))
                if self.env[model]._fields[name].column_type:
                    columns |= {name}
                else:
                    others |= {name}
                found[model] = columns, others
        return found

    def _owner_of(self, name):
        """Model and name of a field where it is stored: fields of a variant may be its template's."""
        field = self.env[self.model]._fields[name]
        if not field.inherited:
            return self.model, name
        link, _dot, own = field.related.partition(".")
        return self.env[self.model]._fields[link].comodel_name, own

    # === CHANGES === #

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings._changed()
        return mappings

    def write(self, vals):
        before = self._keys() if SAYS & vals.keys() else set()
        result = super().write(vals)
        if SAYS & vals.keys():
            self._changed(before)
        return result

    def unlink(self):
        before = self._keys()
        result = super().unlink()
        self.browse()._changed(before)
        return result

    def _keys(self):
        return {(row.connection_id, row.resource) for row in self if row.direction in TO_XERO}

    def _changed(self, before=()):
        """Everything of the objects that is in Xero is looked at again; what is the same as before costs no call."""
        self.env.registry.clear_cache("stable")
        keys = self._keys() | set(before)
        if not keys:
            return
        self.env.flush_all()
        self.env["xero.outbox"].sudo()._insert_marks([self._mark_query(*key) for key in keys])
        connections = self.env["xero.connection"].union(*(connection for connection, _resource in keys))
        self.env["xero.issue"]._mended_code(CODES, connections)

    @api.model
    def _mark_query(self, connection, resource):
        """SQL of what an object has in Xero; documents that were made there follow it and are never sent."""
        follows = self.env["xero.mapper"]._for_resource(resource)._reads_documents
        return SQL(
            """SELECT b.connection_id, b.model, b.res_id FROM xero_binding b
                 JOIN xero_connection c ON c.id = b.connection_id AND %s
                WHERE b.connection_id = %s AND b.resource = %s AND b.external_id IS NOT NULL AND b.state != 'deleted'
                  AND %s""",
            LINKED,
            connection.id,
            resource,
            SQL("b.origin != 'xero'") if follows else SQL("TRUE"),
        )

    @api.readonly
    def action_records(self):
        """The records of the object that are in Xero."""
        self.ensure_one()
        ids = self.env["xero.binding"].search(self._linked_domain()).mapped("res_id")
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._resources())[self.resource],
            "res_model": self.model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
        }

    def _linked_domain(self):
        return (
            Domain("connection_id", "=", self.connection_id.id)
            & Domain("resource", "=", self.resource)
            & Domain("external_id", "!=", False)
            & Domain("state", "!=", "deleted")
        )
