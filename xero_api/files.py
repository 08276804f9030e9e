"""A body of raw bytes: what an attachment is on the wire (xero-api.md 4.12)."""

from dataclasses import dataclass, field

LARGEST = 10 * 1024 * 1024  # xero-api.md 4.12: pages differ, 10 MB is what both allow
MOST = 10  # files of a document
FORBIDDEN = frozenset('<>:"/\\|?*+%#\0')
NAME_LENGTH = 150


@dataclass(frozen=True)
class File:
    """One file to be attached.

    :ivar name: as `clean_name` makes it
    :ivar content: raw bytes
    :ivar mime_type: for example "application/pdf"
    """

    name: str
    content: bytes = field(repr=False)
    mime_type: str = "application/octet-stream"


def clean_name(name: str, suffix: str = "") -> str:
    """A file name that Xero takes, with its extension kept.

    :param suffix: put before the extension, to tell files of one name apart
    """
    plain = "".join("-" if char in FORBIDDEN else char for char in name if char.isprintable())
    stem, dot, extension = " ".join(plain.split()).rpartition(".")
    if not stem:
        stem, dot, extension = extension, "", ""
    ending = f"{suffix}{dot}{extension[:10]}"
    return (stem[: NAME_LENGTH - len(ending)].strip() or "file") + ending
