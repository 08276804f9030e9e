"""In a real browser: from Settings over Xero's consent page to a connected organisation.

Driven over the DevTools protocol and not by web_tour, whose script is not loaded on pages that are not Odoo's.
"""

import json
import logging
import time
from contextlib import contextmanager

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tests.common import ChromeBrowser, ChromeBrowserException

from .connect_common import SimulatorMixin

WAIT_SECONDS = 90  # the first page builds the assets
MOST_CLICKS = 12  # from the first connection to the first invoice in Xero
MOST_TABS = 200
KEYS = {"Tab": (9, None), "Enter": (13, "\r"), " ": (32, " ")}  # name -> (code, text that it types)


class Complaints(logging.Handler):
    """Keeps what the server's log and the browser's console say as a warning or worse."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        self.texts.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    def besides(self, expected):
        return [text for text in self.texts if not any(part in text for part in expected)]


class BrowserPage:
    """A few things a person does in a browser."""

    def __init__(self, browser, base_url):
        self.browser = browser
        self.base_url = base_url
        self.clicks = 0

    def go_to(self, path):
        self.browser.navigate_to(self.base_url + path)

    def evaluate(self, expression):
        params = {"expression": expression, "returnByValue": True}
        answer = self.browser._websocket_request("Runtime.evaluate", params=params)
        return answer["result"].get("value")

    def wait_for(self, expression, what):
        """Return the first true value of a JavaScript expression; AssertionError with the page's text after a while."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            try:
                if value := self.evaluate(expression):
                    return value
            except (ChromeBrowserException, TimeoutError, KeyError):
                pass  # between two pages there is nothing to ask
            time.sleep(0.2)
        text = self.evaluate("document.body.innerText")
        raise AssertionError(f"Waited in vain for {what} at {self.evaluate('location.href')}:\n{text}")

    def click(self, selector):
        found = f"document.querySelector({json.dumps(selector)})"
        self.wait_for(f"!!({found} && {found}.offsetParent)", selector)
        self._click(found)

    def click_text(self, selector, text):
        """Click the first visible element of ``selector`` that shows ``text``."""
        found = (
            f"[...document.querySelectorAll({json.dumps(selector)})]"
            f".find(e => e.offsetParent && e.innerText.trim().includes({json.dumps(text)}))"
        )
        self.wait_for(f"!!{found}", f"{selector} with {text!r}")
        self._click(found)

    def _click(self, found):
        self.clicks += 1
        self.evaluate(f"{found}.click()")

    def press(self, key):
        """Press and release a key of KEYS."""
        code, text = KEYS[key]
        pressed = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": code}
        typed = {"text": text} if text else {}
        self.browser._websocket_request("Input.dispatchKeyEvent", params={"type": "keyDown", **pressed, **typed})
        self.browser._websocket_request("Input.dispatchKeyEvent", params={"type": "keyUp", **pressed})

    def press_on(self, selector, key):
        """Go to the first element of ``selector`` with the Tab key, as those do who use no mouse, and press a key."""
        self.wait_for(f"!!document.querySelector({json.dumps(selector)})", selector)
        self.browser._websocket_request("Emulation.setFocusEmulationEnabled", params={"enabled": True})
        for _n in range(MOST_TABS):
            self.press("Tab")
            if self.evaluate(f"document.activeElement === document.querySelector({json.dumps(selector)})"):
                return self.press(key)
        raise AssertionError(f"The Tab key does not lead to {selector} at {self.evaluate('location.href')}")

    def sees(self, text):
        self.wait_for(f"document.body.innerText.includes({json.dumps(text)})", repr(text))


class BrowsingMixin:
    """For HttpCases."""

    browser_size = "1366x900"

    @contextmanager
    def _browsing(self, login, path, complaints=()):
        """A logged-in person's browser on a page of Odoo.

        Fails where the console has an error, and where console or log have a warning without one of the texts
        ``complaints``.
        """
        heard = Complaints()
        browser = ChromeBrowser(self)
        with self.allow_requests(browser=browser), self._hearing(heard):
            try:
                self.authenticate(login, login, browser=browser)
                self.cr.flush()
                self.cr.clear()
                page = BrowserPage(browser, self.base_url())
                page.go_to(path)
                yield page
                if browser._result.done() and (error := browser._result.exception()):
                    heard.texts.append(str(error))
            finally:
                browser.stop()
                self._wait_remaining_requests()
        self.env.invalidate_all()
        self.assertFalse(heard.besides(complaints))

    @contextmanager
    def _hearing(self, handler):
        """Have a handler hear warnings, which a run of tests may have told Odoo to keep to itself."""
        logger, root = logging.getLogger("odoo"), logging.getLogger()
        level = logger.level
        logger.setLevel(min(level or logging.WARNING, logging.WARNING))
        root.addHandler(handler)
        try:
            yield
        finally:
            root.removeHandler(handler)
            logger.setLevel(level)


