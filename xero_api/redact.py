"""The one place that takes secrets out of what is logged, stored or shown.

`data` for parsed JSON, `headers` for header maps, `body` for a raw body, `text` for free text such as an exception's.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from . import codec

MASK = "***"

# Compared in lower case; hyphens and underscores are one.
_SECRET_KEYS = frozenset(
    {
        "access_token",
        "api_key",
        "assertion",
        "authorization",
        "client_assertion",
        "client_secret",
        "code_verifier",
        "cookie",
        "id_token",
        "password",
        "private_key",
        "proxy_authorization",
        "refresh_token",
        "set_cookie",
        "token",
        "webhook_key",
    }
)
# OAuth's one-time code is lower case; "Code" with a capital is an account's or item's and no secret.
_CASE_SENSITIVE_KEYS = frozenset({"code"})
# Left out of the journal because nobody needs them to find a fault (bank details and tax numbers of people).
_PERSONAL_KEYS = frozenset({"bankaccountdetails", "bankaccountnumber", "taxnumber"})

# What payroll says of people's banks and taxes; nobody here may even read it. In lower case, of all countries.
_PRIVATE_KEYS = frozenset(
    {
        "bankaccounts",
        "bankaccount",
        "paymentlines",
        "paymentmethod",
        "paymentmethods",
        "superannuationfundbankaccount",
        "supermemberships",
        "taxdeclaration",
        "taxfilenumber",
        "taxnumber",
        "irdnumber",
        "nationalinsurancenumber",
        "ninumber",
        "taxsettings",
        "residencystatus",
    }
)

_QUOTED = re.compile(r"(?<!\w)'[^']*'|\"[^\"]*\"|“[^”]*”|\S+@\S+")
_TEXT_KEYS = "|".join(sorted((key.replace("_", "[_-]?") for key in _SECRET_KEYS), key=len, reverse=True))
_TEXT_RULES = (
    (
        re.compile(r"(authorization['\"]?\s*[:=]\s*['\"]?)(?:Bearer|Basic)?\s*[^\s'\"&,;}]+", re.IGNORECASE),
        rf"\1{MASK}",
    ),
    # Bearer and Basic credentials wherever they stand; long enough not to be words of a product's description.
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{16,}", re.IGNORECASE), rf"\1 {MASK}"),
    # JSON Web Tokens, whatever is around them.
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"), MASK),
    # A header line with cookies goes to its end.
    (re.compile(r"\b((?:set-)?cookie['\"]?\s*[:=]\s*)['\"]?[^\r\n'\"]+", re.IGNORECASE), rf"\1{MASK}"),
    # key=value, "key": "value", 'key': 'value'.
    (
        re.compile(rf"(?<![A-Za-z])((?:{_TEXT_KEYS})['\"]?\s*[:=]\s*['\"]?)(?!\*\*\*)[^\s'\"&,;}}]+", re.IGNORECASE),
        rf"\1{MASK}",
    ),
    (re.compile(r"(?<![A-Za-z_])(code['\"]?\s*=\s*['\"]?)[^\s'\"&,;}]+"), rf"\1{MASK}"),
    (re.compile(r"(['\"]code['\"]\s*:\s*['\"])[^'\"]+"), rf"\1{MASK}"),
)
# A quick look that spares most texts the rules above.
_SUSPECT = re.compile(
    r"eyJ|bearer|basic|cookie|token|secret|assertion|verifier|password|authorization|code|(?:web_?hook|api|private)[_-]?key",
    re.IGNORECASE,
)
# Words without which a JSON body holds nothing to mask, so that most bodies need not be parsed and written again.
_SUSPECT_WORDS = (
    "bearer",
    "basic",
    "cookie",
    "token",
    "secret",
    "assertion",
    "verifier",
    "password",
    "authorization",
    "_key",
)
_CODE = re.compile(r"\"code\"|(?<![A-Za-z_])code=")
_PERSONAL_FILLED = re.compile(rf"\"(?:{'|'.join(sorted(_PERSONAL_KEYS))})\"\s*:(?!\s*(?:\"\"|null))", re.IGNORECASE)


def data(value: Any, *, personal: bool = False) -> Any:
    """A copy of parsed JSON with secrets masked; with `personal` also bank details and tax numbers."""
    if isinstance(value, Mapping):
        return {
            key: MASK if item and _is_secret(key, personal) else data(item, personal=personal)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [data(item, personal=personal) for item in value]
    return text(value) if isinstance(value, str) else value


def unquoted(words: str | None) -> str | None:
    """What Xero says, without the values that it quotes: these may be somebody's."""
    return _QUOTED.sub("'…'", words) if words else words


def without_private(value: Any) -> Any:
    """A copy of parsed JSON of a payroll without anybody's bank accounts, tax declaration and tax number."""
    if isinstance(value, Mapping):
        return {key: without_private(item) for key, item in value.items() if str(key).lower() not in _PRIVATE_KEYS}
    if isinstance(value, (list, tuple)):
        return [without_private(item) for item in value]
    return value


def headers(values: Mapping[str, str]) -> dict[str, str]:
    """A copy of a header map with credentials and cookies masked."""
    return data(dict(values))


def body(raw: str | bytes | None, *, personal: bool = False) -> str:
    """A request or answer body as text with secrets masked; JSON and forms by key, anything else as text."""
    readable = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw or ""
    if readable[:1] in ("{", "[") and not _is_suspect(readable, personal):
        return readable
    try:
        parsed = codec.loads(readable)
    except ValueError:
        return _form(readable) or text(readable)
    if isinstance(parsed, (dict, list)):
        return codec.dumps(data(parsed, personal=personal))
    return text(readable)


def text(value: object) -> str:
    """Free text with secrets masked."""
    result = str(value)
    if not _SUSPECT.search(result):
        return result
    for pattern, replacement in _TEXT_RULES:
        result = pattern.sub(replacement, result)
    return result


def _is_suspect(readable: str, personal: bool) -> bool:
    if personal and _PERSONAL_FILLED.search(readable):
        return True
    lowered = readable.lower()
    return "eyJ" in readable or any(word in lowered for word in _SUSPECT_WORDS) or _CODE.search(readable) is not None


def _form(readable: str) -> str | None:
    pairs = parse_qsl(readable, strict_parsing=False) if re.match(r"^[\w.-]+=\S*$", readable) else []
    return urlencode([(key, MASK if _is_secret(key, False) else value) for key, value in pairs], safe="*") or None


def _is_secret(key: Any, personal: bool) -> bool:
    name = str(key).lower().replace("-", "_")
    return name in _SECRET_KEYS or key in _CASE_SENSITIVE_KEYS or (personal and name in _PERSONAL_KEYS)
