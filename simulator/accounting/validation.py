"""What can be wrong with a call, and the bodies Xero answers it with (xero-api.md 3.9)."""

EMPTY_ID = "00000000-0000-0000-0000-000000000000"


class Invalid(Exception):
    """One element breaks business rules.

    :ivar messages: what Xero says, in order
    :ivar attempt: the row that would have been saved, where it has come that far
    :ivar shown: the attempt on the wire
    """

    def __init__(self, *messages: str, attempt: dict | None = None):
        super().__init__("; ".join(messages))
        self.messages = list(messages)
        self.attempt = attempt
        self.shown: dict | None = None


class CallRefused(Exception):
    """The call as a whole is refused; nothing of it is saved."""

    status = 400
    error_number = 0
    error_type = ""

    def body(self) -> dict:
        return {"ErrorNumber": self.error_number, "Type": self.error_type, "Message": str(self)}


class PostDataInvalid(CallRefused):
    """The body cannot be read."""

    error_number = 14
    error_type = "PostDataInvalidException"


class QueryParseError(CallRefused):
    """A filter, an order or a parameter cannot be read."""

    error_number = 16
    error_type = "QueryParseException"


class RuleBroken(CallRefused):
    """A call that writes no element breaks a business rule."""

    error_number = 10
    error_type = "ValidationException"


class BadParameter(Exception):
    """A list of ids in the query holds something else; answered in plain text (xero-node#502)."""

    def __init__(self, name: str):
        super().__init__(f"Supplied parameter '{name}' cannot be parsed.")


class NotFound(Exception):
    """Nothing has that address: 404 with an empty text/html body."""


class NotAllowed(Exception):
    """The resource does not take that verb."""


class Problems:
    """Collects what is wrong with one element, so that all of it is said at once."""

    def __init__(self):
        self.messages: list[str] = []

    def add(self, message: str) -> None:
        if message not in self.messages:
            self.messages.append(message)

    def extend(self, messages: list[str]) -> None:
        for message in messages:
            self.add(message)

    def check(self, attempt: dict | None = None) -> None:
        """
        :param attempt: the row as it would be saved, complete enough to be shown
        :raises Invalid: when something was added
        """
        if self.messages:
            raise Invalid(*self.messages, attempt=attempt)


def messages_of(messages: list[str]) -> list[dict]:
    """`ValidationErrors` or `Warnings` of an element."""
    return [{"Message": message} for message in messages]


def validation_exception(elements: list[dict]) -> dict:
    """Body of the 400 that a summarised call ends with when elements are refused."""
    return {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": elements,
    }
