"""What Xero still lets be changed of a document, by its status and what has been paid (xero-api.md 4.2)."""

from odoo import api, models
from odoo.tools import SQL

from ..exceptions import Hold
from ..xero_api import codec

# What a payment or a credit freezes: everything that money follows from (xero-api.md 4.2, edits after payment).
FROZEN = ("Type", "Date", "CurrencyCode", "CurrencyRate", "LineAmountTypes")
FROZEN_LINE = ("Quantity", "UnitAmount", "DiscountRate", "TaxType", "TaxAmount", "ItemCode")
# Of a document's heading, what may be sent afterwards; lines go as a whole or not at all.
OPEN = ("InvoiceNumber", "CreditNoteNumber", "Reference", "DueDate", "Contact", "SentToContact")
# Before it is approved, a document is deleted; afterwards it can only be voided.
UNAPPROVED = ("DRAFT", "SUBMITTED")


class XeroMapperDocument(models.AbstractModel):
    """Changes and withdrawals of documents that are in Xero already."""

    _inherit = "xero.mapper.document"

    @api.model
    def _prepare(self, connection, records, bindings):
        linked = {id_: binding.external_id for id_, binding in bindings.items() if binding.external_id}
        return {
            **super()._prepare(connection, records, bindings),
            "settled": self._paid_in_xero(connection, list(linked)),
        }

    def _paid_in_xero(self, connection, move_ids):
        """``{move id: {resources}}``: by what documents are paid or credited in Xero, as far as we know."""
        if not move_ids:
            return {}
        self.env["account.partial.reconcile"].flush_model()
        self.env["xero.binding"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT l.move_id, b.resource FROM account_move_line l
                     JOIN account_partial_reconcile p ON l.id IN (p.debit_move_id, p.credit_move_id)
                     JOIN xero_binding b ON b.model = 'account.partial.reconcile' AND b.res_id = p.id
                    WHERE l.move_id = ANY(%s) AND b.connection_id = %s
                      AND b.external_id IS NOT NULL AND b.state != 'deleted'""",
                move_ids,
                connection.id,
            )
        )
        settled = {}
        for move_id, resource in rows:
            settled.setdefault(move_id, set()).add(resource)
        return settled

    # === CHANGE === #

    def _update_of(self, move, payload, binding, prepared):
        """What goes of a document that is in Xero: all of it, or what payments leave open.

        :raises Hold: payments or credits forbid the change; the document as Xero has it stays
        """
        facts = self._facts_of(move, payload)
        if binding.content_hash == facts["content"]:
            return "none", payload, facts
        self._check_period(move, prepared["connection"])
        self._check_undone(move, binding, prepared)
        agreed = binding.agreed or {}
        by = prepared["settled"].get(move.id, set())
        if (by or agreed.get("status") == "PAID") and agreed.get("frozen"):
            payload = self._what_is_open(move, payload, facts, agreed, by)
        payload = {key: value for key, value in payload.items() if key != "Status"}
        return "update", self._with_ids(payload, binding), facts

    def _what_is_open(self, move, payload, facts, agreed, by):
        contact_bound = "Allocations" in by and facts["contact"] != agreed.get("contact")
        if facts["frozen"] != agreed["frozen"] or contact_bound:
            if not by:
                return payload  # it was paid when Xero last told; only Xero knows whether it still is
            raise Hold("document_paid", move)
        reduced = {key: value for key, value in payload.items() if key in OPEN}
        if facts["lines"] != agreed.get("lines"):
            reduced.update({key: payload[key] for key in ("LineAmountTypes", "LineItems")})
        return reduced

    def _facts_of(self, move, payload):
        """What is remembered of a payload: digests of its content, of its lines, and of what a payment freezes."""
        content = self._content(payload)
        lines = content.get("LineItems") or []
        frozen = [content.get(key) for key in FROZEN] + [[line.get(key) for key in FROZEN_LINE] for line in lines]
        return {
            **self._facts(move),
            "content": codec.digest(content),
            "lines": codec.digest(lines),
            "frozen": codec.digest(frozen),
            "contact": payload["Contact"]["ContactID"],
        }

    @api.model
    def _agreed(self, data, facts):
        kept = {key: facts[key] for key in ("lines", "frozen", "contact") if key in facts}
        return {**super()._agreed(data, facts), **kept}

    # === WITHDRAWAL === #

    def _withdrawal(self, move, binding, prepared):
        """A cancelled document is deleted before Xero approved it, voided afterwards, and stays once it is paid."""
        self._check_undone(move, binding, prepared)
        if prepared["settled"].get(move.id):
            raise Hold("document_paid", move)
        status = "DELETED" if (binding.agreed or {}).get("status") in UNAPPROVED else "VOIDED"
        return "delete", {self._xero_id: binding.external_id, "Status": status}
