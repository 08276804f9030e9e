"""Preview: what an export would do now, told without doing it.

The records are planned and built as the export does it, within a savepoint that is always rolled back; what has to go
ahead of them, such as a new contact, is taken for linked meanwhile. Of Xero only GET is asked, at most once a record.
"""

from dataclasses import dataclass, field

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError

from ..xero_api import comparison, outcomes
from .importer import IDS_A_CALL

NEW = "(new"  # how what Xero has no id for yet is named in a payload


@dataclass
class Shown:
    """One record, as it would go.

    :ivar action: create, update, delete; unchanged: both sides agree; stopped: see ``stop``
    :ivar is_wanted: one of those asked for; the others go ahead because it needs them
    :ivar external_id: what it is in Xero now, None where it is not there
    :ivar known_at: Xero's time of change when both sides last agreed
    :ivar posting: what it does to Xero's books (mappers/posting.py)
    :ivar held: what Xero holds of it; None where nothing was read
    :ivar twin: what Xero holds already of what would be created, as an answer to that would find it
    :ivar fields: ``comparison.Field`` of each field of the payload
    """

    mapper: object
    res_id: int
    action: str
    is_wanted: bool
    payload: dict = field(default_factory=dict)
    facts: dict = field(default_factory=dict)
    stop: Exception | None = None
    external_id: str | None = None
    known_at: object = None
    posting: object = None
    held: dict | None = None
    twin: dict | None = None
    fields: list = field(default_factory=list)

    @property
    def key(self):
        return self.mapper._odoo_model, self.res_id


@dataclass
class Preview:
    """What an export of some records would do.

    :ivar calls: how many it costs
    :ivar reads: how many calls the preview itself has made
    :ivar left_out: keys of records that are nothing in Xero
    :ivar unread: why Xero could not be asked
    """

    shown: list = field(default_factory=list)
    calls: int = 0
    reads: int = 0
    left_out: list = field(default_factory=list)
    unread: str | None = None


