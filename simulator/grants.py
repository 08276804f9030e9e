"""What users have allowed apps to do: consents, codes, tokens and connections (xero-api.md 1.2 to 1.4)."""

import secrets
import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from .jwt import s256
from .scopes import IDENTITY

CODE_LIFE = timedelta(minutes=5)
ACCESS_LIFE = timedelta(minutes=30)
ID_TOKEN_LIFE = timedelta(minutes=5)
REFRESH_LIFE = timedelta(days=60)
#: The refresh token before the newest may be used again this long after its rotation: the answer may have been lost.
REFRESH_GRACE = timedelta(minutes=30)


class GrantRefused(Exception):
    """The token endpoint says no; `error` is OAuth's word for the reason."""

    def __init__(self, error: str):
        super().__init__(error)
        self.error = error


@dataclass
class Connection:
    """One organisation that a user has connected to an app."""

    id: str
    client_id: str
    user_id: str
    tenant_id: str
    auth_event_id: str
    created: datetime
    updated: datetime


@dataclass
class Grant:
    """One consent: an app may act for a user within some scopes."""

    auth_event_id: str
    client_id: str
    user: Any
    user_id: str
    scopes: list[str]
    created: datetime
    #: Of a custom connection (client credentials): the one organisation, so that the tenant header may be left out.
    tenant_id: str | None = None
    #: The code was redeemed without a secret (PKCE), so refreshing needs none either.
    public: bool = False
    revoked: bool = False


@dataclass
class Code:
    grant: Grant
    redirect_uri: str
    challenge: str | None
    expires: datetime
    used: bool = False


@dataclass
class AccessToken:
    value: str
    grant: Grant
    scopes: frozenset[str]
    expires: datetime


@dataclass
class RefreshToken:
    grant: Grant
    expires: datetime
    rotated: datetime | None = None

    def usable(self, now: datetime) -> bool:
        grace_over = self.rotated and now > self.rotated + REFRESH_GRACE
        return not (self.grant.revoked or grace_over or now > self.expires)


