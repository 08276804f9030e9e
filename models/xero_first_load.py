from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..mappers.first_load import KINDS
from ..xero_api.outcomes import RetryLater, XeroError
from .xero_connection_schedule import READS_ITSELF

STATES = [
    ("draft", "What to Load"),
    ("reading", "Reading"),
    ("matches", "Duplicates"),
    ("price", "Price"),
    ("sample", "Ten First"),
    ("approval", "Approve"),
    ("running", "Loading"),
    ("comparing", "Comparing"),
    ("done", "Done"),
    ("given_up", "Given Up"),
]
# In these the workers have something to do.
BUSY = ("reading", "sample", "running", "comparing")
# What was marked or is still to be marked for this load goes, however old it is.
OPEN = ("sample", "approval", "running", "comparing", "done")


class XeroFirstLoad(models.Model):
    """The first load of a connection: what both sides have, once, with a look before every step that cannot be undone.

    Nothing here sends or books: records are marked for the queue as if they had been changed, and what Xero has is read
    and booked by the importer. So a load stops and goes on as they do, and nothing is lost or repeated.
    """

    _name = "xero.first.load"
    _description = "Xero First Load"
    _order = "id desc"
    _rec_name = "connection_id"

    connection_id = fields.Many2one(
        "xero.connection",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('state', '=', 'connected')]",
        default=lambda self: self.env.company._xero_connection(),
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(STATES, default="draft", required=True, readonly=True, copy=False)
    paused = fields.Boolean(readonly=True, copy=False)
    line_ids = fields.One2many("xero.first.load.line", "load_id", string="What")
    start_date = fields.Date(
        string="Open Documents Dated From",
        help="Empty: all open invoices, bills and credit notes, however old. Each line may say otherwise.",
    )
    contacts_are = fields.Selection(
        [("used", "Customers and Suppliers"), ("all", "All")],
        string="Contacts to Xero",
        default="used",
        required=True,
        help="Customers and suppliers are those that documents were made for.",
    )
    contact_group_ids = fields.Many2many(
        "xero.contact.group",
        string="Contact Groups",
        domain="[('connection_id', '=', connection_id)]",
        help="Only the contacts of these groups come from Xero. Empty: all.",
    )
    stock_levels = fields.Boolean("Take Stock Levels", default=True, help="Of items whose stock Xero counts, once.")
    counted_at = fields.Datetime(readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)
    marked_at = fields.Datetime(readonly=True, copy=False)
    finished_at = fields.Datetime(readonly=True, copy=False)
    trouble = fields.Text(readonly=True, copy=False)

    _one_at_a_time = models.UniqueIndex(
        "(connection_id) WHERE state NOT IN ('done', 'given_up')", "This connection has a first load under way already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        loads = super().create(vals_list)
        for load in loads.filtered(lambda one: not one.line_ids):
            load.line_ids = [(0, 0, {"kind": kind, "sequence": number}) for number, kind in enumerate(load._kinds())]
        return loads

    @api.model
    def _kinds(self):
        """What a load may take; a hook for other apps."""
        return KINDS

    def _check(self, *states):
        self.ensure_one()
        self.check_access("write")
        if self.state not in states:
            raise UserError(self.env._("The load has gone on meanwhile. Reload the page."))
        if self.connection_id.state != "connected":
            raise UserError(self.env._("The connection is not connected: authorise it first."))

    # === COUNT === #

    def action_count(self):
        """Count both sides; a call for each kind."""
        self._check("draft")
        connection = self.connection_id

        def count(client):
            return [line._mapper()._load_count(client) for line in self.line_ids]

        try:
            counts = connection._with_client(count)
        except XeroError as error:
            raise UserError(connection._words_for(error)) from error
        is_first = not self.counted_at
        for line, (number, _moment) in zip(self.line_ids, counts, strict=True):
            line._note_counts(number, propose=is_first)
        moments = [moment for _number, moment in counts if moment]
        self.counted_at = min(moments).replace(tzinfo=None, microsecond=0) if moments else fields.Datetime.now()
        return True

    # === STEPS === #

    def action_next(self):
        """Directions are chosen: read what comes and look for duplicates."""
        self._check("draft")
        if not self.counted_at:
            self.action_count()
        chosen = self.line_ids.filtered(lambda line: line.direction != "none")
        if not chosen:
            raise UserError(self.env._("Choose for at least one line where it goes."))
        self.match_ids.unlink()
        self.line_ids._begin_reading()
        self.state = "reading"
        self._advance()
        return True

    def action_price(self):
        self._check("matches")
        self.match_ids._carry_out()
        for line in self.line_ids:
            line.out_count = line._count_to_go()
        self.state = "price"
        return True

    def action_sample(self):
        """Load ten, and wait for an approval."""
        self._check("price")
        self._make_ready()
        self._pick_sample()
        self.state = "sample"
        self._wake()
        return True

    def action_approve(self):
        self._check("approval")
        self.write({"state": "running", "approved_at": fields.Datetime.now()})
        self.promised_at = self.ends_at
        self._advance()
        return True

    def action_pause(self):
        """Stop after the call that is under way; what is on its way is settled, nothing else leaves or is read."""
        self._check(*BUSY)
        self.paused = True
        self.line_ids._interrupt()
        return True

    def action_resume(self):
        self._check(*BUSY)
        self.paused = False
        self._wake()
        self._advance()
        return True

    def action_back(self):
        """Choose again; what was read is read anew."""
        self._check("reading", "matches", "price")
        self.line_ids._forget_reading()
        self.state = "draft"
        return True

    def action_give_up(self):
        """End the load. What went or came stays; what has not gone leaves the queue."""
        self.ensure_one()
        self.check_access("write")
        self._rows([("request_id", "=", False)]).unlink()
        self.line_ids._forget_reading()
        self.write({"state": "given_up", "paused": False, "finished_at": fields.Datetime.now()})
        return True

    def _make_ready(self):
        """Settings that the load implies; what is read from now on follows them, what there is the load reads."""
        connection = self.connection_id.sudo().with_context(**{READS_ITSELF: True})
        for line in self.line_ids.filtered(lambda one: one._comes()):
            if values := line._mapper()._load_ready(line):
                connection.write(values)
                line._mapper()._begin_ordinary(connection, self.counted_at)

    # === GOING ON === #

    @api.model
    def _of(self, connection):
        """The loads of a connection that have something to do."""
        return self.sudo().search(
            [("connection_id", "=", connection.id), ("state", "in", BUSY), ("paused", "=", False)], order="id"
        )

    @api.model
    def _any_paused(self, connection):
        return self.sudo().search([("connection_id", "=", connection.id), ("paused", "=", True)])

    def _advance(self):
        """Take the next step where the one before is through; called after every run of a worker."""
        for load in self.sudo():
            if not load.paused:
                getattr(load, f"_after_{load.state}", lambda: None)()

    def _after_reading(self):
        if self.line_ids._to_read():
            return self._wake()
        self.match_ids._find_own(self)
        self.state = "matches"
        return None

    def _after_sample(self):
        if self.line_ids._to_read() or self._is_waiting():
            return self._wake()
        self.sample_ids._note_outcomes()
        self.state = "approval"
        return None

    def _after_running(self):
        if self.line_ids._to_read():
            return self._wake()
        if not self.marked_at:
            self._mark([line for line in self.line_ids if line._goes()])
            self.marked_at = fields.Datetime.now()
            self._ask_for_payments()
        if self._is_waiting():
            return self.connection_id._wake_export()
        self.write({"state": "comparing", "finished_at": fields.Datetime.now()})
        return self._after_comparing()

    def _after_comparing(self):
        """The end: both sides are counted and compared; where Xero asks to wait, the next run does it."""
        try:
            self._compare()
        except RetryLater as later:
            after = timedelta(seconds=later.after or 60)
            self.connection_id._wake_export(fields.Datetime.now() + after)
        except XeroError as error:
            self.write({"state": "done", "trouble": self.connection_id._words_for(error)})
        else:
            self.write({"state": "done", "trouble": False})

    def action_compare(self):
        """Compare both sides once more."""
        self._check("done")
        try:
            self._compare()
        except XeroError as error:
            raise UserError(self.connection_id._words_for(error)) from error
        self.trouble = False
        return True

    def _compare(self):
        lines = self.line_ids
        counts = self.connection_id._with_client(
            lambda client: [line._mapper()._load_count(client)[0] for line in lines]
        )
        self.env["xero.figure"].sudo()._refresh(self.connection_id)
        for line, number in zip(lines, counts, strict=True):
            line._note_counts(number)

    def _wake(self):
        for load in self:
            load.connection_id._wake_import()
            load.connection_id._wake_export()

    # === THE QUEUE === #

    def _rows(self, domain=()):
        return self.env["xero.outbox"].sudo().search([("load_id", "in", self.ids), *domain])

    def _is_waiting(self):
        """Whether something of it is still to go, or on its way; what is held waits for a person."""
        domain = [("load_id", "in", self.ids), ("issue_id", "=", False)]
        return bool(self.env["xero.outbox"].sudo().search_count(domain, limit=1))

    def _mark(self, lines, queries=None):
        """Put what goes to Xero on the queue, in one statement; asked for, so that no schedule keeps it."""
        outbox = self.env["xero.outbox"].sudo()
        mappers = [(line, line._mapper()) for line in lines]
        queries = queries or [
            query
            for line, mapper in mappers
            for query in (mapper._load_query(line), mapper._load_companions(line))
            if query
        ]
        if queries:
            self.env.flush_all()
            outbox._insert_marks(queries)
            outbox._take_over(self, queries)

    def _ask_for_payments(self):
        """Documents that came were paid in part before: their payments are read from their day on."""
        came = self.line_ids.filtered(lambda line: line._comes() and line.paid_from)
        if came:
            since = min(came.mapped("paid_from"))
            self.env["xero.cursor"].sudo()._read_again(self.connection_id, "Payments", since)

    # === VIEW === #

    issue_shown = fields.Char(related="connection_id.issue_shown")
    figure_ids = fields.One2many(related="connection_id.figure_ids")

    def action_read_groups(self):
        """Read the contact groups to choose from; one call."""
        self._check("draft")
        return self.connection_id.action_read_contact_groups()

    def action_open_issues(self):
        self.ensure_one()
        return self.connection_id.action_open_issues()

    def action_open_figures(self):
        return self.env["ir.actions.act_window"]._for_xml_id("account_xero.xero_figure_action")

    def action_open_matches(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_xero.xero_first_load_match_action")
        return {**action, "domain": [("load_id", "=", self.id)]}


class XeroConnection(models.Model):
    _inherit = "xero.connection"

    def action_first_load(self):
        """Open the connection's first load: the one under way, else the last one, else a new one."""
        self.ensure_one()
        loads = self.env["xero.first.load"]
        load = loads.search([("connection_id", "=", self.id)], limit=1) or loads.create({"connection_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": loads._name,
            "res_id": load.id,
            "views": [[False, "form"]],
        }

    def _run_import(self):
        result = super()._run_import()
        self._advance_loads()
        return result

    def _run_export(self):
        result = super()._run_export()
        self._advance_loads()
        return result

    def _advance_loads(self):
        self.env.invalidate_all()
        for connection in self.exists():
            self.env["xero.first.load"]._of(connection)._advance()


class XeroOutbox(models.Model):
    _inherit = "xero.outbox"

    load_id = fields.Many2one("xero.first.load", ondelete="set null", index="btree_not_null", string="First Load")

    @api.model
    def _take_over(self, load, queries):
        """The waiting rows of what ``queries`` select (connection_id, model, res_id) belong to a load."""
        source = SQL(" UNION ALL ").join(queries)
        self.env.cr.execute(
            SQL(
                """UPDATE xero_outbox row SET load_id = %s, asked = TRUE
                     FROM (%s) AS source(connection_id, model, res_id)
                    WHERE row.connection_id = source.connection_id AND row.model = source.model
                      AND row.res_id = source.res_id AND row.request_id IS NULL""",
                load.id,
                source,
            )
        )
        self.invalidate_model(["load_id", "asked"])

    @api.model
    def _passed_over(self, connection):
        """SQL: what of the queue stays where it is, because its load is paused."""
        return SQL("load_id = ANY(%s)", self.env["xero.first.load"]._any_paused(connection).ids)
