"""Payroll AU version 1: pay items in one object, and settings (xero-api.md 4.13)."""

import re

from ..accounting.spec import Context
from .contract import Contract
from .errors import Broken, Findings
from .spec import Spec, rows

#: List of PayItems → (id, model, keys that an item needs)
KINDS = {
    "EarningsRates": ("EarningsRateID", "EarningsRate", ("Name", "EarningsType", "RateType", "AccountCode")),
    "DeductionTypes": ("DeductionTypeID", "DeductionType", ("Name", "AccountCode")),
    "LeaveTypes": ("LeaveTypeID", "LeaveType", ("Name", "TypeOfUnits")),
    "ReimbursementTypes": ("ReimbursementTypeID", "ReimbursementType", ("Name", "AccountCode")),
}
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,4})?")
#: What an item says where nothing was sent, as in the OpenAPI file's examples.
_BEGUN = {
    "EarningsRates": dict.fromkeys(
        (
            *("IsExemptFromTax", "IsExemptFromSuper", "IsReportableAsW1"),
            *("AllowanceContributesToAnnualLeaveRate", "AllowanceContributesToOvertimeRate"),
        ),
        False,
    ),
    "DeductionTypes": {"DeductionCategory": "NONE", "ReducesTax": False, "ReducesSuper": False},
    "LeaveTypes": {"IsPaidLeave": True, "ShowOnPayslip": True, "SGCExempt": False},
}
#: Mandatory since 16.0.0 of the OpenAPI files.
_QUALIFYING = {"EarningsRates", "LeaveTypes"}


def show_all(context: Context) -> dict:
    return {kind: list(rows(context, kind).walk()) for kind in KINDS}


def save_all(context: Context, contract: Contract, data: dict) -> dict:
    """Create and change the items of an object of lists; lists that are left out stay as they are."""
    findings = Findings()
    contract.check("PayItem", data, findings)
    for kind, sent in data.items():
        for item in sent:
            _save(context, kind, item, findings)
    findings.check()
    return show_all(context)


def _save(context: Context, kind: str, item: dict, findings: Findings) -> None:
    id_key, _model, needed = KINDS[kind]
    table = rows(context, kind)
    old = table.get(item.get(id_key))
    if item.get(id_key) and old is None:
        raise Broken((id_key, f"The {id_key} '{item[id_key]}' could not be found."))
    begun = old or {**_BEGUN.get(kind, {}), id_key: context.ids.new()}
    new = {"CurrentRecord": True, **begun, **item, "UpdatedDateUTC": context.now}
    for key in needed:
        if not new.get(key):
            findings.add(key, f"{key} is required")
    if kind in _QUALIFYING and "IsQualifyingEarnings" not in new:
        findings.add("IsQualifyingEarnings", "IsQualifyingEarnings is required")
    name = new.get("Name", "").lower()
    if any(other["Name"].lower() == name and other[id_key] != new[id_key] for other in table):
        findings.add("Name", f"The Name '{new['Name']}' is taken; it must be unique.")
    if not _NUMBER.fullmatch(new.get("RatePerUnit", "0")):
        findings.add("RatePerUnit", f"The RatePerUnit '{new['RatePerUnit']}' is not a number.")
    code = new.get("AccountCode")
    if code and not any(account["Code"] == code for account in context.table("Accounts")):
        findings.add("AccountCode", f"Account code '{code}' is not a valid code for this pay item.")
    if new.get("Name"):
        table.put(new)


def settings(context: Context) -> dict:
    """Accounts that payroll books to, by their purpose."""
    by_code = {account["Code"]: account for account in context.table("Accounts")}
    found = [(kind, by_code.get(code)) for kind, code in _ACCOUNTS]
    return {
        "Accounts": [
            {"AccountID": account["AccountID"], "Type": kind, "Code": account["Code"], "Name": account["Name"]}
            for kind, account in found
            if account
        ],
        **_tracking(context),
        "DaysInPayrollYear": 364,
        "EmployeesAreSTP2": True,
    }


def _tracking(context: Context) -> dict:
    """The category that timesheets are tracked by: the organisation's first."""
    first = next((one for one in context.table("TrackingCategories") if one["Status"] == "ACTIVE"), None)
    if first is None:
        return {}
    named = {"TrackingCategoryID": first["TrackingCategoryID"], "TrackingCategoryName": first["Name"]}
    return {"TrackingCategories": {"TimesheetCategories": named}}


_ACCOUNTS = (
    ("WAGESEXPENSE", "477"),
    ("PAYGLIABILITY", "825"),
    ("WAGESPAYABLE", "814"),
    ("SUPERANNUATIONEXPENSE", "478"),
)

PAY_ITEMS = Spec(
    name="PayItems", model="PayItem", id_key="", scope="payroll.settings", plural="PayItems", row_verbs=frozenset()
)
SETTINGS = Spec(
    name="Settings",
    model="Settings",
    id_key="",
    scope="payroll.settings",
    plural="Settings",
    verbs=frozenset({"GET"}),
    row_verbs=frozenset(),
)
