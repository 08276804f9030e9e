"""What only Xero's own screens can do, for tests and demos (`POST /_sim/actions/…`).

An action takes (organisation, params, clock, ids) and answers what it has changed.
"""

from collections.abc import Callable
from datetime import date, timezone

from .accounting import contract
from .accounting.resources import accounts, documents, invoices, payments
from .accounting.spec import Context
from .accounting.validation import CallRefused, Invalid
from .payroll import screens


class ActionRefused(ValueError):
    """An action cannot be carried out; the text says why."""


def merge_contacts(context: Context, params: dict) -> dict:
    """Merge contact `from` into contact `into` (ids or names): documents move, the first one is archived."""
    loser, winner = _contact(context, params["from"]), _contact(context, params["into"])
    if loser is winner:
        raise ActionRefused("a contact cannot be merged into itself")
    for table in context.organisation.store.tables.values():
        for row in [row for row in table if row.get("ContactID") == loser["ContactID"] and row is not loser]:
            table.put({**row, "ContactID": winner["ContactID"]})
    flags = {flag: loser[flag] or winner[flag] for flag in ("IsCustomer", "IsSupplier")}
    merged = {"ContactStatus": "ARCHIVED", "MergedToContactID": winner["ContactID"]}
    _change_contact(context, loser, merged)
    _change_contact(context, winner, flags)
    return {"ContactID": loser["ContactID"], **merged}


def unarchive_contact(context: Context, params: dict) -> dict:
    """Make an archived contact active again; `contact` is its id or its name."""
    contact = _contact(context, params["contact"])
    if context.table("Contacts").one("name", contact["Name"].lower()) not in (None, contact):
        raise ActionRefused(f"an active contact is called {contact['Name']!r} already")
    _change_contact(context, contact, {"ContactStatus": "ACTIVE"})
    return {"ContactID": contact["ContactID"], "ContactStatus": "ACTIVE"}


def _change_contact(context: Context, contact: dict, changes: dict) -> None:
    context.table("Contacts").put({**contact, **changes, "UpdatedDateUTC": context.now})
    context.events.append(("CONTACT", "UPDATE", contact["ContactID"]))


def set_lock_dates(context: Context, params: dict) -> dict:
    """Set `period` and `end_of_year` (YYYY-MM-DD, or null for none); what is left out stays."""
    names = {"period": "PeriodLockDate", "end_of_year": "EndOfYearLockDate"}
    dates = {names[name]: _date(name, text) if text else None for name, text in params.items()}
    settings = context.organisation.settings
    settings.update(dates)
    return {key: str(settings[key]) for key in documents.LOCKS if settings.get(key)}


