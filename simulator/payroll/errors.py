"""What can be wrong with a payroll call; each dialect writes it in its own shape."""

from ..accounting.validation import NotAllowed, NotFound, PostDataInvalid, QueryParseError

__all__ = [
    "Broken",
    "Findings",
    "InvalidId",
    "NotAllowed",
    "NotFound",
    "NotImitated",
    "PageMissing",
    "PostDataInvalid",
    "QueryParseError",
]


class Broken(Exception):
    """An element breaks rules.

    :ivar fields: (name of the field, reason), in order; version 1 says the reasons alone
    """

    def __init__(self, *fields: tuple[str, str]):
        super().__init__("; ".join(reason for _name, reason in fields))
        self.fields = list(fields)


class InvalidId(Exception):
    """A path of version 2 names something that is no GUID."""


class NotImitated(Exception):
    """Xero has it and this simulator has not."""


class PageMissing(Exception):
    """A page of version 2 beyond the end."""


class Findings:
    """Collects what is wrong with one element, so that all of it is said at once."""

    def __init__(self):
        self.fields: list[tuple[str, str]] = []

    def add(self, name: str, reason: str) -> None:
        if (name, reason) not in self.fields:
            self.fields.append((name, reason))

    def check(self) -> None:
        """
        :raises Broken: when something was added
        """
        if self.fields:
            raise Broken(*self.fields)
