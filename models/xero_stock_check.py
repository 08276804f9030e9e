"""Stock that Xero counts is compared with Odoo's, and what differs is corrected to Odoo's (S4-29)."""

import logging
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from ..business_hours import local_day
from ..xero_api.outcomes import XeroError
from .xero_stock_expected import CENT, exact

_logger = logging.getLogger(__name__)

AT_LEAST_EVERY = timedelta(days=1)
ONE = Decimal(1)


class XeroConnection(models.Model):
    _inherit = "xero.connection"

    def _run_export(self):
        for connection in self._ready_to_run():
            if connection._counts_stock("tracked") and not connection.stock_level_ids:
                connection._read_stock()
        result = super()._run_export()
        for connection in self._ready_to_run():
            if connection._stock_check_is_due():
                connection._check_stock()
        return result

    def _stock_check_is_due(self):
        if not self._counts_stock("tracked"):
            return False
        watch, now = self._stock_watch(), fields.Datetime.now()
        last = watch.checked_at
        if not last or last <= now - AT_LEAST_EVERY:
            return True
        ready_at = last + timedelta(minutes=self.stock_check_minutes)
        if watch.moved and ready_at > now:
            self._wake_export(ready_at)
        return watch.moved and ready_at <= now

    def action_check_stock(self):
        """Compare now, and correct what differs."""
        self.ensure_one()
        self._stock_watch().write({"checked_at": False, "moved": True})
        self._wake_export()
        return self.action_view_stock_levels()

    def action_view_stock_levels(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Stock in Xero and in Odoo"),
            "res_model": "xero.stock.level",
            "view_mode": "list,form",
            "domain": [("connection_id", "=", self.id)],
        }

    # === READ === #

    def _read_stock(self):
        """Read what Xero counts, one call with no transaction open; returns the levels, or None where it failed."""
        self.env["ir.cron"]._commit_progress(0, remaining=0)
        mapper = self.env["xero.mapper.item"]
        try:
            answer = self._with_client(lambda client: client.get(mapper._xero_resource), urgency="normal")
        except (XeroError, UserError) as error:
            _logger.info("Xero: the stock of connection %s could not be read: %s", self.id, error)
            return None
        read = mapper._counted(self, answer)
        return self.env["xero.stock.level"]._keep(self, read)

    # === COMPARE AND CORRECT === #

    def _check_stock(self):
        """Compare and, where Xero differs, make the documents that correct it; the next run sends them."""
        levels = self._read_stock()
        if levels is not None:
            self._stock_watch().write({"checked_at": fields.Datetime.now(), "moved": False})
        if levels:
            figures = levels._compare()
            lines = [line for level in levels for line in self._corrections(level, figures[level.product_id.id])]
            if lines:
                today = self._open_day(local_day(self.company_id, fields.Datetime.now()))
                self._make_stock_documents(today, lines, explanation=self._corrections_explained())
                self._wake_export()
        self.env["ir.cron"]._commit_progress(0, remaining=0)

    def _corrections_explained(self):
        return self.env._(
            "What Xero shows differs from what Odoo expects there: on hand in Odoo, plus delivered and not invoiced, "
            "less received and not billed. This brings Xero to Odoo's figures. Each line says why."
        )

    def _corrections(self, level, figures):
        """Lines that bring an item to Odoo's figures: what is missing, or what is too much, and its value."""
        if not level.is_tracked or not figures.is_settled:
            return []
        quantity, value = level._differences(figures)
        if figures.on_its_way or figures.method != "average":
            # What the documents on their way are worth is known once they are there; other methods than the average
            # are not Xero's.
            value = (quantity * self._unit_value(level, figures, quantity)).quantize(CENT, ROUND_HALF_UP)
        return self._lines_of_difference(level, figures, quantity, value)

    def _unit_value(self, level, figures, quantity):
        """Of one piece: what comes is worth Odoo's cost, what goes is worth Xero's average."""
        if quantity < 0 and level.xero_quantity > 0:
            return Decimal(repr(level.xero_value)) / exact(level.xero_quantity)
        return figures.cost

    def _lines_of_difference(self, level, figures, quantity, value):
        """A line for the quantity. Value that no quantity carries is one piece in, and one out, at another price."""
        if not quantity and not value:
            return []
        if quantity and value * quantity >= 0:
            return [self._difference_line(level, quantity, value)]
        unit = figures.cost.quantize(CENT, ROUND_HALF_UP)
        up = max(quantity, 0) + ONE
        down = max(-quantity, 0) + ONE
        worth = (max(unit, 0) * max(up, down)).quantize(CENT, ROUND_HALF_UP)
        return [
            self._difference_line(level, up, worth + max(value, 0)),
            self._difference_line(level, -down, -(worth + max(-value, 0))),
        ]

    def _difference_line(self, level, quantity, value):
        return {
            "cause": "discrepancy",
            "product_id": level.product_id.id,
            "quantity": float(quantity),
            "unit_cost": float(value / quantity),
            "value": float(value),
            "description": self.env._("%(product)s: corrected to Odoo", product=level.product_id.display_name),
            "explanation": level.explanation,
        }
