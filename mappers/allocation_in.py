"""Allocations that were made, or undone, in Xero."""

from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models

from ..exceptions import Hold
from .payment_in import DEBT_TYPES


class XeroMapperAllocation(models.AbstractModel):
    _inherit = "xero.mapper.allocation"

    @api.model
    def _allocated_elsewhere(self, connection, lines, allocations, stamp):
        """Whether Xero's allocations of a credit are others than the links of its lines say.

        :param lines: the debt lines of the credit in Odoo
        :param allocations: as Xero writes them within the credit
        :param stamp: when Xero last changed the credit
        """
        live = {binding.external_id for binding in self._links_of(connection, lines)}
        old = {binding.external_id for binding in self._links_of(connection, lines, stamp)}
        wanted = {one["AllocationID"] for one in allocations}
        return bool(wanted - live or old - wanted)

    @api.model
    def _links_of(self, connection, lines, until=None):
        """Links of what a credit is matched with; only those that are as old as what was read, for a younger one
        cannot be missing there.
        """
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        bindings = self.env["xero.binding"]._for(connection, partials)
        return [
            binding
            for binding in bindings.values()
            if binding.resource == self._xero_resource and binding.external_id and binding.state != "deleted"
            if not until or (binding.last_export_date or binding.last_import_date) <= until + timedelta(seconds=1)
        ]

    @api.model
    def _follow(self, connection, lines, allocations, stamp, credit):
        """Match and unmatch in Odoo as Xero allocates.

        :param credit: ``(resource, id)`` of the credit in Xero
        :return: ``Hold`` where something stands in the way, else None
        """
        wanted = {one["AllocationID"]: one for one in allocations}
        for binding in self._links_of(connection, lines, stamp):
            if binding.external_id not in wanted and (hold := self._unallocated(connection, binding, credit)):
                return hold
        # What Odoo has unmatched already is still to be undone in Xero: its link stands, its reconciliation is gone.
        known = self.env["xero.binding"]._by_external(connection, self._xero_resource, wanted.keys())
        holds = [
            self._allocate(connection, lines, wanted[external_id], *credit)
            for external_id in wanted.keys() - known.keys()
        ]
        return next(filter(None, holds), None)

    def _unallocated(self, connection, binding, credit):
        """Unmatch what was undone in Xero; ask about what Odoo sent, as about payments."""
        partial = self.env[binding.model].browse(binding.res_id).exists()
        binding.state = "deleted"
        if partial and binding.origin != "xero" and connection.deleted_payments == "ask":
            return self._asked(partial, credit)
        self.env["xero.mapper.payment"]._undo_part(connection, partial)
        return None

    def _asked(self, partial, credit):
        document = self._document(partial)
        if credit[0] != "CreditNotes":
            return Hold("payment_deleted", partial, document=document.display_name)
        note = partial._xero_documents().filtered(lambda move: move.move_type.endswith("_refund"))[:1]
        invoice = partial._xero_documents() - note
        return Hold("allocation_deleted", note, note=note.display_name, document=invoice.display_name)

    def _allocate(self, connection, lines, allocation, resource, credit_id):
        invoice_id, amount = (allocation.get("Invoice") or {}).get("InvoiceID"), Decimal(str(allocation["Amount"]))
        bindings = self.env["xero.binding"]._by_external(connection, "Invoices", [invoice_id])
        if invoice_id not in bindings:
            return self._to_a_stranger(connection, lines, allocation, credit_id)
        move = self.env["account.move"].browse(bindings[invoice_id].res_id).exists()
        partial = self._matched_alike(connection, lines, move, amount) or self._match(lines, move, amount)
        if not partial:
            return Hold(
                "allocation_impossible", lines.move_id[:1], document=move.display_name or "?", amount=str(amount)
            )
        self._link_allocation(connection, partial, allocation, resource, credit_id, invoice_id)
        return None

    def _to_a_stranger(self, connection, lines, allocation, credit_id):
        """The document is not in Odoo, where the credit therefore looks open: somebody has to know; told once."""
        values = {
            "credit": lines.move_id[:1].display_name,
            "number": (allocation.get("Invoice") or {}).get("InvoiceNumber") or "?",
            "amount": str(Decimal(str(allocation["Amount"]))),
        }
        mine = [("connection_id", "=", connection.id), ("code", "=", "allocation_unknown")]
        told = self.env["xero.issue"].search([*mine, ("external_id", "=", credit_id), ("state", "=", "skipped")])
        is_open = any(line.amount_residual for line in lines)
        if not is_open or values in told.mapped("values"):
            return None
        return Hold("allocation_unknown", lines.move_id.origin_payment_id[:1] or lines.move_id[:1], **values)

    def _matched_alike(self, connection, lines, move, amount):
        """The same matching, made in Odoo and not sent yet."""
        partials = (lines.matched_debit_ids | lines.matched_credit_ids).filtered(
            lambda partial: (
                move in (partial.debit_move_id | partial.credit_move_id).move_id
                and _exact(self._amount(partial, lines.move_id[:1])) == amount
            )
        )
        bindings = self.env["xero.binding"]._for(connection, partials)
        return partials.filtered(lambda p: not (p.id in bindings and bindings[p.id].external_id))[:1]

    def _match(self, lines, move, amount):
        """Match exactly so much of the credit with the document; nothing where either has less open."""
        owed = move.line_ids.filtered(lambda line: line.account_type in DEBT_TYPES and not line.reconciled)[:1]
        credit = lines.filtered(lambda line: not line.reconciled)[:1]
        if move.state != "posted" or not owed or not credit or owed.account_id != credit.account_id:
            return None
        room = min(_exact(abs(owed.amount_residual_currency)), _exact(abs(credit.amount_residual_currency)))
        if amount > room:
            return None
        return self._partial_of(owed, credit, float(amount))

    @api.model
    def _partial_of(self, owed, credit, amount):
        """The reconciliation of two lines for an amount, in their currency, as Odoo would write it."""
        before = owed.matched_debit_ids | owed.matched_credit_ids
        if owed.currency_id == owed.company_currency_id and amount < min(
            abs(owed.amount_residual), abs(credit.amount_residual)
        ):
            debit, other = (owed, credit) if owed.balance > 0 else (credit, owed)
            return owed.env["account.partial.reconcile"].create(
                {
                    "debit_move_id": debit.id,
                    "credit_move_id": other.id,
                    "amount": amount,
                    "debit_amount_currency": amount,
                    "credit_amount_currency": amount,
                }
            )
        (owed | credit).reconcile()
        made = (owed.matched_debit_ids | owed.matched_credit_ids) - before
        return made.filtered(lambda partial: credit in (partial.debit_move_id | partial.credit_move_id))[:1]

    def _link_allocation(self, connection, partial, allocation, resource, credit_id, invoice_id):
        now = fields.Datetime.now()
        amount = str(_exact(float(allocation["Amount"])))
        facts = {"resource": resource, "credit_note": credit_id}
        row = {
            "model": partial._name,
            "res_id": partial.id,
            "resource": self._xero_resource,
            "external_id": allocation["AllocationID"],
            "code": allocation["AllocationID"],
            "state": "synced",
            "origin": "xero",
            "last_import_date": now,
            "agreed": {**facts, "identity": [credit_id, invoice_id, amount]},
        }
        self.env["xero.binding"]._record_many(connection, [row])
        entry = {"model": partial._name, "res_id": partial.id, "resource": self._xero_resource}
        done = {"external_id": allocation["AllocationID"], "direction": "in", "action": "created"}
        self.env["xero.history"]._record_many(connection, [{**entry, **done}])


