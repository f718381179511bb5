"""PURE but for the randomness of making them: a case key as n cards of words, of which any k give it back.

SLIP-0039 (SatoshiLabs, "Shamir's Secret-Sharing for Mnemonic Codes"): 33 words a card for 32 bytes, from 1,024 words
of which the first four letters suffice, with a checksum that finds three wrong words. One group, no pass phrase, 20,000
rounds (exponent 1): the secret is 256 random bits, so that there is nothing to guess.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations, islice

from wire.refusal import Refused

WORDS = 33
MOST_CARDS = 16  # of SLIP-0039
_TRIED = 40  # combinations at most: each costs some 50 ms


def make_cards(seed: bytes, needed: int, count: int) -> list[str]:
    """`count` cards, each a line of 33 words. Raises ValueError unless 2 <= needed <= count <= 16."""
    if not 2 <= needed <= count <= MOST_CARDS:
        raise ValueError(f"{needed} of {count}: 2 at least are needed, and there are {MOST_CARDS} cards at most")
    from shamir_mnemonic import generate_mnemonics

    cards: list[str] = generate_mnemonics(1, [(needed, count)], seed)[0]
    return cards


def join_cards(cards: Sequence[str]) -> bytes:
    """The 32 bytes. Raises Refused("bad_share") for cards that do not fit together, or too few of them."""
    from shamir_mnemonic import MnemonicError, combine_mnemonics

    try:
        seed: bytes = combine_mnemonics(list(cards))
    except (MnemonicError, ValueError) as error:
        raise Refused("bad_share", "these cards do not fit together") from error
    return seed


def needed_of(card: str) -> tuple[int, int, int]:
    """(which set the card is of, its place in it, how many cards of it are needed). Raises Refused("bad_share")."""
    from shamir_mnemonic import MnemonicError
    from shamir_mnemonic.share import Share

    try:
        share = Share.from_mnemonic(card)
    except (MnemonicError, ValueError) as error:
        raise Refused("bad_share", "a word is wrong or missing") from error
    return share.identifier, share.index, share.member_threshold


def plain_card(text: str) -> str:
    """Words as typed: capitals, commas, line breaks and numbers before the words are forgiven."""
    return " ".join(word for word in text.lower().replace(",", " ").replace(".", " ").split() if word.isalpha())


def all_give(cards: Sequence[str], needed: int, seed: bytes) -> bool:
    """Whether the cards give `seed` back: all combinations where they are few, else each card at least once."""
    some: Iterable[tuple[str, ...]] = islice(combinations(cards, needed), _TRIED)
    around = [tuple((*cards, *cards)[start : start + needed]) for start in range(len(cards))]
    return all(join_cards(few) == seed for few in {*some, *around})
