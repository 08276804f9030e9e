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
    const walker = document.createTreeWalker(document.querySelector(".o_action_manager"), NodeFilter.SHOW_TEXT);
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
        const wide = box.right > end + 2;
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
    :ivar narrow: whether it is taken at 390 pixels too
    """

    name: str
    path: str
    ready: str
    tab: str = ""
    narrow: bool = True


FORM, LIST = ".o_form_view .o_form_sheet", ".o_list_view .o_data_row"
RECORDS = ".o_list_view .o_data_row, .o_kanban_record:not(.o_kanban_ghost)"
SCREENS = (
    Screen("dashboard", "xero-dashboard", ".o_xero_card canvas"),
    Screen("sharing", "xero-sharing", ".o_xero_matrix"),
    Screen("settings", "action-account_xero.xero_settings_action", "#xero_organisation"),
    Screen("connection", "xero-connections/{connection}", FORM),
    Screen("schedule", "xero-connections/{connection}", FORM, "Schedule"),
    Screen("queue", "xero-connections/{connection}", FORM, "Export Queue"),
    Screen("history", "xero-connections/{connection}", FORM, "Import/Export History"),
    Screen("errors", "xero-connections/{connection}", FORM, "Unresolved Errors"),
    Screen("owners", "xero-connections/{connection}", FORM, "Who Owns What"),
    Screen("issue", "action-account_xero.xero_issue_action/{issue}", FORM),
    Screen("invoice", "account.move/{invoice}", FORM, "Xero"),
    Screen("contact", "res.partner/{partner}", FORM, "Xero"),
    Screen("product", "product.template/{product}", FORM, "Xero"),
    Screen("accounts", "action-account_xero.xero_account_mapping_action", RECORDS),
    Screen("taxes", "action-account_xero.xero_tax_mapping_action", RECORDS),
    Screen("journals", "action-account_xero.xero_journal_mapping_action", RECORDS),
    Screen("figures", "xero-figures", ".o_list_view", narrow=False),
    Screen("requests", "action-account_xero.xero_request_action", RECORDS, narrow=False),
    Screen("stock", "action-account_xero.xero_stock_document_action", ".o_view_controller", narrow=False),
)


def take(context: Context, page: Page, folder: Path) -> list[str]:
    """Fill the context's company, take all pictures into `folder`; what is wrong with them, in words."""
    facts = _fill(context)
    folder.mkdir(parents=True, exist_ok=True)
    _log_in(page, context)
    wrong = []
    for screen in SCREENS:
        for width in (WIDE, NARROW) if screen.narrow else (WIDE,):
            wrong += _take(page, context, screen, facts, width, folder)
    return wrong


def _fill(context: Context) -> dict:
    demo = Demo(context)
    demo.prepare()
    demo.connect()
    demo.export()
    demo.pay_on_both_sides()
    demo.stock()
    facts = context.odoo_shell(SETUP, connection=demo.prepared["connection_id"])
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
    time.sleep(1.5)  # charts, avatars and fonts
    height = page.script(
        "Math.max(...[...document.querySelectorAll('.o_action_manager, .o_action_manager *')].map(e => "
        "['auto', 'scroll'].includes(getComputedStyle(e).overflowY) && e.clientHeight > 300 ? e.scrollHeight + "
        "e.getBoundingClientRect().top : 0), document.documentElement.scrollHeight)"
    )
    page.resize(width, int(min(most, max(least, height))))
    time.sleep(0.7)
    path = folder / f"{screen.name}-{width}.png"
    path.write_bytes(small(page.picture(), colours=64))
    say(f"· {path.name}, {path.stat().st_size // 1000} kB")
    wrong = [f"{path.name}: the text {text!r} overflows" for text in page.script(OVERFLOWING)]
    if page.width() > width:
        wrong.append(f"{path.name}: the page is {page.width()} pixels wide")
    return wrong
