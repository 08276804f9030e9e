"""Exchange rates: as Odoo booked them, in Xero's direction, and never one that nobody entered."""

from decimal import Decimal

from odoo import api, models

from ..exceptions import Hold
from .xero_mapper import decimal

# CurrencyRate is a [18].[6]: the currency per unit of the base currency, on both sides (xero-api.md 4.2).
RATE_PLACES = 6


class XeroMapper(models.AbstractModel):
    """The rate of what goes to Xero."""

    _inherit = "xero.mapper"

    @api.model
    def _rate_keys(self, company, currency, rate, date, cause):
        """``{"CurrencyRate": …}`` of a document or payment, nothing in the base currency.

        :param rate: currency per unit of the company's currency, as Odoo booked it
        :param cause: the record that has to be mended
        :raises Hold: Odoo knows no rate and booked one to one, which must not get into Xero's books as well
        """
        if currency == company.currency_id:
            return {}
        wire = decimal(rate, RATE_PLACES)
        if wire <= 0 or (wire == 1 and not self._has_rate(company, currency, date)):
            raise Hold("rate_missing", cause, currency=currency.name, base=company.currency_id.name, date=str(date))
        return {"CurrencyRate": wire}

    @api.model
    def _rate_booked(self, amount_currency, balance):
        """The rate at which an amount was booked: payments have one of their own."""
        return abs(amount_currency / balance) if balance else 0.0

    @api.model
    def _rate_read(self, company, currency, payload):
        """Xero's rate of a document or payment that was read, currency per unit of the base; 0 in the base currency."""
        return Decimal(0) if currency == company.currency_id else Decimal(str(payload.get("CurrencyRate") or 0))

    @api.model
    def _balance_keys(self, company, currency, payload, amount):
        """What a payment from Xero is in the company's currency, by Xero's rate; nothing where Xero names none.

        :param amount: in the payment's currency
        """
        rate = self._rate_read(company, currency, payload)
        return {"force_balance": company.currency_id.round(float(Decimal(str(amount)) / rate))} if rate else {}

    @api.model
    def _has_rate(self, company, currency, date):
        """Whether somebody entered a rate for the day or before it."""
        return bool(
            self.env["res.currency.rate"]
            .sudo()
            .search_count(
                [
                    ("currency_id", "=", currency.id),
                    ("company_id", "in", (False, company.root_id.id)),
                    ("name", "<=", date),
                ],
                limit=1,
            )
        )
