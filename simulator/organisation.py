"""One organisation of the simulated Xero: its settings, its tables, its books."""

import threading
from collections.abc import Iterable
from datetime import date, datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .accounting import attachments
from .accounting.ledger import Ledger
from .accounting.registry import SPECS
from .accounting.resources import allocations
from .accounting.spec import Context, by_update
from .store import Store

#: Xero's name of a time zone → the tz database's.
TIME_ZONES = {
    "NEWZEALANDSTANDARDTIME": "Pacific/Auckland",
    "AUSEASTERNSTANDARDTIME": "Australia/Sydney",
    "GMTSTANDARDTIME": "Europe/London",
    "EASTERNSTANDARDTIME": "America/New_York",
    "PACIFICSTANDARDTIME": "America/Los_Angeles",
    "UTC": "UTC",
}

#: What an organisation is made of, as opposed to what it knows.
_MACHINERY = frozenset({"lock", "store", "ledger", "payroll", "_time_zone"})


class Organisation:
    """State of one organisation; nothing of it lives elsewhere.

    :ivar tenant_id: also the OrganisationID (xero-api.md 4.10)
    :ivar settings: what GET /Organisation shows, lock dates as plain dates
    :ivar ledger: the double entry behind the documents
    :ivar history: (resource, id) → notes, newest last
    :ivar lock: held while a call reads or changes the organisation
    """

    def __init__(self, settings: dict, *, rates: dict[str, Decimal], branding_theme_id: str, created: datetime):
        self.settings = settings
        self.created = created
        self.branding_theme_id = branding_theme_id
        self.lock = threading.RLock()
        self.store = Store()
        self.history: dict[tuple[str, str], list[dict]] = {}
        #: payroll.regions.Region, where payroll has been switched on
        self.payroll = None
        #: whether nobody has set the payroll up in Xero (yet), whatever its tables hold
        self.payroll_closed = False
        self._rates = rates
        self._sequences: dict[str, int] = {}
        self._time_zone = _time_zone(settings.get("Timezone", ""))
        self._add_tables()

    @classmethod
    def from_facts(cls, facts: dict, rows: Iterable[tuple[str, dict]] = ()) -> "Organisation":
        """The organisation that gave these :meth:`facts`, with rows for its tables.

        :param rows: (resource, row), oldest change first
        """
        made = cls(
            facts["settings"],
            rates=facts["_rates"],
            branding_theme_id=facts["branding_theme_id"],
            created=facts["created"],
        )
        vars(made).update({name: value for name, value in facts.items() if name != "has_payroll"})
        if facts["has_payroll"]:
            # Payroll is made of organisations' parts itself, so it can be imported only once this module is there.
            from .payroll.regions import provision

            provision(made)
        with made.store.transaction():
            for resource, row in rows:
                # The organisation's own row is its settings, the very same object.
                made.store.tables[resource].put(made.settings if resource == "Organisations" else row)
        return made

    def rows(self) -> list[tuple[str, dict]]:
        """All rows of all tables, as :meth:`from_facts` takes them. Rows are never changed in place (store.py)."""
        return [(table.name, row) for table in self.store.tables.values() for row in table]

    def facts(self) -> dict:
        """All that the organisation knows besides the rows of its tables; of payroll, whether there is any."""
        known = {name: value for name, value in vars(self).items() if name not in _MACHINERY}
        return known | {"has_payroll": bool(getattr(self, "payroll", None))}

    @property
    def tenant_id(self) -> str:
        return self.settings["OrganisationID"]

    @property
    def name(self) -> str:
        return self.settings["Name"]

    @property
    def country(self) -> str:
        """Two letters, e.g. "NZ"."""
        return self.settings["CountryCode"]

    @property
    def base_currency(self) -> str:
        return self.settings["BaseCurrency"]

    def local_date(self, moment: datetime) -> date:
        """The calendar date of `moment` where the organisation is (xero-api.md 3.3)."""
        return moment.astimezone(self._time_zone).date()

    def local_moment(self, moment: datetime) -> datetime:
        """The wall clock's time where the organisation is, called UTC: a mistake that Xero makes (xero-api.md 3.5)."""
        return moment.astimezone(self._time_zone).replace(tzinfo=timezone.utc)

    def day_rate(self, currency: str) -> Decimal:
        """Units of `currency` for one unit of base currency, where a document brings no rate of its own."""
        return self._rates.get(currency, Decimal(1))

    def next_in_sequence(self, name: str) -> int:
        """The next automatic number; one that is given back by a rollback is used again."""
        before = self._sequences.get(name, 0)
        self._sequences[name] = before + 1
        self.store.on_rollback(lambda: self._sequences.update({name: before}))
        return before + 1

    def dump(self, resource: str) -> list[dict]:
        """Every row of a resource, archived and deleted ones included, as a single GET shows it.

        :raises KeyError: for a resource that the simulator does not have
        """
        spec = SPECS[resource]
        with self.lock:
            context = Context(self, datetime.now(timezone.utc), None, places=4)
            return [spec.render(context, row, "full") for row in self.store.tables[resource].walk()]

    def _add_tables(self) -> None:
        for spec in SPECS.values():
            self.store.add(
                spec.name, id_key=spec.id_key, order_key=spec.order_key, indexes=spec.indexes, hidden=spec.hidden
            )
        self.store.add("Allocations", id_key="AllocationID", order_key=by_update, indexes=allocations.INDEXES)
        self.store.add(attachments.TABLE, id_key="AttachmentID", order_key=by_update, indexes=attachments.INDEXES)
        self.ledger = Ledger(self.store, self.store.tables["Accounts"])


def _time_zone(name: str):
    try:
        return ZoneInfo(TIME_ZONES.get(name, "UTC"))
    except ZoneInfoNotFoundError:
        return timezone.utc
