"""From an answer, or from the lack of one, to an outcome: the only place that knows what a status means.

Source: xero-api.md 3.9 (errors), 2.1 (limits), 3.4 (idempotency). In short:

| What came | After a read | After a write |
|---|---|---|
| nothing was sent (refused, no such host, certificate) | RetryLater | RetryLater |
| no answer after sending, garbage on a 2xx, 408, 5xx | RetryLater | InDoubt |
| 503 with one of Xero's known maintenance texts | RetryLater "offline" | InDoubt "offline" |
| 429 | RetryLater with Retry-After | the same |
| 400 about the idempotency key | KeyMismatch | KeyMismatch |
| 400 otherwise, 405, 412, 413, 3xx, … | Refused | Refused |
| 401 scope / 401 otherwise / 403 / 404 | MissingScope / Unauthorised / ReconnectNeeded / Gone | the same |

A maintenance text after a write most likely means that nothing was carried out, but "most likely" makes a second bill
once in a while, and looking one batch up after an outage costs a call. So it is in doubt like every other 5xx.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from enum import Enum
from functools import cached_property
from typing import Any

from . import answers, codec
from .outcomes import (
    Gone,
    InDoubt,
    KeyMismatch,
    MissingScope,
    ReconnectNeeded,
    Refused,
    RetryLater,
    Unauthorised,
    XeroError,
)

READS = frozenset({"GET", "HEAD"})


class Trouble(Enum):
    """Why there is no usable answer."""

    UNSENT = "nothing was sent"
    LOST = "no answer came"
    GARBLED = "the answer cannot be read"


@dataclass(frozen=True)
class Reply:
    """All that is known about the end of one call.

    :ivar verb: HTTP method
    :ivar path: path of the call below the API's base, e.g. "Invoices"
    :ivar status: None where no answer came
    :ivar headers: case-insensitive mapping
    :ivar detail: what the library said about `trouble`
    """

    verb: str
    path: str = ""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    trouble: Trouble | None = None
    detail: str = ""

    @property
    def is_read(self) -> bool:
        return self.verb in READS

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @cached_property
    def payload(self) -> dict[str, Any] | None:
        """The body as a JSON object, None where it is anything else."""
        try:
            parsed = codec.loads(self.body)
        except ValueError:
            return None
        return parsed if isinstance(parsed, dict) else None

    @property
    def problem(self) -> dict[str, Any]:
        return self.payload or {}


def outcome(reply: Reply, is_private: bool = False) -> XeroError | None:
    """The exception that carries the decision, or None where the call was carried out and its answer can be read.

    :param is_private: a call of a payroll, whose rights are apart: a 403 there says nothing of the connection
    """
    if reply.trouble is Trouble.UNSENT:
        return RetryLater(f"Xero could not be reached: {reply.detail}")
    if reply.trouble or reply.status in _LOST or reply.status >= 500:
        return _without_answer(reply)
    if 200 <= reply.status < 300:
        return None
    if is_private and reply.status == 403:
        return _missing_scope(reply)
    return _BY_STATUS.get(reply.status, _refused)(reply)


# --- the rows ----------------------------------------------------------------------------------------------------

# 408: the front door gave up waiting; what is behind it may go on.
_LOST = frozenset({408})
# 501 is Xero's "method not implemented" (xero-api.md 3.9): an answer like any other refusal.
_NOT_IMPLEMENTED = 501
# xero-api.md 3.9: text → seconds to wait (only the last one's is documented, about five minutes).
_OFFLINE_TEXTS = {
    "currently offline for maintenance": None,
    "temporarily unavailable": None,
    "organisation is offline": 300.0,
}
# Order counts: "appminute" is the app's limit. Values differ between reports (xero-api.md 2.1), hence substrings.
_LIMITS = ("app", "concurrent", "day", "minute")
# Xero names no Retry-After for too many calls at once (xero-api.md 2.1: back off 1-2 s).
_CONCURRENT_WAIT = 2.0
_SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)


def _without_answer(reply: Reply) -> XeroError:
    if reply.status == _NOT_IMPLEMENTED:
        return _refused(reply)
    what, after, limit = _what_happened(reply), _retry_after(reply), None
    if reply.status == 503 and (found := _offline_text(reply)):
        what, after, limit = reply.text.strip()[:300], after or _OFFLINE_TEXTS[found], "offline"
    if reply.is_read:
        return RetryLater(what, after=after, limit=limit, status=reply.status)
    return InDoubt(f"{what}; Xero may have carried out the call", after=after, limit=limit, status=reply.status)


def _offline_text(reply: Reply) -> str | None:
    said = reply.text.lower()
    return next((text for text in _OFFLINE_TEXTS if text in said), None)


def _what_happened(reply: Reply) -> str:
    if reply.trouble:
        return f"Xero: {reply.trouble.value} ({reply.detail})"
    return f"Xero answered {reply.status}: {_said(reply) or 'no explanation'}"


def _bad_request(reply: Reply) -> XeroError:
    problem = reply.problem
    elements = [answers.element(record) for record in problem.get("Elements") or () if isinstance(record, dict)]
    if not elements and "idempotency" in reply.text.lower():
        return KeyMismatch(_said(reply), status=400)
    messages = list(dict.fromkeys(message for element in elements for message in element.messages))
    messages = messages or _invalid_fields(reply)
    return Refused(messages or [_said(reply) or "Xero cannot read the call"], elements, status=400)


def _invalid_fields(reply: Reply) -> list[str]:
    """What version 2 of the payrolls has against single fields (xero-api.md 4.13)."""
    problem = reply.problem.get("problem") or reply.problem
    fields = problem.get("invalidFields") if isinstance(problem, Mapping) else None
    return list(dict.fromkeys(str(field.get("reason")) for field in fields or () if field.get("reason")))


def _unauthorised(reply: Reply) -> XeroError:
    told = f"{reply.problem.get('Detail')} {reply.headers.get('WWW-Authenticate')}".lower()
    if "authorizationunsuccessful" in told or "insufficient_scope" in told:
        return _missing_scope(reply)
    return Unauthorised(f"Xero does not accept the access token: {_said(reply) or 'no explanation'}", status=401)


def _missing_scope(reply: Reply) -> XeroError:
    return MissingScope(
        f"The authorisation does not cover {reply.verb} {reply.path}: {_said(reply)}", status=reply.status
    )


def _forbidden(reply: Reply) -> XeroError:
    # Reports need a permission of the user's own; its lack says nothing about the connection (xero-api.md 3.9).
    if reply.path.startswith("Reports"):
        return _missing_scope(reply)
    return ReconnectNeeded(f"Xero closed this organisation to us: {_said(reply) or 'no explanation'}", status=403)


def _gone(reply: Reply) -> XeroError:
    return Gone(f"Xero does not know {reply.path}", status=404)


def _limited(reply: Reply) -> XeroError:
    limit = _limit(reply.headers)
    after = _retry_after(reply)
    if after is None and limit == "concurrent":
        after = _CONCURRENT_WAIT
    return RetryLater(f"Xero's limit of calls is reached ({limit or 'unnamed'})", after=after, limit=limit, status=429)


def _refused(reply: Reply) -> XeroError:
    return Refused([f"Xero answered {reply.status}: {_said(reply) or 'no explanation'}"], status=reply.status)


_BY_STATUS: dict[int, Callable[[Reply], XeroError]] = {
    400: _bad_request,
    401: _unauthorised,
    403: _forbidden,
    404: _gone,
    429: _limited,
}


# --- reading the parts -------------------------------------------------------------------------------------------


def _limit(headers: Mapping[str, str]) -> str | None:
    named = (headers.get("X-Rate-Limit-Problem") or "").lower()
    if found := next((limit for limit in _LIMITS if limit in named), None):
        return found
    left = answers.remaining(headers)
    return next((limit for limit in ("day", "minute", "app") if getattr(left, limit) == 0), None)


def _retry_after(reply: Reply) -> float | None:
    """Seconds of the Retry-After header, which may be a number or a date; never negative."""
    value = (reply.headers.get("Retry-After") or "").strip()
    return float(value) if _SECONDS.fullmatch(value) else _seconds_until(value)


def _seconds_until(http_date: str) -> float | None:
    try:
        moment = codec.utc(parsedate_to_datetime(http_date))
    except (TypeError, ValueError):
        return None
    return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())


def _said(reply: Reply) -> str:
    """Xero's own words, whichever of its shapes they come in; at most 300 characters."""
    problem = reply.problem
    if isinstance(problem.get("problem"), Mapping):
        problem = problem["problem"]
    keys = ("Detail", "Message", "message", "detail", "Title", "title")
    if words := next((problem[key] for key in keys if problem.get(key)), None):
        return str(words)[:300]
    # A page of HTML explains nothing to anybody.
    return "" if "<" in reply.text[:200] or problem else reply.text.strip()[:300]
