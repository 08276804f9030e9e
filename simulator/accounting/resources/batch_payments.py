"""BatchPayments (xero-api.md 4.4): several invoices paid by one movement on the bank account; made and deleted."""

from decimal import Decimal

from ...store import Index
from .. import codec
from ..spec import Context, ResourceSpec
from ..validation import Invalid, Problems
from . import accounts, payments

#: Type of the invoices → type of the batch.
TYPES = {"ACCREC": "RECBATCH", "ACCPAY": "PAYBATCH"}
MIXED = "A batch payment cannot mix sales invoices and bills."
BASE_ONLY = "A batch payment can only pay invoices in the base currency."
INVOICES_ONLY = "A batch payment can only pay invoices."
NO_BANK_ACCOUNT = "The account of a batch payment must be a bank account."
#: Text of the bank file → most characters (xero-api.md 4.4).
LENGTHS = {"Code": 12, "Particulars": 12, "Details": 18, "Narrative": 18, "Reference": 255}


def render(context: Context, row: dict, view: str) -> dict:
    account = context.table("Accounts").get(row["AccountID"])
    held = context.table("Payments").by("batch", row["BatchPaymentID"])
    element = {
        "Account": codec.present({key: account.get(key) for key in ("AccountID", "Code", "Name")}),
        **{key: row.get(key) for key in LENGTHS},
        "BatchPaymentID": row["BatchPaymentID"],
        "DateString": codec.iso_date(row["Date"]),
        "Date": codec.ms_date(row["Date"]),
        "Payments": [_payment(context, payment) for payment in held],
        "Type": row["Type"],
        "Status": row["Status"],
        "TotalAmount": row["TotalAmount"],
        "UpdatedDateUTC": codec.ms_moment(row["UpdatedDateUTC"]),
        "IsReconciled": row["IsReconciled"],
    }
    return codec.present(element)


def _payment(context: Context, payment: dict) -> dict:
    keys = ("BankAccountNumber", "Particulars", "Details", "Reference")
    return codec.present(
        {
            "PaymentID": payment["PaymentID"],
            "Amount": payment["Amount"],
            **{key: payment.get(key) for key in keys},
            "Invoice": {"InvoiceID": payment["InvoiceID"]},
        }
    )


def create(context: Context, data: dict) -> dict:
    """
    :raises Invalid: with everything that is wrong; where one payment fails, none is made
    """
    sent = data.get("Payments", [])
    account = accounts.find(context, data.get("Account") or {})
    problems = Problems()
    if not sent:
        problems.add("A batch payment must have at least one payment.")
    if account is None or account["Type"] != "BANK" or account["Status"] != "ACTIVE":
        problems.add(NO_BANK_ACCOUNT)
    for key, most in LENGTHS.items():
        if len(data.get(key, "")) > most:
            problems.add(f"The {key} field must not exceed {most} characters.")
    problems.check()
    invoices = [_invoice(context, payment) for payment in sent]
    row = {
        "BatchPaymentID": context.ids.new(),
        "AccountID": account["AccountID"],
        "Date": data.get("Date") or context.today,
        "Type": _type(context, invoices),
        "Status": "AUTHORISED",
        "IsReconciled": bool(data.get("IsReconciled")),
        **{key: data[key] for key in LENGTHS if key in data},
        "UpdatedDateUTC": context.now,
    }
    shared = {"Account": {"AccountID": account["AccountID"]}, "Date": row["Date"]}
    made = [payments.create(context, {**payment, **shared}, row["BatchPaymentID"]) for payment in sent]
    row["TotalAmount"] = sum((payment["Amount"] for payment in made), Decimal("0.00"))
    return context.table("BatchPayments").put(row)


def update(context: Context, row: dict, data: dict) -> dict:
    """The only change there is: deletion of the lot."""
    if data.get("Status", "").upper() != "DELETED":
        raise Invalid("Batch payments cannot be updated, only deleted.")
    if row["Status"] == "DELETED":
        raise Invalid("Batch payment not of valid status for modification")
    for payment in context.table("Payments").by("batch", row["BatchPaymentID"]):
        payments.remove(context, payment)
    return context.table("BatchPayments").put({**row, "Status": "DELETED", "UpdatedDateUTC": context.now})


def _invoice(context: Context, payment: dict) -> dict:
    if {"CreditNote", "Overpayment", "Prepayment"} & set(payment):
        raise Invalid(INVOICES_ONLY)
    named = payment.get("Invoice") or {}
    table = context.table("Invoices")
    invoice = table.get(named.get("InvoiceID")) or table.one("unique_number", named.get("InvoiceNumber", "").lower())
    if invoice is None:
        raise Invalid("Invoice could not be found")
    return invoice


def _type(context: Context, invoices: list[dict]) -> str:
    kinds = {TYPES[invoice["Type"]] for invoice in invoices}
    if len(kinds) > 1:
        raise Invalid(MIXED)
    if any(invoice["CurrencyCode"] != context.organisation.base_currency for invoice in invoices):
        raise Invalid(BASE_ONLY)
    return kinds.pop()


SPEC = ResourceSpec(
    name="BatchPayments",
    model="BatchPayment",
    id_key="BatchPaymentID",
    verbs=frozenset({"GET", "PUT", "POST"}),
    render=render,
    create=create,
    update=update,
    indexes=(Index("id", lambda row: row["BatchPaymentID"].lower()),),
    id_paths={"batchpaymentid": "id"},
    references={"Account": ("Accounts", "AccountID")},
    statuses=("AUTHORISED", "DELETED"),
)
