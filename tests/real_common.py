"""Transactions that are real: committed for good on cursors of their own, and what they made removed afterwards.

Odoo's test cases live in one transaction, in which nothing ever comes between. What two transactions do to each other
can only be seen with records that both of them see.
"""

from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged

from ..simulator.server import XeroSimulator
from ..simulator.steering import Steering
from .common import XeroCase

SEEDS = {"NZD": "demo-nz", "AUD": "demo-au", "GBP": "demo-uk", "USD": "demo-us"}


@tagged("post_install", "-at_install")
class RealCase(TransactionCase):
    def setUp(self):
        super().setUp()
        self.connection = self._committed(self._new_connection)
        self.addCleanup(self._committed, self._remove_connection)
        self.env.registry.clear_cache("stable")
        self.addCleanup(self.env.registry.clear_cache, "stable")

    def _new_connection(self, env):
        company = env.ref("base.main_company")
        connection = env["xero.connection"].create({"company_id": company.id, "environment": "simulator"})
        connection.write({"state": "connected"})
        return connection.id

    def _remove_connection(self, env):
        connection = self._connection_of(env)
        connection.write({"state": "draft", "tenant_id": False})
        connection.unlink()

    def _cursor(self):
        cr = db_connect(self.env.cr.dbname).cursor()
        self.addCleanup(cr.close)
        return cr

    def _committed(self, work):
        """Return ``work(env)`` of a transaction of its own."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            return work(self.env(cr=cr, user=1, su=True))

    def _new(self, model, name, **values):
        """The id of a new record, removed with its links in the end."""
        record = self._committed(lambda env: env[model].create({"name": name, **values}).id)

        def remove(env):
            env["xero.binding"].search([("connection_id", "=", self.connection)]).unlink()
            env[model].browse(record).unlink()

        self.addCleanup(self._committed, remove)
        return record

    def _connection_of(self, env):
        return env["xero.connection"].browse(self.connection)


class RealXeroCase(RealCase):
    """The same with a simulator behind the connection."""

    _configure_server = classmethod(XeroCase._configure_server.__func__)
    _authorise = XeroCase._authorise

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seed = SEEDS[cls.env.ref("base.main_company").currency_id.name]
        cls.simulator = XeroSimulator(seed=cls.seed)
        cls.simulator.start()
        cls.addClassCleanup(cls.simulator.stop)
        cls.xero = Steering(cls.simulator.url)
        cls._configure_server()

    def _new_connection(self, env):
        self.xero.reset(self.seed)
        company = env.ref("base.main_company")
        connection = env["xero.connection"].create(
            {"company_id": company.id, "environment": "simulator", "sync_from_date": "2099-01-01"}
        )
        self._authorise(connection)
        return connection.id

    def _export(self):
        """One run of the worker, with its commits."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            env = self.env(cr=cr, user=1, su=True)
            env["xero.exporter"]._run(self._connection_of(env))
            cr.commit()
