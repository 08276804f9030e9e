"""What an employee of version 2 is paid by: salary and wages, working pattern, tax, payment method, pay template."""

from dataclasses import replace

from ..accounting import codec
from ..accounting.spec import Context
from ..store import Index
from . import version2
from .errors import Broken, NotAllowed, NotFound
from .spec import READ, READ_WRITE, Part, Spec, known, rows

INDEXES = (Index("employee", lambda row: row["employeeID"].lower()),)
_ALL = frozenset({"GET", "POST", "PUT", "DELETE"})

WAGES = Spec(
    name="SalaryAndWages",
    model="SalaryAndWage",
    id_key="salaryAndWagesID",
    scope="payroll.employees",
    plural="salaryAndWages",
    singular="salaryAndWages",
    row_verbs=frozenset({"GET", "PUT", "DELETE"}),
    required={
        "earningsRateID": "The Earnings Rate is required",
        "numberOfUnitsPerWeek": "The Number of Units per Week is required",
        "numberOfUnitsPerDay": "The Number of Units per Day is required",
        "effectiveFrom": "The Effective From is required",
        "annualSalary": "The Annual Salary is required",
        "status": "The Status is required",
        "paymentType": "The Payment Type is required",
    },
)

PATTERNS = Spec(
    name="WorkingPatterns",
    model="EmployeeWorkingPatternWithWorkingWeeks",
    id_key="payeeWorkingPatternID",
    scope="payroll.employees",
    plural="payeeWorkingPatterns",
    singular="payeeWorkingPattern",
    row_verbs=frozenset({"GET", "DELETE"}),
    required={"effectiveFrom": "The Effective From is required", "workingWeeks": "The Working Weeks are required"},
    list_drops=frozenset({"workingWeeks"}),
)

EARNINGS = Spec(
    name="EarningsTemplates",
    model="EarningsTemplate",
    id_key="payTemplateEarningID",
    scope="payroll.employees",
    plural="earningTemplates",
    singular="earningTemplate",
    verbs=frozenset({"POST"}),
    row_verbs=frozenset({"PUT", "DELETE"}),
    required={"earningsRateID": "The Earnings Rate is required"},
)


def save(context: Context, spec: Spec, employee: dict, row: dict, data: dict) -> dict:
    """Keep one of the rows that an employee has in the table of `spec`."""
    new = {**row, **data, spec.id_key: row[spec.id_key], "employeeID": employee["employeeID"]}
    if "earningsRateID" in new:
        rate = known(context, "EarningsRates", new["earningsRateID"], "EarningsRateID")
        new.setdefault("name", rate["name"])
    return rows(context, spec.name).put(new)


def _own(spec: Spec):
    """(call, context, api, employee, further path) → answer about the rows that the employee has."""

    def answer(call, context: Context, api, employee: dict, rest: list[str]) -> dict:
        mine = rows(context, spec.name).by("employee", employee["employeeID"].lower())
        own = replace(
            spec,
            create=lambda ctx, data: save(ctx, spec, employee, {spec.id_key: ctx.ids.new()}, data),
            update=lambda ctx, old, data: save(ctx, spec, employee, old, data),
            delete=lambda ctx, old: rows(ctx, spec.name).remove(old[spec.id_key]),
        )
        if not rest:
            return version2.collection(call, context, api, own, mine)
        wanted = version2.guid(rest[0]).lower()
        found = next((one for one in mine if one[spec.id_key].lower() == wanted), None)
        if found is None or len(rest) > 1:
            raise NotFound
        return version2.single(call, context, api, own, found)

    return answer


def _wages(call, context: Context, api, employee: dict, rest: list[str]) -> dict:
    """The OpenAPI files answer a GET of one with a list, too."""
    payload = _own(WAGES)(call, context, api, employee, rest)
    one = payload.get(WAGES.singular)
    return {WAGES.plural: [one]} if call.method == "GET" and rest else payload


# --- pay template ------------------------------------------------------------------------------------------------


