"""Flights: calls in the air. Threads that do HTTP and nothing else; one thread owns the records.

Xero takes seconds for a batch of 50, so one call at a time would leave most of the minute's calls unused. Up to four
may be in flight (Xero takes five at once, the fifth is for the import or for a button).
"""

import logging
from collections import defaultdict
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace

from ..xero_api import outcomes
from ..xero_api.answers import Answer, Element, Remaining

_logger = logging.getLogger(__name__)

LANES = 4
# A read that fails with these fails for now only.
PASSING = (outcomes.RetryLater, outcomes.InDoubt, outcomes.Unauthorised)


@dataclass
class Letter:
    """What is needed to send one stored request, free of records, so that no transaction opens meanwhile."""

    request_id: int
    method: str
    path: str
    key: str
    body: dict
    elements: list
    token: str | None = None  # with which it was sent last
    refused_token: str | None = None  # which Xero no longer took


@dataclass
class Reply:
    """What came of a letter: an answer or an outcome, and what Xero holds for elements that it refused.

    :ivar lookups: ``(path, params)`` that are read before the answer is kept; None before anybody asked for them
    :ivar found: the answers to them
    :ivar is_unread: they could not be read now, so that it is not known what was refused for good
    """

    answer: Answer | None = None
    outcome: Exception | None = None
    lookups: list | None = None
    found: list = field(default_factory=list)
    is_unread: bool = False


def send(client, letter):
    """Send one letter. Whatever happens is a ``Reply``, because the answer has to be kept before a run ends."""
    try:
        return Reply(answer=_answer(client, letter))
    except outcomes.XeroError as outcome:
        return Reply(outcome=outcome)
    except Exception as error:
        # A fault of ours, at a moment at which nobody knows whether the call had left.
        _logger.exception("Xero: %s %s failed on our side", letter.method, letter.path)
        return Reply(outcome=outcomes.InDoubt(f"The call failed on our side: {error}"))


def look_up(client, reply):
    """Read the lookups of a reply. The answer stands whatever becomes of them."""
    try:
        return replace(reply, found=[client.get(path, params=params) for path, params in reply.lookups])
    except outcomes.XeroError as outcome:
        _logger.info("Xero: a lookup failed: %s", outcome)
        return replace(reply, is_unread=isinstance(outcome, PASSING))
    except Exception:
        _logger.exception("Xero: a lookup failed on our side")
        return reply


def _answer(client, letter):
    if letter.method == "DELETE":
        return _deleted(client, letter)
    answer = getattr(client, letter.method.lower())(letter.path, letter.body, letter.key)
    whole = len(answer.elements) == len(letter.elements)
    if not whole or any(element.ok and element.doubtful for element in answer.elements):
        raise outcomes.InDoubt("Xero's answer does not speak of every record that was sent.", status=answer.status)
    return answer


def _deleted(client, letter):
    try:
        answer = client.delete(letter.path)
    except outcomes.Gone as gone:
        # Xero takes no key with a DELETE: the second one finds nothing, and that is what was wanted.
        answer = Answer(gone.status, {}, [], Remaining(), None, 0)
    return replace(answer, elements=[Element(ok=True, data=answer.payload or {})])


class Flights:
    """Letters on their way, and their answers.

    :param lanes: how many at once
    """

    def __init__(self, lanes=LANES):
        self._lanes = lanes
        self._pool = ThreadPoolExecutor(lanes, thread_name_prefix="xero")
        self._air = {}  # future -> (what the caller called it, client)
        self._idle = defaultdict(list)  # access token -> clients that nobody uses

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self._pool.shutdown(wait=not any(exc_info), cancel_futures=True)
        for client in (client for clients in self._idle.values() for client in clients):
            client.close()

    @property
    def free(self):
        """How many more may leave."""
        return self._lanes - len(self._air)

    @property
    def busy(self):
        return bool(self._air)

    def launch(self, name, work, token, make_client, *args):
        """Call ``work(client, *args)`` in a thread.

        :param name: what ``landed`` calls it
        :param token: the access token; a client is used by one thread at a time, and again with the same token
        :param make_client: makes one where none is idle
        """
        client = self._idle[token].pop() if self._idle[token] else make_client(token)
        self._air[self._pool.submit(work, client, *args)] = (name, client)

    def landed(self, timeout=None):
        """Return ``[(name, result)]`` of what has come back, waiting for the first of it at most so long (seconds)."""
        done, _others = wait(self._air, timeout=timeout, return_when=FIRST_COMPLETED)
        return [self._land(future) for future in done]

    def _land(self, future):
        name, client = self._air.pop(future)
        self._idle[client.access_token].append(client)
        return name, future.result()
