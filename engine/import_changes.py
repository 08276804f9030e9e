"""Import, second part: what is linked and was changed in Xero.

The mapper says whether a linked record differs and does what follows; this file gives it a savepoint, keeps the
history, and turns what it refuses into issues.
"""

from psycopg2 import Error as DatabaseError

from odoo import fields, models

from ..exceptions import Hold
from ..transactions import CONCURRENCY
from ..xero_api import outcomes


class XeroImporter(models.AbstractModel):
    _inherit = "xero.importer"

    def _import_page(self, connection, mapper, payloads):
        mapper._before_page(connection, payloads)
        super()._import_page(connection, mapper, payloads)
        bindings = mapper._links(connection, {mapper._external_id(payload) for payload in payloads})
        pairs = [(bindings.get(mapper._external_id(payload)), payload) for payload in payloads]
        changed = [
            (binding, payload)
            for binding, payload in pairs
            if binding and self._is_news(connection, mapper, binding, payload)
        ]
        mapped = mapper._mapped_changes(connection, pairs)
        if (changed or mapped) and self._in_flight(connection, mapper):
            # What changed it may be our own call, whose answer is not kept yet.
            raise outcomes.RetryLater("An export of the same resource is still on its way.", after=30)
        for binding, payload in changed:
            self._import_change(connection, mapper, binding, payload, mapper._changed_in_xero)
        for binding, payload in mapped:
            self._import_change(connection, mapper, binding, payload, mapper._take_mapped)

    def _is_news(self, connection, mapper, binding, payload):
        """Whether a linked record differs; an element that cannot be compared is an issue and nothing else."""
        try:
            return mapper._is_news(binding, payload)
        except DatabaseError:
            raise  # the transaction is broken
        except Exception as error:
            unbooked = self._unbooked(connection, mapper, binding.external_id, error)
            self._hold(connection, mapper, binding.external_id, unbooked)
            return False

    def _import_change(self, connection, mapper, binding, payload, follow):
        external_id = mapper._external_id(payload)
        try:
            with self.env.cr.savepoint():
                outcome = follow(connection, {binding: payload}).get(external_id)
                if isinstance(outcome, str):
                    self._note_change(connection, mapper, binding, payload, outcome)
        except CONCURRENCY:
            raise  # says nothing about this record: the whole page is done again
        except Hold as hold:
            outcome = hold
        except Exception as error:
            outcome = self._unbooked(connection, mapper, external_id, error)
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
