"""Whoever sat near a case is a contact of the first hop, whatever else is known of them."""

from central.authority.tracing import with_seats
from central.tracing.model import Contact, Reason

SEAT = Reason("seat", 0, 1, 1000, 5000)
VISIT = Reason("visit", 7, 2, 2000, 9000)


def test_a_neighbour_is_added() -> None:
    assert with_seats([], [(5, SEAT)], {1}) == [Contact(5, 1, 4000, (SEAT,))]


def test_the_case_itself_is_nobodys_neighbour() -> None:
    assert with_seats([], [(1, SEAT)], {1}) == []


def test_a_neighbour_who_was_met_as_well_has_both_reasons() -> None:
    found = with_seats([Contact(5, 1, 7000, (VISIT,))], [(5, SEAT)], {1})
    assert found == [Contact(5, 1, 7000, (VISIT, SEAT))]


def test_a_neighbour_over_two_hops_comes_nearer() -> None:
    found = with_seats([Contact(5, 2, 7000, (VISIT,))], [(5, SEAT)], {1})
    assert found == [Contact(5, 1, 4000, (SEAT,))]
