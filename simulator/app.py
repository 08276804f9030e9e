"""The WSGI application: a request in, through its stages, an answer out."""

import socket
import struct
from dataclasses import replace
from http import HTTPStatus

from waitress.channel import ClientDisconnected
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

from . import auth, problems, routes, xml_form
from .calls import Reply
from .exchange import ConnectionLost, Exchange, run
from .wire import to_bytes

#: Larger bodies are refused with 413 (xero-api.md 2.2).
LARGEST_BODY = 10 * 1024 * 1024


class XeroApp:
    """Serves one world."""

    def __init__(self, world):
        self.world = world

    def __call__(self, environ, start_response):
        request = Request(environ)
        try:
            reply = self.answer(request)
        except ConnectionLost:
            break_connection(environ)
        return _send(reply, request, start_response)

    def answer(self, request: Request) -> Reply:
        """The reply to one request.

        :raises ConnectionLost: a fault wants the connection to break
        """
        if (request.content_length or 0) > LARGEST_BODY:
            # As captured from the real Xero (Xero-Java#349).
            return problems.problem(Exchange(self.world, request), 413, "RequestEntityTooLarge", "PayloadTooLarge")
        try:
            room, segments = routes.find(request.path)
            try:
                return run((*STAGES[room.stages], room.handler), Exchange(self.world, request, segments))
            finally:
                if self.world.keeper and not (room.stages == "api" and request.method == "GET"):
                    self.world.keep()
        except HTTPException as refusal:
            return Reply(refusal.code, refusal.description.encode(), "text/plain; charset=utf-8")


def write_down(exchange, proceed):
    return exchange.world.journal.record(exchange, proceed)


def complete(exchange, proceed):
    """Put the headers on that every answer carries, and write it out once for all who look at it from here on."""
    reply = proceed()
    common = {"Xero-Correlation-Id": exchange.world.ids.new(), **exchange.reply_headers}
    payload = None if reply.payload is None else to_bytes(reply.payload)
    return replace(reply, payload=payload, headers=common | reply.headers)


def keep_limits(exchange, proceed):
    return exchange.world.limits.count(exchange, proceed)


def let_faults_strike(exchange, proceed):
    return exchange.world.faults.strike(exchange, proceed)


def replay_known_keys(exchange, proceed):
    return exchange.world.idempotency.replay(exchange, proceed)


def check_contract(exchange, proceed):
    """Hand the answer to whoever watches that answers keep to Xero's published models."""
    reply = proceed()
    if exchange.world.contract:
        exchange.world.contract(exchange.request, reply)
    return reply


#: What a request passes before its handler. A fault lies outside idempotency: an answer that is lost "after" has been
#: remembered, so that the same key gets it back. It lies inside the limits: a call that fails has been counted.
STAGES = {
    "page": (),
    "identity": (write_down, complete, let_faults_strike),
    "api": (
        write_down,
        complete,
        xml_form.speak_xml,
        auth.authenticate,
        auth.check_scope,
        auth.find_tenant,
        auth.check_rights,
        keep_limits,
        let_faults_strike,
        replay_known_keys,
        check_contract,
    ),
    "payroll": (
        write_down,
        complete,
        auth.authenticate,
        auth.check_payroll_scope,
        auth.find_tenant,
        auth.check_payroll_rights,
        keep_limits,
        let_faults_strike,
        replay_known_keys,
    ),
}


def break_connection(environ):
    """Make the client see a connection reset: closed with SO_LINGER 0, and without a byte of answer.

    Waitress closes the channel without writing anything when an application finds its client disconnected.
    """
    channel = environ["waitress.client_disconnected"].__self__
    channel.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise ClientDisconnected


def _send(reply, request, start_response):
    body = to_bytes(reply.payload)
    headers = {**reply.headers}
    if reply.content_type and body or reply.status == 404:
        headers["Content-Type"] = reply.content_type
    if reply.status != HTTPStatus.NO_CONTENT:
        headers["Content-Length"] = str(len(body))
    start_response(f"{reply.status} {_reason(reply.status)}", list(headers.items()))
    return [b"" if request.method == "HEAD" else body]


def _reason(status):
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
