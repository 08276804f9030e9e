"""A browser's part of connecting: Odoo's button, Xero's login and consent pages, and back."""

from __future__ import annotations

import re

import requests

from ..context import Context
from ..trouble import Trouble


def connect(context: Context, connection_id: int) -> None:
    """Press *Connect to Xero* and allow access to the first organisation. Raises Trouble where it is refused."""
    action = context.rpc("xero.connection", "action_connect", [connection_id])
    start = context.session.get(context.odoo_url + action["url"], allow_redirects=False, timeout=60)
    page = requests.get(_location(start), timeout=60)
    page = requests.post(page.url, data={**_form(page.text), "action": "login"}, timeout=60)
    tenant = context.simulator["tenants"][0]["tenant_id"]
    fields = {**_form(page.text), "tenant_id": tenant, "action": "allow"}
    back = requests.post(page.url, data=fields, allow_redirects=False, timeout=60)
    done = context.session.get(_location(back), timeout=120)
    [connection] = context.rpc("xero.connection", "read", [connection_id], ["state", "organisation_name"])
    if connection["state"] != "connected":
        raise Trouble(f"Odoo did not connect: {re.sub('<[^>]+>', ' ', done.text)[:800]}")


def _location(answer: requests.Response) -> str:
    if "Location" not in answer.headers:
        raise Trouble(f"{answer.url} answered {answer.status_code} and did not lead on: {answer.text[:400]}")
    return answer.headers["Location"]


def _form(html: str) -> dict[str, str]:
    """What a browser would send of the page's form: inputs with their values."""
    inputs = re.findall(r"<input\b[^>]*>", html)
    attributes = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in inputs]
    return {tag["name"]: tag.get("value", "") for tag in attributes if tag.get("type") != "radio" and "name" in tag}
