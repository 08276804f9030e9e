from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..const import SCOPE_WORDS
from .xero_schedule import OBJECTS

ROW = Markup("<tr><td>{name}</td><td>{out}</td><td>{in_}</td></tr>")
TABLE = Markup(
    "<table class='table table-sm mb-0'><thead><tr><th>{name}</th><th>{out}</th><th>{in_}</th></tr></thead>"
    "<tbody>{rows}</tbody></table>"
)


class XeroConnection(models.Model):
    """What a connection says of itself at a glance: when each object last went well, and which rights it asks for."""

    _inherit = "xero.connection"

    last_success = fields.Html(compute="_compute_last_success", sanitize=False)
    calls_left = fields.Char(compute="_compute_calls_left")
    wanted_rights = fields.Text(
        compute="_compute_wanted_rights",
        string="Rights Asked For",
        help="They follow from what is switched on; Xero's consent page lists them.",
    )

    @api.depends_context("tz", "lang")
    def _compute_last_success(self):
        for connection in self:
            groups = (
                self.env["xero.binding"]
                .sudo()
                ._read_group(
                    [("connection_id", "=", connection._origin.id)],
                    ["resource"],
                    ["last_export_date:max", "last_import_date:max"],
                )
            )
            rows = [connection._success_row(*group) for group in groups if any(group[1:])]
            words = {"name": self.env._("Object"), "out": self.env._("To Xero"), "in_": self.env._("From Xero")}
            connection.last_success = TABLE.format(rows=Markup().join(rows), **words) if rows else False

    def _success_row(self, resource, out, back):
        name = self.env._(OBJECTS[resource]) if resource in OBJECTS else resource
        moments = [format_datetime(self.env, moment, dt_format="short") if moment else "" for moment in (out, back)]
        return ROW.format(name=name, out=moments[0], in_=moments[1])

    def _compute_calls_left(self):
        for connection in self:
            connection.calls_left = self.env._(
                "%(left)s of %(limit)s calls left today",
                left=f"{max(0, connection.calls_a_day - connection.calls_today):,}",
                limit=f"{connection.calls_a_day:,}",
            )

    def _compute_wanted_rights(self):
        for connection in self:
            words = [SCOPE_WORDS[scope] for scope in connection._wanted_scopes() if scope in SCOPE_WORDS]
            connection.wanted_rights = ", ".join(words)
