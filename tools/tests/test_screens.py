"""The look whether any text overflows, at a page on which some does."""

from urllib.parse import quote

import pytest

from tools import chromium

PROGRAM = chromium.find()
PAGE = """<body style="margin:0"><div class="o_action_manager" style="width:300px">
<div style="width:80px">Averyveryverylongwordthatcannotbreak</div>
<div style="width:80px;height:20px;overflow:hidden">Text that is cut at the lower edge of its box</div>
<div style="position:relative;left:1200px;width:200px">Beyond the screen</div>
<div style="width:80px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap">Cut with dots on purpose</div>
<div style="width:80px;overflow:auto">Scrollableveryverylongwordthatcannotbreak</div>
<div style="display:none;width:20px">Hiddenveryverylongwordthatcannotbreak</div>
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
