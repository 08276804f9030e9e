import hashlib

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..xero_api.outcomes import XeroError

TAKING_OVER = "xero_taking_over"  # context key of the one call that a copy may make


class XeroConnection(models.Model):
    """A copy of the database must not act in the books of the original.

    A connection remembers in which database it was authorised. Where that is another one than this (a backup that was
    restored, a duplicate, a test system that was not neutralised), nothing is sent or read and no token is renewed,
    because renewing would take the original's access away, until somebody says that this copy takes over.
    """

    _inherit = "xero.connection"

    fingerprint = fields.Char(readonly=True, copy=False, help="The database in which this connection was authorised.")
    is_copy = fields.Boolean(compute="_compute_is_copy", string="Database Is a Copy")

    def _compute_is_copy(self):
        here = self._database_fingerprint()
        for connection in self:
            known = connection.sudo().fingerprint
            connection.is_copy = bool(known) and known != here

    def _database_fingerprint(self):
        """A digest of what tells this database from its copies.

        Odoo gives a duplicate a new uuid; a copy made with PostgreSQL's own tools has another oid, and one in another
        cluster another system identifier.
        """
        [[oid, may_ask]] = self.env.execute_query(
            SQL(
                """SELECT oid, has_function_privilege('pg_control_system()', 'execute')
                     FROM pg_database WHERE datname = current_database()"""
            )
        )
        cluster = self.env.execute_query(SQL("SELECT system_identifier FROM pg_control_system()")) if may_ask else ""
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return hashlib.sha256(f"{uuid} {oid} {cluster}".encode()).hexdigest()

    def write(self, vals):
        if vals.get("state") == "connected":
            # Somebody logged in to Xero in this very database.
            vals = {**vals, "fingerprint": self._database_fingerprint()}
        return super().write(vals)

    # === NOTHING LEAVES A COPY === #

    def _check_fingerprint(self):
        """Raise UserError where this database is a copy of the one in which the connection was authorised."""
        if self.is_copy and not self.env.context.get(TAKING_OVER):
            raise UserError(
                self.env._(
                    "This database is a copy of the one that was connected to %(organisation)s, so nothing is "
                    "exchanged with Xero from here. If it replaces the original, press This Copy Takes Over on the "
                    "connection.",
                    organisation=self.display_name,
                )
            )

    def _access_token(self, refused=None):
        self._check_fingerprint()
        return super()._access_token(refused=refused)

    def _ready_to_run(self):
        ready = super()._ready_to_run()
        copies = ready.filtered("is_copy")
        for connection in copies:
            connection._tell_copy()
        return ready - copies

    def _tell_copy(self):
        issues = self.env["xero.issue"].sudo()
        told = [("connection_id", "=", self.id), ("code", "=", "database_copy"), ("state", "=", "open")]
        if not issues.search_count(told, limit=1):
            problem = {"code": "database_copy", "model": self._name, "res_id": self.id}
            issues._raise_many(self, [{**problem, "values": {"organisation": self.display_name}}])

    def _remove_at_xero(self):
        if self.is_copy:
            return self.env._(
                "Disconnected in this copy of the database. Xero was not told, for the access belongs to the original."
            )
        return super()._remove_at_xero()

    # === TAKING OVER === #

    def action_take_over(self):
        """This database replaces the one it was copied from: check that Xero lets us into the same organisation."""
        self.ensure_one()
        self.check_access("write")
        try:
            organisation = self.with_context(**{TAKING_OVER: True})._with_client(self._read_organisation)
        except XeroError as error:
            return self._notify("danger", self.env._("Xero does not let this copy in"), self._words_for(error))
        if organisation.get("OrganisationID") != self.organisation_id:
            raise UserError(
                self.env._(
                    "Xero answered for %(theirs)s, but this connection belongs to %(ours)s. Nothing was changed.",
                    theirs=organisation.get("Name"),
                    ours=self.organisation_name,
                )
            )
        self.write({"fingerprint": self._database_fingerprint()})
        self.invalidate_recordset(["is_copy"])
        self.env["xero.issue"]._mended(self._name, self.ids, codes=["database_copy"])
        self.message_post(
            body=self.env._(
                "%(user)s said that this database replaces the one it was copied from. Make sure that the original is "
                "switched off: two databases with one access take it away from each other.",
                user=self.env.user.name,
            )
        )
        self._wake_export()
        self._wake_import()
        return self._notify("success", self.env._("This database is in charge now"), self.display_name)
