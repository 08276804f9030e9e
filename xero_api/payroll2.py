"""Version 2 of the payrolls: one object or one list in an envelope, keys in camelCase (xero-api.md 4.13)."""

from collections.abc import Mapping
from typing import Any

#: What an address of this version contains.
MARK = "payroll.xro/2.0"
# What stands beside the records.
_ENVELOPE = frozenset({"id", "providerName", "dateTimeUTC", "httpStatusCode", "pagination", "problem"})
_NO_PAGE = "requested page does not exist"


def records(payload: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The records of an answer, whether they come as a list or as one object."""
    for key, value in (payload or {}).items():
        if key in _ENVELOPE:
            continue
        if isinstance(value, list):
            return [record for record in value if isinstance(record, dict)]
        if isinstance(value, dict):
            return [value]
    return []


def is_past_the_end(problem: Mapping[str, Any]) -> bool:
    """Whether a refusal says that there is no such page: where the last page is full, one more is asked for."""
    told = problem.get("problem")
    return isinstance(told, Mapping) and _NO_PAGE in str(told.get("detail")).lower()


def in_words_of_version_1(value: Any, names: Mapping[str, str]) -> Any:
    """Parsed JSON with keys as version 1 writes them.

    :param names: key in PascalCase → what version 1 calls it, where that is something else
    """
    if isinstance(value, Mapping):
        return {_renamed(key, names): in_words_of_version_1(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [in_words_of_version_1(part, names) for part in value]
    return value


def _renamed(key: str, names: Mapping[str, str]) -> str:
    pascal = key[:1].upper() + key[1:]
    return names.get(pascal, pascal)
