"""Every problem in words a bookkeeper understands: what happened, where to look, what to do, and the button.

``MESSAGES`` is the catalogue by code; ``REFUSALS`` recognises what Xero is known to answer (xero-api.md,
sections 1 to 7) and gives its code. A message that nobody knows is shown as Xero sent it.
docs/errors.md is this catalogue written out; a test keeps the two equal.
"""

import re
from dataclasses import dataclass, field

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# Retry and Skip are offered for every problem; these are offered besides, by the codes that name them.
BUTTONS = {
    "map_account": _lt("Map the Account"),
    "make_stock_account": _lt("Make an Account in Xero"),
    "map_tax": _lt("Pick the Tax"),
    "map_journal": _lt("Map the Journal"),
    "map_tracking": _lt("Map the Analytic Plan"),
    "map_field": _lt("Open the Field Mapping"),
    "open_record": _lt("Open the Record"),
    "link": _lt("Link"),
    "link_contact": _lt("Link"),
    "create_contact": _lt("Create a New Contact"),
    "renew_contact": _lt("Make a New Contact in Xero"),
    "choose_product": _lt("Link"),
    "create_product": _lt("Create a New Product"),
    "first_open_day": _lt("Move to the First Open Day"),
    "split_overpayment": _lt("Split the Overpayment"),
    "read_reference": _lt("Read Reference Data"),
    "open_connection": _lt("Open the Connection"),
    "reauthorise": _lt("Re-authorise"),
    "take_xeros": _lt("Take Xero's"),
    "send_odoos": _lt("Send Odoo's"),
    "reissue_xeros": _lt("Credit and Issue Xero's"),
    "credit_and_reissue": _lt("Credit and Re-issue"),
}


@dataclass(frozen=True)
class Message:
    """One kind of problem. Placeholders come from the hold or from the groups of the pattern that recognised it.

    :param text: what happened
    :param advice: what to do
    :param where: the field on our side where the cause lies
    :param buttons: keys of ``BUTTONS``, the best way out first
    """

    text: object
    advice: object
    where: object
    buttons: tuple = field(default=("open_record",))


