"""Which call of Xero's Accounting API is which method of xero-python's `AccountingApi`, and how its answer is read.

A new row is all that a new resource needs; a call without a row goes through the same pipe by its bare path.
"{}" stands for an identifier. Sources: xero-api.md 3.1 (verbs), xero-python 15.2 (names).
"""

import re

METHODS = {
    ("GET", "Accounts"): "get_accounts",
    ("GET", "Accounts/{}"): "get_account",
    ("PUT", "Accounts"): "create_account",
    ("POST", "Accounts/{}"): "update_account",
    ("DELETE", "Accounts/{}"): "delete_account",
    ("GET", "BankTransactions"): "get_bank_transactions",
    ("GET", "BankTransactions/{}"): "get_bank_transaction",
    ("PUT", "BankTransactions"): "create_bank_transactions",
    ("POST", "BankTransactions"): "update_or_create_bank_transactions",
    ("POST", "BankTransactions/{}"): "update_bank_transaction",
    ("PUT", "BankTransactions/{}/History"): "create_bank_transaction_history_record",
    ("GET", "BankTransfers"): "get_bank_transfers",
    ("GET", "BankTransfers/{}"): "get_bank_transfer",
    ("PUT", "BankTransfers"): "create_bank_transfer",
    ("POST", "BankTransfers"): "delete_bank_transfers",
    ("GET", "BatchPayments"): "get_batch_payments",
    ("GET", "BatchPayments/{}"): "get_batch_payment",
    ("PUT", "BatchPayments"): "create_batch_payment",
    ("POST", "BatchPayments"): "delete_batch_payment",
    ("GET", "BrandingThemes"): "get_branding_themes",
    ("GET", "ContactGroups"): "get_contact_groups",
    ("GET", "ContactGroups/{}"): "get_contact_group",
    ("PUT", "ContactGroups"): "create_contact_group",
    ("POST", "ContactGroups/{}"): "update_contact_group",
    ("PUT", "ContactGroups/{}/Contacts"): "create_contact_group_contacts",
    ("DELETE", "ContactGroups/{}/Contacts/{}"): "delete_contact_group_contact",
    ("GET", "Contacts"): "get_contacts",
    ("GET", "Contacts/{}"): "get_contact",
    ("PUT", "Contacts"): "create_contacts",
    ("POST", "Contacts"): "update_or_create_contacts",
    ("POST", "Contacts/{}"): "update_contact",
    ("GET", "Contacts/{}/History"): "get_contact_history",
    ("PUT", "Contacts/{}/History"): "create_contact_history",
    ("GET", "CreditNotes"): "get_credit_notes",
    ("GET", "CreditNotes/{}"): "get_credit_note",
    ("PUT", "CreditNotes"): "create_credit_notes",
    ("POST", "CreditNotes"): "update_or_create_credit_notes",
    ("POST", "CreditNotes/{}"): "update_credit_note",
    ("PUT", "CreditNotes/{}/Allocations"): "create_credit_note_allocation",
    ("DELETE", "CreditNotes/{}/Allocations/{}"): "delete_credit_note_allocations",
    ("GET", "CreditNotes/{}/Attachments"): "get_credit_note_attachments",
    ("GET", "CreditNotes/{}/History"): "get_credit_note_history",
    ("PUT", "CreditNotes/{}/History"): "create_credit_note_history",
    ("GET", "Currencies"): "get_currencies",
    ("PUT", "Currencies"): "create_currency",
    ("GET", "Invoices"): "get_invoices",
    ("GET", "Invoices/{}"): "get_invoice",
    ("PUT", "Invoices"): "create_invoices",
    ("POST", "Invoices"): "update_or_create_invoices",
    ("POST", "Invoices/{}"): "update_invoice",
    ("POST", "Invoices/{}/Email"): "email_invoice",
    ("GET", "Invoices/{}/OnlineInvoice"): "get_online_invoice",
    ("GET", "Invoices/{}/Attachments"): "get_invoice_attachments",
    ("GET", "Invoices/{}/History"): "get_invoice_history",
    ("PUT", "Invoices/{}/History"): "create_invoice_history",
    ("GET", "Items"): "get_items",
    ("GET", "Items/{}"): "get_item",
    ("PUT", "Items"): "create_items",
    ("POST", "Items"): "update_or_create_items",
    ("POST", "Items/{}"): "update_item",
    ("DELETE", "Items/{}"): "delete_item",
    ("GET", "Items/{}/History"): "get_item_history",
    ("PUT", "Items/{}/History"): "create_item_history",
    ("GET", "Journals"): "get_journals",
    ("GET", "ManualJournals"): "get_manual_journals",
    ("GET", "ManualJournals/{}"): "get_manual_journal",
    ("PUT", "ManualJournals"): "create_manual_journals",
    ("POST", "ManualJournals"): "update_or_create_manual_journals",
    ("POST", "ManualJournals/{}"): "update_manual_journal",
    ("PUT", "ManualJournals/{}/History"): "create_manual_journal_history_record",
    ("GET", "Organisation"): "get_organisations",
    ("GET", "Organisation/Actions"): "get_organisation_actions",
    ("GET", "Overpayments"): "get_overpayments",
    ("GET", "Overpayments/{}"): "get_overpayment",
    ("PUT", "Overpayments/{}/Allocations"): "create_overpayment_allocations",
    ("DELETE", "Overpayments/{}/Allocations/{}"): "delete_overpayment_allocations",
    ("GET", "Payments"): "get_payments",
    ("GET", "Payments/{}"): "get_payment",
    ("PUT", "Payments"): "create_payments",
    ("POST", "Payments"): "create_payment",
    ("POST", "Payments/{}"): "delete_payment",
    ("PUT", "Payments/{}/History"): "create_payment_history",
    ("GET", "Prepayments"): "get_prepayments",
    ("GET", "Prepayments/{}"): "get_prepayment",
    ("PUT", "Prepayments/{}/Allocations"): "create_prepayment_allocations",
    ("DELETE", "Prepayments/{}/Allocations/{}"): "delete_prepayment_allocations",
    ("GET", "PurchaseOrders"): "get_purchase_orders",
    ("GET", "PurchaseOrders/{}"): "get_purchase_order",
    ("PUT", "PurchaseOrders"): "create_purchase_orders",
    ("POST", "PurchaseOrders"): "update_or_create_purchase_orders",
    ("POST", "PurchaseOrders/{}"): "update_purchase_order",
    ("PUT", "PurchaseOrders/{}/History"): "create_purchase_order_history",
    ("GET", "Quotes"): "get_quotes",
    ("GET", "Quotes/{}"): "get_quote",
    ("GET", "Reports/BalanceSheet"): "get_report_balance_sheet",
    ("GET", "Reports/ProfitAndLoss"): "get_report_profit_and_loss",
    ("GET", "Reports/TrialBalance"): "get_report_trial_balance",
    ("GET", "TaxRates"): "get_tax_rates",
    ("PUT", "TaxRates"): "create_tax_rates",
    ("POST", "TaxRates"): "update_tax_rate",
    ("GET", "TrackingCategories"): "get_tracking_categories",
    ("PUT", "TrackingCategories"): "create_tracking_category",
    ("POST", "TrackingCategories/{}"): "update_tracking_category",
    ("PUT", "TrackingCategories/{}/Options"): "create_tracking_options",
    ("GET", "Users"): "get_users",
}

