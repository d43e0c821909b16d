"""What the database says when it cannot, in the ledger's own sentences, before anybody sees the driver's text.

A driver's text may quote the row that it could not write. It is dropped here, chain and all.
"""

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from django.db.utils import DatabaseErrorWrapper

from ledger.errors import DatabaseRefused

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

Translate = Callable[[BaseException], DatabaseRefused | None]


class ErrorsInOurWords(DatabaseErrorWrapper):
    """Django's wrapper around a driver's errors; those that `translate` knows become refusals of the ledger."""

    def __init__(self, wrapper: "BaseDatabaseWrapper", translate: Translate) -> None:
        super().__init__(wrapper)
        self._wrapper: Any = wrapper  # its driver, `Database`, is not in the stubs
        self._translate = translate

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if exc_value is not None and isinstance(exc_value, self._wrapper.Database.Error):
            refused = self._translate(exc_value)
            if refused is not None:
                self._wrapper.errors_occurred = True
                raise refused.with_traceback(traceback) from None
        super().__exit__(exc_type, exc_value, traceback)
