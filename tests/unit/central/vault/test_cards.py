"""A case key as cards: any k of n give it back, k - 1 give nothing, and the file goes only after that was tried."""

import shutil
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from central.keys import Keyring, init_keys, renew_root
from central.vault.ceremony import begin_ceremony, end_ceremony, rotate_case
from central.vault.custody import Custody, SeedKey
from central.vault.locked import FORGET_MS, TRIES, Locked
from central.vault.register import periods, places_of
from central.vault.shares import WORDS, join_cards, make_cards, needed_of, plain_card
from tests.unit.central.vault.cards import words_of
from wire.crypto import kid_of
from wire.refusal import Refused
from wire.root import accept_root, encode_root, pin_root

NOW = 1_790_000_000_000
SEED = bytes(range(32))
CARDS = make_cards(SEED, 2, 3)
HOLDERS = ["Bà Thử", "Ông Mẫu", "Cô Nháp"]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys as `keys init` makes them: once, since certificates take a while."""
    made = tmp_path_factory.mktemp("keys")
    init_keys(made, NOW)
    return made


@pytest.fixture
def folder(fresh: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fresh, tmp_path / "keys"))


class Opener:
    """An opener's lock with a clock that a test turns."""

    def __init__(self, named: bytes) -> None:
        self.now_ms, self.custody = NOW, Custody()
        self.told: list[str] = []
        tell = lambda action, _: self.told.append(action)  # noqa: E731
        self.locked = Locked(self.custody, lambda: frozenset({named}), lambda: self.now_ms, tell)


@pytest.fixture
def opener() -> Opener:
    return Opener(kid_of(SeedKey(SEED).public))


def test_any_two_of_three_cards_give_the_key_and_one_gives_nothing() -> None:
    assert all(len(card.split()) == WORDS for card in CARDS)
    assert all(join_cards(two) == SEED for two in combinations(CARDS, 2))
    with pytest.raises(Refused, match="bad_share"):
        join_cards(CARDS[:1])


def test_a_wrong_word_is_found_before_anything_is_joined() -> None:
    words = CARDS[0].split()
    words[20] = "academic" if words[20] != "academic" else "acid"
    with pytest.raises(Refused, match="bad_share"):
        needed_of(" ".join(words))


def test_words_may_be_typed_as_they_stand_on_the_sheet() -> None:
    shown = ",\n".join(f"{number}. {word.upper()}" for number, word in enumerate(CARDS[0].split(), 1))
    assert plain_card(shown) == CARDS[0]


@pytest.mark.parametrize(("needed", "count"), [(1, 3), (4, 3), (2, 17)])
def test_a_ceremony_that_makes_no_sense_is_refused(needed: int, count: int) -> None:
    with pytest.raises(ValueError, match="of"):
        make_cards(SEED, needed, count)


def test_the_opener_takes_cards_from_people_who_come_one_by_one(opener: Opener) -> None:
    assert opener.locked.take_card(CARDS[2]) == [[], 1, 2]
    assert opener.told == []
    assert opener.locked.take_card(CARDS[0]) == [[kid_of(SeedKey(SEED).public)], 0, 0]
    assert opener.told == ["opener_unlocked"]
    opener.locked.lock()
    assert opener.custody.kids == frozenset()
    assert opener.told[-1] == "opener_locked"


def test_the_same_card_twice_is_one_card(opener: Opener) -> None:
    opener.locked.take_card(CARDS[0])
    assert opener.locked.take_card(CARDS[0]) == [[], 1, 2]


def test_a_card_that_waited_half_an_hour_is_forgotten(opener: Opener) -> None:
    opener.locked.take_card(CARDS[0])
    opener.now_ms += FORGET_MS
    assert opener.locked.state() == [[], 0, 0]
    assert opener.locked.take_card(CARDS[1]) == [[], 1, 2]


def test_cards_of_another_centre_are_refused_and_forgotten(opener: Opener) -> None:
    foreign = make_cards(bytes(32), 2, 2)
    opener.locked.take_card(foreign[0])
    with pytest.raises(Refused, match="foreign_share"):
        opener.locked.take_card(foreign[1])
    assert opener.locked.state() == [[], 0, 0]
    assert opener.custody.kids == frozenset()


