"""Payments without a journal entry: their method has no outstanding account, and the bank statement will book them."""

from odoo import api, models

from ..exceptions import Hold, Skip
from .payment import REFERENCE_LENGTH, TARGETS
from .xero_mapper import decimal

LIVE = ("in_process", "paid")


class XeroMapperPaymentWithoutEntry(models.AbstractModel):
    """Payment without entry → Payment. There is no reconciliation, so that the payment is bound itself."""

    _name = "xero.mapper.payment_without_entry"
    _inherit = "xero.mapper.payment"
    _description = "Xero Mapper: Payments without Journal Entry"

    _odoo_model = "account.payment"
    _rank, _modified_since = 51, False

    @api.model
    def _select(self, records):
        domain = [("model", "=", records._name), ("res_id", "in", records.ids), ("resource", "=", self._xero_resource)]
        linked = self.env["xero.binding"].search(domain).mapped("res_id")
        return records.filtered(
            lambda payment: (
                not payment.move_id and (payment.invoice_ids and payment.state in LIVE or payment.id in linked)
            )
        )

    @api.model
    def _needs(self, connection, records):
        return [records.invoice_ids.filtered(lambda move: self._belongs(move, connection))]

    @api.model
    def _prepare(self, connection, records, bindings):
        return {
            "connection": connection,
            "bindings": bindings,
            "documents": self.env["xero.binding"]._for(connection, records.invoice_ids),
            "journals": self.env["xero.journal.mapping"]._for(connection),
            "doubtful": (),
        }

    def _payload(self, payment, prepared):
        self._check_policy(payment)
        own, documents = prepared["bindings"].get(payment.id), payment.invoice_ids
        linked = own and own.external_id and own.state != "deleted"
        if payment.state not in LIVE:
            if not linked:
                raise Skip(self.env._("Undone before it went to Xero."))
            return "delete", {}, {"external_id": own.external_id, **(own.agreed or {})}
        if linked:
            return "none", {}
        if len(documents) > 1:
            raise Hold("payment_of_many", payment, payment=payment.display_name)
        binding = self._linked_document(documents, prepared)
        key, id_key = TARGETS[binding.resource]
        account, amount = self._account(payment, prepared).external_id, decimal(payment.amount, 2)
        if payment.currency_id != documents.currency_id:
            raise Hold("other_contact_or_currency", payment)
        payload = {
            key: {id_key: binding.external_id},
            "Account": {"AccountID": account},
            "Date": payment.date.isoformat(),
            "Amount": amount,
            "Reference": (payment.memo or payment.name or "")[:REFERENCE_LENGTH],
        }
        facts = {"document": binding.external_id, "amount": str(amount), "date": payment.date.isoformat()}
        return "create", payload, {**facts, "identity": [*facts.values(), account]}

    @api.model
    def _rebind(self, connection, built):
        """There is no matching that could be made again."""


class XeroMapperPayment(models.AbstractModel):
    _inherit = "xero.mapper.payment"

    def _payload(self, partial, prepared):
        line = partial._name == "account.partial.reconcile" and self._counterpart(partial).statement_line_id
        if line and self._is_announced(partial, prepared):
            raise Skip(self.env._("In Xero already, as the payment that the bank statement confirms."))
        return super()._payload(partial, prepared)

    def _is_announced(self, partial, prepared):
        """Whether a payment without entry has paid the document in Xero before the bank statement booked it."""
        document = self._document(partial)
        payments = document.matched_payment_ids.filtered(lambda payment: not payment.move_id)
        links = self.env["xero.binding"]._for(prepared["connection"], payments)
        amount = decimal(self._amount(partial, document), 2)
        return any(
            links[payment.id].external_id and links[payment.id].state != "deleted"
            for payment in payments
            if payment.id in links and decimal(payment.amount, 2) == amount
        )
