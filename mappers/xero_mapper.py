"""What every mapper is: the only place that knows the field names of both sides.

A mapper takes a recordset and gives one payload per record, makes no call, and is an ordinary Odoo
AbstractModel, so that another addon extends it by ``_inherit`` and adds a field.
"""

import json
import logging
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from psycopg2 import Error as DatabaseError

from odoo import api, models

from ..exceptions import Hold, Skip, Wait, unbuildable, where_of
from ..xero_api import codec

_logger = logging.getLogger(__name__)


def decimal(value, places=4):
    """An exact number for the wire from one of Odoo's floats, rounded half up to ``places``."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@dataclass
class Call:
    """One HTTP call to be made: ``elements`` says, in the order of the body, what each element is for."""

    method: str
    path: str
    body: dict
    elements: list

    @cached_property
    def text(self):
        """The body as it is stored and sent."""
        return codec.dumps(self.body)

    def check(self):
        """Raise where the call cannot be stored: ``TypeError`` or ``ValueError`` of what cannot be written down."""
        json.dumps([self.text, self.elements])


@dataclass
class Built:
    """What a mapper made of a recordset, by record id."""

    payloads: dict = field(default_factory=dict)
    actions: dict = field(default_factory=dict)  # create, update or delete
    facts: dict = field(default_factory=dict)  # what is known of the record beside its payload, such as the total
    stops: dict = field(default_factory=dict)  # Hold, Wait or Skip
    unchanged: list = field(default_factory=list)

    def withdrawals(self, undone):
        """Only what is withdrawn, or needs no call; of the stops those of the ids ``undone``."""
        ids = [id_ for id_, action in self.actions.items() if action == "delete"]
        payloads, actions, facts = (
            {id_: part[id_] for id_ in ids} for part in (self.payloads, self.actions, self.facts)
        )
        stops = {id_: stop for id_, stop in self.stops.items() if id_ in undone}
        return Built(payloads, actions, facts, stops, self.unchanged)


class XeroMapper(models.AbstractModel):
    """Base of all mappers. The class attributes are the facts about a resource."""

    _name = "xero.mapper"
    _description = "Xero Mapper"

    _xero_resource = None  # endpoint and plural key, such as "Invoices"
    _xero_id = None  # such as "InvoiceID"
    _xero_number = None  # the key by which Xero finds it, such as "InvoiceNumber"
    _odoo_model = None
    _rank = 100  # lower goes first: contacts, items, documents, payments, allocations
    _batch_size = 50  # xero-api.md 2.2
    _is_written = True  # whether it is a resource that Odoo sends
    _only_when_needed = False  # goes ahead of the documents that need it, otherwise last
    _modified_since = False  # whether the importer reads it
    _urgency = "normal"  # a key of the budget's reserves
    _private_group = None  # who alone may see what leaves, where that is not everybody who sees the record
    _is_personal = False  # about people: bodies go when a call is settled, and Xero's words lose what they quote
    _action_order = ("create", "update", "delete")
    _deep_link_path = None  # page of go.xero.com, with %s for the id

    @api.model
    def _impersonal(self, connection, words):
        """What an exception says, in words that may be kept and logged."""
        return words

    # === REGISTRY === #

    @api.model
    def _all(self):
        """All mappers of resources, in the order in which records depend on each other."""
        mappers = [self.env[name] for name in self.env.registry.descendants(["xero.mapper"], "_inherit")]
        return sorted((mapper for mapper in mappers if mapper._xero_resource), key=lambda mapper: mapper._rank)

    @api.model
    def _for_resource(self, resource):
        return next((mapper for mapper in self._all() if mapper._xero_resource == resource), self)

    @api.model
    def _for_model(self, model):
        return [mapper for mapper in self._all() if mapper._odoo_model == model]

    # === TO XERO === #

    @api.model
    def _handles(self, connection, ids):
        """Those of ``ids`` that are this resource: an account move is an invoice or a credit note.

        A record that is gone belongs to the resource that it was linked as.
        """
        records = self.env[self._odoo_model].browse(ids).exists()
        mine = set(self._select(records).ids)
        gone = self.env[self._odoo_model].browse(set(ids) - set(records.ids))
        bindings = self.env["xero.binding"]._for(connection, gone) if gone else {}
        mine.update(id_ for id_, binding in bindings.items() if binding.resource == self._xero_resource)
        return [id_ for id_ in ids if id_ in mine]

    @api.model
    def _select(self, records):
        """The existing records that become this resource."""
        return records

    @api.model
    def _needs(self, connection, records):
        """Recordsets that have to be in Xero before ``records``."""
        return []

    @api.model
    def _build(self, connection, ids):
        """Make the payload of each record.

        :param ids: ids of ``_odoo_model``; records that are gone are told to the mapper by ``_vanished``
        :return: ``Built``; a record is in exactly one of its parts
        """
        records = self.env[self._odoo_model].browse(ids).exists()
        bindings = self.env["xero.binding"]._for(connection, self.env[self._odoo_model].browse(ids))
        prepared = self._prepare(connection, records, bindings)
        built = Built()
        for id_ in set(ids) - set(records.ids):
            self._collect(built, id_, bindings.get(id_), lambda i=id_: self._vanished(i, bindings.get(i)))
        for record in records:
            self._collect(built, record.id, bindings.get(record.id), lambda r=record: self._payload(r, prepared))
        return built

    def _collect(self, built, id_, binding, make):
        if binding and binding.state == "sending" and not binding.external_id:
            # The call that makes it in Xero is still to be settled.
            built.stops[id_] = Wait(self.env[self._odoo_model].browse(id_))
            return
        try:
            action, payload, *facts = make()
            is_agreed = action == "none" or self._is_agreed(binding, payload)
        except (Hold, Wait, Skip) as stop:
            built.stops[id_] = stop
            return
        except DatabaseError:
            raise  # the transaction is broken: who builds tries again with fewer records
        except Exception as error:
            # One record that cannot be prepared must not stop the others; it becomes an issue.
            if self._is_personal:
                _logger.error("Xero: %s,%s could not be prepared\n%s", self._odoo_model, id_, where_of(error))
                error = ValueError(type(error).__name__)
            else:
                _logger.exception("Xero: %s,%s could not be prepared", self._odoo_model, id_)
            built.stops[id_] = unbuildable(self.env[self._odoo_model].browse(id_), error)
            return
        if is_agreed:
            built.unchanged.append(id_)
            return
        built.payloads[id_] = payload
        built.actions[id_] = action
        built.facts[id_] = facts[0] if facts else {}

    def _is_agreed(self, binding, payload):
        """Whether both sides agreed on these contents last time."""
        agreed = binding and binding.content_hash
        return bool(agreed) and agreed == codec.digest(self._content(payload))

    @api.model
    def _prepare(self, connection, records, bindings):
        """Read in a few queries whatever ``_payload`` needs; returns a dict with connection and bindings."""
        return {"connection": connection, "bindings": bindings}

    def _payload(self, record, prepared):
        """Return ``(action, payload)`` or ``(action, payload, facts)`` of one record, or raise Hold, Wait or Skip.

        The action is create, update, delete or none.
        """
        raise NotImplementedError

    def _check_policy(self, record):
        """Raise Skip for a record that somebody set not to be exported."""
        if record.xero_do_not_export:
            raise Skip(record.xero_do_not_export_reason or self.env._("Set not to be exported to Xero."))

    @api.model
    def _is_since_start(self, record, connection):
        """Whether a record is of the connection's period, or goes because somebody asked for it or a load takes it."""
        return record._xero_day() >= connection.sync_from_date or self.env["xero.outbox"]._is_asked(connection, record)

    def _check_start(self, record, connection):
        """Raise Skip for what is dated before *Sync Documents Dated From*."""
        if not self._is_since_start(record, connection):
            raise Skip(self.env._("Dated before the start date of the connection. Export Now asks, and sends it."))

    def _vanished(self, id_, binding):
        """What to do for a record that is gone; by default nothing."""
        raise Skip(self.env._("The record no longer exists in Odoo."))

    @api.model
    def _content(self, payload):
        """The part of a payload that both sides have to agree on; a change of the rest causes no call."""
        return {key: value for key, value in payload.items() if key != self._xero_id}

    @api.model
    def _calls(self, built, order, rows):
        """Group payloads into calls, in the order of ``order``.

        :param order: record ids as they were marked
        :param rows: ``{record id: [outbox ids]}`` that the call settles
        :return: list of ``Call``
        """
        calls = []
        for action in self._action_order:
            ids = [id_ for id_ in order if built.actions.get(id_) == action]
            for start in range(0, len(ids), self._batch_size):
                calls += self._group(built, action, ids[start : start + self._batch_size], rows)
        return calls

    @api.model
    def _is_full(self, call):
        """Whether nothing could be added to a call; withdrawals never wait for others."""
        return len(call.elements) >= self._batch_size or call.elements[0]["action"] == "delete"

    def _group(self, built, action, ids, rows):
        """The calls of up to a batch of records with the same action.

        Creates are PUT: a POST with a name or number that Xero knows silently overwrites somebody
        else's record (xero-api.md 3.1).
        """
        return [
            Call(
                method="PUT" if action == "create" else "POST",
                path=self._xero_resource,
                body={self._xero_resource: [built.payloads[id_] for id_ in ids]},
                elements=[self._element(built, id_, rows) for id_ in ids],
            )
        ]

    @api.model
    def _with_ids(self, payload, binding):
        """Lines keep their LineItemID: without it Xero deletes and recreates them (xero-api.md 4.2).

        A payload without lines leaves those in Xero alone.
        """
        ids = (binding.agreed or {}).get("line_ids") or []
        lines = [
            {"LineItemID": ids[index], **line} if index < len(ids) else line
            for index, line in enumerate(payload.get("LineItems") or [])
        ]
        return {self._xero_id: binding.external_id, **payload, **({"LineItems": lines} if lines else {})}

    def _element(self, built, id_, rows):
        """What a call says about one record; a reduced payload still stands for the whole ``content`` of its facts."""
        payload, facts = built.payloads[id_], built.facts[id_]
        return {
            "model": self._odoo_model,
            "res_id": id_,
            "action": built.actions[id_],
            "hash": facts.get("content") or codec.digest(self._content(payload)),
            "natural_key": self._natural_key(payload),
            "facts": facts,
            "rows": rows.get(id_, []),
        }

    @api.model
    def _payloads_of(self, body):
        """The elements of a stored body, in order."""
        return body.get(self._xero_resource) or [body]

    @api.model
    def _body_key(self, path):
        """The key under which the elements of a call to ``path`` stand."""
        return self._xero_resource

    # === ANSWERS === #

    @api.model
    def _external_id(self, data):
        return data.get(self._xero_id)

    @api.model
    def _linked_id(self, data, facts):
        """The identifier that a record is linked by once an answer holds ``data``."""
        return self._external_id(data) or facts.get("external_id")

    @api.model
    def _next_calls(self, spec, data):
        """The calls that follow one whose element has ``more`` among its facts.

        :param spec: the element that was carried out; its rows stay in the queue until the last call
        :param data: what Xero answered
        """
        return []

    @api.model
    def _natural_key(self, data):
        return (data.get(self._xero_number) or "").lower() or None

    @api.model
    def _code(self, data):
        """The Accounting Code that users see."""
        return data.get(self._xero_number) or self._external_id(data)

    @api.model
    def _agreed(self, data, facts):
        """What later calls need to know of an answer."""
        return {}

    @api.model
    def _disagreement(self, data, facts):
        """``(code, values)`` of the problem if Xero stored something else than Odoo has, else None."""
        return

    @api.model
    def _remote_updated_at(self, data):
        stamp = codec.parse_datetime(data.get("UpdatedDateUTC"))
        return stamp and stamp.replace(tzinfo=None)

    # === LOOKUP === #

    @api.model
    def _lookups(self, payloads, facts):
        """Calls that find what Xero holds for the payloads: list of (path, params)."""
        return []

    @api.model
    def _any_of(self, path, terms, size=20, **params):
        """Lookups of records for which any of ``terms`` holds; several, because URLs are short (xero-api.md 2.2)."""
        return [
            (path, {"where": " OR ".join(terms[start : start + size]), **params})
            for start in range(0, len(terms), size)
        ]

    @api.model
    def _candidates(self, answers):
        """What the answers of the lookups hold."""
        return [candidate for answer in answers for candidate in answer.payload.get(self._xero_resource) or []]

    @api.model
    def _is_same(self, payload, candidate, facts):
        """Whether ``candidate``, read from Xero, is what ``payload`` created; used when an answer was lost."""
        return False

    @api.model
    def _may_link(self, payload, candidate, facts):
        """Whether a create that Xero refused as existing may be linked with ``candidate`` without asking."""
        return self._is_same(payload, candidate, facts)

    @api.model
    def _reread(self, payload, facts):
        """Calls that read the record which a payload withdraws."""
        return [(f"{self._xero_resource}/{self._withdrawn_id(payload, facts)}", {})]

    @api.model
    def _withdrawn_id(self, payload, facts):
        """Xero's id of the record which a payload withdraws."""
        return payload.get(self._xero_id) or facts.get("external_id")

    @api.model
    def _is_withdrawn(self, data):
        """Whether Xero no longer counts the record."""
        return data.get("Status") in ("VOIDED", "DELETED")

    # === FROM XERO === #

    @api.model
    def _paths_of(self, payload):
        """What is read of one element of a list that shows less than the record."""
        return [f"{self._xero_resource}/{self._external_id(payload)}"]

    @api.model
    def _whole_of(self, payload, answers):
        """The elements that the answers to ``_paths_of`` make of one of a list."""
        return self._candidates(answers)

    @api.model
    def _concerns(self, connection):
        """Whether a connection has this resource at all."""
        return True

    @api.model
    def _from_xero(self, connection, payloads):
        """Create or update records for what was read; returns ``{external id: outcome}``. See the importer."""
        raise NotImplementedError

    @api.model
    def _deep_link(self, binding):
        """The page of the record in Xero, or False (pattern of xero-api.md 4.10, not confirmed)."""
        if not self._deep_link_path:
            return False
        return (
            "https://go.xero.com/organisationlogin/default.aspx"
            f"?shortcode={binding.connection_id.short_code or ''}"
            f"&redirecturl={self._deep_link_path % binding.external_id}"
        )
