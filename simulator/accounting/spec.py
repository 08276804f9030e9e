"""The vocabulary of the declared table of resources, and what rule functions are given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ..store import Index, Table


@dataclass
class Context:
    """What a rule function needs to know about the call it works for.

    :ivar now: the simulator's time, in milliseconds at the finest
    :ivar places: decimals of unit amounts, 2 or 4 (`unitdp`, xero-api.md 3.7)
    :ivar allows_backorders: whether sales may leave less than nothing of tracked items (`allowBackorders`)
    :ivar high_volume: records above which Xero refuses lists that it would have to search (xero-api.md 2.2)
    :ivar events: (category, event type, id) for webhooks, told once the call has been carried out
    :ivar host: where the call has reached the simulator, for addresses of files
    :ivar app: name of the calling app, for `createdByMyApp`
    :ivar role: the user's role in the organisation, as Users show it
    :ivar warnings: what Xero remarks on the element at hand without refusing it
    """

    organisation: Any
    now: datetime
    ids: Any
    places: int = 2
    allows_backorders: bool = False
    events: list[tuple[str, str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    high_volume: int = 100_000
    role: str = "FINANCIALADVISER"
    host: str = "https://api.xero.com"
    app: str = ""

    def table(self, name: str) -> Table:
        return self.organisation.store.tables[name]

    @property
    def today(self) -> date:
        """The calendar date in the organisation's time zone."""
        return self.organisation.local_date(self.now)


def by_update(row: dict) -> tuple:
    """Xero's default order (xero-api.md 3.8)."""
    return (row["UpdatedDateUTC"],)


@dataclass(frozen=True)
class Part:
    """What lies below a row, such as the options of a tracking category.

    :ivar name: envelope key
    :ivar model: xero-python's model of one element
    :ivar show: (context, what is written or read) → wire object
    :ivar read: (context, row) → what GET shows
    :ivar write: (context, row, typed input) → what PUT has made
    :ivar update: (context, row, id of the element, typed input) → what POST to one element has made of it
    :ivar delete: (context, row, id of the element or None for all) → what is gone, None for an empty 204
    :ivar act: (context, row) for a POST without a body, answered by an empty 204
    """

    name: str = ""
    model: str = ""
    show: Callable[[Context, dict], dict] = lambda context, saved: saved
    read: Callable[[Context, dict], list[dict]] | None = None
    write: Callable[[Context, dict, dict], dict] | None = None
    update: Callable[[Context, dict, str, dict], dict] | None = None
    delete: Callable[[Context, dict, str | None], dict | None] | None = None
    act: Callable[[Context, dict], None] | None = None


@dataclass(frozen=True)
class ResourceSpec:
    """One resource of the Accounting API, as a row of the declared table.

    :ivar name: path and envelope key, e.g. "Invoices"
    :ivar model: xero-python's model of one element
    :ivar identifiers: indexes that a path's identifier is looked up in, after the id (xero-api.md 3.1)
    :ivar id_paths: filter path → index, for the filters that are answered without a scan
    :ivar parameters: query parameter → index, for comma separated lists
    :ivar search_keys: what `searchTerm` looks at
    :ivar summary_drops: keys that `summaryOnly` leaves out
    :ivar references: nested object → (table, key of the row that holds its id)
    :ivar optimised: filters that Xero serves at high volume (xero-api.md 3.8)
    :ivar max_elements: elements a write may carry
    :ivar hidden: rows that lists leave out unless `includeArchived`
    :ivar hidden_unless: query parameter, in lower case, that shows hidden rows too
    :ivar offset_page: rows of a list that begins beyond `offset`, where the resource is read that way
    :ivar webhook: category that webhooks name it by
    :ivar render: (context, row, view) → wire object; view is "full" (one record), "written"
        (the answer to a write), "page", "list" (not paged) or "summary"
    :ivar create: (context, typed input) → row
    :ivar update: (context, row, typed input) → row
    :ivar match: (context, typed input) → row that a POST without id updates, by natural key
    :ivar refused_drops: keys of the answer to a write that a refused element lacks
    :ivar error_flag: key that a refused element carries as true
    :ivar date_twins: dates that a refused element is answered with in both forms (xero-api.md 3.3)
    :ivar echo: (typed input) → what a refused element is answered with, ids and errors aside
    :ivar collection_verbs: verbs of the collection, where it takes fewer than its members
    :ivar always_paged: lists are pages of 100 where nothing else is asked for (xero-api.md 3.2)
    :ivar shows_pagination: whether pages come with a pagination object
    :ivar filters: query parameter → (row, value) → whether the row stays
    :ivar has_where: whether `where` is read; elsewhere it is ignored
    :ivar tells_summarise: whether the envelope says `SummarizeErrors` (xero-api.md 3.2)
    :ivar attachments: whether files can be attached
    :ivar printed: (context, row) → bytes of its PDF
    :ivar parts: lower-case part of a path below a row → what lies there
    """

    name: str
    model: str
    id_key: str
    render: Callable[[Context, dict, str], dict]
    verbs: frozenset[str] = frozenset({"GET"})
    create: Callable[[Context, dict], dict] | None = None
    update: Callable[[Context, dict, dict], dict] | None = None
    delete: Callable[[Context, dict], dict | None] | None = None
    match: Callable[[Context, dict], dict | None] | None = None
    echo: Callable[[dict], dict] = dict
    refused_drops: frozenset[str] = frozenset({"UpdatedDateUTC", "UpdatedDateUTCString"})
    error_flag: str | None = None
    date_twins: frozenset[str] = frozenset()
    number_key: str | None = None
    identifiers: tuple[str, ...] = ()
    indexes: tuple[Index, ...] = ()
    order_key: Callable[[dict], tuple] = by_update
    statuses: tuple[str, ...] = ()
    paged: bool = False
    unitdp: bool = False
    max_elements: int | None = None
    id_paths: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    paging_parameters: tuple[str, ...] = ()
    search_keys: tuple[str, ...] = ()
    summary_drops: tuple[str, ...] = ()
    references: dict[str, tuple[str, str]] = field(default_factory=dict)
    optimised: frozenset[str] = frozenset()
    hidden: Callable[[dict], bool] | None = None
    hidden_unless: str = "includearchived"
    offset_page: int | None = None
    webhook: str | None = None
    history: bool = True
    collection_verbs: frozenset[str] | None = None
    always_paged: bool = False
    shows_pagination: bool = True
    filters: dict[str, Callable[[dict, str], bool]] = field(default_factory=dict)
    has_where: bool = True
    tells_summarise: bool = False
    attachments: bool = False
    printed: Callable[[Context, dict], bytes] | None = None
    parts: dict[str, Part] = field(default_factory=dict)
