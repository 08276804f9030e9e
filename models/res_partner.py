from odoo import api, fields, models
from odoo.tools import SQL

from .xero_sync_mixin import LINKED


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "xero.sync.mixin"]

    # Shared between companies, so each company has its own policy.
    xero_do_not_export = fields.Boolean(company_dependent=True)
    xero_do_not_export_reason = fields.Char(company_dependent=True)
    xero_do_not_import = fields.Boolean(company_dependent=True)
    xero_do_not_import_reason = fields.Char(company_dependent=True)

    # An allow-list: posting writes customer_rank, mail writes message_bounce, and neither is an edit.
    _xero_watched = frozenset(
        {
            "name",
            "email",
            "vat",
            "phone",
            "website",
            "street",
            "street2",
            "city",
            "zip",
            "state_id",
            "country_id",
            "parent_id",
            "type",
            "active",
            "property_payment_term_id",
            "property_supplier_payment_term_id",
            "property_purchase_currency_id",
            "specific_property_product_pricelist",
            "property_account_position_id",
        }
    )
    _xero_mends = True
    # What Xero Minimal Data Mode keeps in Odoo: an edit of it is none of Xero's business (S1-24).
    _xero_details = _xero_watched - {"name", "email", "active", "parent_id", "type"}

    def _xero_early_query(self, ids):
        """Companies that are not in Xero yet, for edits of themselves and of their people."""
        return SQL(
            """SELECT DISTINCT c.id, 'res.partner', p.commercial_partner_id FROM res_partner p
                 JOIN xero_connection c ON %s AND (p.company_id IS NULL OR p.company_id = c.company_id)
                WHERE p.id = ANY(%s)
                  AND NOT EXISTS (SELECT 1 FROM xero_binding b WHERE b.connection_id = c.id AND b.model = 'res.partner'
                                     AND b.res_id = p.commercial_partner_id
                                     AND (b.external_id IS NOT NULL OR b.state = 'sending'))""",
            LINKED,
            list(ids),
        )

    # === PEOPLE STAND FOR THEIR COMPANY === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        self.env["xero.outbox"]._mark(partners.filtered("parent_id"))
        return partners

    def write(self, vals):
        left = self.commercial_partner_id - self if "parent_id" in vals else self.browse()
        result = super().write(vals)
        self.env["xero.outbox"]._mark(left)
        return result

    def unlink(self):
        left = self.commercial_partner_id - self
        result = super().unlink()
        self.env["xero.outbox"]._mark(left)
        return result

    def action_xero_export(self):
        """A person or an address of a company is no contact of its own in Xero: the company goes."""
        companies = self.commercial_partner_id
        return super(ResPartner, companies).action_xero_export() if companies != self else super().action_xero_export()

    @api.model
    def _xero_mark_query(self, ids):
        """A change of a company's person or address is a change of its contact, unless they stay in Odoo anyway."""
        return SQL(
            """SELECT b.connection_id, b.model, b.res_id FROM res_partner p
                 JOIN xero_binding b ON b.model = %s AND b.res_id IN (p.id, p.commercial_partner_id)
                 JOIN xero_connection c ON c.id = b.connection_id AND %s
                WHERE p.id = ANY(%s) AND (b.external_id IS NOT NULL OR b.state = 'sending')
                  AND (b.res_id = p.id OR c.minimal_data_mode IS DISTINCT FROM '1')""",
            self._name,
            LINKED,
            list(ids),
        )

    @api.model
    def _xero_details_mark_query(self, ids):
        return SQL(
            """SELECT d.connection_id, d.model, d.res_id FROM (%s) AS d
                 JOIN xero_connection c ON c.id = d.connection_id AND c.minimal_data_mode IS DISTINCT FROM '1'""",
            super()._xero_details_mark_query(ids),
        )

    # === WHAT LEAVES ODOO === #

    def action_xero_what_leaves(self):
        """Show what of the contact goes to Xero: minimal beside full. Writes nothing and makes no call."""
        self.ensure_one()
        connection_ids = self._xero_connection_ids()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Leaves Odoo"),
            "res_model": "xero.contact.preview",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id, "default_connection_id": connection_ids and connection_ids[0]},
        }
