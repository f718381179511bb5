"""Which frame gets which look: an empty gate costs no more than the bare library, a poor code gets its chances."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.looks import (
    ASLEEP_FULL_EVERY,
    ASLEEP_LOOK_EVERY,
    AWAKE,
    DEBT_S,
    EARN,
    PLACE_TURNS,
    PURSE_MOST_S,
    UNFOLD_EVERY,
    UNFOLDS,
    WHOLE_TURNS,
    Attention,
    Look,
    Treatment,
)

# Seconds, as measured on a desktop: full, lean, second looks.
PRICE = {Look.SKIP: 0.00002, Look.LEAN: 0.0003, Look.FULL: 0.0005}


def asleep() -> Attention:
    attention = Attention()
    for _ in range(AWAKE + 60):
        look = attention.next_look(False)
        attention.paid(look, PRICE[look])
    return attention


def test_a_still_scene_gets_few_looks() -> None:
    attention = asleep()
    looks = [attention.next_look(False) for _ in range(150)]
    assert looks.count(Look.FULL) == 150 // ASLEEP_FULL_EVERY
    assert 150 - looks.count(Look.SKIP) == 150 // ASLEEP_LOOK_EVERY


def test_a_still_scene_gets_no_blind_second_look() -> None:
    attention = asleep()
    for _ in range(100):
        attention.next_look(False)
        assert attention.second_look(seen=False) is None


def test_whatever_is_held_up_gets_a_full_look_in_the_same_frame() -> None:
    for wait in range(20):
        attention = asleep()
        for _ in range(wait):
            attention.next_look(False)
        assert attention.next_look(True) is Look.FULL


def test_awake_no_frame_is_skipped() -> None:
    attention = asleep()
    assert Look.SKIP not in [attention.next_look(True) for _ in range(100)]


def test_a_code_in_view_keeps_every_frame_looked_at() -> None:
    attention = asleep()
    for _ in range(3 * AWAKE):
        attention.found()
        assert attention.next_look(False) is not Look.SKIP


def test_second_looks_take_turns() -> None:
    attention = Attention()
    turns = [attention.second_look(seen=True) for _ in range(2 * len(PLACE_TURNS))]
    assert turns == [*PLACE_TURNS, *PLACE_TURNS]
    blind = []
    for _ in range(400):
        attention.paid(attention.next_look(True), 0.001)
        attention.purse = 0.1
        blind.append(attention.second_look(seen=False))
    assert [turn for turn in blind if turn][:3] == list(WHOLE_TURNS)


def test_a_code_seen_is_worth_a_debt_but_not_any_debt() -> None:
    attention = Attention()
    spent = 0.0
    while attention.second_look(seen=True):
        attention.paid_second(0.02)
        spent += 0.02
    assert DEBT_S <= spent < DEBT_S + 0.1


def unfolded(attention: Attention, frames: int) -> int:
    """How often paper is unfolded in so many frames that show a code which nothing can read."""
    count = 0
    for _ in range(frames):
        attention.paid(attention.next_look(False), 0.001)
        if attention.second_look(seen=True) is Treatment.PLACE_UNFOLD:
            attention.paid_second(0.1, proven=True)
            count += 1
    return count


def test_a_torn_poster_in_view_does_not_have_every_frame_unfolded() -> None:
    frames = 40 * UNFOLD_EVERY
    assert unfolded(Attention(), frames) <= UNFOLDS + frames / UNFOLD_EVERY


def test_one_visitor_with_a_hopeless_paper_leaves_the_purse_to_the_next() -> None:
    attention = Attention()
    assert unfolded(attention, 20) == UNFOLDS
    assert attention.purse > -0.1
    assert unfolded(attention, 0) == unfolded(attention, 3) == 0
    for _ in range(2 * UNFOLD_EVERY):
        attention.paid(attention.next_look(False), 0.0005)
    assert unfolded(attention, 12) == 2


def test_unfolding_that_proves_no_code_is_paid_from_the_purse() -> None:
    attention = Attention()
    attention.paid_second(DEBT_S, proven=False)
    assert attention.second_look(seen=True) is None


def test_a_code_found_forgives_the_debt() -> None:
    attention = Attention()
    attention.paid_second(9.0)
    assert attention.second_look(seen=True) is None
    attention.found()
    assert attention.second_look(seen=True) is not None


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=400), st.floats(0.001, 0.2))
def test_no_scene_without_a_code_costs_more_than_the_bare_loop_and_one_debt(
    frames: list[tuple[bool, bool]], second_cost: float
) -> None:
    """(changed, seen) a frame: a scene may move, and lie that it holds a code, as it likes."""
    attention, spent = Attention(), 0.0
    for changed, seen in frames:
        look = attention.next_look(changed)
        attention.paid(look, PRICE[look])
        spent += PRICE[look]
        if look is not Look.SKIP and isinstance(attention.second_look(seen), Treatment):
            attention.paid_second(second_cost)
            spent += second_cost
    assert spent <= max(EARN * len(frames), 1) * PRICE[Look.FULL] + DEBT_S + second_cost
    assert attention.purse <= PURSE_MOST_S
