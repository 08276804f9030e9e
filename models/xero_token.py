import logging
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from psycopg2.errors import LockNotAvailable

from odoo import api, fields, models
from odoo.orm.models import NO_ACCESS
from odoo.tools import SQL

from ..const import TOKEN_LOCK_TIMEOUT, TOKEN_MARGIN_SECONDS
from ..server_config import encryption_key
from ..transactions import on_locked_row
from ..xero_api import oauth
from ..xero_api.outcomes import ReconnectNeeded, RetryLater

_logger = logging.getLogger(__name__)

SECRETS = ("client_secret", "webhook_key", "access_token", "refresh_token")
TOKENS = ("access_token", "refresh_token", "expires_at")


class XeroToken(models.Model):
    """The secrets of one connection, encrypted; the key is never in the database.

    Nobody has access rights on this model, and even sudo() reads nothing from its secret fields:
    they are written and read by SQL in `_seal` and `_open` alone. It is a row of its own, referenced
    by nothing, so that renewing tokens neither waits for users nor makes them wait.
    """

    _name = "xero.token"
    _description = "Xero Token"
    _rec_name = "connection_id"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade", copy=False)
    client_secret = fields.Char(groups=NO_ACCESS, copy=False)
    webhook_key = fields.Char(groups=NO_ACCESS, copy=False)
    access_token = fields.Char(groups=NO_ACCESS, copy=False)
    refresh_token = fields.Char(groups=NO_ACCESS, copy=False)
    expires_at = fields.Datetime(copy=False)
    renewed_at = fields.Datetime(copy=False)
    renewing_since = fields.Datetime(copy=False, help="A renewal was begun, and its answer is not stored.")

    _connection_unique = models.UniqueIndex("(connection_id)", "A connection has one set of tokens.")

    @api.model
    def _has_field_access(self, field, operation):
        return field.name not in SECRETS and super()._has_field_access(field, operation)

    def read(self, fields=None, load="_classic_read"):
        names = fields if fields is not None else list(self._fields)
        return super().read([name for name in names if name not in SECRETS], load=load)

    def export_data(self, fields_to_export):
        self.check_access("read")
        return super().export_data([path for path in fields_to_export if path.split("/")[0] not in SECRETS])

    # -- what the connection uses ------------------------------------------------------------

    @api.model
    def _of(self, connection):
        """Return the token row of the connection, made on first use."""
        token = self.sudo().search([("connection_id", "=", connection.id)], limit=1)
        return token or self.sudo().create({"connection_id": connection.id})

    @api.model
    def _connections_with(self, secret, connection_ids):
        """Return the ids among `connection_ids` for which this secret is stored."""
        if not connection_ids:
            return set()
        query = SQL(
            "SELECT connection_id FROM xero_token WHERE %s IS NOT NULL AND connection_id IN %s",
            SQL.identifier(secret),
            tuple(connection_ids),
        )
        return {connection_id for [connection_id] in self.env.execute_query(query)}

    @api.model
    def _webhook_keys(self):
        """Return ``{webhook key: ids of the connections it was entered for}``; one that cannot be read is none."""
        query = SQL(
            """SELECT t.id, t.connection_id FROM xero_token t JOIN xero_connection c ON c.id = t.connection_id
                WHERE t.webhook_key IS NOT NULL AND c.active AND c.state IN ('connected', 'reconnect')"""
        )
        keys = {}
        for token_id, connection_id in self.env.execute_query(query):
            try:
                key = self.sudo().browse(token_id)._open("webhook_key")["webhook_key"]
            except ReconnectNeeded:
                continue
            keys.setdefault(key, []).append(connection_id)
        return keys

    def _store(self, tokens):
        """Keep a TokenSet, access and refresh token in one statement (xero-api.md 1.3)."""
        now = fields.Datetime.now()
        self._seal(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_at=now + timedelta(seconds=int(tokens.expires_in)),
            renewed_at=now,
            renewing_since=None,
        )

    def _wipe(self):
        """Forget the tokens; the app's secret stays, for it belongs to the app and not to the consent."""
        self._seal(**dict.fromkeys((*TOKENS, "renewed_at", "renewing_since")))

    def _fresh_access_token(self, connection, refused=None):
        """Return an access token that is not `refused` and lives on for a minute at least.

        Renews it where necessary. Raises ReconnectNeeded where there is nothing to renew with or Xero
        refuses to, RetryLater where another worker holds the row for too long.
        """
        return self._stored_access_token(refused) or self._renew(connection, refused)

    def _renew(self, connection, refused):
        """Renew under the row's lock, in transactions of their own: the new pair is safe before anybody uses it.

        Xero takes the old refresh token for 30 minutes more (xero-api.md 1.3). Should this worker die before the new
        pair is stored, whoever comes next knows by `renewing_since` to use it at once.
        """
        credentials = connection._credentials()
        steps = (lambda token: token._announce_renewal(refused), lambda token: token._renewed(credentials, refused))
        try:
            for step in steps:
                if access_token := on_locked_row(self, step, lock_timeout=TOKEN_LOCK_TIMEOUT):
                    return access_token
        except LockNotAvailable as error:
            raise RetryLater("Another worker is renewing the tokens of this connection.", after=30) from error

    def _announce_renewal(self, refused):
        """Return the access token that another worker has stored meanwhile, or note that it is about to be renewed."""
        if access_token := self._stored_access_token(refused):
            return access_token
        if not self.renewing_since:
            self._seal(renewing_since=fields.Datetime.now())
        return None

    def _renewed(self, credentials, refused):
        """Return the access token that another worker has stored meanwhile, or a new one."""
        if access_token := self._stored_access_token(refused):
            return access_token
        refresh_token = self._open("refresh_token")["refresh_token"]
        if not refresh_token:
            raise ReconnectNeeded("There are no tokens for this connection.")
        tokens = oauth.refresh(**credentials, refresh_token=refresh_token)
        self._store(tokens)
        _logger.info("Renewed the access token of Xero connection %s.", self.connection_id.id)
        return tokens.access_token

    def _stored_access_token(self, refused):
        """The stored access token, or None where it is `refused`, too old, or about to be replaced."""
        stored = self._open("access_token", "expires_at", "renewing_since")
        horizon = fields.Datetime.now() + timedelta(seconds=TOKEN_MARGIN_SECONDS)
        is_good = (
            stored["access_token"] != refused
            and stored["expires_at"]
            and stored["expires_at"] > horizon
            and not stored["renewing_since"]
        )
        return stored["access_token"] if is_good else None

    # -- the only two methods that touch the secret columns ----------------------------------

    def _seal(self, **values):
        """Write columns by SQL; secrets are encrypted, None empties a column."""
        cipher = Fernet(encryption_key())
        for name, value in values.items():
            if name in SECRETS and value:
                value = cipher.encrypt(value.encode()).decode()
            self.env.cr.execute(
                SQL("UPDATE xero_token SET %s = %s WHERE id = %s", SQL.identifier(name), value or None, self.id)
            )
        self.invalidate_recordset()

    def _open(self, *columns):
        """Return `columns` as a dict with secrets in clear; the one getter.

        Raises ReconnectNeeded where the key that encrypted them is gone.
        """
        self.ensure_one()
        self.flush_recordset()
        names = SQL(", ").join(map(SQL.identifier, columns))
        rows = self.env.execute_query(SQL("SELECT %s FROM xero_token WHERE id = %s", names, self.id))
        stored = dict(zip(columns, rows[0], strict=True)) if rows else dict.fromkeys(columns)
        cipher = Fernet(encryption_key())
        try:
            return {
                name: cipher.decrypt(value.encode()).decode() if name in SECRETS and value else value
                for name, value in stored.items()
            }
        except InvalidToken as error:
            raise ReconnectNeeded(
                "What is stored for this connection cannot be decrypted with this server's key."
            ) from error
