"""Shared by the commands that need kiosk.toml: find it, read it, say everything that is wrong with it."""

import argparse
from pathlib import Path
from typing import TextIO

from firmware_cfg.lines import line_of
from firmware_cfg.settings import INSTALLED_MARK, Settings, SettingsError, read_settings

# On a card: what `python -m firmware_cfg apply` took from the technician's file and found good.
DEFAULT = Path("/run/gatepost/kiosk.toml")
RUNTIME = Path("/run/gatepost")


def add_settings_arguments(parser: argparse.ArgumentParser) -> None:
    """--settings FILE, --bench, --runtime FOLDER."""
    parser.add_argument("--settings", type=Path, default=DEFAULT, metavar="FILE", help=f"kiosk.toml ({DEFAULT})")
    parser.add_argument("--bench", action="store_true", help="allow simulated devices (not on an installed kiosk)")
    parser.add_argument("--runtime", type=Path, default=RUNTIME, metavar="FOLDER", help=f"a folder in RAM ({RUNTIME})")


def read_settings_file(arguments: argparse.Namespace, stderr: TextIO, mark: Path = INSTALLED_MARK) -> Settings | None:
    """The settings, or None after every problem was written to `stderr` in Vietnamese and English."""
    if arguments.bench and mark.exists():
        print("Máy này đã lắp đặt, không dùng thiết bị giả lập được.", file=stderr)
        print("This kiosk is installed: simulated devices cannot be used here.", file=stderr)
        return None
    text = ""
    try:
        text = arguments.settings.read_text("utf-8-sig")  # Windows' editor puts a byte order mark before the first key
        return read_settings(text, bench=arguments.bench)
    except OSError as error:
        print(f"{arguments.settings}: không đọc được / cannot be read: {error.strerror}", file=stderr)
    except UnicodeDecodeError:
        print(f"{arguments.settings}: không phải UTF-8 / is not UTF-8", file=stderr)
    except SettingsError as error:
        for problem in error.problems:
            line = line_of(text, problem.path, problem.en)
            where = "" if line is None else f" (dòng/line {line})"
            print(f"{problem.path}{where}: {problem.vi} / {problem.en}", file=stderr)
    return None
