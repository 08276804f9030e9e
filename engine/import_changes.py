"""Import, second part: what is linked and was changed in Xero.

The mapper says whether a linked record differs and does what follows; this file gives it a savepoint, keeps the
history, and turns what it refuses into issues.
"""

import logging

from odoo import fields, models

from ..exceptions import Hold
from ..transactions import CONCURRENCY
from ..xero_api import outcomes

_logger = logging.getLogger(__name__)


class XeroImporter(models.AbstractModel):
    _inherit = "xero.importer"

    def _import_page(self, connection, mapper, payloads):
        super()._import_page(connection, mapper, payloads)
        bindings = mapper._links(connection, {mapper._external_id(payload) for payload in payloads})
        pairs = [(bindings.get(mapper._external_id(payload)), payload) for payload in payloads]
        changed = [(binding, payload) for binding, payload in pairs if binding and mapper._is_news(binding, payload)]
        if changed and self._in_flight(connection, mapper):
            # What changed it may be our own call, whose answer is not kept yet.
            raise outcomes.RetryLater("An export of the same resource is still on its way.", after=30)
        for binding, payload in changed:
            self._import_change(connection, mapper, binding, payload)

    def _import_change(self, connection, mapper, binding, payload):
        external_id = mapper._external_id(payload)
        try:
            with self.env.cr.savepoint():
                outcome = mapper._changed_in_xero(connection, {binding: payload}).get(external_id)
                if isinstance(outcome, str):
                    self._note_change(connection, mapper, binding, payload, outcome)
        except CONCURRENCY:
            raise  # says nothing about this record: the whole page is done again
        except Exception as error:
            # Odoo's own rules (lock dates, constraints) refuse one change; the others go on.
            _logger.info("Xero: a change of %s %s was not booked: %s", mapper._xero_resource, external_id, error)
            outcome = Hold("import_refused", connection, detail=str(error))
        if isinstance(outcome, Hold):
            self._hold(connection, mapper, external_id, outcome)

    def _note_change(self, connection, mapper, binding, payload, action):
        now, stamp = fields.Datetime.now(), mapper._remote_updated_at(payload)
        binding.write({"last_import_date": now, "remote_updated_at": stamp})
        self.env["xero.history"]._record_many(
            connection,
            [
                {
                    "model": binding.model,
                    "res_id": binding.res_id,
                    "resource": binding.resource,
                    "external_id": binding.external_id,
                    "direction": "in",
                    "action": action,
                }
            ],
        )
