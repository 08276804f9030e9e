"""A local Xero for tests of connecting and mapping, and a browser's part of the consent."""

import os
import re
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import requests

from odoo.tests import HttpCase, TransactionCase, new_test_user
from odoo.tools import mute_logger

from ..const import ENV_SIMULATOR_URL
from ..simulator.server import XeroSimulator
from ..simulator.steering import Steering
from ..xero_api import oauth
from ..xero_api.outcomes import ReconnectNeeded

TIMEOUT = 15


class SimulatorMixin:
    """Runs a simulator of its own for the class and makes a company that fits its first organisation."""

    seed = "demo-nz"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.simulator = XeroSimulator(seed=cls.seed)
        cls.simulator.start()
        cls.addClassCleanup(cls.simulator.stop)
        cls.xero = Steering(cls.simulator.url)
        environment = patch.dict(os.environ, {ENV_SIMULATOR_URL: cls.simulator.url})
        environment.start()
        cls.addClassCleanup(environment.stop)
        cls.company = cls._make_company("Kiwi Traders", "NZD")
        cls.administrator = new_test_user(
            cls.env,
            "xero.administrator",
            groups="account_xero.group_xero_administrator,account.group_account_manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.connection = cls._make_connection(cls.company)

    def setUp(self):
        super().setUp()
        # The database forgets at the end of each test, so Xero has to as well.
        self.xero.reset(self.seed)
        self.tenant = self.xero.tenants()[0]
        self.addCleanup(self.env.registry.clear_cache, "stable")

    @classmethod
    def _make_company(cls, name, currency):
        """Return a company with the generic chart of accounts (15 % taxes) in `currency`."""
        company = cls.env["res.company"].create({"name": name, "country_id": cls.env.ref("base.nz").id})
        cls.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        currency = cls.env["res.currency"].with_context(active_test=False).search([("name", "=", currency)])
        currency.active = True
        company.currency_id = currency
        return company

    @classmethod
    def _make_connection(cls, company, **values):
        return cls.env["xero.connection"].create(
            {"company_id": company.id, "environment": "simulator", "client_id": cls.simulator.client_id, **values}
        )

    # -- connecting without a browser ------------------------------------------------------------

    def _tokens(self, tenant_id=None, scope=None):
        """Return a TokenSet that the simulator gave without a consent page."""
        given = self.xero.token(scope=scope, tenant_id=tenant_id)
        return oauth.TokenSet(
            access_token=given["access_token"],
            refresh_token=given["refresh_token"],
            expires_in=given["expires_in"],
            scope=given["scope"],
            id_token=given.get("id_token"),
        )

    def _connect(self, connection=None, tenant_id=None, scope=None):
        """Link `connection` as the callback does after the exchange of the code; return it."""
        connection = connection or self.connection
        connection._accept_consent(*self._consent(connection, tenant_id, scope))
        return connection

    def _consent(self, connection, tenant_id=None, scope=None):
        tokens = self._tokens(tenant_id, scope)
        return tokens, connection._choose(connection._granted_organisations(tokens))

    def _paths_called(self, method, path):
        return [call["path"] for call in self.xero.journal(method, path)]


class ConnectTransactionCase(SimulatorMixin, TransactionCase):
    """Everything that needs neither a browser nor a cursor of its own."""


class ConnectHttpCase(SimulatorMixin, HttpCase):
    """The whole round trip; own cursors see the test's data (registry test mode)."""

    def setUp(self):
        super().setUp()
        self.authenticate("xero.administrator", "xero.administrator")

    def _start(self, connection=None):
        """Press Connect to Xero; return the address of the consent page."""
        action = (connection or self.connection).with_user(self.administrator).action_connect()
        answer = self.url_open(action["url"], allow_redirects=False, timeout=TIMEOUT)
        self.assertIn(answer.status_code, (302, 303), answer.text)
        return answer.headers["Location"]

    def _at_xero(self, consent_url, action="allow", tenant_id=None):
        """Do the user's part on Xero's pages; return the path and query that lead back to Odoo."""
        user = self.simulator.world.user()
        credentials = {"action": "login", "email": user.email, "password": user.password}
        page = requests.post(consent_url, data=credentials, timeout=TIMEOUT)
        self.assertIn("wants access", page.text)
        session = re.search(r'name="session" value="([^"]+)"', page.text).group(1)
        choice = {"action": action, "session": session, "tenant_id": tenant_id or self.tenant["tenant_id"]}
        answer = requests.post(consent_url, data=choice, timeout=TIMEOUT, allow_redirects=False)
        self.assertEqual(answer.status_code, 302, answer.text)
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def _come_back(self, address):
        """Follow Xero's redirect into Odoo; return Odoo's answer."""
        answer = self.url_open(address, allow_redirects=False, timeout=TIMEOUT)
        self.env.invalidate_all()
        return answer

    def _assert_reconnect_needed(self, connection):
        """Call Xero, which no longer lets us in; the state changes although the caller's work is undone."""
        try:
            # Not assertRaises: its savepoint would undo what another transaction commits in real life.
            with mute_logger("odoo.addons.account_xero.models.xero_connection_call"):
                connection._with_client(lambda client: client.get("Organisation"))
        except ReconnectNeeded:
            self.env.invalidate_all()
            self.assertEqual(connection.state, "reconnect")
        else:
            self.fail("Xero was expected to refuse this connection.")

    def _round_trip(self, connection=None, **at_xero):
        return self._come_back(self._at_xero(self._start(connection), **at_xero))

    @staticmethod
    def _query(url):
        return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
