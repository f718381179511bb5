"""python -m kiosk phone: write nginx's configuration for the forms on visitors' own phones (docs/technician.md)."""

import argparse
from collections.abc import Sequence
from importlib.resources import files as package_files
from pathlib import Path
from typing import TextIO

from firmware_cfg.proxy import Proxy, fill_in
from firmware_cfg.served import port_of
from kiosk.commands.settings_file import add_settings_arguments, read_settings_file


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: 0 written, 1 not written (with the reason), 2 wrong usage or an unreadable kiosk.toml."""
    parser = argparse.ArgumentParser(prog="python -m kiosk phone", description=__doc__.splitlines()[0])
    add_settings_arguments(parser)
    arguments = parser.parse_args(argv)
    settings = read_settings_file(arguments, stderr)
    if settings is None:
        return 2
    phone, runtime = settings.phone, arguments.runtime.absolute()
    if not phone.url:
        print("kiosk.toml: phone.url còn trống / phone.url is empty", file=stderr)
        return 1
    for path in (phone.certificate, phone.key):
        if not Path(path).is_file():
            print(f"{path}: không có tệp này / there is no such file", file=stderr)
            return 1
    template = package_files("firmware_cfg").joinpath("nginx-phone.conf").read_text("utf-8")
    try:
        filled = fill_in(
            template, Proxy(str(port_of(phone.url)), phone.socket, phone.certificate, phone.key, str(runtime))
        )
    except ValueError as error:
        print(error, file=stderr)
        return 1
    runtime.mkdir(parents=True, exist_ok=True)
    path = runtime / "nginx-phone.conf"
    path.write_text(filled, "utf-8")
    print(path, file=stdout)
    return 0