MESSAGES = {
    # -- mappings ----------------------------------------------------------------------------
    "account_unmapped": Message(
        _lt("The account %(account)s is not mapped to an account in Xero."),
        _lt(
            "Choose the Xero account on the error or under Mappings > Accounts. What waits for it then goes by itself."
        ),
        _lt("Mappings > Accounts"),
        ("map_account",),
    ),
    "mapped_field_required": Message(
        _lt("%(record)s has no value for %(xero_field)s, which is required and filled from %(source)s."),
        _lt("Fill the field on the record, or change the mapping under Mappings > Fields. It then goes by itself."),
        _lt("Mappings > Fields"),
        ("open_record", "map_field"),
    ),
    "mapped_field_value": Message(
        _lt("%(record)s: “%(value)s” cannot become %(xero_field)s (mapped with %(source)s)."),
        _lt("Correct the value on the record, or change the mapping under Mappings > Fields. It then goes by itself."),
        _lt("Mappings > Fields"),
        ("open_record", "map_field"),
    ),
    "journal_unmapped": Message(
        _lt("Payments of the journal %(journal)s have no bank or clearing account in Xero."),
        _lt(
            "Choose the Xero account on the error or under Mappings > Payment Journals, or set a default bank "
            "account on the connection. What waits for it then goes by itself."
        ),
        _lt("Mappings > Payment Journals"),
        ("map_journal",),
    ),
    "journal_unknown": Message(
        _lt("A payment was made in Xero on %(account)s, which no journal in Odoo is mapped to."),
        _lt("Open Xero > Mappings > Payment Journals and map a bank or cash journal to that account."),
        _lt("Mappings > Payment Journals"),
        ("map_journal",),
    ),
    "tax_unmapped": Message(
        _lt("The tax %(tax)s is not mapped to a tax rate in Xero."),
        _lt(
            "Choose a rate of the same percentage on the error or under Mappings > Taxes. What waits for it then goes "
            "by itself."
        ),
        _lt("Mappings > Taxes"),
        ("map_tax",),
    ),
    "tax_not_applicable": Message(
        _lt("The Xero tax rate %(rate)s cannot be used with the Xero account %(account)s."),
        _lt(
            "Map the tax to a rate that is made for this kind of account, or map the account to another one, "
            "then press Retry."
        ),
        _lt("Mappings > Taxes, Mappings > Accounts"),
        ("map_tax", "map_account"),
    ),
    "tax_gone": Message(
        _lt("The Xero tax rate that a line is mapped to is not active, or does not exist, in Xero."),
        _lt("Press Read Reference Data, then map the tax to an active rate."),
        _lt("Mappings > Taxes"),
        ("read_reference", "map_tax"),
    ),
    "account_gone": Message(
        _lt("The Xero account that a line is mapped to is archived, or does not exist, in Xero."),
        _lt("Press Read Reference Data, then map the account to an active one."),
        _lt("Mappings > Accounts"),
        ("read_reference", "map_account"),
    ),
    "account_inventory": Message(
        _lt("Xero keeps its inventory accounts for itself: nothing else may be booked on them."),
        _lt(
            "Map the Odoo account to a current asset account in Xero instead, then press Retry. If Xero has none for "
            "the stock, press Make an Account in Xero: it makes one and maps the stock to it."
        ),
        _lt("Mappings > Accounts"),
        ("map_account", "make_stock_account"),
    ),
    "stock_valuation_missing": Message(
        _lt("%(product)s is in stock, and Odoo has no account for its value."),
        _lt(
            "Choose the Stock Valuation Account on the product's category, or for the company in the settings of "
            "Inventory, then press Retry."
        ),
        _lt("Stock Valuation Account of the product's category"),
        ("open_connection",),
    ),
    "stock_account_missing": Message(
        _lt("The stock cannot be posted in Xero, because %(setting)s is not chosen."),
        _lt("Choose it under Stock on the page Settings of the connection. What waits for it then goes by itself."),
        _lt("Settings of the connection, Stock"),
        ("open_connection",),
    ),
    "payment_account": Message(
        _lt("Xero does not take payments on the account that the journal is mapped to."),
        _lt(
            "In Xero open the account and tick Enable payments to this account, or map the journal to a bank "
            "account, then press Retry."
        ),
        _lt("Mappings > Payment Journals"),
        ("map_journal", "read_reference"),
    ),
    "currency_missing": Message(
        _lt("The currency %(currency)s is not switched on in Xero."),
        _lt(
            "Your plan in Xero has one currency. Move to a plan with several and press Read Reference Data: the "
            "currency is then added by itself, and what waits for it goes."
        ),
        _lt("Currency of the document"),
        ("read_reference", "open_record"),
    ),
    # -- documents ---------------------------------------------------------------------------
    "totals_differ": Message(
        _lt(
            "Xero would compute %(xero_total)s (tax %(xero_tax)s) where Odoo has %(odoo_total)s (tax %(odoo_tax)s), "
            "and no way of writing the lines makes them equal."
        ),
        _lt(
            "Check the taxes and amounts of the lines. The document was not sent, so nothing has to be undone in Xero."
        ),
        _lt("Lines of the document"),
    ),
    "period_locked": Message(
        _lt("Xero's books are locked until %(lock_date)s, and this document is dated %(date)s."),
        _lt("Move the document to the first open day, or ask your accountant to move the lock date in Xero."),
        _lt("Invoice date and accounting date of the document"),
        ("first_open_day", "open_record"),
    ),
    "number_taken": Message(
        _lt("Xero already has a document numbered %(number)s, with another contact, date or total."),
        _lt("Press Link if it is the same document, or renumber one of the two, then press Retry."),
        _lt("Number of the document"),
        ("link", "open_record"),
    ),
    "document_paid": Message(
        _lt("The document has payments or credits in Xero, so Xero no longer lets it be changed."),
        _lt(
            "Rather than amending it, use a credit note and re-issue it: press Credit and Re-issue. The document "
            "becomes again what Xero has and is credited; what you changed goes into a new draft."
        ),
        _lt("The document and its payments"),
        ("credit_and_reissue", "open_record"),
    ),
    "document_final": Message(
        _lt("The document was voided or deleted in Xero, and Xero does not bring such documents back."),
        _lt("Make a new document in Odoo instead, then press Skip."),
        _lt("The document"),
    ),
    "document_not_approved": Message(
        _lt("The document is not approved in Xero, so it cannot take a payment or a credit."),
        _lt(
            "Approve the document in Xero, or set Documents Arrive in Xero As to Approved on the connection, then "
            "press Retry."
        ),
        _lt("Documents Arrive in Xero As, on the connection"),
        ("open_connection", "open_record"),
    ),
    "due_date_missing": Message(
        _lt("The document has no due date, and Xero approves none without it."),
        _lt("Enter a due date or payment terms on the document, then press Retry."),
        _lt("Due date of the document"),
    ),
    "no_lines": Message(
        _lt("The document has no line that Xero can book."),
        _lt("Add a line with a price and an account, then press Retry."),
        _lt("Lines of the document"),
    ),
    "line_incomplete": Message(
        _lt("A line of the document lacks its description, quantity, price or account."),
        _lt("Complete the lines of the document, then press Retry."),
        _lt("Lines of the document"),
    ),
    "quantity_invalid": Message(
        _lt("Xero does not take the quantity %(quantity)s of a line."),
        _lt("Make the quantity positive and the price negative instead, then press Retry."),
        _lt("Quantity of the line"),
    ),
    "line_amount_differs": Message(
        _lt("Xero computes another amount for a line than the one that was sent."),
        _lt("Check quantity, price and discount of the lines, then press Retry."),
        _lt("Quantity, price and discount of the line"),
    ),
    "amount_too_high": Message(
        _lt("An amount is higher than Xero can hold (9,999,999,999.99)."),
        _lt("Split the line or the document, then press Retry."),
        _lt("Price of the line"),
    ),
    "total_negative": Message(
        _lt("The total of the document is negative."),
        _lt("Make a credit note of it instead, then press Skip."),
        _lt("Lines of the document"),
    ),
    "rate_invalid": Message(
        _lt("Xero does not take the currency rate of the document."),
        _lt("Check the currency rate of the document's date, then press Retry."),
        _lt("Currency rate of the document"),
    ),
    "url_refused": Message(
        _lt("Xero does not take the link back to Odoo, because its address contains the word xero."),
        _lt("Change the web address of this Odoo (system parameter web.base.url), then press Retry."),
        _lt("System parameter web.base.url"),
    ),
    "approvals_used_up": Message(
        _lt("The Xero plan allows no more approved invoices or bills this month."),
        _lt("Upgrade the plan in Xero, let documents arrive as drafts, or press Retry next month."),
        _lt("Documents Arrive in Xero As, on the connection"),
        ("open_connection",),
    ),
    "emails_used_up": Message(
        _lt("Xero sends no more invoices by e-mail today."),
        _lt("Press Retry tomorrow, or send the invoice from Odoo."),
        _lt("The document"),
    ),
    "order_deleted": Message(
        _lt("The purchase order, or another one with its number, was deleted in Xero, which is final."),
        _lt("Give the order in Odoo another number or make a new one, then press Retry."),
        _lt("Number of the purchase order"),
    ),
    "status_change": Message(
        _lt("Xero does not let the document change to the new status."),
        _lt("Look at the status of the document in Xero; press Skip if it is right as it is."),
        _lt("Status of the document"),
    ),
    # -- contacts ----------------------------------------------------------------------------
    "email_invalid": Message(
        _lt("The e-mail address %(email)s of %(contact)s is not complete; Xero refuses it."),
        _lt("Correct or empty the e-mail address on the contact. It then goes by itself."),
        _lt("E-mail of the contact"),
    ),
    "no_contact": Message(
        _lt("The document names no customer or supplier, and Xero needs a contact on every document."),
        _lt("Choose a contact on the document, then press Retry."),
        _lt("Customer or vendor of the document"),
    ),
    "contact_excluded": Message(
        _lt("The contact %(contact)s is set not to be exported and is not in Xero yet."),
        _lt("Allow the export of the contact, or exclude this document as well."),
        _lt("Do Not Export to Xero, on the contact"),
    ),
    "contact_private": Message(
        _lt("%(contact)s is a private person, and Send Private Persons is off."),
        _lt("Tick Company on the contact if it is one, or switch Send Private Persons on, then press Retry."),
        _lt("Company or Person, on the contact"),
        ("open_record", "open_connection"),
    ),
    "contact_archived_in_xero": Message(
        _lt("%(contact)s was archived in Xero, so no document can go to this contact and Xero takes no change of it."),
        _lt(
            "Restore the contact in Xero (Contacts > Archived) and press Retry, or press Make a New Contact in Xero. "
            "Press Skip if the contact is not used any more."
        ),
        _lt("Contacts > Archived, in Xero"),
        ("renew_contact", "open_record"),
    ),
    "contact_erased_in_xero": Message(
        _lt("Xero erases the personal data of %(contact)s on request, so no document can go to this contact."),
        _lt(
            "Do not send personal data again that somebody wants erased. Use another contact on new documents, or, if "
            "the person has become a customer anew, press Make a New Contact in Xero."
        ),
        _lt("The contact in Xero"),
        ("renew_contact", "open_record"),
    ),
    "contact_ambiguous": Message(
        _lt(
            "The contact %(contact)s of Xero (%(known)s) may be one of these, and it is not certain which:\n"
            "%(candidates)s"
        ),
        _lt("Choose the contact that it is and press Link, or press Create a New Contact if it is none of them."),
        _lt("Name, e-mail, telephone and tax number of the contacts"),
        ("link_contact", "create_contact"),
    ),
    "contact_name_taken": Message(
        _lt("Xero already has another contact named %(name)s."),
        _lt("Press Link if it is the same company, or give the contact in Odoo another name."),
        _lt("Name of the contact"),
        ("link", "open_record"),
    ),
    "contact_name_invalid": Message(
        _lt("Xero does not take the name of the contact."),
        _lt("Give the contact a name without the signs < and >. It then goes by itself."),
        _lt("Name of the contact"),
    ),
    "contact_number_taken": Message(
        _lt("Another contact in Xero already has the contact number %(number)s."),
        _lt("Press Link if it is the same company. Otherwise change the contact number in Xero."),
        _lt("The contact"),
        ("link", "open_record"),
    ),
    "account_number_taken": Message(
        _lt("Another contact in Xero already has this account number."),
        _lt("Change the reference of one of the two contacts. It then goes by itself."),
        _lt("Reference of the contact"),
    ),
    "group_taken": Message(
        _lt("Xero already has a contact group named %(name)s."),
        _lt("Press Link if it is the same group, or give the tag another name, then press Retry."),
        _lt("Name of the tag"),
        ("link", "open_record"),
    ),
    "contact_archived": Message(
        _lt("The contact is archived in Xero, and Xero does not let anybody change archived contacts from outside."),
        _lt("Restore the contact in Xero (Contacts > Archived), then press Retry."),
        _lt("The contact"),
    ),
    "bank_details_right": Message(
        _lt("The Xero user may not change the bank details of contacts."),
        _lt("Let somebody with the right to bank account details re-authorise the connection, then press Retry."),
        _lt("Bank account of the contact"),
        ("reauthorise",),
    ),
    # -- items -------------------------------------------------------------------------------
    "item_code_taken": Message(
        _lt("The item code %(number)s already belongs to another item in Xero."),
        _lt("Press Link if it is the same item, or give the product another internal reference, then press Retry."),
        _lt("Internal reference of the product"),
        ("link", "open_record"),
    ),
    "item_ambiguous": Message(
        _lt("The item %(item)s of Xero may be one of these products, and it is not certain which:\n%(candidates)s"),
        _lt("Choose the product that it is and press Link, or press Create a New Product if it is none of them."),
        _lt("Internal reference, barcode and name of the products"),
        ("choose_product", "create_product"),
    ),
    "item_code_unknown": Message(
        _lt("Xero does not know the item of a line."),
        _lt("Export the product again (tab Xero, Export Now), then press Retry."),
        _lt("Product of the line"),
    ),
    "item_in_use": Message(
        _lt("The item was used in Xero, so it can be neither deleted nor moved to other inventory accounts."),
        _lt("Leave the item in Xero, then press Skip."),
        _lt("The product"),
    ),
    "out_of_stock": Message(
        _lt("Xero has not enough of a tracked item on hand."),
        _lt("Book the supplier's bill first, or correct the quantity in Xero, then press Retry."),
        _lt("Quantity of the line"),
    ),
    "stock_short": Message(
        _lt(
            "Xero has %(shown)s of %(product)s and this takes %(wanted)s: Xero sells nothing that it does not have. "
            "Odoo has %(on_hand)s on hand, and %(not_billed)s were received that no bill has told Xero of."
        ),
        _lt(
            "Post the supplier's bill of what was received, or count the product in Odoo. What waits goes by itself as "
            "soon as Xero has enough."
        ),
        _lt("The product's stock, and the bills of its receipts"),
    ),
    "item_not_counted": Message(
        _lt("%(product)s was counted or scrapped in Odoo, and Xero does not count its stock."),
        _lt(
            "Xero lets the stock of an item be counted only before its first use. In Xero rename the code of the item; "
            "in Odoo press Remove Link on the product, and a new item that Xero counts is made. Then press Retry. Or "
            "press Skip: the value stays as it is in Xero."
        ),
        _lt("The product"),
    ),
    # -- payments and allocations ------------------------------------------------------------
    "payment_exceeds": Message(
        _lt("The payment or credit is higher than what is still open on the document in Xero."),
        _lt(
            "Look at the payments of the document in Xero: it may have been paid there as well. If so, undo one of "
            "the two. If the customer paid too much, press Split the Overpayment: only what is open in Xero stays "
            "matched in Odoo, and the rest of the payment or credit stays on account."
        ),
        _lt("Amount of the payment, matching of the document"),
        ("split_overpayment", "open_record"),
    ),
    "payment_final": Message(
        _lt("Xero does not change payments, and does not delete those that belong to a batch."),
        _lt("Delete the payment, or its batch, in Xero, then press Retry."),
        _lt("The payment"),
    ),
    "amount_not_positive": Message(
        _lt("Xero takes only amounts above zero here."),
        _lt("Correct the amount, or press Skip where there is nothing to pay."),
        _lt("Amount of the payment"),
    ),
    "other_contact_or_currency": Message(
        _lt("The credit and the document belong to different contacts, or are in different currencies."),
        _lt("Undo the matching in Odoo, and match documents of the same contact and currency."),
        _lt("Customer and currency of both documents"),
    ),
    "reconciliation_unknown": Message(
        _lt("The document was matched with %(counterpart)s, which is neither a payment nor a credit note."),
        _lt("Book the same in Xero by hand, or undo the matching in Odoo; then press Skip."),
        _lt("Matching of the document"),
    ),
    "born_in_xero": Message(
        _lt("The matching with a payment made in Xero was undone in Odoo. The payment still stands in Xero."),
        _lt("Delete the payment in Xero if it is wrong; otherwise match it again in Odoo. Then press Skip."),
        _lt("Matching of the document"),
    ),
    "write_off_account": Message(
        _lt(
            "%(amount)s of the document was written off to %(account)s. Xero books that as a payment to the account, "
            "and the account takes no payments there."
        ),
        _lt(
            "In Xero, open the account and tick 'Enable payments to this account', press Read Reference Data here, "
            "then Retry. Or map the account to one that takes payments."
        ),
        _lt("Mappings > Accounts"),
        ("map_account", "read_reference"),
    ),
    "write_off_held": Message(
        _lt("%(amount)s of the document was written off with %(counterpart)s, and write-offs wait for a person."),
        _lt(
            "Book it in Xero by hand and press Skip; or choose on the connection, under Settings > Payments, that "
            "write-offs go to Xero as payments, then press Retry."
        ),
        _lt("Connection, Settings > Payments"),
        ("open_connection",),
    ),
    "write_off_excess": Message(
        _lt("%(payment)s brought %(amount)s more than the documents it pays, booked to %(account)s in Odoo."),
        _lt(
            "The documents are paid in Xero without it. Enter the %(amount)s there as a bank transaction (Spend or "
            "Receive Money) on the same account; then press Skip."
        ),
        _lt("The payment and its matching"),
    ),
    "payment_deleted": Message(
        _lt("The payment of %(document)s that Odoo had sent was deleted in Xero."),
        _lt(
            "If the payment was wrong, undo its matching in Odoo, or cancel it. If it is right, press Export to Xero "
            "on the payment: it is sent again. Then press Skip."
        ),
        _lt("The payment and its matching"),
    ),
    "paid_unposted": Message(
        _lt("%(document)s was paid in Xero, and is not posted in Odoo."),
        _lt("Post it in Odoo, then press Retry; or delete the payment in Xero."),
        _lt("Status of the document"),
    ),
    "paid_too_much": Message(
        _lt("%(amount)s was paid on %(document)s in Xero, and only %(open)s is open in Odoo."),
        _lt(
            "Look at what is matched with the document in Odoo. If it is the same money, undo that matching and press "
            "Retry. If it was paid twice, correct the payment in Xero."
        ),
        _lt("Payments of the document"),
    ),
    "refund_too_much": Message(
        _lt("%(amount)s of %(payment)s was given back in Xero, and only %(open)s of it is unmatched in Odoo."),
        _lt(
            "Look at what the payment is matched with in Odoo. If it is the same money, undo that matching and press "
            "Retry. If it was given back twice, correct the refund in Xero."
        ),
        _lt("Matching of the payment"),
    ),
    "advance_born_in_xero": Message(
        _lt("%(payment)s was made in Xero and cancelled in Odoo. The over- or prepayment still stands in Xero."),
        _lt("Delete it in Xero if it is wrong; otherwise reset the payment to draft and confirm it. Then press Skip."),
        _lt("Status of the payment"),
    ),
    "advance_deleted": Message(
        _lt("The over- or prepayment that %(payment)s is in Xero was deleted there."),
        _lt(
            "If the payment was wrong, cancel it in Odoo. If it is right, press Export to Xero on the payment: it is "
            "sent again. Then press Skip."
        ),
        _lt("The payment and its matching"),
    ),
    "advance_deleted_partly": Message(
        _lt(
            "The over- or prepayment that is a part of %(payment)s was deleted in Xero; the rest of the payment stands "
            "there, or is on a bank statement in Odoo."
        ),
        _lt(
            "If all the money came, press Export to Xero on the payment: the part is sent again. If less came, reset "
            "the payment to draft, correct its amount and match it again. Then press Skip."
        ),
        _lt("The payment and its matching"),
    ),
    "allocation_deleted": Message(
        _lt("The allocation of %(note)s to %(document)s that Odoo had sent was undone in Xero."),
        _lt(
            "If it was wrong, undo the matching in Odoo as well. If it is right, press Export to Xero on the credit "
            "note: it is allocated again. Then press Skip."
        ),
        _lt("Matching of the document"),
    ),
    "allocation_unknown": Message(
        _lt(
            "%(amount)s of %(credit)s is allocated in Xero to %(number)s, which Odoo does not have; here so much more "
            "of it shows as open."
        ),
        _lt(
            "Import the document (switch the import of documents on, or enter it by hand and link it), then press "
            "Retry; or match the open rest with an entry of your own in Odoo, and press Skip."
        ),
        _lt("Matching of the document"),
    ),
    "allocation_impossible": Message(
        _lt("%(amount)s of a credit was allocated to %(document)s in Xero, and in Odoo not so much of both is open."),
        _lt(
            "Look at what both are matched with in Odoo. Undo what stands in the way and press Retry, or undo the "
            "allocation in Xero."
        ),
        _lt("Matching of the document"),
    ),
    "advance_needs_bank": Message(
        _lt("An unmatched payment goes to Xero through a bank account, and %(account)s is none."),
        _lt("Map the journal to a bank account, or match the payment with a document in Odoo; then press Retry."),
        _lt("Mappings > Payment Journals"),
        ("map_journal",),
    ),
    "advance_short": Message(
        _lt("%(amount)s of %(payment)s is in Xero as an over- or prepayment, and more of it is matched in Odoo now."),
        _lt(
            "Undo the last matching in Odoo and match less of it: what is open of the over- or prepayment, or what is "
            "unmatched beside it (see In Xero on the payment). Then press Retry."
        ),
        _lt("Matching of the payment"),
    ),
    "prepayment_account_missing": Message(
        _lt("Unmatched payments go to Xero as prepayments, and no account for prepayments is chosen."),
        _lt("Choose it on the connection, under Settings > Payments; then press Retry."),
        _lt("Connection, Settings > Payments"),
        ("open_connection",),
    ),
    "payment_of_many": Message(
        _lt("%(payment)s pays several documents and has no journal entry that says how much of which."),
        _lt(
            "Match the documents with the bank statement line: that goes to Xero. Or give the payment method of the "
            "journal an outstanding account, and register the payment again."
        ),
        _lt("Payment methods of the journal"),
    ),
    "odoo_locked": Message(
        _lt("%(document)s was paid in Xero on %(date)s. Odoo's books are closed up to %(lock_date)s."),
        _lt(
            "Ask whoever keeps the lock dates to open the period (Accounting > Lock Dates), then press Retry; or "
            "change the date of the payment in Xero."
        ),
        _lt("Lock dates of the company"),
    ),
    # -- any record --------------------------------------------------------------------------
    "text_too_long": Message(
        _lt("The text of %(name)s is longer than the %(length)s characters that Xero takes."),
        _lt("Shorten it, then press Retry."),
        _lt("The field that is named"),
    ),
    "date_invalid": Message(
        _lt("Xero does not take a date of the record."),
        _lt("Check the dates, then press Retry."),
        _lt("Dates of the record"),
    ),
    "tracking_invalid": Message(
        _lt("Xero does not know, or has archived, a tracking category or option of a line."),
        _lt("Press Read Reference Data and check the analytic distribution, then press Retry."),
        _lt("Analytic distribution of the line"),
        ("read_reference", "open_record"),
    ),
    "tracking_option_missing": Message(
        _lt("%(option)s is not an option of the tracking category %(category)s in Xero."),
        _lt(
            "Add the option in Xero and press Read Reference Data, or tick Create Missing Tracking Options on the "
            "connection. What waits for it then goes by itself."
        ),
        _lt("Analytic distribution of the line"),
        ("read_reference", "open_connection"),
    ),
    "tracking_too_many": Message(
        _lt("Lines carry the analytic plan %(plan)s, and both of Xero's tracking categories belong to other plans."),
        _lt(
            "Xero has two tracking categories and no more. Tick Left Out for the plan under Mappings > Tracking, or "
            "give it one of the two categories. What waits for it then goes by itself."
        ),
        _lt("Mappings > Tracking"),
        ("map_tracking",),
    ),
    "tracking_split": Message(
        _lt("Lines are shared between several analytic accounts of one plan, and went to Xero without it: %(lines)s"),
        _lt(
            "A line in Xero belongs to one option of a tracking category. Split the line in Odoo where Xero's reports "
            "need it; otherwise press Skip. The amounts are right on both sides."
        ),
        _lt("Analytic distribution of the line"),
    ),
    "attachment_too_large": Message(
        _lt("The file %(file)s has %(size)s MB, and Xero takes 10 MB at most."),
        _lt("Make the file smaller and attach it again, or press Skip to leave it out."),
        _lt("Attachments of the document"),
    ),
    "attachment_too_many": Message(
        _lt("The file %(file)s did not go: the document has ten files in Xero already, and that is the most."),
        _lt("Put files together in Odoo, or press Skip to leave it out."),
        _lt("Attachments of the document"),
    ),
    "attachment_refused": Message(
        _lt("Xero does not take the file: ten of up to 10 MB are allowed, under plain names."),
        _lt("Make the file smaller, rename or remove it, or press Skip to leave it out."),
        _lt("Attachments of the document"),
    ),
    "employee_invalid": Message(
        _lt("Xero Payroll does not take the employee or the timesheet: %(message)s"),
        _lt("Complete what Xero names, then press Retry."),
        _lt("Employee, timesheet"),
    ),
    "gone": Message(
        _lt("The record is no longer to be found in Xero."),
        _lt("It may have been deleted or merged in Xero. Look there; press Skip to leave it as it is."),
        _lt("The record"),
    ),
    "import_refused": Message(
        _lt("Something made in Xero could not be booked in Odoo: %(detail)s"),
        _lt("Mend what Odoo names (often a lock date), then press Retry."),
        _lt("What Odoo names"),
    ),
    "cannot_repeat": Message(
        _lt("An answer of Xero was lost, and it could not be found out whether the record arrived."),
        _lt("Xero is asked again at the next run. Nothing is sent twice meanwhile."),
        _lt("Nothing to do; look whether Xero can be reached"),
    ),
    "key_mismatch": Message(
        _lt("Xero has seen this call's key with other contents."),
        _lt("Press Retry: the record is looked up in Xero before it is sent under a new key."),
        _lt("Nothing in the record"),
    ),
    "not_understood": Message(
        _lt("Xero could not read what was sent: %(message)s"),
        _lt("Please report this with the text above. Everything else goes on."),
        _lt("Nothing in the record"),
    ),
    "database_copy": Message(
        _lt(
            "This database is a copy of the one that was connected to %(organisation)s, so nothing is exchanged with "
            "Xero."
        ),
        _lt(
            "If this database replaces the original, open the connection and press This Copy Takes Over. Otherwise "
            "press Disconnect there: the original keeps its access."
        ),
        _lt("Nothing in the record"),
    ),
    "unexpected": Message(
        _lt("Reading from Xero failed on our side: %(detail)s"),
        _lt("It is tried again by itself. If it stays, please report it with the text above. Everything else goes on."),
        _lt("Nothing in the record"),
        ("open_connection",),
    ),
    "cannot_build": Message(
        _lt("The record could not be prepared for Xero: %(detail)s"),
        _lt(
            "Nothing of it was sent, and everything else goes on. Look at what is unusual about the record, then press "
            "Retry; if it comes back, please report it with the text above, or press Skip."
        ),
        _lt("The record"),
    ),
    "cannot_apply": Message(
        _lt("%(name)s could not be taken over from Xero: %(detail)s"),
        _lt(
            "Everything else goes on. Look at the record in Xero, then press Retry; if it comes back, please report it "
            "with the text above, or press Skip."
        ),
        _lt("The record in Xero"),
        ("open_connection",),
    ),
    "refused": Message(
        _lt("Xero refused it: %(message)s"),
        _lt("Mend what Xero names, then press Retry."),
        _lt("What Xero names"),
    ),
    # -- payroll -----------------------------------------------------------------------------
    "payroll_no_access": Message(
        _lt("Xero does not show its payroll: %(resource)s."),
        _lt(
            "Either the Xero user who authorised is no payroll administrator (in Xero: Settings, Users, Payroll "
            "Admin), or Payroll is not set up there; in a demo organisation it has to be activated under Payroll "
            "Settings first. Then press Read Reference Data on the connection. Everything else goes on meanwhile."
        ),
        _lt("Rights of the Xero user, Payroll Settings in Xero"),
        ("open_connection",),
    ),
    "employee_not_linked": Message(
        _lt("%(name)s is not in the payroll in Xero."),
        _lt(
            "Make the employee in Xero with the same work e-mail, or the same name and birthday, and it is linked when "
            "employees are read; or tick Create Employees in Xero on the connection."
        ),
        _lt("The connection, Create Employees in Xero"),
    ),
    "employee_incomplete": Message(
        _lt("%(name)s cannot go to the payroll without %(lacking)s."),
        _lt("Fill it in on the employee. What waits for it then goes by itself."),
        _lt("Employee"),
    ),
    "employee_ambiguous": Message(
        _lt("An employee in Xero may be any of %(count)s employees here."),
        _lt("Give each of them a work e-mail of their own, or archive those that are double, then press Retry."),
        _lt("Employees, Work Email"),
    ),
    "employee_without_calendar": Message(
        _lt("%(name)s has no pay calendar in Xero, so nobody knows which pay periods the hours belong to."),
        _lt("In Xero, open the employee and choose the pay calendar under Employment. It is read within a day."),
        _lt("The employee in Xero"),
    ),
    "no_earnings_rate": Message(
        _lt("There is no earnings rate for hours of %(name)s on %(project)s."),
        _lt(
            "Choose the ordinary earnings rate of the employee in Xero, or map the project under Mappings > Earnings "
            "Rates."
        ),
        _lt("Mappings > Earnings Rates"),
    ),
    "timesheet_closed": Message(
        _lt("A timesheet is no draft in Xero any more, so its hours can no longer be changed."),
        _lt(
            "Nothing to do: its status is read, and what was recorded late goes to the next open pay period. To have "
            "it on this sheet, revert the sheet to draft in Xero."
        ),
        _lt("Nothing to do"),
    ),
    "timesheet_exists": Message(
        _lt("Xero has a timesheet of this employee and pay period already."),
        _lt("Timesheets are read next; an empty one is linked then and filled. Press Retry after that."),
        _lt("Timesheets in Xero"),
    ),
    "timesheet_made_in_xero": Message(
        _lt("%(sheet)s: hours were entered in Xero by hand, and Odoo has hours of the same pay period."),
        _lt(
            "Decide which count. Empty the timesheet in Xero to have Odoo's, or take the hours out of Odoo; then press "
            "Retry."
        ),
        _lt("The timesheet in Xero"),
    ),
    "timesheet_changed": Message(
        _lt("%(sheet)s: somebody changed the hours in Xero."),
        _lt(
            "Odoo was not changed. Correct the hours in Odoo, or press Export Now on the timesheet to put Odoo's hours "
            "in place of those in Xero."
        ),
        _lt("Timesheets in Xero"),
    ),
    "no_pay_period": Message(
        _lt("Xero says that the days are no pay period of the employee's calendar."),
        _lt("The pay calendar was changed in Xero: press Read Reference Data on the connection, then Retry."),
        _lt("Pay calendar of the employee in Xero"),
        ("open_connection",),
    ),
    "pay_run_accounts": Message(
        _lt("A pay run cannot be booked: %(lacking)s is not chosen."),
        _lt("Choose it on the connection under Pay Runs in Odoo, then press Retry."),
        _lt("The connection, Pay Runs in Odoo"),
        ("open_connection",),
    ),
    "leave_unmapped": Message(
        _lt("The time off type %(leave)s is not mapped to a leave of Xero's."),
        _lt("Choose it under Mappings > Leave. What waits for it then goes by itself."),
        _lt("Mappings > Leave"),
    ),
    "leave_type_unknown": Message(
        _lt("Leave of the kind %(leave)s was entered in Xero, which no time off type is mapped to."),
        _lt("Choose the time off type under Mappings > Leave, then press Retry."),
        _lt("Mappings > Leave"),
    ),
    "leave_paid": Message(
        _lt("This leave has been paid in Xero and can no longer be changed there."),
        _lt("Settle the difference in the next pay run in Xero, then press Skip."),
        _lt("The pay run in Xero"),
    ),
    "leave_changed": Message(
        _lt("%(leave)s was changed in Xero."),
        _lt("Odoo was not changed. Change the time off in Odoo, or press Export Now on it to send Odoo's again."),
        _lt("Time off"),
    ),
    # -- the connection ----------------------------------------------------------------------
    "authorisation_lost": Message(
        _lt("Xero no longer accepts this connection."),
        _lt(
            "Press Re-authorise and log in to Xero again with the same organisation. Changes wait in the queue, "
            "nothing is lost."
        ),
        _lt("The connection"),
        ("reauthorise", "open_connection"),
    ),
    "app_refused": Message(
        _lt("Xero does not accept the app's client id, secret, redirect address or rights."),
        _lt("Compare client id, secret and redirect URI on the connection with those at developer.xero.com."),
        _lt("Client ID and client secret of the connection"),
        ("open_connection",),
    ),
    "consent_cancelled": Message(
        _lt("The consent was cancelled on Xero's page."),
        _lt("Press Connect to Xero again and allow the access."),
        _lt("The connection"),
        ("reauthorise", "open_connection"),
    ),
    "missing_right": Message(
        _lt("The user who authorised the connection may not do this in Xero: %(resource)s."),
        _lt(
            "Ask for the Standard or Adviser role in Xero, press Re-authorise on the connection, then press Retry. "
            "Test Xero on the connection says which rights it has."
        ),
        _lt("Role of the Xero user, rights granted to the connection"),
        ("reauthorise", "open_connection"),
    ),
    "minute_limit": Message(
        _lt("Xero takes no more calls this minute."),
        _lt("Nothing to do: the queue goes on by itself."),
        _lt("Nothing to do"),
        ("open_connection",),
    ),
    "day_limit": Message(
        _lt("Xero takes no more calls today."),
        _lt(
            "The queue goes on by itself when Xero allows calls again. If it happens often, sync less often: choose "
            "longer intervals or Manual for what is not urgent, in the schedule on the connection."
        ),
        _lt("Schedule of the connection"),
        ("open_connection",),
    ),
    "xero_offline": Message(
        _lt("Xero, or the organisation in Xero, is not available at the moment."),
        _lt("Nothing to do: it is tried again by itself. Look at status.xero.com if it lasts."),
        _lt("Nothing to do"),
        ("open_connection",),
    ),
    "silent": Message(
        _lt("Nothing was synced for %(object)s for %(hours)s hours."),
        _lt(
            "Look whether scheduled actions run on this server and whether Xero can be reached: press Test Xero on "
            "the connection."
        ),
        _lt("The connection"),
        ("open_connection",),
    ),
    # -- made or changed in Xero -------------------------------------------------------------
    "changed_in_xero": Message(
        _lt("%(document)s was changed in Xero. %(differences)s"),
        _lt(
            "Press Take Xero's to make the document in Odoo what Xero has, Send Odoo's to undo the change in Xero, or "
            "Credit and Issue Xero's where the document in Odoo must not be changed any more. Until then it waits."
        ),
        _lt("The document"),
        ("take_xeros", "send_odoos", "reissue_xeros", "open_record"),
    ),
    "withdrawn_in_xero": Message(
        _lt("%(document)s has the status %(status)s in Xero. In Odoo it stands with a total of %(total)s."),
        _lt("Press Take Xero's to cancel it in Odoo too, or Send Odoo's to make it in Xero again."),
        _lt("The document"),
        ("take_xeros", "send_odoos", "open_record"),
    ),
    "reissue_impossible": Message(
        _lt("%(document)s is a draft, paid or cancelled, so it cannot be credited and issued again."),
        _lt("Undo its payments first, or press Take Xero's or Send Odoo's on the other error of the document."),
        _lt("The document"),
    ),
    "contact_unlinked": Message(
        _lt("%(number)s was made in Xero for the contact %(contact)s, which is not linked to a contact in Odoo."),
        _lt("Import the contact, or export the same contact from Odoo and link it. The document then comes by itself."),
        _lt("Contacts"),
        ("open_connection",),
    ),
    "account_unknown": Message(
        _lt("%(number)s was made in Xero with the account %(account)s, which no account in Odoo is mapped to."),
        _lt("Map an Odoo account to it under Mappings > Accounts, then press Retry."),
        _lt("Mappings > Accounts"),
        ("map_account",),
    ),
    "tax_unknown": Message(
        _lt("%(number)s has the tax rate %(rate)s in Xero, which no tax in Odoo of the same side is mapped to."),
        _lt("Map an Odoo tax to that rate under Mappings > Taxes, then press Retry."),
        _lt("Mappings > Taxes"),
        ("map_tax",),
    ),
    "currency_inactive": Message(
        _lt("%(number)s was made in Xero in %(currency)s, which is not active in Odoo."),
        _lt("Activate the currency in Odoo (Accounting > Configuration > Currencies), then press Retry."),
        _lt("Currencies"),
        ("open_connection",),
    ),
    "order_like_it": Message(
        _lt("%(number)s in Xero has the number of an order in Odoo with another vendor, customer or total."),
        _lt(
            "Change the number of one of the two, or make them equal, then press Retry. Press Skip if it is not wanted."
        ),
        _lt("Number of the order"),
        ("open_connection",),
    ),
    "quote_pricelist": Message(
        _lt("The quote %(number)s is in %(currency)s, and no price list in Odoo has that currency."),
        _lt("Make a price list in that currency (Sales > Products > Pricelists), then press Retry."),
        _lt("Price lists"),
        ("open_connection",),
    ),
    "order_line_product": Message(
        _lt("%(number)s was made in Xero with a line that is no product in Odoo: %(line)s"),
        _lt("Import the items, or choose in the settings what Lines without an Item Are. It then comes by itself."),
        _lt("Settings > Lines without an Item Are"),
        ("open_connection",),
    ),
    "order_changed_in": Message(
        _lt("%(number)s was made in Xero and changed there after it was confirmed in Odoo."),
        _lt("Change the order in Odoo as it is in Xero now, then press Skip."),
        _lt("The purchase order"),
        ("open_connection",),
    ),
    "totals_differ_in": Message(
        _lt(
            "%(number)s is %(xero_total)s (tax %(xero_tax)s) in Xero, and Odoo would compute %(odoo_total)s (tax "
            "%(odoo_tax)s) from the same lines. It was not booked."
        ),
        _lt("Look at the taxes of its lines in Xero and at the mapping of the tax rates, then press Retry."),
        _lt("Mappings > Taxes"),
        ("map_tax", "open_connection"),
    ),
    # -- money -------------------------------------------------------------------------------
    "tax_no_percentage": Message(
        _lt("The tax %(tax)s is not a percentage of the price, and Xero's tax rates are."),
        _lt(
            "Put what it charges on a line of its own, with an account and without this tax, and post the document "
            "again."
        ),
        _lt("Taxes of the lines"),
    ),
    "rate_missing": Message(
        _lt(
            "Odoo has no exchange rate from %(base)s to %(currency)s for %(date)s or before, and booked this "
            "one to one."
        ),
        _lt(
            "Enter the rate under Accounting > Configuration > Currencies, reset the document to draft and post it "
            "again. Nothing was sent, so that the wrong rate is not in Xero as well."
        ),
        _lt("The currency's rates"),
    ),
    "journal_account_refused": Message(
        _lt("%(entry)s books on %(account)s, and Xero takes no manual journals on such an account."),
        _lt(
            "Use an invoice, a bill, a payment or a bank transfer instead; or set Do Not Export to Xero on the entry "
            "and book it in Xero by hand."
        ),
        _lt("Accounts of the entry"),
    ),
    "transfer_currency": Message(
        _lt("%(transfer)s is a transfer between two currencies, which Xero takes on its own screens only."),
        _lt("Make the transfer in Xero by hand, then press Skip."),
        _lt("The transfer"),
    ),
    "transfer_locked": Message(
        _lt("A bank transfer is dated %(date)s, and Xero's books are open from %(open_day)s on."),
        _lt("Ask your accountant to move the lock date in Xero, then press Retry."),
        _lt("Lock dates in Xero"),
        ("open_record",),
    ),
}

