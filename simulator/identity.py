"""Sign-in, consent, tokens and connections (xero-api.md 1)."""

import base64
import binascii
import secrets
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from werkzeug.urls import iri_to_uri

from . import auth, problems, scopes
from .calls import Reply
from .grants import GrantRefused
from .templates import html

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
CLIENT_CREDENTIALS_SCOPES = "accounting.transactions accounting.contacts accounting.settings"


# -- /identity/connect/authorize


def authorize(exchange, _proceed) -> Reply:
    """Login page, consent page, and the way back to the app; what is wrong with the request ends in an error page."""
    request = exchange.request
    if request.method not in ("GET", "POST"):
        return problems.bad_method("GET", "POST")
    app = exchange.world.apps.get(request.args.get("client_id", ""))
    error = _request_error(app, request.args)
    if error:
        # Not a redirect: Xero shows a page of its own with status 500 (xero-api.md 1.2).
        return html("error.html", 500, error=error, client_id=request.args.get("client_id", ""))
    exchange.app = app
    action = request.form.get("action") if request.method == "POST" else None
    return ACTIONS.get(action, _show_login)(exchange)


def _request_error(app, args):
    """Why Xero refuses an authorisation request, in OAuth's words; None where it does not."""
    if app is None:
        return "unauthorized_client : Unknown client or client not enabled"
    asked = scopes.parse(args.get("scope", ""))
    checks = (
        ("invalid_request : Invalid redirect_uri", not redirect_allowed(args.get("redirect_uri", ""), app)),
        ("unsupported_response_type : Response type not supported", args.get("response_type") != "code"),
        ("invalid_request : scope is missing", not asked),
        ("invalid_scope : Invalid scope", bool(scopes.unknown(asked))),
        ("unauthorized_client : Invalid scope for client", bool(scopes.not_allowed(asked, app))),
        ("invalid_request : Transform algorithm not supported", not _challenge_fits(args)),
    )
    return next((error for error, wrong in checks if wrong), None)


def redirect_allowed(uri: str, app) -> bool:
    """Whether `uri` may be gone back to: https anywhere, http on this machine.

    An app marked `strict` is treated as Xero does: http on the host name localhost only (xero-api.md 1.2).
    """
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(host) and (host not in LOCAL_HOSTS or not app.strict)
    return parts.scheme == "http" and host in ({"localhost"} if app.strict else LOCAL_HOSTS)


def _challenge_fits(args):
    challenge, method = args.get("code_challenge"), args.get("code_challenge_method")
    return (challenge is None and method is None) or (method == "S256" and len(challenge or "") == 43)


def _show_login(exchange, failed=False):
    world = exchange.world
    email = exchange.request.form.get("email") or exchange.request.args.get("login_hint") or world.user().email
    password = "" if failed else world.user().password
    return html("login.html", app=exchange.app, email=email, password=password, failed=failed)


def _log_in(exchange):
    form = exchange.request.form
    user = exchange.world.user(form.get("email", ""))
    if user is None or not secrets.compare_digest(user.password.encode(), form.get("password", "").encode()):
        return _show_login(exchange, failed=True)
    session = exchange.world.sessions.open(user)
    return _show_consent(exchange, user, session)


def _show_consent(exchange, user, session):
    world, asked = exchange.world, scopes.parse(exchange.request.args["scope"])
    connected = {c.tenant_id for c in world.grants.connections.values() if c.user_id == user.user_id}
    return html(
        "consent.html",
        app=exchange.app,
        user=user,
        session=session,
        words=scopes.in_words(asked),
        organisations=list(world.organisations.values()),
        connected=connected,
    )


def _allow(exchange):
    world, form, args = exchange.world, exchange.request.form, exchange.request.args
    user = world.sessions.user(form.get("session", ""))
    tenant_ids = [tenant_id for tenant_id in form.getlist("tenant_id") if tenant_id in world.organisations]
    if user is None or not tenant_ids:
        return _show_login(exchange)
    asked = world.grants.widen(exchange.app, user, scopes.parse(args["scope"]))
    grant = world.grants.consent(exchange.app, user, tenant_ids, asked)
    world.sessions.close(form["session"])
    code = world.grants.issue_code(grant, args["redirect_uri"], args.get("code_challenge"))
    return _back_to_app(args, code=code, scope=" ".join(asked), session_state=secrets.token_urlsafe(24))


def _cancel(exchange):
    # Not seen in evidence; what OAuth prescribes (xero-api.md 9).
    return _back_to_app(exchange.request.args, error="access_denied")


def _back_to_app(args, **answer):
    if "state" in args:
        answer["state"] = args["state"]
    parts = urlsplit(args["redirect_uri"])
    query = urlencode(parse_qsl(parts.query, keep_blank_values=True) + list(answer.items()))
    location = iri_to_uri(urlunsplit(parts._replace(query=query)))
    return Reply(302, None, headers={"Location": location, "Cache-Control": "no-store"})


ACTIONS = {"login": _log_in, "allow": _allow, "cancel": _cancel}


# -- /connect/token and /connect/revocation


