"""A tag is known by what it sends, for years, and nobody can talk the gate out of knowing it."""

from ble_scanner.rolling_id import eid
from ble_scanner.tag_table import DRIFT_PPM, MOST_SLOTS, TagTable
from wire.tags import Tag

EPOCH = 1_750_000_000
DAY = 86_400
FOREVER = 4_000_000_000


def tag(number: int = 1, exponent: int = 10, expires_s: int = FOREVER) -> Tag:
    return Tag(bytes([number]) * 16, bytes([number + 100]) * 16, exponent, EPOCH, expires_s)


def table(*tags: Tag, at_s: int, late_s: int = 0) -> TagTable:
    known = TagTable(tags, at_s, late_s)
    while known.renew(at_s, late_s):
        pass
    return known


def sent(tag: Tag, at_s: int, ahead_s: int = 0) -> bytes:
    """What a tag sends whose clock is `ahead_s` before ours."""
    return eid(tag.key, tag.exponent, at_s - tag.epoch_s + ahead_s)


def test_a_tag_is_known_at_once_and_a_stranger_is_not() -> None:
    known = table(tag(), tag(2), at_s=EPOCH)
    assert known.resolve(sent(tag(2), EPOCH), EPOCH) == tag(2)
    assert known.resolve(sent(tag(3), EPOCH), EPOCH) is None


def test_a_tag_that_drifts_by_150_ppm_is_known_after_a_day_a_year_and_five() -> None:
    for days in (1, 365, 5 * 365):
        now = EPOCH + days * DAY
        known = table(tag(), at_s=now)
        for ahead in (-1, 0, 1):
            heard = sent(tag(), now, ahead * days * DAY * DRIFT_PPM // 1_000_000)
            assert known.resolve(heard, now) == tag()


def test_it_stays_known_while_time_passes_in_slices() -> None:
    tags = [tag(number) for number in range(40)]
    known = table(*tags, at_s=EPOCH)
    size = len(known)
    for now in range(EPOCH, EPOCH + 5 * 1024, 60):
        known.renew(now, most=5)
        assert known.resolve(sent(tags[now % 40], now), now) == tags[now % 40]
    assert len(known) <= size + 2 * len(tags)


def test_what_it_sent_long_ago_no_longer_counts() -> None:
    known = table(tag(), at_s=EPOCH)
    recorded = sent(tag(), EPOCH)
    for now in range(EPOCH, EPOCH + 6 * 1024, 512):
        known.renew(now)
    assert known.resolve(recorded, EPOCH + 6 * 1024) is None


def test_a_clock_that_jumps_forward_and_back_finds_the_tag_again() -> None:
    known = table(tag(), at_s=EPOCH + DAY)
    for now in (EPOCH + 90 * DAY, EPOCH + 2 * DAY):
        assert known.renew(now) == 0
        assert known.resolve(sent(tag(), now), now) == tag()


def test_after_a_power_cut_the_tag_is_known_by_a_clock_that_stands_hours_behind() -> None:
    true, cut = EPOCH + 30 * DAY, 9 * 3600
    known = table(tag(), at_s=true - cut, late_s=12 * 3600)
    assert known.resolve(sent(tag(), true), true - cut) == tag()
    known.renew(true)
    assert known.resolve(sent(tag(), true), true) == tag()


def test_a_tag_with_short_slots_is_still_known_after_months_once_it_was_heard() -> None:
    quick = tag(exponent=6)  # 64 s: 150 ppm are two slots a week, and more than the table holds after half a year
    run = 300 * DAY
    drift = 100e-6
    known = TagTable([quick], EPOCH)
    now = EPOCH
    for now in range(EPOCH, EPOCH + run, 20 * DAY):
        known.renew(now)
        assert known.resolve(sent(quick, now, int((now - EPOCH) * drift)), now) == quick
    months_later = now + 60 * DAY
    known.renew(months_later)
    assert len(known) == MOST_SLOTS
    assert known.resolve(sent(quick, months_later, int((months_later - EPOCH) * drift)), months_later) == quick


def test_whoever_repeats_an_old_identifier_cannot_make_the_gate_deaf_to_the_tag() -> None:
    now = EPOCH + 365 * DAY
    known = table(tag(), at_s=now)
    assert known.resolve(sent(tag(), now, -4000), now) == tag()
    for later in (now + 600, now + 30 * DAY):
        known.renew(later)
        assert known.resolve(sent(tag(), later, 3000), later) == tag()


def test_an_expired_tag_is_a_stranger() -> None:
    short = tag(expires_s=EPOCH + 3600)
    known = table(short, at_s=EPOCH)
    known.renew(EPOCH + 3599)
    assert known.resolve(sent(short, EPOCH + 3599), EPOCH + 3599) == short
    assert known.resolve(sent(short, EPOCH + 3600), EPOCH + 3600) is None
    known.renew(EPOCH + 4 * 1024 + 600)
    assert len(known) == 0


def test_a_revoked_tag_is_forgotten_and_a_new_one_learned() -> None:
    known = table(tag(1), tag(2), at_s=EPOCH)
    known.set_tags([tag(2), tag(3)], EPOCH)
    known.renew(EPOCH)
    assert known.resolve(sent(tag(1), EPOCH), EPOCH) is None
    assert known.resolve(sent(tag(3), EPOCH), EPOCH) == tag(3)
    assert known.resolve(sent(tag(2), EPOCH), EPOCH) == tag(2)


def test_the_ends_of_the_counter_do_no_harm() -> None:
    for epoch, now in ((EPOCH, 0), (0, 1 << 32), (0, (1 << 32) + 10**6)):
        odd = Tag(bytes(16), bytes(16), 10, epoch, 1 << 40)
        table(odd, at_s=now).resolve(bytes(8), now)
