"""The authorisation is lost only where Xero says so, and not by a worker's death or a moment's trouble."""

from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests.common import mute_logger

from ..xero_api import oauth
from .faults_common import FaultCase, Killed

CALLS = "odoo.addons.account_xero.models.xero_connection_call"


class TestAuthorisation(FaultCase):
    def _refuse(self, method, times):
        self.xero.add_fault("status", method, "api.xro", times=times, status=401)

    def test_two_refusals_in_a_row(self):
        """S2-52, S4-63: a fresh token is refused, too, while Xero lists the organisation: the export comes again."""
        invoice = self._invoice()
        self._refuse("PUT", times=2)
        with mute_logger(CALLS):
            self._export()
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self._issues())
        self.assertTrue(
            self.env["ir.cron.trigger"].search([("cron_id", "=", self.connection.export_cron_id.id)]),
            "nobody would try again",
        )
        self._work_off()
        self._check_document(invoice)

    def test_two_refusals_while_reading(self):
        """S2-52, S4-63: the same for the import and for a button."""
        self._refuse("GET", times=2)
        with mute_logger(CALLS):
            self._import()
        self.assertEqual(self.connection.state, "connected")
        self.xero.clear_faults()
        self._refuse("GET", times=2)
        with mute_logger(CALLS):
            told = self.connection.action_test()["params"]
        self.assertEqual(told["type"], "danger")
        self.assertEqual(self.connection.state, "connected")

    def test_refused_for_good(self):
        """S2-52: where Xero no longer lists the organisation, somebody has to authorise again."""
        self._invoice()
        self._refuse("PUT", times=2)
        with patch.object(oauth, "list_connections", lambda *args, **options: []), mute_logger(CALLS):
            self._export()
        self.assertEqual(self.connection.state, "reconnect")

    def test_killed_before_the_new_tokens_were_stored(self):
        """S2-33, S4-63: Xero takes the old refresh token for 30 minutes; the next run uses it, long as ours may live.

        The access token is stored as good for 29 minutes more, so that nothing else would renew it in time.
        """
        self._kill_while_renewing()
        token = self.env["xero.token"]._of(self.connection)
        self.assertTrue(token.renewing_since)
        self.assertGreater(token.expires_at, fields.Datetime.now() + timedelta(minutes=20))
        self._invoice()
        self._export()
        self.assertFalse(token.renewing_since)
        self.xero.advance(31 * 60)
        token._seal(expires_at=fields.Datetime.now())
        invoice = self._invoice()
        self._export()
        self.assertEqual(self.connection.state, "connected")
        self._check_document(invoice)

    def _kill_while_renewing(self):
        original, died = oauth.refresh, []

        def die_with_the_answer(*args, **values):
            original(*args, **values)
            died.append(True)
            raise Killed()

        access_token = self.env["xero.token"]._of(self.connection)._open("access_token")["access_token"]
        with suppress(Killed), patch.object(oauth, "refresh", die_with_the_answer), self.enter_registry_test_mode():
            self.connection._access_token(refused=access_token)
        self.assertTrue(died)
        self.env.invalidate_all()
