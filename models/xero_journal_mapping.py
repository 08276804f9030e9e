import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

PAYMENT_JOURNALS = ("bank", "cash", "credit")


class XeroJournalMapping(models.Model):
    _name = "xero.journal.mapping"
    _description = "Xero Payment Journal Mapping"
    _inherit = ["xero.mapping"]
    _order = "journal_id, id"
    _rec_name = "journal_id"

    _source, _target = "journal_id", "xero_account_id"

    journal_id = fields.Many2one(
        "account.journal",
        string="Odoo Journal",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('company_id', 'parent_of', company_id), ('type', 'in', ('bank', 'cash', 'credit'))]",
    )
    xero_account_id = fields.Many2one(
        "xero.account",
        ondelete="set null",
        index="btree_not_null",
        domain="[('connection_id', '=', connection_id), '|', ('type', '=', 'BANK'), ('payments_enabled', '=', True)]",
        help="Payments of the journal are booked to this Xero account.",
    )
    xero_type = fields.Char(related="xero_account_id.type", string="Xero Type")

    _journal_once = models.UniqueIndex("(connection_id, journal_id)", "This journal is mapped already.")

    @api.constrains("connection_id", "xero_account_id")
    def _check_takes_payments(self):
        for mapping in self.filtered("xero_account_id"):
            target = mapping.xero_account_id
            if target.connection_id != mapping.connection_id:
                raise ValidationError(self.env._("%(name)s belongs to another connection.", name=target.display_name))
            if not target._takes_payments():
                raise ValidationError(
                    self.env._(
                        "Xero takes no payments on %(name)s: it is no bank account. In Xero, open the account and tick "
                        "'Enable payments to this account', then press Read Reference Data; or choose another one.",
                        name=target.display_name,
                    )
                )

    def _key(self):
        return self.journal_id.id

    @api.model
    def _values_of(self, key):
        return {"journal_id": key}

    @api.model
    def _proposals(self, connection):
        journals = self.env["account.journal"].search(
            [("company_id", "parent_of", connection.company_id.id), ("type", "in", PAYMENT_JOURNALS)]
        )
        banks = self.env["xero.account"].search([("connection_id", "=", connection.id), ("type", "=", "BANK")])
        return {journal.id: self._counterpart(journal, banks, connection) for journal in journals}

    @api.model
    def _counterpart(self, journal, banks, connection):
        """Return the bank account with the journal's number, else name, else the default one of its currency."""
        currency = (journal.currency_id or connection.company_id.currency_id).name
        fitting = banks.filtered(lambda bank: bank.currency in (False, currency))
        number = _digits(journal.bank_acc_number)
        by_number = fitting.filtered(lambda bank: number and _digits(bank.bank_account_number) == number)
        by_name = fitting.filtered(lambda bank: bank.name.casefold() == journal.name.casefold())
        default = connection.default_bank_account_id & fitting
        # With one account for all payments, a journal gets its own only where it plainly is that bank account.
        otherwise = default or fitting
        if connection.clearing_account_id:
            otherwise = self.env["xero.account"]
        return (by_number or by_name or otherwise)[:1] or None


def _digits(number):
    return re.sub(r"\W", "", number or "").upper()
