"""Processes that forget: what they have read is overwritten as soon as Python lets go of it. For web and the opener.

CPython keeps freed strings as they are until their place is used again, so that a name which was on a page an hour ago
may still lie in memory. With PYTHONMALLOC=malloc every object comes from the C library, and glibc overwrites what is
freed (mallopt(3), M_PERTURB), but for its cache of each thread, which is switched off. Both must stand in the
environment before the interpreter starts, hence the second start.
"""

import os
import platform
import sys

from central.log import log

_WANTED = {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"}
_COMMAND = ["-m", "central"]


def start_forgetful() -> None:
    """Start this program again with that environment, once. Told where it cannot: another libc, or not `-m central`."""
    if all(os.environ.get(name) == value for name, value in _WANTED.items()):
        return
    if sys.orig_argv[1:3] != _COMMAND or platform.libc_ver()[0] != "glibc":
        log("memory_not_overwritten")
        return
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **_WANTED})
