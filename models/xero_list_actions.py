"""What the list of records that can sync offers for those that are ticked: import, leave out, take in again."""

from odoo import models
from odoo.exceptions import UserError

from ..xero_api import outcomes

POLICY = ("xero_do_not_export", "xero_do_not_import")


class XeroSyncMixin(models.AbstractModel):
    _inherit = "xero.sync.mixin"

    def action_xero_import(self):
        """Read the records from Xero now and take over what changed there, by the rules of every import.

        :raises UserError: none of them is in Xero, or Xero does not answer
        """
        self.check_access("write")
        keys = [key for keys in self._xero_outbox_keys().values() for key in keys]
        domain = self._xero_key_domain(keys, self._xero_connection_ids())
        links = self.env["xero.binding"].sudo().search(domain).filtered("external_id")
        if not links:
            raise UserError(self.env._("Nothing of this is in Xero yet, so there is nothing to import."))
        read = 0
        for connection, mine in links.grouped("connection_id").items():
            try:
                read += self.env["xero.importer"]._import_records(connection, mine)
            except outcomes.XeroError as error:
                raise UserError(connection._words_for(error)) from error
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("Read %(count)s records from Xero.", count=read),
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_xero_exclude(self):
        """Ask for the reason why these records are not to be synced."""
        return self.env["xero.exclude"]._ask(self)

    def action_xero_include(self):
        """Sync these records again; what changed meanwhile goes."""
        self.write({name: False for box in POLICY for name in (box, f"{box}_reason")})


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_xero_import(self):
        return self.product_variant_ids.action_xero_import()

    def action_xero_exclude(self):
        return self.product_variant_ids.action_xero_exclude()

    def action_xero_include(self):
        return self.product_variant_ids.action_xero_include()
