"""Currencies that the organisation has subscribed to; added by PUT, never removed (xero-api.md 4.10)."""

from .. import codec, contract
from ..spec import Context, ResourceSpec
from ..validation import Invalid
from . import organisations


def render(context, row: dict, view: str) -> dict:
    return codec.present({"Code": row["Code"], "Description": row.get("Description")})


def create(context: Context, data: dict) -> dict:
    code = data.get("Code", "").upper()
    if code not in contract.choices("CurrencyCode"):
        raise Invalid(f"'{code}' is not a valid currency code")
    known = context.table("Currencies").get(code)
    if not known and not organisations.has_currencies(context.organisation):
        raise Invalid("Organisation is not subscribed to multi-currency")
    return known or context.table("Currencies").put({"Code": code, "Description": data.get("Description")})


SPEC = ResourceSpec(
    name="Currencies",
    model="Currency",
    id_key="Code",
    verbs=frozenset({"GET", "PUT"}),
    render=render,
    create=create,
    order_key=lambda row: (),
    history=False,
)
