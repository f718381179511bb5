"""The test's hand inside the guest: runs a command, writes a file, over a virtio serial port.

Not in the image: a unit from outside reads this text off the port and runs it, with the port as `port`. One line of
JSON each way; see image_build/emulate/grip.py for the near end.
"""

import base64
import json
import os
import subprocess
from pathlib import Path


def answer(asked: dict) -> dict:  # type: ignore[type-arg]  # runs alone, on any Python 3
    """Do what is asked and say how it went."""
    if "put" in asked:
        Path(asked["put"]).write_bytes(base64.b64decode(asked["bytes"]))
        return {"rc": 0, "out": "", "err": ""}
    try:
        limit = asked["limit_s"]
        done = subprocess.run(asked["run"], capture_output=True, timeout=limit, stdin=subprocess.DEVNULL, check=False)
    except (subprocess.TimeoutExpired, OSError) as error:
        return {"rc": 127, "out": "", "err": str(error)}
    text = [base64.b64encode(part[-400_000:]).decode() for part in (done.stdout, done.stderr)]
    return {"rc": done.returncode, "out": text[0], "err": text[1], "b64": True}


def serve(port: int) -> None:
    """Answer until the port closes."""
    os.write(port, b'{"ready": true}\n')
    rest = b""
    while data := os.read(port, 65536):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            said = json.dumps(answer(json.loads(line))).encode() + b"\n"
            while said:
                said = said[os.write(port, said) :]


if "port" in globals():
    serve(globals()["port"].fileno())