def test_wrong_cards_are_no_longer_taken_after_a_dozen(opener: Opener) -> None:
    for _ in range(TRIES):
        with pytest.raises(Refused, match="bad_share"):
            opener.locked.take_card("abandon all hope")
    with pytest.raises(Refused, match="too_fast"):
        opener.locked.take_card(CARDS[0])


def test_the_file_goes_only_after_the_cards_were_typed_back(folder: Path, tmp_path: Path) -> None:
    case, sheets = folder / "offline" / "case.key", tmp_path / "sheets"
    made = begin_ceremony(folder, HOLDERS, 2, sheets, NOW)
    assert case.exists()
    typed = [words_of(made.sheets[2]), words_of(made.sheets[0])]
    with pytest.raises(Refused):
        end_ceremony(folder, [typed[0], make_cards(bytes(32), 2, 2)[0]], sheets)
    assert case.exists()
    assert end_ceremony(folder, typed, sheets) == made.kid
    assert not case.exists()
    assert list(sheets.iterdir()) == []
    assert places_of(folder, made.kid) == sorted(f"cards of {name}" for name in HOLDERS)
    assert Keyring(folder).root().recipients["case"] == SeedKey(join_cards(typed)).public


def test_cards_of_another_key_remove_nothing(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="foreign_share"):
        end_ceremony(folder, CARDS[:2], tmp_path)
    assert (folder / "offline" / "case.key").exists()


def test_sheets_are_private_and_say_in_both_languages_what_they_are(folder: Path, tmp_path: Path) -> None:
    made = begin_ceremony(folder, HOLDERS, 2, tmp_path / "sheets", NOW)
    for path, name in zip(made.sheets, HOLDERS, strict=True):
        text = path.read_text(encoding="utf-8")
        assert path.stat().st_mode & 0o077 == 0
        assert name in text
        assert made.kid.hex() in text
        assert "không chụp ảnh" in text
        assert "never" in text
    assert len({words_of(path) for path in made.sheets}) == len(HOLDERS)
    steps = (tmp_path / "sheets" / "check-list.html").read_text(encoding="utf-8")
    assert all(name in steps for name in HOLDERS)
    assert "2 người gõ lại" in steps


def test_a_new_case_key_is_named_in_the_next_root_and_the_old_one_is_kept(folder: Path) -> None:
    ring = Keyring(folder)
    before = ring.secret("offline/case")
    rotate_case(folder, NOW + 1000)
    first, second = ring.root_messages()
    root = accept_root(pin_root(first, ring.fingerprint()), second, NOW + 1000)
    old, new = SeedKey(before).public, SeedKey(ring.secret("offline/case")).public
    assert root.recipients["case"] == new != old
    assert ring.secret(f"offline/case-{kid_of(old).hex()}") == before
    assert [(p.kid, p.to_ms) for p in periods(ring)] == [(kid_of(old), NOW + 1000), (kid_of(new), None)]


def test_without_the_root_key_no_case_key_is_changed(folder: Path) -> None:
    (folder / "offline" / "root.key").unlink()
    before = sorted(path.name for path in (folder / "offline").iterdir())
    with pytest.raises(FileNotFoundError):
        rotate_case(folder, NOW + 1)
    assert sorted(path.name for path in (folder / "offline").iterdir()) == before


def test_a_role_that_is_new_in_this_version_gets_its_key_with_the_next_root(folder: Path) -> None:
    ring = Keyring(folder)
    roles = {role: keys for role, keys in ring.root().roles.items() if role != "log"}
    older = encode_root(replace(ring.root(), roles=roles), [ring.signing("offline/root")])
    (folder / "root.cbor").write_bytes(older)
    (folder / "log.key").unlink()
    root = renew_root(folder, NOW + 1)
    assert set(root.keys("log")) == {ring.signing("log").kid}


def test_a_key_that_was_moved_away_is_not_made_anew_in_silence(folder: Path) -> None:
    (folder / "deletion.key").unlink()
    with pytest.raises(FileNotFoundError, match="deletion"):
        renew_root(folder, NOW + 1)
