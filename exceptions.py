"""What can stop a record on its way to Xero before a call is made.

The outcomes of a call are in ``xero_api.outcomes``; these are raised by mappers while they build.
"""

import traceback

from odoo.exceptions import UserError

from .xero_api import redact

WORDS = 500  # characters


class Hold(Exception):
    """The record cannot go out until somebody mends something.

    :param code: a key of ``messages.MESSAGES``
    :param cause: the record to mend (an account without mapping, a contact, the document itself);
        all records held for the same cause share one issue
    :param values: what the message's placeholders need
    """

    def __init__(self, code, cause, **values):
        super().__init__(code)
        self.code = code
        self.cause = cause
        self.values = values


def unbuildable(record, error):
    """The ``Hold`` of a record that could not be prepared, with the words of an exception that nobody expected."""
    return Hold("cannot_build", record, detail=words_of(error))


def words_of(error):
    """What an exception says, without secrets and at a length that people read."""
    said = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
    return redact.text(said)[:WORDS]


def where_of(error):
    """Where an exception came from, without what it says: for what is about people."""
    return "".join(traceback.format_tb(error.__traceback__))


class Wait(Exception):
    """The record has to wait for another one that is still on its way; nothing is to be mended."""

    def __init__(self, record):
        super().__init__(str(record))
        self.record = record


class Skip(Exception):
    """The record does not go out, and that is right; ``reason`` is kept in the history."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason
