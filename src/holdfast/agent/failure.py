"""How a run goes wrong by somebody's doing. Bugs are not among these and are not caught."""

import sys


class Failed(Exception):
    """The run cannot go on; the text says what is wrong with what, and what to do.

    `status` is the word that the run ends with.
    """

    status = "failed"

    def add(self, *words: str) -> None:
        """Tell more; words that are empty say nothing."""
        self.args = ("; ".join(filter(None, (str(self), *words))),)


class Malformed(Failed):
    """A document on this node is not of the shape that we write."""


class Unfinished(Failed):
    """What was wanted is done in part and cannot be taken back; a later run goes on with it."""


class Terminated(BaseException):
    """The process was asked to end. Like KeyboardInterrupt it passes by what handles errors."""


def complain(message: object) -> None:
    """Say on stderr what a person should know; cron throws it away, run files keep what matters."""
    sys.stderr.write("holdfast-agent: %s\n" % message)
