from odoo import api, models

from ..xero_api import codec
from .document import REFERENCE_LENGTH


class XeroMapperCreditNote(models.AbstractModel):
    """Customer credit note → ACCRECCREDIT, vendor credit note → ACCPAYCREDIT."""

    _name = "xero.mapper.credit_note"
    _inherit = "xero.mapper.document"
    _description = "Xero Mapper: Credit Notes"

    _xero_resource, _xero_id, _xero_number = "CreditNotes", "CreditNoteID", "CreditNoteNumber"
    _rank = 40
    _types = {"out_refund": "ACCRECCREDIT", "in_refund": "ACCPAYCREDIT"}
    _deep_link_path = "/AccountsReceivable/ViewCreditNote.aspx?creditNoteID=%s"

    def _url(self, move):
        return {}  # credit notes have no such key

    def _numbers(self, move):
        if move.move_type == "in_refund":
            return {"CreditNoteNumber": self._number(move.ref or "") or self._number(move.name)}
        numbers = {"CreditNoteNumber": self._number(move.name)}
        if move.ref:
            numbers["Reference"] = move.ref[:REFERENCE_LENGTH]
        return numbers

    @api.model
    def _lookups(self, payloads, facts):
        # The number is no optimised filter here, the date is (xero-api.md 3.8).
        dates = sorted({fact["date"] for fact in facts})
        terms = [f"Date=={codec.filter_date(d)}" for d in dates]
        return self._any_of("CreditNotes", terms, page=1, pageSize=1000)

    @api.model
    def _is_same(self, payload, candidate, facts):
        return self._same_document(payload, candidate, facts)
