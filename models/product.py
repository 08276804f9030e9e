from odoo import fields, models
from odoo.tools import SQL

from .xero_sync_mixin import LINKED


def _early_query(condition):
    """Variants that are in no organisation yet; one that belongs to another company goes to none."""
    return SQL(
        """SELECT c.id, 'product.product', p.id FROM product_product p
             JOIN product_template t ON t.id = p.product_tmpl_id
             JOIN xero_connection c ON %s AND (t.company_id IS NULL OR t.company_id = c.company_id)
            WHERE %s AND NOT EXISTS (
                  SELECT 1 FROM xero_binding b WHERE b.connection_id = c.id AND b.model = 'product.product'
                     AND b.res_id = p.id AND (b.external_id IS NOT NULL OR b.state = 'sending'))""",
        LINKED,
        condition,
    )


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "xero.sync.mixin"]

    xero_do_not_export = fields.Boolean(company_dependent=True)
    xero_do_not_export_reason = fields.Char(company_dependent=True)
    xero_do_not_import = fields.Boolean(company_dependent=True)
    xero_do_not_import_reason = fields.Char(company_dependent=True)

    # Not standard_price: stock valuation writes it at every receipt, and that is no edit (odoo19.md section 4).
    _xero_watched = frozenset({"default_code", "active"})
    _xero_mends = True

    def _xero_early_query(self, ids):
        return _early_query(SQL("p.id = ANY(%s)", list(ids)))

    def unlink(self):
        """Delete, but archive what is in Xero: an item that documents use cannot go there either."""
        linked = self._xero_linked()
        if linked:
            linked.action_archive()
            linked._xero_tell_archived()
        return super(ProductProduct, self - linked).unlink()

    def _xero_tell_archived(self):
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "message": self.env._(
                    "%(products)s is synced with Xero and was archived instead of deleted.",
                    products=", ".join(self.mapped("display_name")),
                ),
            },
        )


class ProductTemplate(models.Model):
    _inherit = "product.template"

    _xero_watched = frozenset(
        {"name", "list_price", "description_sale", "description_purchase", "sale_ok", "purchase_ok", "categ_id"}
        | {"property_account_income_id", "property_account_expense_id"}
    )
    _xero_mends = True

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(("taxes_id", "supplier_taxes_id")):  # no columns
            self.env["xero.outbox"]._mark(self)
        self.env["xero.outbox"]._mark_relations(self, vals)
        return result

    def _write_multi(self, vals_list):
        super()._write_multi(vals_list)
        self.env["xero.outbox"]._mark_written(self, vals_list)

    def _xero_mark_query(self, ids):
        return SQL(
            """SELECT b.connection_id, b.model, b.res_id FROM xero_binding b
                 JOIN product_product p ON p.id = b.res_id
                 JOIN xero_connection c ON c.id = b.connection_id AND %s
                WHERE b.model = 'product.product' AND p.product_tmpl_id = ANY(%s)
                  AND (b.external_id IS NOT NULL OR b.state = 'sending')""",
            LINKED,
            list(ids),
        )

    def _xero_early_query(self, ids):
        return _early_query(SQL("p.product_tmpl_id = ANY(%s)", list(ids)))

    def _xero_mended_query(self, ids):
        return SQL("SELECT 'product.product', p.id FROM product_product p WHERE p.product_tmpl_id = ANY(%s)", list(ids))

    def unlink(self):
        """Archive the templates whose variants are in Xero; the database would delete them by cascade."""
        linked = self.with_context(active_test=False).product_variant_ids._xero_linked()
        if linked:
            linked.product_tmpl_id.action_archive()
            linked._xero_tell_archived()
        return super(ProductTemplate, self - linked.product_tmpl_id).unlink()
