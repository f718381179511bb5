"""Checked settings -> the files in RAM that the box is run by. Pure.

- Only these paths are ever written, and those of them that these settings do not need are taken away: a Wi-Fi that was
  taken out of kiosk.toml does not linger until the next boot.
- Nothing goes to a boot slot: what differs from box to box is done while it runs (docs/adr/0043).
- The Wi-Fi password stands in a NetworkManager profile that root alone reads, and is blank in the copy that our
  processes read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath as Path

from firmware_cfg import profiles
from firmware_cfg.firewall import closed, ports
from firmware_cfg.hardware import RTC_ADDRESS, Clock, Display
from firmware_cfg.proxy import Proxy, fill_in
from firmware_cfg.served import local_name, port_of
from firmware_cfg.settings import Lights, Settings
from firmware_cfg.wifi import Wifi
from firmware_cfg.written import write_settings

GROUP = "gatepost"
PROFILES = Path("/run/NetworkManager/system-connections")
RULES = Path("/run/udev/rules.d/61-gatepost-settings.rules")
TRANSFORM = {0: "normal", 90: "270", 180: "180", 270: "90"}  # wl_output counts against the clock, our key with it
_ALL_PROFILES = (profiles.CABLE, profiles.WIFI, profiles.SHOWN)


@dataclass(frozen=True, slots=True)
class File:
    """One file to be: `text` None takes it away. `group` where there is one of that name, else root's."""

    path: Path
    text: str | None
    mode: int = 0o644
    group: str = ""


def plan(settings: Settings, shown: Wifi | None, run: Path, templates: Mapping[str, str]) -> list[File]:
    """Every file for these settings. `run` is /run/gatepost; `templates`: avahi.conf and the proxies', by file name."""
    kept = replace(settings, network=replace(settings.network, wifi_password=""))
    page = f"http://{settings.screen.host}:{settings.screen.port}/"
    servers = "".join(f"{_server(name)}\n" for name in settings.clock.ntp)
    found = profiles.profiles(settings.network, shown)
    return [
        File(run / "kiosk.toml", write_settings(kept), 0o640, GROUP),
        lamps(run, settings.devices.lights, "starting"),
        screen(run, page, settings.display.rotation),
        File(run / "wifi.env", f"COUNTRY={settings.network.wifi_country}\n"),
        File(run / "ports.nft", ports(settings)),
        File(run / "chrony" / "gatepost.sources", servers),
        File(RULES, _rules(settings.display, settings.clock)),
        *_proxies(settings, run, templates),
        File(run / "avahi.conf", _named(settings, templates["avahi.conf"])),
        *(File(PROFILES / f"{name}.nmconnection", found.get(name), 0o600) for name in _ALL_PROFILES),
    ]


def plan_without(run: Path, lights: Lights, display: Display) -> list[File]:
    """Every file for a box that has no settings to run by: nothing is open, nobody is called, the page says why."""
    gone = (
        "kiosk.toml",
        "wifi.env",
        "avahi.conf",
        "proxy/nginx-guard.conf",
        "proxy/nginx-phone.conf",
        "chrony/gatepost.sources",
    )
    return [
        *(File(run / name, None) for name in gone),
        *(File(PROFILES / f"{name}.nmconnection", None) for name in _ALL_PROFILES),
        lamps(run, lights, "settings"),
        screen(run, f"file://{run}/settings.html", display.rotation),
        File(run / "ports.nft", closed()),
        File(RULES, _rules(display, Clock())),
    ]


def lamps(run: Path, lights: Lights, pattern: str) -> File:
    """What the lamps show until the gate takes them."""
    pins = f"GREEN={lights.green}\nYELLOW={lights.yellow}\nRED={lights.red}\nBUZZER={lights.buzzer}\n"
    return File(run / "lamps.env", f"{pins}ACTIVE_HIGH={int(lights.active_high)}\nPATTERN={pattern}\n")


def screen(run: Path, page: str, rotation: int) -> File:
    """Which page the screen opens, and how it hangs."""
    return File(run / "screen.env", f"PAGE={page}\nROTATION={rotation}\nTRANSFORM={TRANSFORM[rotation]}\n")


def _server(name: str) -> str:
    is_address = ":" in name or name.replace(".", "").isdigit()
    return f"server {name} iburst" if is_address else f"pool {name} iburst maxsources 2"


def _rules(display: Display, clock: Clock) -> str:
    """udev's part: the clock chip is made known to its bus; the touch panel learns how it hangs."""
    matrix = display.matrix()
    lines = [f'SUBSYSTEM=="input", ENV{{ID_INPUT_TOUCHSCREEN}}=="1", ENV{{LIBINPUT_CALIBRATION_MATRIX}}="{matrix}"']
    if clock.rtc != "none":
        chip = f"{clock.rtc} 0x{RTC_ADDRESS[clock.rtc]:02x}"
        lines.append(f'ACTION=="add", SUBSYSTEM=="i2c", KERNEL=="i2c-1", ATTR{{new_device}}="{chip}"')
    return "\n".join(lines) + "\n"


def _proxies(settings: Settings, run: Path, templates: Mapping[str, str]) -> list[File]:
    guard, phone = settings.guard, settings.phone
    ways = {
        "guard": (guard.url, guard.socket) if guard.socket else None,
        "phone": (phone.url, phone.socket) if phone.url else None,
    }
    return [_proxy(which, way, run, templates[f"nginx-{which}.conf"]) for which, way in ways.items()]


def _proxy(which: str, way: tuple[str, str] | None, run: Path, template: str) -> File:
    """nginx reads certificate and key as its unit's credentials: it may not look into the folder of the database."""
    path = run / "proxy" / f"nginx-{which}.conf"
    if way is None:
        return File(path, None)
    url, socket = way
    secrets = f"/run/credentials/{which}-proxy.service"
    filled = Proxy(str(port_of(url)), socket, f"{secrets}/certificate", f"{secrets}/key", f"{run}-{which}")
    return File(path, fill_in(template, filled))


def _named(settings: Settings, template: str) -> str | None:
    """Who answers for the guards' page's name in the venue's network; nobody where it has another kind of name."""
    name = local_name(settings.guard.url) if settings.guard.socket else ""
    return template.replace("@HOST@", name) if name else None
