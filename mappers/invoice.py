from odoo import api, models

from .document import REFERENCE_LENGTH

APPROVED = ("AUTHORISED", "PAID")


class XeroMapperInvoice(models.AbstractModel):
    """Customer invoice and sales receipt → ACCREC, vendor bill and purchase receipt → ACCPAY."""

    _name = "xero.mapper.invoice"
    _inherit = "xero.mapper.document"
    _description = "Xero Mapper: Invoices"

    _xero_resource, _xero_id, _xero_number = "Invoices", "InvoiceID", "InvoiceNumber"
    _rank = 30
    _types = {"out_invoice": "ACCREC", "out_receipt": "ACCREC", "in_invoice": "ACCPAY", "in_receipt": "ACCPAY"}
    _deep_link_path = "/AccountsReceivable/View.aspx?InvoiceID=%s"

    def _header(self, move, prepared):
        due = move.invoice_date_due or move._xero_day()
        return {**super()._header(move, prepared), "DueDate": due.isoformat()}

    def _numbers(self, move):
        if self._types[move.move_type] == "ACCPAY":
            # Bills have no Reference of their own; their number may repeat (xero-api.md 4.2).
            return {"InvoiceNumber": self._number(move.ref or "") or self._number(move.name)}
        reference = move.ref or move.payment_reference
        numbers = {"InvoiceNumber": self._number(move.name)}
        if reference and reference != move.name:
            numbers["Reference"] = reference[:REFERENCE_LENGTH]
        return numbers

    def _sent_keys(self, move, prepared):
        """Xero reminds customers of what is marked as sent; it takes the mark of approved invoices only."""
        binding = prepared["bindings"].get(move.id)
        known = (binding.agreed or {}).get("status") if binding else None
        status = known or prepared["connection"].document_status
        is_told = self._types[move.move_type] == "ACCREC" and move.is_move_sent and status in APPROVED
        return {"SentToContact": True} if is_told else {}

    @api.model
    def _takes_discount(self, move):
        return move.move_type == "out_invoice"

    @api.model
    def _lookups(self, payloads, facts):
        numbers = sorted({payload["InvoiceNumber"] for payload in payloads if "," not in payload["InvoiceNumber"]})
        lookups = [
            ("Invoices", {"InvoiceNumbers": ",".join(numbers[start : start + 40]), "page": 1, "pageSize": 1000})
            for start in range(0, len(numbers), 40)
        ]
        return lookups + [
            ("Invoices", {"where": f'InvoiceNumber=="{payload["InvoiceNumber"]}"', "page": 1, "pageSize": 1000})
            for payload in payloads
            if "," in payload["InvoiceNumber"]
        ]

    @api.model
    def _is_same(self, payload, candidate, facts):
        if not self._same_document(payload, candidate, facts):
            return False
        # A bill's number may repeat, so the link back to Odoo decides where it was sent.
        return payload["Type"] == "ACCREC" or not payload.get("Url") or candidate.get("Url") == payload["Url"]
