"""Every problem in words a bookkeeper understands: what happened, and what to do.

``MESSAGES`` holds our own wording by code; ``REFUSALS`` recognises what Xero is known to answer
(xero-api.md section 4) and gives its code. A message that nobody knows is shown as Xero sent it.
"""

import re

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# code: (what happened, what to do). Placeholders come from the hold or from the pattern's groups.
MESSAGES = {
    "account_unmapped": (
        _lt("The account %(account)s is not mapped to an account in Xero."),
        _lt("Open Xero > Mappings > Accounts and choose the Xero account. What waits for it then goes by itself."),
    ),
    "journal_unmapped": (
        _lt("Payments of the journal %(journal)s have no bank or clearing account in Xero."),
        _lt(
            "Open Xero > Mappings > Payment Journals and choose the Xero account, or set a default bank "
            "account on the connection."
        ),
    ),
    "journal_unknown": (
        _lt("A payment was made in Xero on %(account)s, which no journal in Odoo is mapped to."),
        _lt("Open Xero > Mappings > Payment Journals, map a bank or cash journal to that account, then press Retry."),
    ),
    "tax_unmapped": (
        _lt("The tax %(tax)s is not mapped to a tax rate in Xero."),
        _lt(
            "Open Xero > Mappings > Taxes and choose a rate of the same percentage. What waits for it "
            "then goes by itself."
        ),
    ),
    "tax_not_applicable": (
        _lt("The Xero tax rate %(rate)s cannot be used with the Xero account %(account)s."),
        _lt(
            "Map the tax to a rate that is made for this kind of account, or map the account to "
            "another one, then press Retry."
        ),
    ),
    "totals_differ": (
        _lt(
            "Xero would compute %(xero_total)s (tax %(xero_tax)s) where Odoo has %(odoo_total)s (tax %(odoo_tax)s), "
            "and no way of writing the lines makes them equal."
        ),
        _lt(
            "Check the taxes and amounts of the lines. The document was not sent, so nothing has to be undone in Xero."
        ),
    ),
    "period_locked": (
        _lt("Xero's books are locked until %(lock_date)s, and this document is dated %(date)s."),
        _lt("Change the accounting date, or ask your accountant to move the lock date in Xero, then press Retry."),
    ),
    "email_invalid": (
        _lt("The e-mail address %(email)s of %(contact)s is not complete; Xero refuses it."),
        _lt("Correct or empty the e-mail address on the contact. It then goes by itself."),
    ),
    "no_contact": (
        _lt("The document names no customer or supplier, and Xero needs a contact on every document."),
        _lt("Choose a contact on the document, then press Retry."),
    ),
    "contact_excluded": (
        _lt("The contact %(contact)s is set not to be exported and is not in Xero yet."),
        _lt("Allow the export of the contact, or exclude this document as well."),
    ),
    "contact_name_taken": (
        _lt("Xero already has another contact named %(name)s."),
        _lt("Press Link if it is the same company, or give the contact in Odoo another name."),
    ),
    "contact_number_taken": (
        _lt("Another contact in Xero already has the contact number %(number)s."),
        _lt("Press Link if it is the same company. Otherwise change the contact number in Xero."),
    ),
    "number_taken": (
        _lt("Xero already has a document numbered %(number)s, with another contact, date or total."),
        _lt("Press Link if it is the same document, or renumber one of the two, then press Retry."),
    ),
    "item_code_taken": (
        _lt("The item code %(number)s already belongs to another item in Xero."),
        _lt("Press Link if it is the same item, or give the product another internal reference, then press Retry."),
    ),
    "contact_archived": (
        _lt("The contact is archived in Xero, and Xero does not let anybody change archived contacts from outside."),
        _lt("Restore the contact in Xero (Contacts > Archived), then press Retry."),
    ),
    "currency_missing": (
        _lt("The currency %(currency)s is not switched on in Xero."),
        _lt(
            "Add the currency in Xero (Settings > Currencies; the plan must include several "
            "currencies), then press Retry."
        ),
    ),
    "document_paid": (
        _lt("The document has payments or credits in Xero, so Xero no longer lets it be changed."),
        _lt("Leave the document as it is and make a credit note and a new document instead."),
    ),
    "document_final": (
        _lt("The document was voided or deleted in Xero, and Xero does not bring such documents back."),
        _lt("Make a new document in Odoo instead, then press Skip."),
    ),
    "document_not_approved": (
        _lt("The document is not approved in Xero, so it cannot take a payment."),
        _lt(
            "Approve the document in Xero, or set Documents arrive as to Approved on the connection, then press Retry."
        ),
    ),
    "payment_exceeds": (
        _lt("The payment is higher than what is still open on the document in Xero."),
        _lt("Look at the payments of the document in Xero: it may have been paid there as well."),
    ),
    "payment_account": (
        _lt("Xero does not take payments on the account that the journal is mapped to."),
        _lt("In Xero open the account and tick Enable payments to this account, or map the journal to a bank account."),
    ),
    "import_refused": (
        _lt("Something made in Xero could not be booked in Odoo: %(detail)s"),
        _lt("Mend what Odoo names (often a lock date), then press Retry."),
    ),
    "reconciliation_unknown": (
        _lt("The document was matched with %(counterpart)s, which is neither a payment nor a credit note."),
        _lt("Book the same in Xero by hand, or undo the matching in Odoo; then press Skip."),
    ),
    "born_in_xero": (
        _lt("The matching with a payment made in Xero was undone in Odoo. The payment still stands in Xero."),
        _lt("Delete the payment in Xero if it is wrong; otherwise match it again in Odoo. Then press Skip."),
    ),
    "gone": (
        _lt("The record is no longer to be found in Xero."),
        _lt("It may have been deleted or merged in Xero. Look there; press Skip to leave it as it is."),
    ),
    "cannot_repeat": (
        _lt("An answer of Xero was lost, and it could not be found out whether the record arrived."),
        _lt("Xero is asked again at the next run. Nothing is sent twice meanwhile."),
    ),
    "missing_right": (
        _lt("The user who authorised the connection may not do this in Xero."),
        _lt("Ask for the Standard or Adviser role in Xero, press Re-authorise on the connection, then press Retry."),
    ),
    "unexpected": (
        _lt("The record could not be prepared: %(detail)s"),
        _lt("Please report this with the text above. Everything else goes on."),
    ),
    "refused": (
        _lt("Xero refused it: %(message)s"),
        _lt("Mend what Xero names, then press Retry."),
    ),
}

