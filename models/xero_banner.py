"""The banner at the top of Odoo while an error is unresolved (S4-59, S4-60).

It carries a count per company and nothing else: with the session when the page is loaded, and over the bus
when a count changes. Where *View errors* leads is decided here, by what the user may read.
"""

from odoo import api, models
from odoo.fields import Domain

from .xero_connection import LINKED_STATES
from .xero_issue_mending import PICKERS

CHANNEL = "account_xero_errors"
CHANGED = "account_xero.companies_with_changed_errors"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        info = super().session_info()
        user = self.env.user
        if user._is_internal():
            info["xero_errors"] = self.env["xero.issue"]._count_for_banner(user._get_company_ids())
        return info


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        if self.env.user._is_internal():
            companies = self.env["res.company"].browse(self.env.user._get_company_ids())
            channels = [*channels, *((company, CHANNEL) for company in companies)]
        return super()._build_bus_channel_list(channels)


class XeroIssue(models.Model):
    _inherit = "xero.issue"

    # === COUNTS === #

    @api.model
    def _count_for_banner(self, company_ids):
        """Return ``{company id: open errors}`` for the companies that have any; of linked connections only."""
        domain = [
            ("state", "=", "open"),
            ("connection_id.active", "=", True),
            ("connection_id.state", "in", LINKED_STATES),
            ("connection_id.company_id", "in", list(company_ids)),
        ]
        groups = self.sudo()._read_group(domain, ["connection_id"], ["__count"])
        return {connection.company_id.id: count for connection, count in groups}

    @api.model
    def _tell_banner(self, companies):
        """Send the new counts of ``companies`` to whoever works in them, once a flush."""
        precommit = self.env.cr.precommit
        if companies and CHANGED not in precommit.data:
            precommit.data[CHANGED] = set()
            precommit.add(self.sudo()._send_to_banner)
        if companies:
            precommit.data[CHANGED].update(companies.ids)

    def _send_to_banner(self):
        company_ids = self.env.cr.precommit.data.pop(CHANGED, set())
        counts = self._count_for_banner(company_ids)
        for company in self.env["res.company"].browse(company_ids):
            payload = {"company_id": company.id, "count": counts.get(company.id, 0)}
            self.env["bus.bus"]._sendone((company, CHANNEL), CHANNEL, payload)

    @api.model_create_multi
    def create(self, vals_list):
        issues = super().create(vals_list)
        self._tell_banner(issues.connection_id.company_id)
        return issues

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._tell_banner(self.connection_id.company_id)
        return result

    def unlink(self):
        companies = self.connection_id.company_id
        result = super().unlink()
        self._tell_banner(companies)
        return result

    # === VIEW ERRORS === #

    @api.model
    def action_view_errors(self):
        """Open what failed in the current companies, for any internal user: one error leads straight to its record,
        several to the list of Unresolved Errors, or to the records that failed for those who may not read it."""
        domain = Domain("state", "=", "open") & Domain("connection_id.company_id", "in", self.env.companies.ids)
        domain &= Domain("connection_id.active", "=", True) & Domain("connection_id.state", "in", LINKED_STATES)
        issues = self.sudo().search(domain, limit=500).sudo(False)
        if not self.env.user._is_internal() or not issues:
            return self._nothing_to_open(self.env._("There are no errors any more."), "success")
        may_read_issues = self.has_access("read")
        if may_read_issues and len(issues) > 1:
            return self.env["ir.actions.act_window"]._for_xml_id("account_xero.xero_issue_action")
        if may_read_issues and issues._mended_on_the_spot():
            return issues._open_form()
        records = issues.sudo()._failed_records()
        return self._open_readable(records) or (
            issues._open_form()
            if may_read_issues
            else self._nothing_to_open(
                self.env._(
                    "You may not open the records that failed. People with the role Xero User can see and mend them."
                ),
                "warning",
            )
        )

    def _mended_on_the_spot(self):
        """Whether the person can mend the issue on its own form, without going to the record."""
        return self.code in PICKERS and self.env[PICKERS[self.code][0]].has_access("write")

    def _open_form(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
        }

    def _failed_records(self):
        """Return ``{model: ids}`` of the records with a form that failed: the issues' own, and those that wait."""
        keys = {(issue.model, issue.res_id) for issue in self if issue.model in self.env and issue.res_id}
        waiting = {(row.model, row.res_id) for row in self.outbox_ids if row.model in self.env}
        shown = {key for key in keys if self._has_panel(key[0])} | waiting or keys
        records = {}
        for model, res_id in shown:
            record = self.env[model].browse(res_id).exists()
            if hasattr(record, "_xero_form_record"):
                record = record and record._xero_form_record()
            if record:
                records.setdefault(record._name, set()).add(record.id)
        return records

    def _has_panel(self, model):
        return hasattr(self.env[model], "_xero_outbox_keys") or hasattr(self.env[model], "_xero_form_record")

    @api.model
    def _open_readable(self, records):
        """Window action on those of ``records`` (``{model: ids}``) that the user may read; False for none."""
        readable = [
            self.env[model].browse(sorted(ids)).sudo(False)._filtered_access("read") for model, ids in records.items()
        ]
        most = max(readable, key=len, default=self.browse())
        if not most:
            return False
        action = {"type": "ir.actions.act_window", "res_model": most._name}
        if len(most) == 1:
            return {**action, "res_id": most.id, "views": [[False, "form"]]}
        return {
            **action,
            "name": self.env._("Not Synced with Xero"),
            "domain": [("id", "in", most.ids)],
            "views": [[False, "list"], [False, "form"]],
        }

    @api.model
    def _nothing_to_open(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "type": kind},
        }


class XeroConnection(models.Model):
    _inherit = "xero.connection"

    def write(self, vals):
        result = super().write(vals)
        if {"active", "state"} & vals.keys():
            self.env["xero.issue"]._tell_banner(self.company_id)
        return result