def _pay_template(call, context: Context, api, employee: dict, rest: list[str]) -> dict:
    if rest and rest[0].lower() == "earnings":
        return _own(EARNINGS)(call, context, api, employee, rest[1:])
    if rest or call.method != "GET":
        raise NotFound if rest else NotAllowed
    mine = rows(context, EARNINGS.name).by("employee", employee["employeeID"].lower())
    shown = [version2.show(context, api, EARNINGS, row) for row in mine]
    return {"payTemplate": {"employeeID": employee["employeeID"], EARNINGS.plural: shown}}


def _several_earnings(call, context: Context, api, employee: dict, rest: list[str]) -> dict:
    """A list of them at once."""
    body = codec.loads(call.body)
    if rest or not isinstance(body, list):
        raise NotFound if rest else Broken(("EarningTemplates", "A list of earnings is required"))
    saved = []
    for part in body:
        data = version2.typed(api, EARNINGS, part)
        saved.append(save(context, EARNINGS, employee, {EARNINGS.id_key: context.ids.new()}, data))
    return {EARNINGS.plural: [version2.show(context, api, EARNINGS, row) for row in saved]}


# --- what there is one of ----------------------------------------------------------------------------------------


def _one(name: str, model: str, key: str, verbs: frozenset[str] = READ_WRITE) -> Part:
    """The part of an employee that is one object, kept with the employee under `name`."""
    spec = Spec(name=name, model=model, id_key="", scope="payroll.employees", plural="", singular=key)

    def answer(call, context: Context, api, employee: dict, rest: list[str]) -> dict:
        if rest:
            raise NotFound
        terms = employee.get("terms", {})
        if call.method == "POST":
            terms = {**terms, name: {**terms.get(name, {}), **version2.sent(call, api, spec)}}
            rows(context, "Employees").put({**employee, "terms": terms, "updatedDateUTC": context.now})
        return {key: version2.show(context, api, spec, terms.get(name, {}))}

    return Part(verbs, answer)


def _opening_balances(call, context: Context, api, employee: dict, rest: list[str]) -> dict:
    """A list that is replaced as a whole."""
    if rest:
        raise NotFound
    spec = Spec("OpeningBalances", "EmployeeOpeningBalance", "", "payroll.employees", "openingBalances")
    terms = employee.get("terms", {})
    if call.method == "POST":
        body = codec.loads(call.body)
        listed = body if isinstance(body, list) else [body]
        terms = {**terms, spec.name: [version2.typed(api, spec, part) for part in listed]}
        rows(context, "Employees").put({**employee, "terms": terms, "updatedDateUTC": context.now})
    return {spec.plural: [version2.show(context, api, spec, row) for row in terms.get(spec.name, [])]}


def fill(context: Context, api, employee: dict, element: dict) -> None:
    """What a seed says of an employee's pay."""
    for spec in (WAGES, PATTERNS, EARNINGS):
        for part in element.get(spec.plural, []):
            save(context, spec, employee, {spec.id_key: context.ids.new()}, api.contract.read(spec.model, part))
    terms = {
        name: api.contract.read(model, element[key])
        for name, model, key in (("Tax", "EmployeeTax", "tax"), ("PaymentMethods", "PaymentMethod", "paymentMethod"))
        if key in element
    }
    rows(context, "Employees").put({**rows(context, "Employees").get(employee["employeeID"]), "terms": terms})


_COMMON = {
    "salaryandwages": Part(_ALL, _wages),
    "paymentmethods": _one("PaymentMethods", "PaymentMethod", "paymentMethod"),
    "paytemplates": Part(_ALL, _pay_template),
    "paytemplateearnings": Part(frozenset({"POST"}), _several_earnings),
}
NZ_PARTS = {
    **_COMMON,
    "tax": _one("Tax", "EmployeeTax", "employeeTax"),
    "working-patterns": Part(_ALL, _own(PATTERNS)),
    "openingbalances": Part(READ_WRITE, _opening_balances),
}
UK_PARTS = {
    **_COMMON,
    "tax": _one("Tax", "EmployeeTax", "employeeTax", READ),
    "ukopeningbalances": _one("OpeningBalances", "EmployeeOpeningBalances", "openingBalances"),
}
