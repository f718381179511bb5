"""Loading without the collector: it is on again afterwards, whatever happens. Each in an interpreter of its own."""

import json
import subprocess
import sys

_LOADED = """
import gc, json
from machine.loading import load_for_good
seen = []
gc.callbacks.append(lambda phase, facts: seen.append(phase))
module = load_for_good("firmware_cfg.settings")
print(json.dumps([module.__name__, len(seen), gc.get_freeze_count() > 5_000, gc.isenabled()]))
"""
_FAILED = """
import gc
from machine.loading import load_for_good
try:
    load_for_good("machine.no_such")
except ImportError as error:
    print(error, gc.isenabled())
"""


def _said(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def test_a_module_is_loaded_without_one_collection() -> None:
    assert json.loads(_said(_LOADED)) == ["firmware_cfg.settings", 0, True, True]


def test_the_collector_is_on_again_after_a_module_that_cannot_be_loaded() -> None:
    assert _said(_FAILED) == "No module named 'machine.no_such' True\n"
