"""The look whether any text overflows, at a page on which some does; and what every screen of ours has to have."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import etree

from tools import chromium

PROGRAM = chromium.find()
STATIC = Path(__file__).parents[2] / "static" / "src"
TEMPLATES, STYLES = sorted(STATIC.rglob("*.xml")), sorted(STATIC.rglob("*.scss"))
BANNER = "error_banner.scss"  # white on its own red, which can be read in a light and in a dark theme
PAGE = """<body style="margin:0"><div class="o_action_manager" style="width:300px">
<div style="width:80px">Averyveryverylongwordthatcannotbreak</div>
<div style="width:80px;height:20px;overflow:hidden">Text that is cut at the lower edge of its box</div>
<div style="position:relative;left:1200px;width:200px">Beyond the screen</div>
<div style="width:80px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap">Cut with dots on purpose</div>
<div style="width:80px;overflow:auto">Scrollableveryverylongwordthatcannotbreak</div>
<div style="display:none;width:20px">Hiddenveryverylongwordthatcannotbreak</div>
<div style="width:90px;white-space:pre-wrap">Its space hangs over</div>
<div>Fine, and wrapped over as many lines as it needs to be read by somebody</div>
</div><p>Beside the screens of the connector</p></body>"""


@pytest.mark.skipif(PROGRAM is None, reason=f"no Chromium on this machine: {chromium.REMEDY}")
def test_text_that_overflows_is_found():
    from tools.browser import browsing
    from tools.screens_odoo import OVERFLOWING

    with browsing(PROGRAM) as page:
        page.open(f"data:text/html,{quote(PAGE)}")
        found = page.script(OVERFLOWING)
    assert [text.split()[0] for text in found] == ["Averyveryverylongwordthatcannotbreak", "Text", "Beyond"]


def _says(node) -> bool:
    """Whether somebody who does not see the element is told what it is."""
    named = {"aria-label", "t-att-aria-label"} & set(node.attrib)
    written = "".join(node.itertext()).strip() or node.xpath(".//*[@t-out]") or node.get("t-out")
    return bool(named or node.tag == "button" and written)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_the_keyboard_reaches_what_can_be_pressed(path):
    nodes = [node for node in etree.parse(path).iter() if isinstance(node.tag, str)]
    pressed = [node for node in nodes if "t-on-click" in node.attrib]
    assert {node.tag for node in pressed} <= {"button"}
    controls = [node for node in nodes if node.tag in ("button", "input", "select", "canvas")]
    assert [etree.tostring(node)[:80] for node in controls if not _says(node)] == []


@pytest.mark.parametrize("path", [one for one in STYLES if one.name != BANNER], ids=lambda path: path.name)
def test_colours_are_those_of_the_theme(path):
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)", path.read_text()) == []
