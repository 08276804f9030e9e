from odoo import fields, models

# Switching these on concerns documents that were passed over before.
WIDENING = ("sync_receipts", "send_purchase_orders", "send_rfqs", "send_attachments", "send_invoice_pdf")


class XeroConnection(models.Model):
    """What of a document goes to Xero, and what may be done with it afterwards."""

    _inherit = "xero.connection"

    sync_item_descriptions = fields.Boolean(
        "Sync Invoice Item Descriptions",
        default=True,
        help="On: a line carries its whole description. Off: item name, quantity and price only.",
    )
    send_items = fields.Boolean(
        "Send Products as Items",
        default=True,
        help="On: products become items in Xero, and lines name them. Off: no items are made; lines carry their "
        "description only.",
    )
    send_item_names = fields.Boolean(
        default=True,
        help="On: items carry the product's name. Off: the name is left to Xero; code and descriptions go.",
    )
    sync_receipts = fields.Boolean(
        "Sync Sales and Purchase Receipts",
        help="Odoo's sales receipts go as invoices and its purchase receipts as bills. Receipts for payments (the "
        "e-mail or PDF that confirms one) are never sent.",
    )
    send_purchase_orders = fields.Boolean(
        default=True,
        help="On: a confirmed purchase order appears in Xero under Purchases, follows changes, is marked as billed "
        "with its bill, and is deleted there when it is cancelled.",
    )
    send_rfqs = fields.Boolean(
        "Send Requests for Quotation as Drafts",
        help="A request for quotation appears in Xero as a draft purchase order, and is approved there when it is "
        "confirmed.",
    )
    lock_invoices = fields.Boolean(
        "Lock Invoices when Transferred to Xero",
        default=True,
        tracking=True,
        help="Recommended. A document that is in Xero can be neither reset to draft nor changed, except by users with "
        "the right to change locked documents. Rather than amending an invoice, use a credit note and re-issue it.",
    )
    create_tracking_options = fields.Boolean(
        "Create Missing Tracking Options",
        help="On: an analytic account that a line needs, and whose name Xero does not know as an option of the mapped "
        "tracking category, is created there. Off: the document waits until somebody adds it.",
    )
    send_attachments = fields.Boolean(
        help="Files attached to a document follow it to Xero, up to ten of at most 10 MB each. A call for each file.",
    )
    send_invoice_pdf = fields.Boolean(
        "Send the Invoice PDF",
        help="The PDF that Odoo made when the invoice was sent or printed is attached to it in Xero.",
    )
    history_notes = fields.Boolean(
        "Note in Xero's History",
        help="Each document gets a note in its history in Xero that names Odoo and who made it. A call for each "
        "document.",
    )

    def write(self, vals):
        result = super().write(vals)
        if any(vals.get(name) for name in WIDENING):
            for connection in self.filtered(lambda connection: connection.active and connection.state == "connected"):
                self.env["xero.outbox"].sudo()._mark_backlog(connection)
        return result
