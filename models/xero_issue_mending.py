from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import messages
from .xero_account_mapping import ACCOUNT_TYPES, _distance

# Problems that a row in a mapping mends: the mapping, and the picker of the issue that fills it.
PICKERS = {
    "account_unmapped": ("xero.account.mapping", "xero_account_id"),
    "tax_unmapped": ("xero.tax.mapping", "xero_tax_rate_id"),
    "journal_unmapped": ("xero.journal.mapping", "xero_bank_account_id"),
}
# The screens of the mappings, for problems that no single row mends.
SCREENS = {
    "map_account": "account_xero.xero_account_mapping_action",
    "map_tax": "account_xero.xero_tax_mapping_action",
    "map_journal": "account_xero.xero_journal_mapping_action",
    "map_tracking": "account_xero.xero_tracking_mapping_action",
    "map_field": "account_xero.xero_field_mapping_action",
}


class XeroIssue(models.Model):
    """Mending on the issue itself: the mapping is chosen where the problem is read, and what waited goes at once."""

    _inherit = "xero.issue"

    _choices = frozenset()  # other fields by which an administrator answers a question

    buttons = fields.Char(compute="_compute_buttons", help="Ways out that are offered, see messages.py.")
    where = fields.Char(compute="_compute_buttons", string="Where to Look")
    waiting_count = fields.Integer(compute="_compute_waiting_count", string="Records Waiting")
    suggestion = fields.Char(compute="_compute_suggestion", help="The account or tax rate in Xero that fits best.")
    xero_account_id = fields.Many2one(
        "xero.account",
        compute="_compute_pickers",
        inverse="_inverse_xero_account_id",
        domain="[('connection_id', '=', connection_id), ('type', '!=', 'BANK'), ('system_account', '=', False), "
        "('code', '!=', False)]",
    )
    xero_tax_rate_id = fields.Many2one(
        "xero.tax.rate",
        compute="_compute_pickers",
        inverse="_inverse_xero_tax_rate_id",
        domain="[('connection_id', '=', connection_id)]",
    )
    xero_bank_account_id = fields.Many2one(
        "xero.account",
        compute="_compute_pickers",
        inverse="_inverse_xero_bank_account_id",
        domain="[('connection_id', '=', connection_id), '|', ('type', '=', 'BANK'), ('payments_enabled', '=', True)]",
    )

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_buttons(self):
        for issue in self:
            issue.buttons = " ".join(messages.buttons(issue.code))
            issue.where = self.env._(messages.MESSAGES.get(issue.code, messages.MESSAGES["refused"]).where)

    @api.depends("outbox_ids")
    def _compute_waiting_count(self):
        groups = self.env["xero.outbox"].sudo()._read_group([("issue_id", "in", self.ids)], ["issue_id"], ["__count"])
        counts = {issue.id: count for issue, count in groups}
        for issue in self:
            issue.waiting_count = counts.get(issue.id, 0)

    # === THE PICKERS === #

    @api.depends("code", "model", "res_id", "state")
    def _compute_pickers(self):
        for issue in self:
            row = issue._mapping_row()
            target = row[row._target] if row else None
            for model, picker in PICKERS.values():
                issue[picker] = target if target and row._name == model and picker in row._picker_names() else False

    def _inverse_xero_account_id(self):
        self._map("xero_account_id")

    def _inverse_xero_tax_rate_id(self):
        self._map("xero_tax_rate_id")

    def _inverse_xero_bank_account_id(self):
        self._map("xero_bank_account_id")

    def _map(self, picker):
        for issue in self:
            target = issue[picker]
            if target and PICKERS.get(issue.code, ("", ""))[1] == picker:
                issue._map_to(target)

    def _map_to(self, target):
        """Write the mapping row that is missing, as the user; that wakes what waits (xero_mapping_wakes.py)."""
        row = self._mapping_row()
        if row:
            row.write({row._target: target.id})
            return
        mapping = self.env[PICKERS[self.code][0]]
        mapping.create(
            {
                "connection_id": self.connection_id.id,
                **mapping._values_of(self._mapping_key()),
                mapping._target: target.id,
            }
        )

    def _mapping_key(self):
        """What identifies the row of the mapping that is missing: a record's id, or a set of taxes."""
        if self.code != "tax_unmapped":
            return self.res_id
        own = [self.res_id] if self.model == "account.tax" else []
        return frozenset((self.values or {}).get("tax_ids", own))

    def _mapping_row(self):
        if self.code not in PICKERS:
            return None
        mapping = self.env[PICKERS[self.code][0]]
        rows = mapping.search([("connection_id", "=", self.connection_id.id), (mapping._source, "in", self._sources())])
        return rows.filtered(lambda row: row._key() == self._mapping_key())[:1]

    def _sources(self):
        key = self._mapping_key()
        return (list(key) or [False]) if isinstance(key, frozenset) else [key]

    # === THE SUGGESTION === #

    @api.depends("code", "model", "res_id", "state")
    def _compute_suggestion(self):
        self.suggestion = False
        proposals = {}
        for issue in self.filtered(lambda issue: issue.state == "open" and issue.code in PICKERS):
            target = issue._suggested(proposals)
            issue.suggestion = target.display_name if target else False

    def _suggested(self, proposals):
        """The counterpart that fits best; ``proposals`` keeps what was computed for other issues."""
        mapping = self.env[PICKERS[self.code][0]].sudo()
        connection = self.connection_id.sudo()
        cached = (mapping._name, connection.id)
        if cached not in proposals:
            proposals[cached] = mapping._proposals(connection)
        target = proposals[cached].get(self._mapping_key())
        return target or (self._nearest_account() if self.code == "account_unmapped" else None)

    def _nearest_account(self):
        """For an account of the balance sheet a proposal would be a guess that nobody notices; here somebody looks."""
        connection = self.connection_id.sudo()
        account = self.env["account.account"].sudo().with_company(connection.company_id).browse(self.res_id).exists()
        types, usual_code = ACCOUNT_TYPES.get(account.account_type, ((), None))
        candidates = (
            self.env["xero.account"]
            .sudo()
            .search(
                [
                    ("connection_id", "=", connection.id),
                    ("system_account", "=", False),
                    ("code", "!=", False),
                    ("type", "in", types),
                ]
            )
        )
        return min(candidates, key=lambda one: _distance(one, account, types, usual_code), default=None)

    def action_use_suggestion(self):
        """Map to what is suggested. What waits then goes by itself."""
        self.ensure_one()
        target = self._suggested({})
        if not target:
            raise UserError(self.env._("Nothing in Xero fits by itself. Choose it from the list."))
        self._map_to(target)
        return self.connection_id._notify(
            "success",
            self.env._("Mapped to %(name)s", name=target.display_name),
            self.env._("What waited for it is on its way to Xero."),
        )

    # === OTHER WAYS OUT === #

    def write(self, vals):
        """Administrators write the pickers and nothing else; the engine writes the rest."""
        allowed = {picker for _model, picker in PICKERS.values()} | self._choices
        if not self.env.su and vals.keys() - allowed:
            raise AccessError(self.env._("Errors are written by the synchronisation only."))
        return super().write(vals)

    def action_open_mapping(self):
        """Open the mapping screen on the row that is missing; made where the account, tax or journal is new."""
        self._check_may_act()
        self.ensure_one()
        key = next((key for key in messages.buttons(self.code) if key in SCREENS), "map_account")
        action = self.env["ir.actions.act_window"]._for_xml_id(SCREENS[key])
        ours = [("connection_id", "=", self.connection_id.id)]
        if self.code not in PICKERS:
            return {**action, "domain": ours}
        mappings = self.env[action["res_model"]]
        row = [*ours, (mappings._source, "in", self._sources())]
        if not mappings.search_count(row, limit=1):
            mappings._propose(self.connection_id)
        return {**action, "domain": row}

    def action_first_open_day(self):
        """Reset the document to draft, date it on the first day that neither Xero nor Odoo has locked, and post it."""
        self._check_may_act()
        self.ensure_one()
        move = self.env["account.move"].browse(self.res_id if self.model == "account.move" else 0).exists()
        if not move or self.code != "period_locked":
            raise UserError(self.env._("There is no document to move."))
        self.connection_id.sudo()._read_lock_dates()
        move._xero_move_to_first_open_day(self.connection_id.sudo()._first_open_day())
        self.sudo().exists()._wake()

    def action_read_reference(self):
        """Read accounts, tax rates and currencies again, then try again."""
        self._check_may_act()
        for connection in self.connection_id:
            connection.action_read_reference_data()
        self.sudo().filtered(lambda issue: issue.state == "open")._wake()

    def action_open_connection(self):
        self.ensure_one()
        return self.connection_id.action_open()

    def action_reauthorise(self):
        self.ensure_one()
        return self.connection_id.action_reauthorise()

    @api.model
    def action_retry_all(self):
        """Try everything again that is open in the current companies."""
        self.search([("state", "=", "open")]).action_retry()

    def action_ask_skip(self):
        """Ask why these changes are given up."""
        self._check_may_act()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Skip"),
            "res_model": "xero.issue.skip",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_issue_ids": self.ids},
        }


class XeroMapping(models.AbstractModel):
    _inherit = "xero.mapping"

    @api.model
    def _picker_names(self):
        """The pickers of an issue that fill rows of this mapping."""
        return {picker for model, picker in PICKERS.values() if model == self._name}
