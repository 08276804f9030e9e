"""Rows of one organisation: found by id and by index, kept in list order, undone together."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Index:
    """A way to find rows.

    :ivar name: what the index is called by those who look something up
    :ivar key: takes a row, gives its key, or None where the row does not belong into the index
    :ivar many: the key function gives a collection, each of whose members finds the row
    """

    name: str
    key: Callable[[dict], Hashable | None]
    many: bool = False

    def keys_of(self, row: dict) -> Iterable[Hashable]:
        key = self.key(row)
        if self.many:
            return key
        return () if key is None else (key,)


class Table:
    """Rows of one resource.

    A row is never changed in place: :meth:`put` replaces it, so that what was read stays what it was and a
    failed batch can be undone by putting the old rows back.
    """

    def __init__(
        self,
        name: str,
        id_key: str,
        order_key: Callable[[dict], tuple],
        indexes: Iterable[Index] = (),
        hidden: Callable[[dict], bool] | None = None,
        undo: list | None = None,
        touched: Callable[[str, str, dict | None, dict | None], None] | None = None,
    ):
        self.name = name
        self.id_key = id_key
        self._order_key = order_key
        self._hidden = hidden
        self._undo = [] if undo is None else undo
        self._touched = touched
        self._rows: dict[str, dict] = {}
        self._definitions = tuple(indexes)
        self._indexes: dict[str, dict[Hashable, dict[str, None]]] = {index.name: {} for index in self._definitions}
        self._all: list[tuple] = []
        self._visible: list[tuple] = self._all if hidden is None else []

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[dict]:
        return iter(self._rows.values())

    def get(self, row_id: str | None) -> dict | None:
        """The row of that id; ids are compared without regard to case."""
        return self._rows.get(row_id.lower()) if row_id else None

    def ids_by(self, index: str, key: Hashable) -> list[str]:
        """Ids of the rows with that key, oldest first."""
        return list(self._indexes[index].get(key, ()))

    def by(self, index: str, key: Hashable) -> list[dict]:
        """Rows with that key, oldest first."""
        return [self._rows[row_id] for row_id in self.ids_by(index, key)]

    def one(self, index: str, key: Hashable) -> dict | None:
        """The oldest row with that key."""
        row_id = next(iter(self._indexes[index].get(key, ())), None)
        return None if row_id is None else self._rows[row_id]

    def put(self, row: dict) -> dict:
        """Insert the row, or replace the one with its id."""
        old = self._rows.get(row[self.id_key].lower())
        self._swap(old, row)
        self._undo.append(lambda: self._swap(row, old))
        return row

    def remove(self, row_id: str) -> None:
        old = self._rows[row_id.lower()]
        self._swap(old, None)
        self._undo.append(lambda: self._swap(None, old))

    def count(self, *, include_hidden: bool = True) -> int:
        return len(self._ordered(include_hidden))

    def page(self, start: int, size: int, *, include_hidden: bool = True, backwards: bool = False) -> list[dict]:
        """Rows `start` to `start + size` in list order, or in the opposite one.

        Costs as much as the page, not as the table.
        """
        ordered = self._ordered(include_hidden)
        if backwards:
            end = max(len(ordered) - start, 0)
            keys = ordered[max(end - size, 0) : end][::-1]
        else:
            keys = ordered[start : start + size]
        return [self._rows[key[-1]] for key in keys]

    def walk(self, *, include_hidden: bool = True, after: tuple = ()) -> Iterator[dict]:
        """All rows in list order, only those beyond the order key `after` where one is given."""
        keys = self._ordered(include_hidden)
        for position in range(bisect_right(keys, after) if after else 0, len(keys)):
            yield self._rows[keys[position][-1]]

    def position(self, row: dict) -> tuple:
        """The key that list order sorts by; ends with the id."""
        return (*self._order_key(row), row[self.id_key].lower())

    def _ordered(self, include_hidden: bool) -> list[tuple]:
        return self._all if include_hidden else self._visible

    def _swap(self, old: dict | None, new: dict | None) -> None:
        if old is not None:
            self._forget(old)
        if new is not None:
            self._learn(new)
        if self._touched is not None:
            self._touched(self.name, (new or old)[self.id_key].lower(), old, new)

    def _forget(self, row: dict) -> None:
        row_id = row[self.id_key].lower()
        del self._rows[row_id]
        for ordered in self._lists_of(row):
            del ordered[bisect_left(ordered, self.position(row))]
        for name, key in self._keys_of(row):
            holders = self._indexes[name][key]
            del holders[row_id]
            if not holders:
                del self._indexes[name][key]

    def _learn(self, row: dict) -> None:
        row_id = row[self.id_key].lower()
        self._rows[row_id] = row
        for ordered in self._lists_of(row):
            insort(ordered, self.position(row))
        for name, key in self._keys_of(row):
            self._indexes[name].setdefault(key, {})[row_id] = None

    def _keys_of(self, row: dict) -> Iterator[tuple[str, Hashable]]:
        return ((index.name, key) for index in self._definitions for key in index.keys_of(row))

    def _lists_of(self, row: dict) -> list[list]:
        if self._visible is self._all:
            return [self._all]
        return [self._all] if self._hidden(row) else [self._all, self._visible]


class Store:
    """The tables of one organisation and one undo log for all of them."""

    def __init__(self):
        self._undo: list[Callable[[], None]] = []
        self._depth = 0
        self._touched: dict[tuple[str, str], None] | None = None
        self._recorded: dict[tuple[str, str], tuple] | None = None
        self.tables: dict[str, Table] = {}

    def add(self, name: str, **options) -> Table:
        """Make a table; `options` are those of :class:`Table`."""
        table = self.tables[name] = Table(name, undo=self._undo, touched=self._touch, **options)
        return table

    def watch(self, *, everything: bool = False) -> None:
        """Remember from now on which rows are touched; with `everything`, take all rows as touched."""
        self._touched = {}
        for table in self.tables.values() if everything else ():
            for row in table:
                self._touch(table.name, row[table.id_key].lower(), row, row)

    def take_touched(self) -> list[tuple[str, str]]:
        """(table, id) of the rows put or removed since the last time, in the order of their last change."""
        touched, self._touched = self._touched or {}, {}
        return list(touched)

    @contextmanager
    def recording(self) -> Iterator[dict]:
        """Note within the block what becomes of rows: (table, id) → (row before, row after), None for no row."""
        recorded = self._recorded = {}
        try:
            yield recorded
        finally:
            self._recorded = None

    def _touch(self, table: str, row_id: str, old: dict | None, new: dict | None) -> None:
        if self._touched is not None:
            self._touched.pop((table, row_id), None)
            self._touched[table, row_id] = None
        if self._recorded is not None:
            first = self._recorded.get((table, row_id), (old, new))[0]
            self._recorded[table, row_id] = (first, new)

    def on_rollback(self, action: Callable[[], None]) -> None:
        """Have `action` called when what happens now is undone."""
        self._undo.append(action)

    @contextmanager
    def transaction(self):
        """Undo everything put within the block when it raises; blocks may stand in each other."""
        mark = len(self._undo)
        self._depth += 1
        try:
            yield
        except BaseException:
            self._rollback(mark)
            raise
        finally:
            self._depth -= 1
            if not self._depth:
                self._undo.clear()

    def _rollback(self, mark: int) -> None:
        actions = self._undo[mark:]
        del self._undo[mark:]
        for action in reversed(actions):
            action()
        del self._undo[mark:]
