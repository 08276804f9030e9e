"""Between the login page and the consent page."""

import secrets


class Sessions:
    """Who has signed in on the login page and not yet answered the consent page."""

    def __init__(self):
        self._users = {}

    def open(self, user) -> str:
        """The secret that stands for a signed-in user within the consent form."""
        secret = secrets.token_urlsafe(24)
        self._users[secret] = user
        return secret

    def user(self, secret: str):
        return self._users.get(secret)

    def close(self, secret: str) -> None:
        self._users.pop(secret, None)
