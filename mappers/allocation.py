from decimal import Decimal

from odoo import api, models

from .xero_mapper import Call, decimal


class XeroMapperAllocation(models.AbstractModel):
    """Reconciliation of an invoice with a credit note → Allocation, always a call of its own (xero-api.md 4.3)."""

    _name = "xero.mapper.allocation"
    _inherit = "xero.mapper.reconciliation"
    _description = "Xero Mapper: Allocations"

    _xero_resource, _xero_id, _xero_number = "Allocations", "AllocationID", None
    _rank = 60
    _kinds = ("allocation",)

    def _payload(self, partial, prepared):
        documents = partial._xero_documents()
        credit = documents.filtered(lambda move: move.move_type in ("out_refund", "in_refund"))[:1]
        invoice = documents - credit
        credit_binding = self._linked_document(credit, prepared)
        invoice_binding = self._linked_document(invoice, prepared)
        amount = decimal(self._amount(partial, credit), 2)
        payload = {"Amount": amount, "Invoice": {"InvoiceID": invoice_binding.external_id}}
        own = prepared["bindings"].get(partial.id)
        if own and own.external_id:
            return "none", payload
        facts = {
            "credit_note": credit_binding.external_id,
            "invoice": invoice_binding.external_id,
            "amount": str(amount),
        }
        return "create", payload, {**facts, "identity": list(facts.values())}

    def _withdrawal(self, facts):
        credit = f"{facts.get('resource') or 'CreditNotes'}/{facts['credit_note']}"
        return "DELETE", f"{credit}/Allocations/{facts['external_id']}", {}

    @api.model
    def _is_full(self, call):
        """A call holds the allocations of one credit note, so others never fill it."""
        return True

    def _group(self, built, action, ids, rows):
        """The allocations of one credit note share a call."""
        if action != "create":
            return super()._group(built, action, ids, rows)
        by_credit = {}
        for id_ in ids:
            by_credit.setdefault(built.facts[id_]["credit_note"], []).append(id_)
        return [
            Call(
                method="PUT",
                path=f"CreditNotes/{credit_note}/Allocations",
                body={"Allocations": [built.payloads[id_] for id_ in group]},
                elements=[self._element(built, id_, rows) for id_ in group],
            )
            for credit_note, group in by_credit.items()
        ]

    @api.model
    def _natural_key(self, data):
        return None

    @api.model
    def _code(self, data):
        return self._external_id(data)

    @api.model
    def _agreed(self, data, facts):
        return {"credit_note": facts.get("credit_note"), "identity": facts.get("identity")}

    @api.model
    def _lookups(self, payloads, facts):
        return [(f"CreditNotes/{id_}", {}) for id_ in sorted({f["credit_note"] for f in facts if f.get("credit_note")})]

    @api.model
    def _candidates(self, answers):
        """The allocations inside the credit notes that were re-read."""
        return [
            allocation
            for answer in answers
            for note in answer.payload.get("CreditNotes") or []
            for allocation in note.get("Allocations") or []
        ]

    @api.model
    def _is_same(self, payload, candidate, facts):
        return (candidate.get("Invoice") or {}).get("InvoiceID") == facts["invoice"] and Decimal(
            str(candidate.get("Amount"))
        ) == Decimal(facts["amount"])
