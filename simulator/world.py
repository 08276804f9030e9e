"""Everything that one simulator holds."""

import secrets
import threading

from . import seeding
from .clock import Clock
from .faults import Faults
from .grants import Grants
from .idempotency import Idempotency
from .ids import Ids
from .journal import Journal
from .jwt import Signer
from .keeping import Keeper
from .limits import Limits
from .sessions import Sessions
from .snapshot import Snapshot
from .webhooks import Webhooks


class World:
    """Apps, users, organisations and what has happened to them; `reset` starts it anew.

    :ivar apps: client id → App
    :ivar users: the people who can sign in
    :ivar organisations: tenant id → Organisation
    :ivar contract: called with each API request and its reply, by tests that watch the published models
    :ivar keeper: the file that all of it is kept in; None for none
    :ivar stopping: set when the server stops, so that nothing waits any longer
    """

    def __init__(self, seed: str, *, contacts: int = 0, invoices: int = 0, keeper: Keeper | None = None):
        self.ids = Ids()
        self.stopping = threading.Event()
        self.contract = None
        self.keeper = keeper
        self._snapshot: Snapshot | None = None
        if keeper and not keeper.is_empty:
            self._restore()
            return
        self.signer = Signer()
        self.reset(seed, contacts=contacts, invoices=invoices)

    def reset(self, seed: str | None = None, *, contacts: int = 0, invoices: int = 0) -> None:
        """Forget everything and load a seed, the same one unless another is named.

        :param contacts: make up contacts until the first organisation has this many; likewise `invoices`
        :raises ValueError: there is no such seed
        """
        clock = Clock()
        loaded = seeding.load(seed or self.seed, clock, self.ids, contacts=contacts, invoices=invoices)
        self.seed = seed or self.seed
        if hasattr(self, "webhooks"):
            self.webhooks.close()
        self._begin(clock, loaded.apps, loaded.users, loaded.organisations)
        if self.keeper:
            self.keeper.begin_anew(self._facts(), list(self.organisations.values()))

    def take_snapshot(self) -> None:
        """Remember this moment instead of the one remembered before."""
        self._snapshot = Snapshot.take(self._facts(), self.organisations.values())

    def restore_snapshot(self) -> None:
        """Go back to the moment remembered; calls, faults, limits and idempotency keys begin anew.

        :raises ValueError: none is remembered
        """
        if self._snapshot is None:
            raise ValueError("nothing to go back to: POST /_sim/snapshot remembers the present moment")
        facts, organisations = self._snapshot.restore()
        self.webhooks.close()
        self._resume(facts, organisations)
        if self.keeper:
            self.keeper.begin_anew(self._facts(), organisations)

    def keep(self) -> None:
        """Write what has changed into the file, where there is one."""
        if self.keeper:
            self.keeper.save(self._facts(), list(self.organisations.values()))

    def _begin(self, clock, apps, users, organisations) -> None:
        self.clock = clock
        self.apps = {app.client_id: app for app in apps}
        self.users = list(users)
        self.organisations = {organisation.tenant_id: organisation for organisation in organisations}
        self.sessions = Sessions()
        self.grants = Grants(clock, self.ids, self.signer)
        self.limits = Limits(clock, self.stopping)
        self.idempotency = Idempotency(clock)
        self.faults = Faults(self.ids, self.stopping)
        self.journal = Journal(clock)
        self.webhooks = Webhooks(clock, self.app.webhook_key, self.stopping)

    def _facts(self) -> dict:
        return {
            "seed": self.seed,
            "clock": self.clock.offset,
            "key": self.signer.private_key(),
            "apps": list(self.apps.values()),
            "users": self.users,
            "grants": self.grants.dump(),
            "webhooks": self.webhooks.dump(),
        }

    def _restore(self) -> None:
        facts = self.keeper.facts()
        self.signer = Signer(facts["key"])
        self._resume(facts, self.keeper.organisations(facts))

    def _resume(self, facts: dict, organisations: list) -> None:
        clock = Clock()
        clock.offset = facts["clock"]
        self.seed = facts["seed"]
        self._begin(clock, facts["apps"], facts["users"], organisations)
        self.grants.restore(facts["grants"])
        self.webhooks.restore(facts["webhooks"])

    @property
    def app(self):
        """The seed's first app, the one that a newcomer uses."""
        return next(iter(self.apps.values()))

    def introduction(self, url: str) -> dict:
        """What somebody needs to know to use this simulator at `url`: the first line of the command's output."""
        return {
            "url": url,
            "client_id": self.app.client_id,
            "client_secret": self.app.client_secret,
            "webhook_key": self.app.webhook_key,
            "tenants": [
                {"tenant_id": o.tenant_id, "name": o.name, "country": o.country} for o in self.organisations.values()
            ],
        }

    def organisation(self, tenant_id: str | None):
        """The organisation with this tenant id, the first one where none is given.

        :raises ValueError: there is no such organisation
        """
        if tenant_id is None:
            return next(iter(self.organisations.values()))
        if not isinstance(tenant_id, str) or tenant_id not in self.organisations:
            raise ValueError(f"no organisation has the tenant_id {tenant_id!r}")
        return self.organisations[tenant_id]

    def add_organisation(self, name: str, country: str, settings: dict):
        """A new organisation with the usual accounts and tax rates of `country`, two letters.

        :param settings: keys of Xero's Organisation that are to differ, e.g. ``{"BaseCurrency": "AUD"}``
        :raises ValueError: there is no chart of accounts for that country
        """
        chart = {"GB": "uk"}.get(country, country.lower())
        if chart not in seeding.charts():
            raise ValueError(f"country must be one of {', '.join(seeding.charts())}, not {country!r}")
        made = seeding.organisation(
            self.clock, self.ids, self.users, chart=chart, key=self.ids.new(), name=name, **settings
        )
        self.organisations[made.tenant_id] = made
        return made

    def add_app(self, name: str, strict: bool, scopes: tuple[str, ...], tier: str) -> seeding.App:
        """A new app, with an id and a secret of its own."""
        client_id = secrets.token_hex(16).upper()
        key = secrets.token_urlsafe(24)
        self.apps[client_id] = seeding.App(client_id, secrets.token_urlsafe(32), key, name, strict, scopes, tier)
        return self.apps[client_id]

    def user(self, email: str | None = None):
        """The user with this e-mail address, the first one where none is given; None where nobody has it."""
        if email is None:
            return self.users[0]
        return next((user for user in self.users if user.email.lower() == email.strip().lower()), None)