@dataclass
class Grants:
    """All consents, codes, tokens and connections of one simulator."""

    clock: Any
    ids: Any
    signer: Any
    connections: dict[str, Connection] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)
    lock: Any = field(default_factory=threading.RLock)

    # -- for a file

    def dump(self) -> dict:
        """Everything, as :meth:`restore` takes it; what belongs to a consent names it by its place in a list."""
        with self.lock:
            held = (self.codes, self.access_tokens, self.refresh_tokens)
            grants = list({id(one.grant): one.grant for some in held for one in some.values()}.values())
            places = {id(grant): place for place, grant in enumerate(grants)}
            codes, access, refresh = (
                {value: replace(one, grant=places[id(one.grant)]) for value, one in some.items()} for some in held
            )
            return {
                "grants": grants,
                "connections": dict(self.connections),
                "codes": codes,
                "access_tokens": access,
                "refresh_tokens": refresh,
            }

    def restore(self, dumped: dict) -> None:
        """Become what :meth:`dump` was called on."""
        grants = dumped["grants"]
        with self.lock:
            self.connections = dumped["connections"]
            self.codes, self.access_tokens, self.refresh_tokens = (
                {value: replace(one, grant=grants[one.grant]) for value, one in dumped[name].items()}
                for name in ("codes", "access_tokens", "refresh_tokens")
            )

    # -- consent

    def consent(self, app, user, tenant_ids: list[str], scopes: list[str]) -> Grant:
        """Record that `user` lets `app` work with `tenant_ids`; connections that exist keep their id."""
        with self.lock:
            grant = self._new_grant(app, user, scopes)
            for tenant_id in tenant_ids:
                self._connect(grant, tenant_id)
            return grant

    def widen(self, app, user, scopes: list[str]) -> list[str]:
        """`scopes` with what the user has granted this app before: scopes only ever add up (xero-api.md 1.6)."""
        earlier = [
            scope
            for token in self.refresh_tokens.values()
            if (token.grant.client_id, token.grant.user_id) == (app.client_id, user.user_id) and not token.grant.revoked
            for scope in token.grant.scopes
            if scope not in IDENTITY
        ]
        return list(dict.fromkeys(scopes + earlier))

    def custom_connection(self, app, user, tenant_id: str, scopes: list[str]) -> Grant:
        """The grant of client credentials: one organisation, connected by the seed's first user."""
        with self.lock:
            grant = self._new_grant(app, user, scopes)
            grant.tenant_id = tenant_id
            self._connect(grant, tenant_id)
            return grant

    def _new_grant(self, app, user, scopes):
        return Grant(self.ids.new(), app.client_id, user, user.user_id, scopes, self.clock.now())

    def _connect(self, grant, tenant_id):
        now = self.clock.now()
        known = self.connection(grant.client_id, grant.user_id, tenant_id)
        if known:
            known.auth_event_id, known.updated = grant.auth_event_id, now
            return
        connection = Connection(
            self.ids.new(), grant.client_id, grant.user_id, tenant_id, grant.auth_event_id, now, now
        )
        self.connections[connection.id] = connection

    # -- connections

    def connection(self, client_id: str, user_id: str, tenant_id: str) -> Connection | None:
        """The live connection between an app, a user and an organisation."""
        wanted = (client_id, user_id, tenant_id)
        with self.lock:
            return next((c for c in self.connections.values() if (c.client_id, c.user_id, c.tenant_id) == wanted), None)

    def connections_of(self, grant: Grant) -> list[Connection]:
        """All connections that the user of `grant` has with its app."""
        with self.lock:
            return [
                c for c in self.connections.values() if (c.client_id, c.user_id) == (grant.client_id, grant.user_id)
            ]

    def disconnect(self, connection_id: str) -> bool:
        """Take one connection away; False when there is none."""
        with self.lock:
            return self.connections.pop(connection_id, None) is not None

    def disconnect_tenant(self, tenant_id: str) -> int:
        """Take all connections of one organisation away, as its own screens can; returns how many there were."""
        with self.lock:
            gone = [c.id for c in self.connections.values() if c.tenant_id == tenant_id]
            return sum(self.disconnect(connection_id) for connection_id in gone)

    # -- codes and tokens

    def issue_code(self, grant: Grant, redirect_uri: str, challenge: str | None) -> str:
        """A code that can be redeemed once within five minutes."""
        value = secrets.token_urlsafe(32)
        self.codes[value] = Code(grant, redirect_uri, challenge, self.clock.now() + CODE_LIFE)
        return value

    def redeem(self, value: str, client_id: str, redirect_uri: str, verifier: str | None, authenticated: bool) -> Grant:
        """The consent behind an authorisation code.

        :param authenticated: the app has shown its secret; without it only a code asked for with PKCE is redeemed
        :raises GrantRefused: the code is unknown, used, expired, of another app or address, or the verifier is wrong
        """
        with self.lock:
            code = self.codes.get(value)
            refused = (
                code is None
                or code.used
                or code.grant.client_id != client_id
                or code.redirect_uri != redirect_uri
                or self.clock.now() > code.expires
                or not _verifier_fits(code.challenge, verifier)
                or not (authenticated or code.challenge)
            )
            if refused:
                raise GrantRefused("invalid_grant")
            code.used = True
            return code.grant

    def refresh(self, value: str, client_id: str, authenticated: bool) -> Grant:
        """The consent behind a refresh token, which is rotated: its successor comes with the answer.

        :raises GrantRefused: unknown, of another app, revoked, expired, or rotated more than 30 minutes ago
        """
        with self.lock:
            token = self.refresh_tokens.get(value)
            now = self.clock.now()
            if token is None or token.grant.client_id != client_id or not token.usable(now):
                raise GrantRefused("invalid_grant")
            if not (authenticated or token.grant.public):
                raise GrantRefused("invalid_client")
            token.rotated = token.rotated or now
            return token.grant

    def issue(self, grant: Grant, issuer: str) -> dict:
        """A token answer for `grant`: access token, and refresh and id tokens where the scopes ask for them."""
        answer = {
            "access_token": self._access_token(grant, issuer),
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "token_type": "Bearer",
            "scope": " ".join(grant.scopes),
        }
        if "openid" in grant.scopes:
            answer["id_token"] = self._id_token(grant, issuer)
        if "offline_access" in grant.scopes:
            answer["refresh_token"] = self._refresh_token(grant)
        return answer

    def revoke(self, value: str, client_id: str) -> None:
        """End the consent behind a refresh token and all connections of its user with the app (xero-api.md 1.1)."""
        with self.lock:
            token = self.refresh_tokens.get(value)
            if token is None or token.grant.client_id != client_id:
                return
            owner = (client_id, token.grant.user_id)
            for other in [*self.refresh_tokens.values(), *self.access_tokens.values()]:
                if (other.grant.client_id, other.grant.user_id) == owner:
                    other.grant.revoked = True
            for connection in self.connections_of(token.grant):
                self.disconnect(connection.id)

    def _access_token(self, grant, issuer):
        now = self.clock.now()
        claims = self._claims(grant, issuer, now, ACCESS_LIFE) | {
            "aud": f"{issuer}/resources",
            "client_id": grant.client_id,
            "authentication_event_id": grant.auth_event_id,
            "jti": secrets.token_hex(16).upper(),
            "scope": grant.scopes,
        }
        value = self.signer.sign(claims)
        self.access_tokens[value] = AccessToken(value, grant, frozenset(grant.scopes), now + ACCESS_LIFE)
        return value

    def _refresh_token(self, grant):
        value = secrets.token_urlsafe(32)
        self.refresh_tokens[value] = RefreshToken(grant, self.clock.now() + REFRESH_LIFE)
        return value

    def _id_token(self, grant, issuer):
        now = self.clock.now()
        claims = self._claims(grant, issuer, now, ID_TOKEN_LIFE) | {"aud": grant.client_id, "iat": int(now.timestamp())}
        given, _, family = grant.user.name.partition(" ")
        if "email" in grant.scopes:
            claims |= {"email": grant.user.email, "preferred_username": grant.user.email}
        if "profile" in grant.scopes:
            claims |= {"name": grant.user.name, "given_name": given, "family_name": family}
        return self.signer.sign(claims)

    def _claims(self, grant, issuer, now, life):
        return {
            "iss": issuer,
            "nbf": int(now.timestamp()),
            "exp": int((now + life).timestamp()),
            "auth_time": int(grant.created.timestamp()),
            "sub": self.ids.named("subject", grant.user_id).replace("-", ""),
            "xero_userid": grant.user_id,
        }


def _verifier_fits(challenge, verifier):
    if challenge is None:
        return True
    return verifier is not None and 43 <= len(verifier) <= 128 and s256(verifier) == challenge
