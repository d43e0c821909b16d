"""Pulls the plug of a process at a named step of its work: kill -9 by its own hand, before or after a function."""

import functools
import importlib
import inspect
import os
import signal
from collections.abc import Callable
from typing import Any

When = Callable[..., bool]
"""Is this the call at which to die? It is given what the function is given."""


def pull() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def pull_after(owner: Any, name: str, when: When) -> None:
    """From now on this process ends when that function of that class or module has returned."""
    as_it_is = getattr(owner, name)
    if inspect.iscoroutinefunction(as_it_is):

        @functools.wraps(as_it_is)
        async def last_step(*arguments: Any, **more: Any) -> Any:
            outcome = await as_it_is(*arguments, **more)
            if when(*arguments, **more):
                pull()
            return outcome

        setattr(owner, name, last_step)
        return

    @functools.wraps(as_it_is)
    def last_call(*arguments: Any, **more: Any) -> Any:
        outcome = as_it_is(*arguments, **more)
        if when(*arguments, **more):
            pull()
        return outcome

    setattr(owner, name, last_call)


def pull_before(owner: Any, name: str, when: When) -> None:
    """From now on this process ends when that function is called."""
    as_it_is = getattr(owner, name)

    @functools.wraps(as_it_is)
    def called(*arguments: Any, **more: Any) -> Any:
        if when(*arguments, **more):
            pull()
        return as_it_is(*arguments, **more)

    setattr(owner, name, called)


def place(path: str) -> tuple[Any, str]:
    """The class or module and the name in it of `module:Class.function` or `module:function`."""
    module, _, inner = path.partition(":")
    owner: Any = importlib.import_module(module)
    *classes, name = inner.split(".")
    for one in classes:
        owner = getattr(owner, one)
    return owner, name
