"""Users and groups of the card, from base-passwd's table and the sysusers.d files of packages. Pure.

sysusers.d(5), Debian 13. Every number is fixed: by Debian, by the file itself or by recipe/accounts.toml; one that is
not fixed stops the build, because the data partition outlives updates and its files are known by number alone.
Nobody has a password and nobody may log in.
"""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

NOBODY = "/usr/sbin/nologin"


class Unnumbered(ValueError):
    """A package asks for a user or group that has no fixed number; the text names it."""


@dataclass(slots=True)
class Accounts:
    """`users`: name -> (uid, gid, words about it, home). `groups`: name -> gid. `members`: group -> users."""

    users: dict[str, tuple[int, int, str, str]] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=dict)

    def take_master(self, passwd: str, group: str) -> None:
        """base-passwd's two tables."""
        for line in filter(None, group.splitlines()):
            name, _, number = line.split(":")[:3]
            self.groups[name] = int(number)
        for line in filter(None, passwd.splitlines()):
            name, _, uid, gid, words, home = line.split(":")[:6]
            self.users[name] = int(uid), int(gid), words, home

    def take_sysusers(self, text: str, numbers: Mapping[str, int]) -> None:
        """One sysusers.d file. Raises Unnumbered."""
        for line in text.splitlines():
            words = shlex.split(line, comments=True)
            if not words:
                continue
            kind, name, number, about, home = (*words, "-", "-", "-")[:5]
            if kind[0] == "g":
                self.group(name, number, numbers)
            elif kind[0] == "u":
                self.user(name, number, numbers, "" if about == "-" else about, "/" if home == "-" else home)
            elif kind[0] == "m":
                self.members.setdefault(number, set()).add(name)

    def group(self, name: str, number: str, numbers: Mapping[str, int]) -> int:
        """A group by `name`, made when it is not there yet."""
        if name not in self.groups:
            self.groups[name] = _fixed(name, number, numbers)
        return self.groups[name]

    def user(self, name: str, number: str, numbers: Mapping[str, int], about: str, home: str) -> None:
        """A user by `name` with a group of its own, unless `number` names another ("uid:group")."""
        if name in self.users:
            return
        own, _, other = number.partition(":")
        uid = _fixed(name, own, numbers)
        if not other:
            gid = self.group(name, str(uid), numbers)
        else:
            gid = int(other) if other.isdigit() else self.groups[other]
        self.users[name] = uid, gid, about, home

    def uid(self, name: str) -> int:
        """A user's number. Raises KeyError."""
        return self.users[name][0]

    def files(self) -> dict[str, tuple[str, int]]:
        """Path in /etc -> text and mode. The same accounts give the same bytes."""
        return {
            "passwd": ("".join(self._passwd()), 0o644),
            "group": ("".join(self._group()), 0o644),
            "shadow": ("".join(f"{name}:!*:1::::::\n" for name in self._by_number()), 0o640),
            "gshadow": ("".join(f"{name}:!*::\n" for name in sorted(self.groups)), 0o640),
        }

    def _by_number(self) -> Iterable[str]:
        return sorted(self.users, key=lambda name: (self.users[name][0], name))

    def _passwd(self) -> Iterable[str]:
        for name in self._by_number():
            uid, gid, about, home = self.users[name]
            yield f"{name}:x:{uid}:{gid}:{about}:{home}:{NOBODY}\n"

    def _group(self) -> Iterable[str]:
        for name, gid in sorted(self.groups.items(), key=lambda item: (item[1], item[0])):
            yield f"{name}:x:{gid}:{','.join(sorted(self.members.get(name, ())))}\n"


def _fixed(name: str, number: str, numbers: Mapping[str, int]) -> int:
    if number.isdigit():
        return int(number)
    if name in numbers:
        return numbers[name]
    raise Unnumbered(f"{name} has no fixed number: give it one in its sysusers.d line or in recipe/accounts.toml")
