from odoo import api, fields, models
from odoo.fields import Domain

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
        moves = self._open_moves(connection)
        ids = self._external_ids(connection, moves)
        currency = connection.company_id.currency_id
        figures = [self._of_move(move, theirs.pop(ids.get(move.id), None), currency) for move in moves]
        bound = self.env["xero.binding"]._by_external(connection, "Invoices", list(theirs))
        figures += [self._of_xero_document(document, bound.get(document.id)) for document in theirs.values()]
        return self._labelled(sorted(figures, key=self._urgency)[:LISTED])

    @api.model
    def _labelled(self, figures):
        """With number and customer of what stands in Odoo; only those that are listed need them."""
        moves = self.env["account.move"].browse([one["res_id"] for one in figures if one["label"] is None])
        labels = {move.id: f"{move.name} · {move.partner_id.display_name}" for move in moves}
        return [{**one, "label": labels[one["res_id"]]} if one["label"] is None else one for one in figures]

    @api.model
    def _open_moves(self, connection):
        """What is open in Odoo, with nothing but what is compared: whole, ten thousand documents take 100 MB."""
        kinds = [f"{prefix}_{kind}" for prefix in ("sales", "purchases") for kind in ("open", "overdue")]
        domain = Domain.OR(Domain(self._documents_domain(connection, kind)) for kind in kinds)
        return self.env["account.move"].search_fetch(domain, ["invoice_date_due", "amount_residual_signed"])

    @api.model
    def _external_ids(self, connection, moves):
        domain = [("connection_id", "=", connection.id), ("model", "=", moves._name), ("res_id", "in", moves.ids)]
        links = self.env["xero.binding"].search_fetch(domain, ["res_id", "external_id"])
        return {link.res_id: link.external_id for link in links}

    @api.model
    def _urgency(self, figure):
        return (figure["odoo_amount"] == figure["xero_amount"], figure["date_due"] or fields.Date.today())

    def _of_move(self, move, document, currency):
        return {
            "widget": "i_documents",
            "key": f"move:{move.id}",
            "label": None,
            "odoo_amount": abs(move.amount_residual_signed),
            "xero_amount": currency.round(float(document.amount)) if document else 0.0,
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
