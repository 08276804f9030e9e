"""Stage: which room of the house a path leads to; Xero's hosts are told apart by path."""

from collections.abc import Callable
from dataclasses import dataclass

from . import admin, api, backoffice, identity


@dataclass(frozen=True)
class Room:
    """Where a path leads.

    :ivar prefix: path of the room
    :ivar stages: name of the stages before the handler, a key of app.STAGES
    :ivar handler: takes (exchange, proceed), like a stage, and answers
    """

    prefix: str
    stages: str
    handler: Callable


ROOMS = (
    Room("/api.xro/2.0", "api", api.carry_out),
    Room("/payroll.xro", "payroll", api.payroll),
    Room("/connections", "identity", identity.connections),
    Room("/connect/token", "identity", identity.token),
    Room("/connect/revocation", "identity", identity.revocation),
    Room("/identity/connect/authorize", "page", identity.authorize),
    Room("/.well-known/openid-configuration", "page", identity.discovery),
    Room("/_sim", "page", admin.control),
    Room("/", "page", backoffice.page),
)


def find(path: str) -> tuple[Room, list[str]]:
    """The room that `path` leads to, and the parts of the path within it."""
    lower = path.lower()
    for room in ROOMS:
        if room.prefix == "/" or lower == room.prefix or lower.startswith(room.prefix + "/"):
            return room, [part for part in path[len(room.prefix) :].split("/") if part]
    raise AssertionError("the back office takes every path")
