from odoo import fields, models


class XeroConnection(models.Model):
    """What of the documents in Xero comes to Odoo."""

    _inherit = "xero.connection"

    documents_one_way = fields.Boolean(
        "One-Way Invoices",
        help="Invoices, bills and credit notes only go to Xero. Nothing of what happens to them there is read, except "
        "payments.",
    )
    import_documents = fields.Boolean(
        "Import Documents Made in Xero",
        help="Invoices, bills and credit notes that were made and approved in Xero, dated from the start date on, are "
        "booked in Odoo too. They are never sent back; later changes in Xero follow.",
    )
    imported_document_state = fields.Selection(
        [("posted", "Posted"), ("draft", "Drafts to Be Checked")],
        string="Imported Documents Are",
        default="posted",
        required=True,
    )
    changes_in_xero = fields.Selection(
        [("ask", "Ask on the Document"), ("xero", "Take Xero's Version"), ("odoo", "Send Odoo's Version Again")],
        string="Documents Changed in Xero",
        default="ask",
        required=True,
        help="What to do where somebody changes, voids or deletes in Xero what Odoo has sent.",
    )

    def _readers(self):
        readers = super()._readers()
        if not self.documents_one_way:
            return readers
        return [mapper for mapper in readers if not mapper._reads_documents]
