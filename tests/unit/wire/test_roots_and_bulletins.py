"""Who may say what: rotation of the root, and each way in which a bulletin is refused."""

import dataclasses

import pytest

from tests.unit.wire import samples
from tests.unit.wire.samples import NOW_MS, OTHER_KEY, ROOTS, RULES_KEY, make_root
from wire.bulletin import Bulletin, Rejected, accept, encode_bulletin, scopes_of
from wire.crypto import SigningKey, sign1
from wire.refusal import Refused
from wire.root import Root, accept_root, encode_root, fingerprint_of, pin_root

NEW = tuple(SigningKey(bytes([64 + i]) * 32) for i in range(3))
RULES = Bulletin("rules", "all", "entry", 5, 0, NOW_MS + 100, {"a": 1, "b": 2})
SCOPES = scopes_of("t-gate-1", "v1", "w1", "099")


def _root_refusal(current: Root, message: bytes, now_ms: int | None = NOW_MS) -> str:
    with pytest.raises(Refused) as refused:
        accept_root(current, message, now_ms)
    return refused.value.reason


def test_rotation_needs_the_threshold_of_the_old_and_of_the_new_keys() -> None:
    old, new = make_root(1), make_root(2, signers=NEW)
    assert accept_root(old, encode_root(new, (*ROOTS[:2], *NEW[:2])), NOW_MS) == new
    for signers in ((*ROOTS, NEW[0]), (ROOTS[0], *NEW), ROOTS, NEW, ()):
        assert _root_refusal(old, encode_root(new, signers)) == "bad_signature"


def test_one_key_that_signs_twice_counts_once() -> None:
    new = make_root(2)
    assert _root_refusal(make_root(1), encode_root(new, (ROOTS[0], ROOTS[0]))) == "bad_signature"


def test_a_root_is_never_older_nor_skips_a_version() -> None:
    current = make_root(5)
    for version, reason in ((4, "rollback"), (5, "unchanged"), (7, "skipped")):
        assert _root_refusal(current, encode_root(make_root(version), ROOTS)) == reason


def test_an_expired_root_is_refused_unless_nobody_knows_the_time() -> None:
    message = encode_root(make_root(2, expires_ms=NOW_MS), ROOTS)
    assert _root_refusal(make_root(1), message) == "expired"
    assert accept_root(make_root(1), message, None).version == 2


def test_a_root_of_strangers_is_not_pinned() -> None:
    strange = make_root(1, signers=NEW)
    with pytest.raises(Refused) as refused:
        pin_root(encode_root(strange, NEW), fingerprint_of(make_root(1)))
    assert refused.value.reason == "foreign"


@pytest.mark.parametrize(
    "changes",
    [
        {"threshold": 4},
        {"threshold": 0},
        {"roots": (ROOTS[0].public,) * 3},
        {"roots": (b"short",) * 3},
        {"issued_ms": NOW_MS, "expires_ms": 1},
        {"roles": {"receipt": (b"short",)}},
        {"recipients": {"ingest": bytes(32)}},
        {"version": 1 << 60},
    ],
)
def test_a_root_that_could_not_be_kept_to_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        pin_root(encode_root(make_root(**changes), ROOTS), bytes(16))  # type: ignore[arg-type]
    assert refused.value.reason == "bad_root"


def _judge(
    message: bytes, current: Bulletin | None = None, now_ms: int | None = NOW_MS, root: Root | None = None
) -> Bulletin | str:
    answer = accept(current, message, root or make_root(), now_ms, SCOPES)
    return answer.reason if isinstance(answer, Rejected) else answer


def _signed(**changes: object) -> bytes:
    return encode_bulletin(dataclasses.replace(RULES, **changes), RULES_KEY)  # type: ignore[arg-type]


def test_a_good_bulletin_is_accepted_and_then_a_newer_one() -> None:
    assert _judge(_signed()) == RULES
    assert _judge(_signed(version=6), RULES) == dataclasses.replace(RULES, version=6)


