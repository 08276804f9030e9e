"""The one exception that ends ./run with a message and no traceback."""


class Trouble(Exception):
    """Something is missing or failed; `remedy` is the command or the act that mends it."""

    def __init__(self, text: str, remedy: str = ""):
        super().__init__(text)
        self.text = text
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.text}\n  What to do: {self.remedy}" if self.remedy else self.text
