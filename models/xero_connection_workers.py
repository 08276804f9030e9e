import logging
from contextlib import contextmanager
from datetime import timedelta

from odoo import fields, models

from ..transactions import CONCURRENCY
from ..xero_api import retry

_logger = logging.getLogger(__name__)


class XeroConnection(models.Model):
    """A run that breaks off comes back soon. Odoo would try a failed job again after its interval, hours later."""

    _inherit = "xero.connection"

    def _run_export(self):
        with self._coming_back("export_cron_id"):
            return super()._run_export()

    def _run_import(self):
        with self._coming_back("import_cron_id"):
            return super()._run_import()

    @contextmanager
    def _coming_back(self, cron_name):
        """What breaks the block off is tried again: lost to another transaction, at once; else ever later."""
        try:
            yield
        except CONCURRENCY as conflict:
            _logger.info("Xero: a run of %s lost to another transaction and is repeated: %s", self, conflict)
            self._come_back(cron_name)
        except Exception:
            self._come_back(cron_name, patient=True)
            raise

    def _come_back(self, cron_name, patient=False):
        """Wake the job, and commit that: nothing else is left of the failed transaction, and Odoo rolls back again.

        :param patient: wait for the longer the more often it has failed
        """
        self.env.cr.rollback()
        self.env.invalidate_all()
        for connection in self.exists():
            cron = connection.sudo()[cron_name]
            after = timedelta(seconds=retry.delay(cron.failure_count + 1)) if patient else timedelta()
            connection._wake(cron, fields.Datetime.now() + after)
        self.env["ir.cron"]._commit_progress(0, remaining=0)
