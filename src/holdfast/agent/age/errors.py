"""What can be wrong with an age file or key. Every text is fit for a person and holds no secret."""

from holdfast.agent.failure import Failed


class AgeError(Failed):
    """Something is not as the age format demands."""


class BadKeyError(AgeError):
    """A text is no recipient or no identity."""


class HeaderError(AgeError):
    """The header is malformed, or the file ends inside it."""


class NoMatchError(AgeError):
    """The file is for none of the identities at hand."""


class MacError(AgeError):
    """The header was altered, or the file key belongs to another file."""


class PayloadError(AgeError):
    """The payload was altered or cut short."""
