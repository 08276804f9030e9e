"""A file that outlives the simulator: whole rows, written after each call in one transaction, read at the start.

The simulator works in memory all the same, so it behaves no differently with a file than without one.
"""

import sqlite3
import threading
from pathlib import Path

from . import packing
from .organisation import Organisation

#: Marks a file as ours (SQLite's `application_id`), so that no other database is overwritten.
APPLICATION, VERSION = 0x78657230, 1
#: Rows stand in the order in which they were last written: "oldest first" is the same after a restart.
_SCHEMA = """
create table if not exists facts (name text primary key, content text not null) without rowid;
create table if not exists rows (
    number integer primary key autoincrement,
    tenant_id text not null, resource text not null, id text not null, content text not null,
    unique (tenant_id, resource, id)
);
"""
_WRITE = "insert or replace into rows (tenant_id, resource, id, content) values (?, ?, ?, ?)"
_ERASE = "delete from rows where tenant_id = ? and resource = ? and id = ?"


class NotOurs(ValueError):
    """The file cannot hold a simulator's state; the text says why."""


class Keeper:
    """One SQLite file.

    :raises NotOurs: the file cannot be opened, or is somebody else's
    """

    def __init__(self, path: str | Path):
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}
        try:
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._check(path)
            self._connection.execute("pragma journal_mode = wal")
            self._connection.execute("pragma synchronous = normal")
            self._connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise NotOurs(f"--db {path} cannot be used: {error}") from error

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @property
    def is_empty(self) -> bool:
        return not self._connection.execute("select count(*) from facts").fetchone()[0]

    # --- writing -----------------------------------------------------------------------------------------------------

    def save(self, facts: dict, organisations: list[Organisation]) -> None:
        """Write what has changed since the last call, in one transaction.

        :param facts: name → what the world knows besides the organisations
        """
        with self._lock:
            self._transact(lambda: self._write_changes(facts, organisations))

    def begin_anew(self, facts: dict, organisations: list[Organisation]) -> None:
        """Forget what the file holds, write everything, and watch the organisations from now on."""

        def write():
            self._connection.execute("delete from rows")
            self._connection.execute("delete from facts")
            self._known.clear()
            self._write_changes(facts, organisations)

        for organisation in organisations:
            organisation.store.watch(everything=True)
        with self._lock:
            self._transact(write)

    def _transact(self, write) -> None:
        self._connection.execute("begin immediate")
        try:
            write()
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")

    def _write_changes(self, facts: dict, organisations: list[Organisation]) -> None:
        self._write_facts(facts | {"tenants": [one.tenant_id for one in organisations]})
        for organisation in organisations:
            with organisation.lock:
                self._write_facts({f"organisation/{organisation.tenant_id}": organisation.facts()})
                self._write_rows(organisation)

    def _write_facts(self, facts: dict) -> None:
        for name, content in facts.items():
            text = packing.dumps(content)
            if self._known.get(name) != text:
                self._connection.execute("insert or replace into facts values (?, ?)", (name, text))
                self._known[name] = text

    def _write_rows(self, organisation: Organisation) -> None:
        for resource, row_id in organisation.store.take_touched():
            row = organisation.store.tables[resource].get(row_id)
            place = (organisation.tenant_id, resource, row_id)
            if row is None:
                self._connection.execute(_ERASE, place)
            else:
                self._connection.execute(_WRITE, (*place, packing.dumps(row)))

    # --- reading -----------------------------------------------------------------------------------------------------

    def facts(self) -> dict:
        """What :meth:`save` was told last."""
        return {name: packing.loads(text) for name, text in self._connection.execute("select * from facts")}

    def organisations(self, facts: dict) -> list[Organisation]:
        """The organisations as they were, watched from now on."""
        made = [self._organisation(tenant_id, facts[f"organisation/{tenant_id}"]) for tenant_id in facts["tenants"]]
        for organisation in made:
            organisation.store.watch()
        return made

    def _organisation(self, tenant_id: str, facts: dict) -> Organisation:
        found = self._connection.execute(
            "select resource, content from rows where tenant_id = ? order by number", (tenant_id,)
        )
        return Organisation.from_facts(facts, ((resource, packing.loads(content)) for resource, content in found))

    def _check(self, path) -> None:
        known = self._connection.execute("pragma application_id").fetchone()[0]
        version = self._connection.execute("pragma user_version").fetchone()[0]
        tables = self._connection.execute("select count(*) from sqlite_master").fetchone()[0]
        if tables and known != APPLICATION:
            raise NotOurs(f"--db {path} is a database of something else; name another file")
        if tables and version != VERSION:
            raise NotOurs(f"--db {path} was written by another version ({version}, not {VERSION}); name another file")
        self._connection.execute(f"pragma application_id = {APPLICATION}")
        self._connection.execute(f"pragma user_version = {VERSION}")
