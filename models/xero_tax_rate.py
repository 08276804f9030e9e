from odoo import api, fields, models
from odoo.fields import Command

# Rates are kept with Xero's four decimal places (xero-api.md 4.9).
RATE_DIGITS = (7, 4)

APPLIES_TO = {
    "can_apply_to_assets": "CanApplyToAssets",
    "can_apply_to_equity": "CanApplyToEquity",
    "can_apply_to_expenses": "CanApplyToExpenses",
    "can_apply_to_liabilities": "CanApplyToLiabilities",
    "can_apply_to_revenue": "CanApplyToRevenue",
}


class XeroTaxRate(models.Model):
    """A tax rate of the organisation with its components (xero-api.md 4.9)."""

    _name = "xero.tax.rate"
    _description = "Xero Tax Rate"
    _inherit = ["xero.reference"]
    _order = "name, tax_type"
    _rec_names_search = ["name", "tax_type"]

    _xero_resource = "TaxRates"
    _xero_key = "tax_type"

    tax_type = fields.Char(required=True, readonly=True, help="What a line in Xero carries, for example OUTPUT2.")
    name = fields.Char(required=True, readonly=True)
    effective_rate = fields.Float(string="Effective Rate (%)", digits=RATE_DIGITS, readonly=True)
    component_ids = fields.One2many("xero.tax.rate.component", "tax_rate_id", readonly=True)
    can_apply_to_assets = fields.Boolean(readonly=True)
    can_apply_to_equity = fields.Boolean(readonly=True)
    can_apply_to_expenses = fields.Boolean(readonly=True)
    can_apply_to_liabilities = fields.Boolean(readonly=True)
    can_apply_to_revenue = fields.Boolean(readonly=True)
    status = fields.Char(readonly=True)

    _tax_type_unique = models.UniqueIndex(
        "(connection_id, tax_type)", "This Xero tax rate has been read for this connection already."
    )

    @api.depends("name", "tax_type")
    def _compute_display_name(self):
        for rate in self:
            rate.display_name = f"{rate.name} [{rate.tax_type}]"

    @api.model
    def _from_xero(self, element):
        return {
            "tax_type": element["TaxType"],
            "name": element.get("Name") or element["TaxType"],
            "effective_rate": float(element.get("EffectiveRate") or 0),
            "component_ids": self._components_from_xero(element.get("TaxComponents") or []),
            **{ours: bool(element.get(theirs)) for ours, theirs in APPLIES_TO.items()},
            "status": element.get("Status") or False,
            "active": element.get("Status", "ACTIVE") == "ACTIVE",
        }

    @api.model
    def _components_from_xero(self, components):
        return [
            {
                "name": component.get("Name") or "",
                "rate": float(component.get("Rate") or 0),
                "is_compound": bool(component.get("IsCompound")),
            }
            for component in components
        ]

    def _mirrored(self, name):
        if name != "component_ids":
            return super()._mirrored(name)
        return [
            {"name": part.name or "", "rate": part.rate, "is_compound": part.is_compound} for part in self.component_ids
        ] or False

    @api.model
    def _stored(self, values, **more):
        values = super()._stored(values, **more)
        if "component_ids" in values:
            values["component_ids"] = [Command.clear(), *map(Command.create, values["component_ids"])]
        return values


class XeroTaxRateComponent(models.Model):
    _name = "xero.tax.rate.component"
    _description = "Component of a Xero Tax Rate"
    _order = "id"

    tax_rate_id = fields.Many2one("xero.tax.rate", required=True, ondelete="cascade", index=True)
    name = fields.Char(readonly=True)
    rate = fields.Float(string="Rate (%)", digits=RATE_DIGITS, readonly=True)
    is_compound = fields.Boolean(readonly=True, help="Computed on the amount plus the other components.")
