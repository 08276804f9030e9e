"""Fields that somebody mapped (``xero.field.mapping``): the one place where they go into a payload and come out of one.

``FIELDS`` says which keys of Xero a mapping may fill: texts and dates that Xero takes on write and that nothing is
found, counted or matched by. Ids, numbers, amounts, accounts, taxes and states are not among them.
"""

from copy import deepcopy
from dataclasses import dataclass

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ..engine.outbox import SUPPRESS
from ..exceptions import Hold, Skip, Wait
from ..xero_api import codec

_lt = LazyTranslate(__name__)


@dataclass(frozen=True)
class Target:
    """A key of Xero that a mapping fills.

    :param words: what users call it
    :param length: characters that Xero takes (xero-api.md 4)
    :param kind: text, email or date
    :param slot: (key of a list, key that tells its entries apart, the entry's value, key that is filled)
    :param makes_slot: whether the entry is made where the payload has none; half an address would empty the other half
    :param only: values of ``Type`` that have the key; none for all
    :param is_required: Xero refuses the record without it; the connector fills it where no mapping does
    :param by_itself: the mapper asks for the value where it needs it
    """

    words: object
    length: int = 255
    kind: str = "text"
    slot: tuple = ()
    makes_slot: bool = True
    only: tuple = ()
    is_required: bool = False
    by_itself: bool = False


FIELDS = {
    "Contacts": {
        "Name": Target(_lt("Name"), is_required=True, by_itself=True),
        "AccountNumber": Target(_lt("Account Number"), 50),
        "CompanyNumber": Target(_lt("Company Number"), 50),
        "TaxNumber": Target(_lt("Tax Number"), 50),
        "EmailAddress": Target(_lt("E-mail Address"), kind="email"),
        "FirstName": Target(_lt("First Name")),
        "LastName": Target(_lt("Last Name")),
        "Mobile": Target(_lt("Mobile"), 50, slot=("Phones", "PhoneType", "MOBILE", "PhoneNumber")),
        "Fax": Target(_lt("Fax"), 50, slot=("Phones", "PhoneType", "FAX", "PhoneNumber")),
        "BillingAttention": Target(
            _lt("Billing Address: Attention"),
            slot=("Addresses", "AddressType", "POBOX", "AttentionTo"),
            makes_slot=False,
        ),
        "DeliveryAttention": Target(
            _lt("Delivery Address: Attention"),
            slot=("Addresses", "AddressType", "STREET", "AttentionTo"),
            makes_slot=False,
        ),
    },
    "Items": {
        "Name": Target(_lt("Name"), 50),
        "Description": Target(_lt("Sales Description"), 4000),
        "PurchaseDescription": Target(_lt("Purchase Description"), 4000),
    },
    "PurchaseOrders": {
        "Reference": Target(_lt("Reference")),
        "DeliveryDate": Target(_lt("Delivery Date"), kind="date"),
        "ExpectedArrivalDate": Target(_lt("Expected Arrival Date"), kind="date"),
        "DeliveryAddress": Target(_lt("Delivery Address"), 500),
        "AttentionTo": Target(_lt("Attention"), 255),
        "Telephone": Target(_lt("Telephone"), 50),
        "DeliveryInstructions": Target(_lt("Delivery Instructions"), 500),
    },
    "Invoices": {
        "Reference": Target(_lt("Reference (Invoices)"), only=("ACCREC",)),
        "DueDate": Target(_lt("Due Date"), kind="date", is_required=True),
        "ExpectedPaymentDate": Target(_lt("Expected Payment Date (Invoices)"), kind="date", only=("ACCREC",)),
        "PlannedPaymentDate": Target(_lt("Planned Payment Date (Bills)"), kind="date", only=("ACCPAY",)),
    },
    "CreditNotes": {
        "Reference": Target(_lt("Reference (Customer Credit Notes)"), only=("ACCRECCREDIT",)),
    },
}


def read_target(payload, key, target):
    """What a payload has under a key, or None: a text; a date as ``2026-03-31``."""
    if target.slot:
        holder, key = _slot(payload, target) or {}, target.slot[3]
    else:
        holder = payload
    if target.kind == "date":
        day = codec.read_date(holder, key)
        return day.isoformat() if day else None
    return holder.get(key) or None


def write_target(payload, key, target, value):
    """Fill a key of ``payload``, which is changed; returns whether there was a place for it."""
    if not target.slot:
        payload[key] = value
        return True
    entry = _slot(payload, target)
    if entry is None and target.makes_slot and value:
        entries, kind, name, _leaf = target.slot
        entry = {kind: name}
        payload.setdefault(entries, []).append(entry)
    if entry is not None:
        entry[target.slot[3]] = value
    return entry is not None


def _slot(payload, target):
    entries, kind, name, _leaf = target.slot
    return next((entry for entry in payload.get(entries) or [] if entry.get(kind) == name), None)


