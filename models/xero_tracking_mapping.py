from odoo import api, fields, models


class XeroTrackingMapping(models.Model):
    """Which analytic plan is which tracking category; the accounts of the plan are its options, by name."""

    _name = "xero.tracking.mapping"
    _description = "Xero Tracking Mapping"
    _inherit = ["xero.mapping"]
    _order = "plan_id, id"
    _rec_name = "plan_id"

    _source, _target = "plan_id", "tracking_category_id"

    plan_id = fields.Many2one(
        "account.analytic.plan",
        string="Analytic Plan",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('parent_id', '=', False)]",
    )
    tracking_category_id = fields.Many2one(
        "xero.tracking.category",
        ondelete="set null",
        index="btree_not_null",
        domain="[('connection_id', '=', connection_id)]",
        help="Lines carry the analytic account of this plan as an option of this category.",
    )
    left_out = fields.Boolean(help="Accounts of this plan are not sent to Xero, and nobody is asked about it.")

    _plan_once = models.UniqueIndex("(connection_id, plan_id)", "This analytic plan is mapped already.")
    _category_once = models.UniqueIndex(
        "(connection_id, tracking_category_id) WHERE tracking_category_id IS NOT NULL",
        "This tracking category belongs to another analytic plan already.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("left_out"):
            self.env["xero.issue"]._mended(
                "account.analytic.plan", self.plan_id.ids, ["tracking_too_many"], self.connection_id
            )
        return result

    def _key(self):
        return self.plan_id.id

    @api.model
    def _values_of(self, key):
        return {"plan_id": key}

    @api.model
    def _proposals(self, connection):
        """Plans and categories of the same name belong together."""
        categories = self.env["xero.tracking.category"].search([("connection_id", "=", connection.id)])
        by_name = {category.name.strip().lower(): category for category in categories}
        plans = self.env["account.analytic.plan"].search([("parent_id", "=", False)])
        return {plan.id: by_name.get((plan.name or "").strip().lower()) for plan in plans}


class XeroConnection(models.Model):
    _inherit = "xero.connection"

    def _read_reference_data(self, client):
        result = super()._read_reference_data(client)
        self.env["xero.tracking.mapping"]._propose(self)
        return result

    def write(self, vals):
        result = super().write(vals)
        if vals.get("create_tracking_options"):
            self.env["xero.issue"]._mended_code(["tracking_option_missing"], self)
        return result


class AccountAnalyticAccount(models.Model):
    """An analytic account that became an option of a tracking category; its new name follows."""

    _name = "account.analytic.account"
    _inherit = ["account.analytic.account", "xero.sync.mixin"]

    _xero_watched = frozenset({"name"})
    _xero_mends = True