# Name of a record's identifier, for resources whose every record has one.
ID_KEYS = {
    "Accounts": "AccountID",
    "BankTransactions": "BankTransactionID",
    "BankTransfers": "BankTransferID",
    "BatchPayments": "BatchPaymentID",
    "ContactGroups": "ContactGroupID",
    "Contacts": "ContactID",
    "CreditNotes": "CreditNoteID",
    "Invoices": "InvoiceID",
    "Employees": "EmployeeID",
    "Items": "ItemID",
    "LeaveApplications": "LeaveApplicationID",
    "ManualJournals": "ManualJournalID",
    "Payments": "PaymentID",
    "PayrollEmployees": "employeeID",
    "PayrollTimesheets": "timesheetID",
    "PurchaseOrders": "PurchaseOrderID",
    "Quotes": "QuoteID",
    "Timesheets": "TimesheetID",
    "TrackingCategories": "TrackingCategoryID",
}

# Where the array in the envelope is not called like the path's last word.
_ARRAYS = {"Organisation": "Organisations", "History": "HistoryRecords", "OnlineInvoice": "OnlineInvoices"}


def method_of(verb: str, segments: list[str]) -> tuple[str | None, list[str]]:
    """Method name for a call and the identifiers in its path; (None, []) where the table has no row."""
    # Identifiers stand at every second place; "Reports/TrialBalance" is a path of words alone and is tried first.
    pattern = [segment if index % 2 == 0 else "{}" for index, segment in enumerate(segments)]
    for candidate in (segments, pattern):
        if method := METHODS.get((verb, "/".join(candidate))):
            return method, [segment for segment, part in zip(segments, candidate, strict=True) if part == "{}"]
    return None, []


def argument_of(parameter: str) -> str:
    """xero-python's argument for one of Xero's query parameters: "pageSize" → "page_size", "IDs" → "i_ds".

    The rule is that of the generator which makes xero-python.
    """
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", parameter)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words).lower()


def array_of(segments: list[str], payload: dict) -> list[dict]:
    """The records of an answer's envelope: the array called like the path's last word, else its first array."""
    named = (_ARRAYS.get(segment, segment) for segment in reversed(segments))
    arrays = [payload[name] for name in named if isinstance(payload.get(name), list)]
    arrays += [value for value in payload.values() if isinstance(value, list)]
    return [record for record in arrays[0] if isinstance(record, dict)] if arrays else []


def id_key_of(segments: list[str]) -> str | None:
    """Identifier that the answer to a write must carry; None for records inside others (history, allocations)."""
    return ID_KEYS.get(segments[0]) if len(segments) <= 2 else None
