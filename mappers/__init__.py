# The order is that in which they build on each other.
from . import (  # noqa: I001
    xero_mapper,
    reading,
    contact,
    item,
    document,
    document_amounts,
    document_currency,
    invoice,
    credit_note,
    reconciliation,
    payment,
    allocation,
)
