"""What a field mapping makes of a record: read, put together, and fitted into what Xero takes."""

import re
from datetime import date, datetime
from string import Formatter

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize, html2plaintext

from ..business_hours import local_day
from ..exceptions import Hold

# A field, or a field of one linked record.
PATH = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# What may be left hanging where a field of a format has no value.
HANGING = " /,;:|·-–"
MOST_NAMES = 10  # of several linked records


class XeroFieldMapping(models.Model):
    _inherit = "xero.field.mapping"

    # === SOURCES === #

    def _paths(self):
        """The fields that the value is made of."""
        if self.transform == "constant":
            return []
        if self.transform == "format":
            return [name for _text, name in self._pieces() if name]
        several = (self.odoo_field, self.odoo_field_2, self.odoo_field_3) if self.transform == "first" else ()
        return [path for path in several or (self.odoo_field,) if path]

    def _pieces(self):
        """(text, field or None) of the format, which is read and never run.

        :raises ValidationError: braces that do not close, or that hold anything but the name of a field
        """
        try:
            pieces = list(Formatter().parse(self.format or ""))
        except ValueError:
            pieces = [("", "?", None, None)]
        for _text, name, spec, conversion in pieces:
            if name is not None and (spec or conversion or not PATH.fullmatch(name)):
                raise ValidationError(
                    self.env._(
                        "%(format)s cannot be read. Write the names of fields in braces and nothing else in them, "
                        "such as {name} / {ref}.",
                        format=self.format,
                    )
                )
        return [(text, name) for text, name, _spec, _conversion in pieces]

    # === THE VALUE === #

    def _value_of(self, record):
        """What goes to Xero of a record: a text, a date as ``2026-03-31``, or None where there is nothing.

        :raises Hold: a required value is missing, or Xero would refuse it
        """
        _key, target = self._target()
        value = self._fitted(record, self._raw(record), target)
        if not value and self.is_required:
            raise Hold("mapped_field_required", record, **self._in_words(record))
        return value

    def _raw(self, record):
        if self.transform == "constant":
            return self.constant
        if self.transform == "format":
            return self._formatted(record)
        return next((value for path in self._paths() if (value := self._at(record, path))), None)

    def _formatted(self, record):
        pieces = [(text, self._text(record, self._at(record, name)) if name else "") for text, name in self._pieces()]
        if any(name for _text, name in self._pieces()) and not any(value for _text, value in pieces):
            return None
        return "".join(text + (value or "") for text, value in pieces).strip(HANGING)

    def _at(self, record, path):
        """The value at a path, as text; a date stays one. None where there is nothing."""
        first, _dot, second = path.partition(".")
        if second:
            record = record[first][:1]
            if not record:
                return None
        return self._plain(record, record._fields[second or first])

    def _plain(self, record, field):
        value = record[field.name]
        if field.type == "datetime":
            return local_day(self.company_id, value) if value else None
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type in ("integer", "float", "monetary"):
            return f"{value:.10f}".rstrip("0").rstrip(".")
        if field.type == "selection":
            return dict(field._description_selection(record.env)).get(value)
        if field.type == "html":
            return html2plaintext(value) if value else None
        if field.relational:
            return ", ".join(filter(None, value[:MOST_NAMES].mapped("display_name"))) or None
        return value or None

    @api.model
    def _text(self, _record, value):
        return value.isoformat() if isinstance(value, date) else value

    def _fitted(self, record, value, target):
        if not value:
            return None
        if target.kind == "date":
            return self._as_day(record, value)
        text = CONTROL.sub(" ", str(self._text(record, value))).strip()
        if target.kind == "email":
            return self._as_email(record, text)
        return text[: target.length].rstrip() or None

    def _as_day(self, record, value):
        if isinstance(value, datetime):
            return local_day(self.company_id, value).isoformat()
        if isinstance(value, date):
            return value.isoformat()
        try:
            return date.fromisoformat(value.strip()).isoformat()
        except ValueError:
            raise Hold("mapped_field_value", record, **self._in_words(record), value=value) from None

    def _as_email(self, record, text):
        email = email_normalize(text)
        if not email or "." not in email.partition("@")[2] or not email.isascii():
            raise Hold("mapped_field_value", record, **self._in_words(record), value=text)
        return email

    def _in_words(self, record):
        return {"record": record.display_name, "xero_field": self.display_name, "source": self.source or "-"}

    # === BACK === #

    def _in_odoo(self, text):
        """Xero's text as the field of Odoo keeps it.

        :raises Hold: it is no date, or no number
        """
        field = self.env[self.model]._fields[self.odoo_field]
        try:
            if field.type == "date":
                return date.fromisoformat(text[:10])
            if field.type in ("integer", "float"):
                return {"integer": int, "float": float}[field.type](text.replace(",", ""))
        except ValueError:
            raise Hold("mapped_field_value", self, **self._in_words(self), value=text) from None
        return text[: field.size] if getattr(field, "size", None) else text
