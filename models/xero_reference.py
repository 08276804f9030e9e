from odoo import api, fields, models


class XeroReference(models.AbstractModel):
    """Data that belongs to Xero and is only read: accounts, tax rates, currencies.

    A row mirrors one element of a connection. What has vanished or is no longer ACTIVE in Xero is
    archived and so leaves every picker, while records that point at it stay whole.
    """

    _name = "xero.reference"
    _description = "Reference data read from Xero"

    _xero_resource = None  # the name in the path and in the envelope
    _xero_key = None  # our field that identifies a row within its connection

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    active = fields.Boolean(default=True)

    @api.model
    def _from_xero(self, element):
        """Return the values of one row for one element as Xero sends it; None skips the element."""
        raise NotImplementedError

    @api.model
    def _fetch(self, connection, client):
        """Return the rows that Xero holds now, as values for `_replace`; one call, nothing is written."""
        answer = client.get(self._xero_resource)
        rows = (self._from_xero(element) for element in answer.payload.get(self._xero_resource) or [])
        return [row for row in rows if row]

    @api.model
    def _replace(self, connection, rows):
        """Upsert `rows` by key in batch, archive what is not among them, and return the active rows."""
        mirrored = self.sudo().with_context(active_test=False).search([("connection_id", "=", connection.id)])
        by_key = {record[self._xero_key]: record for record in mirrored}
        wanted = {row[self._xero_key]: row for row in rows}
        for key, record in by_key.items():
            record._bring_in_step(wanted.get(key) or {"active": False})
        mirrored += self.sudo().create(
            [self._stored(row, connection_id=connection.id) for key, row in wanted.items() if key not in by_key]
        )
        return mirrored.filtered("active").with_env(self.env)

    def _bring_in_step(self, values):
        """Write only what differs, so that an unchanged chart of accounts costs no UPDATE."""
        changed = {name: value for name, value in values.items() if self._mirrored(name) != (value or False)}
        if changed:
            self.write(self._stored(changed))

    def _mirrored(self, name):
        """Return the current value of a field in the form `_from_xero` gives it."""
        return self[name] or False

    @api.model
    def _stored(self, values, **more):
        """Return `values` of `_from_xero` in the form create() and write() take."""
        return {**values, **more}
