"""Work that has to be safe before, or whatever, the caller's transaction does next."""

from contextlib import contextmanager

from psycopg2.errors import SerializationFailure

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as CONCURRENCY
from odoo.tools import SQL

ATTEMPTS = 5
# First half of the keys of our advisory locks: any number that others are unlikely to use.
LOCK_CLASS = 0x7865726F


def on_locked_row(record, work, *, lock_timeout):
    """Return work(record) done in a transaction of its own that holds the record's row, and committed.

    :param lock_timeout: as PostgreSQL writes it, for example "5s"
    :raises LockNotAvailable: somebody held the row for longer than that
    """
    record.ensure_one()
    # NO KEY: an INSERT that references the row takes FOR KEY SHARE on it, and must not wait for us.
    lock = SQL("SELECT id FROM %s WHERE id = %s FOR NO KEY UPDATE", SQL.identifier(record._table), record.id)
    return _holding(record.env, lock, lambda env, _ids: work(record.with_env(env)), lock_timeout)


def on_free_rows(records, work):
    """Return work(those of the records that nobody holds now) done in a transaction of its own, and committed."""
    lock = SQL(
        "SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED",
        SQL.identifier(records._table),
        records.ids,
    )
    return _holding(records.env, lock, lambda env, ids: work(records.browse(ids).with_env(env)))


def _holding(env, lock, work, lock_timeout="0"):
    """Return work(environment, ids of the rows that `lock` gives) of a transaction that holds them.

    Odoo's transactions are REPEATABLE READ: where somebody else changed a row while we waited for it, the lock fails
    and a new transaction, which sees that change, tries again. `work` starts only when the rows are held, so it
    runs once.
    """
    for attempt in range(1, ATTEMPTS + 1):
        with env.registry.cursor() as cr:
            cr.execute(SQL("SELECT set_config('lock_timeout', %s, true)", lock_timeout))
            try:
                cr.execute(lock, log_exceptions=False)
            except SerializationFailure:
                if attempt == ATTEMPTS:
                    raise
                cr.rollback()
                continue
            return work(env(cr=cr), [row_id for (row_id,) in cr.fetchall()])


def repeated(env, work):
    """Return work(), done again in a new transaction where PostgreSQL refuses because others wrote the same rows.

    :raises psycopg2.Error: one of ``CONCURRENCY``, at the last attempt
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return work()
        except CONCURRENCY:
            env.cr.rollback()
            env.invalidate_all()
            if attempt == ATTEMPTS:
                raise


@contextmanager
def alone(env, name):
    """Whether only this worker does the work called ``name`` on this database, until the end of the block.

    The lock belongs to a database session of its own: it goes with the process, however that dies, and no transaction
    stays open for it.
    """
    with env.registry.cursor() as cr:
        cr.execute(SQL("SELECT pg_try_advisory_lock(%s, hashtext(%s))", LOCK_CLASS, name))
        [is_alone] = cr.fetchone()
        cr.rollback()  # of nothing: the lock is the session's, and only the transaction ends
        try:
            yield is_alone
        finally:
            if is_alone:
                cr.execute(SQL("SELECT pg_advisory_unlock(%s, hashtext(%s))", LOCK_CLASS, name))
