"""What each process has loaded by the moment it says READY=1: a start is mostly imports, and so is memory.

The processes are the product's own commands. An audit hook of the interpreter (sys.addaudithook) sees the datagram to
the service manager go out, and writes down which modules are there.
"""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.parts.lone_gate import LoneGate
from tests.parts.radio_process import RadioProcess
from tests.parts.waits import wait_for

PAGES = {"flask", "werkzeug", "jinja2", "waitress", "click", "segno", "phonenumbers", "babel", "kiosk.pages"}
TLS = {"ssl", "http.client", "urllib.request", "email", "cryptography.x509"}
PIXELS = {"numpy", "cv2", "PIL", "zxingcpp", "pyzbar"}
ELSEWHERE = {"sqlite_utils", "hypothesis", "central", "image_build", "asyncio", "bleak", "gpiozero", "escpos", "smbus2"}
WATCHER = """
import os, runpy, sys
def hook(event, arguments, kept=[]):
    if event == "socket.sendto" and arguments[1] == os.environ["NOTIFY_SOCKET"] and not kept:
        kept.append(sorted(sys.modules))
        with open(os.environ["SEEN"] + ".half", "w") as file:
            file.write("\\n".join(kept[0]))
        os.rename(os.environ["SEEN"] + ".half", os.environ["SEEN"])
sys.addaudithook(hook)
module = sys.argv[1]
sys.argv = sys.argv[1:]
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def loaded_at_ready(folder: Path, *argv: str) -> set[str]:
    """The modules of `python -m argv...` when it tells the service manager that it is ready."""
    seen, manager = folder / "seen", folder / "manager"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening, (folder / "log").open("wb") as log:
        listening.bind(str(manager))
        listening.settimeout(40)
        environment = {**os.environ, "NOTIFY_SOCKET": str(manager), "SEEN": str(seen)}
        command = [sys.executable, "-c", WATCHER, *argv]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, env=environment)
        try:
            assert listening.recv(100) == b"READY=1", (folder / "log").read_text()
            wait_for(seen.exists, "the hook has written")
        finally:
            process.terminate()
            process.wait(20)
    return set(seen.read_text().split())


def test_the_gate_answers_before_anything_of_its_pages_is_loaded(tmp_path: Path) -> None:
    command = LoneGate(tmp_path).command("run")[2:]
    loaded = loaded_at_ready(tmp_path, *command)
    assert {"kiosk.loop", "kiosk.devices.decoder_stream", "zxingcpp", "store.recorder"} <= loaded  # it can admit
    assert not loaded & (PAGES | TLS | ELSEWHERE)


def test_the_gate_keeps_one_thread_for_numpy_and_no_collector_over_its_modules(tmp_path: Path) -> None:
    program = (
        "import atexit, gc, json, os, runpy, sys; sys.argv = ['kiosk', 'run', '--settings', '/nowhere'];"
        "facts = lambda: [len(os.listdir('/proc/self/task')), gc.get_freeze_count(), gc.isenabled()];"
        "atexit.register(lambda: print(json.dumps(facts())));"
        "runpy.run_module('kiosk', run_name='__main__')"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 78, done.stderr  # there are no settings
    threads, frozen, enabled = json.loads(done.stdout)
    assert (threads, frozen > 50_000, enabled) == (1, True, True)


def test_the_radio_process_needs_no_pixels_and_no_pages(tmp_path: Path) -> None:
    loaded = loaded_at_ready(tmp_path, *RadioProcess(tmp_path).argv()[2:])
    assert {"ble_scanner.service", "store.sightings"} <= loaded
    assert not loaded & (PIXELS | PAGES | {"cryptography.x509", "http.client", "email", "bleak"})


def test_the_agent_of_an_enrolled_kiosk_needs_no_pixels_no_pages_and_makes_no_certificates() -> None:
    loaded = _after("import sync_agent.__main__")
    assert {"sync_agent.loop", "paho.mqtt.client"} <= loaded
    assert not loaded & (PIXELS | PAGES | ELSEWHERE | {"cryptography.x509", "sync_agent.enrol", "sync_agent.stick"})


def test_the_lamps_child_is_little_more_than_the_library_of_the_pins() -> None:
    simulated = _after("import kiosk.devices.lights_child, kiosk.devices.lights_file")
    assert not simulated & {"dataclasses", "gpiozero", *PIXELS, *PAGES}
    assert len(simulated) <= 110
    opened = "import kiosk.devices.gpiod_factory, gpiod; open_lights('gpiozero', {**dict.fromkeys(names), **pins})"
    names = "names = ('buzzer', 'illuminator'); pins = dict(green=1, yellow=2, red=3, active_high=True, chip=0, "
    wired = _after(f"from kiosk.devices.lights_child import open_lights; {names}factory='mock'); {opened}")
    assert {"gpiozero", "gpiod"} <= wired
    assert not wired & (PIXELS | PAGES | {"cryptography", "sqlite3", "asyncio", "tomllib", "kiosk.run"})
    assert len(wired) <= 250


def _after(program: str) -> set[str]:
    """The modules of a fresh interpreter once it ran `program`."""
    said = f"{program}\nimport os, sys\nprint(*sys.modules, flush=True)\nos._exit(0)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())
