"""The centre's keys as files, each 0600, and who reads which.

    receipt.key        ingest     signs receipts
    ingest.key         ingest     opens trace parts (X25519)
    pepper.key         ingest     turns identities into pseudonyms; whoever has it can guess identities through
    bulletin-KIND.key  command    one for each kind of bulletin, used after release (web: passes, to revoke cards)
    pass.key venue.key command, web    sign passes and venue codes: a place prints its own posters and cards
    deletion.key       jobs       signs certificates of what was destroyed
    log.key            jobs       signs the tree heads of the audit log
    factors.key        web        seals the secrets of one-time codes
    ca.key ca.pem      web        signs device certificates
    broker.* centre.*  broker, ingest   their own TLS keys and certificates
    operator.token     web        lets an operator in
    public-pages.key   public     signs what visitors' phones say; `central public-keys` hands out what it needs
    tags.key           web        keyed tags of managers' telephone numbers: the same number is known again
    feedback.*         web, public   seals what citizens say of places; only web opens it
    root.cbor root-N.cbor         public: the signed root documents, version 1 and on
    offline/root.key offline/case.key   ingest, web and jobs never read them: move the folder to where a safe is;
                                  offline/case-KID.key are case keys of periods before (central.vault)
    case-keys.json                public: where each case key is held, and which were destroyed

A seed is 64 hex digits and a newline, so that it can be written on paper.
"""

import os
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from central.files import write_private
from wire.bulletin import KINDS
from wire.certificates import Authority, issue, issue_server, make_ca, make_csr, make_tls_key
from wire.crypto import SealingKey, SigningKey
from wire.root import Root, accept_root, encode_root, fingerprint_of, pin_root

SIGNING = ("receipt", "pass", "venue", "deletion", "log", *(f"bulletin-{kind}" for kind in KINDS))
SECRETS = ("ingest", "pepper", "factors")
OFFLINE = ("root", "case")
ROOT_YEARS = 5
_DAY_MS = 86_400_000


class Keyring:
    """The key folder of a centre. Each key is read when it is asked for, and by nobody who does not ask."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def signing(self, name: str) -> SigningKey:
        """The Ed25519 key of one role, e.g. "receipt" or "bulletin-passes"."""
        return SigningKey(self.secret(name))

    def sealing(self, name: str) -> SealingKey:
        """The X25519 key "ingest"."""
        return SealingKey(self.secret(name))

    def secret(self, name: str) -> bytes:
        """32 bytes. Raises FileNotFoundError with what to do about it."""
        path = self.folder / f"{name}.key"
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing: run `python -m central keys init --folder {self.folder}`")
        return bytes.fromhex(path.read_text())

    def authority(self) -> Authority:
        """The authority for device certificates."""
        return Authority((self.folder / "ca.key").read_bytes(), (self.folder / "ca.pem").read_bytes())

    def operator_token(self) -> str:
        """What an operator's link carries."""
        return (self.folder / "operator.token").read_text().strip()

    def root_messages(self) -> list[bytes]:
        """Every root document, oldest first: a device must walk them one by one."""
        messages, version = [], 1
        while (path := root_path(self.folder, version)).exists():
            messages.append(path.read_bytes())
            version += 1
        return messages

    def root(self) -> Root:
        """The newest root, verified from the first one on."""
        return self.roots()[-1]

    def roots(self) -> list[Root]:
        """Every root, oldest first, each verified by the one before."""
        messages = self.root_messages()
        if not messages:
            raise FileNotFoundError(f"{self.folder} holds no root.cbor: run `python -m central keys init`")
        roots = [pin_root(messages[0], self.fingerprint())]
        for message in messages[1:]:
            roots.append(accept_root(roots[-1], message, None))
        return roots

    def fingerprint(self) -> bytes:
        """The 16 bytes that a kiosk is told to trust: those of the first root."""
        return bytes.fromhex((self.folder / "root.fingerprint").read_text())


def root_path(folder: Path, version: int) -> Path:
    """Where the root document of a version lies."""
    return folder / ("root.cbor" if version == 1 else f"root-{version}.cbor")