class BrowserCase(BrowsingMixin, SimulatorMixin, HttpCase):
    pass


@tagged("post_install", "-at_install")
class TestConnectInBrowser(BrowserCase):
    def test_from_nothing_to_the_first_invoice(self):
        """S3-01, S2-37, S2-38, S2-39, S2-40, S2-57, S1-11: Settings, Xero, Connect, consent, organisation and e-mail;
        nobody types a client id or a secret, nobody maps anything, and the first invoice arrives in Xero, all in at
        most twelve clicks."""
        self.connection.unlink()  # one click makes it
        new_test_user(
            self.env,
            "chief",
            groups="base.group_system,account.group_account_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        email = self.simulator.world.user().email
        invoice = self._draft()
        with self._browsing("chief", "/odoo") as page:
            page.click(".o_navbar_apps_menu button")
            page.click_text(".o-dropdown--menu .o-dropdown-item", "Settings")
            page.click("#xero button[name=action_xero_connect]")
            page.sees("Log in to Xero")
            page.click("button[value=login]")
            page.sees("wants access")
            page.sees(self.tenant["name"])
            page.click("button[value=allow]")
            page.wait_for("location.pathname.startsWith('/odoo/xero-connections/')", "the connection's form")
            page.sees(self.tenant["name"])
            page.sees(email)
            page.sees("Connected")
            page.go_to("/odoo/settings")
            page.wait_for("!!document.querySelector('#xero button[name=action_xero_test]')", "Test Xero")
            page.sees(self.tenant["name"])
            page.sees(email)
            page.sees("Setup and Authenticate")
            page.click("#xero button[name=action_xero_test]")
            page.sees("has all the rights that are needed")
            page.go_to(f"/odoo/customer-invoices/{invoice.id}")
            page.click(".o_statusbar_buttons button[name=action_post]:not(.d-none)")
            page.sees("Waiting")
            self.assertLessEqual(page.clicks, MOST_CLICKS)
        connection = self.company._xero_connection()
        with self.enter_registry_test_mode():
            connection.export_cron_id.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(invoice.xero_state, "synced")
        self.assertIn(invoice.name, str(self.xero.state("Invoices", connection.tenant_id)))
        self.assertEqual(connection.state, "connected")
        self.assertEqual(connection.authorised_email, email)
        self.assertFalse(connection.client_id or connection.has_client_secret)

    def _draft(self):
        """An invoice of the new company, which is Odoo's part of the way."""
        customer = self.env["res.partner"].create({"name": "Ridgeway University", "email": "pay@ridgeway.nz"})
        lines = [(0, 0, {"name": "Workshop", "price_unit": 100.0, "tax_ids": self.company.account_sale_tax_id.ids})]
        invoice = {"move_type": "out_invoice", "partner_id": customer.id, "invoice_line_ids": lines}
        return self.env["account.move"].create({**invoice, "company_id": self.company.id})


@tagged("post_install", "-at_install")
class TestDeletionInBrowser(BrowserCase):
    def test_delete_asks_and_then_refuses(self):
        """S4-92, S4-93, S4-94: Delete asks first; confirming says that the record is synced and cannot be deleted."""
        self._connect()
        partner = self.env["res.partner"].create({"name": "Ridgeway University"})
        self.env["xero.binding"]._record_many(
            self.connection,
            [
                {
                    "model": "res.partner",
                    "res_id": partner.id,
                    "resource": "Contacts",
                    "external_id": "c-1",
                    "code": "R1",
                }
            ],
        )
        new_test_user(
            self.env,
            "contact.manager",
            groups="base.group_user,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        refusal = "cannot be deleted because it is synced with Xero"
        with self._browsing("contact.manager", f"/odoo/res.partner/{partner.id}", [refusal]) as page:
            page.click(".o_cp_action_menus button")
            page.click_text(".o-dropdown--menu .o-dropdown-item", "Delete")
            page.sees("It will be gone forever!")
            page.click_text(".modal-footer button", "Delete")
            page.sees(refusal)
        self.assertTrue(partner.exists())


class ErrorsInBrowserCase(BrowserCase):
    def setUp(self):
        super().setUp()
        self._connect()
        self.connection.sync_from_date = "2020-01-01"
        self.customer = self.env["res.partner"].create({"name": "Ridgeway University", "email": "pay@ridgeway.nz"})

    def _person(self, login, groups):
        return new_test_user(
            self.env, login, groups=groups, company_id=self.company.id, company_ids=[(6, 0, self.company.ids)]
        )

    def _invoice(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "invoice_line_ids": [(0, 0, {"name": "Workshop", "price_unit": 100.0, "tax_ids": False})],
            }
        )
        invoice.action_post()
        return invoice

    def _export(self):
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.connection.export_cron_id.method_direct_trigger()
        self.env.invalidate_all()

    def _unmap(self, invoice):
        account = invoice.invoice_line_ids.account_id
        self.env["xero.account.mapping"].search([("account_id", "=", account.id)]).unlink()
        return account

    def _issues(self):
        return self.env["xero.issue"].search([("connection_id", "=", self.connection.id), ("state", "=", "open")])


BANNER = "document.querySelector('.o_navbar .o_xero_error_banner')"


@tagged("post_install", "-at_install")
class TestErrorsInBrowser(ErrorsInBrowserCase):
    def test_banner_to_green_in_two_clicks(self):
        """S4-59, S4-60, S2-53: View errors, then the suggested account; the invoice goes, the banner is gone."""
        self._person("chief", "account_xero.group_xero_administrator,account.group_account_manager")
        invoice = self._invoice()
        account = self._unmap(invoice)
        self._export()
        self.assertEqual(self._issues().code, "account_unmapped")
        with self._browsing("chief", "/odoo/discuss") as page:
            page.sees("1 error keeps records from being synced with Xero.")
            page.click(".o_xero_view_errors")
            page.click(".o_xero_use_suggestion")
            page.sees("What waited for it is on its way to Xero.")
        self.assertFalse(self._issues())
        self.assertTrue(self.env["xero.account.mapping"].search([("account_id", "=", account.id)]).xero_account_id)
        self._export()
        self.assertEqual(invoice.xero_state, "synced")
        self.assertIn(invoice.name, str(self.xero.state("Invoices", self.connection.tenant_id)))
        with self._browsing("chief", "/odoo/discuss") as page:
            page.wait_for("!!document.querySelector('.o_main_navbar .o_menu_brand')", "the app")
            self.assertFalse(page.evaluate(f"!!{BANNER}"))

    def test_banner_for_a_sales_user(self):
        """S4-59, S4-60, S4-61, S4-62: without rights to Xero too: in every app, no names in it, and straight to the
        record with the red message and what to do; hidden for the session it stays away."""
        self._person("seller", "base.group_user,base.group_partner_manager")
        self.customer.email = "nobody@nowhere"
        self._invoice()
        self._export()
        with self._browsing("seller", "/odoo/discuss") as page:
            text = page.wait_for(f"{BANNER}?.innerText", "the banner")
            self.assertNotIn("Ridgeway", text)
            lies_above = f"{BANNER}.getBoundingClientRect().bottom"
            content = "document.querySelector('.o_action_manager').getBoundingClientRect().top"
            self.assertLessEqual(page.evaluate(lies_above), page.evaluate(content) + 1)
            page.press_on(".o_xero_view_errors", "Enter")
            page.wait_for("!!document.querySelector('.o_form_view .alert-danger')", "the red message")
            page.sees("The e-mail address nobody@nowhere of Ridgeway University is not complete")
            page.sees("Correct or empty the e-mail address on the contact.")
            page.click(".o_xero_dismiss")
            page.wait_for(f"!{BANNER}", "the banner to go")
            page.go_to("/odoo/discuss")
            page.wait_for("!!document.querySelector('.o_main_navbar .o_menu_brand')", "the app")
            self.assertFalse(page.evaluate(f"!!{BANNER}"))

    def test_tabs_of_the_connection(self):
        """S4-63, S4-64, S4-65: the tabs list what waits, what was synced, and what failed with a way out."""
        self._person("chief", "account_xero.group_xero_administrator,account.group_account_manager")
        synced = self._invoice()
        self._export()
        self.customer.email = "nobody@nowhere"
        self._export()
        waiting = self._invoice()
        self.env.cr.flush()
        # Read before the browser comes: its requests share this transaction, and roll back parts of it.
        in_queue, in_history = waiting.name, synced.name
        with self._browsing("chief", f"/odoo/xero-connections/{self.connection.id}") as page:
            page.click_text(".o_notebook_headers a", "Export Queue")
            page.sees(in_queue)
            page.click_text(".o_notebook_headers a", "Import/Export History")
            page.sees(in_history)
            page.sees("Created")
            page.click_text(".o_notebook_headers a", "Unresolved Errors")
            page.sees("Ridgeway University")
            page.sees("Correct or empty the e-mail address on the contact.")
            page.click_text(".o_field_widget[name=issue_tab_ids] button", "Retry")
            page.wait_for("!document.body.innerText.includes('Correct or empty the e-mail')", "the retried error to go")
        self.assertFalse(self._issues())
