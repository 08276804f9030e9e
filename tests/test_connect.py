import base64
import hashlib
import tempfile
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from psycopg2.errors import LockNotAvailable, UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import config, mute_logger

from .. import server_config
from ..transactions import on_locked_row
from .connect_common import ConnectHttpCase, ConnectTransactionCase


@tagged("post_install", "-at_install")
class TestConsent(ConnectHttpCase):
    """The OAuth code flow through the controller and Xero's consent page."""

    def test_what_is_switched_on_decides_what_is_asked_for(self):
        """S2-28, S2-54: a right is asked for where a setting needs it, and Test Xero names the one that is missing."""
        connection = self.env["xero.connection"].new({"scopes": "accounting.invoices"})
        self.assertNotIn("accounting.attachments", connection._wanted_scopes())
        connection.update({"send_invoice_pdf": True, "unallocated_payments": "overpayment"})
        self.assertIn("accounting.attachments", connection._wanted_scopes())
        self.assertIn("accounting.banktransactions", connection._wanted_scopes())
        self.assertIn("files attached to documents", connection._lacking_scopes())
        self.assertNotIn("manual journals", connection._lacking_scopes())
        words = "bank transactions, over- and prepayments"
        self.assertIn(words, connection._lacking_scopes())
        connection.scopes += " accounting.transactions"
        self.assertNotIn(words, connection._lacking_scopes(), "the older right covers it")

    def test_start_redirects_to_the_consent_page(self):
        """S2-31, S2-37: Connect to Xero leads to Xero's consent page, with S256, our state and no secret."""
        url = self._start()
        self.assertTrue(url.startswith(self.simulator.url + "/identity/connect/authorize?"))
        query = self._query(url)
        self.assertEqual(query["response_type"], "code")
        self.assertEqual(query["client_id"], self.simulator.client_id)
        self.assertEqual(query["code_challenge_method"], "S256")
        self.assertEqual(query["redirect_uri"], self.base_url() + "/xero/oauth/callback")
        self.assertIn("offline_access", query["scope"].split())
        self.assertIn("accounting.invoices", query["scope"].split())
        self.assertNotIn("accounting.transactions", query["scope"])
        self.assertNotIn("verifier", url)

    def test_full_round_trip(self):
        """S2-08, S2-32, S2-38, S2-39, S2-40, S3-02, S3-03, S5-07: log in at Xero, pick one, be connected."""
        answer = self._round_trip()
        self.assertEqual(answer.status_code, 303, answer.text)
        self.assertEqual(answer.headers["Location"], f"/odoo/xero-connections/{self.connection.id}")
        connection, organisation = self.connection, self.xero.state("Organisations")[0]
        self.assertEqual(connection.state, "connected")
        self.assertEqual(connection.organisation_name, self.tenant["name"])
        self.assertEqual(connection.authorised_email, self.simulator.world.user().email)
        self.assertEqual(connection.tenant_id, self.tenant["tenant_id"])
        self.assertEqual(connection.country_code, "NZ")
        self.assertEqual(connection.base_currency_id.name, "NZD")
        self.assertEqual(connection.short_code, organisation["ShortCode"])
        self.assertEqual(len(self.xero.journal("POST", "connect/token")), 1)

    def test_after_connecting_everything_is_ready(self):
        """S2-22, S2-03, S5-15, S5-24: accounts, tax rates and currencies are read, mapped, and the crons run."""
        self._round_trip()
        connection = self.connection
        active = [row for row in self.xero.state("Accounts") if row["Status"] == "ACTIVE"]
        self.assertEqual(
            set(self.env["xero.account"].search([("connection_id", "=", connection.id)]).mapped("external_id")),
            {row["AccountID"] for row in active},
        )
        rates = self.env["xero.tax.rate"].search([("connection_id", "=", connection.id)])
        self.assertIn("OUTPUT2", rates.mapped("tax_type"))
        self.assertEqual(rates.filtered(lambda rate: rate.tax_type == "OUTPUT2").effective_rate, 15.0)
        self.assertIn("NZD", self.env["xero.currency"].search([("connection_id", "=", connection.id)]).mapped("code"))
        self.assertTrue(self.env["xero.tax.mapping"]._for(connection))
        self.assertTrue(connection.export_cron_id.active and connection.import_cron_id.active)
        self.assertEqual(connection.default_bank_account_id.type, "BANK")

    def test_the_code_is_bound_to_the_verifier_of_the_session(self):
        """S2-08: the verifier that Xero gets fits the challenge, and it never was in an address."""
        url = self._start()
        self._come_back(self._at_xero(url))
        [call] = self.xero.journal("POST", "connect/token")
        seen = {}
        with patch("odoo.addons.account_xero.xero_api.oauth.exchange_code") as exchange:
            exchange.side_effect = lambda endpoints, **values: seen.update(values)
            second = self._start(self._second_connection())
            self._come_back(self._at_xero(second))
        digest = hashlib.sha256(seen["verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        self.assertEqual(self._query(second)["code_challenge"], challenge)
        self.assertTrue(call)

    def _second_connection(self):
        company = self._make_company("Second", "NZD")
        self.administrator.company_ids += company
        return self._make_connection(company)

    # -- what is refused ---------------------------------------------------------------------

    def _assert_refused(self, answer, *words):
        self.assertNotIn(answer.status_code, (302, 303))
        for word in words:
            self.assertIn(word, answer.text)
        self.assertEqual(self.connection.state, "draft")
        self.assertFalse(self.connection.tenant_id)

    def test_tampered_state(self):
        """S2-08: a state that we did not sign is refused before Xero is asked for anything."""
        back = self._at_xero(self._start())
        state = self._query(back)["state"]
        forged = state[:-6] + ("A" * 6 if state[-6:] != "A" * 6 else "B" * 6)
        self._assert_refused(self._come_back(back.replace(state, forged)), "does not belong")
        self.assertFalse(self.xero.journal("POST", "connect/token"))

    def test_replayed_state(self):
        """S2-08: a way back is used once, even after it failed."""
        back = self._at_xero(self._start(), action="cancel")
        self._assert_refused(self._come_back(back), "not allowed")
        self._assert_refused(self._come_back(back), "used already")

    def test_state_of_another_session(self):
        """S2-08: a way back begun in another browser is refused."""
        back = self._at_xero(self._start())
        self.authenticate("xero.administrator", "xero.administrator")  # a new session of the same user
        self._assert_refused(self._come_back(back), "another browser")
        self.assertFalse(self.xero.journal("POST", "connect/token"))

    def test_state_too_old(self):
        """S2-08: a consent has ten minutes."""
        with patch("odoo.addons.account_xero.controllers.oauth.CONSENT_MINUTES", -1):
            back = self._at_xero(self._start())
        self._assert_refused(self._come_back(back), "longer than")
        self.assertFalse(self.xero.journal("POST", "connect/token"))

    def test_access_denied(self):
        """S2-32: somebody who presses Cancel on Xero's page is told kindly, and nothing is connected."""
        answer = self._round_trip(action="cancel")
        self._assert_refused(answer, "Access was not allowed", f"/odoo/xero-connections/{self.connection.id}")

    def test_other_currency(self):
        """S2-29: an organisation with another base currency is refused, and its place at Xero is given back."""
        self.company.currency_id = self.env.ref("base.EUR")
        answer = self._round_trip()
        self._assert_refused(answer, "NZD", "EUR", "Choose an organisation")
        self.assertEqual(len(self.xero.journal("DELETE", "connections")), 1)

    def test_only_administrators_start(self):
        """S2-35: who is not a Xero administrator reaches neither the redirect nor the record."""
        for groups in ("base.group_user", "account_xero.group_xero_user"):
            login = f"someone.{groups.split('.')[1]}"
            new_test_user(
                self.env,
                login,
                groups=groups,
                company_id=self.company.id,
                company_ids=[(6, 0, self.company.ids)],
            )
            self.authenticate(login, login)
            with mute_logger("odoo.http"):
                answer = self.url_open(
                    f"/xero/oauth/start?connection_id={self.connection.id}", allow_redirects=False, timeout=15
                )
            self.assertEqual(answer.status_code, 403)

    def test_login_comes_first(self):
        """S2-35: without a session there is only the login page."""
        self.authenticate(None, None)
        answer = self.url_open(f"/xero/oauth/start?connection_id={self.connection.id}", allow_redirects=False)
        self.assertIn("/web/login", answer.headers.get("Location", ""))

    def test_administrator_of_another_company(self):
        """S2-30, S2-35: an administrator of another company cannot connect this one."""
        other = self._make_company("Elsewhere", "NZD")
        new_test_user(
            self.env,
            "elsewhere",
            groups="account_xero.group_xero_administrator",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.authenticate("elsewhere", "elsewhere")
        with mute_logger("odoo.http"):
            answer = self.url_open(f"/xero/oauth/start?connection_id={self.connection.id}", allow_redirects=False)
        self.assertIn(answer.status_code, (403, 404))

    # -- again -------------------------------------------------------------------------------

    def test_revoked_then_reauthorised(self):
        """S4-96, S4-98, S1-11: Xero withdrew the access; the queue waits; re-authorising resumes the same links."""
        self._round_trip()
        connection = self.connection
        connection.sync_from_date = "2020-01-01"
        partner = self.env["res.partner"].create({"name": "Kept"})
        binding = self._bind(partner)
        mappings = self.env["xero.account.mapping"].search([("connection_id", "=", connection.id)])
        self.xero.act("disconnect")
        self._assert_reconnect_needed(connection)
        self.assertTrue(connection.message_ids.filtered(lambda message: "Re-authorise" in message.body))
        self.assertEqual(self.company._xero_connection(), connection, "changes are queued meanwhile")
        crons = connection.export_cron_id | connection.import_cron_id
        tenant = connection.tenant_id

        self._round_trip()
        self.assertEqual(connection.state, "connected")
        self.assertEqual(connection.tenant_id, tenant)
        self.assertEqual(str(connection.sync_from_date), "2020-01-01")
        self.assertTrue(binding.exists())
        self.assertEqual(mappings.exists(), mappings)
        self.assertEqual(connection.export_cron_id | connection.import_cron_id, crons)
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", connection.export_cron_id.id)]))
        connection._with_client(lambda client: client.get("Organisation"))

    def _bind(self, record):
        return self.env["xero.binding"].create(
            {
                "connection_id": self.connection.id,
                "model": record._name,
                "res_id": record.id,
                "resource": "Contacts",
                "external_id": "00000000-0000-0000-0000-00000000abcd",
            }
        )

    def test_reauthorising_with_another_organisation(self):
        """S2-29, S4-98: another organisation than before is refused with both names; nothing changes."""
        other = self._another_tenant()
        self._round_trip()
        before = self.env["xero.token"]._of(self.connection)._open("access_token", "refresh_token")
        answer = self._round_trip(tenant_id=other["tenant_id"])
        self.assertEqual(answer.status_code, 200)
        self.assertIn(other["name"], answer.text)
        self.assertIn(self.tenant["name"], answer.text)
        self.assertEqual(self.connection.tenant_id, self.tenant["tenant_id"])
        self.assertEqual(self.connection.state, "connected")
        after = self.env["xero.token"]._of(self.connection)._open("access_token", "refresh_token")
        self.assertEqual(after, before)

    def _another_tenant(self):
        return self.xero.tenants()[1]

    def test_two_connections_side_by_side(self):
        """S2-30, S2-61: two companies with an organisation each work without crosstalk."""
        other_tenant = self._another_tenant()
        second = self._second_connection()
        self._round_trip()
        self._round_trip(second, tenant_id=other_tenant["tenant_id"])
        self.assertEqual(self.connection.organisation_name, self.tenant["name"])
        self.assertEqual(second.organisation_name, other_tenant["name"])
        for connection in self.connection | second:
            answer = connection._with_client(lambda client: client.get("Organisation"))
            self.assertEqual(answer.payload["Organisations"][0]["OrganisationID"], connection.tenant_id)
        self.assertEqual(self.company._xero_connection(), self.connection)
        self.assertEqual(second.company_id._xero_connection(), second)

    def test_tenant_of_another_company(self):
        """S3-R7, S2-29: an organisation belongs to one company; the refusal names the company that has it."""
        second = self._second_connection()
        self._round_trip()
        answer = self._round_trip(second)
        self.assertEqual(answer.status_code, 200)
        self.assertIn(self.company.name, answer.text)
        self.assertEqual(second.state, "draft")
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.xero.journal("DELETE", "connections"), "the other company still uses it")

    def test_second_connection_of_a_company(self):
        """S3-R7, S2-29: a company has one linked connection; a second one is not even sent to Xero."""
        self._round_trip()
        second = self._make_connection(self.company)
        with self.assertRaisesRegex(UserError, "has one Xero organisation"):
            second.with_user(self.administrator).action_connect()

    def test_disconnect(self):
        """S4-99, S4-100: Disconnect removes the connection at Xero and forgets the tokens; links and history stay."""
        self._round_trip()
        connection = self.connection
        binding = self._bind(self.env["res.partner"].create({"name": "Kept"}))
        history = self.env["xero.history"].create(
            {"connection_id": connection.id, "model": "res.partner", "direction": "out", "action": "created"}
        )
        remote = connection.remote_connection_id
        connection.with_user(self.administrator).action_disconnect()
        self.assertEqual(self._paths_called("DELETE", "connections"), [f"/connections/{remote}"])
        self.assertEqual(connection.state, "disconnected")
        self.assertEqual(connection.organisation_name, self.tenant["name"])
        stored = self.env["xero.token"]._of(connection)._open("access_token", "refresh_token")
        self.assertEqual(set(stored.values()), {None})
        self.assertTrue(binding.exists() and history.exists())
        self.assertFalse(self.company._xero_connection())
        self.assertFalse(connection.export_cron_id or connection.import_cron_id)

        self._round_trip()
        self.assertEqual(connection.state, "connected")
        self.assertTrue(binding.exists())

    def test_live_needs_an_address_xero_takes(self):
        """S2-31: real Xero sends nobody back to http://127.0.0.1; that is said before anybody is sent there."""
        live = self._make_connection(self.company, environment="live", client_id="0" * 32)
        answer = self.url_open(f"/xero/oauth/start?connection_id={live.id}", allow_redirects=False)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("http://localhost", answer.text)

    def test_no_client_id(self):
        """S2-37: a live connection without a client id says where to find one."""
        live = self._make_connection(self.company, environment="live", client_id=False)
        with self.assertRaisesRegex(UserError, "developer.xero.com"):
            live.with_user(self.administrator).action_connect()

    def test_where_it_is_found(self):
        """S2-36, S4-02, S4-97, S4-99: menu, instructions where nothing is connected, and the form's cog."""
        menu = self.env.ref("account_xero.menu_xero_connections")
        action = self.env.ref("account_xero.xero_connection_action")
        self.assertEqual(menu.action, action)
        self.assertIn("step by step", action.help)
        self.assertIn("href", action.help)
        mine = self.env["ir.actions.actions"].with_user(self.administrator)
        names = [bound["name"] for bound in mine.get_bindings("xero.connection")["action"]]
        self.assertIn("Re-authorise", names)
        self.assertIn("Disconnect", names)
        cog = self.env.ref("account_xero.xero_connection_action_reauthorise").with_user(self.administrator)
        opened = cog.with_context(active_model="xero.connection", active_id=self.connection.id).run()
        self.assertEqual(opened["url"], f"/xero/oauth/start?connection_id={self.connection.id}")


@tagged("post_install", "-at_install")
class TestTokens(ConnectHttpCase):
    """How tokens are kept and renewed."""

    def _row(self):
        self.env.cr.execute("SELECT * FROM xero_token WHERE connection_id = %s", [self.connection.id])
        return self.env.cr.dictfetchone()

    def test_encrypted_in_the_database(self):
        """S2-33, S2-34, S2-60: no clear token or secret is anywhere in the token's row, no key in the database."""
        self.connection.client_secret = self.simulator.client_secret
        self._round_trip()
        clear = self.env["xero.token"]._of(self.connection)._open("client_secret", "access_token", "refresh_token")
        self.assertEqual(clear["client_secret"], self.simulator.client_secret)
        stored = " ".join(str(value) for value in self._row().values())
        for value in clear.values():
            self.assertTrue(value)
            self.assertNotIn(value, stored)
        self.env.cr.execute("SELECT count(*) FROM ir_config_parameter WHERE key ILIKE '%xero%'")
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_unreadable_through_the_orm(self):
        """S2-33: neither an administrator nor sudo reads, exports, searches or filters by a secret."""
        self._round_trip()
        token = self.env["xero.token"]._of(self.connection)
        for user in (self.administrator, self.env.ref("base.user_admin")):
            mine = self.env["xero.token"].with_user(user)
            with self.assertRaises(AccessError):
                mine.search([])
            with self.assertRaises(AccessError):
                mine.browse(token.id).read(["access_token"])
            with self.assertRaises(AccessError):
                mine.browse(token.id).export_data(["access_token"])
        self.assertNotIn("access_token", token.sudo().read()[0])
        self.assertNotIn("refresh_token", token.sudo().read(["refresh_token"])[0])
        with self.assertRaises(AccessError):
            token.sudo().access_token  # noqa: B018
        with self.assertRaises(AccessError):
            self.env["xero.token"].sudo().search([("access_token", "like", "a%")])
        self.assertNotIn("access_token", self.env["xero.token"].sudo().fields_get())

    def test_secret_is_write_only(self):
        """S2-33: the client secret goes in and never comes out of the connection's form."""
        self.connection.client_secret = "a-secret"
        self.env.invalidate_all()
        mine = self.connection.with_user(self.administrator)
        self.assertFalse(mine.read(["client_secret"])[0]["client_secret"])
        self.assertTrue(mine.has_client_secret)

    def test_confidential_app(self):
        """S2-08: an app with a secret works, too; the secret is proved, not shown."""
        self.connection.client_secret = self.simulator.client_secret
        self.assertEqual(self._round_trip().status_code, 303)
        [call] = self.xero.journal("POST", "connect/token")
        self.assertNotIn(self.simulator.client_secret, str(call))
        self.assertEqual(self.connection.state, "connected")

    def test_renewed_when_expired(self):
        """S2-33: an expired token is renewed once, both tokens rotate, and the next call uses the stored one."""
        self._round_trip()
        token = self.env["xero.token"]._of(self.connection)
        before = token._open("access_token", "refresh_token")
        token._seal(expires_at=fields.Datetime.now() - timedelta(minutes=1))
        for _call in range(2):
            self.connection._with_client(lambda client: client.get("Organisation"))
        after = token._open("access_token", "refresh_token", "expires_at")
        self.assertNotEqual(after["access_token"], before["access_token"])
        self.assertNotEqual(after["refresh_token"], before["refresh_token"])
        self.assertGreater(after["expires_at"], fields.Datetime.now() + timedelta(minutes=20))
        self.assertEqual(len(self.xero.journal("POST", "connect/token")), 2, "the code, and one renewal")

    def test_renewed_when_refused(self):
        """S2-33: a token that Xero refuses before its time is renewed and the call repeated once."""
        self._round_trip()
        self.xero.advance(31 * 60)
        answer = self.connection._with_client(lambda client: client.get("Organisation"))
        self.assertEqual(answer.status, 200)
        self.assertEqual(len(self.xero.journal("POST", "connect/token")), 2)

    def test_second_worker_takes_what_the_first_renewed(self):
        """S2-33: a worker that waited for the lock reads again and does not renew a second time."""
        self._round_trip()
        token = self.env["xero.token"]._of(self.connection)
        old = token._open("access_token")["access_token"]
        first = token._renew(self.connection, refused=old)
        second = token._renew(self.connection, refused=old)
        self.assertEqual(first, second)
        self.assertEqual(len(self.xero.journal("POST", "connect/token")), 2)

    def test_key_of_another_server(self):
        """S2-34: tokens of a database copied to another server cannot be used there; it asks to authorise again."""
        self._round_trip()
        foreign = patch.dict("os.environ", {"ACCOUNT_XERO_KEY": base64.urlsafe_b64encode(b"x" * 32).decode()})
        with foreign:
            self._assert_reconnect_needed(self.connection)

    def test_test_button(self):
        """S1-13: Test Xero says that it works, and says in words what to do when it does not."""
        self._round_trip()
        mine = self.connection.with_user(self.administrator)
        good = mine.action_test()["params"]
        self.assertEqual(good["type"], "success")
        self.assertIn(self.tenant["name"], good["message"])
        self.xero.act("disconnect")
        with mute_logger("odoo.addons.account_xero.models.xero_connection_call"):
            bad = mine.action_test()["params"]
        self.assertEqual(bad["type"], "danger")
        self.assertIn("Re-authorise", bad["message"])

    def test_test_button_names_the_missing_right(self):
        """S2-28, S4-R3: where the Xero user may not approve bills, Test Xero says so and whom to ask."""
        self._round_trip()
        lacking = {"Actions": [{"Name": "CreateApprovedBill", "Status": "NOT-ALLOWED"}]}
        self.xero.add_fault("status", "GET", "Organisation/Actions", status=200, body=lacking)
        told = self.connection.with_user(self.administrator).action_test()["params"]
        self.assertEqual(told["type"], "warning")
        self.assertIn("approve bills", told["message"])
        self.assertIn("Standard", told["message"])

    def test_consent_without_payments(self):
        """S2-28: a consent that does not cover payments is named after connecting and by Test Xero."""
        scope = "openid profile email offline_access accounting.invoices accounting.contacts accounting.settings"
        self._connect(scope=scope)
        said = " ".join(self.connection.message_ids.mapped("body"))
        self.assertIn("does not cover payments", said)
        told = self.connection.action_test()["params"]
        self.assertEqual(told["type"], "warning")
        self.assertIn("does not cover payments", told["message"])


@tagged("post_install", "-at_install")
class TestConnectionRules(ConnectTransactionCase):
    """What the database and the model guarantee whatever the screens do."""

    def test_one_linked_connection_per_company(self):
        """S2-29: the database refuses a second linked connection of a company, and of an organisation."""
        self._connect()
        second = self._make_connection(self.company)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            second.write({"state": "connected", "tenant_id": "another"})
            second.flush_recordset()
        second.invalidate_recordset()
        other = self._make_connection(self._make_company("Other", "NZD"))
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            other.write({"state": "connected", "tenant_id": self.connection.tenant_id})
            other.flush_recordset()

    def test_inactive_connections_do_not_count(self):
        """S2-30: an archived connection keeps its links and makes room for another one."""
        self._connect()
        self.connection.active = False
        self.assertFalse(self.company._xero_connection())
        self.assertFalse(self.connection.export_cron_id)
        second = self._connect(self._make_connection(self.company))
        self.assertEqual(self.company._xero_connection(), second)

    def test_authorised_connections_cannot_be_deleted(self):
        """S4-100: links and history hang on the connection, so it is archived and never deleted."""
        self._connect()
        with self.assertRaisesRegex(UserError, "archive"):
            self.connection.unlink()
        draft = self._make_connection(self._make_company("Other", "NZD"))
        draft.unlink()
        self.assertFalse(draft.exists())

    def test_company_stays(self):
        """S2-29: an authorised connection does not move to another company."""
        self._connect()
        with self.assertRaises(UserError):
            self.connection.company_id = self._make_company("Other", "NZD")

    def test_other_companies_see_nothing(self):
        """S2-30: users of another company see neither the connection nor its reference data."""
        self._connect()
        other = self._make_company("Other", "NZD")
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="account_xero.group_xero_administrator",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for model in ("xero.connection", "xero.account", "xero.tax.rate", "xero.account.mapping"):
            domain = [("company_id", "=", self.company.id)]
            self.assertTrue(self.env[model].search_count(domain))
            self.assertFalse(self.env[model].with_user(stranger).search_count(domain))

    def test_employees_see_nothing(self):
        """S2-35: an employee without a Xero group cannot read connections."""
        employee = new_test_user(self.env, "employee", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["xero.connection"].with_user(employee).search([])

    def test_bookkeepers_see_but_do_not_connect(self):
        """S2-35: who works with invoices sees the state of the connection and changes nothing of it."""
        clerk = new_test_user(
            self.env,
            "clerk",
            groups="account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        mine = self.connection.with_user(clerk)
        self.assertEqual(mine.state, "draft")
        with self.assertRaises(AccessError):
            mine.sync_from_date = "2020-01-01"
        with self.assertRaises(AccessError):
            mine.action_connect()

    def test_simulator_only_where_the_server_names_it(self):
        """S2-33: without an address in the server's configuration, no database can send tokens to the simulator."""
        for address, words in (("", "odoo.conf"), ("http://192.0.2.1:9000", "not an address of this machine")):
            configured = patch.dict("os.environ", {"ACCOUNT_XERO_SIMULATOR_URL": address})
            with configured, self.assertRaisesRegex(UserError, words):
                self.connection._endpoints()

    def test_archived_reference_data_leaves_the_pickers(self):
        """S5-15: an account that is archived in Xero is archived here, and comes back when it does."""
        self._connect()
        accounts = self.env["xero.account"]
        account = accounts.search([("connection_id", "=", self.connection.id), ("code", "=", "200")])
        rows = [
            accounts._from_xero(row | ({"Status": "ARCHIVED"} if row["AccountID"] == account.external_id else {}))
            for row in self.xero.state("Accounts")
        ]
        accounts._replace(self.connection, rows)
        self.assertFalse(account.active)
        accounts._replace(self.connection, [row for row in rows if row["external_id"] != account.external_id])
        self.assertFalse(account.active)
        self.connection.action_read_reference_data()
        self.assertTrue(account.active)
        self.assertEqual(account.code, "200")

    def test_reading_again_writes_nothing(self):
        """S5-15: reading unchanged reference data updates no row."""
        self._connect()
        rates = self.env["xero.tax.rate"].search([("connection_id", "=", self.connection.id)])
        accounts = self.env["xero.account"].search([("connection_id", "=", self.connection.id)])
        with patch.object(type(rates), "write") as of_rates, patch.object(type(accounts), "write") as of_accounts:
            for model in (self.env["xero.tax.rate"], self.env["xero.account"]):
                model._replace(self.connection, model._fetch(self.connection, self.connection._get_client()))
        of_rates.assert_not_called()
        of_accounts.assert_not_called()

    def test_key_file(self):
        """S2-34: without a configured key, one is made in the data folder, for its user alone, and only once."""
        with tempfile.TemporaryDirectory() as folder, patch.dict(config.options, {"data_dir": folder}):
            first = server_config.encryption_key()
            path = Path(folder) / "account_xero.key"
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            self.assertEqual(server_config.encryption_key(), first)
            self.assertEqual(server_config._make_key_file(path), first, "who comes second takes the first one's key")
            self.assertEqual([file.name for file in Path(folder).iterdir()], ["account_xero.key"])

    def test_waiting_for_another_transaction(self):
        """S2-33: who waited for a row that changed meanwhile starts again, sees the change, and works once."""
        country = self.env.ref("base.aq")  # any committed row that the test itself does not touch
        done = []

        def work(record):
            done.append(record.id)
            return "worked"

        with self.env.registry.cursor() as other, ThreadPoolExecutor(1) as pool:
            other.execute("UPDATE res_country SET name = name WHERE id = %s", [country.id])
            waiting = pool.submit(on_locked_row, country, work, lock_timeout="20s")
            self.assertEqual(wait([waiting], timeout=1).done, set(), "it waits for the row")
            other.commit()
            self.assertEqual(waiting.result(timeout=20), "worked")
        self.assertEqual(done, [country.id])

    def test_row_held_for_too_long(self):
        """S2-33: a row that nobody lets go of is given up after a while, and nothing is done."""
        country = self.env.ref("base.aq")
        with self.env.registry.cursor() as other:
            other.execute("UPDATE res_country SET name = name WHERE id = %s", [country.id])
            with self.assertRaises(LockNotAvailable):
                on_locked_row(country, self.fail, lock_timeout="200ms")
            other.rollback()