def token(exchange, _proceed) -> Reply:
    """The token endpoint: a code, a refresh token or client credentials against tokens."""
    if exchange.request.method != "POST":
        return problems.bad_method("POST")
    try:
        exchange.app, authenticated = _client(exchange)
        grant_type = exchange.request.form.get("grant_type")
        if grant_type not in GRANT_TYPES:
            raise GrantRefused("unsupported_grant_type")
        grant = GRANT_TYPES[grant_type](exchange, authenticated)
    except GrantRefused as refusal:
        return Reply(400, {"error": refusal.error}, headers={"Cache-Control": "no-store"})
    return Reply(200, exchange.world.grants.issue(grant, issuer(exchange)), headers={"Cache-Control": "no-store"})


def _client(exchange):
    """The calling app, and whether it has proved itself with its secret."""
    client_id, secret = _credentials(exchange.request)
    app = exchange.world.apps.get(client_id or "")
    if app is None:
        raise GrantRefused("invalid_client")
    if secret is None:
        return app, False
    if not secrets.compare_digest(secret.encode(), (app.client_secret or "").encode()):
        raise GrantRefused("invalid_client")
    return app, True


def _credentials(request):
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return request.form.get("client_id"), request.form.get("client_secret") or None
    try:
        client_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return unquote(client_id), unquote(secret)


def _from_code(exchange, authenticated):
    form = exchange.request.form
    verifier = form.get("code_verifier")
    if not authenticated and not verifier:
        raise GrantRefused("invalid_client")
    grant = exchange.world.grants.redeem(
        form.get("code", ""), exchange.app.client_id, form.get("redirect_uri", ""), verifier, authenticated
    )
    grant.public = not authenticated
    return grant


def _from_refresh_token(exchange, authenticated):
    value = exchange.request.form.get("refresh_token", "")
    return exchange.world.grants.refresh(value, exchange.app.client_id, authenticated)


def _from_client_credentials(exchange, authenticated):
    if not authenticated:
        raise GrantRefused("invalid_client")
    world, asked = exchange.world, scopes.parse(exchange.request.form.get("scope") or CLIENT_CREDENTIALS_SCOPES)
    if scopes.unknown(asked) or scopes.not_allowed(asked, exchange.app) or set(asked) & set(scopes.IDENTITY):
        raise GrantRefused("invalid_scope")
    return world.grants.custom_connection(exchange.app, world.user(), world.organisation(None).tenant_id, asked)


GRANT_TYPES = {
    "authorization_code": _from_code,
    "refresh_token": _from_refresh_token,
    "client_credentials": _from_client_credentials,
}


def revocation(exchange, _proceed) -> Reply:
    """End a consent: 200 with an empty body, also for a token that is not known (RFC 7009)."""
    if exchange.request.method != "POST":
        return problems.bad_method("POST")
    try:
        exchange.app, _authenticated = _client(exchange)
    except GrantRefused as refusal:
        return Reply(400, {"error": refusal.error})
    exchange.world.grants.revoke(exchange.request.form.get("token", ""), exchange.app.client_id)
    return Reply(200)


# -- /.well-known/openid-configuration and its keys


def issuer(exchange) -> str:
    return exchange.request.host_url.rstrip("/")


def discovery(exchange, _proceed) -> Reply:
    """The OpenID configuration, and the key set below it."""
    if exchange.segments == ["jwks"]:
        return Reply(200, exchange.world.signer.key_set())
    base = issuer(exchange)
    return Reply(
        200,
        {
            "issuer": base,
            "jwks_uri": f"{base}/.well-known/openid-configuration/jwks",
            "authorization_endpoint": f"{base}/identity/connect/authorize",
            "token_endpoint": f"{base}/connect/token",
            "revocation_endpoint": f"{base}/connect/revocation",
            "scopes_supported": list(scopes.WORDS),
            "response_types_supported": ["code"],
            "grant_types_supported": list(GRANT_TYPES),
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        },
    )


# -- /connections


def connections(exchange, _proceed) -> Reply:
    """List the caller's connections, or take one away."""
    exchange.token, refusal = auth.find_token(exchange)
    if refusal:
        return refusal
    exchange.app = exchange.world.apps[exchange.token.grant.client_id]
    answers = {("GET", 0): _list_connections, ("DELETE", 1): _delete_connection}
    answer = answers.get((exchange.request.method, len(exchange.segments)))
    return answer(exchange) if answer else problems.bad_method("GET", "DELETE")


def _list_connections(exchange):
    wanted = exchange.request.args.get("authEventId")
    found = exchange.world.grants.connections_of(exchange.token.grant)
    return Reply(200, [_as_json(c, exchange.world) for c in found if wanted in (None, c.auth_event_id)])


def _delete_connection(exchange):
    mine = {c.id for c in exchange.world.grants.connections_of(exchange.token.grant)}
    wanted = exchange.segments[0]
    if wanted not in mine or not exchange.world.grants.disconnect(wanted):
        return problems.not_found()
    return Reply(204)


def _as_json(connection, world):
    """Camel case, and naive dates with seven digits after the point (xero-api.md 1.4)."""
    return {
        "id": connection.id,
        "authEventId": connection.auth_event_id,
        "tenantId": connection.tenant_id,
        "tenantType": "ORGANISATION",
        "tenantName": world.organisations[connection.tenant_id].name,
        "createdDateUtc": f"{connection.created:%Y-%m-%dT%H:%M:%S.%f}0",
        "updatedDateUtc": f"{connection.updated:%Y-%m-%dT%H:%M:%S.%f}0",
    }
