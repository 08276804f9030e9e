"""TaxRates (xero-api.md 4.9): one a request, system rates immutable, deleted by POST with a Status."""

from ...store import Index
from .. import codec
from ..arithmetic import effective_rate
from ..spec import Context, ResourceSpec
from ..validation import Invalid, Problems

#: Class of an account → the flag that says whether a rate applies to it.
APPLIES = {
    "ASSET": "CanApplyToAssets",
    "EQUITY": "CanApplyToEquity",
    "EXPENSE": "CanApplyToExpenses",
    "LIABILITY": "CanApplyToLiabilities",
    "REVENUE": "CanApplyToRevenue",
}
#: Organisations in these countries have to name a ReportTaxType (xero-api.md 4.9).
REPORT_TYPES = {
    "AU": {"OUTPUT", "INPUT", "EXEMPTOUTPUT", "INPUTTAXED", "BASEXCLUDED", "EXEMPTEXPENSES"},
    "NZ": {"OUTPUT", "INPUT", "EXEMPTOUTPUT", "EXEMPTINPUT"},
    "GB": {
        *("OUTPUT", "INPUT", "EXEMPTOUTPUT", "EXEMPTINPUT", "ECOUTPUT", "ECOUTPUTSERVICES", "ECINPUT"),
        *("ECACQUISITIONS", "CAPITALSALESOUTPUT", "CAPITALEXPENSESINPUT", "MOSSSALES"),
    },
}


def applies_to(rate: dict, account_class: str) -> bool:
    return bool(rate.get(APPLIES[account_class], True))


def untaxed(context: Context) -> str:
    """The tax type of lines without tax; Australia has no NONE (xero-api.md 4.9)."""
    return "NONE" if context.table("TaxRates").get("NONE") else "BASEXCLUDED"


def render(context: Context, row: dict, view: str) -> dict:
    rate = effective_rate(row["TaxComponents"])
    components = [
        {
            "Name": part["Name"],
            "Rate": part["Rate"],
            "IsCompound": bool(part.get("IsCompound")),
            "IsNonRecoverable": bool(part.get("IsNonRecoverable")),
        }
        for part in row["TaxComponents"]
    ]
    return codec.present(
        {
            "Name": row["Name"],
            "TaxType": row["TaxType"],
            "ReportTaxType": row.get("ReportTaxType"),
            **{flag: bool(row.get(flag, True)) for flag in APPLIES.values()},
            "DisplayTaxRate": rate,
            "EffectiveRate": rate,
            "Status": row["Status"],
            "TaxComponents": components,
        }
    )


def create(context: Context, data: dict) -> dict:
    report_type = data.get("ReportTaxType")
    row = {
        "TaxType": _next_type(context),
        "Name": data.get("Name", ""),
        "ReportTaxType": report_type,
        "Status": "ACTIVE",
        "TaxComponents": data.get("TaxComponents", []),
        "CanApplyToExpenses": "OUTPUT" not in (report_type or ""),
        "CanApplyToRevenue": "INPUT" not in (report_type or ""),
    }
    _check(context, row)
    return context.table("TaxRates").put(row)


def update(context: Context, row: dict, data: dict) -> dict:
    if row.get("System"):
        raise Invalid("System tax rates cannot be modified.")
    if row["Status"] == "DELETED":
        raise Invalid("Tax rate must be Active")
    new = {**row, **{key: data[key] for key in ("Name", "Status", "TaxComponents") if key in data}}
    kept = {part.get("Name") for part in new["TaxComponents"]}
    if any(part["Name"] not in kept for part in row["TaxComponents"]):
        raise Invalid("Tax components cannot be removed or renamed.")
    _check(context, new)
    return context.table("TaxRates").put(new)


def match(context: Context, data: dict) -> dict | None:
    table = context.table("TaxRates")
    return table.get(data.get("TaxType")) or table.one("name", data.get("Name", "").lower())


def _next_type(context: Context) -> str:
    number = 1
    while context.table("TaxRates").get(f"TAX{number:03}"):
        number += 1
    return f"TAX{number:03}"


def _check(context: Context, row: dict) -> None:
    problems = Problems()
    if not row["Name"]:
        problems.add("The Name field is mandatory")
    other = context.table("TaxRates").one("name", row["Name"].lower())
    if other and other["TaxType"] != row["TaxType"]:
        problems.add("Please enter a unique Name.")
    if not row["TaxComponents"]:
        problems.add("At least one tax component must be specified.")
    if any(not part.get("Name") or "Rate" not in part for part in row["TaxComponents"]):
        problems.add("A tax component needs a Name and a Rate.")
    if sum(1 for part in row["TaxComponents"] if part.get("IsCompound")) > 1:
        problems.add("Only one tax component may be compound.")
    wanted = REPORT_TYPES.get(context.organisation.country)
    if wanted and row["TaxType"].startswith("TAX") and row.get("ReportTaxType") not in wanted:
        problems.add("A valid ReportTaxType must be specified.")
    if row["Status"] not in SPEC.statuses:
        problems.add(f"'{row['Status']}' is not a valid tax rate status.")
    problems.check()


SPEC = ResourceSpec(
    name="TaxRates",
    model="TaxRate",
    id_key="TaxType",
    verbs=frozenset({"GET", "PUT", "POST"}),
    render=render,
    create=create,
    update=update,
    match=match,
    indexes=(Index("name", lambda row: row["Name"].lower() if row["Status"] != "DELETED" else None),),
    order_key=lambda row: (row["Name"].lower(),),
    statuses=("ACTIVE", "DELETED", "ARCHIVED", "PENDING"),
    max_elements=1,
    history=False,
)
