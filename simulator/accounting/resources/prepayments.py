"""Prepayments (xero-api.md 4.4): born through BankTransactions, on the accounts of their lines."""

from . import advances, documents

SPEC = advances.spec(documents.PREPAYMENTS)
