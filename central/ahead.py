"""Opening ahead: a child process opens the next group of messages while this one commits the last.

- Opening is arithmetic and a commit is waiting for the disk: together they use two cores where Python alone uses one.
- The child holds the ingest key and the pepper as its parent does; it gets messages and gives rows, by a pipe that ends
  when either of them does. Nothing is decided there: what it gives is checked against the registry at the commit.
- Only one group is under way at a time, so that neither side can wait for the other's full pipe.
- Without a child (it died, or none was started) everything is opened here, with the same result.
"""

import multiprocessing
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection as Pipe
from typing import NamedTuple

from central.opening import Opened, Opener
from wire.crypto import SealingKey


class Job(NamedTuple):
    """A message and the public key that its signature must hold under."""

    message: bytes
    kid: bytes
    public: bytes


class Ahead:
    """One child that opens; `start` gives it a group, `results` waits for it."""

    def __init__(self, ingest: bytes, pepper: bytes) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would copy database connections and paho's threads
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._jobs: list[Job] = []
        # By the pipe and not as an argument: keys have no business in a process's start-up data.
        self._pipe.send((ingest, pepper))

    @property
    def busy(self) -> bool:
        """Whether a group is under way."""
        return bool(self._jobs)

    def start(self, jobs: Sequence[Job]) -> None:
        """Begin with a group; the one before must have been collected."""
        try:
            self._pipe.send(list(jobs))
            self._jobs = list(jobs)
        except OSError:
            self._jobs = []

    def results(self) -> dict[Job, Opened | str]:
        """What became of the group under way; empty if there is none, or the child has died."""
        jobs, self._jobs = self._jobs, []
        try:
            return dict(zip(jobs, self._pipe.recv(), strict=True)) if jobs else {}
        except (OSError, EOFError):
            return {}

    def close(self) -> None:
        """End the child."""
        self._pipe.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


def _serve(pipe: Pipe) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the parent, whose end closes the pipe
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        ingest, pepper = pipe.recv()
        opener = Opener(SealingKey(ingest), pepper)
        while True:
            pipe.send([opener.open(*job) for job in pipe.recv()])
    except (EOFError, OSError):
        return
