"""What Xero says about the books as a whole: open documents and the balance sheet, for the figures beside Odoo's."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from odoo import api, models

from ..xero_api import codec

# Xero's type -> side, and how it counts there.
SIDES = {
    "ACCREC": ("receivables", 1),
    "ACCRECCREDIT": ("receivables", -1),
    "RECEIVE-OVERPAYMENT": ("receivables", -1),
    "RECEIVE-PREPAYMENT": ("receivables", -1),
    "ACCPAY": ("payables", 1),
    "ACCPAYCREDIT": ("payables", -1),
    "SPEND-OVERPAYMENT": ("payables", -1),
    "SPEND-PREPAYMENT": ("payables", -1),
}
DRAFT = ("DRAFT", "SUBMITTED")
APPROVED = 'Status=="AUTHORISED"'
READ = {
    "Invoices": {"Statuses": "DRAFT,SUBMITTED,AUTHORISED", "summaryOnly": "true"},
    "CreditNotes": {"where": APPROVED},
    "Overpayments": {"where": APPROVED},
    "Prepayments": {"where": APPROVED},
}
# The line of the balance sheet that is no account.
CURRENT_EARNINGS = "Current Year Earnings"
SECTIONS = {"ASSET": "assets", "LIABILITY": "liabilities", "EQUITY": "equity"}


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """An open invoice, bill or credit in Xero.

    :ivar side: "receivables" or "payables"
    :ivar is_invoice: an invoice or a bill, no credit
    :ivar due: when it is due; credits count from their own date
    :ivar amount: what is open of it, in the organisation's currency; credits below zero
    :ivar resource: Xero's endpoint
    :ivar id: Xero's id
    :ivar name: number and contact, as a line of a list
    """

    side: str
    is_invoice: bool
    is_draft: bool
    due: date | None
    amount: Decimal
    resource: str = ""
    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Sale:
    """What one line of an approved invoice or credit note of Xero sold of an item.

    :ivar code: the item's code
    :ivar amount: without tax, in the organisation's currency; credits below zero
    """

    code: str
    date: date
    amount: Decimal


class XeroMapperFigures(models.AbstractModel):
    _name = "xero.mapper.figures"
    _description = "Xero Mapper: Figures"

    @api.model
    def _reads(self):
        """``[(path, params)]`` of what is open; each in pages."""
        return list(READ.items())

    @api.model
    def _open_documents(self, answers):
        found = []
        for answer in answers:
            for resource in READ:
                elements = answer.payload.get(resource) or []
                found += [self._open_document(data, resource) for data in elements]
        return [document for document in found if document]

    @api.model
    def _open_document(self, data, resource):
        """One document, or None for what belongs to neither side or is settled."""
        side, sign = SIDES.get(data.get("Type"), (None, 0))
        draft = data.get("Status") in DRAFT
        key = "Total" if draft else "AmountDue" if data.get("Type") in ("ACCREC", "ACCPAY") else "RemainingCredit"
        open_ = Decimal(str(data.get(key) or 0))
        if not side or not open_:
            return None
        rate = Decimal(str(data.get("CurrencyRate") or 1))
        due = codec.read_date(data, "DueDate") or codec.read_date(data, "Date")
        contact = (data.get("Contact") or {}).get("Name")
        number = data.get("InvoiceNumber") or data.get("CreditNoteNumber") or data.get("Reference")
        name = " · ".join(filter(None, (number, contact)))
        id_ = data.get(f"{resource[:-1]}ID") or ""
        return OpenDocument(side, sign > 0, draft, due, sign * open_ / rate, resource, id_, name)

    # === SALES PER ITEM === #

    @api.model
    def _sales_reads(self, since):
        """``[(path, params)]`` of the documents that sold or took back something from a day on; each in pages."""
        day = codec.filter_date(since)
        return [
            ("Invoices", {"where": f'Type=="ACCREC" AND Date>={day}', "Statuses": "AUTHORISED,PAID"}),
            ("CreditNotes", {"where": f'Type=="ACCRECCREDIT" AND Date>={day}'}),
        ]

    @api.model
    def _sales(self, answers):
        """The ``Sale`` of each line with an item."""
        return [
            sale
            for answer in answers
            for resource in ("Invoices", "CreditNotes")
            for data in answer.payload.get(resource) or []
            if data.get("Status") in ("AUTHORISED", "PAID")
            for sale in self._sales_of(data)
        ]

    @api.model
    def _sales_of(self, data):
        sign = -1 if data["Type"] == "ACCRECCREDIT" else 1
        rate = Decimal(str(data.get("CurrencyRate") or 1))
        inclusive = data.get("LineAmountTypes") == "Inclusive"
        for line in data.get("LineItems") or []:
            if line.get("ItemCode"):
                tax = Decimal(str(line.get("TaxAmount") or 0)) if inclusive else 0
                amount = Decimal(str(line.get("LineAmount") or 0)) - tax
                yield Sale(line["ItemCode"], codec.read_date(data, "Date"), sign * amount / rate)

    # === REPORTS === #

    @api.model
    def _balance_sheet_read(self, day):
        return "Reports/BalanceSheet", {"date": day.isoformat()}

    @api.model
    def _balances(self, answer):
        """``{account id: (name, amount)}`` of the balance sheet, this year's earnings by name, without totals.

        Liabilities and equity are above zero.
        """
        balances = {}
        for section in answer.payload["Reports"][0]["Rows"]:
            for row in section.get("Rows") or []:
                if row["RowType"] == "Row":
                    name, amount = (cell.get("Value") or "" for cell in row["Cells"][:2])
                    attributes = row["Cells"][0].get("Attributes") or []
                    account = next((one["Value"] for one in attributes if one["Id"].lower() == "account"), name)
                    if account != name or name == CURRENT_EARNINGS:
                        balances[account] = (name, Decimal(amount or "0"))
        return balances

    @api.model
    def _trial_balance_read(self, day):
        return "Reports/TrialBalance", {"date": day.isoformat()}

    @api.model
    def _trial_balances(self, answer):
        """``{account id: balance}``, debits above zero: of profit and loss accounts this financial year's."""
        balances = {}
        for section in answer.payload["Reports"][0]["Rows"]:
            for row in section.get("Rows") or []:
                attributes = row["Cells"][0].get("Attributes") or []
                account = next((one["Value"] for one in attributes if one["Id"].lower() == "account"), None)
                if row["RowType"] == "Row" and account:
                    debit, credit = (Decimal(cell.get("Value") or "0") for cell in row["Cells"][3:5])
                    balances[account] = debit - credit
        return balances
