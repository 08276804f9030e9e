"""Plan: in which order claimed records leave, and what has to go ahead of them."""

from dataclasses import dataclass, field, replace
from functools import partial

from odoo import api, models

from .piecewise import piecewise


@dataclass
class Stage:
    """Records of one mapper that leave together.

    :ivar rows: the queue rows that they settle, by record id
    :ivar urgency: how many of the day's calls they leave to others, a key of the budget's reserves
    :ivar withdraws: only what is to be withdrawn leaves now; the others' turn comes
    """

    mapper: object
    ids: list = field(default_factory=list)
    rows: dict = field(default_factory=dict)
    urgency: str = "normal"
    withdraws: bool = False


@dataclass
class Plan:
    """What becomes of claimed records.

    :ivar stages: in the order in which they go
    :ivar orphans: keys that no mapper wants
    :ivar broken: ``[(stage, stops)]`` of records that could not even be sorted in
    """

    stages: list = field(default_factory=list)
    orphans: set = field(default_factory=set)
    broken: list = field(default_factory=list)


class XeroPlanner(models.AbstractModel):
    _name = "xero.planner"
    _description = "Xero Export Planner"

    @api.model
    def _plan(self, connection, claimed):
        """Return a ``Plan``.

        Order is the order of marking, dependencies first: a document pulls its unlinked or changed
        contact and items ahead of itself; those that no waiting document needs go last, so that
        20,000 edited contacts never stand before the next invoice (design.md section 1).

        :param claimed: ``{(model, res_id): outbox rows}`` in the order of marking
        """
        broken = {}
        handled = self._by_mapper(connection, claimed, broken)
        orphans = set(claimed) - {(m._odoo_model, id_) for m, ids in handled.items() for id_ in ids} - set(broken)
        wanted = {mapper: self._due(connection, mapper, ids, claimed) for mapper, ids in handled.items()}
        first, last = self._withdrawals(connection, wanted, claimed, broken), []
        ahead, needed = self._dependencies(connection, wanted, claimed, broken)
        for mapper in self.env["xero.mapper"]._all():
            leaders = ahead.get(mapper, {})
            both = {**leaders, **dict.fromkeys(wanted.get(mapper, []))}
            ids = [id_ for id_ in both if (mapper._odoo_model, id_) not in broken]
            if mapper in needed:
                first.append(self._stage(mapper, [id_ for id_ in ids if id_ in leaders], claimed))
                last.append(self._stage(mapper, [id_ for id_ in ids if id_ not in leaders], claimed, "later"))
            else:
                first.append(self._stage(mapper, ids, claimed))
        return Plan([stage for stage in first + last if stage.ids], orphans, self._stops(broken, claimed))

    def _withdrawals(self, connection, wanted, claimed, broken):
        """Take what is undone out of ``wanted``: it goes ahead of all, for Xero changes nothing that it holds fast."""
        stages = []
        for mapper, ids in wanted.items():
            note = _note(broken, mapper)
            if undone := piecewise(self.env, ids, mapper._undone_ids, note):
                wanted[mapper] = left = [id_ for id_ in ids if id_ not in undone]
                heirs = piecewise(self.env, left, partial(mapper._heirs, connection, undone), note)
                stages.append(replace(self._stage(mapper, [*undone, *heirs], claimed), withdraws=True))
        return stages

    def _stops(self, broken, claimed):
        """``[(stage, stops)]`` of ``{key: (mapper, exception)}``."""
        unbuildable = self.env["xero.exporter"]._unbuildable
        return [
            (self._stage(mapper, [id_], claimed), unbuildable(mapper, id_, error))
            for (_model, id_), (mapper, error) in broken.items()
        ]

    def _by_mapper(self, connection, claimed, broken):
        by_model = {}
        for model, res_id in claimed:
            by_model.setdefault(model, []).append(res_id)
        return {
            mapper: ids
            for model, res_ids in by_model.items()
            for mapper in self.env["xero.mapper"]._for_model(model)
            if (ids := self._handled(connection, mapper, res_ids, broken))
        }

    def _handled(self, connection, mapper, ids, broken):
        """Those of ``ids`` that the mapper makes something of; what raises meanwhile is added to ``broken``."""
        return piecewise(self.env, ids, lambda some: mapper._handles(connection, some), _note(broken, mapper))

    def _needed(self, connection, mapper, ids, broken):
        """Recordsets that have to be in Xero before ``ids``."""
        records = self.env[mapper._odoo_model].browse(dict.fromkeys(ids)).exists()
        return piecewise(
            self.env,
            records.ids,
            lambda some: mapper._needs(connection, records.browse(some)),
            _note(broken, mapper),
        )

    def _due(self, connection, mapper, ids, claimed):
        """Those of ``ids`` whose time has come: by the schedule of their object, or because somebody asked for them."""
        if connection._may_export_now(mapper):
            return ids
        return [id_ for id_ in ids if any(claimed[mapper._odoo_model, id_].mapped("asked"))]

    def _dependencies(self, connection, wanted, claimed, broken):
        """Return ``({mapper: {id: None}} that goes ahead, mappers that others depend on)``.

        Goes from the last rank to the first, so that what a needed document needs is needed too.
        """
        ahead, needed = {}, set()
        for mapper in reversed(self.env["xero.mapper"]._all()):
            ids = [*wanted.get(mapper, []), *ahead.get(mapper, {})]
            for required in self._needed(connection, mapper, ids, broken):
                for other, other_ids in self._to_go(connection, required, claimed, broken).items():
                    ahead.setdefault(other, {}).update(dict.fromkeys(other_ids))
            if mapper._only_when_needed:
                needed.add(mapper)
        return ahead, needed

    def _to_go(self, connection, records, claimed, broken):
        """Of what is needed: the records that are not in Xero yet, or that wait themselves."""
        if not records:
            return {}
        bindings = self.env["xero.binding"]._for(connection, records)
        ids = [
            id_
            for id_ in records.ids
            if (records._name, id_) in claimed or id_ not in bindings or not bindings[id_].external_id
        ]
        mappers = self.env["xero.mapper"]._for_model(records._name)
        return {mapper: mine for mapper in mappers if (mine := self._handled(connection, mapper, ids, broken))}

    def _stage(self, mapper, ids, claimed, urgency=None):
        rows = {id_: claimed[mapper._odoo_model, id_].ids for id_ in ids if (mapper._odoo_model, id_) in claimed}
        return Stage(mapper, ids, rows, urgency or mapper._urgency)


def _note(broken, mapper):
    def note(id_, error):
        broken[mapper._odoo_model, id_] = (mapper, error)

    return note
