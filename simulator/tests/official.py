"""What xero-python's own classes say of Xero: its operations, and the model that each answer parses into."""

import inspect
import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from xero_python.api_client.deserializer import deserialize

_OPERATION = re.compile(
    r'query_params = \[(?P<queries>.*?)get_resource_url\(\s*"(?P<template>[^"]+)"\s*\)'
    r'.*?call_api\(\s*url,\s*"(?P<method>\w+)",.*?response_type=(?:"(?P<model>[^"]+)"|None)',
    re.DOTALL,
)
_QUERY = re.compile(r'\("(\w+)", \w+\)')
_LIST = re.compile(r"list\[(.*)\]")
_DICT = re.compile(r"dict\(str, (.*)\)")
#: Package of xero-python → class of its operations.
APIS = {
    "accounting": "AccountingApi",
    "payrollau": "PayrollAuApi",
    "payrollauv2": "PayrollAuV2Api",
    "payrollnz": "PayrollNzApi",
    "payrolluk": "PayrollUkApi",
}


@dataclass(frozen=True)
class Operation:
    """One call that the client can make.

    :ivar template: path with names in braces, e.g. "/Invoices/{InvoiceID}"
    :ivar queries: its query parameters
    :ivar model: what the answer parses into; "file" for bytes, None for nothing
    """

    method: str
    template: str
    queries: tuple[str, ...]
    model: str | None

    def matches(self, method: str, path: str) -> bool:
        own, other = self.template.strip("/").lower().split("/"), path.strip("/").lower().split("/")
        return (
            method == self.method
            and len(own) == len(other)
            and all(a == b or a.startswith("{") for a, b in zip(own, other, strict=True))
        )


@cache
def operations(package: str) -> tuple[Operation, ...]:
    """All operations of a package of xero-python, as its source makes them."""
    api = getattr(import_module(f"xero_python.{package}"), APIS[package])
    found = []
    for _name, function in inspect.getmembers(api, inspect.isfunction):
        match = _OPERATION.search(inspect.getsource(function))
        if match:
            queries = tuple(_QUERY.findall(match["queries"]))
            found.append(Operation(match["method"], match["template"], queries, match["model"]))
    return tuple(found)


def operation_of(package: str, method: str, path: str) -> Operation | None:
    """The operation that a call is, the one with the most literal parts where several are."""
    found = [one for one in operations(package) if one.matches(method, path)]
    return min(found, key=lambda one: one.template.count("{"), default=None)


class _Finder:
    """Finds models for xero-python's own deserialiser."""

    def __init__(self, package: str):
        self._models = import_module(f"xero_python.{package}.models")

    def find_model(self, name):
        return getattr(self._models, name)


def check(package: str, model: str, payload, also_on_the_wire) -> None:
    """Parse an answer as the client does, after a look at every key.

    :param also_on_the_wire: model → keys that it lacks and Xero writes
    :raises AssertionError: for a key that neither the model nor `also_on_the_wire` has
    """
    models = import_module(f"xero_python.{package}.models")
    _look(models, model, payload, also_on_the_wire, model)
    deserialize(model, payload, _Finder(package))


def _look(models, declared: str, value, also, path: str) -> None:
    if match := _LIST.fullmatch(declared):
        assert isinstance(value, list), f"{path} is no list"
        for part in value:
            _look(models, match[1], part, also, path)
        return
    cls = getattr(models, declared, None)
    if not hasattr(cls, "attribute_map") or not isinstance(value, dict):
        return
    types = {key: cls.openapi_types[attribute] for attribute, key in cls.attribute_map.items()}
    extra = set(value) - set(types) - also.get(declared, set())
    assert not extra, f"{path} ({declared}) has {sorted(extra)}"
    for key, part in value.items():
        if key in types and part is not None:
            _look(models, types[key], part, also, f"{path}.{key}")
