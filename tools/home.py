"""Where everything lives that ./run fetches or makes: outside the checkout, below one folder."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
MODULE = "account_xero"


def short_hash(text: str, length: int = 8) -> str:
    """A name for a path or a list that fits into names of databases and sockets."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


@dataclass(frozen=True)
class Home:
    """The folders of one home, and within it those of one checkout.

    What depends on the checkout's contents (databases, links, logs, results) is keyed by the checkout's path, so
    that two
    checkouts side by side share Odoo, Python packages and PostgreSQL but never each other's state.
    """

    root: Path
    checkout: Path

    @classmethod
    def find(cls, checkout: Path = CHECKOUT) -> Home:
        named = os.environ.get("ACCOUNT_XERO_HOME")
        root = Path(named).expanduser().absolute() if named else Path.home() / ".cache" / MODULE
        return cls(root, checkout)

    @property
    def key(self) -> str:
        return short_hash(str(self.checkout), 6)

    @property
    def own(self) -> Path:
        """This checkout's own state."""
        return self.folder("checkouts", self.key)

    @property
    def links(self) -> Path:
        """Addons folder with `account_xero -> checkout`; inside the checkout such a link would make Odoo walk in
        circles."""
        return self.own / "links"

    @property
    def logs(self) -> Path:
        return self.folder("checkouts", self.key, "logs")

    @property
    def results(self) -> Path:
        return self.own / "results.json"

    @property
    def data(self) -> Path:
        """Odoo's data_dir; the filestores of all databases are below it."""
        return self.folder("data")

    @property
    def pyc(self) -> Path:
        return self.root / "pyc"

    def folder(self, *parts: str) -> Path:
        path = self.root.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def database(self, name: str) -> str:
        """The name of a database that belongs to this checkout."""
        return f"ax_{self.key}_{name}"
