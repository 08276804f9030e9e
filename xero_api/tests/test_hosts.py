import pytest

from xero_api import hosts, oauth
from xero_api.client import XeroClient
from xero_api.outcomes import ForbiddenHost

LOCAL = hosts.simulator_endpoints("http://127.0.0.1:9000")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000", "http://localhost:9000/", "https://[::1]:9000"])
def test_a_simulator_is_accepted_on_this_machine(url):
    endpoints = hosts.simulator_endpoints(url)
    assert endpoints.login == endpoints.identity == endpoints.api == url.rstrip("/")
    hosts.check(endpoints.accounting, endpoints)


@pytest.mark.parametrize(
    "url",
    [
        "http://192.168.1.7:9000",
        "http://simulator.example",
        "http://127.0.0.1.example:9000",
        "http://127.0.0.1@books.example",
        "http://user:secret@127.0.0.1:9000",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "127.0.0.1:9000",
        "http://127.0.0.1:9000/api.xro/2.0",
        "http://[::1",
        "",
    ],
)
def test_anything_else_is_no_simulator(url):
    with pytest.raises(ForbiddenHost) as caught:
        hosts.simulator_endpoints(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://api.xero.com/api.xro/2.0/Invoices", "https://identity.xero.com:443/connect/token"]
)
def test_xeros_hosts_pass(url):
    hosts.check(url, hosts.LIVE)


@pytest.mark.parametrize(
    ("url", "endpoints"),
    [
        ("http://api.xero.com/connections", hosts.LIVE),
        ("https://api.xero.com:8443/connections", hosts.LIVE),
        ("https://api.xero.com@books.example/", hosts.LIVE),
        ("https://api.xero.com.books.example/", hosts.LIVE),
        ("https://books.example\\@api.xero.com/", hosts.LIVE),
        ("http://127.0.0.1:9000/connections", hosts.LIVE),
        ("https://api.xero.com/connections", LOCAL),
        ("http://127.0.0.1:9001/connections", LOCAL),
        ("https://books.example/", hosts.Endpoints(*["https://books.example"] * 3)),
    ],
)
def test_no_other_address_passes(url, endpoints):
    with pytest.raises(ForbiddenHost):
        hosts.check(url, endpoints)


def test_nothing_is_sent_to_a_foreign_host():
    foreign = hosts.Endpoints(*["https://books.example"] * 3)
    with pytest.raises(ForbiddenHost):
        XeroClient(foreign, "token", "tenant")
    with pytest.raises(ForbiddenHost):
        oauth.refresh(foreign, client_id="id", client_secret="secret", refresh_token="token")
    with pytest.raises(ForbiddenHost):
        oauth.list_connections(foreign, "token")
