from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..xero_api.outcomes import XeroError


class XeroConnection(models.Model):
    """Which account of Xero payments go to, and what of them goes."""

    _inherit = "xero.connection"

    clearing_account_id = fields.Many2one(
        "xero.account",
        string="Account for Payments",
        domain="[('connection_id', '=', id), ('payments_enabled', '=', True), ('type', '!=', 'BANK')]",
        ondelete="set null",
        help="Payments of journals without an account of their own are booked here (Mappings > Payment Journals gives "
        "a journal its own). Only accounts that take payments and are no bank account are offered.",
    )
    unallocated_payments = fields.Selection(
        [
            ("hold", "Wait Until They Are Matched"),
            ("overpayment", "Go to Xero as Overpayments"),
            ("prepayment", "Go to Xero as Prepayments"),
        ],
        string="Unmatched Payments",
        default="hold",
        required=True,
        help="What happens to a payment, or the rest of one, that no document is matched with. Money that came and was "
        "given back without a document, both matched with each other, waits as well: Xero has neither.",
    )
    import_advances = fields.Boolean(
        "Import Over- and Prepayments",
        default=True,
        help="Over- and prepayments that were made in Xero, by its bank feed for instance, are booked in Odoo as "
        "payments without a document; what they are allocated to in Xero is matched here. Needs the right to bank "
        "transactions: press Re-authorise where the consent is older.",
    )
    prepayment_account_id = fields.Many2one(
        "xero.account",
        string="Account for Prepayments",
        domain="[('connection_id', '=', id), ('type', '!=', 'BANK'), ('system_account', '=', False)]",
        ondelete="set null",
        help="The account that the line of a prepayment is coded to in Xero, for example customer deposits.",
    )
    write_offs = fields.Selection(
        [("payment", "Go to Xero as Payments to Their Account"), ("hold", "Wait for a Person")],
        string="Write-Offs",
        default="payment",
        required=True,
        help="What is written off when a document is matched. Xero has no write-offs: a payment to the account that "
        "they are booked to has the same effect. The account has to take payments in Xero.",
    )
    deleted_payments = fields.Selection(
        [("ask", "Ask"), ("undo", "Undo Them in Odoo")],
        string="Odoo's Payments Deleted in Xero",
        default="ask",
        required=True,
        help="Payments that were made in Xero are always undone in Odoo when they are deleted there. So are "
        "allocations of credit notes and of over- and prepayments.",
    )

    @api.constrains("clearing_account_id")
    def _check_clearing_account(self):
        for connection in self.filtered("clearing_account_id"):
            account = connection.clearing_account_id
            if account.type == "BANK" or not account.payments_enabled:
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot be the account for payments: in Xero, open it and tick 'Enable payments to "
                        "this account', then press Refresh; or choose another one.",
                        name=account.display_name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("clearing_account_id"):
            self.env["xero.issue"]._mended_code(("journal_unmapped", "payment_account"), self)
        if "unallocated_payments" in vals:
            self._mark_unallocated()
        return result

    def _mark_unallocated(self):
        """A change of the policy concerns the payments that wait already."""
        for connection in self.filtered(lambda connection: connection.unallocated_payments != "hold"):
            payments = self.env["account.payment"].search(
                [
                    ("company_id", "child_of", connection.company_id.id),
                    ("state", "in", ("in_process", "paid")),
                    ("is_reconciled", "=", False),
                    ("date", ">=", connection.sync_from_date),
                ]
            )
            self.env["xero.outbox"]._mark(payments)

    def _open_in_xero(self, partial):
        """What Xero has open on the documents of a reconciliation, as a Decimal of their currency; a call each.

        :raises UserError: Xero does not answer
        """
        mapper = self.env["xero.mapper.payment"]
        lookups = mapper._room_lookups(self, partial)
        try:
            answers = self._with_client(lambda client: [client.get(path, params=params) for path, params in lookups])
        except XeroError as error:
            raise UserError(self._words_for(error)) from error
        return mapper._room(answers)

    def _payment_account(self, journal, mapped):
        """Xero's account for the payments of a journal: its own, else the one for all payments, else the default bank
        account; empty where there is none.

        :param mapped: what ``xero.journal.mapping._for`` gives
        """
        return mapped.get(journal.id) or self.clearing_account_id or self.default_bank_account_id
