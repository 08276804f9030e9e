"""The last stage of an API call: the half that knows Xero's books or its payroll answers."""

import logging
from collections.abc import Callable

from . import accounting, changes, problems, xml_form
from . import payroll as payrolls
from .accounting import contract
from .calls import ApiCall, Reply

_logger = logging.getLogger(__name__)


def carry_out(exchange, _proceed) -> Reply:
    """Let the accounting half answer."""
    return _answer(exchange, accounting.handle)


def payroll(exchange, _proceed) -> Reply:
    """Let payroll answer."""
    return _answer(exchange, payrolls.handle)


def _body(exchange) -> bytes:
    """The body as JSON where it says something, as it is where it is a file."""
    body = exchange.request.get_data()
    if any(segment.lower() == "attachments" for segment in exchange.segments):
        return body
    return xml_form.as_json(body, contract.list_keys())


def _answer(exchange, handle: Callable[[ApiCall], Reply]) -> Reply:
    world, request = exchange.world, exchange.request
    call = ApiCall(
        method=request.method,
        path_segments=exchange.segments,
        args=request.args,
        headers=request.headers,
        body=_body(exchange),
        organisation=exchange.organisation,
        clock=world.clock,
        ids=world.ids,
        app_name=exchange.app.name,
        scopes=exchange.token.scopes,
        role=exchange.token.grant.user.role,
        payroll_admin=exchange.token.grant.user.payroll_admin,
        high_volume=world.limits.settings.high_volume,
        emit=lambda *event: world.webhooks.emit(exchange.organisation, *event, request.host_url.rstrip("/")),
    )
    try:
        with changes.noted(exchange):
            return handle(call)
    except Exception:
        _logger.exception("%s %s failed", request.method, request.path)
        return problems.refused("The simulator met an error of its own; its log has the details.", 500, 0, "")