def init_keys(folder: Path, now_ms: int, hosts: Iterable[str] = ("localhost", "127.0.0.1")) -> Root:
    """Make every key and the first root; `hosts` are the broker's names. Raises FileExistsError: never overwrites."""
    if (folder / "root.cbor").exists():
        raise FileExistsError(f"{folder} already holds the keys of a centre: nothing was changed")
    (folder / "offline").mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    (folder / "offline").chmod(0o700)
    for name in (*SIGNING, *SECRETS, *(f"offline/{name}" for name in OFFLINE)):
        write_seed(folder, name)
    write_private(folder / "operator.token", secrets.token_urlsafe(24).encode() + b"\n")
    _write_certificates(folder, now_ms, tuple(hosts))
    ring = Keyring(folder)
    root = _root_of(ring, 1, now_ms)
    write_private(folder / "root.fingerprint", fingerprint_of(root).hex().encode() + b"\n")
    write_private(folder / "root.cbor", encode_root(root, [ring.signing("offline/root")]))
    return root


def renew_root(folder: Path, now_ms: int, *, rotate: str | None = None, case: bytes | None = None) -> Root:
    """The next root document; with `rotate` the key of that role is made anew and the old one stays named once more.

    With `case` (a public key) records are sealed to that one from now on. A role that the root before did not have gets
    a key. Needs offline/root.key. Raises FileNotFoundError without it, KeyError for a role that does not exist.
    """
    ring = Keyring(folder)
    signer, old = ring.signing("offline/root"), ring.root()
    for name in SIGNING:
        if not (folder / f"{name}.key").exists() and _role(name) not in old.roles:
            write_seed(folder, name)
    if rotate is not None:
        if rotate not in SIGNING:
            raise KeyError(rotate)
        write_seed(folder, rotate)
    new = _root_of(ring, old.version + 1, now_ms, case)
    if rotate is not None:
        role = _role(rotate)
        # What the old key signed just now is still under way to the kiosks.
        new = replace(new, roles={**new.roles, role: (*new.roles[role], old.roles[role][0])})
    write_private(root_path(folder, new.version), encode_root(new, [signer]))
    return new


def _root_of(ring: Keyring, version: int, now_ms: int, case: bytes | None = None) -> Root:
    roles = {_role(name): (ring.signing(name).public,) for name in SIGNING}
    if case is None:
        case = ring.root().recipients["case"] if version > 1 else ring.sealing("offline/case").public
    return Root(
        version,
        now_ms,
        now_ms + ROOT_YEARS * 365 * _DAY_MS,
        (ring.signing("offline/root").public,),
        1,
        roles,
        {"ingest": ring.sealing("ingest").public, "case": case},
    )


def _role(name: str) -> str:
    return name.replace("bulletin-", "bulletin:")


def write_seed(folder: Path, name: str) -> None:
    """Make the key `name` anew, from 32 random bytes."""
    write_private(folder / f"{name}.key", os.urandom(32).hex().encode() + b"\n")


def _write_certificates(folder: Path, now_ms: int, hosts: tuple[str, ...]) -> None:
    start = datetime.fromtimestamp(now_ms / 1000, UTC) - timedelta(days=1)  # kiosk clocks run late after a power cut
    end = start + timedelta(days=ROOT_YEARS * 365)
    ca = make_ca("Gatepost devices", new_serial(), start, end)
    write_private(folder / "ca.key", ca.key)
    write_private(folder / "ca.pem", ca.certificate)
    for name in ("broker", "centre"):
        key = make_tls_key()
        csr = make_csr(key, name)
        if name == "broker":
            certificate = issue_server(ca, csr, hosts, new_serial(), start, end)
        else:
            certificate = issue(ca, csr, name, new_serial(), start, end)
        write_private(folder / f"{name}.key", key)
        write_private(folder / f"{name}.pem", certificate)


def new_serial() -> int:
    """A certificate serial number: 127 random bits and never zero (RFC 5280, section 4.1.2.2)."""
    return secrets.randbits(127) | 1 << 126
