"""Where this package may send tokens and books to: Xero's own hosts, or a simulator on this machine."""

import ipaddress
from dataclasses import dataclass

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from .outcomes import ForbiddenHost

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Endpoints:
    """Base addresses without trailing slash: consent page, token service, API (xero-api.md 1.1)."""

    login: str
    identity: str
    api: str

    @property
    def accounting(self) -> str:
        return self.api + "/api.xro/2.0"


LIVE = Endpoints(
    login="https://login.xero.com",
    identity="https://identity.xero.com",
    api="https://api.xero.com",
)


def simulator_endpoints(url: str) -> Endpoints:
    """Endpoints of a simulator that serves all of Xero's hosts below one address on this machine.

    :param url: e.g. "http://127.0.0.1:9000"
    :raises ForbiddenHost: the address is not a loopback address, or has a path, query or user in it
    """
    parsed = _parsed(url)
    if not _is_loopback(parsed):
        raise ForbiddenHost(
            f"{_shown(parsed)} is not an address of this machine; a simulator is taken on 127.0.0.1 or localhost"
        )
    if parsed.path not in (None, "/") or parsed.query or parsed.fragment:
        raise ForbiddenHost(f"{_shown(parsed)}: give the simulator's address without path, e.g. http://127.0.0.1:9000")
    base = _origin_text(parsed)
    return Endpoints(login=base, identity=base, api=base)


def check(url: str, endpoints: Endpoints) -> None:
    """Pass only an address of `endpoints`, and only endpoints that are Xero's or on this machine.

    Parsed with the parser of the library that sends, so that both see the same host.

    :raises ForbiddenHost: for any other address
    """
    parsed = _parsed(url)
    origin = _origin(parsed)
    ours = {_origin(_parsed(base)) for base in (endpoints.login, endpoints.identity, endpoints.api)}
    if origin not in ours or not (origin in _LIVE_ORIGINS or _is_loopback(parsed)):
        raise ForbiddenHost(f"{_shown(parsed)} is neither a host of Xero nor the simulator; nothing was sent")


def is_loopback(url: str) -> bool:
    """Whether an address points at this machine."""
    return _is_loopback(_parsed(url))


def _parsed(url: str) -> Url:
    try:
        parsed = parse_url(url)
    except LocationParseError as error:
        raise ForbiddenHost("The address cannot be read; nothing was sent") from error
    if parsed.scheme not in _DEFAULT_PORTS or not parsed.host or parsed.auth:
        raise ForbiddenHost(f"{_shown(parsed)} is not a plain http or https address; nothing was sent")
    return parsed


def _origin(parsed: Url) -> tuple[str, str, int]:
    return parsed.scheme, parsed.host.lower(), parsed.port or _DEFAULT_PORTS[parsed.scheme]


def _origin_text(parsed: Url) -> str:
    return Url(scheme=parsed.scheme, host=parsed.host, port=parsed.port).url


def _shown(parsed: Url) -> str:
    """The address as an error may show it: without user, path and query."""
    return Url(scheme=parsed.scheme, host=parsed.host, port=parsed.port).url or "An empty address"


def _is_loopback(parsed: Url) -> bool:
    host = parsed.host.strip("[]").lower()
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_LIVE_ORIGINS = frozenset(_origin(_parsed(base)) for base in (LIVE.login, LIVE.identity, LIVE.api))
