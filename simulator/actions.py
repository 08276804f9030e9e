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
    table = context.table("Contacts")
    loser, winner = _contact(context, params["from"]), _contact(context, params["into"])
    if loser is winner:
        raise ActionRefused("a contact cannot be merged into itself")
    for name in ("Invoices", "CreditNotes"):
        for row in context.table(name).by("contact", loser["ContactID"].lower()):
            context.table(name).put({**row, "ContactID": winner["ContactID"]})
    flags = {flag: loser[flag] or winner[flag] for flag in ("IsCustomer", "IsSupplier")}
    merged = {"ContactStatus": "ARCHIVED", "MergedToContactID": winner["ContactID"]}
    table.put({**loser, **merged, "UpdatedDateUTC": context.now})
    table.put({**winner, **flags, "UpdatedDateUTC": context.now})
    return {"ContactID": loser["ContactID"], **merged}


def unarchive_contact(context: Context, params: dict) -> dict:
    """Make an archived contact active again; `contact` is its id or its name."""
    contact = _contact(context, params["contact"])
    if context.table("Contacts").one("name", contact["Name"].lower()) not in (None, contact):
        raise ActionRefused(f"an active contact is called {contact['Name']!r} already")
    context.table("Contacts").put({**contact, "ContactStatus": "ACTIVE", "UpdatedDateUTC": context.now})
    return {"ContactID": contact["ContactID"], "ContactStatus": "ACTIVE"}


def set_lock_dates(context: Context, params: dict) -> dict:
    """Set `period` and `end_of_year` (YYYY-MM-DD, or null for none); what is left out stays."""
    settings = context.organisation.settings
    for name, key in (("period", "PeriodLockDate"), ("end_of_year", "EndOfYearLockDate")):
        if name in params:
            settings[key] = date.fromisoformat(params[name]) if params[name] else None
    return {key: str(settings[key]) for key in documents.LOCKS if settings.get(key)}


def bank_payment(context: Context, params: dict) -> dict:
    """Pay a document in Xero: `invoice` or `credit_note` (id or number), and what differs from the default of
    `amount` (all that is open), `account` (code, the first bank account), `date` (today), `reference`.
    """
    key, value = ("CreditNote", params["credit_note"]) if "credit_note" in params else ("Invoice", params["invoice"])
    kind_table = f"{key}s"
    document = _document(context, kind_table, value)
    account = params.get("account") or next(one["Code"] for one in context.table("Accounts").walk() if _is_bank(one))
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
    lines[int(params.get("line", 1)) - 1] |= params["values"]
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


def _is_bank(account: dict) -> bool:
    return account["Type"] == "BANK" and account["Status"] == "ACTIVE"


def _action(carry_out: Callable[[Context, dict], dict]) -> Callable:
    """An action as the platform calls it; `emit` takes what webhooks are told of, as `ApiCall.emit` does.

    :raises ValueError: where it cannot be carried out; nothing is changed then
    """

    def run(organisation, params: dict, clock, ids, emit: Callable = lambda *event: None) -> dict:
        now = clock.now().astimezone(timezone.utc)
        context = Context(organisation, now.replace(microsecond=now.microsecond // 1000 * 1000), ids, places=4)
        try:
            with organisation.lock, organisation.store.transaction():
                done = carry_out(context, params)
        except KeyError as missing:
            raise ActionRefused(f"the parameter {missing} is needed") from missing
        except (Invalid, CallRefused) as refused:
            raise ActionRefused(str(refused)) from refused
        for event in context.events:
            emit(*event)
        return done

    run.__doc__ = carry_out.__doc__
    return run


def run_payroll(context: Context, params: dict) -> dict:
    """Make and post the next pay run of the payroll calendar called `calendar`."""
    return screens.run_payroll(context, str(params["calendar"]))


ACTIONS: dict[str, Callable] = {
    "merge-contacts": _action(merge_contacts),
    "unarchive-contact": _action(unarchive_contact),
    "set-lock-dates": _action(set_lock_dates),
    "bank-payment": _action(bank_payment),
    "deactivate-account": _action(deactivate_account),
    "edit-invoice-line": _action(edit_invoice_line),
    "void-invoice": _action(void_invoice),
    "run-payroll": _action(run_payroll),
}