class XeroPreviewer(models.AbstractModel):
    _name = "xero.previewer"
    _description = "Xero Preview"

    @api.model
    def _preview(self, connection, keys):
        """Return a ``Preview``; nothing is written, here or in Xero.

        :param keys: ``[(model, id)]``, as they would stand in the queue
        """
        preview = self._built(connection, list(dict.fromkeys(keys)))
        connection = connection.sudo()
        try:
            connection._with_client(lambda client: self._read(preview, client))
        except outcomes.XeroError as error:
            preview.unread = connection._words_for(error)
        except UserError as error:
            preview.unread = str(error)
        for shown in preview.shown:
            shown.fields = comparison.compare(shown.payload, shown.held or shown.twin)
        return preview

    # === BUILD, AND TAKE IT BACK === #

    @api.model
    def _built(self, connection, keys):
        """Build as the worker does: by its user, and in its language."""
        worker = self.env(user=SUPERUSER_ID, context={})[self._name]
        with self.env.cr.savepoint() as savepoint:
            preview = worker._plan_and_build(connection.with_env(worker.env), keys)
            savepoint.rollback()
        self.env.invalidate_all()
        return preview

    def _plan_and_build(self, connection, keys):
        preview, met = Preview(), set()
        while keys:
            met.update(keys)
            newest = self._newest_mark()
            # Rows that are not in the database: asked for, so that they go whatever the schedule says.
            claimed = {key: self.env["xero.outbox"].new({"asked": True}) for key in keys}
            plan = self.env["xero.planner"]._plan(connection, claimed)
            preview.left_out += [key for key in keys if key in plan.orphans]
            for stage, stops in plan.broken:
                preview.shown += [self._stopped(stage, id_, stop, keys) for id_, stop in stops.items()]
            for stage in plan.stages:
                self._build_stage(connection, stage, keys, preview)
            # What building puts into the queue itself, such as the stock document of a move.
            keys = [key for key in self._marked_since(connection, newest) if key not in met]
        return preview

    def _build_stage(self, connection, stage, keys, preview):
        mapper = stage.mapper
        bindings = self.env["xero.binding"]._for(connection, self.env[mapper._odoo_model].browse(stage.ids))
        built = mapper._build(connection, stage.ids)
        if stage.withdraws:
            built = built.withdrawals(mapper._undone_ids(stage.ids))
        preview.calls += len(mapper._calls(built, stage.ids, {}))
        for id_ in stage.ids:
            shown = self._shown(connection, stage, built, id_, keys)
            if binding := bindings.get(id_):
                shown.external_id, shown.known_at = binding.external_id or None, binding.remote_updated_at
            if shown.action != "unchanged" or shown.is_wanted and not stage.withdraws:
                preview.shown.append(shown)
        self._take_for_linked(connection, mapper, built)

    def _shown(self, connection, stage, built, id_, keys):
        mapper = stage.mapper
        if id_ in built.stops:
            return self._stopped(stage, id_, built.stops[id_], keys)
        shown = Shown(mapper, id_, built.actions.get(id_, "unchanged"), (mapper._odoo_model, id_) in keys)
        if id_ in built.payloads:
            shown.payload, shown.facts = built.payloads[id_], built.facts[id_]
            shown.posting = mapper._posting(connection, shown.payload, shown.action)
        return shown

    @api.model
    def _stopped(self, stage, id_, stop, keys):
        return Shown(stage.mapper, id_, "stopped", (stage.mapper._odoo_model, id_) in keys, stop=stop)

    def _take_for_linked(self, connection, mapper, built):
        """As if Xero had answered, so that what needs these records can be built."""
        done = [*built.payloads, *built.unchanged]
        domain = [("connection_id", "=", connection.id), ("model", "=", mapper._odoo_model), ("res_id", "in", done)]
        self.env["xero.outbox"].search(domain).unlink()
        created = [id_ for id_, action in built.actions.items() if action == "create"]
        names = self.env["xero.binding"]._names((mapper._odoo_model, id_) for id_ in created)
        rows = [
            {
                "model": mapper._odoo_model,
                "res_id": id_,
                "resource": mapper._xero_resource,
                "external_id": f"{NEW}: {names[mapper._odoo_model, id_]}, {id_})",
                "code": mapper._code(built.payloads[id_]) or str(id_),
                "state": "synced",
            }
            for id_ in created
        ]
        self.env["xero.binding"]._record_many(connection, rows)

    def _newest_mark(self):
        """The last row of the queue, once all that is marked stands there."""
        self.env.cr.flush()
        return self.env["xero.outbox"].search([], order="id desc", limit=1).id or 0

    def _marked_since(self, connection, newest):
        self._newest_mark()
        rows = self.env["xero.outbox"].search([("connection_id", "=", connection.id), ("id", ">", newest)])
        return list(dict.fromkeys((row.model, row.res_id) for row in rows))

    # === READ === #

    @api.model
    def _read(self, preview, client):
        """Ask Xero for what is there, and whether it has what would be created; GET and nothing else."""
        preview.reads = 0
        for mapper in dict.fromkeys(shown.mapper for shown in preview.shown if shown.payload):
            if not mapper._is_read_alone():
                continue
            mine = [shown for shown in preview.shown if shown.mapper == mapper and shown.payload]
            self._read_linked(preview, mapper, client, {one.external_id: one for one in mine if one.external_id})
            self._read_twins(preview, mapper, client, [one for one in mine if one.action == "create"])

    @api.model
    def _read_linked(self, preview, mapper, client, mine):
        """Several records a call where Xero takes their ids, else each by its own."""
        ids, size = list(mine), IDS_A_CALL if mapper._takes_ids() else 1
        for start in range(0, len(ids), size):
            preview.reads += 1
            for record in self.env["xero.importer"]._read_some(mapper, client, ids[start : start + size]):
                if (external_id := mapper._external_id(record)) in mine:
                    mine[external_id].held = record

    @api.model
    def _read_twins(self, preview, mapper, client, created):
        """What a refused creation would be linked with; asked for only where that takes no more calls than records."""
        lookups = mapper._lookups([one.payload for one in created], [one.facts for one in created]) if created else []
        lookups = [(path, params) for path, params in lookups if NEW not in f"{path} {params}"]
        if not lookups or len(lookups) > len(created):
            return
        preview.reads += len(lookups)
        candidates = mapper._candidates([client.get(path, params=params) for path, params in lookups])
        for one in created:
            number = mapper._natural_key(one.payload)
            same = [other for other in candidates if number and mapper._natural_key(other) == number]
            one.twin = next((other for other in same if mapper._may_link(one.payload, other, one.facts)), None)
            one.twin = one.twin or next(iter(same), None)
