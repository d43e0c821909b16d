"""The frozen base of everything that crosses a border between rooms."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value that never prints what it holds.

    Most of our values carry personal data, and a value that cannot print itself cannot leak through a log line, a
    traceback or a failed assertion.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__
