"""Where identifiers come from: fixed ones for what a seed holds, fresh ones for what a call makes."""

import uuid

NAMESPACE = uuid.UUID("5f0c1a36-7f0b-4c43-9d61-0d2c8b1d8a19")


class Ids:
    """Identifiers of one simulator."""

    def new(self) -> str:
        """A fresh GUID, never seen before, not even before a reset."""
        return str(uuid.uuid4())

    def named(self, *parts: str) -> str:
        """The GUID that belongs to `parts`, the same in every simulator and on every start."""
        return str(uuid.uuid5(NAMESPACE, "/".join(parts)))
