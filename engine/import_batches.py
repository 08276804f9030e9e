"""Import, third part: a page of fresh records in few queries, where their mapper can book many at once.

One of them that Odoo's own rules refuse must not keep the others out: the batch is halved until it stands alone.
"""

import logging

from odoo import models

from ..exceptions import Hold
from ..transactions import CONCURRENCY

_logger = logging.getLogger(__name__)


class XeroImporter(models.AbstractModel):
    _inherit = "xero.importer"

    def _import_fresh(self, connection, mapper, payloads):
        if not mapper._books_many or len(payloads) < 2:
            return super()._import_fresh(connection, mapper, payloads)
        try:
            with self.env.cr.savepoint():
                outcomes = self._book_many(connection, mapper, payloads)
        except CONCURRENCY:
            raise  # says nothing about these records: the whole page is done again
        except Exception as error:
            _logger.info("Xero: %s %s could not be imported at once: %s", len(payloads), mapper._xero_resource, error)
            middle = len(payloads) // 2
            self._import_fresh(connection, mapper, payloads[:middle])
            return self._import_fresh(connection, mapper, payloads[middle:])
        for external_id, outcome in outcomes.items():
            if isinstance(outcome, Hold):
                self._hold(connection, mapper, external_id, outcome)
        return None

    def _book_many(self, connection, mapper, payloads):
        """A mapper that books many decides everything before it makes anything: what it holds left nothing behind."""
        outcomes = mapper._from_xero(connection, payloads)
        pairs = [(payload, outcomes.get(mapper._external_id(payload))) for payload in payloads]
        booked = [(payload, *outcome) for payload, outcome in pairs if outcome and not isinstance(outcome, Hold)]
        self._link_many(connection, mapper, booked)
        self.env.flush_all()
        return outcomes
