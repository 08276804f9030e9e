from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# Key of what two records have in common -> words.
REASONS = {
    "number": _lt("contact number"),
    "email": _lt("e-mail"),
    "phone": _lt("telephone"),
    "tax": _lt("tax number"),
    "name": _lt("name"),
    "code": _lt("code"),
    "barcode": _lt("barcode"),
}


class XeroFirstLoadMatch(models.Model):
    """Records that may be one and the same: one of Xero and some of Odoo, or several of Odoo.

    What is certain is decided already, as the import itself would; what is not, is asked. Who answers nothing here is
    asked about each contact on its own when it is read: nothing is guessed.
    """

    _name = "xero.first.load.match"
    _description = "Xero First Load: Duplicate"
    _order = "load_id, is_sure, id"
    _rec_name = "xero_name"

    load_id = fields.Many2one("xero.first.load", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="load_id.company_id")
    resource = fields.Char(required=True, readonly=True)
    model = fields.Char(required=True, readonly=True)
    external_id = fields.Char(string="Xero ID", readonly=True, index=True)
    xero_name = fields.Char(string="In Xero", readonly=True)
    known = fields.Char(string="Known of It", readonly=True)
    candidate_ids = fields.Json(readonly=True)
    candidates = fields.Char(compute="_compute_candidates", string="In Odoo")
    by = fields.Json(readonly=True)
    reason = fields.Char(compute="_compute_reason", string="In Common")
    is_sure = fields.Boolean(string="Certain", readonly=True)
    res_id = fields.Many2oneReference(model_field="model", string="Chosen")
    decision = fields.Selection(
        [
            ("ask", "To Decide"),
            ("link", "Link"),
            ("merge", "Merge in Odoo"),
            ("new", "Keep Apart"),
            ("skip", "Skip"),
        ],
        default="ask",
        required=True,
    )
    merged = fields.Boolean(readonly=True)

    @api.depends("candidate_ids", "model")
    def _compute_candidates(self):
        names = self.env["xero.record.row"]._names((row.model, id_) for row in self for id_ in row.candidate_ids or ())
        for row in self:
            row.candidates = ", ".join(names[row.model, id_] for id_ in row.candidate_ids or ())

    @api.depends("by")
    @api.depends_context("lang")
    def _compute_reason(self):
        for row in self:
            row.reason = ", ".join(self.env._(REASONS[key]) for key in row.by or () if key in REASONS)

    # === FIND === #

    def _look_through(self, line, payloads):
        """Keep what of a page may be something that Odoo has."""
        mapper, load = line._mapper(), line.load_id
        found = mapper._load_matches(load.connection_id, payloads)
        known = set(load.match_ids.mapped("external_id"))
        self.create(
            [
                {
                    "load_id": load.id,
                    "resource": mapper._xero_resource,
                    "model": mapper._odoo_model,
                    "external_id": match["external_id"],
                    "xero_name": match["xero_name"],
                    "known": match["known"],
                    "candidate_ids": match["candidates"],
                    "by": match["by"],
                    "is_sure": match["sure"],
                    "res_id": match["candidates"][0] if match["sure"] else False,
                    "decision": "link" if match["sure"] else "ask",
                }
                for match in found
                if match["external_id"] not in known
            ]
        )

    def _find_own(self, load):
        """Odoo's own doubles among the contacts that go."""
        for line in load.line_ids.filtered(lambda one: one._goes()):
            mapper = line._mapper()
            self.create(
                [
                    {
                        "load_id": load.id,
                        "resource": mapper._xero_resource,
                        "model": mapper._odoo_model,
                        "candidate_ids": list(ids),
                        "by": by,
                        "is_sure": False,
                    }
                    for ids, by in mapper._load_own_matches(line)
                ]
            )

    # === DECIDE === #

    def _set(self, decision):
        self.check_access("write")
        if any(load.state != "matches" for load in self.load_id):
            raise UserError(self.env._("This is decided already: the load has gone on."))
        self.decision = decision

    def action_link(self):
        """They are the same; also for many at once. Where there are several candidates, the chosen one."""
        open_ = self.filtered(lambda row: row.external_id and not row.res_id and len(row.candidate_ids) > 1)
        if open_ and len(self) == 1:
            raise UserError(self.env._("Several records in Odoo may be it: choose one of them, or merge them."))
        for row in self - open_:
            row.res_id = row.res_id or row.candidate_ids[0]
        (self - open_).filtered("external_id")._set("link")

    def action_merge(self):
        """The candidates in Odoo are one: merge them, and link what is left with Xero's. Contacts only."""
        self.filtered(lambda row: row.model == "res.partner" and len(row.candidate_ids) > 1)._set("merge")

    def action_keep_apart(self):
        self._set("new")

    def action_skip(self):
        """Load neither of them."""
        self._set("skip")

    def action_open_candidates(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("In Odoo"),
            "res_model": self.model,
            "views": [[False, "list"], [False, "form"]],
            "domain": [("id", "in", self.candidate_ids)],
        }

    def _carry_out(self):
        """Merge what is to be merged; safe to repeat."""
        wizard = self.env["base.partner.merge.automatic.wizard"]
        for row in self.filtered(lambda one: one.decision == "merge" and not one.merged):
            partners = self.env["res.partner"].browse(row.candidate_ids).exists()
            target = partners.filtered(lambda partner, one=row: partner.id == one.res_id) or partners[:1]
            if len(partners) > 1:
                wizard._merge(partners.ids, dst_partner=target, extra_checks=False)
            row.write({"merged": True, "res_id": target.id, "candidate_ids": target.ids})

    # === ASKED BY THE MAPPERS === #

    @api.model
    def _of(self, connection, resource, decisions):
        return self.sudo().search(
            [
                ("load_id.connection_id", "=", connection.id),
                ("load_id.state", "!=", "given_up"),
                ("resource", "=", resource),
                ("decision", "in", decisions),
                ("external_id", "!=", False),
            ],
            order="id",
        )

    @api.model
    def _decided(self, connection, resource, external_ids):
        """``{external id: id of the record that it is, None for a new one}``."""
        rows = self._of(connection, resource, ("link", "merge", "new")).filtered(
            lambda row: row.external_id in set(external_ids)
        )
        return {row.external_id: None if row.decision == "new" else row.res_id for row in rows}

    @api.model
    def _skipped(self, connection, resource):
        """Ids in Xero that are left out."""
        return set(self._of(connection, resource, ("skip",)).mapped("external_id"))


class XeroFirstLoad(models.Model):
    _inherit = "xero.first.load"

    match_ids = fields.One2many("xero.first.load.match", "load_id", string="Duplicates")
    undecided_count = fields.Integer(compute="_compute_match_counts")
    match_count = fields.Integer(compute="_compute_match_counts")

    @api.depends("match_ids.decision")
    def _compute_match_counts(self):
        for load in self:
            load.match_count = len(load.match_ids)
            load.undecided_count = len(load.match_ids.filtered(lambda row: row.decision == "ask"))

    def action_link_certain(self):
        """Everything that is certain is linked, also what somebody decided otherwise before."""
        self.match_ids.filtered("is_sure").action_link()
        return True

    def action_merge_own(self):
        """All doubles within Odoo are merged."""
        self.match_ids.filtered(lambda row: row.decision == "ask" and not row.external_id).action_merge()
        return True
