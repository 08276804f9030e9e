"""Refusals that come before any resource is looked at (xero-api.md 3.9)."""

from .calls import Reply


def problem(exchange, status: int, title: str, detail: str, headers: dict | None = None) -> Reply:
    """The problem shape of 401 and 403."""
    body = {
        "Type": None,
        "Title": title,
        "Status": status,
        "Detail": detail,
        "Instance": exchange.world.ids.new(),
        "Extensions": {},
    }
    return Reply(status, body, headers=headers or {})


def unauthorised(exchange, detail: str = "AuthenticationUnsuccessful", error: str = "invalid_token") -> Reply:
    return problem(exchange, 401, "Unauthorized", detail, {"WWW-Authenticate": f"Bearer error={error}"})


def scope_missing(exchange) -> Reply:
    return unauthorised(exchange, "AuthorizationUnsuccessful", "insufficient_scope")


def forbidden(exchange) -> Reply:
    return problem(exchange, 403, "Forbidden", "AuthenticationUnsuccessful")


def refused(text: str, status: int = 400, error_number: int = 10, kind: str = "ValidationException") -> Reply:
    """The accounting API's own shape of an error that belongs to no element."""
    return Reply(status, {"ErrorNumber": error_number, "Type": kind, "Message": text})


def not_found() -> Reply:
    return Reply(404, None, content_type="text/html; charset=utf-8")


def not_implemented(text: str) -> Reply:
    """501, for what Xero has and this simulator has not."""
    return Reply(501, text.encode(), "text/plain; charset=utf-8")


def bad_method(*allowed: str) -> Reply:
    return Reply(405, b"Method not allowed", "text/plain; charset=utf-8", {"Allow": ", ".join(allowed)})
