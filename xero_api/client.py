"""The Accounting API of one organisation: dicts in, `Answer` out, outcomes as exceptions.

Calls go through xero-python's `AccountingApi`, which knows Xero's addresses, verbs and headers; bodies leave and
answers come in through our own `codec`, because xero-python turns Decimals into floats on the way out, and refuses
values that Xero has added since its release on the way in.
"""

import inspect
import logging
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urlencode

import certifi
import requests
import urllib3
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token
from xero_python.rest import RESTClientObject

from . import answers, classify, codec, hosts, methods, payroll2, redact
from .answers import Answer, Call, Element, Remaining
from .classify import Reply, Trouble
from .files import File
from .outcomes import InDoubt, XeroError
from .paths import path_of

__all__ = ["Answer", "Call", "Element", "Remaining", "XeroClient", "path_of"]

_logger = logging.getLogger(__name__)

MAX_PAGE_SIZE = 1000
# What Xero takes when nothing is asked for (xero-api.md 2.2).
DEFAULT_PAGE_SIZE = 100
MAX_KEY_LENGTH = 128
CONNECT_TIMEOUT = 10.0
JSON = "application/json"

# Parameters that xero-python joins from lists itself.
_LISTS = frozenset({"IDs", "InvoiceNumbers", "ContactIDs", "Statuses", "References"})
# Sent by default wherever xero-python's method knows them (xero-api.md 3.6, 3.7).
_WRITE_DEFAULTS = {"summarizeErrors": "false", "unitdp": "4"}
_READ_DEFAULTS = {"unitdp": "4"}


