"""What stands around a client: a person who consents in a browser, the app that exchanges the code, room for calls."""

import base64
import json
import re
import urllib.error
import urllib.parse
import urllib.request

CALLBACK = "http://localhost:3999/callback"
SCOPES = (
    "openid profile email offline_access accounting.settings accounting.contacts accounting.transactions "
    "accounting.attachments accounting.reports.read"
)
PAYROLL = " payroll.employees payroll.payruns payroll.payslip payroll.settings payroll.timesheets"


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the app's own address is not served by anyone."""

    def redirect_request(self, *_args):
        return None


def _open(address: str, form: dict | None = None, method: str | None = None, **headers):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay())
    data = form if form is None or isinstance(form, bytes) else urllib.parse.urlencode(form).encode()
    try:
        return opener.open(urllib.request.Request(address, data, headers, method=method))
    except urllib.error.HTTPError as answer:
        return answer


def _filled(page: str, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def make_room(url: str) -> None:
    """Raise the 60 calls a minute, so that scripts can be run one straight after another."""
    _open(f"{url}/_sim/limits", json.dumps({"minute": 1000}).encode(), "PUT").close()


def app(url: str) -> tuple[str, str]:
    """Id and secret of the simulator's first app."""
    with _open(f"{url}/_sim/apps") as answer:
        first = json.load(answer)[0]
    return first["client_id"], first["client_secret"]


def consent(address: str) -> str:
    """Log in as the person whom the page suggests, and allow access; where the browser is sent back to."""
    with _open(address) as answer:
        door = answer.read().decode()
    login = {"email": _filled(door, "email"), "password": _filled(door, "password"), "action": "login"}
    with _open(address, login) as answer:
        page = answer.read().decode()
    allow = {"session": _filled(page, "session"), "tenant_id": _filled(page, "tenant_id"), "action": "allow"}
    with _open(address, allow) as answer:
        return answer.headers["Location"]


def authorize(url: str, client_id: str, scopes: str, state: str) -> str:
    """The address that an app sends a person to."""
    query = {"response_type": "code", "client_id": client_id, "redirect_uri": CALLBACK, "scope": scopes, "state": state}
    return f"{url}/identity/connect/authorize?{urllib.parse.urlencode(query)}"


def exchange(url: str, client: tuple[str, str], back: str) -> dict:
    """Tokens for the code in the address that the browser was sent back to."""
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    basic = base64.b64encode(":".join(client).encode()).decode()
    with _open(f"{url}/connect/token", form, Authorization=f"Basic {basic}") as answer:
        return json.load(answer)
