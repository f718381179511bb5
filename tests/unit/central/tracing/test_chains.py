"""Who may have infected whom: never a circle, never out of time, every other candidate beside the chosen one."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from central.tracing.chains import Case, Timing, chains, generations
from central.tracing.curve import epidemic_curve
from central.tracing.model import DAY_MS, HOUR_MS, Stay
from central.tracing.pictures import chain_picture, curve_picture


def case(number: int, onset_day: float) -> Case:
    onset = int(onset_day * DAY_MS)
    return Case(f"BN-{number}", number, onset, onset - 2 * DAY_MS, onset + 10 * DAY_MS)


def together(day: float, *persons: int, place: int = 1) -> list[Stay]:
    return [Stay(place, person, int(day * DAY_MS), int(day * DAY_MS) + HOUR_MS) for person in persons]


def test_a_case_hangs_on_the_one_it_met_at_the_likely_time() -> None:
    cases = [case(1, 0), case(2, 5), case(3, 11)]
    stays = [*together(0, 1, 2), *together(4, 2, 3, place=2), *together(4.5, 1, 3, place=3)]
    links = chains(cases, stays)
    assert [(link.source, link.case) for link in links if link.chosen] == [("BN-1", "BN-2"), ("BN-2", "BN-3")]
    other = next(link for link in links if not link.chosen)
    assert (other.source, other.case) == ("BN-1", "BN-3")
    assert 0 < other.weight < 0.5
    assert generations(cases, links) == {"BN-1": 0, "BN-2": 1, "BN-3": 2}
    assert all(why.place for link in links for why in link.reasons)


def test_who_met_before_the_other_was_infectious_is_no_candidate() -> None:
    assert chains([case(1, 5), case(2, 9)], together(2, 1, 2)) == []


def test_who_met_on_the_day_of_the_others_onset_is_no_candidate() -> None:
    assert chains([case(1, 0), case(2, 4)], together(3.5, 1, 2)) == []


@given(
    st.lists(st.integers(0, 8), min_size=1, max_size=7),
    st.lists(st.tuples(st.integers(0, 8), st.integers(1, 7), st.integers(1, 7)), max_size=15),
)
def test_there_is_never_a_circle_and_weights_are_shares(
    onsets: list[int], meetings: list[tuple[int, int, int]]
) -> None:
    cases = [case(number, onset) for number, onset in enumerate(onsets, 1)]
    stays = [stay for day, one, other in meetings for stay in together(day, one, other)]
    links = chains(cases, stays, Timing())
    source = {link.case: link.source for link in links if link.chosen}
    assert len(source) == sum(link.chosen for link in links)
    for start in source:
        seen, at = {start}, source[start]
        while at in source:
            assert at not in seen
            seen.add(at)
            at = source[at]
    for name in {link.case for link in links}:
        assert abs(sum(link.weight for link in links if link.case == name) - 1) < 1e-9
    assert set(generations(cases, links)) == {one.id for one in cases}


def test_the_curve_shows_empty_days_in_the_days_of_viet_nam() -> None:
    evening = 17 * HOUR_MS  # 00:00 of the next day in Viet Nam
    days = epidemic_curve([(0, "a"), (evening - 1, "a"), (evening, "b"), (evening + 2 * DAY_MS, "a")])
    assert [(day.day, day.counts) for day in days] == [
        (date(1970, 1, 1), {"a": 2}),
        (date(1970, 1, 2), {"b": 1}),
        (date(1970, 1, 3), {}),
        (date(1970, 1, 4), {"a": 1}),
    ]
    assert epidemic_curve([]) == []


def test_pictures_have_a_name_and_carry_nothing_that_a_page_must_not_run() -> None:
    cases = [case(1, 0), case(2, 5)]
    links = chains(cases, together(0, 1, 2))
    for made in (
        chain_picture(cases, links, "Chuỗi <lây>"),
        curve_picture(epidemic_curve([(0, "a")]), "Đường cong", {"a": "mắc"}),
        chain_picture([], [], "trống"),
        curve_picture([], "trống", {}),
    ):
        assert made.startswith("<svg ")
        assert made.endswith("</svg>")
        assert "<title>" in made
        assert "<lây>" not in made
        assert "style=" not in made
        assert "<script" not in made
