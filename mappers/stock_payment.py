"""What a stock bill is paid from, and a stock credit note refunded to (features.md A6-14)."""

from decimal import Decimal

from odoo import api, models

from ..exceptions import Hold, Skip, Wait
from .payment import TARGETS


class XeroMapperStockPayment(models.AbstractModel):
    """Settlement of a stock document → Payment, so that nothing stays payable."""

    _name = "xero.mapper.stock_payment"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Settlements of Stock Documents"

    _xero_resource, _xero_id, _xero_number = "Payments", "PaymentID", None
    _odoo_model, _rank = "xero.stock.payment", 88

    @api.model
    def _needs(self, connection, records):
        return [records.document_id]

    @api.model
    def _prepare(self, connection, records, bindings):
        documents = self.env["xero.binding"]._for(connection, records.document_id)
        return {"connection": connection, "bindings": bindings, "documents": documents}

    def _payload(self, payment, prepared):
        document, own = payment.document_id, prepared["bindings"].get(payment.id)
        if own and own.external_id:
            return "none", {}
        self._check_policy(document)
        binding = prepared["documents"].get(document.id)
        if not binding or not binding.external_id:
            raise Wait(document)
        amount = Decimal(binding.agreed.get("total") or 0)
        if not amount:
            raise Skip(self.env._("It comes to zero: there is nothing to settle."))
        key, id_key = TARGETS[binding.resource]
        account = self._settled_in(document, prepared["connection"]).external_id
        payload = {
            key: {id_key: binding.external_id},
            "Account": {"AccountID": account},
            "Date": document.date.isoformat(),
            "Amount": amount,
            "Reference": document.name,
        }
        facts = {"document": binding.external_id, "amount": str(amount), "date": document.date.isoformat()}
        return "create", payload, {**facts, "identity": [*facts.values(), account]}

    @api.model
    def _settled_in(self, document, connection):
        field = {"bill": "supplier_payment_account_id", "credit_note": "supplier_refund_account_id"}[document.kind]
        if not connection[field]:
            raise Hold("stock_account_missing", connection, setting=self.env["xero.mapper.item"]._setting_name(field))
        return connection[field]

    # A payment is found and known again like any other (mappers/payment.py).

    @api.model
    def _payments(self):
        return self.env["xero.mapper.payment"]

    @api.model
    def _natural_key(self, data):
        return None

    @api.model
    def _code(self, data):
        return self._payments()._code(data)

    @api.model
    def _content(self, payload):
        return payload

    @api.model
    def _lookups(self, payloads, facts):
        return self._payments()._lookups(payloads, facts)

    @api.model
    def _is_same(self, payload, candidate, facts):
        return self._payments()._is_same(payload, candidate, facts)


class XeroMapperPayment(models.AbstractModel):
    _inherit = "xero.mapper.payment"

    @api.model
    def _written_by(self):
        return [*super()._written_by(), "xero.mapper.stock_payment"]

    def _deleted(self, connection, binding):
        if binding.model != "xero.stock.payment":
            return super()._deleted(connection, binding)
        binding.state = "deleted"
        document = self.env[binding.model].browse(binding.res_id).exists().document_id
        return Hold("payment_deleted", document, document=document.name) if document else "deleted"
