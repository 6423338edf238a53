"""Login: an API key, or a user and a password, as each API wants it. Must not: show itself."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

API_KEY, PASSWORD = "api_key", "password"
_HIDDEN = "***"


class Login:
    """Who calls; with a user the secret is a password, else an API key."""

    def __init__(self, user: str | None, secret: str) -> None:
        self.user = user
        self._secret = secret

    def __repr__(self) -> str:
        return "Login(%r, %s)" % (self.user, _HIDDEN)

    @property
    def members(self) -> dict[str, str]:
        """The members of a call in JSON."""
        if self.user is None:
            return {"apikey": self._secret}
        return {"apiuser": self.user, "apipass": self._secret}

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a call in XML; none for an API key, which has no place but the URL."""
        return {} if self.user is None else {"Authorization": "Basic " + self._basic()}

    @property
    def query(self) -> dict[str, str]:
        """The arguments of a call in XML."""
        return {"apikey": self._secret} if self.user is None else {}

    def redact(self, text: str, *others: str) -> str:
        """Return a text without this secret or others, however a device may repeat them."""
        spelt = {form for secret in (self._secret, *others) for form in _spellings(secret)}
        if self.user is not None:
            spelt.add(self._basic())
        # The longest first: a shorter one may be a part of it.
        for secret in sorted(filter(None, spelt), key=len, reverse=True):
            text = text.replace(secret, _HIDDEN)
        return text

    def _basic(self) -> str:
        return base64.b64encode(("%s:%s" % (self.user, self._secret)).encode()).decode()


def _spellings(secret: str) -> set[str]:
    """Return how a secret may stand in a URL, a form, JSON, XML and our own words."""
    marked = secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    written = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    escaped = {
        marked,
        marked.replace('"', "&quot;"),
        marked.replace('"', "&quot;").replace("'", "&#x27;"),
    }
    found = {secret, quote(secret), quote_plus(secret), *written, *escaped}
    return found | {" ".join(form.split()) for form in found}
