from . import xero_mapper, contact, item, document, invoice, credit_note, reconciliation, payment, allocation  # noqa: I001
