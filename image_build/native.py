"""What the packages' own scripts would have done in the root, done by this machine: no program of the card runs here
but ldconfig, whose list of libraries has no second writer; it is one static program, run alone by QEMU's user mode.
"""

import os
import platform
import shutil
import tomllib
from pathlib import Path
from typing import Any

from image_build.accounts import Accounts, Unnumbered
from image_build.tools import BuildError, run

HERE = Path(__file__).parent / "recipe"
SET_ID = 0o6000
# Path in the root -> where it points. The zone is that of all venues; records are stamped in UTC.
LINKS = {
    "etc/resolv.conf": "/run/NetworkManager/resolv.conf",
    "etc/localtime": "/usr/share/zoneinfo/Asia/Ho_Chi_Minh",
    "etc/mtab": "/proc/self/mounts",
    "etc/os-release": "../usr/lib/os-release",
    "usr/bin/awk": "mawk",
    # Which channels and powers the law of a country allows. Both kernels (Debian's, the Pi's) take upstream's signer.
    "usr/lib/firmware/regulatory.db": "regulatory.db-upstream",
    "usr/lib/firmware/regulatory.db.p7s": "regulatory.db.p7s-upstream",
    "usr/lib/ssl/cert.pem": "/etc/ssl/certs/ca-certificates.crt",
}
_SYSTEMD_MAKES = frozenset({"run", "lock", "tmp"})
FOLDERS = ("data", "boot/gatepost", "etc/ssl/certs", "etc/rauc", "usr/lib/gatepost", "mnt", "media")


def settle(tree: Path) -> Accounts:
    """Folders, links, accounts, trusted authorities, and the numbers of owners; the accounts that came of it."""
    for name in FOLDERS:
        (tree / name).mkdir(parents=True, exist_ok=True)
    for path, target in LINKS.items():
        link(tree, path, target)
    (tree / "etc/machine-id").write_text("")  # filled in RAM at each boot: a number in the image would be on every card
    shutil.copytree(HERE / "etc", tree / "etc", dirs_exist_ok=True, copy_function=shutil.copyfile)
    authorities = sorted((tree / "usr/share/ca-certificates").rglob("*.crt"))
    bundle = "".join(path.read_text() for path in authorities)
    (tree / "etc/ssl/certs/ca-certificates.crt").write_text(bundle)
    return _people(tree)


def _people(tree: Path) -> Accounts:
    table: dict[str, Any] = tomllib.loads((HERE / "accounts.toml").read_text())
    numbers: dict[str, int] = table["groups"]
    found = Accounts()
    masters = tree / "usr/share/base-passwd"
    found.take_master((masters / "passwd.master").read_text(), (masters / "group.master").read_text())
    try:
        for path in sorted((tree / "usr/lib/sysusers.d").glob("*.conf")):
            found.take_sysusers(path.read_text(), numbers)
        for name, home in table["made"].items():
            found.user(name, "-", numbers, "", home)
        for name in ("netdev", "bluetooth"):
            found.group(name, "-", numbers)
    except Unnumbered as unnumbered:
        raise BuildError(str(unnumbered)) from None
    for name, (text, mode) in found.files().items():
        _write(tree / "etc" / name, text, mode)
        os.chown(tree / "etc" / name, 0, found.groups["shadow"] if mode == 0o640 else 0)
    for path, words in table["owners"].items():
        _own(tree / path, words, found)
    return found


def _own(path: Path, words: str, accounts: Accounts) -> None:
    if not path.exists():
        return
    who, mode = words.split()
    user, group = who.split(":")
    os.chown(path, accounts.uid(user), accounts.groups[group])
    path.chmod(int(mode, 8))


def _write(path: Path, text: str, mode: int) -> None:
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(mode)


def link(tree: Path, path: str, target: str) -> None:
    """`path` in the root as a link to `target`, whatever was there."""
    place = tree / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(target)


def list_libraries(tree: Path) -> None:
    """etc/ld.so.cache, by the card's own ldconfig."""
    ldconfig = tree / "usr/sbin/ldconfig"
    before = () if platform.machine() == "aarch64" else ("qemu-aarch64-static",)
    run(*before, ldconfig, "-X", "-r", tree)


def enable_units(tree: Path) -> None:
    """The links of units that the presets switch on."""
    run("systemctl", f"--root={tree}", "preset-all", "--preset-mode=full")


def take_rights(tree: Path) -> list[str]:
    """Takes every set-user-id and set-group-id bit off; the paths that had one. Nobody here becomes somebody else."""
    found = []
    for folder, _, names in os.walk(tree):
        for name in names:
            path = Path(folder) / name
            status = path.lstat()
            if not path.is_symlink() and status.st_mode & SET_ID:
                path.chmod(status.st_mode & 0o1777)
                found.append(str(path.relative_to(tree)))
    return sorted(found)


def var_lines(tree: Path) -> list[str]:
    """What /var has in the packages, as tmpfiles.d(5) lines: /var is in RAM and begins empty at each boot."""
    lines = []
    for folder, names, _ in sorted(os.walk(tree / "var")):
        for name in sorted(names):
            path = Path(folder) / name
            where = "/" + str(path.relative_to(tree))
            if path.is_symlink() or (name in _SYSTEMD_MAKES and path.parent == tree / "var"):
                continue
            status = path.lstat()
            lines.append(f"d {where} {status.st_mode & 0o7777:04o} {status.st_uid} {status.st_gid} - -")
    return lines
