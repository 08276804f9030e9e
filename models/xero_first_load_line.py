from math import ceil
from statistics import median

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..engine.first_load import SAMPLE
from ..mappers.contact_in import BEGINNING
from ..mappers.first_load import LINE
from ..xero_api import codec

# Kinds that are read before anything is booked, because they are looked through for duplicates.
GATHERED = ("contacts", "items")
# Milliseconds that booking one record takes here, before this load has measured it.
USUAL_MS = {"contacts": 4.0, "items": 25.0}
USUAL_MS_DOCUMENT = 80.0
USUAL_WEIGHT = 1  # records


class XeroFirstLoadLine(models.Model):
    """One kind of record in a first load: where it goes, how much of it there is, and how far it has come."""

    _name = "xero.first.load.line"
    _description = "Xero First Load: What"
    _order = "load_id, sequence, id"
    _rec_name = "kind"

    load_id = fields.Many2one("xero.first.load", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="load_id.company_id")
    sequence = fields.Integer()
    kind = fields.Char(required=True, readonly=True)
    name = fields.Char(compute="_compute_name", string="What")
    is_dated = fields.Boolean(compute="_compute_name")
    direction = fields.Selection(
        [("none", "Leave"), ("in", "From Xero"), ("out", "To Xero"), ("both", "Both Ways")],
        default="none",
        required=True,
    )
    start_date = fields.Date(
        string="Dated From", compute="_compute_start_date", store=True, readonly=False, help="Empty: however old."
    )
    odoo_count = fields.Integer(string="In Odoo", readonly=True)
    xero_count = fields.Integer(string="In Xero", readonly=True)
    linked_count = fields.Integer(string="Linked", readonly=True)
    read_state = fields.Selection(
        [("none", "Nothing to Read"), ("reading", "Reading"), ("gathered", "Read"), ("done", "Booked")],
        default="none",
        readonly=True,
        required=True,
    )
    read_count = fields.Integer(readonly=True, help="Records of Xero that were read and gone through.")
    out_count = fields.Integer(string="To Go", readonly=True)
    booked_ms = fields.Float(readonly=True, help="How long booking took so far.")
    booked_count = fields.Integer(readonly=True)
    sampled = fields.Boolean(readonly=True)
    paid_from = fields.Date(readonly=True, help="The day of the oldest document that came and was paid in part.")
    cursor_ids = fields.One2many("xero.cursor", "load_line_id")
    page_ids = fields.One2many("xero.first.load.page", "line_id")
    waiting_count = fields.Integer(compute="_compute_progress", string="Still to Go")
    held_count = fields.Integer(compute="_compute_progress", string="Held")
    progress = fields.Float(compute="_compute_progress")

    _once = models.UniqueIndex("(load_id, kind)")

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_name(self):
        kinds = self.env["xero.first.load"]._kinds()
        for line in self:
            kind = kinds.get(line.kind)
            line.name = self.env._(kind.name) if kind else line.kind
            line.is_dated = bool(kind and kind.dated)

    @api.depends("load_id.start_date")
    def _compute_start_date(self):
        kinds = self.env["xero.first.load"]._kinds()
        for line in self:
            kind = kinds.get(line.kind)
            line.start_date = line.load_id.start_date if kind and kind.dated else False

    def _kind(self):
        return self.env["xero.first.load"]._kinds()[self.kind]

    @api.constrains("direction")
    def _check_direction(self):
        for line in self:
            if line._goes() and line._kind().only_in:
                raise ValidationError(self.env._("%(what)s come from Xero and never go there.", what=line.name))

    def _mapper(self):
        """The mapper that reads and sends this line's records, reading for it."""
        self.ensure_one()
        return self.env[self._kind().mapper].with_context(**{LINE: self.id})

    def _comes(self):
        return self.direction in ("in", "both")

    def _goes(self):
        return self.direction in ("out", "both")

    # === COUNTS === #

    def _note_counts(self, in_xero, propose=False):
        """Keep how many either side has; at first, propose where they go.

        Open documents that both sides have may be the same ones typed in twice: a person says whose count.
        """
        mapper = self._mapper()
        self.xero_count = in_xero
        self.odoo_count = self._number_of(mapper._load_query(self, all_=True))
        self.linked_count = self.odoo_count - self._number_of(mapper._load_query(self))
        if propose:
            self.direction = self._proposed()

    def _proposed(self):
        if self._kind().only_in:
            return "in" if self.xero_count else "none"
        if not self.is_dated:
            return "both"
        one_side = {(True, False): "out", (False, True): "in"}
        return one_side.get((bool(self.odoo_count - self.linked_count), bool(self.xero_count)), "none")

    def _count_to_go(self):
        return self._number_of(self._mapper()._load_query(self)) if self._goes() else 0

    def _number_of(self, query):
        self.env.flush_all()
        [[number]] = self.env.execute_query(SQL("SELECT count(*) FROM (%s) AS found", query))
        return number

    # === READING === #

    def _begin_reading(self):
        self._forget_reading()
        for line in self.filtered(lambda one: one._comes()):
            line.read_state = "reading"
            self.env["xero.cursor"].sudo().create(
                {
                    "connection_id": line.load_id.connection_id.id,
                    "resource": line._mapper()._xero_resource,
                    "load_line_id": line.id,
                    "modified_since": BEGINNING,
                }
            )

    def _forget_reading(self):
        self.sudo().cursor_ids.unlink()
        self.sudo().page_ids.unlink()
        empty = {"read_count": 0, "booked_count": 0, "booked_ms": 0, "sampled": False, "paid_from": False}
        self.write({"read_state": "none", **empty})

    def _interrupt(self):
        """A page that is being read now is given up, and read again when the load goes on."""
        for cursor in self.sudo().cursor_ids:
            cursor.generation += 1

    @api.model
    def _due(self, connection):
        """The lines of a connection that the importer has something to do for."""
        loads = self.env["xero.first.load"]._of(connection)
        return self.browse(line.id for load in loads for line in load.line_ids._to_read())

    def _to_read(self):
        """Lines with something to read or to book in their load's present state."""
        return self.filtered(lambda line: line._is_to_read())

    def _is_to_read(self):
        if not self._comes():
            return False
        state = self.load_id.state
        if state == "reading":
            return self._is_gathered_kind() and self.read_state == "reading"
        if state == "sample":
            return not self.sampled
        return state == "running" and self.read_state != "done"

    def _is_gathered_kind(self):
        return self.kind in GATHERED

    def _gathers(self):
        """Whether what is read now is only kept and looked through."""
        return self.load_id.state == "reading"

    def _keep_page(self, payloads):
        self.env["xero.first.load.page"].sudo()._keep(self, payloads)
        self.load_id.sudo().match_ids._look_through(self, payloads)

    def _note_all_read(self):
        self.read_state = "gathered" if self.load_id.state == "reading" else "done"

    def _goes_on(self):
        """Whether the load still wants what it wanted before the last commit."""
        self.env.invalidate_all()
        return not self.load_id.paused and self._is_to_read()

    def _sample_size(self):
        """This line's share of the few that come first."""
        ways = sum(line._comes() + line._goes() for line in self.load_id.line_ids)
        return max(1, SAMPLE // ways)

    def _note_sample(self, mapper, payloads, seconds):
        """The first few came, each in so many seconds. The first of all takes longer than any other.

        What is booked by the page tells nothing by itself: a thousand take as long as a few dozen on their own.
        """
        connection = self.load_id.connection_id
        ids = [mapper._external_id(payload) for payload in payloads]
        links = mapper._links(connection, set(ids))
        self.load_id.sudo().sample_ids._add(self, "in", [(id_, links.get(id_)) for id_ in ids])
        self.sampled = True
        if payloads and not mapper._books_many:
            self.booked_count += len(payloads)
            self.booked_ms += 1000 * len(payloads) * median(seconds)

    def _note_read(self, payloads, seconds):
        """Records were booked, in so many seconds."""
        self.write(
            {
                "read_count": self.read_count + len(payloads),
                "booked_count": self.booked_count + len(payloads),
                "booked_ms": self.booked_ms + 1000 * seconds,
            }
        )
        if first := self._mapper()._load_paid_from(payloads):
            self.paid_from = min(filter(None, (self.paid_from, first)))

    # === PROGRESS === #

    @api.depends("read_count", "xero_count", "out_count", "read_state", "direction", "load_id.marked_at")
    def _compute_progress(self):
        waiting, held = self._counts_of_queue()
        for line in self:
            model = line._mapper()._odoo_model if line._goes() else None
            line.waiting_count = waiting.get((line.load_id.id, line.kind), 0) if model else 0
            line.held_count = held.get((line.load_id.id, line.kind), 0) if model else 0
            total, done = 0, 0
            if line._comes():
                total += line.xero_count
                done += line.xero_count if line.read_state == "done" else min(line.read_count, line.xero_count)
            if line._goes():
                total += line.out_count
                if line.load_id.marked_at:
                    done += max(0, line.out_count - line.waiting_count)
            line.progress = 100.0 * done / total if total else 100.0 * (line.load_id.state == "done")

    def _counts_of_queue(self):
        """``({(load id, kind): rows that wait}, the same of those that wait for an issue)``."""
        waiting, held = {}, {}
        for line in self.filtered(lambda one: one._goes()):
            source = line._mapper()._load_query(line, all_=True)
            rows = self.env.execute_query(
                SQL(
                    """SELECT row.issue_id IS NOT NULL, count(DISTINCT row.res_id) FROM xero_outbox row
                         JOIN (%s) AS own(connection_id, model, res_id)
                           ON own.model = row.model AND own.res_id = row.res_id
                        WHERE row.load_id = %s GROUP BY 1""",
                    source,
                    line.load_id.id,
                )
            )
            for is_held, number in rows:
                (held if is_held else waiting)[line.load_id.id, line.kind] = number
        return waiting, held

    def _total(self):
        """Records that this line moves, in both directions together."""
        return (self.xero_count if self._comes() else 0) + (self.out_count if self._goes() else 0)

    # === COST === #

    def _calls_in(self):
        """Calls that reading what is left takes: 1,000 a call where Xero pages, else one."""
        if not self._comes() or self.read_state == "done" or self.read_state == "gathered":
            return 0
        left = max(0, self.xero_count - self.read_count)
        return ceil(left / 1000) if self._mapper()._is_paged else 1

    def _calls_out(self):
        """Calls that sending what is left takes: full batches."""
        if not self._goes():
            return 0
        left = self.waiting_count if self.load_id.marked_at else self.out_count
        return ceil(left / self._mapper()._batch_size)

    def _seconds_to_book(self):
        """How long booking what is left takes, by what was measured so far."""
        if not self._comes() or self.read_state == "done":
            return 0.0
        usual = USUAL_MS.get(self.kind, USUAL_MS_DOCUMENT)
        each = (usual * USUAL_WEIGHT + self.booked_ms) / (USUAL_WEIGHT + self.booked_count)
        return max(0, self.xero_count - self.read_count) * each / 1000


class XeroFirstLoadPage(models.Model):
    """A page of what Xero has, read once: looked through for duplicates, then booked, and gone with that."""

    _name = "xero.first.load.page"
    _description = "Xero First Load: Page"
    _order = "id"

    line_id = fields.Many2one("xero.first.load.line", required=True, ondelete="cascade", index=True)
    content = fields.Text(required=True)

    @api.model
    def _keep(self, line, payloads):
        self.create({"line_id": line.id, "content": codec.dumps(payloads)})

    def _payloads(self):
        """What the page holds. Read by itself: twenty pages at once are more than a worker should hold."""
        [[content]] = self.env.execute_query(SQL("SELECT content FROM xero_first_load_page WHERE id = %s", self.id))
        return codec.loads(content)
