from decimal import Decimal

from odoo import api, models

from ..exceptions import Hold
from ..xero_api import codec
from .xero_mapper import decimal

REFERENCE_LENGTH = 255
TARGETS = {"Invoices": ("Invoice", "InvoiceID"), "CreditNotes": ("CreditNote", "CreditNoteID")}


def _target(payment):
    """``(key, id)`` of the document that a payment belongs to; (None, None) for over- and prepayments."""
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
    _kinds = ("payment", "entry")

    @api.model
    def _prepare(self, connection, records, bindings):
        return {
            **super()._prepare(connection, records, bindings),
            "journals": self.env["xero.journal.mapping"]._for(connection),
        }

    def _payload(self, partial, prepared):
        document, other = self._document(partial), self._counterpart(partial)
        if other.origin_payment_id:
            self._check_policy(other.origin_payment_id)
        binding = self._linked_document(document, prepared)
        if self._kind(partial) == "entry" or self._has_write_off(other):
            raise Hold("reconciliation_unknown", partial, counterpart=other.display_name)
        key, id_key = TARGETS[binding.resource]
        amount = decimal(self._amount(partial, document), 2)
        account = self._account(other, prepared).external_id
        payload = {
            key: {id_key: binding.external_id},
            "Account": {"AccountID": account},
            "Date": other.date.isoformat(),
            "Amount": amount,
            "Reference": self._reference(other),
        }
        own = prepared["bindings"].get(partial.id)
        if own and own.external_id:
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
            "identity": [_target(data)[1], str(amount), date.isoformat(), (data.get("Account") or {}).get("AccountID")]
        }

    @api.model
    def _has_write_off(self, move):
        payment = move.origin_payment_id
        return bool(payment and payment._seek_for_lines()[2])

    def _account(self, move, prepared):
        account = prepared["journals"].get(move.journal_id.id) or prepared["connection"].default_bank_account_id
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
            and _target(candidate)[1] == facts.get("document")
            and codec.parse_date(candidate.get("Date")).isoformat() == facts["date"]
            and Decimal(str(candidate.get("Amount"))) == Decimal(facts["amount"])
            and (candidate.get("Reference") or "") == payload.get("Reference", "")
        )

    # === FROM XERO === #

    @api.model
    def _from_xero(self, connection, payloads):
        """Payments made in Xero on linked documents become payments in Odoo, reconciled with the document.

        :param payloads: payments as read, none of them linked yet
        :return: ``{PaymentID: ("created", reconciliation) | Hold | None}``; None means none of our business
        """
        documents = self._documents_of(connection, payloads)
        journals = self._journals_by_account(connection)
        return {payload["PaymentID"]: self._import(connection, payload, documents, journals) for payload in payloads}

    def _documents_of(self, connection, payloads):
        ids = {resource: set() for resource in TARGETS}
        resources = {key: resource for resource, (key, _id_key) in TARGETS.items()}
        for key, id_ in map(_target, payloads):
            if key:
                ids[resources[key]].add(id_)
        found = {}
        for resource, external_ids in ids.items():
            found.update(self.env["xero.binding"]._by_external(connection, resource, external_ids))
        return found

    def _journals_by_account(self, connection):
        mapping = self.env["xero.journal.mapping"]._for(connection)
        journals = {}
        for journal_id, account in mapping.items():
            journals.setdefault(account.external_id, self.env["account.journal"].browse(journal_id))
        return journals

    def _import(self, connection, payload, documents, journals):
        binding = documents.get(_target(payload)[1])
        if not binding or payload.get("Status") == "DELETED":
            return None
        move = self.env["account.move"].browse(binding.res_id).exists()
        if not move or move.xero_do_not_import:
            return None
        account = payload.get("Account") or {}
        journal = journals.get(account.get("AccountID"))
        if not journal:
            return Hold("journal_unknown", move, account=account.get("Code") or account.get("Name") or "?")
        return "created", self._pay(move, journal, payload)

    def _pay(self, move, journal, payload):
        """Register the payment as a user would, and return the new reconciliation."""
        before = move.line_ids.matched_debit_ids | move.line_ids.matched_credit_ids
        wizard = (
            self.env["account.payment.register"]
            .with_company(move.company_id)
            .with_context(
                active_model="account.move", active_ids=move.ids, xero_no_export=True, dont_redirect_to_payments=True
            )
            .create(
                {
                    "journal_id": journal.id,
                    "amount": float(payload["Amount"]),
                    "payment_date": codec.parse_date(payload["Date"]),
                    "communication": payload.get("Reference") or move.name,
                    "payment_difference_handling": "open",
                }
            )
        )
        wizard._create_payments()
        move.env.flush_all()
        return (move.line_ids.matched_debit_ids | move.line_ids.matched_credit_ids) - before
