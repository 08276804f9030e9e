"""What a field mapping has to be before it is kept: complete, readable, and harmless to what is kept equal."""

from datetime import date

from odoo import api, models
from odoo.exceptions import ValidationError

from .xero_field_mapping_value import PATH

# Kinds of fields that have no text.
NO_TEXT = frozenset(
    ("binary", "image", "one2many", "properties", "properties_definition", "json", "reference", "many2one_reference")
)
DATES = ("date", "datetime")
# Kinds of fields that take a value from Xero.
TAKES = ("char", "text", "date", "integer", "float")
# Through these records personal data would leave, whatever the field, but for what a document names anyway.
PERSONAL = ("res.partner", "res.users", "hr.employee", "res.partner.bank")
NAMED_ANYWAY = ("name", "display_name", "ref")


class XeroFieldMapping(models.Model):
    _inherit = "xero.field.mapping"

    @api.constrains(
        *("resource", "xero_field", "direction", "transform", "odoo_field", "odoo_field_2", "odoo_field_3"),
        *("constant", "format", "connection_id"),
    )
    def _check_mapping(self):
        for mapping in self:
            mapping._check()

    def _check(self):
        """:raises ValidationError: what is missing or cannot be, and what to choose instead"""
        if not self.xero_field or self.xero_field.partition(".")[0] != self.resource:
            raise ValidationError(self.env._("Choose the field in Xero."))
        self._check_source()
        for path in self._paths():
            self._check_path(path)
        if self.direction != "out":
            self._check_way_back()

    def _check_source(self):
        _key, target = self._target()
        name = self.display_name
        if self.transform == "constant" and self.constant or self._paths():
            if target.kind == "date":
                self._check_date(name)
            return
        if target.is_required:
            raise ValidationError(
                self.env._(
                    "Xero requires %(name)s. Choose what fills it, or delete this mapping: the connector then fills it "
                    "by itself.",
                    name=name,
                )
            )
        raise ValidationError(self.env._("Choose what fills %(name)s.", name=name))

    def _check_date(self, name):
        if self.transform == "constant":
            try:
                date.fromisoformat(self.constant)
            except ValueError:
                raise ValidationError(self.env._("%(name)s is a date. Write it as 2026-03-31.", name=name)) from None
        elif self.transform == "format" or any(self._field_at(path).type not in DATES for path in self._paths()):
            raise ValidationError(self.env._("%(name)s is a date. Choose a field that holds a date.", name=name))

    # === FIELDS OF ODOO === #

    def _check_path(self, path):
        """A field that exists and that has a text, and that the person who maps it may read."""
        field = self._field_at(path)
        if field.type in NO_TEXT or (field.type == "many2many" and "." in path):
            raise ValidationError(self.env._("%(path)s has no text that could be sent.", path=path))

    def _field_at(self, path):
        if not PATH.fullmatch(path or ""):
            raise ValidationError(
                self.env._("%(path)s is too far away. Choose a field, or a field of one linked record.", path=path)
            )
        # Odoo checks constraints with all rights; here those of the person count.
        model, field = self.env[self.model].sudo(False), None
        for name in path.split("."):
            if field is not None:
                model = self._linked_model(field, path)
            field = model._fields.get(name)
            if field is None:
                raise ValidationError(
                    self.env._("%(model)s has no field %(name)s.", model=model._description, name=name)
                )
            if not (model.has_access("read") and model._has_field_access(field, "read")):
                raise ValidationError(
                    self.env._("You may not read %(path)s, so you cannot have it sent to Xero.", path=path)
                )
        return field

    def _linked_model(self, field, path):
        if field.type != "many2one":
            raise ValidationError(
                self.env._("%(path)s goes through several records. Choose a field of one linked record.", path=path)
            )
        return self.env[field.comodel_name].sudo(False)

    def _is_personal(self):
        """Whether it would let more of a person out than minimal data mode does."""
        if self.resource == "Contacts":
            return True
        return any(self._is_personal_path(path) for path in self._paths())

    def _is_personal_path(self, path):
        model = self.env[self.model]
        first, _dot, second = path.partition(".")
        field = model._fields[first]
        if field.related and not field.inherited:
            return self._is_personal_path(field.related) if field.related.count(".") == 1 else True
        if not field.relational or field.comodel_name not in PERSONAL:
            return False
        return bool(second) and second not in NAMED_ANYWAY

    # === FROM XERO === #

    def _check_way_back(self):
        """Only a field that belongs to nobody else takes Xero's value."""
        mapper = self.env["xero.mapper"]._for_resource(self.resource)
        if not mapper._modified_since:
            raise ValidationError(self.env._("%(object)s are not read from Xero.", object=self._object_words()))
        if self.transform != "field" or "." in (self.odoo_field or "."):
            raise ValidationError(
                self.env._("A value from Xero goes into one field of the record itself. Choose One Field as It Is.")
            )
        if self._target()[1].by_itself and self.direction == "both":
            raise ValidationError(self.env._("%(name)s can go one way only.", name=self.display_name))
        field = self.env[self.model]._fields[self.odoo_field]
        kinds = ("date",) if self._target()[1].kind == "date" else TAKES
        if field.type not in kinds or not self._is_free(field):
            raise ValidationError(
                self.env._(
                    "%(field)s cannot take a value from Xero: it is computed, of another kind, or filled by Odoo or "
                    "by the connector itself. Choose another field, for example one of your own.",
                    field=field._description_string(self.env),
                )
            )

    def _is_free(self, field):
        model, name = self._owner_of(field.name)
        own = self.env[model]._fields[name]
        is_plain = own.store and own.column_type and not own.readonly and not own.compute and not own.required
        is_ours = name.startswith("xero_") or name in getattr(self.env[model], "_xero_watched", ())
        return is_plain and not is_ours and self.env[model].sudo(False)._has_field_access(own, "write")

    def _object_words(self):
        return dict(self._resources()).get(self.resource, self.resource)


class XeroConnection(models.Model):
    _inherit = "xero.connection"

    def _owners(self):
        """Fields that somebody mapped have the owner that their mapping says."""
        owner = {"out": "odoo", "in": "xero", "both": "both"}
        rows = self.env["xero.field.mapping"].search([("connection_id", "=", self.id)])
        mapped = [
            (
                f"{row._object_words()}: {row.display_name}",
                owner[row.direction],
                self.env._("Mapped field: %(from_odoo)s", from_odoo=row.source or "-"),
            )
            for row in rows
        ]
        return super()._owners() + mapped
