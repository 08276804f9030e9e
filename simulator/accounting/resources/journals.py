"""Journals: the general ledger as it was posted, read a hundred at a time from `offset` on (xero-api.md 1.6)."""

import uuid

from ...store import Index
from .. import codec
from ..spec import Context, ResourceSpec


def render(context: Context, row: dict, view: str) -> dict:
    return {
        "JournalID": row["JournalID"],
        "JournalDate": codec.ms_date(row["Date"]),
        "JournalNumber": row["JournalNumber"],
        "CreatedDateUTC": codec.ms_moment(row["UpdatedDateUTC"]),
        "SourceID": row["Source"],
        "SourceType": SOURCE_TYPES.get(row["SourceType"], row["SourceType"]),
        "JournalLines": [_line(context, row, number, posting) for number, posting in enumerate(row["Postings"])],
    }


#: What the ledger calls a source → what Xero does, where the two differ.
SOURCE_TYPES = {
    "RECEIVE": "CASHREC",
    "SPEND": "CASHPAID",
    "RECEIVE-OVERPAYMENT": "AROVERPAYMENT",
    "SPEND-OVERPAYMENT": "APOVERPAYMENT",
    "RECEIVE-PREPAYMENT": "ARPREPAYMENT",
    "SPEND-PREPAYMENT": "APPREPAYMENT",
    "AROVERPAYMENTPAYMENT": "ARCREDITPAYMENT",
    "APOVERPAYMENTPAYMENT": "APCREDITPAYMENT",
    "ARPREPAYMENTPAYMENT": "ARCREDITPAYMENT",
    "APPREPAYMENTPAYMENT": "APCREDITPAYMENT",
}


def _line(context: Context, row: dict, number: int, posting) -> dict:
    """A line with what it bears of tax; the tax itself stands on a line of the tax account's."""
    account, source = context.table("Accounts").get(posting.account_id), posting.line or {}
    rate = context.table("TaxRates").get(source.get("TaxType"))
    return codec.present(
        {
            "JournalLineID": str(uuid.uuid5(uuid.UUID(row["JournalID"]), str(number))),
            "AccountID": account["AccountID"],
            "AccountCode": account.get("Code"),
            "AccountType": account["Type"],
            "AccountName": account["Name"],
            "Description": source.get("Description") or None,
            "NetAmount": posting.amount,
            "GrossAmount": posting.amount + posting.tax,
            "TaxAmount": posting.tax,
            "TaxType": rate and rate["TaxType"],
            "TaxName": rate and rate["Name"],
            "TrackingCategories": source.get("Tracking", []),
        }
    )


SPEC = ResourceSpec(
    name="Journals",
    model="Journal",
    id_key="JournalID",
    render=render,
    order_key=lambda row: (row["JournalNumber"],),
    identifiers=("number",),
    indexes=(
        Index("id", lambda row: row["JournalID"].lower()),
        Index("number", lambda row: str(row["JournalNumber"])),
    ),
    id_paths={"journalid": "id"},
    offset_page=100,
    history=False,
)