def test_an_older_bulletin_never_replaces_a_newer_one() -> None:
    assert _judge(_signed(version=4), RULES) == "rollback"


def test_the_same_version_again_is_unchanged_and_with_other_words_a_conflict() -> None:
    assert _judge(_signed(), RULES) == "unchanged"
    assert _judge(_signed(body={"a": 2}), RULES) == "conflict"


def test_an_expired_bulletin_is_refused_unless_nobody_knows_the_time() -> None:
    assert _judge(_signed(expires_ms=NOW_MS)) == "expired"
    kept = _judge(_signed(expires_ms=NOW_MS), now_ms=None)
    assert isinstance(kept, Bulletin) and kept.in_force(None) and not kept.in_force(NOW_MS)


def test_nothing_new_is_believed_under_a_root_that_has_expired() -> None:
    assert _judge(_signed(), root=make_root(expires_ms=NOW_MS)) == "root_expired"
    assert isinstance(_judge(_signed(), now_ms=None, root=make_root(expires_ms=NOW_MS)), Bulletin)


@pytest.mark.parametrize("scope", ["device-other", "venue-v2", "province-001", "ALL", ""])
def test_a_bulletin_for_another_place_is_foreign(scope: str) -> None:
    assert _judge(_signed(scope=scope)) == "foreign"


@pytest.mark.parametrize("scope", ["device-t-gate-1", "venue-v1", "ward-w1", "province-099", "all"])
def test_a_bulletin_for_every_scope_of_this_device_is_taken(scope: str) -> None:
    assert isinstance(_judge(_signed(scope=scope)), Bulletin)


def test_a_bulletin_of_another_name_does_not_follow() -> None:
    assert _judge(_signed(name="other"), RULES) == "foreign"


def test_an_altered_bulletin_is_refused() -> None:
    message = bytearray(_signed())
    message[-100] ^= 1
    assert _judge(bytes(message)) in ("bad_signature", "malformed")


def test_a_bulletin_of_a_key_with_another_role_is_refused() -> None:
    assert _judge(encode_bulletin(RULES, OTHER_KEY)) == "unknown_key"
    assert _judge(encode_bulletin(dataclasses.replace(RULES, kind="passes"), RULES_KEY)) == "unknown_key"
    assert _judge(encode_bulletin(dataclasses.replace(RULES, kind="receipt"), samples.RECEIPT_KEY)) == "unknown_kind"


def test_a_delta_needs_its_base() -> None:
    base = dataclasses.replace(RULES, version=5)
    message = encode_bulletin(dataclasses.replace(RULES, version=6, body={"a": 1, "c": 3}), RULES_KEY, base=base)
    assert _judge(message, base) == dataclasses.replace(RULES, version=6, body={"a": 1, "c": 3})
    assert _judge(message) == "wrong_base"
    assert _judge(message, dataclasses.replace(base, version=4)) == "wrong_base"
    assert _judge(message, dataclasses.replace(base, body=[1])) == "wrong_base"


def test_deltas_cannot_grow_a_body_over_the_limit() -> None:
    base = dataclasses.replace(RULES, body={"a": bytes(700_000)})
    following = dataclasses.replace(RULES, version=6, body={"a": bytes(700_000), "b": bytes(700_000)})
    assert _judge(encode_bulletin(following, RULES_KEY, base=base), base) == "too_large"


@pytest.mark.parametrize(
    "body", [{}, {"full": 1, "more": 2}, {"base": 5, "set": {}}, {"base": 5, "set": [], "remove": []}]
)
def test_a_body_of_no_known_form_is_refused(body: dict[str, object]) -> None:
    from wire import cbor

    message = sign1(cbor.dumps(["rules", "all", "entry", 6, 0, NOW_MS + 1, body]), RULES_KEY, "bulletin")
    assert _judge(message, RULES) == "bad_bulletin"
