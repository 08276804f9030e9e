"""A note in a document's history in Xero, where the connection says so (xero-api.md 4.12)."""

from odoo import api, models

from ..xero_api import codec
from .xero_mapper import Call

NOTE_LENGTH = 2500


class XeroMapperDocumentNote(models.AbstractModel):
    """Document → one history record. Notes have no id in Xero: what tells them apart is their text."""

    _name = "xero.mapper.document_note"
    _inherit = "xero.mapper.follower"
    _description = "Xero Mapper: History Notes"

    _xero_resource, _xero_id, _xero_number = "HistoryRecords", "Details", "Details"
    _odoo_model, _rank = "xero.document.note", 90

    @api.model
    def _moves(self, records):
        return self.env["account.move"].browse(records.ids)

    def _payload(self, note, prepared):
        move = self._moves(note)
        document = self._document(move, prepared)
        own = prepared["bindings"].get(note.id)
        payload = {"Details": self._text(move)}
        if own and own.external_id:
            # Notes can be neither changed nor removed (xero-api.md 4.12).
            return "none", payload
        return "create", payload, {"resource": document.resource, "document": document.external_id}

    @api.model
    def _text(self, move):
        link = f"{move.get_base_url()}/mail/view?model={move._name}&res_id={move.id}"
        author = (move.invoice_user_id or move.create_uid).name
        text = self.env._(
            "%(document)s comes from Odoo, made by %(author)s: %(link)s", document=move.name, author=author, link=link
        )
        return text[:NOTE_LENGTH]

    def _group(self, built, action, ids, rows):
        return [
            Call(
                method="PUT",
                path=f"{built.facts[id_]['resource']}/{built.facts[id_]['document']}/History",
                body={"HistoryRecords": [built.payloads[id_]]},
                elements=[self._element(built, id_, rows)],
            )
            for id_ in ids
        ]

    @api.model
    def _external_id(self, data):
        return codec.digest(data["Details"]) if data.get("Details") else None

    @api.model
    def _code(self, data):
        return self._external_id(data)

    @api.model
    def _natural_key(self, data):
        return None

    @api.model
    def _lookups(self, payloads, facts):
        return [(f"{fact['resource']}/{fact['document']}/History", {}) for fact in facts]

    @api.model
    def _is_same(self, payload, candidate, facts):
        return candidate.get("Details") == payload["Details"]
