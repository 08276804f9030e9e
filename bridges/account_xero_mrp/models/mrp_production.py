from odoo import fields, models
from odoo.tools import SQL


class MrpProduction(models.Model):
    """A manufacturing order shows the documents in Xero that carry what it consumed and made."""

    _name = "mrp.production"
    _inherit = ["mrp.production", "xero.stock.moves.mixin"]

    xero_document_count = fields.Integer(compute="_compute_xero_document_count", groups="account_xero.group_xero_user")

    def _compute_xero_document_count(self):
        for production in self:
            production.xero_document_count = len(production._xero_stock_documents())

    def _xero_moves(self):
        return (self.move_raw_ids | self.move_finished_ids).filtered(lambda move: move.state == "done")

    def _xero_stock_moves(self):
        return self._xero_moves()

    def _xero_moves_of(self):
        return SQL(
            """SELECT COALESCE(raw_material_production_id, production_id), id FROM stock_move
                WHERE COALESCE(raw_material_production_id, production_id) IS NOT NULL"""
        )

    def _xero_stock_documents(self):
        moves = self._xero_moves()
        return self.env["xero.stock.document"].search([("move_ids", "in", moves.ids)]) if moves else moves.browse()

    def action_view_xero_documents(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents in Xero"),
            "res_model": "xero.stock.document",
            "view_mode": "list,form",
            "domain": [("id", "in", self._xero_stock_documents().ids)],
        }
