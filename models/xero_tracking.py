from odoo import api, fields, models
from odoo.fields import Command


class XeroTrackingCategory(models.Model):
    """A tracking category of the organisation with its options: at most two are active (xero-api.md 4.10)."""

    _name = "xero.tracking.category"
    _description = "Xero Tracking Category"
    _inherit = ["xero.reference"]
    _order = "name"

    _xero_resource = "TrackingCategories"
    _xero_key = "external_id"

    external_id = fields.Char(string="Xero ID", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    option_ids = fields.One2many("xero.tracking.option", "category_id", readonly=True)
    status = fields.Char(readonly=True)

    _external_id_unique = models.UniqueIndex(
        "(connection_id, external_id)", "This tracking category has been read for this connection already."
    )

    @api.model
    def _from_xero(self, element):
        active = [one for one in element.get("Options") or [] if one.get("Status", "ACTIVE") == "ACTIVE"]
        return {
            "external_id": element["TrackingCategoryID"],
            "name": element.get("Name") or element["TrackingCategoryID"],
            "option_ids": [{"external_id": one["TrackingOptionID"], "name": one.get("Name") or ""} for one in active],
            "status": element.get("Status") or False,
            "active": element.get("Status", "ACTIVE") == "ACTIVE",
        }

    def _mirrored(self, name):
        if name != "option_ids":
            return super()._mirrored(name)
        return [{"external_id": option.external_id, "name": option.name} for option in self.option_ids] or False

    def _stored(self, values, **more):
        values = super()._stored(values, **more)
        if "option_ids" in values:
            values["option_ids"] = self._option_commands(values["option_ids"])
        return values

    def _option_commands(self, wanted):
        """Options that stay keep their rows, for mappings and stock journals point at them."""
        known = {option.external_id: option.id for option in self.option_ids}
        stay = {one["external_id"] for one in wanted}
        return [
            *(Command.delete(id_) for external_id, id_ in known.items() if external_id not in stay),
            *(
                Command.update(known[one["external_id"]], one) if one["external_id"] in known else Command.create(one)
                for one in wanted
            ),
        ]

    def _options_by_name(self):
        """``{category id: {name in lower case: Xero's id of the option}}``."""
        return {
            category.id: {option.name.strip().lower(): option.external_id for option in category.option_ids}
            for category in self.sudo()
        }


class XeroTrackingOption(models.Model):
    _name = "xero.tracking.option"
    _description = "Xero Tracking Option"
    _order = "id"

    category_id = fields.Many2one("xero.tracking.category", required=True, ondelete="cascade", index=True)
    external_id = fields.Char(string="Xero ID", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
