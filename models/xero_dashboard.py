from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from .xero_connection import LINKED_STATES

_lt = LazyTranslate(__name__)


@dataclass(frozen=True)
class Card:
    """One part of the page.

    :ivar parts: the figures it shows, keys of `xero.figure`'s widgets
    :ivar layout: how it is drawn, see static/src/dashboard
    :ivar about: what it says, in a line
    :ivar next_step: what to do where it is empty
    """

    key: str
    title: str
    parts: tuple[str, ...]
    layout: str
    about: str
    next_step: str


POST = _lt("Nothing is open. Post an invoice or a bill, or approve one in Xero, and refresh.")
REPORTS = _lt("Switch on Compare Balance Sheet in the settings, press Re-authorise, and refresh.")
# What the bridge to payroll fills; until then they say how to get there (features.md S5-58).
PAYROLL = _lt(
    "Needs the payroll bridge and Allow Payroll Access in the settings. In a Xero demo organisation, set payroll up "
    "first: open Payroll settings in Xero, then press Re-import Your Data here."
)
CARDS = (
    Card("sales", _lt("Customer Invoices"), ("a_sales",), "tiles", _lt("What customers still owe."), POST),
    Card("purchases", _lt("Bills"), ("b_purchases",), "tiles", _lt("What is still to be paid."), POST),
    Card("receivables", _lt("Aged Receivables"), ("d_receivables",), "ages", _lt("By days overdue."), POST),
    Card("payables", _lt("Aged Payables"), ("e_payables",), "ages", _lt("By days overdue."), POST),
    Card(
        "documents",
        _lt("Invoice List"),
        ("i_documents",),
        "list",
        _lt("Open invoices and bills: what differs first, then the longest due."),
        POST,
    ),
    Card(
        "products",
        _lt("Growth per Product"),
        ("j_products",),
        "growth",
        _lt("Sales without tax: the last 30 days and the 30 before."),
        _lt("Sell a product that has an internal reference, and refresh."),
    ),
    Card(
        "accounts",
        _lt("Account Balances"),
        ("k_accounts",),
        "accounts",
        _lt("Now and a month ago; income and costs of this financial year. Tick accounts to compare them."),
        REPORTS,
    ),
    Card(
        "sheet",
        _lt("Balance Sheet"),
        ("f_assets", "g_liabilities", "h_equity"),
        "sheet",
        _lt("Account by account."),
        REPORTS,
    ),
    Card("employees", _lt("Employees"), ("l_employees",), "list", _lt("On either side."), PAYROLL),
    Card("hours", _lt("Hours Worked"), ("m_hours",), "list", _lt("Total time of the timesheets."), PAYROLL),
)
SHOWN = {
    "id": "id",
    "widget": "part",
    "key": "key",
    "name": "name",
    "odoo_amount": "odoo",
    "xero_amount": "xero",
    "odoo_before": "odoo_before",
    "xero_before": "xero_before",
    "odoo_count": "odoo_count",
    "xero_count": "xero_count",
    "difference": "difference",
    "compared": "compared",
    "unit": "unit",
    "date_due": "due",
    "res_id": "res_id",
}


class XeroDashboard(models.AbstractModel):
    """What the page Dashboard shows: the figures of the last reading. Opening it calls nobody."""

    _name = "xero.dashboard"
    _description = "Xero Dashboard"

    @api.model
    def read_page(self):
        """The page's contents for the companies that are chosen.

        :return: ``{"connections": [{"figures": […], "read_at": …, "calls": …, …}], "cards": […], "may_connect": bool}``
        :raises AccessError: for who may not see the figures
        """
        figures = self.env["xero.figure"]
        figures.check_access("read")
        connections = self.env["xero.connection"].search(
            [("company_id", "in", self.env.companies.ids), ("state", "in", LINKED_STATES)]
        )
        return {
            "connections": [self._connection(connection) for connection in connections],
            "cards": [self._card(card) for card in self._cards()],
            "may_connect": self.env.user.has_group("account_xero.group_xero_administrator"),
        }

    @api.model
    def _cards(self):
        """The parts of the page in order; a bridge adds its own."""
        return CARDS

    def _card(self, card):
        words = {name: self.env._(getattr(card, name)) for name in ("title", "about", "next_step")}
        return {"key": card.key, "parts": card.parts, "layout": card.layout, **words}

    def _connection(self, connection):
        reading = self.env["xero.figure.reading"]._of(connection)
        budget = self.env["xero.budget"].sudo().search([("connection_id", "=", connection.id)], limit=1)
        figures = self.env["xero.figure"].search([("connection_id", "=", connection.id)])
        return {
            "id": connection.id,
            "name": connection.organisation_name or connection.display_name,
            "company": connection.company_id.display_name,
            "state": connection.state,
            "currency_id": connection.company_id.currency_id.id,
            "read_at": fields.Datetime.to_string(reading.read_at) if reading else False,
            "calls": reading.calls or figures._least_calls(connection),
            "calls_left": budget.day_remaining if budget.day_remaining >= 0 else False,
            "figures": [self._figure(figure) for figure in figures],
        }

    def _figure(self, figure):
        values = {shown: figure[name] for name, shown in SHOWN.items()}
        return {**values, "due": fields.Date.to_string(figure.date_due) if figure.date_due else False}
