"""Contacts among stays: as a plain loop finds them, and nobody is missed at the edges of the window."""

import pytest
from hypothesis import given

from central.tracing.model import Contact, ContactRule, Index, Stay
from central.tracing.overlaps import contacts_among
from tests.unit.central.tracing.naive import naive_contacts, told_of
from tests.unit.central.tracing.worlds import INDEXES, RULES, STAYS

A, B, C, D = 1, 2, 3, 4
MARKET, SCHOOL = 1, 2


def traced(stays: list[Stay], least: int = 10, hops: int = 1, window: tuple[int, int] = (0, 1000)) -> list[Contact]:
    return contacts_among(stays, [Index(A, *window)], ContactRule("test", least, 1 << 40, hops))


@given(STAYS, INDEXES, RULES)
def test_a_plain_loop_finds_the_same_people_hops_and_lengths(
    stays: list[Stay], indexes: list[Index], rule: ContactRule
) -> None:
    assert told_of(contacts_among(stays, indexes, rule)) == naive_contacts(stays, indexes, rule)


@given(STAYS, INDEXES, RULES)
def test_every_reason_is_a_time_in_common_with_somebody_of_the_hop_before(
    stays: list[Stay], indexes: list[Index], rule: ContactRule
) -> None:
    contacts = contacts_among(stays, indexes, rule)
    hop_of = {index.person: 0 for index in indexes} | {contact.person: contact.hop for contact in contacts}
    for contact in contacts:
        for why in contact.reasons:
            assert hop_of[why.other] == contact.hop - 1
            assert why.end_ms - why.start_ms >= rule.min_overlap_ms
            for person in (contact.person, why.other):
                assert any(
                    s.person == person
                    and s.place == why.place
                    and s.start_ms <= why.start_ms
                    and why.end_ms <= s.end_ms
                    for s in stays
                )


def test_who_came_before_the_window_and_stayed_is_found() -> None:
    (found,) = traced([Stay(MARKET, A, 0, 200), Stay(MARKET, B, 0, 115)], window=(100, 300))
    assert (found.person, found.overlap_ms) == (B, 15)


def test_what_was_common_before_the_window_does_not_count() -> None:
    assert traced([Stay(MARKET, A, 0, 200), Stay(MARKET, B, 0, 109)], window=(100, 300)) == []


def test_exactly_the_least_is_enough_and_one_less_is_not() -> None:
    stays = [Stay(MARKET, A, 0, 100), Stay(MARKET, B, 90, 300), Stay(MARKET, C, 91, 300)]
    assert [found.person for found in traced(stays)] == [B]


def test_short_overlaps_do_not_add_up() -> None:
    assert traced([Stay(MARKET, A, 0, 9), Stay(MARKET, A, 20, 29), Stay(MARKET, B, 0, 100)]) == []


def test_with_a_least_of_zero_the_doorway_is_enough() -> None:
    stays = [Stay(MARKET, A, 0, 50), Stay(MARKET, B, 50, 90), Stay(MARKET, C, 20, 20), Stay(MARKET, D, 51, 60)]
    assert {found.person for found in traced(stays, least=0)} == {B, C}


def test_somebody_there_twice_at_once_is_no_contact_of_themselves() -> None:
    assert traced([Stay(MARKET, A, 0, 50), Stay(MARKET, A, 10, 90)]) == []


def test_the_same_time_at_another_place_is_no_contact() -> None:
    assert traced([Stay(MARKET, A, 0, 50), Stay(SCHOOL, B, 0, 50)]) == []


def test_who_is_reached_twice_stands_at_the_smallest_hop() -> None:
    stays = [Stay(MARKET, A, 0, 50), Stay(MARKET, B, 0, 50), Stay(MARKET, C, 0, 50), Stay(SCHOOL, B, 60, 90)]
    stays += [Stay(SCHOOL, C, 60, 90), Stay(SCHOOL, D, 60, 90)]
    assert {found.person: found.hop for found in traced(stays, hops=3)} == {B: 1, C: 1, D: 2}


def test_in_order_nobody_passes_on_what_they_had_not_met_yet() -> None:
    stays = [Stay(SCHOOL, B, 0, 50), Stay(SCHOOL, C, 0, 50), Stay(MARKET, A, 60, 90), Stay(MARKET, B, 60, 90)]
    whenever = ContactRule("test", 10, 1 << 40, 2)
    in_order = ContactRule("test", 10, 1 << 40, 2, in_order=True)
    index = [Index(A, 0, 1000)]
    assert {c.person for c in contacts_among(stays, index, whenever)} == {B, C}
    assert {c.person for c in contacts_among(stays, index, in_order)} == {B}


def test_one_who_never_left_is_found_behind_thousands_who_did() -> None:
    crowd = [Stay(MARKET, 100 + n, n, n + 5) for n in range(5_000)]
    stays = [Stay(MARKET, B, 0, 1 << 40), *crowd, Stay(MARKET, A, 6_000, 6_100)]
    assert [c.person for c in traced(stays, window=(0, 1 << 41))] == [B]


@pytest.mark.parametrize("hops", [0, 4])
def test_other_hops_are_refused(hops: int) -> None:
    with pytest.raises(ValueError, match="hops"):
        traced([], hops=hops)