class XeroClient:
    """Calls for one organisation. One client belongs to one thread; close it, or use it in a `with`.

    Every method raises a subclass of `outcomes.XeroError` where the call did not succeed as a whole.
    """

    def __init__(
        self,
        endpoints: hosts.Endpoints,
        access_token: str,
        tenant_id: str,
        *,
        timeout: float = 30,
        before: Callable[[], None] | None = None,
        on_answer: Callable[[Call], None] | None = None,
        told: Collection[str] = ("GET", "PUT", "POST", "DELETE"),
        roots: Mapping[str, str] | None = None,
    ):
        """
        :param tenant_id: the organisation's "tenantId"
        :param timeout: seconds to wait for each part of an answer
        :param before: called before every call; what it raises keeps the call from leaving
        :param on_answer: called after every call, failed ones too, with a redacted `answers.Call`
        :param told: the verbs that `on_answer` is called for; redacting bodies takes time
        :param roots: resources that live outside the Accounting API, and where: {"Timesheets":
            "payroll.xro/1.0/Timesheets"}. They are about people: nothing that they say is told to `on_answer`, and
            bank accounts and tax numbers are taken out of what is returned
        :raises ForbiddenHost: at once, when the endpoints are neither Xero's nor on this machine
        """
        hosts.check(endpoints.accounting, endpoints)
        #: The token that this client uses, to tell which one was refused.
        self.access_token = access_token
        self._tenant_id = tenant_id
        self._timeout = timeout
        self._before = before
        self._on_answer = on_answer
        self._told = frozenset(told)
        self._roots = dict(roots or {})
        self._base = endpoints.api
        self._api_client = _api_client(endpoints, access_token)
        self._api = AccountingApi(self._api_client, base_url=endpoints.accounting)

    def __enter__(self) -> "XeroClient":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to Xero."""
        self._api_client.rest_client.close()

    # --- the verbs -----------------------------------------------------------------------------------------------

    def get(self, path: str, params: Mapping[str, Any] | None = None, modified_since: datetime | None = None) -> Answer:
        """Read.

        :param params: by Xero's own names ("where", "order", "page", "pageSize", "IDs", …); lists are joined by commas
        :param modified_since: a moment; a naive one is UTC
        """
        return self._call("GET", path, params=params, modified_since=modified_since)

    def put(self, path: str, body: Any, key: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Create, never overwrite (xero-api.md 3.1).

        :param body: a dict or list, sent exactly as written; money and quantities are Decimals; or a `files.File`
        :param key: idempotency key, at most 128 characters; kept for every attempt of the same intent
        """
        return self._call("PUT", path, body=body, key=key, params=params)

    def post(self, path: str, body: Any, key: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Update what the body or the path names; a known natural key is overwritten too (xero-api.md 3.1)."""
        return self._call("POST", path, body=body, key=key, params=params)

    def delete(self, path: str) -> Answer:
        """Delete. Xero takes no idempotency key here: in doubt, read the record again."""
        return self._call("DELETE", path)

    def pages(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        modified_since: datetime | None = None,
        page_size: int = MAX_PAGE_SIZE,
    ) -> Iterator[Answer]:
        """Read page after page, each when it is asked for; a resource that Xero does not page comes as one answer.

        :param params: "page" in it names the first page to read
        """
        given = dict(params or {})
        taken = self._query_arguments("GET", _segments(path))
        if "page" not in taken:
            yield self.get(path, given, modified_since)
            return
        size = {"pageSize": min(page_size, MAX_PAGE_SIZE)} if "page_size" in taken else {}
        page = int(given.pop("page", 1))
        while True:
            answer = self.get(path, {**given, **size, "page": page}, modified_since)
            yield answer
            if _is_last(answer, page, size.get("pageSize", DEFAULT_PAGE_SIZE)):
                return
            page += 1

    # --- one call ------------------------------------------------------------------------------------------------

    def _call(self, verb, path, *, params=None, body=None, key=None, modified_since=None) -> Answer:
        segments = _segments(path)
        outgoing = _Outgoing(
            verb=verb,
            path=path,
            segments=segments,
            query=self._query(verb, segments, params),
            body=_written(body),
            key=_checked_key(verb, key),
            modified_since=codec.modified_since(modified_since) if modified_since else None,
            mime_type=body.mime_type if isinstance(body, File) else JSON,
            root=self._roots.get(segments[0]),
        )
        if self._before:
            self._before()
        sent_at, started = time.time(), time.monotonic()
        reply = _exchange(outgoing, self._send)
        ms = round((time.monotonic() - started) * 1000)
        try:
            answer = replace(_read(reply, segments, body, ms, root=outgoing.root), sent_at=sent_at)
        except XeroError as error:
            self._record(outgoing, reply, sent_at, ms, type(error).__name__)
            raise
        self._record(outgoing, reply, sent_at, ms, "Done")
        return answer

    def _query_arguments(self, verb: str, segments: list[str]) -> frozenset[str]:
        """Arguments that xero-python's method for this call takes; empty where it has no method."""
        if segments[0] in self._roots:
            return frozenset()
        method, _identifiers = methods.method_of(verb, segments)
        return frozenset(inspect.signature(getattr(self._api, method)).parameters) if method else frozenset()

    def _query(self, verb: str, segments: list[str], params: Mapping[str, Any] | None) -> dict[str, str]:
        taken = self._query_arguments(verb, segments)
        defaults = _READ_DEFAULTS if verb == "GET" else _WRITE_DEFAULTS
        query = {name: value for name, value in defaults.items() if methods.argument_of(name) in taken}
        query.update({name: _query_text(value) for name, value in (params or {}).items() if value is not None})
        return query

    def _send(self, outgoing: "_Outgoing") -> urllib3.HTTPResponse:
        """Send by xero-python's method, or by the bare path where no method fits (a new resource or parameter)."""
        method, identifiers = methods.method_of(outgoing.verb, outgoing.segments)
        named = outgoing.arguments
        if (
            outgoing.root
            or method is None
            or not named.keys() <= self._query_arguments(outgoing.verb, outgoing.segments)
        ):
            return self._send_bare(outgoing)
        positional = [self._tenant_id, *identifiers]
        if outgoing.body is not None:
            positional.append(outgoing.body)
        return getattr(self._api, method)(*positional, **named, **self._options())

    def _send_bare(self, outgoing: "_Outgoing") -> urllib3.HTTPResponse:
        segments = outgoing.segments
        if outgoing.root:
            segments = [*outgoing.root.split("/"), *segments[1:]]
        names = [f"part{index}" for index in range(len(segments))]
        path = "".join(f"/{{{name}}}" for name in names)
        return self._api_client.call_api(
            self._base + path if outgoing.root else self._api.get_resource_url(path),
            outgoing.verb,
            dict(zip(names, segments, strict=True)),
            list(outgoing.query.items()),
            {"xero-tenant-id": self._tenant_id, "Accept": "application/json", **outgoing.headers},
            body=outgoing.body,
            auth_settings=["OAuth2"],
            **self._options(),
        )

    def _options(self) -> dict[str, Any]:
        # The raw answer itself is returned: xero-python's `last_response` is shared between calls.
        return {"_preload_content": False, "_return_http_data_only": True, "_request_timeout": self._timeout}

    def _record(self, outgoing: "_Outgoing", reply: Reply, sent_at: float, ms: int, outcome: str) -> None:
        if self._on_answer is None or outgoing.verb not in self._told:
            return
        call = Call(
            method=outgoing.verb,
            path=outgoing.path,
            params=redact.data(outgoing.query),
            key=outgoing.key,
            status=reply.status,
            outcome=outcome,
            sent_at=sent_at,
            ms=ms,
            limits=answers.remaining(reply.headers),
            correlation_id=reply.headers.get("Xero-Correlation-Id"),
            request_body=redact.body(outgoing.body, personal=True) if outgoing.is_told else "",
            response_body="" if outgoing.root else redact.body(reply.body, personal=True),
        )
        try:
            self._on_answer(call)
        except Exception:
            # The call has been made: a journal that fails must not turn its answer into a failure of the call.
            _logger.exception("The journal of calls failed for %s %s", reply.verb, reply.path)


@dataclass(frozen=True)
class _Outgoing:
    """One call, checked and written, ready to be sent."""

    verb: str
    path: str
    segments: list[str]
    query: dict[str, str]
    body: bytes | None
    key: str | None
    modified_since: str | None
    mime_type: str = JSON
    root: str | None = None

    @property
    def is_told(self) -> bool:
        """Whether the journal may have the body: no files, and nothing about people."""
        return self.mime_type == JSON and not self.root

    @property
    def arguments(self) -> dict[str, Any]:
        """As arguments of a method of xero-python."""
        named = {methods.argument_of(name): [text] if name in _LISTS else text for name, text in self.query.items()}
        extra = {"idempotency_key": self.key, "if_modified_since": self.modified_since}
        return named | {name: value for name, value in extra.items() if value is not None}

    @property
    def headers(self) -> dict[str, str]:
        """As headers of a call that xero-python does not know."""
        content_type = None if self.body is None else self.mime_type
        extra = {
            "Content-Type": content_type,
            "Idempotency-Key": self.key,
            "If-Modified-Since": self.modified_since,
        }
        return {name: value for name, value in extra.items() if value is not None}


# --- sending -----------------------------------------------------------------------------------------------------


class _Sender(RESTClientObject):
    """xero-python's HTTP layer with bodies as we wrote them, without retries, sleeping or redirects of its own.

    Its own pool obeys Retry-After by sleeping, which would hold a worker for hours at a daily limit; it also ignores
    timeouts that are floats.
    """

    def __init__(self, endpoints: hosts.Endpoints):
        self.endpoints = endpoints
        options = {"num_pools": 1, "maxsize": 1, "cert_reqs": ssl.CERT_REQUIRED, "ca_certs": certifi.where()}
        proxy = _proxy_for(endpoints.api)
        self.pool_manager = urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)

    def request(
        self,
        method,
        url,
        query_params=None,
        headers=None,
        body=None,
        post_params=None,
        _preload_content=False,
        _request_timeout=None,
    ):
        """Send one request and return urllib3's response, whatever its status.

        :raises ForbiddenHost: before anything is sent
        """
        hosts.check(url, self.endpoints)
        return self.pool_manager.request(
            method,
            f"{url}?{urlencode(query_params)}" if query_params else url,
            body=body,
            headers=headers,
            timeout=urllib3.Timeout(connect=min(CONNECT_TIMEOUT, _request_timeout), read=_request_timeout),
            retries=False,
            redirect=False,
            preload_content=False,
        )

    def close(self) -> None:
        self.pool_manager.clear()


