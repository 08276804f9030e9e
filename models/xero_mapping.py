from odoo import api, fields, models


class XeroMapping(models.AbstractModel):
    """What of Odoo's is what of Xero's, for one connection.

    Every Odoo record that documents can need has a row, with or without a counterpart, so that what is
    missing can be seen. A proposal fills empty rows only: nothing a person chose is ever overwritten.
    """

    _name = "xero.mapping"
    _description = "Mapping between Odoo and Xero"

    _source = None  # the field that holds Odoo's side
    _target = None  # the field that points at Xero's side

    connection_id = fields.Many2one(
        "xero.connection",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company._xero_connection(),
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    origin = fields.Selection(
        [("proposed", "Proposed"), ("manual", "Chosen by Hand")], required=True, default="proposed", readonly=True
    )
    mapped = fields.Boolean(compute="_compute_mapped", store=True)

    @api.depends(lambda self: [self._target] if self._target else [])
    def _compute_mapped(self):
        for mapping in self:
            mapping.mapped = bool(mapping[self._target])

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_origin(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_origin(vals))

    @api.model
    def _with_origin(self, vals):
        """A counterpart that does not come from a proposal was chosen by hand; an emptied one may be proposed again."""
        if self._target not in vals or "origin" in vals:
            return vals
        return {**vals, "origin": "manual" if vals[self._target] else "proposed"}

    @api.model
    def _propose(self, connection):
        """Make the rows that are missing for `connection` and fill the empty ones where a counterpart is plain."""
        rows = self.sudo().search([("connection_id", "=", connection.id)])
        rows._drop_stale(connection)
        by_key = {row._key(): row for row in rows}
        proposals = self.sudo()._proposals(connection)
        for key, target in proposals.items():
            row = by_key.get(key)
            if row and target and not row[self._target] and row.origin == "proposed":
                row.write({self._target: target.id, "origin": "proposed"})
        return self.sudo().create(
            [
                {
                    "connection_id": connection.id,
                    **self._values_of(key),
                    self._target: target.id if target else False,
                    "origin": "proposed",
                }
                for key, target in proposals.items()
                if key not in by_key
            ]
        )

    def _drop_stale(self, connection):
        """Empty the rows whose counterpart is no longer right in Xero, and say so on the connection."""
        stale = self.filtered(lambda row: row[row._target] and not row._holds())
        if not stale:
            return
        connection.message_post(
            body=self.env._(
                "No longer right in Xero, and so no longer mapped: %(pairs)s. Look at the mappings.",
                pairs=", ".join(f"{row.display_name} → {row[row._target].display_name}" for row in stale),
            )
        )
        stale.write({self._target: False})

    def _holds(self):
        """Whether the counterpart of this row can still be used."""
        return self[self._target].active

    @api.model
    def _proposals(self, connection):
        """Return {key: Xero record or None} for everything of the company that documents can need."""
        raise NotImplementedError

    def _key(self):
        """Return what identifies this row's Odoo side."""
        raise NotImplementedError

    @api.model
    def _values_of(self, key):
        """Return the create values of the Odoo side for a key."""
        raise NotImplementedError

    @api.model
    def _for(self, connection):
        """Return {key: Xero record} of all rows of `connection` that have an active counterpart."""
        domain = [("connection_id", "=", connection.id), ("mapped", "=", True)]
        rows = self.sudo().search_fetch(domain, [self._source, self._target])
        return {row._key(): row[self._target] for row in rows if row[self._target].active}
