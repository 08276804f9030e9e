"""Stage: answers and bodies in XML, which Xero speaks unless JSON is asked for; here, where `Accept` asks for XML.

Names are those of the JSON; a list is an element of plural name around elements of singular name. Dates are plain ISO,
so the `…String` twins of the JSON are left out.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from lxml import etree

from .accounting.codec import EPOCH, dumps
from .calls import Reply
from .exchange import Exchange

JSON, XML_TYPES = "application/json", ("text/xml", "application/xml")
CONTENT_TYPE = "text/xml; charset=utf-8"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NAMESPACES = {"xsi": _XSI, "xsd": "http://www.w3.org/2001/XMLSchema"}
#: Plurals whose singular does not follow from them.
_SINGULARS = {"Tracking": "TrackingCategory", "Elements": "DataContractBase"}
_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
#: Milliseconds of the first and the last moment of the calendar; a text that looks like a date may lie beyond.
_CALENDAR = range(-62_135_596_800_000, 253_402_300_800_000)
#: Keys that XML calls differently, by the element they stand in: {element: {key of the JSON: name}}.
_RENAMED = {"Allocation": {"Amount": "AppliedAmount"}}
#: What XML 1.0 has no place for.
_UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def speak_xml(exchange: Exchange, proceed) -> Reply:
    """The stage: answer in XML where that is what the caller would rather read."""
    reply = proceed()
    wanted = exchange.request.accept_mimetypes.best_match((JSON, *XML_TYPES), default=JSON)
    if wanted == JSON or not isinstance(reply.payload, dict) or not (reply.status == 200 or "Type" in reply.payload):
        return reply
    if "Title" in reply.payload:  # problems of sign-in stay as they are
        return reply
    resource = exchange.segments[0] if exchange.segments else "Response"
    return replace(reply, payload=write(reply.payload, resource), content_type=CONTENT_TYPE)


def write(payload: dict, resource: str) -> bytes:
    """An answer as XML.

    :param resource: first part of the path, which names the type of what is refused
    """
    if "ErrorNumber" in payload:
        name = "ApiException"
    else:
        name = "Response" if "ProviderName" in payload else singular(resource)
    root = etree.Element(name, nsmap=_NAMESPACES)
    _fill(root, payload)
    for refused in root.iterfind("Elements/DataContractBase"):
        refused.set(f"{{{_XSI}}}type", singular(resource))
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def singular(plural: str) -> str:
    """The name of one element of a list, e.g. "Address" of "Addresses"."""
    if plural in _SINGULARS:
        return _SINGULARS[plural]
    if plural.endswith("ies"):
        return plural[:-3] + "y"
    return plural[:-2] if plural.endswith("sses") else plural.removesuffix("s")


def _fill(parent, value) -> None:
    if isinstance(value, dict):
        for key, part in value.items():
            is_twin = key.endswith("String") and key.removesuffix("String") in value
            if part is not None and not is_twin:
                name = _RENAMED.get(parent.tag, {}).get(key, key)
                _fill(etree.SubElement(parent, name), part)
    elif isinstance(value, list):
        for part in value:
            _fill(etree.SubElement(parent, singular(parent.tag)), part)
    else:
        parent.text = _text(value, parent.tag)


def _text(value, key: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = str(value)
    match = _DATE.fullmatch(text)
    if match and int(match[1]) in _CALENDAR:
        moment = EPOCH + timedelta(milliseconds=int(match[1]))
        return _moment(moment) + ("Z" if key == "DateTimeUTC" else "")
    return _UNSAYABLE.sub("\ufffd", text)


def _moment(moment: datetime) -> str:
    whole = moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{moment.microsecond // 1000:03}".removesuffix(".000")


# --- bodies ----------------------------------------------------------------------------------------------------------


def as_json(body: bytes, lists: frozenset[str]) -> bytes:
    """A request body as the JSON that says the same; one that is no XML is given back.

    :param lists: names of elements that hold a list
    """
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return body
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return body
    value = _read(root, lists)
    return dumps({root.tag: value} if isinstance(value, list) else value)


def _read(element, lists: frozenset[str]):
    if element.get(f"{{{_XSI}}}nil") == "true":
        return None
    children = [child for child in element if isinstance(child.tag, str)]
    one = singular(element.tag)
    if element.tag in lists and all(child.tag == one for child in children) and not (element.text or "").strip():
        return [_read(child, lists) for child in children]
    if not children:
        return element.text or ""
    keys = {name: key for key, name in _RENAMED.get(element.tag, {}).items()}
    return {keys.get(child.tag, child.tag): _read(child, lists) for child in children}
