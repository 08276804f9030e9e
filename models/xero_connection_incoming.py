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
        help="Posted: a document that was approved in Xero counts in Odoo at once, with Xero's totals. "
        "Drafts to Be Checked: somebody posts it here first.",
    )
    changes_in_xero = fields.Selection(
        [("ask", "Ask on the Document"), ("xero", "Take Xero's Version"), ("odoo", "Send Odoo's Version Again")],
        string="Documents Changed in Xero",
        default="ask",
        required=True,
        help="What to do where somebody changes, voids or deletes in Xero what Odoo has sent.",
    )

    sync_manual_journals = fields.Boolean(
        "Send Manual Journals",
        help="Entries of the general ledger that are no documents, payments, bank statement lines or exchange "
        "differences go to Xero as manual journals. Needs the right to manual journals: press Re-authorise.",
    )
    import_manual_journals = fields.Boolean(
        help="Manual journals that were posted in Xero are booked in Odoo's miscellaneous journal; changes follow.",
    )
    sync_bank_transfers = fields.Boolean(
        "Send Bank Transfers",
        help="Internal transfers between two bank journals that are mapped to bank accounts go to Xero as bank "
        "transfers, once both sides are matched. Needs the right to bank transactions: press Re-authorise.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("sync_manual_journals") or vals.get("sync_bank_transfers"):
            for connection in self.filtered(lambda one: one.active and one.state == "connected"):
                self.env["xero.outbox"].sudo()._mark_backlog(connection)
        return result

    def _readers(self):
        return [mapper for mapper in super()._readers() if self._is_read(mapper)]

    def _is_read(self, mapper):
        if mapper._reads_documents and self.documents_one_way:
            return False
        if mapper._read_scope and not self._grants(mapper._read_scope):
            return False
        return not mapper._read_switch or self[mapper._read_switch]
