"""Which warehouse is which option of a tracking category: Xero knows no warehouses, its reports go by tracking.

What leaves a mapped warehouse is booked under its option: cost of sales, counts and scrap (xero_stock_ledger.py).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class XeroWarehouseMapping(models.Model):
    _name = "xero.warehouse.mapping"
    _description = "Xero Warehouse Mapping"
    _inherit = ["xero.mapping"]
    _order = "warehouse_id, id"
    _rec_name = "warehouse_id"

    _source, _target = "warehouse_id", "tracking_option_id"

    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('company_id', '=', company_id)]",
    )
    tracking_option_id = fields.Many2one(
        "xero.tracking.option",
        ondelete="set null",
        index="btree_not_null",
        domain="[('category_id.connection_id', '=', connection_id), ('category_id.active', '=', True)]",
        help="Cost of sales, counts and scrap of this warehouse are booked in Xero under this option.",
    )
    tracking_category_id = fields.Many2one(related="tracking_option_id.category_id")
    left_out = fields.Boolean(help="This warehouse is not told apart in Xero, and nobody is asked about it.")

    _warehouse_once = models.UniqueIndex("(connection_id, warehouse_id)", "This warehouse is mapped already.")

    @api.constrains("connection_id", "tracking_option_id")
    def _check_connection(self):
        for mapping in self.filtered("tracking_option_id"):
            if mapping.tracking_category_id.connection_id != mapping.connection_id:
                name = mapping.tracking_option_id.display_name
                raise ValidationError(self.env._("%(name)s belongs to another connection.", name=name))

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings._look_at_stock()
        return mappings

    def write(self, vals):
        result = super().write(vals)
        if self._target in vals:
            self._look_at_stock()
        return result

    def _look_at_stock(self):
        """What is posted already moves under the option with the next stock journal."""
        connections = self.filtered(self._target).connection_id.sudo()
        connections.filtered(lambda one: one._counts_stock("untracked"))._look_at_stock()

    def _key(self):
        return self.warehouse_id.id

    @api.model
    def _values_of(self, key):
        return {"warehouse_id": key}

    def _holds(self):
        return self.tracking_category_id.active

    @api.model
    def _for(self, connection):
        """``{warehouse id: option}``"""
        rows = self.sudo().search([("connection_id", "=", connection.id), ("mapped", "=", True)])
        return {row.warehouse_id.id: row.tracking_option_id for row in rows if row._holds()}

    @api.model
    def _proposals(self, connection):
        """Warehouses and options of the same name, or code, belong together. A company's only one needs none."""
        options = self.env["xero.tracking.option"].search(
            [("category_id.connection_id", "=", connection.id), ("category_id.active", "=", True)]
        )
        by_name = {option.name.strip().lower(): option for option in options}
        warehouses = self.env["stock.warehouse"].search([("company_id", "=", connection.company_id.id)])
        found = {
            warehouse.id: by_name.get(warehouse.name.strip().lower()) or by_name.get(warehouse.code.strip().lower())
            for warehouse in warehouses
        }
        return found if len(warehouses) > 1 else {id_: option for id_, option in found.items() if option}


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    @api.model_create_multi
    def create(self, vals_list):
        """A new warehouse is a gap at once."""
        warehouses = super().create(vals_list)
        owned = [("company_id", "in", warehouses.company_id.ids), ("state", "!=", "draft")]
        for connection in self.env["xero.connection"].sudo().search(owned):
            self.env["xero.warehouse.mapping"]._propose(connection)
        return warehouses


class XeroConnection(models.Model):
    _inherit = "xero.connection"

    def _read_reference_data(self, client):
        result = super()._read_reference_data(client)
        self.env["xero.warehouse.mapping"]._propose(self)
        return result


class XeroTrackingOption(models.Model):
    _inherit = "xero.tracking.option"

    @api.depends("name", "category_id.name")
    @api.depends_context("xero_with_category")
    def _compute_display_name(self):
        """Among the options of several categories each says whose it is."""
        for option in self:
            name = option.name
            if self.env.context.get("xero_with_category"):
                name = f"{option.category_id.name}: {name}"
            option.display_name = name

    @api.ondelete(at_uninstall=False)
    def _empty_mappings(self):
        """An option that is gone in Xero leaves a gap."""
        mappings = self.env["xero.warehouse.mapping"].sudo().search([("tracking_option_id", "in", self.ids)])
        mappings.tracking_option_id = False
