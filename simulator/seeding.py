"""Seeds: apps, users and organisations to start with, as JSON in the folder `seeds`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timezone
from decimal import Decimal
from pathlib import Path

from . import bulk
from .accounting import contract
from .accounting.registry import SPECS
from .accounting.resources import branding_themes
from .accounting.spec import Context
from .organisation import Organisation
from .payroll import seeding as payroll_seeding

TIERS = ("starter", "core", "plus", "advanced", "enterprise")
FOLDER = Path(__file__).parent / "seeds"


@dataclass(frozen=True)
class App:
    """An app as its owner sees it in Xero's developer portal.

    :ivar strict: http is accepted on the name localhost only, as with Xero
    :ivar scopes: what it may ask for; all that need no approval where there are none
    :ivar tier: one of TIERS; the lowest has fewer calls a day (xero-api.md 1.7)
    """

    client_id: str
    client_secret: str
    webhook_key: str
    name: str
    strict: bool = False
    scopes: tuple[str, ...] = ()
    tier: str = "core"


@dataclass(frozen=True)
class User:
    """Somebody who can sign in and consent."""

    email: str
    password: str
    first_name: str
    last_name: str
    role: str = "STANDARD"
    payroll_admin: bool = False
    user_id: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class Seed:
    apps: list[App]
    users: list[User]
    organisations: list[Organisation] = field(default_factory=list)


def names() -> list[str]:
    """Seeds that can be loaded."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def load(name: str, clock, ids, *, contacts: int = 0, invoices: int = 0) -> Seed:
    """Make the apps, users and organisations of a seed; their ids are the same each time.

    :param contacts: the first organisation gets more contacts, made up, until it has this many
    :param invoices: likewise invoices and bills, some of them paid
    :raises ValueError: there is no seed of that name
    """
    if name not in names():
        raise ValueError(f"there is no seed {name!r}; there are {', '.join(names())}")
    data = _read(FOLDER / f"{name}.json")
    users = [User(**user, user_id=ids.named(name, "Users", user["email"])) for user in data["users"]]
    organisations = [organisation(clock, ids, users, **one) for one in data["organisations"]]
    if contacts or invoices:
        first = organisations[0]
        bulk.fill(_context(first, clock, _FixedIds(ids, first.tenant_id)), contacts=contacts, invoices=invoices)
    apps = [App(**{**app, "scopes": tuple(app.get("scopes", ()))}) for app in data["apps"]]
    return Seed(apps, users, organisations)


def organisation(
    clock,
    ids,
    users: Iterable[User],
    *,
    chart: str,
    key: str,
    name: str,
    contacts: Iterable[dict] = (),
    items: Iterable[dict] = (),
    records: dict[str, Iterable[dict]] | None = None,
    payroll: str = "",
    **settings,
) -> Organisation:
    """A new organisation with the accounts, tax rates and currencies of a chart.

    :param chart: name of a file in `seeds/charts`, e.g. "nz"
    :param key: what its ids are made from; two organisations of one simulator need different ones
    :param records: resource → further records, known by their Name or Reference
    :param payroll: name of a file in `seeds/payroll`; empty where the organisation has no payroll
    :param settings: keys of Xero's Organisation that differ from the chart's
    """
    template = _read(FOLDER / "charts" / f"{chart}.json")
    now = clock.now().astimezone(timezone.utc)
    made = Organisation(
        _settings(template["organisation"], settings, name, ids.named(key, "Organisation")),
        rates={code: Decimal(str(rate)) for code, rate in template["rates"].items()},
        branding_theme_id=ids.named(key, "BrandingTheme"),
        created=now.replace(microsecond=0),
    )
    context = _context(made, clock, _FixedIds(ids, key))
    with made.store.transaction():
        _fill_reference_data(context, template, users)
        _fill_through_rules(context, "Contacts", contacts, "Name")
        _fill_through_rules(context, "Items", items, "Code")
        for resource, elements in (records or {}).items():
            _fill_through_rules(context, resource, elements, "Reference" if resource == "RepeatingInvoices" else "Name")
        if payroll:
            payroll_seeding.fill(context, _read(FOLDER / "payroll" / f"{payroll}.json"))
    return made


def _context(made: Organisation, clock, ids) -> Context:
    now = clock.now().astimezone(timezone.utc)
    return Context(made, now.replace(microsecond=now.microsecond // 1000 * 1000), ids, places=4)


def charts() -> list[str]:
    """Charts that an organisation can be made from."""
    return sorted(path.stem for path in (FOLDER / "charts").glob("*.json"))


class _FixedIds:
    """Gives ids that follow from what they are for, instead of fresh ones."""

    def __init__(self, ids, key: str):
        self._ids, self._key = ids, key
        self.next: tuple[str, ...] = ()
        self._count = 0

    def new(self) -> str:
        self._count += 1
        return self.named(*self.next, str(self._count))

    def named(self, *parts: str) -> str:
        return self._ids.named(self._key, *parts)


def _settings(template: dict, settings: dict, name: str, tenant_id: str) -> dict:
    merged = {"Name": name, "LegalName": name, **template, **settings, "OrganisationID": tenant_id}
    for key in ("PeriodLockDate", "EndOfYearLockDate"):
        if merged.get(key):
            merged[key] = date.fromisoformat(merged[key])
    return merged


def _fill_reference_data(context: Context, template: dict, users: Iterable[User]) -> None:
    ids = context.ids
    base = {"Type": "CURRENT", "Status": "ACTIVE", "EnablePaymentsToAccount": False, "ShowInExpenseClaims": False}
    context.table("Organisations").put(context.organisation.settings)
    context.table("BrandingThemes").put(branding_themes.first(context))
    for currency in template["currencies"]:
        context.table("Currencies").put(currency)
    for rate in template["tax_rates"]:
        context.table("TaxRates").put(
            {"Status": "ACTIVE", **contract.read("TaxRate", rate), "System": rate.get("System")}
        )
    for account in template["accounts"]:
        account_id = ids.named("Accounts", account["Code"])
        context.table("Accounts").put({**base, **account, "AccountID": account_id, "UpdatedDateUTC": context.now})
    for user in users:
        context.table("Users").put(_user_row(context, user))


def _user_row(context: Context, user: User) -> dict:
    return {
        "UserID": user.user_id,
        "EmailAddress": user.email,
        "FirstName": user.first_name,
        "LastName": user.last_name,
        "UpdatedDateUTC": context.now,
        "IsSubscriber": False,
        "OrganisationRole": user.role,
    }


def _fill_through_rules(context: Context, resource: str, elements: Iterable[dict], name_key: str) -> None:
    """Elements as a client would send them, so that a seed cannot hold what Xero would refuse."""
    spec = SPECS[resource]
    for element in elements:
        context.ids.next = (resource, element[name_key])
        spec.create(context, contract.read(spec.model, element))


def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))
