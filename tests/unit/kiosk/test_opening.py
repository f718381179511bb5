"""Pages that are opened beside a gate at work: it ends with them, and never goes on without them."""

from threading import Event

import pytest

from kiosk.opening import Opening


def test_the_gate_is_not_held_up_and_closing_waits_for_pages_that_are_just_being_opened() -> None:
    may_open, ended = Event(), Event()

    def begin():  # type: ignore[no-untyped-def]
        assert may_open.wait(10)
        return ended.set

    pages = Opening(begin, lambda: pytest.fail("nothing failed"))
    pages.start()
    assert not ended.is_set()
    may_open.set()
    pages.close()
    assert ended.is_set()
    pages.check()


def test_pages_that_cannot_be_opened_end_the_gate_and_the_reason_is_raised_there() -> None:
    gate_ended = Event()

    def begin():  # type: ignore[no-untyped-def]
        raise OSError("address in use")

    pages = Opening(begin, gate_ended.set)
    pages.start()
    assert gate_ended.wait(10)
    pages.close()
    with pytest.raises(OSError, match="address in use"):
        pages.check()


def test_a_gate_that_ends_before_it_opened_any_page_has_nothing_to_close() -> None:
    pages = Opening(lambda: pytest.fail("never begun"), lambda: None)
    pages.close()
    pages.check()
