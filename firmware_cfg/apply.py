"""What happens at a start: kiosk.toml is read, judged, and turned into the files that the box is run by."""

import json
from importlib.resources import files as package_files
from pathlib import Path, PurePosixPath

from firmware_cfg.judged import Judged, as_json, judge
from firmware_cfg.laid import LAID, RELEASE, key, laid_text
from firmware_cfg.page import settings_page
from firmware_cfg.plan import File, lamps, plan, plan_without, screen
from firmware_cfg.settings import MAX_BYTES, Settings
from firmware_cfg.wifi import FILE as WIFI
from firmware_cfg.wifi import MAX_BYTES as WIFI_BYTES
from firmware_cfg.wifi import Wifi, read_wifi
from firmware_cfg.write import put, take

# Below the data partition: the folder of the database, and one that root alone may write. What is read as root at each
# start must not lie where the gate's own processes can put another file in its place.
KEPT, SAFE = PurePosixPath("gatepost"), PurePosixPath("settings")
GOOD = "kiosk.toml.good"
RELEASE_BYTES = 64 * 1024
WAITING = "file:///usr/lib/gatepost/screen/starting.html"
TEMPLATES = ("nginx-guard.conf", "nginx-phone.conf", "avahi.conf")


def apply(card: Path, data: Path, run: PurePosixPath, root: Path) -> tuple[Judged, list[str]]:
    """Judge the card's settings and write the files. `run` and the rest are laid below `root` ("/" on a kiosk).

    What was judged, and a sentence for each file that could not be written. Never raises for what stands on the card.
    """
    safe = data / SAFE
    found = take(card / "kiosk.toml", 4 * MAX_BYTES)
    judged = judge(found, take(safe / GOOD, 4 * MAX_BYTES))
    shown = take(data / KEPT / WIFI, WIFI_BYTES)
    files = planned(judged, None if shown is None else read_wifi(shown.decode("utf-8", "replace")), run)
    failed = [words for file in files if (words := _try(file, root))]
    if judged.text is not None and safe.is_dir():
        failed += filter(None, [_try(File(PurePosixPath("/") / GOOD, judged.text, 0o600), safe)])
        release = take(root / RELEASE, RELEASE_BYTES)
        if found is not None and release is not None and not failed:
            made_of = key(found, judged.text, release, shown)
            failed += filter(None, [_try(_kept(laid_text(made_of, files, root)), safe)])
    return judged, failed


def _kept(text: str | None) -> File:
    """What the next start may lay again; taken away where there is nothing of the kind."""
    return File(PurePosixPath("/") / LAID, text, 0o600)


def planned(judged: Judged, shown: Wifi | None, run: PurePosixPath) -> list[File]:
    """Every file for what was judged."""
    settings = judged.settings
    if settings is None:
        files, goes_on = plan_without(run, judged.lights, judged.display), None
    else:
        files, goes_on = plan(settings, shown, run, _templates()), _page(settings)
    said = json.dumps(as_json(judged.said), ensure_ascii=False, indent=1) + "\n"
    files.append(File(run / "settings-problems.json", said))
    files.append(File(run / "settings.html", settings_page(judged.said, goes_on) if judged.said else None))
    if settings is not None and judged.said:
        first = (
            lamps(run, judged.lights, "settings_old"),
            screen(run, f"file://{run}/settings.html", judged.display.rotation),
        )
        files = [file for file in files if file.path not in {one.path for one in first}] + list(first)
    return files


def _page(settings: Settings) -> str:
    """Where the old settings' page goes on to: the page that waits for the gate, which may not be up yet."""
    return f"{WAITING}#http://{settings.screen.host}:{settings.screen.port}/"


def _templates() -> dict[str, str]:
    folder = package_files("firmware_cfg")
    return {name: folder.joinpath(name).read_text("utf-8") for name in TEMPLATES}


def _try(file: File, root: Path) -> str:
    """What went wrong, "" for nothing."""
    try:
        put(file, root)
    except OSError as error:
        return f"{file.path}: không ghi được / cannot be written: {error.strerror}"
    return ""
