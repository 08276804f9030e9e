from decimal import Decimal

from odoo import api, models

from ..exceptions import Hold
from ..xero_api import codec
from .xero_mapper import decimal

REFERENCE_LENGTH = 255
TARGETS = {
    "Invoices": ("Invoice", "InvoiceID"),
    "CreditNotes": ("CreditNote", "CreditNoteID"),
    "Overpayments": ("Overpayment", "OverpaymentID"),
    "Prepayments": ("Prepayment", "PrepaymentID"),
}


def target_of(payment):
    """``(key, id)`` of the document, or of the over- or prepayment, that a payment belongs to."""
    return next(
        ((key, payment[key][id_key]) for key, id_key in TARGETS.values() if (payment.get(key) or {}).get(id_key)),
        (None, None),
    )


class XeroMapperPayment(models.AbstractModel):
    """Reconciliation with a payment or a bank statement line → Payment; and back."""

    _name = "xero.mapper.payment"
    _inherit = "xero.mapper.reconciliation"
    _description = "Xero Mapper: Payments"

    _xero_resource, _xero_id, _xero_number = "Payments", "PaymentID", None
    _rank, _modified_since = 50, True
    # Xero has no events of payments, but a payment changes its document (xero-api.md section 5).
    _events = ("INVOICE", "CREDITNOTE", "PREPAYMENT", "OVERPAYMENT")
    # What matches a document and is neither payment nor credit is an issue, and is raised here.
    _kinds = ("payment", "entry", "refund")

    @api.model
    def _prepare(self, connection, records, bindings):
        return {
            **super()._prepare(connection, records, bindings),
            "journals": self.env["xero.journal.mapping"]._for(connection),
            "accounts": self.env["xero.account.mapping"]._for(connection),
        }

    def _payload(self, partial, prepared):
        document, other = self._document(partial), self._counterpart(partial)
        if other.origin_payment_id:
            self._check_policy(other.origin_payment_id)
        own = prepared["bindings"].get(partial.id)
        if own and (own.agreed or {}).get("part_of"):
            return "none", {}
        binding = self._linked_document(document, prepared)
        amount, account = self._amount_and_account(partial, document, prepared)
        if not amount:
            return "none", {}
        key, id_key = TARGETS[binding.resource]
        account = account.external_id
        payload = {
            key: {id_key: binding.external_id},
            "Account": {"AccountID": account},
            "Date": other.date.isoformat(),
            "Amount": amount,
            "Reference": self._reference(other),
            **self._rate(partial, document),
        }
        if own and own.external_id and not self._is_asked_again(own):
            # A payment never changes in Xero (xero-api.md 4.4), and a reconciliation never in Odoo.
            return "none", payload
        facts = {"document": binding.external_id, "amount": str(amount), "date": other.date.isoformat()}
        return "create", payload, {**facts, "identity": [*facts.values(), account]}

    @api.model
    def _agreed(self, data, facts):
        """What tells whether a later matching is the same payment: document, amount, date and account."""
        if facts.get("identity"):
            return {"identity": facts["identity"]}
        amount, date = decimal(float(data["Amount"]), 2), codec.parse_date(data["Date"])
        return {
            "identity": [
                target_of(data)[1],
                str(amount),
                date.isoformat(),
                (data.get("Account") or {}).get("AccountID"),
            ]
        }

    def _amount_and_account(self, partial, document, prepared):
        """What is sent of a reconciliation, and the account in Xero that it is paid from or to."""
        other = self._counterpart(partial)
        if self._kind(partial) == "entry":
            # An entry without money that settles a document writes it off.
            amount = decimal(self._amount(partial, document), 2)
            if not self._write_off_lines(other):
                raise Hold("reconciliation_unknown", partial, counterpart=other.display_name)
            return amount, self._write_off_account(other, amount, prepared)
        amount = self._parts(partial, document).money
        return amount, self._account(other, prepared) if amount else None

    @api.model
    def _rate(self, partial, document):
        """The rate at which the payment was booked, document's currency per unit of the base; never left to Xero."""
        other = (partial.debit_move_id | partial.credit_move_id) - document.line_ids
        rate = self._rate_booked(other.amount_currency, other.balance)
        if not rate:
            return {}  # of less than a cent no rate can be told
        if other.currency_id != document.currency_id and rate:
            # Paid in another currency: what the matched part of the payment is worth in the base currency.
            rate = self._rate_booked(self._amount(partial, document), self._paid(partial, other) / rate)
        return self._rate_keys(document.company_id, document.currency_id, rate, other.date, other.move_id)

    @api.model
    def _paid(self, partial, line):
        """What a reconciliation takes of a payment's line, in its currency, with what Odoo booked as exchange gain."""
        partials = line.matched_debit_ids | line.matched_credit_ids
        gains = partials.filtered(
            lambda one: (
                partial.exchange_move_id
                and partial.exchange_move_id in (one.debit_move_id | one.credit_move_id).move_id
            )
        )
        return sum(
            one.debit_amount_currency if one.debit_move_id == line else one.credit_amount_currency
            for one in partial | gains
        )

    def _account(self, move, prepared):
        account = prepared["connection"]._payment_account(move.journal_id, prepared["journals"])
        if not account:
            raise Hold("journal_unmapped", move.journal_id, journal=move.journal_id.display_name)
        return account

    @api.model
    def _reference(self, move):
        text = move.origin_payment_id.memo or move.statement_line_id.payment_ref or move.ref or move.name
        return (text or "")[:REFERENCE_LENGTH]

    def _withdrawal(self, facts):
        return "POST", f"Payments/{facts['external_id']}", {"Status": "DELETED"}

    @api.model
    def _natural_key(self, data):
        return None

    @api.model
    def _code(self, data):
        return data.get("Reference") or self._external_id(data)

    @api.model
    def _content(self, payload):
        return payload

    # === LOOKUP === #

    @api.model
    def _lookups(self, payloads, facts):
        """The payments of the documents; invoices and credit notes apart, because one of the two keys is empty
        on every payment and a filter on an empty key is an error (xero-api.md 3.8).
        """
        lookups = []
        for key, id_key in TARGETS.values():
            ids = {fact["document"] for payload, fact in zip(payloads, facts, strict=True) if key in payload}
            terms = [f'{key}.{id_key}==Guid("{id_}")' for id_ in sorted(ids)]
            lookups += self._any_of("Payments", terms, page=1, pageSize=1000)
        return lookups

    @api.model
    def _is_same(self, payload, candidate, facts):
        """Document, date, amount and reference (design.md section 1)."""
        return (
            candidate.get("Status") != "DELETED"
            and target_of(candidate)[1] == facts.get("document")
            and codec.parse_date(candidate.get("Date")).isoformat() == facts["date"]
            and Decimal(str(candidate.get("Amount"))) == Decimal(facts["amount"])
            and (candidate.get("Reference") or "") == payload.get("Reference", "")
        )
