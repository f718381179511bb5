"""The ceremony: a case key becomes cards that people hold, and the file is gone.

- Cards are made and tried against each other, before anybody is told that they are good.
- The file goes only after as many people as are needed have typed their cards in again, from paper.
- Sheets belong into a folder in memory (/dev/shm): what was on a disk can be found there again.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from central.files import write_private
from central.keys import Keyring, renew_root, write_seed
from central.vault.custody import CURRENT, OFFLINE, CaseKey, SeedKey
from central.vault.register import FILE, MODULE, gone_from, held_at
from central.vault.shares import all_give, join_cards, make_cards, plain_card
from central.vault.sheets import Sheet, check_list, sheet_page
from wire.crypto import kid_of
from wire.refusal import Refused
from wire.root import Root

SHEET = "sheet-{number}.html"
LIST = "check-list.html"


class Cards(NamedTuple):
    """What a ceremony has made: the key's kid, and a sheet for each holder."""

    kid: bytes
    needed: int
    sheets: tuple[Path, ...]


def begin_ceremony(folder: Path, holders: Sequence[str], needed: int, sheets: Path, now_ms: int) -> Cards:
    """Cards of today's case key, one for each of `holders`, as pages to print in `sheets`. The file stays.

    Raises FileNotFoundError without the key's file; Refused("bad_share") when they would not give it back.
    """
    if len(set(holders)) != len(holders):
        raise ValueError("two holders of one name: each card has a holder of its own")
    seed = Keyring(folder).secret(f"{OFFLINE}/{CURRENT}")
    kid = kid_of(SeedKey(seed).public)
    cards = make_cards(seed, needed, len(holders))
    if not all_give(cards, needed, seed):
        raise Refused("bad_share", "the cards do not give the key back: nothing was changed")
    held_at(folder, kid, FILE, *(card_of(name) for name in holders))
    sheets.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, (name, words) in enumerate(zip(holders, cards, strict=True), 1):
        sheet = Sheet(name, number, len(holders), needed, kid.hex(), Keyring(folder).fingerprint().hex(), now_ms)
        paths.append(sheets / SHEET.format(number=number))
        write_private(paths[-1], sheet_page(sheet, words.split()).encode())
    write_private(sheets / LIST, check_list(tuple(holders), needed, kid.hex(), now_ms).encode())
    return Cards(kid, needed, tuple(paths))


def end_ceremony(folder: Path, typed: Sequence[str], sheets: Path | None = None) -> bytes:
    """The file is destroyed, now that these cards have given its key back; the kid.

    Raises FileNotFoundError without the file; Refused: bad_share, foreign_share (the cards of another key).
    """
    path = folder / OFFLINE / f"{CURRENT}.key"
    key = SeedKey(Keyring(folder).secret(f"{OFFLINE}/{CURRENT}"), path)
    if SeedKey(join_cards([plain_card(text) for text in typed])).public != key.public:
        raise Refused("foreign_share", "these cards give another key: nothing was removed")
    for page in sheets.glob("*.html") if sheets is not None else ():
        _wipe(page)
    kid = kid_of(key.public)
    gone_from(folder, kid, {FILE: key.destroy()})
    return kid


def rotate_case(folder: Path, now_ms: int, made: CaseKey | None = None) -> Root:
    """A new case key, named in the next root; the old one is kept for what it has sealed.

    `made`: a key that a hardware module has just made; else one is made as offline/case.key. Needs offline/root.key.
    """
    ring = Keyring(folder)
    ring.signing(f"{OFFLINE}/root")  # before anything is changed
    current = folder / OFFLINE / f"{CURRENT}.key"
    if current.exists():
        old = kid_of(SeedKey(ring.secret(f"{OFFLINE}/{CURRENT}")).public)
        current.rename(current.with_name(f"{CURRENT}-{old.hex()}.key"))
        held_at(folder, old, FILE)
    if made is None:
        write_seed(folder, f"{OFFLINE}/{CURRENT}")
        made = SeedKey(ring.secret(f"{OFFLINE}/{CURRENT}"))
        held_at(folder, kid_of(made.public), FILE)
    else:
        held_at(folder, kid_of(made.public), MODULE)
    return renew_root(folder, now_ms, case=made.public)


def card_of(holder: str) -> str:
    """How a card stands in the register."""
    return f"cards of {holder}"


def _wipe(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
    path.unlink()
