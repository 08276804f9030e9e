"""A company with New Zealand taxes, a simulator of its own, and a connection between them.

Tests act through what users do, run the real crons (with their commits, inside the test's transaction),
and look at both sides: the simulator's state and journal, and Odoo's bindings, history and issues.
"""

from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .. import server_config
from ..engine.deadline import Deadline
from ..simulator.server import XeroSimulator
from ..simulator.steering import Steering
from ..xero_api import oauth

READY = "Company of the Tests"  # tools/odoo_scripts/test_company.py


@tagged("post_install", "-at_install")
class XeroCase(AccountTestInvoicingCommon):
    """:cvar seed: what the simulator begins with"""

    seed = "demo-nz"

    @classmethod
    @AccountTestInvoicingCommon.setup_country("nz")
    def setUpClass(cls):
        # Past AccountTestInvoicingCommon's own, whose documents' worth of taxes, products and partners no test here
        # uses: they took longer to make than all of the rest, two hundred times over.
        super(AccountTestInvoicingCommon, cls).setUpClass()
        cls.company = cls.env.company
        cls.company_data = cls.collect_company_accounting_data(cls.company)
        cls._set_outstanding_accounts()
        cls.simulator = XeroSimulator(seed=cls.seed)
        cls.simulator.start()
        cls.addClassCleanup(cls.simulator.stop)
        cls.xero = Steering(cls.simulator.url)
        cls._configure_server()
        cls.tax_sale = cls.company_data["default_tax_sale"]
        cls.tax_purchase = cls.company_data["default_tax_purchase"]
        cls.bank = cls.company_data["default_journal_bank"]
        cls.customer = cls.env["res.partner"].create(
            {"name": "Ridgeway University", "email": "pay@ridgeway.example.nz"}
        )
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Young Bros Transport", "email": "office@young.example.nz"}
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Desk Lamp",
                "default_code": "LAMP",
                "lst_price": 80.0,
                "standard_price": 50.0,
                "taxes_id": [fields.Command.set(cls.tax_sale.ids)],
                "supplier_taxes_id": [fields.Command.set(cls.tax_purchase.ids)],
            }
        )

    @classmethod
    def _set_outstanding_accounts(cls):
        """As companies have them that reconcile their bank: a payment has an entry of its own."""
        templates, journal = cls.env["account.chart.template"], cls.company_data["default_journal_bank"]
        for lines, name in (
            (journal.inbound_payment_method_line_ids, "account_journal_payment_debit_account_id"),
            (journal.outbound_payment_method_line_ids, "account_journal_payment_credit_account_id"),
        ):
            lines[0].payment_account_id = templates.ref(name, raise_if_not_found=False)

    @classmethod
    def setup_independent_company(cls, **kwargs):
        """The company that lies ready in the database of ./run test; made here, in seconds, where none does."""
        ready = (
            cls.env["res.company"]
            .sudo()
            .search([("name", "=", READY), ("partner_id.country_id.code", "=", cls.country_code)])
        )
        cls.env.user.company_ids |= ready
        return ready or super().setup_independent_company(**kwargs)

    @classmethod
    def _configure_server(cls):
        """What odoo.conf would say."""
        settings = {
            "simulator_url": cls.simulator.url,
            "simulator_client_id": cls.simulator.client_id,
            "simulator_client_secret": cls.simulator.client_secret,
        }
        original = server_config._setting
        patcher = patch.object(
            server_config, "_setting", lambda name, variable: settings.get(name) or original(name, variable)
        )
        cls.startClassPatcher(patcher)

    def setUp(self):
        self._connect_once()
        super().setUp()
        self.xero.restore()

    def _connect_once(self):
        """The connection is the class's, made when all else of the class is there; both sides come back to it."""
        if "connection" not in vars(type(self)):
            type(self).connection = self._connect()
            self._mark()
            self.xero.snapshot()

    # === ARRANGE === #

    def _connect(self, company=None, sync_from="2020-01-01", tenant=0, **values):
        """A connection as the consent leaves it, without the browser (test_connect.py has the real round trip)."""
        company = company or self.company
        connection = self.env["xero.connection"].create(
            {"company_id": company.id, "environment": "simulator", "sync_from_date": sync_from, **values}
        )
        self._authorise(connection, tenant)
        return connection

    def _authorise(self, connection, tenant=0):
        granted = self.xero.token(tenant_id=self.simulator.tenants[tenant]["tenant_id"])
        tokens = oauth.TokenSet(
            access_token=granted["access_token"],
            refresh_token=granted["refresh_token"],
            expires_in=1800,
            scope=granted.get("scope") or "",
            id_token=None,
        )
        remotes = oauth.list_connections(connection._endpoints(), tokens.access_token)
        remote = next(r for r in remotes if r["tenantId"] == self.simulator.tenants[tenant]["tenant_id"])
        connection._accept_consent(tokens, remote)

    def _invoice(
        self, move_type="out_invoice", partner=None, lines=((None, 1, 100.0),), taxes=None, post=True, **values
    ):
        """A document dated today; ``lines`` are (product or None, quantity, price[, discount])."""
        sale = move_type.startswith("out")
        taxes = (self.tax_sale if sale else self.tax_purchase) if taxes is None else taxes
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": (partner or (self.customer if sale else self.supplier)).id,
                "invoice_date": fields.Date.today(),
                "company_id": self.company.id,
                "invoice_line_ids": [
                    fields.Command.create(
                        {
                            "product_id": line[0].id if line[0] else False,
                            "name": line[0].name if line[0] else "Consulting",
                            "quantity": line[1],
                            "price_unit": line[2],
                            "discount": line[3] if len(line) > 3 else 0,
                            "tax_ids": [fields.Command.set(taxes.ids)],
                        }
                    )
                    for line in lines
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def _pay(self, move, amount=None, date=None, journal=None):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create(
                {
                    "journal_id": (journal or self.bank).id,
                    "payment_date": date or fields.Date.today(),
                    **({"amount": amount} if amount else {}),
                }
            )
        )
        return wizard._create_payments()

    # === ACT === #

    def _mark(self):
        """What a commit does: flush, and turn the marks into queue rows."""
        self.env.cr.flush()

    def _export(self, connection=None):
        """Run the export cron, with its commits."""
        self._run_cron((connection or self.connection).export_cron_id)

    def _import(self, connection=None):
        self._run_cron((connection or self.connection).import_cron_id)

    def _run_cron(self, cron):
        self._mark()
        # As if no other job were due: a run is not cut short because the machine is slow.
        with self.enter_registry_test_mode(), patch.object(Deadline, "_others_due", lambda deadline: (0, 0)):
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _run_by_itself(self, cron):
        """Run a cron as the scheduler does, where nobody asked for it: what is not due stays."""
        with patch.object(self.env.registry["xero.connection"], "_request_by_hand", lambda self, crons: None):
            self._run_cron(cron)

    # === ASSERT === #

    def _in_xero(self, resource, connection=None, **wanted):
        """What the simulator holds of a resource, filtered by equal keys; dotted keys reach inside."""
        records = self.xero.state(resource, (connection or self.connection).tenant_id)
        return [record for record in records if all(_reach(record, key) == value for key, value in wanted.items())]

    def _calls(self, method=None, path=None):
        """The journal of accounting calls."""
        return [call for call in self.xero.journal(method, path) if "/api.xro/" in call["path"] or path]

    def _writes(self):
        return [
            call
            for call in self.xero.journal()
            if call["method"] in ("PUT", "POST", "DELETE") and "api.xro" in call["path"]
        ]

    def _binding(self, record, connection=None):
        return self.env["xero.binding"].search(
            [
                ("connection_id", "=", (connection or self.connection).id),
                ("model", "=", record._name),
                ("res_id", "=", record.id),
            ]
        )

    def _queue(self, record=None):
        domain = [("connection_id", "=", self.connection.id)]
        if record is not None:
            domain += [("model", "=", record._name), ("res_id", "in", record.ids)]
        return self.env["xero.outbox"].search(domain)

    def _issues(self, state="open"):
        return self.env["xero.issue"].search([("connection_id", "=", self.connection.id), ("state", "=", state)])

    def assertSynced(self, record):
        binding = self._binding(record)
        self.assertTrue(binding.external_id, f"{record.display_name} is not linked: {self._issues().mapped('text')}")
        self.assertEqual(binding.state, "synced")
        self.assertFalse(self._queue(record))
        return binding


def _reach(record, path):
    value = record
    for key in path.replace("__", ".").split("."):
        value = (value or {}).get(key)
    return value
