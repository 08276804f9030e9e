from copy import deepcopy

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Slots of a form, filled with what the mixin's own form shows under the same name.
SLOTS = ("xero_alert", "xero_panel", "xero_button")


class XeroPanelMixin(models.AbstractModel):
    """Form on which a record shows its Xero state.

    The alert, the panel and the smart button are written once, in the form view of ``xero.sync.mixin``. The form of
    a model says where they go: ``<div name="xero_alert"/>``, ``<div name="xero_panel"/>`` and, in the button box,
    ``<div name="xero_button"/>``; what the slot says of ``invisible`` goes before.
    """

    _name = "xero.panel.mixin"
    _description = "Record whose form shows its Xero state"

    _xero_panel_view = "account_xero.xero_sync_mixin_view_form"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            self._xero_fill_slots(arch)
        return arch, view

    @api.model
    def _xero_fill_slots(self, arch):
        slots = [slot for name in SLOTS for slot in arch.iterfind(f".//div[@name='{name}']")]
        if not slots:
            return
        panel = self.env.ref(self._xero_panel_view).sudo()._get_combined_arch()
        for slot in slots:
            name = slot.get("name")
            part = deepcopy(panel.xpath(".//div[@name=$name] | .//button[@data-slot=$name]", name=name)[0])
            part.tail = slot.tail
            if slot.get("invisible"):
                part.set("invisible", slot.get("invisible"))
            slot.getparent().replace(slot, part)


class XeroSyncMixin(models.AbstractModel):
    """What the alert on a record leads to."""

    _name = "xero.sync.mixin"
    _inherit = ["xero.sync.mixin", "xero.panel.mixin"]

    xero_problem = fields.Text(search="_search_xero_problem")
    xero_waiting = fields.Boolean(search="_search_xero_waiting")

    def _search_xero_problem(self, operator, value):
        """Records with an open problem: their own, or one that their waiting changes wait for; no other search."""
        if operator not in ("=", "!=") or value:
            return NotImplemented
        held = SQL("issue_id IS NOT NULL", to_flush=self.env["xero.outbox"]._fields["issue_id"])
        opened = SQL("state = 'open'", to_flush=self.env["xero.issue"]._fields["state"])
        waiting = self._xero_key_query("xero_outbox", held)
        own = self._xero_key_query("xero_issue", opened)
        return Domain("id", "not in" if operator == "=" else "in", SQL("(%s UNION %s)", waiting, own))

    def _search_xero_waiting(self, operator, value):
        """Records of which something waits to be sent, or is on its way; what an error holds back is no part of it."""
        if operator != "in":
            return NotImplemented  # Odoo turns all others into this one
        free = SQL("issue_id IS NULL", to_flush=self.env["xero.outbox"]._fields["issue_id"])
        return Domain("id", "in", self._xero_key_query("xero_outbox", free))

    def _xero_key_query(self, table, condition):
        """SQL that selects the ids of records that rows of ``table`` stand for; a hook like _xero_outbox_keys."""
        return SQL(
            "SELECT res_id FROM %s WHERE model = %s AND connection_id IN %s AND %s",
            SQL.identifier(table),
            self._name,
            tuple(self._xero_connection_ids()) or (0,),
            condition,
        )

    def _xero_open_issues(self):
        """The open issues of these records: their own, and those their waiting changes wait for."""
        keys = [key for keys in self._xero_outbox_keys().values() for key in keys]
        domain = self._xero_key_domain(keys, self._xero_connection_ids())
        held = self.env["xero.outbox"].sudo().search(domain & Domain("issue_id", "!=", False))
        own = self.env["xero.issue"].sudo().search(domain)
        return (held.issue_id | own).filtered(lambda issue: issue.state == "open")

    def write(self, vals):
        result = super().write(vals)
        if self and vals.get("xero_do_not_export") is False:
            self.env["xero.issue"]._mended(self._name, self.ids)
        return result

    def action_xero_view_errors(self):
        """Open the issue that the alert speaks of; the list where there are several (S4-60)."""
        issues = self._xero_open_issues()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_xero.xero_issue_action")
        if len(issues) == 1:
            return {**action, "res_id": issues.id, "views": [[False, "form"]]}
        return {**action, "domain": [("id", "in", issues.ids)]}

    def action_xero_retry(self):
        """Try again what failed of these records, or of what they wait for; nothing else is sent."""
        return self._xero_open_issues().sudo(False).action_retry()

    def action_xero_unlink(self):
        """Remove the links of these records with Xero, those of connections that are no longer active too (S4-95)."""
        keys = [key for keys in self._xero_outbox_keys().values() for key in keys]
        bindings = self.env["xero.binding"]
        connections = self.env["xero.connection"].with_context(active_test=False)
        mine = connections.search([("company_id", "in", self.env.companies.ids)])
        domain = self._xero_key_domain(keys, mine.ids)
        return bindings.search(domain)._action_remove()

    def action_xero_history(self):
        """What was synced of these records, when, by whom, and why something was not (S2-07)."""
        keys = [key for keys in self._xero_outbox_keys().values() for key in keys]
        action = self.env["ir.actions.act_window"]._for_xml_id("account_xero.xero_history_action")
        return {**action, "domain": list(self._xero_key_domain(keys, self._xero_connection_ids()))}
