"""What was written off with a payment → a further payment, to the account that the write-off is booked to."""

from dataclasses import dataclass
from decimal import Decimal

from odoo import api, models

from ..exceptions import Hold
from .payment_in import DEBT_TYPES
from .xero_mapper import decimal


@dataclass(frozen=True)
class Parts:
    """How much of a reconciliation is money, and how much was written off, in the document's currency."""

    money: Decimal
    written_off: Decimal


class XeroMapperReconciliation(models.AbstractModel):
    _inherit = "xero.mapper.reconciliation"

    @api.model
    def _parts(self, partial, document):
        """How much of what a document is matched with is money."""
        amount, other = decimal(self._amount(partial, document), 2), self._counterpart(partial)
        if not self._write_off_lines(other):
            return Parts(amount, Decimal(0))
        money = part_of(amount, self._money_shares(other)[partial], partial)
        return Parts(money, amount - money)

    @api.model
    def _money_shares(self, move):
        """Money settles reconciliations in the order they were made; what it does not reach was written off.

        Those that are in Xero keep the share with which they went, whatever was unmatched since.

        :param move: a payment's or a statement line's entry, or a plain one, with lines that write something off
        :return: ``{reconciliation: money, a float in the currency of the company}``
        """
        debt = move.line_ids.filtered(lambda line: line.account_type in DEBT_TYPES)
        partials = (debt.matched_debit_ids | debt.matched_credit_ids).sorted("id")
        shares = self._sent_shares(move, partials)
        money = abs(sum(self._liquidity_lines(move).mapped("balance"))) - sum(shares.values())
        for partial in partials.filtered(lambda one: one not in shares):
            shares[partial] = min(max(money, 0.0), partial.amount)
            money -= shares[partial]
        return shares

    @api.model
    def _sent_shares(self, move, partials):
        """The shares of those that are in Xero, the money or what was written off."""
        company = move.company_id
        connection = self.env["xero.connection"].browse(self.env["xero.connection"]._active_id_for_company(company.id))
        of_money = self.env["xero.binding"]._for(connection, partials)
        written_off = self.env["xero.binding"]._for(connection, self.env["xero.write.off"].browse(partials.ids))
        shares = {}
        for partial in partials:
            whole = self._amount(partial, self._document(partial) or move) or 1.0
            if (sent := _sent(of_money.get(partial.id))) is not None:
                shares[partial] = partial.amount * sent / whole
            elif (sent := _sent(written_off.get(partial.id))) is not None:
                shares[partial] = partial.amount * (whole - sent) / whole
        return shares

    @api.model
    def _liquidity_lines(self, move):
        if move.origin_payment_id:
            return move.origin_payment_id._seek_for_lines()[0]
        return move.statement_line_id._seek_for_lines()[0] if move.statement_line_id else move.line_ids.browse()

    @api.model
    def _write_off_lines(self, move):
        """The lines of a payment, a statement line or a plain entry that are neither money nor somebody's debt."""
        liquidity = self._liquidity_lines(move)
        return move.line_ids.filtered(
            lambda line: (
                line not in liquidity
                and line.account_type not in DEBT_TYPES
                and line.display_type not in ("line_section", "line_note")
                and not line.currency_id.is_zero(line.amount_currency)
            )
        )

    @api.model
    def _write_off_account(self, move, amount, prepared):
        """The account in Xero that a write-off is paid to.

        :raises Hold: the policy, several accounts, or one that takes no payments
        """
        connection, lines = prepared["connection"], self._write_off_lines(move)
        if connection.write_offs == "hold":
            raise Hold("write_off_held", move, amount=str(amount), counterpart=move.display_name)
        if len(lines.account_id) != 1:
            raise Hold("reconciliation_unknown", move, counterpart=move.display_name)
        account = lines.account_id
        mapped = prepared["accounts"].get(account.id)
        if not mapped:
            raise Hold("account_unmapped", account, account=account.display_name)
        if not mapped._takes_payments():
            raise Hold("write_off_account", account, amount=str(amount), account=mapped.display_name)
        return mapped


class XeroMapperWriteOff(models.AbstractModel):
    """Written-off part of a payment → Payment to the account of the write-off."""

    _name = "xero.mapper.write_off"
    _inherit = "xero.mapper.payment"
    _description = "Xero Mapper: Write-Offs"

    _odoo_model = "xero.write.off"
    _rank, _modified_since = 52, False

    @api.model
    def _select(self, records):
        return records

    @api.model
    def _needs(self, connection, records):
        return super()._needs(connection, records._partials(records))

    @api.model
    def _prepare(self, connection, records, bindings):
        return super()._prepare(connection, records._partials(records), bindings)

    def _payload(self, record, prepared):
        return super()._payload(record._partials(record), prepared)

    def _amount_and_account(self, partial, document, prepared):
        other = self._counterpart(partial)
        self._check_excess(partial, other.origin_payment_id)
        amount = self._parts(partial, document).written_off
        return amount, self._write_off_account(other, amount, prepared) if amount else None

    @api.model
    def _check_excess(self, partial, payment):
        """More came to the bank than the payment settles: a document takes no more than it is open, so somebody books
        the rest in Xero. Told with the first reconciliation of the payment.
        """
        if not payment or partial != self.env["xero.mapper.advance"]._partials(payment)[:1]:
            return
        debts = self._debt_lines(payment.move_id)
        excess = self.env["xero.mapper.advance"]._money(payment) - decimal(abs(sum(debts.mapped("amount_currency"))), 2)
        if excess > 0:
            accounts = ", ".join(self._write_off_lines(payment.move_id).account_id.mapped("display_name"))
            raise Hold("write_off_excess", payment, amount=str(excess), payment=payment.display_name, account=accounts)


def _sent(link):
    """The amount with which a payment, refund or allocation stands in Xero; None where it does not stand there."""
    if not link or not link.external_id or link.state == "deleted":
        return None
    identity = (link.agreed or {}).get("identity")
    return float(identity[2 if link.resource == "Allocations" else 1]) if identity else None


def part_of(amount, share, partial):
    """The share of a reconciliation in another currency than the company's."""
    whole = partial.company_id.currency_id.compare_amounts(share, partial.amount) == 0
    return amount if whole else decimal(float(amount) * share / partial.amount, 2)
