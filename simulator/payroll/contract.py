"""Keys, types, choices and lengths of payroll's resources, read from xero-python's models, not typed again."""

import inspect
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from importlib import import_module

from ..accounting import codec
from .errors import Findings, PostDataInvalid

_LENGTH = re.compile(r"if (\w+) is not None and len\(\w+\) > (\d+)")
_CHOICES = re.compile(r"def (\w+)\(self, \w+\):(?:(?!\n    def ).)*?allowed_values = \[([^\]]*)\]", re.DOTALL)
#: Days outside these years are refused; periods could not be counted to them.
FIRST_YEAR, LAST_YEAR = 1900, 2200
_LIST = re.compile(r"list\[(\w+)\]")
_PLAIN = ("str", "float", "bool", "int", "date", "datetime")

#: Lengths that the pages name and the models do not (xero-api.md 4.13).
_LENGTHS = {("EmployeeLeave", "description"): 50}


@dataclass(frozen=True)
class Field:
    """One key of a model.

    :ivar kind: str, enum, float, bool, int, date, datetime, model or list
    :ivar model: the nested model's name (or plain type), for kinds model and list
    :ivar choices: the only values of a text, where there are such
    """

    key: str
    kind: str
    model: str | None = None
    choices: frozenset[str] = frozenset()
    max_length: int | None = None


class Contract:
    """The models of one payroll API.

    :param package: xero-python's, e.g. "payrollau"
    """

    def __init__(self, package: str):
        self._package = package

    def fields(self, model: str) -> dict[str, Field]:
        """Fields of a model by lower-case key."""
        return _fields(self._package, model)

    def read(self, model: str, data) -> dict:
        """`data` with Xero's key names and typed values; null and unknown keys are left out.

        :raises PostDataInvalid: where a value does not fit its type
        """
        if not isinstance(data, dict):
            raise PostDataInvalid(f"An object is expected for {model}")
        known = self.fields(model)
        typed = {}
        for key, value in data.items():
            field = known.get(key.lower())
            if field is not None and value is not None:
                typed[field.key] = self._value(field, value)
        return typed

    def check(self, model: str, data: dict, findings: Findings) -> None:
        """Add what `data` (as :meth:`read` gives it) has of texts that are too long or not among the choices."""
        for field in self.fields(model).values():
            value = data.get(field.key)
            parts = value if isinstance(value, list) else [value]
            if field.kind in ("model", "list") and field.model not in _PLAIN:
                for part in parts:
                    if isinstance(part, dict):
                        self.check(field.model, part, findings)
            elif isinstance(value, str):
                _check_text(field, value, findings)

    def _value(self, field: Field, value):
        try:
            if field.kind == "model":
                return self.read(field.model, value)
            if field.kind == "list":
                return self._list(field, value)
            return _READERS[field.kind](value)
        except (TypeError, ValueError, AttributeError) as error:
            raise PostDataInvalid(f"The value of {field.key} cannot be read as {field.kind}") from error

    def _list(self, field: Field, value) -> list:
        if not isinstance(value, list):
            raise ValueError(field.key)
        if field.model in _PLAIN:
            return [_READERS[field.model](part) for part in value]
        return [self.read(field.model, part) for part in value]


def _check_text(field: Field, value: str, findings: Findings) -> None:
    if field.choices and value not in field.choices:
        findings.add(field.key, f"The value '{value}' of {field.key} is not valid.")
    elif field.max_length and len(value) > field.max_length:
        findings.add(field.key, f"The {field.key} field must not exceed {field.max_length} characters.")


@cache
def _fields(package: str, model: str) -> dict[str, Field]:
    models = import_module(f"xero_python.{package}.models")
    cls = getattr(models, model)
    source = inspect.getsource(cls)
    lengths = {name: int(length) for name, length in _LENGTH.findall(source)}
    allowed = {
        name: frozenset(re.findall(r'"([^"]+)"', values)) - {"None"} for name, values in _CHOICES.findall(source)
    }
    found = {}
    for attribute, declared in cls.openapi_types.items():
        key = cls.attribute_map[attribute]
        kind, nested, choices = _kind(models, declared)
        limit = lengths.get(attribute, _LENGTHS.get((model, key)))
        found[key.lower()] = Field(key, kind, nested, choices or allowed.get(attribute, frozenset()), limit)
    return found


def _kind(models, declared: str) -> tuple[str, str | None, frozenset[str]]:
    if match := _LIST.fullmatch(declared):
        return "list", match[1], frozenset()
    plain = declared.split("[")[0]
    if plain in _PLAIN:
        return plain, None, frozenset()
    named = getattr(models, declared)
    if issubclass(named, Enum):
        return "enum", None, frozenset(member.value for member in named)
    return "model", declared, frozenset()


def _text(value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        raise ValueError(value)
    return str(value)


def _boolean(value) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}[str(value).lower()] if str(value).lower() in ("true", "false") else False


def _number(value):
    if isinstance(value, (bool, dict, list)):
        raise ValueError(value)
    return codec.number(value)


def _date(value) -> date:
    day = codec.read_date(_text(value))
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(value)
    return day


_READERS = {
    "str": _text,
    "enum": _text,
    "float": _number,
    "int": lambda value: int(_number(value)),
    "bool": _boolean,
    "date": _date,
    "datetime": _date,
}


def ms(value):
    """Version 1: typed values with dates in Microsoft's form, nulls left out."""
    if isinstance(value, datetime):
        return codec.ms_moment(value)
    if isinstance(value, date):
        return codec.ms_date(value)
    if isinstance(value, list):
        return [ms(part) for part in value]
    if isinstance(value, dict):
        return {key: ms(part) for key, part in value.items() if part is not None}
    return value


def iso(value):
    """Version 2: typed values with dates as ISO date and time without a zone, nulls kept."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S")
    if isinstance(value, date):
        return codec.iso_date(value)
    if isinstance(value, list):
        return [iso(part) for part in value]
    if isinstance(value, dict):
        return {key: iso(part) for key, part in value.items()}
    return value
