"""What Xero posted of a document on which account: the stock journals take it off the stock's value."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from odoo import api, models

CENT = Decimal("0.01")
# Xero's type -> which way its lines are posted on their accounts, debits above zero.
SIGNS = {"ACCPAY": 1, "ACCRECCREDIT": 1, "ACCREC": -1, "ACCPAYCREDIT": -1}


def _exact(value):
    return Decimal(str(value or 0))


class XeroMapperDocument(models.AbstractModel):
    _inherit = "xero.mapper.document"

    @api.model
    def _agreed(self, data, facts):
        return {**super()._agreed(data, facts), **_coded(data, "LineItems", SIGNS.get(data.get("Type"), 0))}


class XeroMapperManualJournal(models.AbstractModel):
    _inherit = "xero.mapper.manual_journal"

    @api.model
    def _agreed(self, data, facts):
        return {**super()._agreed(data, facts), **_coded(data, "JournalLines", 1)}


def _coded(data, key, sign):
    """``{"coded": {account code: amount}}`` in the organisation's currency; ``{}`` of answers without lines."""
    if key not in data or not sign:
        return {}
    rate, inclusive = _exact(data.get("CurrencyRate") or 1), data.get("LineAmountTypes") == "Inclusive"
    sums = defaultdict(Decimal)
    for line in data[key] or []:
        if line.get("AccountCode"):
            net = _exact(line.get("LineAmount")) - (_exact(line.get("TaxAmount")) if inclusive else 0)
            sums[line["AccountCode"]] += sign * (net / rate).quantize(CENT, ROUND_HALF_UP)
    return {"coded": {code: str(amount) for code, amount in sums.items()}}
