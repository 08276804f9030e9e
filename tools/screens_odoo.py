"""Pictures of the connector's screens in Odoo, wide and narrow, and a look whether any text overflows.

Taken from a demo company whose books were synced with a simulated Xero, some of it gone wrong on purpose.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from .browser import Page
from .context import Context
from .demo import Demo
from .progress import say
from .screens import small

WIDE, NARROW = 1280, 390
HEIGHTS = {WIDE: (800, 1700), NARROW: (844, 2400)}  # at least and at most
SETUP = "tools/odoo_scripts/screens.py"
PAYROLL = "tools/odoo_scripts/screens_payroll.py"

# Text that is wider or higher than what holds it, unless it is cut with dots or can be scrolled to. Odoo's own bar and
# its chatter are not ours.
OVERFLOWING = """(() => {
    const shown = (node) => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
    const scrolls = (node) => {
        for (let e = node; e && e !== document.body; e = e.parentElement) {
            const style = getComputedStyle(e);
            if (["auto", "scroll"].includes(style.overflowX) && e.scrollWidth > e.clientWidth) { return true; }
            if (style.textOverflow === "ellipsis") { return true; }
            if (e.matches(".visually-hidden, .o-mail-Chatter, .o_select_menu")) { return true; }
        }
        return false;
    };
    const found = [];
    const looked = document.querySelector(".modal-content") || document.querySelector(".o_action_manager");
    const walker = document.createTreeWalker(looked, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode, holder = text.parentElement;
        if (!text.data.trim() || !shown(holder)) { continue; }
        const range = document.createRange();
        range.selectNodeContents(text);
        const box = range.getBoundingClientRect();
        let block = holder;
        while (block && getComputedStyle(block).display.startsWith("inline")) { block = block.parentElement; }
        const frame = block.getBoundingClientRect();
        const end = Math.min(innerWidth, frame.right);
        // At the end of a line of text that keeps its spaces one of them hangs over.
        const { whiteSpace, fontSize } = getComputedStyle(holder);
        const hangs = whiteSpace === "pre-wrap" ? parseFloat(fontSize) / 2 : 2;
        const wide = box.right > end + hangs;
        const cut = getComputedStyle(block).overflow === "hidden" && block.scrollHeight > block.clientHeight + 6;
        if ((wide || cut) && box.width && !scrolls(holder)) { found.push(text.data.trim().slice(0, 60)); }
    }
    return found;
})()"""


@dataclass(frozen=True)
class Screen:
    """One picture.

    :ivar path: below /odoo/; names in braces are filled in from what the script of the setup answered
    :ivar ready: a selector that is there once the page is
    :ivar tab: words of a page of the form to open first
    :ivar part: a selector of what is shown of a page that is longer than a picture
    :ivar clicks: what is clicked after that, each a selector; a dialog is looked at alone
    """

    name: str
    path: str
    ready: str
    tab: str = ""
    clicks: tuple[str, ...] = ()
    part: str = ""


FORM, DIALOG = ".o_form_view .o_form_sheet", ".modal .modal-footer button"
RECORDS = ".o_list_view .o_data_row, .o_kanban_record:not(.o_kanban_ghost)"
CONNECTION, INVOICE = "xero-connections/{connection}", "account.move/{invoice}"


def _action(name: str) -> str:
    return f"action-account_xero.xero_{name}_action"


def _records(name: str, action: str) -> Screen:
    return Screen(name, _action(action), RECORDS)


def _payroll(name: str, action: str) -> Screen:
    return Screen(name, f"action-account_xero_payroll.xero_{action}_action", RECORDS)


def _button(action: str) -> str:
    return f"button[name={action}]"


SCREENS = (
    Screen("dashboard", "xero-dashboard", ".o_xero_card canvas"),
    Screen("sharing", "xero-sharing", ".o_xero_matrix"),
    Screen("settings", _action("settings"), "#xero_organisation"),
    Screen("guide", "xero-connections/{draft}?cids={companies}", FORM),
    Screen("connections", "xero-connections?cids={companies}", RECORDS),
    Screen("connection", CONNECTION, FORM),
    Screen("coverage", CONNECTION, FORM, "Mappings"),
    Screen("schedule", CONNECTION, FORM, "Schedule"),
    Screen("template", CONNECTION, FORM, "Schedule", ("button:has(.fa-magic)", DIALOG)),
    Screen("queue", CONNECTION, FORM, "Export Queue"),
    Screen("history", CONNECTION, FORM, "Import/Export History"),
    Screen("errors", CONNECTION, FORM, "Unresolved Errors"),
    Screen("owners", CONNECTION, FORM, "Who Owns What"),
    Screen("personal-data", CONNECTION, FORM, "Settings", (_button("action_xero_personal_data"), DIALOG)),
    Screen("first-load", "xero-first-load/{load}", FORM),
    Screen("issue", f"{_action('issue')}/{{issue}}", FORM),
    Screen("invoice", INVOICE, FORM, "Xero"),
    Screen("preview", "account.move/{waiting}", FORM, "Xero", (_button("action_xero_preview"), ".o_xero_preview")),
    Screen("older", "account.move/{older}", FORM, "Xero", (_button("action_xero_export"), DIALOG)),
    Screen("unlink", INVOICE, FORM, "Xero", (_button("action_xero_unlink"), DIALOG)),
    Screen("contact", "res.partner/{partner}", FORM, "Xero"),
    Screen("what-leaves", "res.partner/{partner}", FORM, "Xero", (_button("action_xero_what_leaves"), DIALOG)),
    Screen("product", "product.template/{product}", FORM, "Xero"),
    _records("accounts", "account_mapping"),
    _records("taxes", "tax_mapping"),
    _records("journals", "journal_mapping"),
    _records("currencies", "currency_mapping"),
    Screen("tracking", _action("tracking_mapping"), ".o_view_controller"),
    Screen("warehouses", _action("warehouse_mapping"), ".o_view_controller"),
    _records("fields", "field_mapping"),
    Screen("field", "xero-field-mappings/{mapping}", FORM),
    _records("all-queue", "outbox"),
    _records("all-history", "history"),
    _records("all-errors", "issue"),
    _records("requests", "request"),
    _records("figures", "figure"),
    Screen("stock", _action("stock_document"), ".o_view_controller"),
    Screen("stock-compared", _action("stock_level"), ".o_view_controller"),
    _records("xero-accounts", "account"),
    _records("xero-tax-rates", "tax_rate"),
    Screen("dashboard-payroll", "xero-dashboard", ".o_xero_card canvas", part='[data-card="employees"]'),
    Screen("payroll-settings", CONNECTION, FORM, "Settings", part='[name="allow_payroll"]'),
    Screen("employee", "hr.employee/{employee}", FORM, "Xero"),
    _payroll("timesheets", "timesheet"),
    _payroll("pay-runs", "pay_run"),
    _payroll("pay-items", "pay_item"),
    _payroll("pay-calendars", "pay_calendar"),
)


def take(context: Context, page: Page, folder: Path) -> list[str]:
    """Fill the context's company, take all pictures into `folder`; what is wrong with them, in words."""
    facts = _fill(context)
    folder.mkdir(parents=True, exist_ok=True)
    _log_in(page, context)
    wrong = []
    for screen in SCREENS:
        for width in (WIDE, NARROW):
            wrong += _take(page, context, screen, facts, width, folder)
    return wrong


