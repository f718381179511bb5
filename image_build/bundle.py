"""Keys of a release, and the signed bundle that a kiosk installs.

    python -m image_build keys new DIR                     the offline key and the one that signs releases
    python -m image_build bundle IMAGE --keys DIR --out F  a RAUC bundle of out/image; prints what a release names
    python -m image_build bundle-cost OLD NEW              what a kiosk with OLD fetches of NEW (two root.img)

- release-root.{key,pem}: the CA. The certificate lies in every image as its keyring; the key belongs offline.
- release.{key,pem}: signs bundles, for two years. A kiosk believes whatever the root has signed for code signing.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from image_build.adaptive import BLOCK, PIECE, fetch, hashes
from image_build.slots import check_names
from image_build.tools import BuildError, need, run

ROOT_DAYS, RELEASE_DAYS = 7300, 730
IMAGES = (("rootfs", "root.img"), ("boot", "boot.vfat"))  # slot class, file in out/image
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Bundle:
    """What the bulletin of a release names; `sha256` of the file, `key_id` of the signer's public key, both hex."""

    version: str
    compatible: str
    size: int
    sha256: str
    key_id: str


def main(argv: Sequence[str]) -> int:
    """Exit status: 0 done, 1 it did not work, 2 wrong usage."""
    arguments = _parser().parse_args(argv)
    try:
        match arguments.command:
            case "keys":
                new_keys(arguments.folder)
                print(f"{arguments.folder}: keep release-root.key offline / cất release-root.key ngoài mạng")
            case "bundle":
                print(json.dumps(asdict(make_bundle(arguments.image, arguments.keys, arguments.out))))
            case _:
                cost = fetch(list(hashes(_blocks(arguments.new))), hashes(_blocks(arguments.old)))
                print(json.dumps(asdict(cost) | {"index_bytes": cost.index_bytes, "bytes": cost.bytes}))
    except (BuildError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m image_build", description="Release keys and bundles.")
    commands = parser.add_subparsers(dest="command", required=True)
    keys = commands.add_parser("keys", help="make the keys of releases")
    keys.add_argument("what", choices=("new",))
    keys.add_argument("folder", type=Path, metavar="DIR")
    bundle = commands.add_parser("bundle", help="sign an image as an update")
    bundle.add_argument("image", type=Path, metavar="IMAGE", help="the folder that `image` has written")
    bundle.add_argument("--keys", type=Path, required=True, metavar="DIR")
    bundle.add_argument("--out", type=Path, required=True, metavar="FILE.raucb")
    cost = commands.add_parser("bundle-cost", help="what a kiosk with OLD fetches of NEW")
    cost.add_argument("old", type=Path, metavar="OLD")
    cost.add_argument("new", type=Path, metavar="NEW")
    return parser


def new_keys(folder: Path) -> None:
    """Make the four files in `folder`; never over old ones. Raises BuildError."""
    need("openssl")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any((folder / f"{name}.key").exists() for name in ("release-root", "release")):
        raise BuildError(f"{folder} holds keys already: kiosks that trust them would never trust new ones")
    old = os.umask(0o077)
    try:
        _certificate(folder, "release-root", "Gatepost release root", ROOT_DAYS, _ROOT_RIGHTS)
        _certificate(folder, "release", "Gatepost release", RELEASE_DAYS, _RELEASE_RIGHTS, signer="release-root")
    finally:
        os.umask(old)


_ROOT_RIGHTS = "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n"
_RELEASE_RIGHTS = (
    "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,codeSigning\n"
)


def _certificate(folder: Path, name: str, title: str, days: int, rights: str, signer: str = "") -> None:
    key, made = folder / f"{name}.key", folder / f"{name}.pem"
    run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    with tempfile.TemporaryDirectory() as aside:
        request, rules = Path(aside, "request.pem"), Path(aside, "rights")
        rules.write_text(f"{rights}subjectKeyIdentifier=hash\n", "utf-8")
        run("openssl", "req", "-new", "-key", key, "-subj", f"/O=Gatepost/CN={title}", "-out", request)
        by: tuple[str | Path, ...] = ("-signkey", key)
        if signer:
            by = ("-CA", folder / f"{signer}.pem", "-CAkey", folder / f"{signer}.key", "-CAcreateserial")
        run("openssl", "x509", "-req", "-in", request, "-days", str(days), "-extfile", rules, *by, "-out", made)
        (folder / f"{signer}.srl").unlink(missing_ok=True)


def manifest(compatible: str, version: str) -> str:
    """The bundle's manifest (RAUC manual, "Manifest"). Raises ValueError for names that RAUC could not compare."""
    check_names(compatible, version)
    lines = ["[update]", f"compatible={compatible}", f"version={version}", "", "[bundle]", "format=verity", ""]
    lines += ["[meta.gatepost]", f"version={version}", ""]
    for slot, file in IMAGES:
        lines += [f"[image.{slot}]", f"filename={Path(file).stem}.img", "adaptive=block-hash-index", ""]
    return "\n".join(lines)


def make_bundle(image: Path, keys: Path, out: Path) -> Bundle:
    """Sign `image` (boot.vfat of slot A, root.img, release.json) with the key in `keys`. Raises BuildError."""
    need("rauc", "mksquashfs", "openssl")
    release = json.loads((image / "release.json").read_text("utf-8"))
    compatible, version = f"gatepost-{release['model']}", str(release["version"])
    for _, file in IMAGES:
        if (image / file).stat().st_size % BLOCK:
            raise BuildError(f"{image / file} is no multiple of {BLOCK} bytes")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as aside:
        content = Path(aside, "content")
        content.mkdir()
        (content / "manifest.raucm").write_text(manifest(compatible, version), "utf-8")
        for _, file in IMAGES:
            _place(image / file, content / f"{Path(file).stem}.img")
        _sign(content, keys, out)
    return Bundle(version, compatible, out.stat().st_size, _sha256(out), key_id(keys))


def _sign(content: Path, keys: Path, out: Path) -> None:
    options = [f"--cert={keys / 'release.pem'}", f"--key={keys / 'release.key'}"]
    options += [f"--keyring={keys / 'release-root.pem'}", f"--mksquashfs-args=-b {PIECE} -processors 2"]
    # OpenSSL's default purpose for a signature is e-mail; a certificate for code signing is checked when it is read.
    settings = content.parent / "system.conf"
    settings.write_text("[system]\ncompatible=x\nbootloader=noop\n[keyring]\ncheck-purpose=codesign\n", "utf-8")
    run("rauc", f"--conf={settings}", *options, "bundle", content, out)


def key_id(keys: Path) -> str:
    """SHA-256 of the signer's public key (DER), hex: `rauc info` shows the same."""
    der = keys / "release.der"
    try:
        pem = run("openssl", "x509", "-in", keys / "release.pem", "-noout", "-pubkey")
        run("openssl", "pkey", "-pubin", "-outform", "DER", "-out", der, text=pem)
        return hashlib.sha256(der.read_bytes()).hexdigest()
    finally:
        der.unlink(missing_ok=True)


def _place(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # another file system
        shutil.copyfile(source, target)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield from (chunk[at : at + BLOCK] for at in range(0, len(chunk), BLOCK))
