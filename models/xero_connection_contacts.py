from odoo import api, fields, models
from odoo.exceptions import UserError

from ..xero_api.outcomes import XeroError

CONTACTS = "Contacts"


class XeroContactGroup(models.Model):
    """A contact group of the organisation, to choose which contacts come to Odoo."""

    _name = "xero.contact.group"
    _description = "Xero Contact Group"
    _inherit = ["xero.reference"]
    _order = "name"

    _xero_resource = "ContactGroups"
    _xero_key = "external_id"

    external_id = fields.Char(string="Xero ID", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)

    _external_id_unique = models.UniqueIndex(
        "(connection_id, external_id)", "This Xero contact group has been read for this connection already."
    )

    @api.model
    def _from_xero(self, element):
        return {
            "external_id": element["ContactGroupID"],
            "name": element.get("Name") or element["ContactGroupID"],
            "active": element.get("Status", "ACTIVE") == "ACTIVE",
        }


class XeroConnection(models.Model):
    """Which contacts come from Xero."""

    _inherit = "xero.connection"

    import_contacts = fields.Selection(
        [("none", "No"), ("all", "All Contacts"), ("groups", "Contacts of Chosen Groups")],
        default="none",
        required=True,
        help="Customers and suppliers that Xero has and Odoo does not become contacts here, now and from now on. One "
        "that Odoo knows already is linked: by contact number, e-mail address, telephone number, tax number or name. "
        "Where that is not certain, you are asked.",
    )
    send_private_persons = fields.Boolean(
        default=True,
        help="On: people who belong to no company go to Xero as contacts of their own, with their documents. Off: they "
        "are held, because Xero shows people of companies only; tick Company on those that are one.",
    )
    contact_group_ids = fields.Many2many(
        "xero.contact.group",
        string="Contact Groups",
        domain="[('connection_id', '=', id)]",
        help="With Contacts of Chosen Groups: the contacts of these groups of Xero come, and no others.",
    )

    def write(self, vals):
        result = super().write(vals)
        if {"import_contacts", "contact_group_ids"} & vals.keys():
            for connection in self.filtered(lambda one: one.active and one.import_contacts != "none"):
                connection._read_from_the_start(CONTACTS)
        return result

    def action_read_contact_groups(self):
        """Read the contact groups to choose from; one call."""
        self.check_access("write")
        groups = self.env["xero.contact.group"]
        for connection in self:
            try:
                rows = connection._with_client(lambda client, one=connection: groups._fetch(one, client))
            except XeroError as error:
                raise UserError(connection._words_for(error)) from error
            groups._replace(connection, rows)
        return True
