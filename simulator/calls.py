"""What passes between the platform and the accounting half: one call in, one reply out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers, MultiDict

if TYPE_CHECKING:
    from .clock import Clock
    from .ids import Ids


@dataclass(frozen=True)
class ApiCall:
    """One call of Xero's Accounting API that has passed authentication, limits and idempotency.

    :ivar method: "GET", "PUT", "POST" or "DELETE"
    :ivar path_segments: decoded parts of the path after ``api.xro/2.0``, e.g. ``["Invoices", "<id>", "History"]``
    :ivar args: the decoded query string
    :ivar body: the raw request body, ``b""`` when there is none
    :ivar organisation: the organisation named by the tenant header
    :ivar clock: the simulator's own clock; never the machine's
    :ivar app_name: name of the calling app, shown as ``ProviderName`` in the envelope
    :ivar scopes: scopes of the access token
    :ivar high_volume: records above which lists that have to be searched are refused (xero-api.md 2.2)
    :ivar role: the role of the user who has consented, as Users show it
    :ivar payroll_admin: whether that user may administer the payroll
    :ivar emit: takes (category, event type, resource id) for each change that Xero tells webhooks about,
        e.g. ``call.emit("INVOICE", "UPDATE", invoice_id)`` (xero-api.md section 5)
    """

    method: str
    path_segments: list[str]
    args: MultiDict
    headers: Headers
    body: bytes
    organisation: Any
    clock: "Clock"
    ids: "Ids"
    app_name: str = "Simulator"
    scopes: frozenset[str] = frozenset()
    high_volume: int = 100_000
    role: str = "FINANCIALADVISER"
    payroll_admin: bool = True
    emit: Callable[[str, str, str], None] = lambda category, event_type, resource_id: None


@dataclass(frozen=True)
class Reply:
    """An answer on its way back.

    :ivar payload: ``None`` for an empty body, bytes as they are, or a dict or list that is written as JSON
        (``Decimal`` as a JSON number with its exact digits)
    """

    status: int = 200
    payload: dict | list | bytes | None = None
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
