"""Payments of invoices, refunds of credits (xero-api.md 4.4): created and deleted, never changed."""

from decimal import Decimal

from ...store import Index
from .. import codec
from ..arithmetic import rounded
from ..spec import Context, ResourceSpec
from ..validation import Invalid, Problems
from . import accounts, contacts, documents

NOT_AUTHORISED = "Payments can only be made against authorised documents"
TOO_MUCH = "Payment amount exceeds the amount outstanding on this document"
NO_ACCOUNT = "Account could not be found"
PAYMENT_TYPES = {
    "ACCREC": "ACCRECPAYMENT",
    "ACCPAY": "ACCPAYPAYMENT",
    "ACCRECCREDIT": "ARCREDITPAYMENT",
    "ACCPAYCREDIT": "APCREDITPAYMENT",
    "RECEIVE-OVERPAYMENT": "AROVERPAYMENTPAYMENT",
    "SPEND-OVERPAYMENT": "APOVERPAYMENTPAYMENT",
    "RECEIVE-PREPAYMENT": "ARPREPAYMENTPAYMENT",
    "SPEND-PREPAYMENT": "APPREPAYMENTPAYMENT",
}
IN_BATCH = "Payments that are part of a batch cannot be deleted on their own."
_TAKEN = ("Reference", "IsReconciled", "Particulars", "Details", "BankAccountNumber")


def render(context: Context, row: dict, view: str) -> dict:
    account = context.table("Accounts").get(row["AccountID"])
    kind = documents.kind_of(row)
    document = context.table(kind.table).get(row[kind.id_key])
    element = {
        "PaymentID": row["PaymentID"],
        "Date": codec.ms_date(row["Date"]),
        "BankAmount": row["BankAmount"],
        "Amount": row["Amount"],
        **{key: row.get(key) for key in _TAKEN},
        "IsReconciled": row["IsReconciled"],
        "CurrencyRate": row["CurrencyRate"],
        "PaymentType": row["PaymentType"],
        "Status": row["Status"],
        "UpdatedDateUTC": codec.ms_moment(row["UpdatedDateUTC"]),
        "UpdatedDateUTCString": codec.iso_moment(row["UpdatedDateUTC"]),
        "BatchPaymentID": row.get("BatchPaymentID"),
        "HasAccount": True,
        "Account": codec.present({key: account.get(key) for key in ("AccountID", "Code", "Name")}),
        kind.table[:-1]: _document(context, kind, document),
        "HasValidationErrors": False,
    }
    return codec.present(element)


def _document(context: Context, kind, document: dict) -> dict:
    contact = context.table("Contacts").get(document["ContactID"])
    if not kind.number_key:
        shown = {kind.id_key: document[kind.id_key], "Type": document["Type"], "Contact": contacts.stub(contact)}
        return {**shown, "LineItems": [], "CurrencyCode": document["CurrencyCode"]}
    is_invoice = kind.table == "Invoices"
    extras = ("Payments", "CreditNotes", "Prepayments", "Overpayments") if is_invoice else ()
    return codec.present(
        {
            "Type": document["Type"],
            kind.id_key: document[kind.id_key],
            kind.number_key: document.get(kind.number_key),
            **({} if is_invoice else {"ID": document[kind.id_key]}),
            **{key: [] for key in extras},
            **({"IsDiscounted": False} if is_invoice else {}),
            "HasErrors": False,
            "Contact": contacts.stub(contact),
            "LineItems": [],
            "CurrencyCode": document["CurrencyCode"],
        }
    )


def within_document(context: Context, payment: dict) -> dict:
    """A payment as its document shows it (wire, invoices_page)."""
    return codec.present(
        {
            "PaymentID": payment["PaymentID"],
            "Date": codec.ms_date(payment["Date"]),
            "Amount": payment["Amount"],
            "Reference": payment.get("Reference"),
            "CurrencyRate": payment["CurrencyRate"],
            "HasAccount": False,
            "HasValidationErrors": False,
        }
    )


# --- rules -----------------------------------------------------------------------------------------------------------


def create(context: Context, data: dict, batch: str | None = None) -> dict:
    """
    :param batch: id of the batch that the payment is part of
    """
    kind, document = _target(context, data)
    account = _account(context, data)
    amount = rounded(data.get("Amount", Decimal(0)))
    _check(document, amount)
    day = data.get("Date") or context.today
    documents.check_open_date(context, day)
    problems = Problems()
    rate = documents.currency_rate(context, document["CurrencyCode"], data.get("CurrencyRate"), problems)
    problems.check()
    payment = {
        "PaymentID": context.ids.new(),
        kind.id_key: document[kind.id_key],
        "AccountID": account["AccountID"],
        "Date": day,
        "Amount": amount,
        "BankAmount": _bank_amount(context, account, document, amount, rate),
        "CurrencyRate": rate,
        "PaymentType": PAYMENT_TYPES[document["Type"]],
        "Status": "AUTHORISED",
        "IsReconciled": False,
        "BatchPaymentID": batch,
        **{key: data[key] for key in _TAKEN if key in data},
        "UpdatedDateUTC": context.now,
    }
    context.table("Payments").put(payment)
    context.organisation.ledger.post_payment(context, kind, payment, document)
    documents.refresh(context, kind, document[kind.id_key])
    return payment


