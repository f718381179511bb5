"""Where Debian packages come from: the building machine's own sources, or what it is told. Pure but for `of_host`.

No address stands in this repository. apt checks every list and every package against the keyring named here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

SUITE = "trixie"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_SECTIONS = "main non-free-firmware"
_SAYS = re.compile(r"^\s*(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(https?://\S+|file:\S+|mirror\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Archive:
    """`mirror` has Debian's suites, `security` the fixes between releases; `raspi` is Raspberry Pi's own, or ""."""

    mirror: str
    security: str
    keyring: Path = KEYRING
    raspi: str = ""
    raspi_key: Path | None = None

    def sources(self) -> str:
        """sources.list of the build's own apt root."""
        signed = f"deb [signed-by={self.keyring}]"
        lines = [f"{signed} {self.mirror} {SUITE} {_SECTIONS}"]
        if self.security:
            lines.append(f"{signed} {self.security} {SUITE}-security {_SECTIONS}")
        if self.raspi:
            lines.append(f"deb [signed-by={self.raspi_key}] {self.raspi} {SUITE} main")
        return "\n".join(lines) + "\n"


def find(texts: Iterable[str]) -> Archive | None:
    """The archive that `texts` (apt source files, both styles) name: one ending in /debian, one with "security"."""
    found = [uri.rstrip("/") for text in texts for uri in _SAYS.findall(text)]
    mirrors = [uri for uri in found if uri.endswith("/debian")]
    security = [uri for uri in found if "security" in uri]
    return Archive(mirrors[0], security[0] if security else "") if mirrors else None


def of_host(etc: Path = Path("/etc/apt")) -> Archive | None:
    """What this machine itself installs from; None where that is no Debian."""
    files = [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]
    return find(path.read_text() for path in files if path.suffix in {".list", ".sources"} and path.is_file())


def choose(host: Archive | None, mirror: str = "", security: str = "") -> Archive | None:
    """`host`'s archive with what a person said instead; None when nobody said anything."""
    if not mirror:
        return replace(host, security=security or host.security) if host else None
    return Archive(mirror, security or (host.security if host else ""))


def apt_conf(folder: Path, arch: str = "arm64") -> str:
    """An apt that knows `folder` alone and touches nothing of this machine."""
    return "\n".join(
        (
            f'Dir "{folder}";',
            f'Dir::State::status "{folder}/status";',
            f'APT::Architecture "{arch}";',
            f'APT::Architectures {{ "{arch}"; }};',
            'APT::Install-Recommends "false";',
            'APT::Sandbox::User "root";',
            'Acquire::Languages "none";',
            'Acquire::ForceHash "sha256";',
            'Acquire::Retries "3";',
            "",
        )
    )
