"""Webhooks: what Xero posts is verified, stored once and read; what anybody else posts leaves no trace."""

import json
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger

from ..models.xero_webhook_event import LAST_SEQUENCE
from ..xero_api import webhook
from .common import XeroCase

PATH = "/account_xero/webhook"
KEY = "tui-and-kea"


class WebhookCase(XeroCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.connection.webhook_key = KEY
        self.xero.set_webhooks(url=self.base_url() + PATH, key=KEY)
        self.env["ir.cron.trigger"].sudo().search([]).unlink()

    def _post(self, body, key=KEY, signature=None, **headers):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **headers}
        if key:
            headers[webhook.SIGNATURE_HEADER] = signature or webhook.signature(body, key)
        self.env.flush_all()
        answer = self.url_open(PATH, data=body, headers=headers, timeout=10)
        self.env.invalidate_all()
        return answer

    def _event(self, number=1, **values):
        return {
            "resourceUrl": "https://api.xero.com/api.xro/2.0/Invoices/1",
            "resourceId": f"00000000-0000-4000-8000-{number:012d}",
            "eventDateUtc": "2026-11-20T10:00:00.123",
            "eventType": "UPDATE",
            "eventCategory": "INVOICE",
            "tenantId": self.connection.tenant_id,
            "tenantType": "ORGANISATION",
            **values,
        }

    def _call(self, *events, first=1, last=None):
        last = last if last is not None else first + len(events) - 1
        return {"events": list(events), "firstEventSequence": first, "lastEventSequence": last, "entropy": "X"}

    def _stored(self):
        return self.env["xero.webhook.event"].sudo().search([("connection_id", "=", self.connection.id)], order="id")

    def _woken(self):
        return bool(
            self.env["ir.cron.trigger"]
            .sudo()
            .search_count(
                [("cron_id", "=", self.connection.import_cron_id.id), ("call_at", "<=", fields.Datetime.now())]
            )
        )

    def _deliver(self):
        """Have the simulator post what it has to tell to this Odoo."""
        self.env.flush_all()
        with self.allow_requests(all_requests=True):
            result = self.xero.deliver_events()
        self.env.invalidate_all()
        return result


