"""What customers get of a sales invoice: its page online and an e-mail (xero-api.md 4.2)."""

from ..spec import Context, Part
from ..validation import RuleBroken

#: Class of the organisation → e-mails a day (xero-api.md 2.2); the demo companies here may send like paying ones.
DAILY_EMAILS = {"TRIAL": 20}
PAYING_EMAILS = 1000
SENDABLE = frozenset({"SUBMITTED", "AUTHORISED", "PAID"})
ONLINE = frozenset({"AUTHORISED", "PAID"})

NOT_ONLINE = "An online invoice exists only for approved sales invoices."
NOT_SENDABLE = "Only sales invoices that are submitted, approved or paid can be emailed."
NO_ADDRESS = "The contact of this invoice has no email address."
TOO_MANY_EMAILS = "The daily limit of {limit} emails has been reached."


def online_invoice(context: Context, row: dict) -> list[dict]:
    if row["Type"] != "ACCREC" or row["Status"] not in ONLINE:
        raise RuleBroken(NOT_ONLINE)
    key = row["InvoiceID"].replace("-", "")
    return [{"OnlineInvoiceUrl": f"https://in.xero.com/{key}"}]


def email(context: Context, row: dict) -> None:
    """Mark the invoice as sent; nothing leaves this machine."""
    if row["Type"] != "ACCREC" or row["Status"] not in SENDABLE:
        raise RuleBroken(NOT_SENDABLE)
    if not context.table("Contacts").get(row["ContactID"]).get("EmailAddress"):
        raise RuleBroken(NO_ADDRESS)
    organisation = context.organisation
    limit = DAILY_EMAILS.get(organisation.settings.get("Class", ""), PAYING_EMAILS)
    if organisation.next_in_sequence(f"emails of {context.today}") > limit:
        raise RuleBroken(TOO_MANY_EMAILS.format(limit=limit))
    if not row["SentToContact"]:
        context.table("Invoices").put({**row, "SentToContact": True, "UpdatedDateUTC": context.now})
        context.events.append(("INVOICE", "UPDATE", row["InvoiceID"]))


PARTS = {
    "onlineinvoice": Part(name="OnlineInvoices", model="OnlineInvoice", read=online_invoice),
    "email": Part(act=email),
}
