"""Documents of every shape, by chance, and what `arithmetic` says about them, for tests and the benchmark of money.

`chance` is a `random.Random`; the one that hypothesis gives shrinks to the smallest document that shows a difference.
"""

from decimal import Decimal

from xero_api.arithmetic import Component, Line, compute, effective_rate

CURRENCIES = {"NZD": None, "USD": Decimal("0.612345"), "EUR": Decimal("0.5521")}
# Rates of the demo company beside its own: one of two parts, one of them compound; and with four decimals.
ADDED = {
    "Compound": [Component(Decimal(6)), Component(Decimal(4), is_compound=True)],
    "Fine": [Component(Decimal("8.8750")), Component(Decimal("0.1234"))],
}
SIDES = {"ACCREC": ("200", "OUTPUT"), "ACCRECCREDIT": ("200", "OUTPUT"), "ACCPAY": ("429", "INPUT")}
SIDES["ACCPAYCREDIT"] = SIDES["ACCPAY"]
RESOURCES = {"Invoices": ("ACCREC", "ACCPAY"), "CreditNotes": ("ACCRECCREDIT", "ACCPAYCREDIT")}
KEYS = ("SubTotal", "TotalTax", "Total")


def prepare(client) -> dict:
    """Add the currencies and rates to a fresh organisation; returns what `document` has to know of it."""
    for code in CURRENCIES:
        client.put("Currencies", {"Code": code}, f"currency-{code}")
    rates = {"OUTPUT": {"NONE": Decimal(0)}, "INPUT": {"NONE": Decimal(0)}}
    for side, types in rates.items():
        types[f"{side}2"] = Decimal(15)
        for name, parts in ADDED.items():
            answer = client.put("TaxRates", _rate(f"{name} {side}", side, parts), f"rate-{name}-{side}")
            types[answer.elements[0].data["TaxType"]] = effective_rate(parts)
    contact = client.get("Contacts", {"page": 1, "pageSize": 1}).elements[0].data["ContactID"]
    return {"rates": rates, "contact": contact}


def _rate(name, report_type, parts):
    components = [
        {"Name": f"Part {n}", "Rate": part.rate, "IsCompound": part.is_compound} for n, part in enumerate(parts)
    ]
    return {"Name": name, "ReportTaxType": report_type, "TaxComponents": components}


def document(known: dict, chance, type_: str, number: str) -> dict:
    """One approved document of one to six lines: prices of 2 to 6 decimals, discounts, rebates, mixed taxes."""
    currency = chance.choice(list(CURRENCIES))
    body = {
        "Type": type_,
        "Status": "AUTHORISED",
        "Contact": {"ContactID": known["contact"]},
        "Date": "2026-11-01",
        "CurrencyCode": currency,
        "LineAmountTypes": chance.choice(("Exclusive", "Exclusive", "Inclusive", "Inclusive", "NoTax")),
        "LineItems": [_line(known, chance, type_) for _line_number in range(chance.randint(1, 6))],
        "CreditNoteNumber" if "CREDIT" in type_ else "InvoiceNumber": number,
    }
    if CURRENCIES[currency]:
        body["CurrencyRate"] = CURRENCIES[currency]
    return body if "CREDIT" in type_ else {**body, "DueDate": "2026-11-30"}


def _line(known, chance, type_):
    account, side = SIDES[type_]
    line = {
        "Description": "Goods",
        "AccountCode": account,
        "TaxType": chance.choice(list(known["rates"][side])),
        "Quantity": Decimal(chance.randint(1, 99999)).scaleb(-chance.randint(0, 5)),
        "UnitAmount": Decimal(chance.randint(1, 9999999)).scaleb(-chance.randint(2, 6)),
    }
    if chance.randint(1, 10) == 1:
        line["TaxAmount"] = Decimal(chance.randint(0, 9999)).scaleb(-2)
    if type_ == "ACCREC" and chance.randint(1, 3) == 1:
        line["DiscountRate"] = Decimal(chance.randint(0, 1000000)).scaleb(-chance.randint(4, 5))
    return line


def with_rebate(body: dict, chance) -> dict:
    """The same document with a rebate on it, small enough for Xero to take it."""
    first = body["LineItems"][0]
    rebate = {key: first[key] for key in ("Description", "AccountCode", "TaxType")}
    price = -Decimal(chance.randint(1, 999)).scaleb(-4)
    return {**body, "LineItems": [*body["LineItems"], {**rebate, "Quantity": Decimal(1), "UnitAmount": price}]}


def predicted(known: dict, body: dict, unitdp: int) -> list[Decimal]:
    """SubTotal, TotalTax and Total, and the tax of each line."""
    rates = known["rates"][SIDES[body["Type"]][1]]
    lines = [
        Line(
            line["Quantity"],
            line["UnitAmount"],
            rates[line["TaxType"]],
            line.get("DiscountRate", Decimal(0)),
            line.get("TaxAmount"),
        )
        for line in body["LineItems"]
    ]
    result = compute(lines, body["LineAmountTypes"], unitdp)
    return [result.sub_total, result.total_tax, result.total, *(line.tax_amount for line in result.lines)]


def shown(data: dict) -> list[Decimal]:
    """The same of what Xero answered."""
    return [*(data[key] for key in KEYS), *(line["TaxAmount"] for line in data["LineItems"])]


def batch(known: dict, chance, name: str, size: int = 50) -> tuple[str, list[dict]]:
    """A resource and as many documents for it."""
    resource, types = chance.choice(
        (("Invoices", ("ACCREC", "ACCPAY")), ("CreditNotes", ("ACCRECCREDIT", "ACCPAYCREDIT")))
    )
    bodies = [document(known, chance, chance.choice(types), f"{name}/{n}") for n in range(size)]
    return resource, [with_rebate(body, chance) if chance.randint(1, 4) == 1 else body for body in bodies]


def differences(client, known: dict, chance, name: str, size: int = 50) -> list:
    """Put a batch; the documents on which Xero and `arithmetic` do not agree, as (body, predicted, shown)."""
    resource, bodies = batch(known, chance, name, size)
    unitdp = chance.choice((2, 4, 4))
    answer = client.put(resource, {resource: bodies}, f"key-{name}", {"unitdp": unitdp})
    found = []
    for body, element in zip(bodies, answer.elements, strict=True):
        expected = predicted(known, body, unitdp)
        if not element.ok:
            # A document that comes to less than nothing is refused, and we know it.
            if expected[2] >= 0:
                found.append((body, expected, element.messages))
        elif expected != shown(element.data):
            found.append((body, expected, shown(element.data)))
    return found
