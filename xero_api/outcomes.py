"""What a call came to, where it did not simply succeed: one exception class per decision.

Xero's answers become these classes in one table (`classify.py`); nobody else reads a status or parses a message.
Every text passes through `redact.text`, so that an exception can be logged or shown as it is.
"""

from collections.abc import Sequence
from typing import Any

from . import redact


class XeroError(Exception):
    """Base of everything that this package raises about a call.

    :ivar status: HTTP status of Xero's answer, None when there was none
    """

    def __init__(self, text: str, *, status: int | None = None):
        super().__init__(redact.text(text))
        self.status = status

    @property
    def text(self) -> str:
        return str(self.args[0])


class Refused(XeroError):
    """Xero said no for good: the data has to be mended before it is sent again. Nothing was carried out.

    :ivar messages: Xero's own messages, without repetition, in the order in which they came
    :ivar elements: `answers.Element` for each element that Xero echoed back; empty for a refusal of the whole call
    """

    def __init__(self, messages: Sequence[str], elements: Sequence[Any] = (), *, status: int | None = None):
        self.messages = [redact.text(message) for message in messages]
        self.elements = list(elements)
        super().__init__(" / ".join(self.messages) or "Xero refused the call without a message", status=status)


class RetryLater(XeroError):
    """Nothing was carried out and the same call may be sent again later.

    :ivar after: seconds to wait as told by Xero; None = use our own back-off (`retry.delay`)
    :ivar limit: which limit stands in the way: "minute", "day", "concurrent", "app", "offline" (Xero or the
        organisation is down for a while), or None
    """

    def __init__(self, text: str, *, after: float | None = None, limit: str | None = None, status: int | None = None):
        super().__init__(text, status=status)
        self.after = after
        self.limit = limit


class InDoubt(XeroError):
    """The call may have been carried out: settle it first, never repeat it with a new key.

    :ivar after, limit: as in `RetryLater`, where Xero says that it is down: nothing can be settled before
    """

    def __init__(self, text: str, *, after: float | None = None, limit: str | None = None, status: int | None = None):
        super().__init__(text, status=status)
        self.after = after
        self.limit = limit


class Unauthorised(XeroError):
    """The access token is not accepted (expired, revoked): refresh it and repeat the call once with the same key."""


class MissingScope(XeroError):
    """The token is good, but the user did not grant, or does not have, the right that this call needs."""


class ReconnectNeeded(XeroError):
    """The authorisation is gone: only the user can mend it, by connecting again."""


class Gone(XeroError):
    """404: what the call names does not exist (any more)."""


class KeyMismatch(XeroError):
    """The idempotency key was used with another method, address or body: a bug of the sender, never to be retried."""


class ForbiddenHost(XeroError):
    """An address that is neither Xero's nor the simulator's on this machine; nothing was sent."""
