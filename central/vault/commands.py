"""The operator's commands of central.vault: the opener and the keys. What they need is imported when they run."""

import argparse
from collections.abc import Callable
from pathlib import Path

from central import commands
from central.cli import HOME, Commands, command, group

Run = Callable[[argparse.Namespace], int]


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    opener = command(parent, "opener", _run_opener, "the one process that holds the case key, on a unix socket")
    opener.add_argument("--socket", type=Path, required=True, help="where it listens: 0600, its own user's")
    opener.add_argument("--group", help="web's group, where web is another user: the socket is 0660 then")
    opener.add_argument("--case-keys", type=Path, metavar="FOLDER", help="files of case keys (KEYS/offline)")
    opener.add_argument("--log-seen", type=Path, metavar="FILE", help="its memory of the log (KEYS/log-seen.json)")
    _add_token(opener)
    keys = group(parent, "keys", "the centre's keys")
    init = keys.add_parser("init", help="make every key and the first root document")
    init.add_argument("--folder", type=Path, default=HOME / "keys")
    init.add_argument("--broker-host", action="append", help="names in the broker's certificate; may be repeated")
    init.set_defaults(run=commands.init)
    renew = _of_folder(keys, "new-root", None, "sign the next root document; with --rotate make one key anew")
    renew.add_argument("--rotate", metavar="ROLE", help="receipt, pass, venue, deletion, log or bulletin-KIND")
    renew.set_defaults(run=commands.new_root)
    _add_case_key(keys)


def _add_case_key(keys: Commands) -> None:
    ceremony = _of_folder(keys, "ceremony", "ceremony", "make cards of the case key for people to hold")
    ceremony.add_argument("--holder", action="append", default=[], help="who holds a card; one option for each")
    ceremony.add_argument("--needed", type=int, default=3, help="how many of them open the key (3)")
    ceremony.add_argument("--sheets", type=Path, metavar="FOLDER", help="pages to print, best in /dev/shm")
    ceremony.add_argument("--finish", action="store_true", help="type the cards in, then the key's file is removed")
    for name, text in (("unlock", "give the opener its key, card by card"), ("lock", "have the opener forget it")):
        parser = keys.add_parser(name, help=text)
        parser.add_argument("--opener", type=Path, required=True, metavar="SOCKET")
        parser.set_defaults(run=_later(name))
    rotate = _of_folder(keys, "rotate-case", "rotate", "a new case key, named in the next root; the old one is kept")
    _add_token(rotate)
    _of_folder(keys, "list", "list_keys", "case keys by period, and where they lie, as JSON lines")
    destroy = command(keys, "destroy", _later("destroy"), "the end of a case key, in every place, with a certificate")
    destroy.add_argument("key", help="its id (keys list), or YYYY-MM of the month in which its period ended")
    destroy.add_argument(
        "--gone", action="append", default=[], metavar="PLACE", help="dealt with; may be a pattern, repeated"
    )
    destroy.add_argument("--opener", type=Path, metavar="SOCKET", help="it forgets the key, too")
    _add_token(destroy)


def _of_folder(parent: Commands, name: str, run: str | None, text: str) -> argparse.ArgumentParser:
    parser = parent.add_parser(name, help=text)
    parser.add_argument("--folder", type=Path, default=HOME / "keys")
    if run is not None:
        parser.set_defaults(run=_later(run))
    return parser


def _add_token(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pkcs11", type=Path, metavar="MODULE.so", help="a hardware module that holds case keys")
    parser.add_argument("--token", help="the module's token label")
    parser.add_argument("--pin-file", type=Path, help="the token's user PIN")


def _later(name: str) -> Run:
    def run(options: argparse.Namespace) -> int:
        from central.vault import key_commands

        return int(getattr(key_commands, name)(options))

    return run


def _run_opener(options: argparse.Namespace) -> int:
    from central.vault.process import run_opener

    return run_opener(options)