class XeroMapperCreditNote(models.AbstractModel):
    """Reading a credit note reads what it is allocated to."""

    _inherit = "xero.mapper.credit_note"

    def _credit_lines(self, binding):
        move = self.env["account.move"].browse(binding.res_id).exists()
        return move.line_ids.filtered(lambda line: line.account_type in DEBT_TYPES)

    @api.model
    def _is_news(self, binding, payload):
        return self._is_content_news(binding, payload) or self._is_allocated_elsewhere(binding, payload)

    @api.model
    def _is_content_news(self, binding, payload):
        return super()._is_news(binding, payload)

    @api.model
    def _is_allocated_elsewhere(self, binding, payload):
        lines, allocations = self._credit_lines(binding), payload.get("Allocations") or []
        stamp = self._remote_updated_at(payload)
        mapper = self.env["xero.mapper.allocation"]
        return bool(lines) and mapper._allocated_elsewhere(binding.connection_id, lines, allocations, stamp)

    @api.model
    def _changed_in_xero(self, connection, changes):
        content = {binding: payload for binding, payload in changes.items() if self._is_content_news(binding, payload)}
        outcomes = super()._changed_in_xero(connection, content) if content else {}
        for binding, payload in changes.items():
            external_id = self._external_id(payload)
            if binding.exists() and not isinstance(outcomes.get(external_id), Hold):
                hold = self._follow_allocations(connection, binding, payload)
                outcomes[external_id] = hold or outcomes.get(external_id)
        return outcomes

    def _follow_allocations(self, connection, binding, payload):
        lines = self._credit_lines(binding)
        if not lines or not self._is_allocated_elsewhere(binding, payload):
            return None
        stamp, allocations = self._remote_updated_at(payload), payload.get("Allocations") or []
        return self.env["xero.mapper.allocation"]._follow(
            connection, lines, allocations, stamp, (self._xero_resource, binding.external_id)
        )


def _exact(amount):
    return Decimal(repr(round(amount, 2)))
