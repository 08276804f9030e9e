from . import xero_mapper, reading, contact, item, document, invoice, credit_note, reconciliation, payment, allocation  # noqa: I001
