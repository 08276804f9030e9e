from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .. import messages
from ..exceptions import Hold, Wait
from ..xero_api import codec

GONE = ("VOIDED", "DELETED", "ARCHIVED")


def words_of_stop(env, stop):
    """``(what keeps a record from leaving, what to do)`` in the user's language."""
    if isinstance(stop, Hold):
        return messages.render(env, stop.code, stop.values)
    if isinstance(stop, Wait):
        name = env["xero.binding"]._names([(stop.record._name, stop.record.id)])[stop.record._name, stop.record.id]
        return env._("It waits for %(record)s, which cannot go yet.", record=name), ""
    return str(stop), ""


class XeroPreview(models.TransientModel):
    """What would go to Xero of some records, beside what Xero holds. Computed when it is opened, and kept nowhere."""

    _name = "xero.preview"
    _description = "Preview of What Goes to Xero"

    model = fields.Char(required=True)
    res_ids = fields.Char(required=True, help="Ids of the records, with commas between them.")
    left = fields.Integer(help="How many more were chosen than a preview shows.")
    body = fields.Html(compute="_compute_body", sanitize=False)

    @api.depends("model", "res_ids")
    def _compute_body(self):
        for preview in self:
            preview.body = preview._rendered()

    def _records(self):
        records = self.env[self.model].browse(int(id_) for id_ in (self.res_ids or "").split(",") if id_).exists()
        records.check_access("read")
        groups = {mapper._private_group for mapper in self.env["xero.mapper"]._for_model(self.model)} - {None}
        if not all(self.env.user.has_group(group) for group in groups):
            raise AccessError(self.env._("What goes to Xero of this is about people, and for their managers alone."))
        return records

    def _rendered(self):
        """The preview of all records as HTML, a part for each connection."""
        by_connection = {}
        for connection_id, model, res_id in self._records()._xero_previewed():
            by_connection.setdefault(connection_id, []).append((model, res_id))
        parts = []
        for connection in self.env["xero.connection"].browse(by_connection):
            preview = self.env["xero.previewer"]._preview(connection, by_connection[connection.id])
            parts.append(self._part(connection, preview))
        values = {"parts": parts, "left": self.left}
        return Markup(self.env["ir.qweb"]._render("account_xero.xero_preview_body", values))

    # === ONE CONNECTION === #

    def _part(self, connection, preview):
        keys = [shown.key for shown in preview.shown] + preview.left_out
        names = self.env["xero.binding"]._names(keys)
        known = self._known(connection, preview)
        return {
            "connection": connection,
            "preview": preview,
            "cards": [
                self._card(connection, shown, names[shown.key], known)
                for shown in sorted(preview.shown, key=lambda one: not one.is_wanted)
            ],
            "left_out": [names[key] for key in preview.left_out],
        }

    @api.model
    def _known(self, connection, preview):
        """``{Xero's id: name}`` of the contacts, accounts and documents that the payloads refer to."""
        values = {value for shown in preview.shown for field in shown.fields for value in (field.now, field.then)}
        about = Domain("connection_id", "=", connection.id) & Domain("external_id", "in", list(values - {None}))
        bindings = self.env["xero.binding"].sudo().search(about)
        names = bindings._names((binding.model, binding.res_id) for binding in bindings)
        accounts = self.env["xero.account"].sudo().with_context(active_test=False).search(about)
        return {
            **{account.external_id: account.display_name for account in accounts},
            **{binding.external_id: names[binding.model, binding.res_id] for binding in bindings},
        }

    def _card(self, connection, shown, name, known):
        text, advice = words_of_stop(self.env, shown.stop) if shown.stop else ("", "")
        return {
            "name": name,
            "resource": shown.mapper._xero_resource,
            "action": shown.action,
            "is_wanted": shown.is_wanted,
            "text": text,
            "advice": advice,
            "warnings": self._warnings(connection, shown),
            "is_new": not shown.held and not shown.twin,
            "fields": [
                (field.name, known.get(field.now, field.now), known.get(field.then, field.then), field.is_changed)
                for field in shown.fields
            ],
            "amounts": self._amounts(shown),
            "journal": self._journal(connection, shown),
            "note": shown.posting.note if shown.posting else None,
            "json": codec.indented(codec.dumps(shown.payload)) if shown.payload else None,
        }

    @api.model
    def _amounts(self, shown):
        """``[(label, Odoo's, Xero's, equal)]`` of the total and the tax of a document."""
        posting, facts = shown.posting, shown.facts
        if not posting or posting.total is None or "total" not in facts:
            return []
        pairs = (
            (self.env._("Tax"), facts["tax"], posting.tax),
            (self.env._("Total"), facts["total"], posting.total),
        )
        return [(label, odoo, str(xero), odoo == str(xero)) for label, odoo, xero in pairs]

    @api.model
    def _journal(self, connection, shown):
        """``[(account, debit, credit)]`` in the base currency."""
        money = connection.company_id.currency_id.format
        return [
            (
                account.display_name if account else self.env._("Not known"),
                money(float(amount)) if amount > 0 else "",
                money(float(-amount)) if amount < 0 else "",
            )
            for account, amount in (shown.posting.rows if shown.posting else [])
        ]

    # === WARNINGS === #

    def _warnings(self, connection, shown):
        found = []
        if any(not equal for *_amounts, equal in self._amounts(shown)):
            found.append(self.env._("Xero would compute other amounts than Odoo; it would be held, not sent."))
        if shown.external_id and shown.payload and shown.mapper._is_read_alone() and not shown.held:
            found.append(self.env._("What Xero holds of it could not be read."))
        if shown.twin:
            found.append(
                self.env._(
                    "Xero has a record of this name or number already. Where it is surely the same, the two are "
                    "linked; else nothing is sent, and an error asks you."
                )
            )
        return found + self._touched(shown) + self._kept_back(connection, shown)

    @api.model
    def _touched(self, shown):
        """What has happened in Xero since both sides agreed."""
        if not shown.held:
            return []
        found, status = [], shown.held.get("Status") or shown.held.get("ContactStatus")
        if status in GONE:
            found.append(self.env._("In Xero its status is %(status)s.", status=status))
        changed_at = shown.mapper._remote_updated_at(shown.held)
        if shown.known_at and changed_at and changed_at > shown.known_at:
            found.append(
                self.env._("Xero's record has changed since both sides agreed; payments and e-mails count too.")
            )
        return found

    @api.model
    def _kept_back(self, connection, shown):
        if shown.key[0] == "res.partner" and connection._is_minimal():
            return [self.env._("Xero Minimal Data Mode is on: name, e-mail address and number go, and nothing else.")]
        return []
