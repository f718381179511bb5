"""What key holders and the keeper of the keys type: `keys ceremony | unlock | lock | rotate-case | list | destroy`."""

import argparse
import getpass
import json
import sys
import time
from typing import Any

from central.keys import Keyring
from central.vault.ceremony import begin_ceremony, end_ceremony, rotate_case
from central.vault.client import HoldersClient, State
from central.vault.custody import CaseKey
from central.vault.key_words import why_not_destroyed
from central.vault.register import destroyed_kids, periods, places_of
from central.vault.shares import needed_of, plain_card
from wire.crypto import kid_of
from wire.refusal import Refused

_MOST_TRIES = 20


def ceremony(options: argparse.Namespace) -> int:
    """`keys ceremony`: the sheets; with --finish the cards come back in, and the file goes."""
    if options.finish:
        kid = end_ceremony(options.folder, _typed_cards(), options.sheets)
        print(json.dumps({"key": kid.hex(), "file": "removed"}))
        return 0
    if options.sheets is None:
        raise ValueError("--sheets FOLDER: where the pages to print are written, best in /dev/shm")
    made = begin_ceremony(options.folder, options.holder, options.needed, options.sheets, _now_ms())
    print(json.dumps({"key": made.kid.hex(), "needed": made.needed, "sheets": [str(path) for path in made.sheets]}))
    _say(
        "In từng tờ cho đúng người giữ, rồi để họ gõ lại: keys ceremony --finish. Tệp khóa vẫn còn đó.",
        "Print each sheet for its holder, then have them type it in: keys ceremony --finish. The file is still there.",
    )
    return 0


def unlock(options: argparse.Namespace) -> int:
    """`keys unlock`: one card after the other, until the opener has its key or nobody types any more."""
    opener = HoldersClient(options.opener)
    state = opener.state()
    for _ in range(_MOST_TRIES):
        card = _card(state.shares + 1)
        if not card:
            break
        held = state.kids
        try:
            state = opener.share(card)
        except Refused as refusal:
            if refusal.reason != "bad_share":
                raise
            _say("Tờ này chưa đúng; xin gõ lại từng từ.", "This card is not right; type it again, word by word.")
            continue
        if state.kids != held or not state.wanted:
            break
        _say(f"Đã nhận {state.shares}/{state.wanted} tờ.", f"{state.shares} of {state.wanted} cards are in.")
    return _print_state(state)


def lock(options: argparse.Namespace) -> int:
    """`keys lock`"""
    _print_state(HoldersClient(options.opener).lock())
    return 0


def rotate(options: argparse.Namespace) -> int:
    """`keys rotate-case`"""
    made = None
    if options.pkcs11 is not None:
        from central.vault.pkcs11_key import Token

        made = Token(options.pkcs11, options.token, options.pin_file).make()
    root = rotate_case(options.folder, _now_ms(), made)
    print(json.dumps({"version": root.version, "key": kid_of(root.recipients["case"]).hex()}))
    return 0


def list_keys(options: argparse.Namespace) -> int:
    """`keys list`: case keys as JSON lines, without anything secret."""
    gone = destroyed_kids(options.folder)
    for one in periods(Keyring(options.folder)):
        facts: dict[str, Any] = {"key": one.name, "month": one.month, "from_ms": one.from_ms, "to_ms": one.to_ms}
        print(json.dumps({**facts, "destroyed": one.kid in gone, "places": places_of(options.folder, one.kid)}))
    return 0


def destroy(options: argparse.Namespace) -> int:
    """`keys destroy`: in every place, with a certificate"""
    try:
        return _destroy(options)
    except Refused as refusal:
        said = why_not_destroyed(refusal)
        if said is None:
            raise
        _say(*said)
        return 1


def _destroy(options: argparse.Namespace) -> int:
    from central.services import open_centre
    from central.vault.destroying import destroy_case_key, find_period, own_files

    engine, ring = open_centre(options)
    kid = find_period(ring, options.key).kid
    keys: list[CaseKey] = list(own_files(options.keys))
    if options.pkcs11 is not None:
        from central.vault.pkcs11_key import Token

        keys += Token(options.pkcs11, options.token, options.pin_file).case_keys()
    with engine.begin() as connection:
        done = destroy_case_key(connection, ring, options.key, keys, options.gone, _now_ms())
    if options.opener is not None:
        HoldersClient(options.opener).forget([kid])
    print(json.dumps({"certificate": done.certificate, "unreadable": done.records, "places": done.places}))
    engine.dispose()
    return 0


def _typed_cards() -> list[str]:
    """As many cards as the first one says that are needed."""
    first = plain_card(_card(1))
    needed = needed_of(first)[2]
    return [first, *(plain_card(_card(number)) for number in range(2, needed + 1))]


def _card(number: int) -> str:
    """One card: unseen at a terminal, else the next line of what is piped in. Empty at the end."""
    if sys.stdin.isatty():
        return getpass.getpass(f"Tờ thứ {number}, 33 từ / card {number}, 33 words: ").strip()
    return sys.stdin.readline().strip()


def _print_state(state: State) -> int:
    facts = {"keys": [kid.hex() for kid in state.kids], "cards": state.shares, "needed": state.wanted}
    print(json.dumps(facts))
    return 0 if state.kids else 1


def _say(vi: str, en: str) -> None:
    print(f"{vi}\n{en}", file=sys.stderr)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
