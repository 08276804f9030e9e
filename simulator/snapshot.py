"""A moment of a simulator to come back to, so that many tests begin with the same books and the same tokens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from . import packing
from .organisation import Organisation


@dataclass(frozen=True)
class Snapshot:
    """What one moment looked like; nothing that happens later changes it.

    :ivar packed: what the world knew besides the organisations, and what each of these knew besides its rows
    :ivar rows: of each organisation; they are shared with it, for rows are never changed in place (store.py)
    """

    packed: str
    rows: list[list[tuple[str, dict]]]

    @classmethod
    def take(cls, facts: dict, organisations: Iterable[Organisation]) -> Snapshot:
        """Remember this moment; `facts` are plain values and this package's dataclasses (packing.py)."""
        known, rows = [], []
        for organisation in organisations:
            with organisation.lock:
                known.append(organisation.facts())
                rows.append(organisation.rows())
        return cls(packing.dumps([facts, known]), rows)

    def restore(self) -> tuple[dict, list[Organisation]]:
        """The facts and fresh organisations, as they were."""
        facts, known = packing.loads(self.packed)
        return facts, [Organisation.from_facts(*parts) for parts in zip(known, self.rows, strict=True)]
