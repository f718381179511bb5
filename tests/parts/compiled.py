"""Page templates compiled once for all the apps that a test process makes.

Jinja keeps what it has compiled inside one app. A process that makes hundreds of apps would compile the same files
hundreds of times, which takes longer than what their tests look at. Flask gives `jinja_options` to each app's
templates (Flask API, "Flask.jinja_options"); Jinja asks the cache before it compiles (Jinja API, "Bytecode Cache") and
takes nothing from it that was compiled from other bytes.
"""

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class Compiled(BytecodeCache):
    """In memory, for each template and each way of treating the space around its blocks."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, bool, bool], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket when its template has been compiled before."""
        held = self._held.get(_place(bucket))
        if held is not None:
            bucket.bytecode_from_string(held)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled just now."""
        self._held[_place(bucket)] = bucket.bytecode_to_string()


def _place(bucket: Bucket) -> tuple[str, bool, bool]:
    return bucket.key, bucket.environment.trim_blocks, bucket.environment.lstrip_blocks


def compile_once() -> None:
    """For every Flask app that is made in this process from now on."""
    Flask.jinja_options.setdefault("bytecode_cache", Compiled())
