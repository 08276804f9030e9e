"""Organisation: the settings a connector reads first (xero-api.md 4.10)."""

from .. import codec
from ..spec import ResourceSpec

# xero-api.md 4.10; what an adviser's connection to a full plan may do.
ACTIONS = (
    "CreateApprovedInvoice",
    "CreateDraftInvoice",
    "CreateRepeatingInvoice",
    "CreateInvoicePayment",
    "CreateApprovedBill",
    "CreateDraftBill",
    "CreateRepeatingBill",
    "CreateApprovedPurchaseOrder",
    "CreateDraftPurchaseOrder",
    "CreateSentQuote",
    "CreateDraftQuote",
    "AttachFilesIntoInvoice",
    "UseMulticurrency",
    "AdministerPayroll",
    "CreateManualJournal",
    "ApproveTransactionsBeforePeriodLockDate",
)
#: Name → why it is not allowed here: lock dates bind every call of the simulator.
DENIED = frozenset({"ApproveTransactionsBeforePeriodLockDate"})
#: Plans with one currency only; the demo company and the larger plans have as many as they add.
ONE_CURRENCY = frozenset({"STARTER", "STANDARD", "IGNITE", "GROW"})


def render(context, row: dict, view: str) -> dict:
    settings = context.organisation.settings
    lock_dates = {
        key: codec.ms_date(settings[key]) for key in ("PeriodLockDate", "EndOfYearLockDate") if settings.get(key)
    }
    created = codec.ms_moment(context.organisation.created, offset=False)
    lists = {"Addresses": [], "Phones": [], "ExternalLinks": [], "PaymentTerms": {}}
    return codec.present({**lists, **settings, **lock_dates, "CreatedDateUTC": created})


def has_currencies(organisation) -> bool:
    """Whether the plan includes more than the base currency."""
    return organisation.settings.get("Class") not in ONE_CURRENCY


def actions(organisation, payroll_admin: bool = True) -> list[dict]:
    """Elements of GET /Organisation/Actions, for a user who administers the payroll or does not."""
    denied = DENIED if has_currencies(organisation) else DENIED | {"UseMulticurrency"}
    denied = denied if payroll_admin else denied | {"AdministerPayroll"}
    return [{"Name": name, "Status": "NOT-ALLOWED" if name in denied else "ALLOWED"} for name in ACTIONS]


SPEC = ResourceSpec(
    name="Organisations",
    model="Organisation",
    id_key="OrganisationID",
    render=render,
    order_key=lambda row: (),
    history=False,
)
