"""Analytic distribution → tracking categories: one option of a category on a line, two categories at most."""

from odoo import api, models

from ..exceptions import Hold, Wait
from .tracking_option import option_name

MOST_CATEGORIES = 2  # xero-api.md 4.10


class XeroMapperDocument(models.AbstractModel):
    _inherit = "xero.mapper.document"

    @api.model
    def _needs(self, connection, records):
        return [*super()._needs(connection, records), self._needed_accounts(connection, records)]

    @api.model
    def _needed_accounts(self, connection, records):
        return self._analytic_to_create(connection, records.invoice_line_ids)

    @api.model
    def _analytic_to_create(self, connection, lines):
        """Analytic accounts that have to become options in Xero before a document with ``lines``."""
        accounts = self.env["account.analytic.account"]
        if not connection.create_tracking_options:
            return accounts
        categories = self.env["xero.tracking.mapping"]._for(connection)
        options = self.env["xero.tracking.category"].union(*categories.values())._options_by_name()
        for line in lines.filtered("analytic_distribution"):
            shares = self._shares(line)
            accounts |= accounts.union(
                *(
                    account
                    for plan, share in shares.items()
                    for account in share
                    if plan.id in categories
                    and self._is_whole(share)
                    and option_name(account).lower() not in options[categories[plan.id].id]
                )
            )
        return accounts

    @api.model
    def _prepare(self, connection, records, bindings):
        return {**super()._prepare(connection, records, bindings), **self._prepare_tracking(connection)}

    @api.model
    def _prepare_tracking(self, connection):
        mapped = self.env["xero.tracking.mapping"]._for(connection)
        categories = self.env["xero.tracking.category"].union(*mapped.values())
        return {"categories": mapped, "options": categories._options_by_name()}

    @api.model
    def _shares(self, line):
        """``{plan: {analytic account: per cent}}`` of a line."""
        shares = {}
        accounts = self.env["account.analytic.account"].sudo()
        for ids, percent in (line.analytic_distribution or {}).items():
            for account in accounts.browse(int(id_) for id_ in ids.split(",")).exists():
                plan = shares.setdefault(account.root_plan_id, {})
                plan[account] = plan.get(account, 0) + percent
        return shares

    @api.model
    def _is_whole(self, share):
        """Whether the whole line belongs to one account of a plan: Xero knows no parts."""
        return len(share) == 1 and abs(sum(share.values()) - 100) < 0.01

    def _money_line(self, line, amounts, prepared):
        money_line = super()._money_line(line, amounts, prepared)
        money_line["wire"].update(self._tracking_keys(line, prepared))
        return money_line

    def _tracking_keys(self, line, prepared):
        """An empty list takes the option off a line in Xero, so it goes only where tracking is ours."""
        return {"Tracking": self._tracking(line, prepared)} if prepared["categories"] else {}

    def _tracking(self, line, prepared):
        entries, shares = [], self._shares(line)
        for plan, share in shares.items():
            category = prepared["categories"].get(plan.id)
            if not category:
                self._check_left_out(plan, prepared)
            elif self._is_whole(share):
                option = self._option(next(iter(share)), category, prepared)
                entries.append({"TrackingCategoryID": category.external_id, "TrackingOptionID": option})
        return sorted(entries, key=lambda entry: entry["TrackingCategoryID"])

    def _check_left_out(self, plan, prepared):
        """Where both of Xero's categories are taken, somebody has to say that a third plan stays in Odoo."""
        if len(prepared["categories"]) < MOST_CATEGORIES:
            return
        domain = [("connection_id", "=", prepared["connection"].id), ("plan_id", "=", plan.id), ("left_out", "=", True)]
        if not self.env["xero.tracking.mapping"].sudo().search_count(domain, limit=1):
            raise Hold("tracking_too_many", plan, plan=plan.display_name)

    def _option(self, account, category, prepared):
        """Xero's id of the option that an analytic account is: as it was linked, else by name."""
        connection, name = prepared["connection"], option_name(account)
        binding = self.env["xero.binding"]._for(connection, account).get(account.id)
        option = (binding and binding.external_id) or prepared["options"][category.id].get(name.lower())
        if option:
            return option
        if connection.create_tracking_options:
            raise Wait(account)
        raise Hold("tracking_option_missing", account, option=name, category=category.name)

    # === WHAT XERO CANNOT HOLD === #

    def _facts_of(self, move, payload):
        facts = super()._facts_of(move, payload)
        if not any("Tracking" in line for line in payload["LineItems"]):
            return facts
        split = [
            line.name or line.product_id.display_name or "?"
            for line in self._ordered(move)
            if any(not self._is_whole(share) for share in self._shares(line).values())
        ]
        return {**facts, **({"split": ", ".join(split)[:500]} if split else {})}

    @api.model
    def _disagreement(self, data, facts):
        found = super()._disagreement(data, facts)
        if not found and (facts or {}).get("split"):
            found = ("tracking_split", {"lines": facts["split"]})
        return found
