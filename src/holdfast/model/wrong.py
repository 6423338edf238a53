"""Wrong: what a person wrote is not what is meant here. Must not: know where it stands."""

from __future__ import annotations


class Wrong(ValueError):
    """A value is wrong; `what` says how, `hint` what would be right. Neither repeats a secret."""

    def __init__(self, what: str, hint: str = "") -> None:
        self.what = what
        self.hint = hint
        super().__init__(what)