# What Xero says (xero-api.md 1 to 7) -> code, the first pattern that is found decides. Groups fill the placeholders.
# The last column is how Xero words it, as far as known; docs/errors.md and the tests use it.
REFUSALS = [
    # 4.1 contacts
    (
        r"The contact name (?P<name>.+) is already assigned to another contact",
        "contact_name_taken",
        "The contact name X is already assigned to another contact. The contact name must be unique across all "
        "active contacts.",
    ),
    (
        r"contact group name '(?P<name>[^']*)' is already in use",
        "group_taken",
        "The contact group name 'VIP' is already in use.",
    ),
    (
        r"Another contact has this contact number",
        "contact_number_taken",
        "Another contact has this contact number. Please enter a different contact number.",
    ),
    (
        r"Account Number already exists",
        "account_number_taken",
        "The Account Number already exists. Please enter a different Account Number.",
    ),
    (
        r"matched an archived contact",
        "contact_archived",
        "The specified contact details matched an archived contact. Archived contacts cannot currently be edited "
        "via the API.",
    ),
    (r"Unable to assign an Archived contact", "contact_archived", "Unable to assign an Archived contact."),
    (r"Email address must be valid", "email_invalid", "Email address must be valid."),
    (
        r"Contact Name cannot be empty|contact name.*(contain|invalid)",
        "contact_name_invalid",
        "Contact Name cannot be empty.",
    ),
    (r"Contact must be specified", "no_contact", "A Contact must be specified for this type of transaction"),
    (r"BankAccountAdmin|bank account details", "bank_details_right", "BankAccountAdmin permission is required"),
    # 4.2 documents
    (
        r"(Invoice|Credit ?Note|PurchaseOrder|Quote) # must be unique|Order number must be unique",
        "number_taken",
        "Invoice # must be unique.",
    ),
    (
        r"date cannot be before the (period|end of year) lock date(, currently set at (?P<lock_date>[\w-]+))?",
        "period_locked",
        "The document date cannot be before the period lock date, currently set at 31-Mar-2026",
    ),
    (
        r"end of year lock date|period lock date",
        "period_locked",
        "The document date cannot be before the end of year lock date, currently set at 31-Mar-2026",
    ),
    (
        r"cannot be edited as it has a payment or credit note|because it has payments",
        "document_paid",
        "This document cannot be edited as it has a payment or credit note allocated to it.",
    ),
    (
        r"status \w+ cannot be applied",
        "document_paid",
        "The status VOIDED cannot be applied to the invoice because it has payments or credit notes allocated to it.",
    ),
    (
        r"Payment not of valid status for modification",
        "payment_final",
        "Payment not of valid status for modification",
    ),
    (r"not of valid status for modification", "document_final", "Invoice not of valid status for modification"),
    (
        r"not of valid status for (creation|allocation)",
        "document_not_approved",
        "Credit Note not of valid status for allocation",
    ),
    (
        r"quantity value '(?P<quantity>[^']*)' is invalid",
        "quantity_invalid",
        "The quantity value '-1.0000' is invalid. Quantity must not be less than zero.",
    ),
    (r"quantity must be greater than zero", "quantity_invalid", "The quantity must be greater than zero."),
    (
        r"line total .* does not match",
        "line_amount_differs",
        "The line total 10.00 does not match the expected line total 9.99",
    ),
    (r"line amount must not exceed", "amount_too_high", "The line amount must not exceed 9,999,999,999.99."),
    (r"document total must not be negative", "total_negative", "The document total must not be negative."),
    (r"DueDate field must be specified", "due_date_missing", "The document DueDate field must be specified."),
    (r"One or more line items must be specified", "no_lines", "One or more line items must be specified"),
    (r"Account code must be specified|Description (cannot|must)", "line_incomplete", "Account code must be specified"),
    (
        r"not subscribed to currency (?P<currency>\w+)",
        "currency_missing",
        "Organisation is not subscribed to currency EUR",
    ),
    (r"currency rate must|1:1 rate", "rate_invalid", "The currency rate must be greater than zero."),
    (r"Url must not contain", "url_refused", "The Url must not contain 'xero'."),
    (
        r"reached the limit of invoices you can approve",
        "approvals_used_up",
        "You have reached the limit of invoices you can approve",
    ),
    (r"limit of.*e-?mails|emails? limit", "emails_used_up", "You have reached your daily limit of emails"),
    # 4.3 and 4.4 allocations and payments
    (
        r"already been paid off",
        "payment_exceeds",
        "The invoice you are trying to allocate to has already been paid off",
    ),
    (
        r"greater than amount outstanding",
        "payment_exceeds",
        "Credit Note cannot be allocated as amount is greater than amount outstanding",
    ),
    (
        r"exceeds the amount outstanding",
        "payment_exceeds",
        "Payment amount exceeds the amount outstanding on this document",
    ),
    (
        r"only be made against authorised documents",
        "document_not_approved",
        "Payments can only be made against authorised documents",
    ),
    (r"Payments cannot be updated|part of a batch", "payment_final", "Payments cannot be updated, only deleted."),
    (
        r"must be of the same contact|must be in the same currency",
        "other_contact_or_currency",
        "The credit note and the invoice must be in the same currency",
    ),
    (r"amount.*must be greater than zero", "amount_not_positive", "Payment amount must be greater than zero"),
    (
        r"Account could not be found|payments.*account|must be a bank account|valid BankAccount",
        "payment_account",
        "Account could not be found",
    ),
    # 4.5 and 4.6 purchase orders and quotes
    (r"Deleted PurchaseOrders cannot be updated", "order_deleted", "Deleted PurchaseOrders cannot be updated"),
    (r"status change is invalid", "status_change", "PurchaseOrder status change is invalid"),
    (
        r"quote cannot be (changed|created)|Deleted quotes",
        "status_change",
        "A quote cannot be changed from DRAFT to INVOICED.",
    ),
    # 4.7 items
    (
        r"Item with Code '(?P<number>[^']*)' already exists",
        "item_code_taken",
        "Price List Item with Code 'LAMP' already exists",
    ),
    (r"Item code '?(?P<number>[^']*)'? is not valid", "item_code_unknown", "Item code 'LAMP' is not valid"),
    (
        r"tracked and has been used|inventory accounts of an item cannot be changed",
        "item_in_use",
        "The item cannot be deleted because it is tracked and has been used in transactions.",
    ),
    (r"not enough of item|on hand", "out_of_stock", "There is not enough of item LAMP on hand: 2 short."),
    (
        r"inventory account type",
        "account_inventory",
        "You cannot save this transaction using an inventory account type",
    ),
    # 4.8 and 4.9 accounts and tax rates
    (
        r"TaxType code '(?P<rate>[^']*)' cannot be used with account code '(?P<account>[^']*)'",
        "tax_not_applicable",
        "The TaxType code 'OUTPUT' cannot be used with account code '400'.",
    ),
    (r"Tax rate must be Active", "tax_gone", "Tax rate must be Active"),
    (
        r"TaxType code .* does not exist",
        "tax_gone",
        "The TaxType code TAX009 does not exist or cannot be used for this type of transaction.",
    ),
    (
        r"Account code '(?P<account>[^']*)' (is not a valid code|has been (archived|removed))",
        "account_gone",
        "Account code '476' is not a valid code for this document.",
    ),
    (
        r"does not match a recognised account",
        "account_gone",
        "Account code '476' has been removed as it does not match a recognised account",
    ),
    # 4.10 and 4.12
    (r"tracking (category|option)", "tracking_invalid", "The tracking option could not be found"),
    (r"attachment|file name", "attachment_refused", "A document can have at most 10 attachments."),
    # 4.13 payroll
    (
        r"^(?P<message>The request is invalid\..*|Requested page does not exist.*)",
        "employee_invalid",
        "The request is invalid.",
    ),
    (r"Resource was not found", "gone", "Resource was not found"),
    # 4.13: the payroll
    (
        r"timesheets with a status of Draft|timesheet with a status of \w+ cannot become",
        "timesheet_closed",
        "Only timesheets with a status of Draft can be changed",
    ),
    (r"Timesheet already exists", "timesheet_exists", "Timesheet already exists for this employee and period"),
    (r"doesn't correspond with a pay period", "no_pay_period", "Provided period doesn't correspond with a pay period"),
    (r"Leave that has been paid", "leave_paid", "Leave that has been paid cannot be changed."),
    # any record
    (
        r"The (?P<name>\w+) field must not exceed (?P<length>\d+) characters|exceeds? the maximum length",
        "text_too_long",
        "The Name field must not exceed 255 characters.",
    ),
    (
        r"converting value .* to a date|not a (valid )?date|date .* out of range",
        "date_invalid",
        "The value '2026-13-01' is not a date",
    ),
    # 1, 2 and 3: the call as a whole
    (r"invalid_grant", "authorisation_lost", "invalid_grant"),
    (r"AuthenticationUnsuccessful|TokenExpired", "authorisation_lost", "AuthenticationUnsuccessful"),
    (r"AuthorizationUnsuccessful|insufficient_scope", "missing_right", "AuthorizationUnsuccessful"),
    (r"access_denied", "consent_cancelled", "access_denied"),
    (
        r"unauthorized_client|Invalid scope|invalid_client|unsupported_grant_type|redirect_uri",
        "app_refused",
        "unauthorized_client : Invalid scope for client",
    ),
    (
        r"offline for maintenance|temporarily unavailable|Organisation is offline",
        "xero_offline",
        "The Xero API is currently offline for maintenance",
    ),
    (r"key.*different request", "key_mismatch", "The idempotency key has been used with a different request"),
    (
        r"^(?P<message>.*(JSON for post data was invalid|PostDataInvalid|QueryParse|not filtering \w+ efficiently).*)",
        "not_understood",
        "Your request is not filtering Invoices efficiently, given the extremely high volume",
    ),
]
_REFUSALS = [(re.compile(pattern, re.I | re.S), code) for pattern, code, _words in REFUSALS]


