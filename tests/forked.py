"""The end of a fork that stands for a new process: by its exit code, and with nothing of its parent's afterwards."""

import os
import sys
from collections.abc import Callable
from typing import NoReturn


def end_with(work: Callable[[], object]) -> NoReturn:
    """Do the work and end as a process does whose program it is: what it returns or exits with, else 1."""
    code: object = 1
    try:
        code = work()
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)