def _api_client(endpoints: hosts.Endpoints, access_token: str) -> ApiClient:
    configuration = Configuration()
    # Set on our copy: the class hands out copies of one shared instance and ignores later arguments.
    configuration.oauth2_token = OAuth2Token()
    # Without "expires_at" xero-python takes the token as it is and never refreshes by itself.
    token = {"access_token": access_token, "scope": "", "expires_in": 0, "token_type": "Bearer"}
    api_client = ApiClient(configuration, oauth2_token_getter=lambda: token)
    api_client.rest_client = _Sender(endpoints)
    # Xero bills what it sends above a monthly amount (xero-api.md 1.7).
    api_client.set_default_header("Accept-Encoding", "gzip")
    return api_client


def _proxy_for(url: str) -> str | None:
    """Proxy of the environment (HTTPS_PROXY, NO_PROXY), by the rules that `requests` uses for our token calls."""
    if hosts.is_loopback(url):
        return None
    return requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))


def _exchange(outgoing: _Outgoing, send: Callable[[_Outgoing], urllib3.HTTPResponse]) -> Reply:
    """Send, read to the last byte, and put into words whatever goes wrong."""
    verb, path = outgoing.verb, outgoing.path
    try:
        response = send(outgoing)
        body = response.read(decode_content=True)
        response.release_conn()
    except urllib3.exceptions.HTTPError as error:
        return Reply(verb, path, trouble=_trouble(error), detail=type(error).__name__)
    except OSError as error:
        return Reply(verb, path, trouble=Trouble.LOST, detail=type(error).__name__)
    return Reply(verb, path, response.status, response.headers, body)


