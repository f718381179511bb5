"""What a kiosk fetches of an update."""

from hypothesis import given
from hypothesis import strategies as st

from image_build.adaptive import BLOCK, HASH, fetch, hashes

IMAGE = st.lists(st.integers(0, 9), max_size=60)


def blocks(image: list[int]) -> list[bytes]:
    return [bytes([number]) * BLOCK for number in image]


@given(IMAGE, IMAGE)
def test_what_is_at_hand_is_not_fetched(old: list[int], new: list[int]) -> None:
    cost = fetch(list(hashes(blocks(new))), hashes(blocks(old)))
    assert cost.changed == sum(number not in old for number in new) == cost.pieces
    assert cost.bytes == len(new) * HASH + cost.changed * BLOCK


def test_a_block_that_moved_is_at_hand() -> None:
    assert fetch(list(hashes(blocks([9, 1, 2, 3]))), hashes(blocks([1, 2, 3]))).changed == 1


def test_large_pieces_fetch_their_neighbours() -> None:
    new = list(hashes(blocks([9, 0, 0, 0, 9, 9, 0, 0])))
    assert fetch(new, hashes(blocks([0])), piece=4 * BLOCK).pieces == 2
