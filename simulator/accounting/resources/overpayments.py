"""Overpayments (xero-api.md 4.4): born through BankTransactions, on the control account."""

from . import advances, documents

SPEC = advances.spec(documents.OVERPAYMENTS)