# Failures that can only happen before a byte of the request has left.
_UNSENT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
    urllib3.exceptions.LocationValueError,
)


def _trouble(error: urllib3.exceptions.HTTPError) -> Trouble:
    bad_certificate = isinstance(error.args[0] if error.args else None, ssl.SSLCertVerificationError)
    return Trouble.UNSENT if isinstance(error, _UNSENT) or bad_certificate else Trouble.LOST


# --- what goes out -----------------------------------------------------------------------------------------------


def _segments(path: str) -> list[str]:
    """Decoded parts of a path such as "CreditNotes/<id>/Allocations".

    :raises ValueError: empty parts, or parts that would climb out of the API
    """
    segments = [unquote(part) for part in path.strip("/").split("/")]
    if any(part in ("", ".", "..") or not part.isprintable() for part in segments):
        raise ValueError(f"{path!r} is no path below Xero's Accounting API; write e.g. 'Invoices/<id>'")
    return segments


def _written(body: Any) -> bytes | None:
    if isinstance(body, File):
        return body.content
    return None if body is None else codec.dumps(body).encode()


def _checked_key(verb: str, key: str | None) -> str | None:
    if verb in ("PUT", "POST") and not (key and len(key) <= MAX_KEY_LENGTH):
        raise ValueError(f"A {verb} needs an idempotency key of 1 to {MAX_KEY_LENGTH} characters")
    return key


def _query_text(value: Any) -> str:
    """One query value as Xero reads it: true/false, plain dates, lists joined by commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple, set, frozenset)):
        return ",".join(_query_text(item) for item in value)
    return codec.dumps(value).strip('"') if not isinstance(value, str) else value


# --- what comes in -----------------------------------------------------------------------------------------------


def _read(reply: Reply, segments: list[str], body: Any, ms: int, root: str | None = None) -> Answer:
    """The answer to a call, or the outcome it came to as an exception."""
    if _is_garbled(reply):
        reply = replace(reply, trouble=Trouble.GARBLED, detail="no JSON object")
    is_version_2 = bool(root) and payroll2.MARK in root
    if is_version_2 and reply.is_read and reply.status == 400 and payroll2.is_past_the_end(reply.problem):
        reply = replace(reply, status=200)
    if error := classify.outcome(reply, is_private=bool(root)):
        raise error
    payload = None if reply.status == 204 else reply.payload
    if root:
        payload = redact.without_private(payload)
    return Answer(
        status=reply.status,
        payload=payload,
        elements=_elements(reply, segments, payload, body, is_version_2),
        limits=answers.remaining(reply.headers),
        server_time=_server_time(reply, payload),
        ms=ms,
        headers=reply.headers,
    )


def _is_garbled(reply: Reply) -> bool:
    """Whether an answer says that all is well, but nothing that can be read."""
    is_success = reply.trouble is None and 200 <= reply.status < 300
    return is_success and reply.status != 204 and reply.payload is None


def _elements(reply: Reply, segments: list[str], payload: dict | None, body: Any, is_version_2: bool) -> list[Element]:
    records = payroll2.records(payload) if is_version_2 else methods.array_of(segments, payload or {})
    id_key = methods.id_key_of(segments) if reply.verb in ("PUT", "POST") else None
    if id_key and payload is not None and len(records) != (sent := _sent(segments, body)):
        raise InDoubt(f"Xero answered {len(records)} records of {reply.path}, {sent} were sent", status=reply.status)
    return [answers.element(record, id_key) for record in records]


def _sent(segments: list[str], body: Any) -> int:
    """How many records a body holds: one, a list of them, or an object with the list in it (xero-api.md 3.1)."""
    records = body.get(segments[0]) if isinstance(body, Mapping) else body
    return len(records) if isinstance(records, (list, tuple)) else 1


def _server_time(reply: Reply, payload: dict | None) -> datetime | None:
    """Xero's clock: the envelope's, else the HTTP header's."""
    try:
        if told := (payload or {}).get("DateTimeUTC"):
            return codec.parse_datetime(told)
        header = reply.headers.get("Date")
        return codec.utc(parsedate_to_datetime(header)) if header else None
    except (TypeError, ValueError):
        return None


def _is_last(answer: Answer, page: int, asked_size: int) -> bool:
    """By the page count where Xero tells it; a page that is not full otherwise (Quotes, xero-api.md 3.2)."""
    pagination = (answer.payload or {}).get("pagination") or {}
    if "pageCount" in pagination:
        return page >= pagination["pageCount"] or not answer.elements
    return len(answer.elements) < asked_size
