"""Work on many records of which one may fail: what cannot be done together is done in halves.

So that one record which nobody can prepare holds itself alone, at no cost while all goes well.
"""

import logging

from ..transactions import CONCURRENCY

_logger = logging.getLogger(__name__)


def piecewise(env, items, work, failed):
    """Return ``work(items)``; where that raises, what its halves return, down to the culprits.

    :param items: list
    :param work: makes a list of a list; what it did to the database is undone before it is tried with less
    :param failed: called with the culprit and its exception, which nothing is returned for
    :raises psycopg2.Error: one of ``CONCURRENCY``, which says nothing about the records
    """
    if not items:
        return []
    try:
        with env.cr.savepoint():
            return list(work(items))
    except CONCURRENCY:
        raise
    except Exception as error:
        if len(items) == 1:
            _logger.exception("Xero: %s could not be prepared", items[0])
            failed(items[0], error)
            return []
    middle = len(items) // 2
    return piecewise(env, items[:middle], work, failed) + piecewise(env, items[middle:], work, failed)
