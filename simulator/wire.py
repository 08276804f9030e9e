"""From replies to bytes."""

from .accounting.codec import dumps


def to_bytes(payload: dict | list | bytes | None) -> bytes:
    """The body of an answer: bytes as they are, anything else as JSON with exact decimals."""
    if payload is None:
        return b""
    if isinstance(payload, bytes):
        return payload
    written = dumps(payload)
    return written if isinstance(written, bytes) else written.encode()
