"""One request on its way through the pipeline."""

from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request

from .calls import Reply


class ConnectionLost(Exception):
    """The client is to see its connection break instead of an answer."""


@dataclass
class Exchange:
    """What the stages have found out about one request so far.

    :ivar segments: decoded parts of the path after the API's own prefix
    :ivar reply_headers: headers that every later answer carries, e.g. the remaining calls
    :ivar fault: the fault that struck, as steered; None mostly
    :ivar changes: what the call has changed, as changes.Change
    :ivar lost_reply: the answer that was carried out and then kept from the client by a fault
    """

    world: Any
    request: Request
    segments: list[str] = field(default_factory=list)
    token: Any = None
    app: Any = None
    organisation: Any = None
    reply_headers: dict[str, str] = field(default_factory=dict)
    replayed: bool = False
    fault: Any = None
    changes: tuple = ()
    lost_reply: Reply | None = None

    @property
    def tenant_id(self) -> str | None:
        return self.organisation.tenant_id if self.organisation else None

    @property
    def idempotency_key(self) -> str | None:
        return self.request.headers.get("Idempotency-Key")


def run(stages, exchange: Exchange) -> Reply:
    """Send `exchange` through `stages`; each takes (exchange, proceed) and returns the reply, its own or the rest's."""

    def from_stage(index):
        return stages[index](exchange, lambda: from_stage(index + 1))

    return from_stage(0)
