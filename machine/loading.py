"""How a process of ours loads what it stays with.

While modules are loaded, Python's collector goes through everything that is there already, again and again, and finds
nothing: modules stay. That is a tenth of the kiosk's start.
"""

import gc
from importlib import import_module
from types import ModuleType


def load_for_good(name: str) -> ModuleType:
    """Import the module `name` without the collector, which will never look through what is there by then.

    For the beginning of a process: what it holds is held until it ends. Raises ImportError.
    """
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        gc.enable()