def _date(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ActionRefused(f"{name} must be like 2026-01-31, not {text!r}") from None


def bank_payment(context: Context, params: dict) -> dict:
    """Pay a document in Xero: `invoice` or `credit_note` (id or number), and what differs from the default of
    `amount` (all that is open), `account` (code, the first bank account), `date` (today), `reference`.
    """
    if ("credit_note" in params) == ("invoice" in params):
        raise ActionRefused("name one document: invoice or credit_note")
    key, value = ("CreditNote", params["credit_note"]) if "credit_note" in params else ("Invoice", params["invoice"])
    kind_table = f"{key}s"
    document = _document(context, kind_table, value)
    account = params.get("account") or _first_bank(context)
    data = {
        key: {f"{key}ID": document[f"{key}ID"]},
        "Account": {"Code": account},
        "Amount": params.get("amount", document["AmountDue"]),
        "Date": params.get("date") or context.today.isoformat(),
        "Reference": params.get("reference"),
        "IsReconciled": True,
    }
    payment = payments.create(context, contract.read("Payment", data))
    return {"PaymentID": payment["PaymentID"], "Amount": str(payment["Amount"])}


def deactivate_account(context: Context, params: dict) -> dict:
    """Archive the account with the code `account`."""
    account = accounts.find(context, {"Code": params["account"]})
    if account is None:
        raise ActionRefused(f"no account has the code {params['account']!r}")
    archived = accounts.update(context, account, {"Status": "ARCHIVED"})
    return {"AccountID": archived["AccountID"], "Status": archived["Status"]}


def edit_invoice_line(context: Context, params: dict) -> dict:
    """Change line number `line` (from 1) of `invoice` (id or number): `values` are keys of Xero's LineItem."""
    invoice = _document(context, "Invoices", params["invoice"])
    lines = [{"LineItemID": line["LineItemID"]} for line in invoice["LineItems"]]
    number = params.get("line", 1)
    if not 1 <= number <= len(lines):
        raise ActionRefused(f"line must be from 1 to {len(lines)}, not {number}")
    lines[number - 1] |= params["values"]
    changed = invoices.update(context, invoice, contract.read("Invoice", {"LineItems": lines}))
    return {"InvoiceID": changed["InvoiceID"], "Total": str(changed["Total"])}


def void_invoice(context: Context, params: dict) -> dict:
    """Void `invoice` (id or number)."""
    invoice = _document(context, "Invoices", params["invoice"])
    return {
        "InvoiceID": invoice["InvoiceID"],
        "Status": invoices.update(context, invoice, {"Status": "VOIDED"})["Status"],
    }


def _contact(context: Context, named: str) -> dict:
    table = context.table("Contacts")
    contact = table.get(named) or table.one("name", named.lower()) or table.one("any_name", named.lower())
    if contact is None:
        raise ActionRefused(f"no contact is called {named!r}")
    return contact


def _document(context: Context, table_name: str, named: str) -> dict:
    table = context.table(table_name)
    document = table.get(named) or table.one("number", named.lower())
    if document is None:
        raise ActionRefused(f"{table_name} hold no {named!r}")
    return document


def _first_bank(context: Context) -> str:
    banks = (one for one in context.table("Accounts").walk() if one["Type"] == "BANK" and one["Status"] == "ACTIVE")
    code = next((one["Code"] for one in banks if one.get("Code")), None)
    if code is None:
        raise ActionRefused("there is no active bank account with a code; name one: account")
    return code


def _check_params(params: dict, known: dict) -> None:
    for name, value in params.items():
        if name not in known:
            raise ActionRefused(f"unknown parameter {name!r}; known are {', '.join(known)} and tenant_id")
        if not isinstance(value, known[name]) or (isinstance(value, bool) and known[name] is not FLAG):
            raise ActionRefused(f"the parameter {name} must be {WORDS[known[name]]}, not {value!r}")


#: Kinds of parameters, as a refusal calls them.
TEXT, DATE, NUMBER, AMOUNT, OBJECT, FLAG = str, (str, type(None)), int, (int, float, str), dict, bool
WORDS = {
    TEXT: "a text",
    DATE: "a date or null",
    NUMBER: "a whole number",
    AMOUNT: "an amount",
    OBJECT: "an object",
    FLAG: "true or false",
}


def _action(carry_out: Callable[[Context, dict], dict], **known) -> Callable:
    """An action as the platform calls it; `emit` takes the events that it raises for webhooks.

    :param known: names of its parameters and what they have to be
    :raises ValueError: where it cannot be carried out; nothing is changed then
    """

    def run(organisation, params: dict, clock, ids, emit=lambda *event: None) -> dict:
        _check_params(params, known)
        now = clock.now().astimezone(timezone.utc)
        context = Context(organisation, now.replace(microsecond=now.microsecond // 1000 * 1000), ids, places=4)
        try:
            with organisation.lock, organisation.store.transaction():
                told = carry_out(context, params)
        except KeyError as missing:
            raise ActionRefused(f"the parameter {missing} is needed") from missing
        except (Invalid, CallRefused) as refused:
            raise ActionRefused(str(refused)) from refused
        for event in context.events:
            emit(*event)
        return told

    run.__doc__ = carry_out.__doc__
    return run


def set_plan(context: Context, params: dict) -> dict:
    """Move to another plan: `plan` is Xero's Class, STARTER, STANDARD, IGNITE and GROW have one currency only."""
    plan = params["plan"].upper()
    context.organisation.settings["Class"] = plan
    return {"Class": plan}


def run_payroll(context: Context, params: dict) -> dict:
    """Make and post the next pay run of the payroll calendar called `calendar`."""
    return screens.run_payroll(context, str(params["calendar"]))


def set_up_payroll(context: Context, params: dict) -> dict:
    """Finish the setup of the payroll (`ready` true) or be before it (false); `demo`: whether it is a demo company."""
    organisation = context.organisation
    if organisation.payroll is None:
        raise ActionRefused(f"{organisation.name} has no payroll")
    organisation.payroll_closed = not params["ready"]
    if params.get("demo") is not None:
        organisation.settings["IsDemoCompany"] = params["demo"]
    return {"ready": params["ready"], "IsDemoCompany": bool(organisation.settings.get("IsDemoCompany"))}


ACTIONS: dict[str, Callable] = {
    "merge-contacts": _action(merge_contacts, **{"from": TEXT, "into": TEXT}),
    "unarchive-contact": _action(unarchive_contact, contact=TEXT),
    "set-lock-dates": _action(set_lock_dates, period=DATE, end_of_year=DATE),
    "bank-payment": _action(
        bank_payment, invoice=TEXT, credit_note=TEXT, amount=AMOUNT, account=TEXT, date=TEXT, reference=TEXT
    ),
    "deactivate-account": _action(deactivate_account, account=TEXT),
    "edit-invoice-line": _action(edit_invoice_line, invoice=TEXT, line=NUMBER, values=OBJECT),
    "void-invoice": _action(void_invoice, invoice=TEXT),
    "run-payroll": _action(run_payroll, calendar=TEXT),
    "set-plan": _action(set_plan, plan=TEXT),
    "set-up-payroll": _action(set_up_payroll, ready=FLAG, demo=FLAG),
}
