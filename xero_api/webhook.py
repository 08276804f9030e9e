"""Is a webhook's call from Xero? (xero-api.md section 5)"""

import base64
import hashlib
import hmac

SIGNATURE_HEADER = "x-xero-signature"


def signature(body: bytes, key: str) -> str:
    """What Xero puts into the header for these raw bytes: Base64 of HMAC-SHA256, keyed with the key's text as it is."""
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode("ascii")


def is_genuine(body: bytes, header: str | None, key: str | None) -> bool:
    """Whether the signature fits the raw body, compared in constant time. Without a key nothing is genuine."""
    if not key or not header:
        return False
    return hmac.compare_digest(signature(body, key).encode(), header.encode("utf-8", "replace"))