# What Xero says (xero-api.md 4.1 to 4.11) -> code. Groups fill the placeholders.
REFUSALS = [
    (r"The contact name (?P<name>.+) is already assigned to another contact", "contact_name_taken"),
    (r"Another contact has this contact number", "contact_number_taken"),
    (r"matched an archived contact", "contact_archived"),
    (r"Email address must be valid", "email_invalid"),
    (r"Invoice # must be unique|Credit ?Note # must be unique", "number_taken"),
    (r"Item with Code '(?P<number>[^']*)' already exists", "item_code_taken"),
    (r"(period|end of year) lock date", "period_locked"),
    (r"TaxType code '(?P<rate>[^']*)' cannot be used with account code '(?P<account>[^']*)'", "tax_not_applicable"),
    (r"not subscribed to currency (?P<currency>\w+)", "currency_missing"),
    (r"cannot be edited as it has a payment or credit note|because it has payments", "document_paid"),
    (r"not of valid status for modification", "document_final"),
    (r"only be made against authorised documents", "document_not_approved"),
    (r"exceeds the amount outstanding|greater than amount outstanding|already been paid off", "payment_exceeds"),
    (r"payments.*account|Account could not be found", "payment_account"),
]
_REFUSALS = [(re.compile(pattern, re.I), code) for pattern, code in REFUSALS]


def recognise(messages):
    """Return ``(code, values)`` for what Xero said about one element.

    :param messages: list of Xero's texts; the first that is known decides, unknown ones stay raw
    """
    for text in messages:
        for pattern, code in _REFUSALS:
            match = pattern.search(text)
            if match:
                return code, match.groupdict()
    return "refused", {"message": " ".join(messages)}


class _Blank(dict):
    def __missing__(self, key):
        return "?"


def render(env, code, values):
    """Return ``(what happened, what to do)`` in the user's language."""
    happened, advice = MESSAGES.get(code, MESSAGES["refused"])
    values = _Blank(values or {})
    happened, advice = env._(happened), env._(advice)
    return happened % values, advice % values