def recognise(messages):
    """Return ``(code, values)`` for what Xero said about one element.

    :param messages: list of Xero's texts; the first that is known decides, unknown ones stay raw
    """
    for text in messages:
        for pattern, code in _REFUSALS:
            match = pattern.search(text)
            if match:
                return code, {key: value for key, value in match.groupdict().items() if value is not None}
    return "refused", {"message": " ".join(messages)}


class _Blank(dict):
    def __missing__(self, key):
        return "?"


def render(env, code, values):
    """Return ``(what happened, what to do)`` in the user's language."""
    message = MESSAGES.get(code, MESSAGES["refused"])
    values = _Blank(values or {})
    happened, advice = env._(message.text), env._(message.advice)
    return happened % values, advice % values


def buttons(code):
    """The ways out that are offered for a code beside Retry and Skip, best first."""
    return MESSAGES.get(code, MESSAGES["refused"]).buttons


def page():
    """docs/errors.md: the catalogue as a page for people."""
    lines = [PAGE_HEAD]
    for code, message in MESSAGES.items():
        labels = [str(BUTTONS[key]) for key in message.buttons]
        lines += [
            f"### {code}",
            "",
            f"**{_plain(message.text)}**",
            "",
            f"- Where: {message.where}",
            f"- Way out: {_plain(message.advice)}",
            f"- Buttons: {', '.join([*labels, 'Retry', 'Skip'])}",
        ]
        lines += [f"- Xero says: `{words}`" for _pattern, known, words in REFUSALS if known == code]
        lines.append("")
    return "\n".join(lines)


def _plain(text):
    return re.sub(r"%\((\w+)\)s", r"‹\1›", str(text))


PAGE_HEAD = """# Errors: what they mean and how to mend them

Every problem that can hold a record back, by its code. An error stands in red on the record itself and in *Xero >
Synchronisation > Unresolved Errors*, and is counted in the banner at the top of Odoo. Mending the cause wakes every
record that it held. **Retry** tries again as it is; **Skip** asks for a reason, takes the waiting changes off the
queue and writes both to the history.

What Xero says and is not listed here is shown word for word. ‹name› stands for a value of the record. Xero's words
are given as far as they are known; another wording of the same refusal is recognised where its main words agree.

This page is written from `messages.py`; a test fails where the two differ (tests/test_seen_messages.py says how to
write it again).
"""
