"""Files on documents: raw bytes under a name, ten at most (xero-api.md 4.12)."""

import mimetypes
from urllib.parse import quote

from ..calls import ApiCall, Reply
from ..store import Index
from .spec import Context, ResourceSpec
from .validation import NotAllowed, NotFound, RuleBroken

TABLE = "Attachments"
INDEXES = (Index("owner", lambda row: row["Owner"]),)
MAX_FILES = 10
LARGEST = 10 * 1024 * 1024
MAX_NAME = 255
FORBIDDEN = frozenset('<>:"/\\|?*\0+')
OCTETS = "application/octet-stream"


def has_any(context: Context, resource: str, row_id: str) -> bool:
    return bool(context.table(TABLE).ids_by("owner", (resource, row_id)))


def answer(call: ApiCall, context: Context, spec: ResourceSpec, row: dict, rest: list[str]) -> Reply | list[dict]:
    """The elements of an answer, or a file's own bytes.

    :param rest: parts of the path after "Attachments": none, or the file's name or id
    """
    owner = (spec.name, row[spec.id_key])
    base = _base(context, owner)
    name = "/".join(rest)
    if call.method == "GET" and not name:
        return [render(one, base) for one in context.table(TABLE).by("owner", owner)]
    if call.method == "GET":
        return _bytes_of(context, owner, name)
    if call.method not in ("PUT", "POST") or not name:
        raise NotAllowed
    return [render(_save(call, context, owner, name, row), base)]


def of_record(context: Context, resource: str, row_id: str) -> list[dict]:
    """The files of a record, as its own GET shows them."""
    owner = (resource, row_id)
    return [render(one, _base(context, owner)) for one in context.table(TABLE).by("owner", owner)]


def _base(context: Context, owner: tuple[str, str]) -> str:
    return f"{context.host}/api.xro/2.0/{owner[0]}/{owner[1]}/Attachments"


def render(row: dict, base: str) -> dict:
    element = {
        "AttachmentID": row["AttachmentID"],
        "FileName": row["FileName"],
        "Url": f"{base}/{quote(row['FileName'])}",
        "MimeType": row["MimeType"],
        "ContentLength": len(row["Content"]),
    }
    return {**element, "IncludeOnline": True} if row["IncludeOnline"] else element


def host_of(call: ApiCall) -> str:
    """Where the call has reached the simulator."""
    host = call.headers.get("Host")
    return f"http://{host}" if host else "https://api.xero.com"


def _bytes_of(context: Context, owner: tuple, name: str) -> Reply:
    for row in context.table(TABLE).by("owner", owner):
        if name in (row["FileName"], row["AttachmentID"]):
            return Reply(200, row["Content"], row["MimeType"])
    raise NotFound


def _save(call: ApiCall, context: Context, owner: tuple, name: str, document: dict) -> dict:
    """A new file, or another content under the same name."""
    files = context.table(TABLE).by("owner", owner)
    same = next((row for row in files if row["FileName"].lower() == name.lower()), None)
    _check(name, call.body, is_full=same is None and len(files) >= MAX_FILES)
    is_sale = str(document.get("Type", "")).startswith("ACCREC")
    return context.table(TABLE).put(
        {
            "AttachmentID": same["AttachmentID"] if same else context.ids.new(),
            "Owner": owner,
            "FileName": name,
            "MimeType": _mime_type(name, call.headers.get("Content-Type")),
            "Content": call.body,
            "IncludeOnline": is_sale and call.args.get("IncludeOnline", "").lower() == "true",
            "UpdatedDateUTC": context.now,
        }
    )


def _mime_type(name: str, header: str | None) -> str:
    """What the name says; clients send application/octet-stream for everything."""
    return mimetypes.guess_type(name)[0] or header or OCTETS


def _check(name: str, content: bytes, *, is_full: bool) -> None:
    """
    :raises RuleBroken: where the file cannot be attached
    """
    bad = sorted(FORBIDDEN.intersection(name))
    if bad:
        raise RuleBroken(f"The file name '{name}' contains characters that are not allowed: {' '.join(bad)}")
    if len(name) > MAX_NAME:
        raise RuleBroken(f"The file name must not exceed {MAX_NAME} characters.")
    if not content:
        raise RuleBroken("The attachment has no content.")
    if len(content) > LARGEST:
        raise RuleBroken("The attachment must not exceed 10 MB.")
    if is_full:
        raise RuleBroken(f"A document can have at most {MAX_FILES} attachments.")