class XeroMapper(models.AbstractModel):
    _inherit = "xero.mapper"

    # === TO XERO === #

    @api.model
    def _prepare(self, connection, records, bindings):
        rows = self.env["xero.field.mapping"]._to_xero(connection, self._xero_resource)
        return {**super()._prepare(connection, records, bindings), "field_mappings": rows}

    @api.model
    def _build(self, connection, ids):
        """What was mapped is remembered with the link once Xero has it."""
        self = self.with_context(xero_mapped={})
        built = super()._build(connection, ids)
        for id_, values in self.env.context["xero_mapped"].items():
            if id_ in built.facts:
                built.facts[id_] = {**built.facts[id_], "mapped": values}
        return built

    def _with_mapped(self, record, payload, prepared, is_closed=False):
        """``payload`` with what is mapped; mappers call it once everything else is in it.

        A field without a value leaves the key as it is, but empties what an earlier value filled.

        :param is_closed: nothing of the record may change in Xero any more: what was sent last stays
        :raises Hold: a required field has no value
        """
        rows = prepared.get("field_mappings")
        if not rows:
            return payload
        binding = prepared["bindings"].get(record.id)
        known = (binding.mapped_values or {}) if binding else {}
        payload, values = deepcopy(payload), {}
        for row in rows:
            key, target = row._target()
            if target.by_itself or target.only and payload.get("Type") not in target.only:
                continue
            value = known.get(key) if is_closed else row._value_of(record)
            if not value and known.get(key) and target.kind != "date" and not read_target(payload, key, target):
                value = ""
            if value is not None and write_target(payload, key, target, value):
                values[key] = value
        if "xero_mapped" in self.env.context:
            self.env.context["xero_mapped"][record.id] = values
        return payload

    @api.model
    def _mapped_value(self, connection, record, key):
        """The value for one key that the mapper fills by itself, or None where nothing is mapped to it."""
        rows = self.env["xero.field.mapping"]._to_xero(connection, self._xero_resource)
        row = rows.filtered(lambda one: one._target()[0] == key)
        return row._value_of(record) if row else None

    @api.model
    def _keys_of_xero(self, connection):
        """Keys that Xero owns (*Who Owns What*), which no update carries."""
        return set()

    # === FROM XERO === #

    @api.model
    def _mapped_changes(self, connection, pairs):
        """Those of (binding, payload) in which a mapped field of Xero says something new."""
        rows = self.env["xero.field.mapping"]._from_xero(connection, self._xero_resource)
        return [pair for pair in pairs if pair[0] and self._has_mapped_news(*pair, rows)] if rows else []

    def _has_mapped_news(self, binding, payload, rows):
        try:
            return bool(self._mapped_news(binding, payload, rows))
        except Hold:
            return True  # told where it is taken

    @api.model
    def _mapped_news(self, binding, payload, rows):
        """``{mapping: (value in Odoo, text in Xero)}`` of what is to be taken.

        Where Xero is the source its value counts. Where both are, a change counts, and a first value where Odoo has
        none; what waits in Odoo to be sent goes first.
        """
        stamp = self._remote_updated_at(payload)
        if stamp and binding.remote_updated_at and stamp < binding.remote_updated_at:
            return {}  # older than our last answer: read before it was kept
        record = self.env[binding.model].browse(binding.res_id).exists()
        if not record or record.xero_do_not_import:
            return {}
        record, found = record.with_company(binding.connection_id.company_id), {}
        for row in rows:
            key, target = row._target()
            text = read_target(payload, key, target)
            if not text or target.only and payload.get("Type") not in target.only:
                continue
            value = row._in_odoo(text)
            if record[row.odoo_field] != value and self._is_xeros_turn(binding, record, row, text):
                found[row] = value, text
        return found

    @api.model
    def _is_xeros_turn(self, binding, record, row, text):
        if row.direction == "in":
            return True
        known = (binding.mapped_values or {}).get(row._target()[0])
        if known == text or (not known and record[row.odoo_field]):
            return False
        return not self._waits(binding)

    @api.model
    def _waits(self, binding):
        domain = [("connection_id", "=", binding.connection_id.id), ("model", "=", binding.model)]
        return bool(self.env["xero.outbox"].search_count([*domain, ("res_id", "=", binding.res_id)], limit=1))

    @api.model
    def _take_mapped(self, connection, changes):
        """Write what is mapped from Xero; in the shape of ``_changed_in_xero``. It does not go back."""
        rows = self.env["xero.field.mapping"]._from_xero(connection, self._xero_resource)
        outcomes = {}
        for binding, payload in changes.items():
            news = self._mapped_news(binding, payload, rows)
            record = self.env[binding.model].browse(binding.res_id).with_company(connection.company_id)
            was_agreed = bool(binding.content_hash) and not self._waits(binding)
            record.with_context(**{SUPPRESS: True}).write({row.odoo_field: value for row, (value, _t) in news.items()})
            taken = {row._target()[0]: text for row, (_value, text) in news.items()}
            binding.mapped_values = {**(binding.mapped_values or {}), **taken}
            if was_agreed:
                self._agree_as_it_is(connection, binding, record)
            outcomes[binding.external_id] = "updated" if news else None
        return outcomes

    @api.model
    def _agree_as_it_is(self, connection, binding, record):
        """Keep as agreed what Odoo would send now, which is what Xero has."""
        try:
            prepared = self._prepare(connection, record, {record.id: binding})
            _action, payload, *facts = self._payload(record, prepared)
        except (Hold, Skip, Wait):
            return
        binding.content_hash = (facts and facts[0].get("content")) or codec.digest(self._content(payload))
