"""What of a payment no document is matched with → overpayment or prepayment, by the policy of the connection.

They are born through bank transactions, never change, and are allocated by calls of their own (xero-api.md 4.4).
"""

from dataclasses import dataclass
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..exceptions import Hold, Skip, Wait
from ..xero_api import codec
from .payment_in import DEBT_TYPES
from .write_off import part_of
from .xero_mapper import decimal

RESOURCES = {"overpayment": "Overpayments", "prepayment": "Prepayments"}
IDS = {"OverpaymentID": "Overpayments", "PrepaymentID": "Prepayments"}
CREDITS = tuple(IDS.values())
# Who pays whom; a supplier's money back that no document is matched with waits in every case.
DIRECTIONS = {("inbound", "customer"): "RECEIVE", ("outbound", "supplier"): "SPEND"}
REFERENCE_LENGTH = 255


@dataclass(frozen=True)
class Advance:
    """An over- or prepayment in Xero.

    :ivar parts: ids of the reconciliations that are, or will be, allocations or refunds of it
    :ivar linked: those of them that are in Xero already
    """

    resource: str
    external_id: str
    amount: Decimal
    parts: frozenset
    linked: frozenset
    left: Decimal


class XeroMapperReconciliation(models.AbstractModel):
    _inherit = "xero.mapper.reconciliation"

    @api.model
    def _kind(self, partial):
        kind = super()._kind(partial)
        if kind == "payment" and self._advance_of(partial):
            return "allocation"
        return kind

    @api.model
    def _advance_of(self, partial):
        """The over- or prepayment that a reconciliation allocates, else None."""
        document, payment = self._document(partial), self._counterpart(partial).origin_payment_id
        if not payment or document.move_type.endswith("_refund"):
            return None
        advance = self.env["xero.mapper.advance"]._advance(payment)
        return advance if advance and partial.id in advance.parts else None


class XeroMapperPayment(models.AbstractModel):
    _inherit = "xero.mapper.payment"

    def _amount_and_account(self, partial, document, prepared):
        """What an over- or prepayment holds is on Xero's bank account already, and pays nothing a second time."""
        amount, account = super()._amount_and_account(partial, document, prepared)
        payment, own = self._counterpart(partial).origin_payment_id, prepared["bindings"].get(partial.id)
        is_sent = own and own.external_id and own.state != "deleted"
        if payment and amount and not is_sent and not self.env["xero.mapper.advance"]._has_beside(payment, partial):
            raise Wait(payment)
        return amount, account