def _fill(context: Context) -> dict:
    demo = Demo(context)
    demo.prepare()
    # The rights to the payroll are asked for with the others; hours wait until there are some worth a picture.
    connection = demo.prepared["connection_id"]
    payroll = {"allow_payroll": True, "send_timesheets": False, "send_leave": False}
    context.rpc("xero.connection", "write", [connection], payroll)
    demo.connect()
    demo.export()
    demo.pay_on_both_sides()
    demo.stock()
    facts = context.odoo_shell(SETUP, connection=connection)
    context.odoo_shell(PAYROLL, connection=connection, step="hours")
    demo.xero.steering.act("run-payroll", calendar="Weekly")
    facts |= context.odoo_shell(PAYROLL, connection=connection, step="paid")
    context.rpc("xero.figure", "action_refresh")
    return facts


def _log_in(page: Page, context: Context) -> None:
    page.resize(WIDE, 800)
    page.open(f"{context.odoo_url}/web/login")
    fill = "document.querySelector('#login').value = '{}'; document.querySelector('#password').value = '{}';"
    page.script(fill.format(context.login, context.password))
    page.click("button[type=submit]")
    page.wait(".o_main_navbar")


def _take(page: Page, context: Context, screen: Screen, facts: dict, width: int, folder: Path) -> list[str]:
    least, most = HEIGHTS[width]
    page.resize(width, least)
    page.open(f"{context.odoo_url}/odoo/{screen.path.format(**facts)}")
    page.wait(screen.ready)
    if screen.tab:
        tabs = "[...document.querySelectorAll('.o_notebook_headers a')]"
        page.script(f"{tabs}.find(e => e.innerText.trim() === {json.dumps(screen.tab)}).click()")
    for number, selector in enumerate(screen.clicks):
        page.wait(selector)
        if number < len(screen.clicks) - 1:
            page.choose(selector)
    time.sleep(1.5)  # charts, avatars and fonts
    height = page.script(
        "Math.max(...[...document.querySelectorAll('.o_action_manager, .o_action_manager *, .modal, .modal *')].map("
        "e => ['auto', 'scroll'].includes(getComputedStyle(e).overflowY) && e.clientHeight > 300 ? e.scrollHeight + "
        "e.getBoundingClientRect().top : 0), document.documentElement.scrollHeight)"
    )
    page.resize(width, int(min(most, max(least, height))))
    time.sleep(0.7)
    if screen.part:
        page.script(f"document.querySelector({json.dumps(screen.part)})?.scrollIntoView()")
    path = folder / f"{screen.name}-{width}.png"
    path.write_bytes(small(page.picture(), colours=128))
    say(f"· {path.name}, {path.stat().st_size // 1000} kB")
    wrong = [f"{path.name}: the text {text!r} overflows" for text in page.script(OVERFLOWING)]
    if page.width() > width:
        wrong.append(f"{path.name}: the page is {page.width()} pixels wide")
    return wrong
