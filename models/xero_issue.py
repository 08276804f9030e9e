from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import messages


class XeroIssue(models.Model):
    """One open problem, with a count: what happened, what to do, and a button where one can mend it.

    The problem belongs to its cause. A missing account mapping is one issue however many invoices
    wait for it, and mending it wakes them all.
    """

    _name = "xero.issue"
    _inherit = ["xero.record.row"]
    _description = "Xero Issue"
    _order = "state, last_date desc, id desc"
    _rec_name = "text"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade", index=True)
    code = fields.Char(required=True)
    values = fields.Json()
    direction = fields.Selection([("out", "Export"), ("in", "Import")], default="out", required=True)
    resource = fields.Char()
    external_id = fields.Char(string="Xero ID")
    text = fields.Text(compute="_compute_text", string="What happened")
    advice = fields.Text(compute="_compute_text", string="What to do")
    raw = fields.Text(string="Xero's words", help="What Xero answered, word for word.")
    state = fields.Selection(
        [("open", "Open"), ("retry", "To be retried"), ("resolved", "Resolved"), ("skipped", "Skipped")],
        default="open",
        required=True,
        index=True,
    )
    count = fields.Integer(default=1, help="How often it happened.")
    first_date = fields.Datetime(default=fields.Datetime.now)
    last_date = fields.Datetime(default=fields.Datetime.now)
    request_id = fields.Many2one("xero.request", ondelete="set null", index="btree_not_null")
    outbox_ids = fields.One2many("xero.outbox", "issue_id", string="Waiting for it")

    _open_unique = models.UniqueIndex(
        "(connection_id, code, model, res_id, COALESCE(external_id, '')) WHERE state = 'open'"
    )
    _record = models.Index("(model, res_id) WHERE state = 'open'")

    @api.depends("external_id")
    def _compute_record_name(self):
        super()._compute_record_name()
        for issue in self.filtered(lambda issue: not issue.record_name):
            issue.record_name = issue.external_id

    @api.depends("code", "values")
    @api.depends_context("lang")
    def _compute_text(self):
        for issue in self:
            issue.text, issue.advice = messages.render(self.env, issue.code, issue.values)

    # === RAISING === #

    @api.model
    def _raise_many(self, connection, problems):
        """Open an issue per problem, or count one more on the issue that is open for the same cause.

        :param problems: dicts with code, model, res_id and optionally values, raw, request_id,
            direction, resource, external_id
        :return: list of issues, in the order of ``problems``
        """
        if not problems:
            return []
        wanted = [self._key(problem) for problem in problems]
        known = {
            (issue.code, issue.model, issue.res_id or 0, issue.external_id or ""): issue
            for issue in self.search(
                [
                    ("connection_id", "=", connection.id),
                    ("state", "=", "open"),
                    ("model", "in", list({problem["model"] for problem in problems})),
                    ("res_id", "in", list({problem.get("res_id") or 0 for problem in problems})),
                ]
            )
        }
        fresh = {}
        for key, problem in zip(wanted, problems, strict=True):
            if key in known:
                known[key].write(self._again(known[key], problem))
            else:
                fresh.setdefault(key, {**problem, "connection_id": connection.id})
        created = self.create(list(fresh.values()))
        known.update(zip(fresh, created, strict=True))
        return [known[key] for key in wanted]

    @staticmethod
    def _key(problem):
        return (problem["code"], problem["model"], problem.get("res_id") or 0, problem.get("external_id") or "")

    @staticmethod
    def _again(issue, problem):
        changes = {key: problem[key] for key in ("values", "raw", "request_id") if problem.get(key)}
        return {**changes, "count": issue.count + 1, "last_date": fields.Datetime.now()}

    # === ANSWERED BY A PERSON === #

    def _decide(self, code, choice):
        """Keep which record an element of Xero is, and have it read again, as it is by then.

        :param choice: id of the record; "new" where it is none that Odoo has
        :raises UserError: it was answered before
        """
        self._check_may_act()
        if self.code != code or self.state != "open":
            raise UserError(self.env._("There is nothing to choose here any more."))
        issue = self.sudo()
        issue.values = {**(issue.values or {}), "choice": choice}
        issue._wake()

    @api.model
    def _decided(self, connection, code, external_ids):
        """``{external id: choice}`` of what was decided; the last answer counts."""
        domain = [("connection_id", "=", connection.id), ("code", "=", code), ("state", "in", ("retry", "resolved"))]
        issues = self.search([*domain, ("external_id", "in", external_ids)], order="id")
        choices = ((issue.external_id, (issue.values or {}).get("choice")) for issue in issues)
        return {external_id: choice for external_id, choice in choices if choice}

    # === MENDING === #

    @api.model
    def _mended(self, model, res_ids, codes=None, connections=None):
        """The cause was mended: close its issues and wake every record that waits for them."""
        domain = [("state", "=", "open"), ("model", "=", model), ("res_id", "in", list(res_ids))]
        if codes:
            domain.append(("code", "in", list(codes)))
        if connections:
            domain.append(("connection_id", "in", connections.ids))
        self.sudo().search(domain)._wake()

    @api.model
    def _mended_code(self, codes, connections, model=None):
        """Close all issues of some kinds, whatever record they belong to, or those of one model."""
        if connections:
            domain = [("state", "=", "open"), ("code", "in", codes), ("connection_id", "in", connections.ids)]
            self.sudo().search(domain + ([("model", "=", model)] if model else []))._wake()

    def _wake(self):
        if not self:
            return
        self.outbox_ids.issue_id = False
        imports = self.filtered(lambda issue: issue.direction == "in")
        imports.state = "retry"
        (self - imports).state = "resolved"
        for connection in self.connection_id:
            connection._wake_export()
        for connection in imports.connection_id:
            connection._wake_import()

    def _check_may_act(self):
        if not self.env.user.has_group("account_xero.group_xero_user"):
            raise AccessError(self.env._("Only Xero users may retry or skip what failed."))
        self.check_access("read")

    def action_retry(self):
        """Try again what waits for these issues; they come back if nothing was mended."""
        self._check_may_act()
        issues = self.sudo().filtered(lambda issue: issue.state == "open")
        issues.filtered(lambda issue: issue.code == "period_locked").connection_id._read_lock_dates()
        issues._wake()

    def action_skip(self, reason=None):
        """Give these changes up: they leave the queue, and the history says who did it and why."""
        self._check_may_act()
        for issue in self.sudo().filtered(lambda issue: issue.state == "open"):
            note = self.env._("Skipped by %(user)s: %(reason)s", user=self.env.user.name, reason=reason or issue.text)
            self.env["xero.history"].sudo()._record_many(
                issue.connection_id, [issue._skipped(model, res_id, note) for model, res_id in issue._skipped_keys()]
            )
            issue.outbox_ids.unlink()
            issue.state = "skipped"

    def _skipped_keys(self):
        """What is given up: the changes that wait, and the record itself where nothing waits."""
        waiting = {(row.model, row.res_id) for row in self.outbox_ids}
        return waiting or ({(self.model, self.res_id)} if self.res_id else set())

    def _skipped(self, model, res_id, note):
        return {"model": model, "res_id": res_id, "direction": self.direction, "action": "skipped", "note": note}

    def action_link(self):
        """Link the Odoo record with the record that already exists in Xero."""
        self._check_may_act()
        self.ensure_one()
        return self.env["xero.reconciler"].sudo()._link_existing(self.sudo())
