"""The engine moves data and knows no field: neither Xero's keys nor Odoo's business fields stand in engine/.

Xero's keys are read from xero-python's models, so that the list is theirs. What belongs to the envelope of every
answer is
no field of a resource.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from .files import parse

FOLDER = "engine"
ENVELOPE = {
    "Id",
    "Status",
    "Type",
    "Message",
    "Warnings",
    "ValidationErrors",
    "HasErrors",
    "HasValidationErrors",
    "StatusAttributeString",
    "Elements",
    "pagination",
}
ODOO_FIELDS = set(
    """
    amount_residual amount_tax amount_total amount_untaxed credit_move_id debit_move_id default_code invoice_date
    invoice_date_due invoice_line_ids invoice_origin is_company line_ids list_price move_type parent_id partner_id
    partner_shipping_id payment_reference payment_state price_subtotal price_total price_unit product_id
    product_tmpl_id standard_price street supplier_rank customer_rank tax_ids vat
    """.split()
)


def xero_keys() -> set[str]:
    """The keys of every resource in xero-python's accounting models; lists of resources (Invoices, Contacts) are no
    fields."""
    from xero_python.accounting import models

    keys, containers = set(), set()
    for _, model in inspect.getmembers(models, inspect.isclass):
        names = set(getattr(model, "attribute_map", {}).values())
        keys |= names
        containers |= {model.__name__} & names
    return keys - containers - ENVELOPE


def check(checkout: Path) -> list[str]:
    forbidden = xero_keys() | ODOO_FIELDS
    problems = []
    for path in sorted((checkout / FOLDER).rglob("*.py")):
        found = {(line, name) for line, name in names(parse(path)) if name in forbidden}
        problems += [
            f"{path.relative_to(checkout)}:{line}: the engine names the field {name}; that belongs in a mapper"
            for line, name in sorted(found)
        ]
    return problems


def names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, name) of attributes, keyword arguments and whole string constants; docstrings are prose and never a
    single name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.value.lineno, node.arg
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from ((node.lineno, part) for part in {node.value, *node.value.split(".")})
