"""What is given back of an over- or prepayment → Payment of it; and back.

In Odoo a refund is a payment, or a line of a bank statement, in the other direction, matched with the first payment.
"""

from decimal import Decimal

from odoo import api, models

from ..exceptions import Hold, Skip, Wait
from ..xero_api import codec
from .advance import CREDITS, DIRECTIONS
from .payment import TARGETS, target_of
from .payment_in import DEBT_TYPES

OPPOSITE = {"inbound": "outbound", "outbound": "inbound"}


class XeroMapperReconciliation(models.AbstractModel):
    _inherit = "xero.mapper.reconciliation"

    @api.model
    def _kind(self, partial):
        kind = super()._kind(partial)
        return "refund" if kind == "none" and self._refunded(partial) else kind

    @api.model
    def _refunded(self, partial):
        """The payment of which a reconciliation gives something back; empty for any other reconciliation."""
        lines = partial.debit_move_id | partial.credit_move_id
        if partial.debit_move_id.account_type in DEBT_TYPES and not partial._xero_documents():
            for payment in lines.move_id.origin_payment_id:
                if self._gives_back(payment, lines.move_id - payment.move_id):
                    return payment
        return self.env["account.payment"]

    @api.model
    def _gives_back(self, payment, other):
        if (payment.payment_type, payment.partner_type) not in DIRECTIONS or len(other) != 1:
            return False
        if other.origin_payment_id:
            return other.origin_payment_id.payment_type == OPPOSITE[payment.payment_type]
        line = other.statement_line_id
        return bool(line) and (line.amount < 0) == (payment.payment_type == "inbound")


class XeroMapperPayment(models.AbstractModel):
    _inherit = "xero.mapper.payment"

    # === TO XERO === #

    @api.model
    def _needs(self, connection, records):
        refunds = records.filtered(self._refunded)
        needed = self.env["account.payment"].union(*map(self._refunded, refunds))
        return [needed, *super()._needs(connection, records - refunds)]

    def _payload(self, partial, prepared):
        payment = partial._name == "account.partial.reconcile" and self._refunded(partial)
        return self._refund(partial, payment, prepared) if payment else super()._payload(partial, prepared)

    def _refund(self, partial, payment, prepared):
        advances = self.env["xero.mapper.advance"]
        other = (partial.debit_move_id | partial.credit_move_id).move_id - payment.move_id
        for policy in payment | other.origin_payment_id:
            self._check_policy(policy)
        own, advance = prepared["bindings"].get(partial.id), advances._advance(payment)
        if own and own.external_id and not self._is_asked_again(own):
            return "none", {}
        if not advance and not advances._goes(prepared["connection"], payment):
            raise Skip(self.env._("%(payment)s is not in Xero.", payment=payment.display_name))
        if not advance or partial.id not in advance.parts:
            raise Wait(payment)
        key, id_key = TARGETS[advance.resource]
        account, amount = self._account(other, prepared).external_id, advances._amount_of(partial, payment)
        line = (partial.debit_move_id | partial.credit_move_id) & other.line_ids
        rate = self._rate_booked(line.amount_currency, line.balance)
        payload = {
            key: {id_key: advance.external_id},
            "Account": {"AccountID": account},
            "Date": other.date.isoformat(),
            "Amount": amount,
            "Reference": self._reference(other),
            **self._rate_keys(payment.company_id, payment.currency_id, rate, other.date, other),
        }
        facts = {"document": advance.external_id, "amount": str(amount), "date": other.date.isoformat()}
        return "create", payload, {**facts, "identity": [*facts.values(), account]}

    # === FROM XERO === #

    def _documents_of(self, connection, payloads):
        credits = [id_ for key, id_ in map(target_of, payloads) if key and f"{key}s" in CREDITS]
        advances = self.env["xero.mapper.advance"]._by_credit(connection, credits)
        return {**super()._documents_of(connection, payloads), **advances}

    def _import(self, connection, payload, documents, journals):
        binding = documents.get(target_of(payload)[1])
        if binding and binding.model == "account.payment":
            return self._import_refund(connection, payload, binding, journals)
        return super()._import(connection, payload, documents, journals)

    def _import_refund(self, connection, payload, binding, journals):
        """Book what was given back in Xero, and match it with the payment."""
        payment = self.env["account.payment"].browse(binding.res_id).exists()
        if not payment or payload.get("Status") == "DELETED" or payment.xero_do_not_import:
            return None
        account = payload.get("Account") or {}
        journal = journals.get(account.get("AccountID"))
        if not journal:
            return Hold("journal_unknown", payment, account=account.get("Code") or account.get("Name") or "?")
        amount = Decimal(str(payload["Amount"]))
        unmatched = self.env["xero.mapper.advance"]._unmatched(payment)
        if amount > unmatched:
            return self._refunded_alike(connection, payment, amount) or Hold(
                "refund_too_much", payment, payment=payment.display_name, amount=str(amount), open=str(unmatched)
            )
        self._check_open(payment, codec.parse_date(payload["Date"]), journal)
        return "created", self._give_back(payment, journal, payload)

    def _refunded_alike(self, connection, payment, amount):
        """The same refund, made in Odoo and not sent yet."""
        advances = self.env["xero.mapper.advance"]
        partials = advances._partials(payment)
        links = self.env["xero.binding"]._for(connection, partials)
        for partial in partials.filtered(lambda one: self._refunded(one) == payment):
            is_sent = partial.id in links and links[partial.id].external_id
            if not is_sent and advances._amount_of(partial, payment) == amount:
                return "linked", partial
        return None

    def _give_back(self, payment, journal, payload):
        lines = self._debt_lines(payment.move_id)
        refund = self._book_money(
            payment.company_id,
            journal,
            payload,
            payload["Amount"],
            {
                "payment_type": OPPOSITE[payment.payment_type],
                "partner_type": payment.partner_type,
                "partner_id": payment.partner_id.id,
                "currency_id": payment.currency_id.id,
                "destination_account_id": lines.account_id[:1].id,
                "memo": payload.get("Reference") or payment.memo or payment.name,
            },
        )
        own = self._debt_lines(refund.move_id)
        (lines.filtered(lambda line: not line.reconciled) | own).reconcile()
        self.env.flush_all()
        made = own.matched_debit_ids | own.matched_credit_ids
        return made.filtered(lambda partial: self._refunded(partial) == payment)[:1]

    @api.model
    def _shown(self, partial):
        return super()._shown(partial) or partial._xero_label()

    def _undo_part(self, connection, partial):
        """Unmatch what was allocated of a payment, its write-off with it; cancel what was given back of it."""
        if self._refunded(partial):
            self._undo(partial)
        else:
            partial.unlink()
        self._withdraw_rest(connection, partial)

    def _undo(self, partial):
        """A refund is cancelled like any payment, where nothing else is matched with it."""
        payment = self._refunded(partial)
        if not payment:
            return super()._undo(partial)
        refund = ((partial.debit_move_id | partial.credit_move_id).move_id - payment.move_id).origin_payment_id
        lines = self._debt_lines(refund.move_id)
        is_elsewhere = lines.matched_debit_ids | lines.matched_credit_ids != partial
        if not refund or is_elsewhere or refund.reconciled_statement_line_ids:
            return partial.unlink()
        self._check_open(refund, refund.date, refund.journal_id)
        refund.action_draft()
        refund.action_cancel()
        return partial.exists().unlink()
