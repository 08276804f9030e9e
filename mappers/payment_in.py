"""Payments that were made, or deleted, in Xero."""

from decimal import Decimal

from odoo import api, models
from odoo.tools import format_date

from ..engine.outbox import SUPPRESS
from ..exceptions import Hold
from ..xero_api import codec
from .payment import TARGETS, target_of

DEBT_TYPES = ("asset_receivable", "liability_payable")


class XeroMapperPayment(models.AbstractModel):
    """Payments made in Xero become payments in Odoo, matched with their document; deleting them undoes that."""

    _inherit = "xero.mapper.payment"

    @api.model
    def _from_xero(self, connection, payloads):
        """Book payments on linked documents.

        :param payloads: payments as read, none of them linked yet
        :return: ``{PaymentID: ("created" or "linked", reconciliation) | Hold | None}``; None: none of our business
        """
        documents = self._documents_of(connection, payloads)
        journals = self._journals_by_account(connection)
        return {payload["PaymentID"]: self._import(connection, payload, documents, journals) for payload in payloads}

    def _documents_of(self, connection, payloads):
        ids = {resource: set() for resource in TARGETS}
        resources = {key: resource for resource, (key, _id_key) in TARGETS.items()}
        for key, id_ in map(target_of, payloads):
            if key:
                ids[resources[key]].add(id_)
        found = {}
        for resource, external_ids in ids.items():
            found.update(self.env["xero.binding"]._by_external(connection, resource, external_ids))
        return found

    @api.model
    def _journals_by_account(self, connection):
        """Xero's account → journal; of several journals on one account the one chosen by hand, then the first."""
        rows = self.env["xero.journal.mapping"].search([("connection_id", "=", connection.id), ("mapped", "=", True)])
        journals = {}
        for row in rows.sorted(lambda row: (row.origin != "manual", row.journal_id.sequence, row.journal_id.id)):
            journals.setdefault(row.xero_account_id.external_id, row.journal_id)
        return journals

    def _import(self, connection, payload, documents, journals):
        binding = documents.get(target_of(payload)[1])
        if not binding or binding.model != "account.move" or payload.get("Status") == "DELETED":
            return None
        move = self.env["account.move"].browse(binding.res_id).exists()
        if not move or move.xero_do_not_import:
            return None
        account = payload.get("Account") or {}
        journal = journals.get(account.get("AccountID"))
        if not journal:
            return Hold("journal_unknown", move, account=account.get("Code") or account.get("Name") or "?")
        if move.state != "posted":
            return Hold("paid_unposted", move, document=move.display_name)
        open_amount = _exact(sum(map(abs, self._debt_lines(move).mapped("amount_residual_currency"))))
        if Decimal(str(payload["Amount"])) > open_amount:
            return self._without_room(connection, move, payload, open_amount)
        self._check_open(move, codec.parse_date(payload["Date"]), journal)
        return "created", self._pay(connection, move, journal, payload)

    def _without_room(self, connection, move, payload, open_amount):
        """More was paid in Xero than is open in Odoo: link the payment that Odoo has not sent yet and that is the same
        money (somebody entered it on both sides); else a person has to look.
        """
        lines = self._debt_lines(move)
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        bindings = self.env["xero.binding"]._for(connection, partials)
        for partial in partials:
            is_sent = partial.id in bindings and bindings[partial.id].external_id
            amount = _exact(self._amount(partial, move))
            if not is_sent and self._kind(partial) == "payment" and amount == Decimal(str(payload["Amount"])):
                return "linked", partial
        return Hold(
            "paid_too_much", move, document=move.display_name, amount=str(payload["Amount"]), open=str(open_amount)
        )

    @api.model
    def _check_open(self, cause, date, journal, company=None, shown=None):
        """Odoo's own lock dates: nobody books into a closed period, Xero's bank feed included.

        :param cause: the document or payment concerned, or another record, with its company and how it is shown
        """
        locks = (company or cause.company_id)._get_violated_lock_dates(date, False, journal)
        if locks:
            dates = {"date": format_date(self.env, date), "lock_date": format_date(self.env, locks[-1][0])}
            raise Hold("odoo_locked", cause, document=shown or cause.display_name, **dates)

    @api.model
    def _debt_lines(self, move):
        """The lines of an entry that are somebody's debt."""
        return move.line_ids.filtered(lambda line: line.account_type in DEBT_TYPES)

    # === BOOKING === #

    def _pay(self, connection, move, journal, payload):
        """Book the payment and match it with its document; returns the new reconciliation."""
        payment = self._book(move, journal, payload, self._debt_lines(move).account_id[:1])
        lines = self._debt_lines(move).filtered(lambda line: not line.reconciled)
        lines = lines.sorted(lambda line: (line.date_maturity or line.date, line.id))
        (lines | self._debt_lines(payment.move_id)).reconcile()
        move.matched_payment_ids += payment
        self.env.flush_all()
        own = self._debt_lines(payment.move_id)
        partials = (own.matched_debit_ids | own.matched_credit_ids).filtered(
            lambda partial: move in partial._xero_documents()
        )
        self._note_parts(connection, partials[1:], payload)
        return partials[:1]

    def _book(self, move, journal, payload, debt_account):
        """A posted payment, in the document's currency and at Xero's rate."""
        return self._book_money(
            move.company_id,
            journal,
            payload,
            payload["Amount"],
            {
                "payment_type": "inbound" if move.is_inbound() else "outbound",
                "partner_type": "customer" if move.is_sale_document(include_receipts=True) else "supplier",
                "partner_id": move.commercial_partner_id.id,
                "currency_id": move.currency_id.id,
                "destination_account_id": debt_account.id,
                "memo": payload.get("Reference") or move.name,
            },
        )

    @api.model
    def _book_money(self, company, journal, payload, amount, values):
        """A posted payment of what was read: its amount, its date and Xero's rate.

        :param values: who pays whom, in which currency and why; the account that is somebody's debt
        """
        currency = self.env["res.currency"].browse(values["currency_id"])
        payment = (
            self.env["account.payment"]
            .with_company(company)
            .create(
                {
                    **values,
                    "amount": float(amount),
                    "date": codec.parse_date(payload["Date"]),
                    "journal_id": journal.id,
                    **self._balance_keys(company, currency, payload, amount),
                }
            )
        )
        payment.action_post()
        return payment

    def _note_parts(self, connection, partials, payload):
        """One payment pays several instalments: the further reconciliations are part of it, and never go out."""
        self.env["xero.binding"]._record_many(
            connection,
            [
                {
                    "model": partial._name,
                    "res_id": partial.id,
                    "resource": self._xero_resource,
                    "code": self._code(payload),
                    "state": "synced",
                    "origin": "xero",
                    "agreed": {"part_of": payload["PaymentID"]},
                }
                for partial in partials
            ],
        )

    # === DELETED IN XERO === #

    @api.model
    def _is_news(self, binding, payload):
        return payload.get("Status") == "DELETED" and binding.state != "deleted"

    @api.model
    def _changed_in_xero(self, connection, changes):
        return {binding.external_id: self._deleted(connection, binding) for binding in changes}

    def _deleted(self, connection, binding):
        """Undo what came from Xero; ask about what Odoo sent, unless the connection says to undo it as well."""
        if binding.model == "account.payment":
            return self._deleted_without_entry(connection, binding)
        partial = self.env[self._odoo_model].browse(binding.res_id).exists()
        if not partial:
            binding.state = "deleted"
            self.env["xero.issue"]._mended(binding._name, binding.ids, connections=connection)
            return "deleted"
        if binding.origin != "xero" and connection.deleted_payments == "ask":
            binding.state = "deleted"
            return Hold("payment_deleted", partial, document=self._shown(partial))
        self._undo(partial)
        binding.state = "deleted"
        self._withdraw_rest(connection, partial)
        return "deleted"

    @api.model
    def _shown(self, partial):
        return self._document(partial).display_name

    def _deleted_without_entry(self, connection, binding):
        payment = self.env[binding.model].browse(binding.res_id).exists()
        binding.state = "deleted"
        if payment and connection.deleted_payments == "ask":
            return Hold("payment_deleted", payment, document=", ".join(payment.invoice_ids.mapped("display_name")))
        payment.action_cancel()
        return "deleted"

    def _withdraw_rest(self, connection, partial):
        """The money and the write-off of one reconciliation go together."""
        domain = [("connection_id", "=", connection.id), ("res_id", "=", partial.id), ("state", "!=", "deleted")]
        models_ = [self._odoo_model, "xero.write.off"]
        if self.env["xero.binding"].search_count([*domain, ("model", "in", models_), ("external_id", "!=", False)]):
            self.env["xero.outbox"].with_context(**{SUPPRESS: False})._mark_gone(partial)

    def _undo(self, partial):
        """Unmatch, and cancel the payment where nothing else is left of it."""
        other, document = self._counterpart(partial), self._document(partial)
        payment = other.origin_payment_id
        lines = self._debt_lines(other)
        elsewhere = (lines.matched_debit_ids | lines.matched_credit_ids).filtered(
            lambda one: document not in one._xero_documents()
        )
        if not payment or elsewhere or payment.reconciled_statement_line_ids:
            partial.unlink()
            return
        self._check_open(document, payment.date, payment.journal_id)
        payment.action_draft()
        payment.action_cancel()
        partial.exists().unlink()


def _exact(amount):
    return Decimal(repr(round(amount, 2)))
