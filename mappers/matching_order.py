"""Order around a matching that is undone: it leaves Xero first, then its documents change, then they are matched anew.

Xero changes nothing that money follows from while a document is paid or credited, and takes no more than is open on
it (xero-api.md 4.2 to 4.4).
"""

from dataclasses import dataclass
from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from ..exceptions import Hold, Skip, Wait
from ..xero_api import codec
from .payment_without_entry import LIVE


@dataclass(frozen=True)
class Standing:
    """A payment or allocation that stands in Xero, or may stand there, and has to be settled before others.

    :ivar record: what it is of in Odoo, be it gone
    :ivar names: a text that holds the ids in Xero of its documents
    :ivar is_undone: it is to leave Xero; otherwise it is only not known whether it arrived
    """

    record: Any
    names: str
    is_undone: bool


class XeroMapper(models.AbstractModel):
    _inherit = "xero.mapper"

    @api.model
    def _undone_ids(self, ids):
        """Those of ``ids`` that Odoo has undone, and that leave Xero before any document changes."""
        return []

    @api.model
    def _heirs(self, connection, undone, ids):
        """Those of ``ids`` that may take the place of what is ``undone``."""
        return []

    @api.model
    def _unpayable(self, connection, records):
        """Those of ``records`` whose waiting change has to arrive in Xero before money is put on them."""
        return records.browse()


