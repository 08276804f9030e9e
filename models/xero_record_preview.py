"""Preview on every record that can sync: what would go to Xero, shown before anything goes."""

from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import SQL

GROUP = "account_xero.group_xero_user"
MOST = 50  # records a preview


class XeroPanelMixin(models.AbstractModel):
    _inherit = "xero.panel.mixin"

    def _xero_previewed(self):
        """``[(connection id, model, id)]`` of what *Export Now* would queue; a hook."""
        return []

    def action_xero_smart(self):
        """The smart button: what is wrong, else the record in Xero, else what would go there."""
        self.ensure_one()
        is_user = self.env.user.has_group(GROUP)
        if is_user and self.xero_problem:
            return self.action_xero_view_errors()
        if self.xero_url:
            return self.action_xero_open()
        if is_user:
            return self.action_xero_preview()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": self.xero_problem or self.env._("This is not in Xero."), "type": "info"},
        }

    def action_xero_preview(self):
        """Show what would go to Xero of these records; nothing is sent and nothing is written."""
        self.check_access("read")
        if not self.env.user.has_group(GROUP):
            raise AccessError(self.env._("Previews are for users of the Xero Connector: they show what goes to Xero."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview: What Goes to Xero"),
            "res_model": "xero.preview",
            "view_mode": "form",
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": ",".join(map(str, self.ids[:MOST])),
                "default_left": max(0, len(self) - MOST),
                "dialog_size": "extra-large",
            },
        }


class XeroSyncMixin(models.AbstractModel):
    _inherit = "xero.sync.mixin"

    def _xero_previewed(self):
        return self.env.execute_query(self._xero_manual_mark_query())


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _xero_previewed(self):
        """A person or an address of a company is no contact of its own in Xero: the company goes."""
        return super(ResPartner, self.commercial_partner_id)._xero_previewed()


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def _xero_previewed(self):
        return self.product_variant_ids._xero_previewed()


class XeroStockMovesMixin(models.AbstractModel):
    _name = "xero.stock.moves.mixin"
    _inherit = ["xero.stock.moves.mixin", "xero.panel.mixin"]

    def _xero_previewed(self):
        moves = self._xero_stock_moves().filtered(lambda move: move.state == "done")
        return self.env.execute_query(moves._xero_moves_query(SQL("m.id = ANY(%s)", list(moves.ids)))) if moves else []
