from odoo import api, fields, models


class XeroFieldOwner(models.Model):
    """Whose value of a field counts where the two sides differ. Odoo's, unless somebody says otherwise."""

    _name = "xero.field.owner"
    _description = "Xero Field Ownership"
    _order = "connection_id, resource, id"
    _rec_name = "field"

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id")
    resource = fields.Char(string="Object", required=True, readonly=True)
    field = fields.Char("Key", required=True, readonly=True)
    label = fields.Char(compute="_compute_label", string="Field")
    owner = fields.Selection([("odoo", "Odoo"), ("xero", "Xero")], default="odoo", required=True)

    _once = models.UniqueIndex("(connection_id, resource, field)")

    @api.depends("resource", "field")
    @api.depends_context("lang")
    def _compute_label(self):
        for row in self:
            labels = self.env["xero.mapper"]._for_resource(row.resource)._owned_fields()
            row.label = labels.get(row.field) or row.field

    @api.model
    def _complete(self, connections):
        """Make the rows that are missing, for instance of a bridge installed since."""
        wanted = [
            (mapper._xero_resource, field)
            for mapper in self.env["xero.mapper"]._all()
            for field in mapper._owned_fields()
        ]
        for connection in connections:
            rows = self.sudo().search([("connection_id", "=", connection.id)])
            known = {(row.resource, row.field) for row in rows}
            self.sudo().create(
                [
                    {"connection_id": connection.id, "resource": resource, "field": field}
                    for resource, field in wanted
                    if (resource, field) not in known
                ]
            )

    @api.model
    def _fields_of_xero(self, connection, resource):
        """The fields of an object that Xero owns."""
        rows = connection.sudo().field_owner_ids
        return {row.field for row in rows if row.resource == resource and row.owner == "xero"}


class XeroConnection(models.Model):
    _inherit = "xero.connection"

    field_owner_ids = fields.One2many("xero.field.owner", "connection_id", string="Who Owns What")
    contact_changes = fields.Selection(
        [("keep", "Leave Them in Xero"), ("send", "Send Odoo's Values Again")],
        string="Changes of Odoo's Fields in Xero",
        default="keep",
        required=True,
        help="What to do where somebody changes in Xero a field of a contact that Odoo owns. Either way Odoo keeps its "
        "value, and the next change in Odoo sends it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        self.env["xero.field.owner"]._complete(connections)
        return connections
