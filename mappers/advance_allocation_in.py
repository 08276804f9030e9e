"""Allocations of over- and prepayments that were made, or undone, in Xero."""

from odoo import api, models

from ..xero_api import codec
from .payment_in import DEBT_TYPES


class XeroMapperAdvanceCredit(models.AbstractModel):
    """What is allocated of an over- or prepayment; only read, for the bank transaction behind it is what is linked."""

    _name = "xero.mapper.advance_credit"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Credit of Over- and Prepayments"

    _odoo_model = "account.payment"
    _modified_since = True
    _is_written = False
    _read_switch, _read_scope = "import_advances", "accounting.banktransactions"

    @api.model
    def _select(self, records):
        return records.browse()

    @api.model
    def _links(self, connection, external_ids):
        return self.env["xero.mapper.advance"]._by_credit(connection, external_ids)

    @api.model
    def _written_by(self):
        return ["xero.mapper.advance"]

    @api.model
    def _from_xero(self, connection, payloads):
        """Nothing is booked here; where our documents are concerned, the money is looked for again."""
        return {self._external_id(payload): self._unknown(connection, payload) for payload in payloads}

    def _unknown(self, connection, payload):
        invoices = {(one.get("Invoice") or {}).get("InvoiceID") for one in payload.get("Allocations") or []}
        day = codec.read_date(payload, "Date")
        if day and day >= connection.sync_from_date:
            known = self.env["xero.binding"]._by_external(connection, "Invoices", invoices - {None})
            if known:
                self.env["xero.cursor"]._read_again(connection, "BankTransactions", day)

    @api.model
    def _is_news(self, binding, payload):
        lines = self._credit_lines(binding)
        if not lines or binding.state == "deleted":
            return False
        allocations, stamp = payload.get("Allocations") or [], self._remote_updated_at(payload)
        mapper = self.env["xero.mapper.allocation"]
        return mapper._allocated_elsewhere(binding.connection_id, lines, allocations, stamp)

    @api.model
    def _changed_in_xero(self, connection, changes):
        mapper = self.env["xero.mapper.allocation"]
        return {
            self._external_id(payload): mapper._follow(
                connection,
                self._credit_lines(binding),
                payload.get("Allocations") or [],
                self._remote_updated_at(payload),
                (self._xero_resource, self._external_id(payload)),
            )
            for binding, payload in changes.items()
        }

    @api.model
    def _credit_lines(self, binding):
        payment = self.env["account.payment"].browse(binding.res_id).exists()
        return payment.move_id.line_ids.filtered(lambda line: line.account_type in DEBT_TYPES)


class XeroMapperOverpayment(models.AbstractModel):
    _name = "xero.mapper.overpayment"
    _inherit = "xero.mapper.advance_credit"
    _description = "Xero Mapper: Allocations of Overpayments"

    _xero_resource, _xero_id = "Overpayments", "OverpaymentID"
    _events = ("OVERPAYMENT",)
    _rank = 61


class XeroMapperPrepayment(models.AbstractModel):
    _name = "xero.mapper.prepayment"
    _inherit = "xero.mapper.advance_credit"
    _description = "Xero Mapper: Allocations of Prepayments"

    _xero_resource, _xero_id = "Prepayments", "PrepaymentID"
    _events = ("PREPAYMENT",)
    _rank = 62
