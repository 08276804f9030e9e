from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.outbox import SUPPRESS
from .xero_sync_mixin import LINKED

CONTACTS, GROUPS = "Contacts", "ContactGroups"


class XeroGroupMember(models.Model):
    """One contact with one tag that is a contact group in Xero, so that being in a group has a link of its own.

    Rows follow the tags of the contacts. A row that was taken out stays until Xero knows of it.
    """

    _name = "xero.group.member"
    _description = "Contact in a Group"
    _log_access = False

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", readonly=True)
    category_id = fields.Many2one("res.partner.category", required=True, ondelete="cascade", index=True, readonly=True)
    removed = fields.Boolean(readonly=True)

    _once = models.UniqueIndex("(partner_id, category_id)")

    # Shown, found and opened like the contact.

    def _xero_label(self):
        return self.env._("%(contact)s in %(group)s", contact=self.partner_id.name, group=self.category_id.name)

    @api.model
    def _xero_label_domain(self, operator, value):
        return [("partner_id.name", operator, value)]

    def _xero_form_record(self):
        return self.partner_id

    # === FOLLOWING THE TAGS === #

    @api.model
    def _follow(self, partners=None, categories=None):
        """Bring the rows in step with the tags of contacts, and mark what is new for Xero.

        :param partners: only these; None: all
        :param categories: only these; None: all that are groups in Xero
        """
        groups = self._group_ids(categories)
        if not groups or partners is not None and not partners:
            return
        self.env.flush_all()
        only = SQL("partner_id = ANY(%s)", list(partners.ids)) if partners is not None else SQL("TRUE")
        tags = self.env["res.partner"]._fields["category_id"]
        relation = SQL(
            "SELECT %s AS partner_id, %s AS category_id FROM %s",
            SQL.identifier(tags.column1),
            SQL.identifier(tags.column2),
            SQL.identifier(tags.relation),
        )
        changed = self.env.execute_query(
            SQL(
                """WITH tagged AS (SELECT * FROM (%(relation)s) r WHERE category_id = ANY(%(groups)s) AND %(only)s),
                   come AS (
                   INSERT INTO xero_group_member (partner_id, category_id, removed)
                   SELECT partner_id, category_id, FALSE FROM tagged
                       ON CONFLICT (partner_id, category_id) DO UPDATE SET removed = FALSE
                          WHERE xero_group_member.removed
                   RETURNING id),
                   gone AS (
                   UPDATE xero_group_member m SET removed = TRUE
                    WHERE category_id = ANY(%(groups)s) AND %(only)s AND removed IS NOT TRUE AND NOT EXISTS (
                          SELECT 1 FROM tagged t WHERE t.partner_id = m.partner_id AND t.category_id = m.category_id)
                   RETURNING id)
                   SELECT id FROM come UNION ALL SELECT id FROM gone""",
                relation=relation,
                groups=groups,
                only=only,
            )
        )
        self.invalidate_model()
        self.env["xero.outbox"]._mark(self.browse(id_ for (id_,) in changed))

    @api.model
    def _group_ids(self, categories=None):
        """Ids of the tags that are groups of a linked organisation."""
        only = SQL("b.res_id = ANY(%s)", list(categories.ids)) if categories is not None else SQL("TRUE")
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT b.res_id FROM xero_binding b JOIN xero_connection c ON c.id = b.connection_id AND %s
                    WHERE b.resource = %s AND b.external_id IS NOT NULL AND b.state != 'deleted' AND %s""",
                LINKED,
                GROUPS,
                only,
            )
        )
        return [id_ for (id_,) in rows]

    @api.model
    def _contacts_linked(self, partner_ids):
        """These contacts are in Xero from now on, so that they can be in its groups."""
        self.with_context(**{SUPPRESS: False})._mark_of(self.env["res.partner"].browse(partner_ids))

    def _mark_of(self, partners):
        self._follow(partners)
        self.env["xero.outbox"]._mark(self.sudo().search([("partner_id", "in", partners.ids), ("removed", "=", False)]))

    @api.autovacuum
    def _gc_removed(self):
        """Rows that were taken out and that Xero knows nothing of, or no longer."""
        self.env.execute_query(
            SQL(
                """DELETE FROM xero_group_member m WHERE m.removed AND NOT EXISTS (
                          SELECT 1 FROM xero_binding b WHERE b.model = 'xero.group.member' AND b.res_id = m.id
                             AND b.state != 'deleted')
                      AND NOT EXISTS (SELECT 1 FROM xero_outbox o WHERE o.model = 'xero.group.member'
                                         AND o.res_id = m.id)
                   RETURNING id"""
            )
        )

    # === MARKS === #

    @api.model
    def _xero_mark_query(self, ids):
        return self._xero_differing_query(SQL("m.id = ANY(%s)", list(ids)))

    @api.model
    def _xero_backlog_query(self, connection):
        return self._xero_differing_query(SQL("c.id = %s", connection.id))

    @api.model
    def _xero_differing_query(self, condition):
        """Rows that Xero has and should not, or should have and has not, of contacts and groups that it has."""
        return SQL(
            """SELECT c.id, 'xero.group.member', m.id FROM xero_group_member m
                 JOIN xero_connection c ON %s AND c.send_contact_groups
                 JOIN xero_binding g ON g.connection_id = c.id AND g.model = 'res.partner.category'
                      AND g.res_id = m.category_id AND g.external_id IS NOT NULL AND g.state != 'deleted'
                 JOIN xero_binding p ON p.connection_id = c.id AND p.model = 'res.partner'
                      AND p.res_id = m.partner_id AND p.external_id IS NOT NULL
                 LEFT JOIN xero_binding own ON own.connection_id = c.id AND own.model = 'xero.group.member'
                      AND own.res_id = m.id
                WHERE (own.state = 'sending'
                       OR (m.removed IS TRUE) = (own.external_id IS NOT NULL AND own.state != 'deleted')) AND %s""",
            LINKED,
            condition,
        )


class ResPartnerCategory(models.Model):
    """A tag goes to Xero as a contact group where somebody sends it, or where it came from there."""

    _name = "res.partner.category"
    _inherit = ["res.partner.category", "xero.sync.mixin"]

    _xero_watched = frozenset({"name"})
    _xero_mends = True

    @api.model_create_multi
    def create(self, vals_list):
        categories = super().create(vals_list)
        if any("partner_ids" in vals for vals in vals_list):
            self.env["xero.group.member"].sudo()._follow(categories=categories)
        return categories

    def write(self, vals):
        result = super().write(vals)
        if "partner_ids" in vals:
            self.env["xero.group.member"].sudo()._follow(categories=self)
        return result


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any(vals.get("category_id") for vals in vals_list):
            self.env["xero.group.member"].sudo()._follow(partners)
        return partners

    def write(self, vals):
        result = super().write(vals)
        if "category_id" in vals:
            self.env["xero.group.member"].sudo()._follow(self)
        return result


class XeroBinding(models.Model):
    _inherit = "xero.binding"

    @api.model
    def _record_many(self, connection, rows):
        super()._record_many(connection, rows)
        linked = {row["model"]: [] for row in rows if row.get("external_id")}
        for row in rows:
            if row.get("external_id"):
                linked[row["model"]].append(row["res_id"])
        if not connection.send_contact_groups:
            return
        if linked.get("res.partner"):
            self.env["xero.group.member"].sudo()._contacts_linked(linked["res.partner"])
        if linked.get("res.partner.category"):
            members = self.env["xero.group.member"].sudo().with_context(**{SUPPRESS: False})
            members._follow(categories=self.env["res.partner.category"].browse(linked["res.partner.category"]))


class XeroConnection(models.Model):
    """Whether contact groups of Xero and tags of contacts follow each other."""

    _inherit = "xero.connection"

    import_contact_groups = fields.Boolean(
        "Contact Groups Become Tags",
        help="Every contact group of Xero is a tag of contacts here: the one of the same name, or a new one. Who is "
        "put into a group in Xero, or taken out, gets the tag or loses it. Contacts unknown to Odoo are left out.",
    )
    send_contact_groups = fields.Boolean(
        "Tags Go to Contact Groups",
        help="Who gets a tag that is a contact group in Xero is put into that group, and taken out with the tag. Other "
        "tags stay in Odoo; Send to Xero in the list of tags makes a group of one.",
    )

    def write(self, vals):
        result = super().write(vals)
        linked = self.filtered(lambda one: one.active and one.state == "connected")
        if vals.get("send_contact_groups"):
            self.env["xero.group.member"].sudo()._follow()
            for connection in linked:
                query = self.env["xero.group.member"]._xero_backlog_query(connection)
                self.env.flush_all()
                self.env["xero.outbox"].sudo()._insert_marks([query])
        if vals.get("import_contact_groups"):
            for connection in linked:
                rows = self.env["xero.schedule"]._of(connection)
                rows.filtered(lambda row: (row.resource, row.direction) == (GROUPS, "in"))._request()
                connection._wake_import()
        return result
