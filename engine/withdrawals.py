"""Withdrawals of what is gone in Xero already: both sides wanted the same, so there is nothing left to do."""

from odoo import models

from ..xero_api import outcomes


class XeroExporter(models.AbstractModel):
    _inherit = "xero.exporter"

    def _apply_refusal(self, connection, mapper, request, outcome):
        """Xero does not know what was to be withdrawn (404): it is withdrawn."""
        if isinstance(outcome, outcomes.Gone) and all(spec["action"] == "delete" for spec in request.elements):
            request.write({"state": "done", "error": str(outcome), "status": outcome.status or 0})
            self._apply_done(connection, mapper, request, [(spec, {}) for spec in request.elements])
            return []
        return super()._apply_refusal(connection, mapper, request, outcome)


class XeroReconciler(models.AbstractModel):
    _inherit = "xero.reconciler"

    # A payment that is deleted already is refused in words of its own.
    _look_up_codes = {
        "create": {"contact_name_taken", "contact_number_taken", "number_taken", "item_code_taken"},
        "delete": {"document_final", "payment_final"},
    }
