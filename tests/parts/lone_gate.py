"""One gate process on simulated devices, without a centre: for what a technician sees before anything is connected."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.bench.drawing import draw_code
from tests.browser.screens import free_port
from tests.parts.waits import holds, wait_for

CARD = "099099000001||Trần Văn Thử|05061999|Nam|Xã Mẫu|15032022"


class LoneGate:
    """`sim` pokes its devices, `data` is its storage, `runtime` its folder in RAM."""

    def __init__(self, folder: Path, inputs: str = 'kind = "file"\ntamper = 6') -> None:
        self.sim, self.data, self.runtime = folder / "sim", folder / "data", folder / "run"
        for made in (self.sim / "camera", self.data, self.runtime):
            made.mkdir(parents=True)
        self.port, self.settings = free_port(), folder / "kiosk.toml"
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings.write_text(
            f"""
[device]
id = "t-gate-9"
[venue]
id = "cho-mau"
name = "Chợ Mẫu"
kind = "market"
[gate]
id = "a"
name = "Cửa A"
direction = "both"
[centre]
enrol_url = "http://127.0.0.1:9/enrol"
root_fingerprint = "{"0" * 32}"
[devices]
folder = "{self.sim}"
[devices.camera]
kind = "files"
[devices.lights]
kind = "file"
[devices.sound]
kind = "file"
[devices.inputs]
{inputs}
[storage]
folder = "{self.data}"
reserve_mb = 1
minimum_free_mb = 1
[screen]
port = {self.port}
""",
            "utf-8",
        )
        self.show(CARD)

    def show(self, text: str) -> None:
        """Hold a code before the camera."""
        half = self.sim / "camera" / ".half"
        half.write_bytes(draw_code(text, {}))
        half.rename(self.sim / "camera" / "frame.png")

    def press(self) -> None:
        """Press the button inside the housing."""
        mark, button = self.runtime / "setup", self.sim / "button"
        mark.unlink(missing_ok=True)

        def felt() -> bool:
            button.touch()
            there = holds(mark.exists, 1)
            button.unlink()
            return there

        wait_for(felt, "the press was felt", seconds=10, every=0.2)

    def command(self, *argv: str) -> list[str]:
        """The words of `python -m kiosk COMMAND ...` for this gate."""
        places = ("--settings", str(self.settings), "--bench", "--runtime", str(self.runtime))
        return [sys.executable, "-m", "kiosk", *argv, *places]


@contextmanager
def lone_gate(folder: Path, inputs: str = 'kind = "file"\ntamper = 6') -> Iterator[LoneGate]:
    """It runs until the block ends."""
    gate = LoneGate(folder, inputs)
    with (folder / "gate.log").open("wb") as log:
        process = subprocess.Popen(gate.command("run"), stdout=subprocess.PIPE, stderr=log)
        try:
            assert process.stdout is not None
            assert b"ready" in process.stdout.readline(), (folder / "gate.log").read_text()
            yield gate
        finally:
            process.terminate()
            process.wait(10)
            if process.stdout is not None:
                process.stdout.close()