class XeroMapperReconciliation(models.AbstractModel):
    _inherit = "xero.mapper.reconciliation"

    # === WHAT IS UNDONE === #

    @api.model
    def _undone_ids(self, ids):
        existing = set(self.env[self._odoo_model].browse(ids).exists().ids)
        return [id_ for id_ in ids if id_ not in existing]

    @api.model
    def _matched(self, id_):
        """The documents of what is matched; a write-off has the id of its reconciliation."""
        return self.env["account.partial.reconcile"].browse(id_)._xero_documents()

    @api.model
    def _heirs(self, connection, undone, ids):
        links = self.env["xero.binding"]._for(connection, self.env[self._odoo_model].browse(undone))
        names = "".join(codec.dumps(link.agreed or {}) for link in links.values())
        matched = {id_: self._matched(id_) for id_ in ids}
        moves = self.env["account.move"].union(*matched.values())
        freed = {id_ for id_, link in self.env["xero.binding"]._for(connection, moves).items() if _names(names, link)}
        return [id_ for id_, documents in matched.items() if freed.intersection(documents.ids)]

    @api.model
    def _standing(self, connection):
        """What stands in the way in Xero, or may, until it is undone there or settled; see ``Standing``."""
        names = self.env.registry.descendants(["xero.mapper.reconciliation"], "_inherit")
        mappers = [self.env[name] for name in names if self.env[name]._xero_resource]
        waiting = self._waiting_links(connection, {mapper._odoo_model for mapper in mappers})
        doubtful = self._doubtful_matchings(connection, {mapper._odoo_model for mapper in mappers})
        found = []
        for model in {mapper._odoo_model for mapper in mappers}:
            mapper = next(mapper for mapper in mappers if mapper._odoo_model == model)
            texts = [(link.res_id, codec.dumps(link.agreed or {}), False) for link in waiting if link.model == model]
            texts += [(spec["res_id"], codec.dumps(spec["facts"]), True) for spec in doubtful if spec["model"] == model]
            undone = set(mapper._undone_ids([id_ for id_, _names, _doubtful in texts]))
            found += [
                Standing(self.env[model].browse(id_), text, id_ in undone)
                for id_, text, is_doubtful in texts
                if is_doubtful or id_ in undone
            ]
        return found

    @api.model
    def _waiting_links(self, connection, odoo_models):
        """Live links with Payments and Allocations of what was marked since."""
        self.env["xero.binding"].flush_model()
        self.env["xero.outbox"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT b.id FROM xero_outbox o
                     JOIN xero_binding b ON b.connection_id = o.connection_id AND b.model = o.model
                      AND b.res_id = o.res_id AND b.external_id IS NOT NULL AND b.state != 'deleted'
                    WHERE o.connection_id = %s AND o.model = ANY(%s) AND b.resource IN ('Payments', 'Allocations')""",
                connection.id,
                list(odoo_models),
            )
        )
        return self.env["xero.binding"].browse(id_ for (id_,) in rows)

    @api.model
    def _doubtful_matchings(self, connection, odoo_models):
        """Elements of calls without an answer that put money on documents."""
        return [
            spec
            for request in self.env["xero.reconciler"]._open_requests(connection)
            for spec in request.elements
            if spec["action"] == "create" and spec["model"] in odoo_models
        ]

    # === WHAT HAS TO GO BEFORE === #

    @api.model
    def _build(self, connection, ids):
        built = super()._build(connection, ids)
        self._keep_order(connection, built)
        return built

    def _keep_order(self, connection, built):
        """What is matched waits for its documents' changes, and for what was matched before to leave them."""
        matched = {id_: self._matched(id_) for id_, action in built.actions.items() if action == "create"}
        if not matched:
            return
        moves = self.env["account.move"].union(*matched.values())
        links = self.env["xero.binding"]._for(connection, moves)
        standing = [one for one in self._standing(connection) if one.is_undone]
        unpayable = self.env["xero.mapper.document"]._all_unpayable(connection, moves)
        for id_, documents in matched.items():
            its_links = [links[move_id] for move_id in documents.ids if move_id in links]
            obstacles = [one.record for one in standing if any(_names(one.names, link) for link in its_links)]
            if obstacles := [*obstacles, *(documents & unpayable)]:
                del built.payloads[id_], built.actions[id_], built.facts[id_]
                built.stops[id_] = Wait(obstacles[0])

    @api.model
    def _may_rebind(self, connection, link, documents):
        """Whether a payment may stay on documents that change; what was born in Xero stays there in any case."""
        return link.origin == "xero" or not self.env["xero.mapper.document"]._all_unpayable(connection, documents)


class XeroMapperPaymentWithoutEntry(models.AbstractModel):
    _inherit = "xero.mapper.payment_without_entry"

    @api.model
    def _undone_ids(self, ids):
        payments = self.env[self._odoo_model].browse(ids).exists()
        return [id_ for id_ in ids if id_ not in payments.filtered(lambda payment: payment.state in LIVE).ids]

    @api.model
    def _matched(self, id_):
        return self.env[self._odoo_model].browse(id_).invoice_ids


class XeroMapperDocument(models.AbstractModel):
    _inherit = "xero.mapper.document"

    def _prepare(self, connection, records, bindings):
        linked = any(binding.external_id for binding in bindings.values())
        standing = self.env["xero.mapper.reconciliation"]._standing(connection) if linked else []
        return {**super()._prepare(connection, records, bindings), "standing": standing}

    def _check_undone(self, move, binding, prepared):
        """What paid the document and does no more has to leave it in Xero first; then the document can change."""
        for standing in prepared["standing"]:
            if _names(standing.names, binding):
                prepared["connection"]._wake_export(fields.Datetime.add(fields.Datetime.now(), minutes=1))
                raise Wait(standing.record)

    # === WHAT MONEY CANNOT BE PUT ON YET === #

    @api.model
    def _all_unpayable(self, connection, moves):
        """Those of all kinds of documents; see ``_unpayable``."""
        rows = [("connection_id", "=", connection.id), ("model", "=", moves._name), ("res_id", "in", moves.ids)]
        changed = moves & moves.browse(self.env["xero.outbox"].search(rows).mapped("res_id"))
        if not changed:
            return changed
        return moves.browse().union(
            *(m._unpayable(connection, m._select(changed)) for m in self._for_model(moves._name))
        )

    @api.model
    def _unpayable(self, connection, records):
        bindings = self.env["xero.binding"]._for(connection, records)
        linked = records.filtered(lambda move: move.id in bindings and bindings[move.id].external_id)
        prepared = self._prepare(connection, linked, bindings) if linked else {}
        return linked.filtered(lambda move: self._changes_what_is_frozen(move, bindings[move.id], prepared))

    def _changes_what_is_frozen(self, move, binding, prepared):
        """Whether Xero would refuse the change of a document once it is paid or credited."""
        if binding.origin == "xero":
            return False  # Odoo follows, and sends nothing
        if move.state != "posted" or not binding.content_hash:
            return True  # it is not known what of it Xero has
        try:
            facts = self._facts_of(move, self._whole(move, prepared))
        except (Hold, Wait, Skip):
            return True
        agreed = binding.agreed or {}
        changed = facts["frozen"] != agreed.get("frozen") or facts["contact"] != agreed.get("contact")
        return changed and facts["content"] != binding.content_hash


def _names(names, link):
    return bool(link.external_id) and link.external_id in names
