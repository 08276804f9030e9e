"""Paths of Xero's API from parts that may hold any character."""

from urllib.parse import quote


def path_of(*segments: str) -> str:
    """Path from parts that may hold any character: `path_of("Invoices", "INV/2026/1")`."""
    return "/".join(quote(str(part), safe="") for part in segments)
