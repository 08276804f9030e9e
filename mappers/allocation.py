from decimal import Decimal

from odoo import api, models

from ..exceptions import Wait
from .xero_mapper import Call, decimal

CREDITS = ("CreditNotes", "Overpayments", "Prepayments")


class XeroMapperAllocation(models.AbstractModel):
    """Reconciliation of an invoice with a credit note → Allocation, always a call of its own (xero-api.md 4.3)."""

    _name = "xero.mapper.allocation"
    _inherit = "xero.mapper.reconciliation"
    _description = "Xero Mapper: Allocations"

    _xero_resource, _xero_id, _xero_number = "Allocations", "AllocationID", None
    _rank = 60
    _kinds = ("allocation",)

    def _payload(self, partial, prepared):
        if len(partial._xero_documents()) == 1:
            return self._of_advance(partial, prepared)
        documents = partial._xero_documents()
        credit = documents.filtered(lambda move: move.move_type in ("out_refund", "in_refund"))[:1]
        invoice = documents - credit
        credit_binding = self._linked_document(credit, prepared)
        invoice_binding = self._linked_document(invoice, prepared)
        amount = decimal(self._amount(partial, credit), 2)
        payload = {"Amount": amount, "Invoice": {"InvoiceID": invoice_binding.external_id}}
        own = prepared["bindings"].get(partial.id)
        if own and own.external_id and not self._is_asked_again(own):
            return "none", payload
        facts = {
            "credit_note": credit_binding.external_id,
            "invoice": invoice_binding.external_id,
            "amount": str(amount),
        }
        return "create", payload, {**facts, "identity": list(facts.values())}

    def _of_advance(self, partial, prepared):
        """Allocation of an over- or prepayment."""
        own, document = prepared["bindings"].get(partial.id), self._document(partial)
        if own and own.external_id and not self._is_asked_again(own):
            return "none", {}
        payment = self._counterpart(partial).origin_payment_id
        self._check_policy(payment)
        advance = self._advance_of(partial)
        if not advance:
            raise Wait(payment)  # it was taken back meanwhile: the next run sends a payment
        invoice_id = self._linked_document(document, prepared).external_id
        amount = self._parts(partial, document).money
        if not amount:
            return "none", {}  # all of it was written off
        facts = {"credit_note": advance.external_id, "invoice": invoice_id, "amount": str(amount)}
        payload = {"Amount": amount, "Invoice": {"InvoiceID": invoice_id}}
        return "create", payload, {**facts, "resource": advance.resource, "identity": list(facts.values())}

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
            facts = built.facts[id_]
            credit = f"{facts.get('resource') or 'CreditNotes'}/{facts['credit_note']}"
            by_credit.setdefault(credit, []).append(id_)
        return [
            Call(
                method="PUT",
                path=f"{credit}/Allocations",
                body={"Allocations": [built.payloads[id_] for id_ in group]},
                elements=[self._element(built, id_, rows) for id_ in group],
            )
            for credit, group in by_credit.items()
        ]

    @api.model
    def _natural_key(self, data):
        return None

    @api.model
    def _code(self, data):
        return self._external_id(data)

    @api.model
    def _agreed(self, data, facts):
        return {key: facts.get(key) for key in ("credit_note", "resource", "identity")}

    @api.model
    def _lookups(self, payloads, facts):
        credits = {(fact.get("resource") or "CreditNotes", fact["credit_note"]) for fact in facts if fact}
        return [(f"{resource}/{id_}", {}) for resource, id_ in sorted(credits)]

    @api.model
    def _candidates(self, answers):
        """The allocations inside the credits that were re-read."""
        return [
            allocation
            for answer in answers
            for resource in CREDITS
            for credit in answer.payload.get(resource) or []
            for allocation in credit.get("Allocations") or []
        ]

    @api.model
    def _is_same(self, payload, candidate, facts):
        return (candidate.get("Invoice") or {}).get("InvoiceID") == facts["invoice"] and Decimal(
            str(candidate.get("Amount"))
        ) == Decimal(facts["amount"])