class TestReception(WebhookCase):
    def test_intent_to_receive(self):
        """S2-09: Xero's first visit, with right and deliberately wrong signatures, gets the right verdicts."""
        with self.allow_requests(all_requests=True):
            verdict = self.xero.intend_to_receive()
        self.assertEqual((verdict["statuses"], verdict["ok"]), ([200, 401, 401, 200], True))
        self.assertFalse(self._stored())

    def test_stored_once(self):
        """S2-09: events are stored once, whatever is delivered again, and wake the importer."""
        body = self._call(self._event(1), self._event(2))
        answer = self._post(body)
        self.assertEqual((answer.status_code, answer.content), (200, b""))
        self.assertNotIn("Set-Cookie", answer.headers)
        self.assertEqual(self._stored().mapped("sequence"), [1, 2])
        self.assertTrue(self._woken())
        self.env["ir.cron.trigger"].sudo().search([]).unlink()
        self.assertEqual(self._post(body).status_code, 200)
        self.assertEqual(len(self._stored()), 2)
        self.assertFalse(self._woken())

    def test_forged(self):
        """S2-09: without a fitting signature nothing is stored, and the answer is 401, empty and without cookie."""
        body = self._call(self._event())
        forged = [
            {"key": None},
            {"key": "another"},
            {"signature": "nonsense"},
            {"signature": webhook.signature(b"other", KEY)},
            {"signature": "A" + webhook.signature(b"-" + json.dumps(body).encode(), KEY)[1:]},
        ]
        for case in forged:
            answer = self._post(body, **case)
            self.assertEqual((answer.status_code, answer.content), (401, b""), case)
            self.assertNotIn("Set-Cookie", answer.headers)
        self.assertEqual(self._post(b"x" * 2_000_000).status_code, 413)
        self.assertFalse(self._stored())
        self.assertFalse(self._woken())

    def test_no_key_no_entry(self):
        """S2-09: as long as no key is set, everything is refused, an empty key's signature too."""
        self.env["xero.token"]._of(self.connection)._seal(webhook_key=None)
        body = json.dumps(self._call(self._event())).encode()
        self.assertEqual(self._post(body).status_code, 401)
        self.assertEqual(self._post(body, signature=webhook.signature(body, "")).status_code, 401)
        self.assertFalse(self._stored())

    def test_signed_but_odd(self):
        """S2-09: what is signed but cannot be read is taken without harm; what can be read of it is stored."""
        odd = [
            b" ",
            b"[]",
            b"null",
            b'{"events": null}',
            b"\xff\xfe",
            {"events": ["x", 7]},
            self._call(self._event(eventDateUtc="yesterday")),
            self._call(self._event(resourceId=None)),
            self._call(self._event(resourceId="x\u0000y")),
            self._call(self._event(tenantId="of somebody else")),
            {"events": [], "firstEventSequence": 0, "lastEventSequence": 0},
            {"events": [], "firstEventSequence": "1", "lastEventSequence": []},
        ]
        with mute_logger("odoo.addons.account_xero.models.xero_webhook_event"):
            for body in odd:
                self.assertEqual(self._post(body).status_code, 200, body)
        self.assertFalse(self._stored())
        self._post(self._call(self._event(1), self._event(2, resourceId=9), self._event(3)))
        self.assertEqual(len(self._stored()), 2)

    def test_other_content_types_and_arguments(self):
        """S2-09: forms, odd arguments and other verbs end as refusals, never as errors."""
        for content_type in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "é"):
            answer = self._post(b"a=1&self=2", key="x", **{"Content-Type": content_type.encode("latin-1")})
            self.assertEqual(answer.status_code, 401, content_type)
        answer = self.url_open(PATH + "?self=1&body=2&signature=3", data=b"{}", timeout=10)
        self.assertEqual(answer.status_code, 401)
        self.assertEqual(self.url_open(PATH, timeout=10).status_code, 405)

    def test_key_is_write_only(self):
        """S2-09: the key is stored encrypted, shown to nobody, and serves the connections of its app alone."""
        self.assertFalse(self.connection.webhook_key)
        self.assertTrue(self.connection.has_webhook_key)
        [[stored]] = [
            list(row.values())
            for row in self._query("SELECT webhook_key FROM xero_token WHERE connection_id = %s", self.connection.id)
        ]
        self.assertNotIn(KEY, stored)
        clerk = new_test_user(self.env, "clerk", groups="account_xero.group_xero_user", company_id=self.company.id)
        self.assertNotIn("webhook_key", self.connection.with_user(clerk).fields_get())
        other = self._create_company(name="Tui Trading", country_id=self.env.ref("base.nz").id)
        second = self._connect(other, tenant=1)
        self.assertTrue(second.has_webhook_key)
        self._post(self._call(self._event(1, tenantId=second.tenant_id)))
        self.assertEqual(self.env["xero.webhook.event"].sudo().search([]).connection_id, second)
        second.client_id = "of another app"
        self._post(self._call(self._event(2, tenantId=second.tenant_id), first=2))
        self.assertEqual(len(self.env["xero.webhook.event"].sudo().search([])), 1)

    def _query(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        return self.env.cr.dictfetchall()


class TestEvents(WebhookCase):
    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(lines=[(None, 1, 200.0)])
        self._export()
        self._import()
        # Nothing is due by the schedule from here on.
        self.schedule = (
            self.env["xero.schedule"].sudo()._of(self.connection).filtered(lambda row: row.direction == "in")
        )
        self.env["xero.cursor"].sudo().search([]).last_success = fields.Datetime.now() - timedelta(minutes=5)
        self._deliver()
        self._import_by_itself()
        self.xero.clear_journal()

    def _import_by_itself(self):
        """What the scheduler does: nobody asked for it."""
        self.schedule.write({"requested_at": False, "last_run": fields.Datetime.now()})
        self._run_by_itself(self.connection.import_cron_id)

    def test_a_payment_in_xero_arrives_at_once(self):
        """S3-21, S2-09, S2-51: a payment made in Xero pays the invoice as soon as Xero has told, in part too."""
        self.xero.advance(2)
        for amount, residual in (("30.00", 200.0), ("200.00", 0.0)):
            self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, invoice=self.invoice.name, amount=amount)
            self.assertGreaterEqual(self._deliver()["delivered"], 1)
            self.assertTrue(self._woken())
            self.env["xero.cursor"].sudo().search([]).last_success = False
            self._import_by_itself()
            self.assertEqual(self.invoice.amount_residual, residual)
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))
        self.assertFalse(self._stored().filtered(lambda event: not event.handled_at))

    def test_without_events_nothing_is_read(self):
        """S4-37: what the schedule has not asked for and Xero has not told costs no call."""
        self._import_by_itself()
        self.assertFalse(self._calls("GET"))

    def test_echo(self):
        """S2-11: the events of what Odoo wrote itself cause no reading."""
        self.invoice.button_draft()
        self.invoice.invoice_line_ids.price_unit = 210.0
        self.invoice.action_post()
        self._export()
        self.xero.clear_journal()
        self.assertGreaterEqual(self._deliver()["delivered"], 1)
        self._import_by_itself()
        self.assertFalse(self._calls("GET"))
        self.assertTrue(self._stored().filtered("echo"))
        self.assertFalse(self._stored().filtered(lambda event: not event.handled_at))

    def test_lost_events(self):
        """S3-21: where sequence numbers are missing, everything is read as if it were due."""
        self.xero.set_webhooks(drop=1)
        self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, invoice=self.invoice.name, amount="30.00")
        self.assertFalse(self._deliver()["delivered"])
        client = self.connection._get_client()
        client.put("Contacts", {"Contacts": [{"Name": "Somebody else"}]}, "lost-events")
        self._deliver()
        self.assertEqual(
            self.schedule.filtered("requested_at"),
            self.schedule.filtered(lambda row: row.mode != "manual"),
            "what is read by hand alone stays so",
        )
        self.assertTrue(self.connection.webhook_lost_at)
        self._run_by_itself(self.connection.import_cron_id)
        self.assertEqual(self.invoice.amount_residual, 200.0)
        self.assertFalse(self.schedule.filtered(lambda row: row.resource == "Payments").requested_at)

    def test_sequence_numbers_start_again(self):
        """S2-09: after the last number comes 1, and old numbers delivered again are no loss."""
        head = self.env["xero.webhook.head"].sudo()._of(self.connection)
        head.last_sequence = LAST_SEQUENCE
        self._post(self._call(self._event(1), first=1))
        self.assertEqual((head.last_sequence, head.lost_at), (1, False))
        self._post(self._call(self._event(2), first=LAST_SEQUENCE - 3))
        self.assertEqual((head.last_sequence, head.lost_at), (1, False))
        self._post(self._call(self._event(3), first=3))
        self.assertEqual(head.last_sequence, 3)
        self.assertTrue(head.lost_at)

    def test_delivered_twice(self):
        """S2-09: what Xero delivers twice is handled once."""
        self.xero.set_webhooks(duplicates=True)
        before = len(self._stored())
        self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, invoice=self.invoice.name, amount="30.00")
        delivered = self._deliver()["delivered"]
        self.assertEqual(len(self._stored()) - before, delivered)

    def test_events_share_a_reading(self):
        """S2-55: events shortly after a reading wait for more of their kind instead of costing a call each."""
        self.env["xero.cursor"].sudo().search([]).last_success = fields.Datetime.now()
        self._post(self._call(self._event(1), first=50))
        self.schedule.requested_at = False
        self._import_by_itself()
        self.assertFalse(self._calls("GET"))
        self.assertTrue(self._stored().filtered(lambda event: not event.handled_at))
        later = (
            self.env["ir.cron.trigger"]
            .sudo()
            .search([("cron_id", "=", self.connection.import_cron_id.id), ("call_at", ">", fields.Datetime.now())])
        )
        self.assertLess(min(later.mapped("call_at")), fields.Datetime.now() + timedelta(seconds=30))

    def test_manual_stays_manual(self):
        """S2-44: payments set to manual wait for the button even when Xero tells of them."""
        self.schedule.mode = "manual"
        self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, invoice=self.invoice.name, amount="30.00")
        self._deliver()
        self._import_by_itself()
        self.assertEqual(self.invoice.amount_residual, 230.0)
        self.connection.action_import_now()
        self._import()
        self.assertEqual(self.invoice.amount_residual, 200.0)

    def test_old_events_are_forgotten(self):
        """S2-09: handled events are kept for a week, unread ones for as long as Xero keeps them."""
        self._post(self._call(self._event(1), self._event(2), first=60))
        handled, unread = self._stored()[-2:]
        handled.handled_at = fields.Datetime.now() - timedelta(days=8)
        self.env.flush_all()
        self.env["xero.webhook.event"].sudo()._gc_events()
        self.assertFalse(handled.exists())
        self.assertTrue(unread.exists())
