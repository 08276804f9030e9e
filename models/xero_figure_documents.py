from odoo import api, fields, models

# So many open documents are listed; what differs comes first, then what is due longest.
LISTED = 30


class XeroFigure(models.Model):
    """The Invoice List: each open document with what both sides say is open of it (features.md S5-09)."""

    _inherit = "xero.figure"

    @api.model
    def _compared(self, connection, read, day):
        return [*super()._compared(connection, read, day), *self._of_list(connection, read["documents"])]

    def _of_list(self, connection, documents):
        theirs = {document.id: document for document in documents if not document.is_draft and document.is_invoice}
        moves = self.env["account.move"].browse()
        for prefix in ("sales", "purchases"):
            for kind in ("open", "overdue"):
                moves |= self.env["account.move"].search(self._documents_domain(connection, f"{prefix}_{kind}"))
        ids = {move_id: link.external_id for move_id, link in self.env["xero.binding"]._for(connection, moves).items()}
        figures = [self._of_move(move, theirs.pop(ids.get(move.id), None)) for move in moves]
        bound = self.env["xero.binding"]._by_external(connection, "Invoices", list(theirs))
        figures += [self._of_xero_document(document, bound.get(document.id)) for document in theirs.values()]
        return sorted(figures, key=self._urgency)[:LISTED]

    @api.model
    def _urgency(self, figure):
        return (figure["odoo_amount"] == figure["xero_amount"], figure["date_due"] or fields.Date.today())

    def _of_move(self, move, document):
        return {
            "widget": "i_documents",
            "key": f"move:{move.id}",
            "label": f"{move.name} · {move.partner_id.display_name}",
            "odoo_amount": abs(move.amount_residual_signed),
            "xero_amount": move.company_id.currency_id.round(float(document.amount)) if document else 0.0,
            "date_due": move.invoice_date_due,
            "res_id": move.id,
        }

    def _of_xero_document(self, document, binding):
        return {
            "widget": "i_documents",
            "key": f"xero:{document.id}",
            "label": document.name,
            "odoo_amount": 0.0,
            "xero_amount": float(document.amount),
            "date_due": document.due,
            "res_id": binding.res_id if binding else 0,
        }

    def action_open(self):
        if self.widget != "i_documents":
            return super().action_open()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.res_id,
            "views": [[False, "form"]],
        }
