"""Withdrawals of what is gone in Xero already: both sides wanted the same, so there is nothing left to do."""

from odoo import api, fields, models

from ..xero_api import codec, outcomes
from .export_answers import LOOK_AGAIN
from .flights import Reply


class XeroExporter(models.AbstractModel):
    _inherit = "xero.exporter"

    @api.model
    def _lookups(self, mapper, letter, reply):
        """A withdrawal that is a call of its own is refused as a whole; a look at Xero tells whether it was needed."""
        if not isinstance(reply.outcome, outcomes.Refused) or reply.lookups is not None:
            return super()._lookups(mapper, letter, reply)
        [spec, *others] = letter.elements
        codes = self.env["xero.reconciler"]._look_up_codes.get(spec["action"], ())
        if others or spec["action"] != "delete" or self.env["xero.reconciler"]._code_of(reply.outcome) not in codes:
            return []
        return mapper._reread(mapper._payloads_of(letter.body)[0], spec["facts"])

    def _apply(self, connection, mapper, request, reply):
        if isinstance(reply.outcome, outcomes.Refused) and reply.is_unread:
            reply = Reply(outcome=outcomes.RetryLater(str(reply.outcome), status=reply.outcome.status))
            connection._wake_export(fields.Datetime.now() + LOOK_AGAIN)
        elif isinstance(reply.outcome, outcomes.Refused) and reply.found:
            payloads, found = mapper._payloads_of(codec.loads(request.body)), mapper._candidates(reply.found)
            if self.env["xero.reconciler"]._withdrawn(mapper, request.elements, payloads, [0], found):
                reply = Reply(outcome=outcomes.Gone(str(reply.outcome), status=reply.outcome.status))
        return super()._apply(connection, mapper, request, reply)

    def _apply_refusal(self, connection, mapper, request, outcome):
        """What was to be withdrawn is not there, or no longer counts: it is withdrawn."""
        if isinstance(outcome, outcomes.Gone) and all(spec["action"] == "delete" for spec in request.elements):
            request.write({"state": "done", "error": str(outcome), "status": outcome.status or 0})
            self._apply_done(connection, mapper, request, [(spec, {}) for spec in request.elements])
            return []
        return super()._apply_refusal(connection, mapper, request, outcome)