class XeroMapperAdvance(models.AbstractModel):
    """Unmatched rest of a payment → BankTransaction that gives birth to an over- or prepayment."""

    _name = "xero.mapper.advance"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Over- and Prepayments"

    _xero_resource, _xero_id, _xero_number = "BankTransactions", "BankTransactionID", None
    _odoo_model = "account.payment"
    _rank = 45
    _urgency = "urgent"
    # What has to be taken back goes first, for a new one may follow.
    _action_order = ("delete", "create", "update")

    # === WHAT THERE IS === #

    @api.model
    def _advance(self, payment):
        """The live over- or prepayment of a payment as an ``Advance``, else None."""
        connection_id = self.env["xero.connection"]._active_id_for_company(payment.company_id.id)
        connection = self.env["xero.connection"].browse(connection_id)
        binding = self.env["xero.binding"]._for(connection, payment).get(payment.id)
        credit = (binding.agreed or {}).get("credit") if binding and binding.state != "deleted" else None
        return credit and self._with_parts(connection, payment, binding.agreed)

    def _with_parts(self, connection, payment, agreed):
        """What is allocated keeps its part; of the others, the oldest that fit get theirs."""
        partials = self._partials(payment)
        links = self.env["xero.binding"]._for(connection, partials)
        left, parts, linked = Decimal(agreed["amount"]), set(), set()
        for partial in partials:
            link = links.get(partial.id)
            if self._is_part(partial, link):
                linked.add(partial.id)
                left -= self._amount_of(partial, payment)
        for partial in partials:
            amount, link = self._amount_of(partial, payment), links.get(partial.id)
            sent = link and link.external_id and link.state != "deleted"
            if not sent and amount <= left:
                parts.add(partial.id)
                left -= amount
        # Allocations whose reconciliation is gone in Odoo stand in Xero until they are undone there.
        return Advance(
            agreed["resource"],
            agreed["credit"],
            Decimal(agreed["amount"]),
            frozenset(parts | linked),
            frozenset(linked),
            left,
        )

    @api.model
    def _has_beside(self, payment, partial):
        """Whether a payment has, beside its over- or prepayment, the money that a reconciliation takes."""
        advance = self._advance(payment)
        if not advance:
            return True
        others = self._partials(payment).filtered(lambda one: one != partial and one.id not in advance.parts)
        used = sum((self._amount_of(one, payment) for one in others), Decimal(0))
        return self._amount_of(partial, payment) <= self._money(payment) - advance.amount - used

    @api.model
    def _money(self, payment):
        """What came to the bank, or left it, in the payment's currency."""
        return decimal(abs(sum(payment._seek_for_lines()[0].mapped("amount_currency"))), 2)

    @api.model
    def _is_part(self, partial, link):
        """Whether a reconciliation is an allocation or a refund in Xero, and not a payment of its document."""
        if not link or not link.external_id or link.state == "deleted":
            return False
        return link.resource == "Allocations" or not partial._xero_documents()

    @api.model
    def _partials(self, payment):
        lines = self._debt_lines(payment)
        return (lines.matched_debit_ids | lines.matched_credit_ids).sorted("id")

    @api.model
    def _debt_lines(self, payment):
        return payment.move_id.line_ids.filtered(lambda line: line.account_type in DEBT_TYPES)

    @api.model
    def _amount_of(self, partial, payment):
        """What a reconciliation takes of the money of a payment, in its currency; not what was written off with it."""
        of_debit = partial.debit_move_id.move_id == payment.move_id
        amount = decimal(partial.debit_amount_currency if of_debit else partial.credit_amount_currency, 2)
        matchings = self.env["xero.mapper.reconciliation"]
        if not matchings._write_off_lines(payment.move_id):
            return amount
        return part_of(amount, matchings._money_shares(payment.move_id)[partial], partial)

    @api.model
    def _unmatched(self, payment):
        """What of the money of a posted payment no document is matched with, in its currency."""
        if payment.state not in ("in_process", "paid") or payment.move_id.state != "posted":
            return Decimal(0)
        matchings = self.env["xero.mapper.reconciliation"]
        rest = decimal(abs(sum(self._debt_lines(payment).mapped("amount_residual_currency"))), 2)
        if not rest or not matchings._write_off_lines(payment.move_id):
            return rest
        used = sum((self._amount_of(partial, payment) for partial in self._partials(payment)), Decimal(0))
        return max(min(rest, self._money(payment) - used), Decimal(0))

    @api.model
    def _undocumented(self, payment):
        """What of a payment no document is matched with, what was given back of it included, in its currency."""
        refunds = self._partials(payment).filtered(
            lambda partial: self.env["xero.mapper.payment"]._refunded(partial) == payment
        )
        return self._unmatched(payment) + sum((self._amount_of(partial, payment) for partial in refunds), Decimal(0))

    # === TO XERO === #

    @api.model
    def _select(self, records):
        # A cancelled payment has lost its entry.
        linked = self.env["xero.binding"].search(
            [("model", "=", records._name), ("res_id", "in", records.ids), ("resource", "=", self._xero_resource)]
        )
        return records.filtered(lambda payment: payment.move_id or payment.id in linked.mapped("res_id"))

    @api.model
    def _needs(self, connection, records):
        wanted = records.filtered(
            lambda payment: connection.unallocated_payments != "hold" and self._undocumented(payment)
        )
        return [wanted.partner_id.commercial_partner_id]

    @api.model
    def _prepare(self, connection, records, bindings):
        contacts = records.partner_id.commercial_partner_id
        return {
            **super()._prepare(connection, records, bindings),
            "journals": self.env["xero.journal.mapping"]._for(connection),
            "contacts": self.env["xero.binding"]._for(connection, contacts),
        }

    def _payload(self, payment, prepared):
        self._check_policy(payment)
        connection, own = prepared["connection"], prepared["bindings"].get(payment.id)
        if advance := self._advance(payment):
            return self._kept(payment, own, advance, self._unmatched(payment))
        amount, policy = self._undocumented(payment), connection.unallocated_payments
        if not amount or not self._goes(connection, payment) or self._is_given_up(own):
            return "none", {}
        direction = DIRECTIONS[payment.payment_type, payment.partner_type]
        return (
            "create",
            self._new(payment, amount, f"{direction}-{policy.upper()}", prepared),
            {
                "amount": str(amount),
                "resource": RESOURCES[policy],
                "date": payment.date.isoformat(),
            },
        )

    @api.model
    def _goes(self, connection, payment):
        """Whether the unmatched rest of a payment goes to Xero at all."""
        return (
            connection.unallocated_payments != "hold"
            and (payment.payment_type, payment.partner_type) in DIRECTIONS
            and payment.date >= connection.sync_from_date
        )

    @api.model
    def _is_given_up(self, own):
        """Deleted in Xero by somebody, and nobody pressed Export to Xero since."""
        return bool(own and (own.agreed or {}).get("given_up") and own.state == "deleted" and own.content_hash)

    def _kept(self, payment, own, advance, unmatched):
        """It never changes: where it is no longer what is unmatched, it is taken back, and another one follows."""
        if own.origin == "xero" and payment.state == "canceled":
            raise Hold("advance_born_in_xero", payment, payment=payment.display_name)
        if own.origin == "xero" or advance.left == unmatched:
            return "none", {}
        if self._has_undone(own):
            raise Wait(payment)
        if advance.linked:
            if advance.left < unmatched:
                return "none", {}  # the difference waits like any unmatched payment
            raise Hold("advance_short", payment, payment=payment.display_name, amount=str(advance.amount))
        if unmatched:
            self.env["xero.outbox"]._mark(payment)
        return "delete", {self._xero_id: own.external_id, "Status": "DELETED"}

    @api.model
    def _has_undone(self, own):
        """Whether allocations or refunds stand in Xero whose reconciliation is gone in Odoo: they are undone first."""
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT 1 FROM xero_binding b
                        WHERE b.connection_id = %(connection)s AND b.model = 'account.partial.reconcile'
                          AND b.resource IN ('Allocations', 'Payments')
                          AND b.external_id IS NOT NULL AND b.state != 'deleted'
                          AND %(credit)s IN (b.agreed->>'credit_note', b.agreed->'identity'->>0)
                          AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile p WHERE p.id = b.res_id)
                        LIMIT 1""",
                    connection=own.connection_id.id,
                    credit=own.agreed["credit"],
                )
            )
        )

    def _new(self, payment, amount, xero_type, prepared):
        connection = prepared["connection"]
        account = connection._payment_account(payment.journal_id, prepared["journals"])
        if not account:
            raise Hold("journal_unmapped", payment.journal_id, journal=payment.journal_id.display_name)
        if account.type != "BANK":
            raise Hold("advance_needs_bank", payment.journal_id, account=account.display_name)
        if account.currency and account.currency != payment.currency_id.name:
            raise Skip(self.env._("The payment is in another currency than the bank account."))
        line = {"Description": payment.memo or payment.name, "Quantity": Decimal(1), "UnitAmount": amount}
        if xero_type.endswith("PREPAYMENT"):
            line |= self._prepayment_account(connection)
        text = (payment.memo or payment.name or "")[:REFERENCE_LENGTH]
        payload = {
            "Type": xero_type,
            "Contact": {"ContactID": self._contact_id(payment, prepared)},
            "BankAccount": {"AccountID": account.external_id},
            "Date": payment.date.isoformat(),
            "Reference": text,
            "LineAmountTypes": "NoTax",
            "LineItems": [line],
        }
        liquidity = payment._seek_for_lines()[0]
        rate = self._rate_booked(sum(liquidity.mapped("amount_currency")), sum(liquidity.mapped("balance")))
        return payload | self._rate_keys(payment.company_id, payment.currency_id, rate, payment.date, payment)

    @api.model
    def _prepayment_account(self, connection):
        account = connection.prepayment_account_id
        if not account:
            raise Hold("prepayment_account_missing", connection)
        return {"AccountCode": account.code} if account.code else {"AccountID": account.external_id}

    def _contact_id(self, payment, prepared):
        partner = payment.partner_id.commercial_partner_id
        if not partner:
            raise Hold("no_contact", payment)
        binding = prepared["contacts"].get(partner.id)
        if binding and binding.external_id:
            return binding.external_id
        raise Wait(partner)

    @api.model
    def _content(self, payload):
        return payload

    # === ANSWERS === #

    @api.model
    def _natural_key(self, data):
        return None

    @api.model
    def _code(self, data):
        return data.get("Reference") or self._external_id(data)

    @api.model
    def _agreed(self, data, facts):
        id_key = next((key for key in IDS if data.get(key)), None)
        credit = {"credit": data[id_key], "resource": IDS[id_key]} if id_key else {}
        return {**credit, "amount": str(decimal(float(data.get("Total") or facts.get("amount") or 0), 2))}

    @api.model
    def _lookups(self, payloads, facts):
        dates = sorted({fact["date"] for fact in facts})
        terms = [f"Date=={codec.filter_date(d)}" for d in dates]
        return self._any_of("BankTransactions", terms, page=1, pageSize=1000)

    @api.model
    def _is_same(self, payload, candidate, facts):
        """Type, contact, date, total and reference."""
        return (
            candidate.get("Type") == payload["Type"]
            and candidate.get("Status") != "DELETED"
            and (candidate.get("Contact") or {}).get("ContactID") == payload["Contact"]["ContactID"]
            and (candidate.get("DateString") or "")[:10] == facts["date"]
            and Decimal(str(candidate.get("Total") or 0)) == Decimal(facts["amount"])
            and (candidate.get("Reference") or "") == payload["Reference"]
        )
