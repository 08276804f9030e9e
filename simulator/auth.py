"""Stages: who calls (bearer token), may they (scope), and for which organisation (tenant header)."""

from . import accounting, payroll, problems
from .exchange import Exchange

#: What asks for the permission to see reports, and the roles that come without it.
NEED_REPORTS = frozenset({"reports", "manualjournals"})
NO_REPORTS = frozenset({"STANDARD", "INVOICEONLY"})


def authenticate(exchange: Exchange, proceed):
    """Let only a living access token pass."""
    token, refusal = find_token(exchange)
    if refusal:
        return refusal
    exchange.token = token
    exchange.app = exchange.world.apps[token.grant.client_id]
    return proceed()


def find_token(exchange: Exchange):
    """The caller's access token, or the refusal to answer with: exactly one of the two is not None."""
    kind, _, value = exchange.request.headers.get("Authorization", "").partition(" ")
    token = exchange.world.grants.access_tokens.get(value.strip()) if kind.lower() == "bearer" else None
    if token is None:
        return None, problems.unauthorised(exchange)
    if exchange.world.clock.now() >= token.expires:
        # A captured body of the real Xero reads "TokenExpired: token expired at 08/12/2022 07:00:40" (xero-api.md 3.9).
        detail = f"TokenExpired: token expired at {token.expires:%m/%d/%Y %H:%M:%S}"
        return None, problems.unauthorised(exchange, detail)
    return token, None


def check_scope(exchange: Exchange, proceed):
    """Refuse what none of the token's scopes covers; any of the scopes that the resource names suffices."""
    resource = exchange.segments[0] if exchange.segments else ""
    if len(exchange.segments) > 2 and exchange.segments[2].lower() == "attachments":
        # Files have a scope of their own, whatever they hang on (xero-api.md 1.6).
        resource = "attachments"
    elif resource.lower() == "reports":
        resource = "/".join(exchange.segments[:2])
    return _within(exchange, accounting.required_scope(exchange.request.method, resource), proceed)


def check_payroll_scope(exchange: Exchange, proceed):
    """The same for payroll, whose paths begin with its version."""
    return _within(exchange, payroll.required_scope(exchange.request.method, exchange.segments), proceed)


def check_payroll_rights(exchange: Exchange, proceed):
    """401 where the user is no payroll administrator, or the organisation has no such payroll (xero-api.md 4.13)."""
    version = exchange.segments[0] if exchange.segments else ""
    if not exchange.token.grant.user.payroll_admin or not payroll.is_open_to(exchange.organisation, version):
        return problems.unauthorised(exchange, "AuthorizationUnsuccessful")
    return proceed()


def check_rights(exchange: Exchange, proceed):
    """403 where the user lacks the permission for reports, which manual journals need too (xero-api.md 3.9, 4.11)."""
    resource = exchange.segments[0].lower() if exchange.segments else ""
    if resource in NEED_REPORTS and exchange.token.grant.user.role in NO_REPORTS:
        return problems.forbidden(exchange)
    return proceed()


def _within(exchange: Exchange, wanted: tuple[str, ...], proceed):
    if wanted and not exchange.token.scopes.intersection(wanted):
        return problems.scope_missing(exchange)
    return proceed()


def find_tenant(exchange: Exchange, proceed):
    """Find the organisation; 403 where the header is missing or names one that is not connected (xero-api.md 3.9)."""
    grant = exchange.token.grant
    tenant_id = exchange.request.headers.get("Xero-Tenant-Id") or grant.tenant_id
    connected = tenant_id and exchange.world.grants.connection(grant.client_id, grant.user_id, tenant_id)
    if not connected:
        return problems.forbidden(exchange)
    exchange.organisation = exchange.world.organisations[tenant_id]
    return proceed()
