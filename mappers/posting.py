"""The journal that Xero posts for what is sent, told from the payload (xero-api.md 4.2, 4.4, 4.11).

Receivables and payables, the tax account and bank accounts are Xero's own: the payload names none of them. Where Xero
knows more than the payload says, such as an exchange difference, nothing is promised.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from odoo import api, models

from ..xero_api import arithmetic

CONTROL = {"ACCREC": "DEBTORS", "ACCRECCREDIT": "DEBTORS", "ACCPAY": "CREDITORS", "ACCPAYCREDIT": "CREDITORS"}
# The side of the lines: 1 = debit. The control account stands on the other.
SIDES = {"ACCREC": -1, "ACCRECCREDIT": 1, "ACCPAY": 1, "ACCPAYCREDIT": -1}
TAX = "GST"  # SystemAccount of the tax account, whatever the country calls its tax
# Key of a payment -> the mapper of what it pays.
PAID = {"Invoice": "xero.mapper.invoice", "CreditNote": "xero.mapper.credit_note"}
POSTED = ("AUTHORISED", "PAID", "POSTED")
# Resource -> the method that tells its journal; what stands in no row posts none.
POSTERS = {
    "Invoices": "_document_posting",
    "CreditNotes": "_document_posting",
    "Payments": "_payment_posting",
    "ManualJournals": "_journal_posting",
    "BankTransfers": "_transfer_posting",
}


@dataclass
class Posting:
    """What a payload makes of Xero's books.

    :ivar rows: ``[(account, amount)]``: a ``xero.account`` and base currency, debit positive
    :ivar total: in the currency of the document, with its tax; None where it is no document
    :ivar note: why there are no rows, or what they leave out
    """

    rows: list
    total: Decimal | None = None
    tax: Decimal | None = None
    note: str | None = None


class XeroMapper(models.AbstractModel):
    _inherit = "xero.mapper"

    @api.model
    def _posting(self, connection, payload, action):
        """The ``Posting`` of a payload.

        :param action: create, update or delete
        """
        poster = POSTERS.get(self._xero_resource)
        if not poster:
            return Posting([], note=self.env._("Xero posts no journal for this."))
        if action == "delete":
            return Posting([], note=self.env._("Xero takes its journal back."))
        return getattr(self, poster)(connection, payload)

    # === DOCUMENTS === #

    @api.model
    def _document_posting(self, connection, payload):
        if not payload.get("LineItems") or payload.get("Type") not in SIDES:
            return Posting([], note=self.env._("The lines are left as they are, and so is the journal."))
        lines = [line for line in payload["LineItems"] if "UnitAmount" in line]
        computed = self._computed(connection, payload, lines)
        rows = self._document_rows(connection, payload, lines, computed)
        is_posted = payload.get("Status", "AUTHORISED") in POSTED
        note = None if is_posted else self.env._("Xero posts it when somebody approves it there.")
        return Posting(rows, computed.total, computed.total_tax, note)

    @api.model
    def _computed(self, connection, payload, lines):
        """The document as Xero computes it."""
        rates = self.env["xero.tax.rate"].with_context(active_test=False)
        types = [line["TaxType"] for line in lines if line.get("TaxType")]
        found = rates.search([("connection_id", "=", connection.id), ("tax_type", "in", types)])
        percent = {rate.tax_type: Decimal(str(rate.effective_rate)) for rate in found}
        return arithmetic.compute(
            [
                arithmetic.Line(
                    quantity=Decimal(line.get("Quantity", 1)),
                    unit_amount=line["UnitAmount"],
                    rate=percent.get(line.get("TaxType"), Decimal(0)),
                    discount_rate=line.get("DiscountRate") or Decimal(0),
                    tax_amount=line.get("TaxAmount"),
                )
                for line in lines
            ],
            payload.get("LineAmountTypes") or "Exclusive",
        )

    @api.model
    def _document_rows(self, connection, payload, lines, computed):
        """Net on the lines' accounts, tax on the tax account, all of it on receivables or payables."""
        accounts, side = self._accounts_of(connection), SIDES[payload["Type"]]
        rate, control = _rate(payload), accounts.get(CONTROL[payload["Type"]])
        is_inclusive = payload.get("LineAmountTypes") == "Inclusive"
        amounts = defaultdict(Decimal)
        for line, result in zip(lines, computed.lines, strict=True):
            net = result.line_amount - (result.tax_amount if is_inclusive else 0)
            parts = ((_account(accounts, line), net), (accounts.get(TAX), result.tax_amount))
            for account, amount in parts:
                booked = side * arithmetic.half_up(amount / rate)
                amounts[account] += booked
                amounts[control] -= booked
        return _rows(amounts)

    # === MONEY AND JOURNALS === #

    @api.model
    def _payment_posting(self, connection, payload):
        document = self._paid_type(connection, payload)
        if not document:
            return Posting([], note=self.env._("Xero moves it between the bank and the over- or prepayment."))
        accounts, rate = self._accounts_of(connection), _rate(payload)
        # Money comes in for what stands on the credit side of the lines.
        received = -SIDES[document] * arithmetic.half_up(payload["Amount"] / rate)
        rows = _rows({_account(accounts, payload["Account"]): received, accounts.get(CONTROL[document]): -received})
        moved = self.env._("Where the rate has moved since the document, Xero books the difference besides.")
        return Posting(rows, note=moved if rate != 1 else None)

    @api.model
    def _paid_type(self, connection, payload):
        """Xero's Type of the document that a payment is for; None for over- and prepayments."""
        for key, name in PAID.items():
            mapper = self.env[name]
            if external_id := (payload.get(key) or {}).get(mapper._xero_id):
                bindings = self.env["xero.binding"]._by_external(connection, mapper._xero_resource, [external_id])
                binding = bindings.get(external_id)
                move = (
                    binding and binding.model == mapper._odoo_model and self.env[binding.model].browse(binding.res_id)
                )
                return mapper._types.get(move.move_type) if move else None
        return None

    @api.model
    def _journal_posting(self, connection, payload):
        accounts, amounts = self._accounts_of(connection), defaultdict(Decimal)
        for line in payload.get("JournalLines") or []:
            amounts[_account(accounts, line)] += line["LineAmount"]
        return Posting(_rows(amounts))

    @api.model
    def _transfer_posting(self, connection, payload):
        accounts = self._accounts_of(connection)
        to, source = (_account(accounts, payload[side]) for side in ("ToBankAccount", "FromBankAccount"))
        return Posting(_rows({to: payload["Amount"], source: -payload["Amount"]}))

    @api.model
    def _accounts_of(self, connection):
        """``{code, Xero's id or role: account}`` of the organisation."""
        accounts = self.env["xero.account"].with_context(active_test=False)
        found = accounts.search([("connection_id", "=", connection.id)])
        keys = ("code", "external_id", "system_account")
        return {account[key]: account for key in keys for account in found if account[key]}


def _account(accounts, keys):
    """The account that a payload's AccountID or AccountCode names; None where it is not known."""
    return accounts.get(keys.get("AccountID")) or accounts.get(keys.get("AccountCode"))


def _rate(payload):
    return Decimal(payload.get("CurrencyRate") or 1)


def _rows(amounts):
    """Rows of ``{account: amount}``, debits first; accounts that come to nothing are left out."""
    rows = [(account, amount) for account, amount in amounts.items() if amount]
    return sorted(rows, key=lambda row: (row[1] < 0, -abs(row[1])))
