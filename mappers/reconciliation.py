"""What a reconciliation is in Xero's terms. Facts shared by payments and allocations."""

from decimal import Decimal

from odoo import api, models

from ..exceptions import Hold, Skip, Wait
from .xero_mapper import Call


class XeroMapperReconciliation(models.AbstractModel):
    """Reconciliation of a document with something else, classified by what that is (design.md section 2)."""

    _name = "xero.mapper.reconciliation"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Reconciliations"

    _odoo_model = "account.partial.reconcile"
    _kinds = ()  # the kinds that become this resource
    _action_order = ("delete", "create", "update")
    _urgency = "urgent"

    @api.model
    def _select(self, records):
        return records.filtered(lambda partial: self._kind(partial) in self._kinds)

    @api.model
    def _kind(self, partial):
        """``payment``, ``allocation``, ``exchange`` or ``entry``: what stands opposite the document; or ``none``."""
        documents = partial._xero_documents()
        if not documents:
            return "none"
        if len(documents) > 1:
            return "allocation"
        other = self._counterpart(partial)
        if other.origin_payment_id or other.statement_line_id:
            return "payment"
        if other.journal_id == other.company_id.currency_exchange_journal_id:
            return "exchange"
        return "entry"

    @api.model
    def _document(self, partial):
        return partial._xero_documents()[:1]

    @api.model
    def _counterpart(self, partial):
        return (partial.debit_move_id | partial.credit_move_id).move_id - self._document(partial)

    @api.model
    def _amount(self, partial, document):
        """The amount in the document's currency."""
        if partial.debit_move_id.move_id == document:
            return partial.debit_amount_currency
        return partial.credit_amount_currency

    @api.model
    def _needs(self, connection, records):
        moves = self.env["account.move"].union(*(partial._xero_documents() for partial in records))
        return [moves.filtered(lambda move: self._belongs(move, connection))]

    @api.model
    def _belongs(self, move, connection):
        """Whether the document is or will be in Xero by itself."""
        return (
            move.state == "posted"
            and not move.xero_do_not_export
            and self._is_since_start(move, connection)
            and (connection.sync_receipts or not move.is_receipt())
        )

    @api.model
    def _prepare(self, connection, records, bindings):
        moves = (records.debit_move_id | records.credit_move_id).move_id
        return {
            **super()._prepare(connection, records, bindings),
            "documents": self.env["xero.binding"]._for(connection, moves),
            "doubtful": self.env["xero.reconciler"]._doubtful(connection, moves),
        }

    def _linked_document(self, move, prepared):
        """The binding of a document, or Skip or Wait where it is not in Xero."""
        binding = prepared["documents"].get(move.id)
        if binding and binding.external_id:
            if binding.state == "deleted":
                raise Skip(self.env._("%(document)s was voided in Xero.", document=move.display_name))
            if move.id in prepared["doubtful"]:
                # Whether its amounts are Odoo's is known once its change is settled.
                raise Wait(move)
            return binding
        if self._belongs(move, prepared["connection"]):
            raise Wait(move)
        raise Skip(self.env._("%(document)s is not in Xero.", document=move.display_name))

    # === WHAT IS OPEN IN XERO === #

    @api.model
    def _room_lookups(self, connection, partial):
        """Calls that read the documents of a reconciliation: list of (path, params)."""
        bindings = self.env["xero.binding"]._for(connection, partial._xero_documents())
        return [(f"{binding.resource}/{binding.external_id}", {}) for binding in bindings.values()]

    @api.model
    def _room(self, answers):
        """What is open on all of the documents that were read, as a Decimal of their currency."""
        found = [
            record
            for answer in answers
            for resource in ("Invoices", "CreditNotes")
            for record in answer.payload.get(resource) or []
        ]
        return min(
            (Decimal(str(record.get("AmountDue", record.get("RemainingCredit", 0)))) for record in found),
            default=Decimal(),
        )

    # === MATCHED AGAIN === #

    @api.model
    def _build(self, connection, ids):
        built = super()._build(connection, ids)
        self._rebind(connection, built)
        return built

    def _rebind(self, connection, built):
        """What was unmatched and matched again alike keeps its payment or allocation in Xero; no call is made."""
        undone = self._undone(connection, built)
        for id_ in [id_ for id_, action in built.actions.items() if action == "create"]:
            same = next((b for b in undone if (b.agreed or {}).get("identity") == built.facts[id_]["identity"]), None)
            if not same or not self._may_rebind(connection, same, self._matched(id_)):
                continue
            undone.remove(same)
            for part in (built.payloads, built.actions, built.stops):
                part.pop(id_, None)
                part.pop(same.res_id, None)
            built.unchanged += [id_, same.res_id]
            same.write({"res_id": id_, "state": "synced"})
            self.env["xero.issue"]._mended("xero.binding", same.ids)

    def _undone(self, connection, built):
        """Links whose matching is gone in Odoo while it stands in Xero: of this claim, and those that are asked for."""
        gone = [
            id_
            for id_ in {*built.actions, *built.stops}
            if built.actions.get(id_) == "delete" or getattr(built.stops.get(id_), "code", "") == "born_in_xero"
        ]
        asked = self.env["xero.issue"].search(
            [("connection_id", "=", connection.id), ("state", "=", "open"), ("code", "=", "born_in_xero")]
        )
        bindings = self.env["xero.binding"]
        by_id = bindings._for(connection, self.env[self._odoo_model].browse(gone))
        held = bindings.browse(asked.mapped("res_id")).exists()
        return [*by_id.values(), *(b for b in held if self._is_mine(b) and b.res_id not in by_id)]

    @api.model
    def _is_asked_again(self, binding):
        """Deleted in Xero, and somebody pressed Export to Xero since, which forgets what both sides agreed on."""
        return binding.state == "deleted" and not binding.content_hash

    @api.model
    def _is_mine(self, binding):
        return (binding.model, binding.resource) == (self._odoo_model, self._xero_resource)

    def _vanished(self, id_, binding):
        """The reconciliation was undone in Odoo."""
        if not binding or not binding.external_id or binding.state == "deleted":
            raise Skip(self.env._("Undone before it went to Xero."))
        if binding.origin == "xero":
            raise Hold("born_in_xero", binding)
        return "delete", {}, {"external_id": binding.external_id, **(binding.agreed or {})}

    def _withdrawal(self, facts):
        """``(method, path, body)`` of the call that undoes one reconciliation in Xero."""
        raise NotImplementedError

    def _group(self, built, action, ids, rows):
        """Undoing is a call for each: neither payments nor allocations are undone in batches (xero-api.md 4.3, 4.4)."""
        if action != "delete":
            return super()._group(built, action, ids, rows)
        return [Call(*self._withdrawal(built.facts[id_]), [self._element(built, id_, rows)]) for id_ in ids]
