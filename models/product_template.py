from odoo import api, fields, models

from .xero_sync_mixin import CODE_HELP, HELP, INTERNAL

# What the variant knows and the panel of the template shows.
SHOWN = (
    "xero_state",
    "xero_code",
    "xero_last_export_date",
    "xero_last_import_date",
    "xero_connected",
    "xero_waiting",
    "xero_url",
    "xero_problem",
    "xero_advice",
)
POLICY = ("xero_do_not_export", "xero_do_not_export_reason", "xero_do_not_import", "xero_do_not_import_reason")


class ProductTemplate(models.Model):
    """A product with one variant shows the variant's Xero state; with several, each variant is an item of its own."""

    _name = "product.template"
    _inherit = ["product.template", "xero.panel.mixin"]

    xero_state = fields.Selection(
        lambda self: self.env["product.product"]._fields["xero_state"]._description_selection(self.env),
        compute="_compute_xero_of_variant",
        groups=INTERNAL,
    )
    xero_code = fields.Char("Accounting Code", compute="_compute_xero_of_variant", groups=INTERNAL, help=CODE_HELP)
    xero_last_export_date = fields.Datetime(
        "Last Accounting Export Date",
        compute="_compute_xero_of_variant",
        groups=INTERNAL,
        help=HELP["xero_last_export_date"],
    )
    xero_last_import_date = fields.Datetime(
        "Last Accounting Import Date",
        compute="_compute_xero_of_variant",
        groups=INTERNAL,
        help=HELP["xero_last_import_date"],
    )
    xero_connected = fields.Boolean(compute="_compute_xero_of_variant", groups=INTERNAL)
    xero_waiting = fields.Boolean("Waits for Xero", compute="_compute_xero_of_variant", groups=INTERNAL)
    xero_url = fields.Char("Open in Xero", compute="_compute_xero_of_variant", groups=INTERNAL)
    xero_problem = fields.Text(compute="_compute_xero_of_variant", groups=INTERNAL)
    xero_advice = fields.Text("What to Do", compute="_compute_xero_of_variant", groups=INTERNAL)

    xero_do_not_export = fields.Boolean(
        "Do Not Export to Xero",
        compute="_compute_xero_policy",
        inverse="_inverse_xero_do_not_export",
        groups=INTERNAL,
        help=HELP["xero_do_not_export"],
    )
    xero_do_not_export_reason = fields.Char(
        "Reason for Not Exporting",
        compute="_compute_xero_policy",
        inverse="_inverse_xero_do_not_export_reason",
        groups=INTERNAL,
        help=HELP["xero_do_not_export_reason"],
    )
    xero_do_not_import = fields.Boolean(
        "Do Not Import from Xero",
        compute="_compute_xero_policy",
        inverse="_inverse_xero_do_not_import",
        groups=INTERNAL,
        help=HELP["xero_do_not_import"],
    )
    xero_do_not_import_reason = fields.Char(
        "Reason for Not Importing",
        compute="_compute_xero_policy",
        inverse="_inverse_xero_do_not_import_reason",
        groups=INTERNAL,
        help=HELP["xero_do_not_import_reason"],
    )

    @api.depends_context("company", "allowed_company_ids", "lang")
    def _compute_xero_of_variant(self):
        for name in SHOWN:
            self._compute_template_field_from_variant_field(name)
        self.xero_connected = bool(self.env["product.product"]._xero_connection_ids())

    @api.depends(*(f"product_variant_ids.{name}" for name in POLICY))
    @api.depends_context("company")
    def _compute_xero_policy(self):
        for name in POLICY:
            self._compute_template_field_from_variant_field(name)

    def _inverse_xero_do_not_export(self):
        self._set_product_variant_field("xero_do_not_export")

    def _inverse_xero_do_not_export_reason(self):
        self._set_product_variant_field("xero_do_not_export_reason")

    def _inverse_xero_do_not_import(self):
        self._set_product_variant_field("xero_do_not_import")

    def _inverse_xero_do_not_import_reason(self):
        self._set_product_variant_field("xero_do_not_import_reason")

    # The buttons of the panel; it shows them for products with one variant only.

    def action_xero_export(self):
        return self.product_variant_ids.action_xero_export()

    def action_xero_open(self):
        return self.product_variant_ids.action_xero_open()

    def action_xero_view_errors(self):
        return self.product_variant_ids.action_xero_view_errors()

    def action_xero_retry(self):
        return self.product_variant_ids.action_xero_retry()

    def action_xero_history(self):
        return self.product_variant_ids.action_xero_history()

    def action_xero_unlink(self):
        return self.product_variant_ids.action_xero_unlink()
