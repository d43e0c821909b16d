"""A program that crashes leaves no picture of its memory on the disk, where patients and secrets would lie open."""

import contextlib
import ctypes
import sys

_PR_SET_DUMPABLE = 4


def no_core_dump() -> None:
    """For this process and all that it starts from now on: no core file, whatever the computer's settings are.

    The limit passes on to the browser and its driver. It does not hold where the system hands a dump to another
    program; so on Linux this process is made undumpable as well, which also keeps its memory and its environment from
    other programs of the same account (DOMAIN 6). On Windows there is nothing to do: error reports hold no such
    dump unless an administrator asks for it.
    """
    if sys.platform == "win32":
        return
    import resource

    # Where even lowering a limit is forbidden, nothing else can be done about it here.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