def update(context: Context, row: dict, data: dict) -> dict:
    """The only change there is: deletion, which opens the document again."""
    if data.get("Status", "").upper() != "DELETED":
        raise Invalid("Payments cannot be updated, only deleted.")
    if row["Status"] == "DELETED":
        raise Invalid("Payment not of valid status for modification")
    if row.get("BatchPaymentID"):
        raise Invalid(IN_BATCH)
    return remove(context, row)


def remove(context: Context, row: dict) -> dict:
    """Delete a payment; its document is open again."""
    documents.check_open_date(context, row["Date"])
    kind = documents.kind_of(row)
    deleted = context.table("Payments").put({**row, "Status": "DELETED", "UpdatedDateUTC": context.now})
    context.organisation.ledger.reverse(context, row["PaymentID"])
    documents.refresh(context, kind, row[kind.id_key])
    return deleted


def _target(context: Context, data: dict):
    """The document that a payment names; exactly one has to be named.

    :raises Invalid: where none, several or an unknown one is named
    """
    named = [key for key in documents.KINDS if key in data]
    if "InvoiceNumber" in data or "CreditNoteNumber" in data:
        named = named or ["Invoice" if "InvoiceNumber" in data else "CreditNote"]
    if len(named) != 1:
        raise Invalid("A payment must name exactly one invoice, credit note, prepayment or overpayment")
    kind = documents.KINDS[named[0]]
    reference = data.get(named[0], {})
    table = context.table(kind.table)
    document = table.get(reference.get(kind.id_key))
    if document is None and kind.number_key:
        number = reference.get(kind.number_key) or data.get(kind.number_key) or ""
        document = table.one("unique_number", number.lower())
    if document is None:
        raise Invalid(f"{kind.noun} could not be found")
    return kind, document


def _account(context: Context, data: dict) -> dict:
    named = data.get("Account") or {"Code": data.get("Code")}
    account = accounts.find(context, named)
    if account is None or account["Status"] != "ACTIVE":
        raise Invalid(NO_ACCOUNT)
    if not accounts.takes_payments(account):
        raise Invalid(f"Account code '{account.get('Code', '')}' is not a valid code for a payment.")
    return account


def _check(document: dict, amount: Decimal) -> None:
    if document["Status"] not in documents.POSTED:
        raise Invalid(NOT_AUTHORISED)
    if amount <= 0:
        raise Invalid("Payment amount must be greater than zero")
    if amount > document["AmountDue"]:
        raise Invalid(TOO_MUCH)


def _bank_amount(context: Context, account: dict, document: dict, amount: Decimal, rate: Decimal) -> Decimal:
    """What moves on the bank account, in that account's currency."""
    base = context.organisation.base_currency
    if account.get("CurrencyCode", base) == document["CurrencyCode"]:
        return amount
    if account.get("CurrencyCode", base) != base:
        raise Invalid("The currency of the bank account must be the document's or the organisation's currency")
    return rounded(amount / rate)


SPEC = ResourceSpec(
    name="Payments",
    model="Payment",
    id_key="PaymentID",
    verbs=frozenset({"GET", "PUT", "POST"}),
    render=render,
    create=create,
    update=update,
    error_flag="HasValidationErrors",
    indexes=(
        Index("id", lambda row: row["PaymentID"].lower()),
        Index("invoices", lambda row: row.get("InvoiceID")),
        Index("creditnotes", lambda row: row.get("CreditNoteID")),
        Index("overpayments", lambda row: row.get("OverpaymentID")),
        Index("prepayments", lambda row: row.get("PrepaymentID")),
        Index("batch", lambda row: row.get("BatchPaymentID")),
        Index("status", lambda row: row["Status"].lower()),
    ),
    id_paths={
        "paymentid": "id",
        "invoice.invoiceid": "invoices",
        "creditnote.creditnoteid": "creditnotes",
        "overpayment.overpaymentid": "overpayments",
        "prepayment.prepaymentid": "prepayments",
    },
    references={
        "Invoice": ("Invoices", "InvoiceID"),
        "CreditNote": ("CreditNotes", "CreditNoteID"),
        "Overpayment": ("Overpayments", "OverpaymentID"),
        "Prepayment": ("Prepayments", "PrepaymentID"),
        "Account": ("Accounts", "AccountID"),
    },
    statuses=("AUTHORISED", "DELETED"),
    paged=True,
    optimised=frozenset(
        {"PaymentType", "Status", "Date", "Invoice.InvoiceID", "Reference", "PaymentID"},
    ),
)
