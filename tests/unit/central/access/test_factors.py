"""Second factors: each code once, only in its time, and set up by nobody but its holder."""

from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy.engine import Connection

from central.access import accounts, factors, passkeys, proposals, steps
from central.access.own_keys import open_secret, seal_secret
from central.access.roles import Grant, Officer, load_roles
from central.keys import Keyring
from wire.refusal import Refused

NOW_MS = 1_790_000_000_000
STEP_MS = factors.STEP_S * 1000
ROLES = load_roles()


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path)


@pytest.fixture
def officer(connection: Connection) -> str:
    accounts.create_account(connection, "ca.truc", "Cán bộ THỬ", None, [Grant("station", "all")], NOW_MS)
    return "ca.truc"


def test_a_code_counts_once_and_only_near_its_time(connection: Connection, ring: Keyring, officer: str) -> None:
    secret = factors.new_secret()
    phone = pyotp.TOTP(secret)
    factors.set_one_time(connection, ring, officer, secret, phone.at(NOW_MS // 1000), NOW_MS)
    assert not factors.use_code(connection, ring, officer, phone.at(NOW_MS // 1000), NOW_MS)  # it set up the phone
    later = NOW_MS + 10 * STEP_MS
    assert not factors.use_code(connection, ring, officer, phone.at(later // 1000 - 60), later)
    assert factors.use_code(connection, ring, officer, phone.at(later // 1000 - 30), later)
    assert not factors.use_code(connection, ring, officer, phone.at(later // 1000 - 30), later)
    assert factors.use_code(connection, ring, officer, phone.at(later // 1000), later)
    assert not factors.use_code(connection, ring, "nobody", phone.at(later // 1000), later)


def test_a_wrong_code_sets_nothing_up(connection: Connection, ring: Keyring, officer: str) -> None:
    with pytest.raises(Refused, match="code_wrong"):
        factors.set_one_time(connection, ring, officer, factors.new_secret(), "000000", NOW_MS)
    assert not factors.has_factor(connection, officer)


def test_recovery_codes_count_once_each_and_for_their_account(
    connection: Connection, ring: Keyring, officer: str
) -> None:
    first, second, *_ = factors.new_recovery(connection, officer)
    assert not factors.use_code(connection, ring, "other", first, NOW_MS)
    assert factors.use_code(connection, ring, officer, first.lower().replace("-", " "), NOW_MS)
    assert not factors.use_code(connection, ring, officer, first, NOW_MS)
    factors.new_recovery(connection, officer)
    assert not factors.use_code(connection, ring, officer, second, NOW_MS)


def test_a_secret_is_sealed_for_its_account_alone(ring: Keyring) -> None:
    sealed = seal_secret(ring, "ca.truc", b"JBSWY3DP")
    assert b"JBSWY3DP" not in sealed
    assert open_secret(ring, "ca.truc", sealed) == b"JBSWY3DP"
    with pytest.raises(Refused, match="cannot_open"):
        open_secret(ring, "other", sealed)


def test_a_first_code_ends_what_was_there_and_itself(connection: Connection, ring: Keyring, officer: str) -> None:
    factors.new_recovery(connection, officer)
    session = accounts.begin_session(connection, officer, NOW_MS, strong=True)
    code = factors.invite(connection, officer, NOW_MS)
    assert accounts.session_of(connection, session, NOW_MS) is None
    assert factors.is_invited(connection, officer, code.lower(), NOW_MS)
    assert not factors.is_invited(connection, officer, code, NOW_MS + factors.INVITATION_MS)
    assert not factors.is_invited(connection, "other", code, NOW_MS)
    assert not factors.is_invited(connection, officer, factors.invite(connection, officer, NOW_MS)[:-1], NOW_MS)
    assert not factors.is_invited(connection, officer, code, NOW_MS)


def test_a_step_is_its_browsers_alone_and_counts_once(connection: Connection, officer: str) -> None:
    secret, challenge = steps.begin_step(connection, "second", officer, "/cases", NOW_MS)
    assert steps.step_of(connection, secret, ("second",), NOW_MS) == steps.Step("second", officer, challenge, "/cases")
    for wrong, kinds, now_ms in (("", ("second",), 0), (secret, ("add",), 0), (secret, ("second",), steps.STEP_MS)):
        with pytest.raises(Refused, match="step_over"):
            steps.step_of(connection, wrong, kinds, NOW_MS + now_ms)
    steps.end_step(connection, secret)
    with pytest.raises(Refused, match="step_over"):
        steps.end_step(connection, secret)


def test_pass_phrases_of_weaker_parameters_are_hashed_anew() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    digest = accounts.hash_phrase("bốn từ chẳng liên quan", weak)
    assert digest.startswith("$argon2id$")
    assert accounts.needs_rehash(digest)
    assert not accounts.needs_rehash(digest, weak)
    for bad in ("short", "x" * 201):
        with pytest.raises(Refused, match="weak_phrase"):
            accounts.hash_phrase(bad, weak)


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1", "[::1]"])
def test_an_address_of_numbers_has_no_passkeys(host: str) -> None:
    assert passkeys.name_of(host) is None


def test_passkeys_are_taken_from_our_own_pages_alone() -> None:
    assert passkeys.origins_of("trung-tam.example", None) == ["https://trung-tam.example"]
    assert passkeys.origins_of("localhost", 8470) == ["https://localhost:8470", "http://localhost:8470"]


@pytest.mark.parametrize("answer", ["", "{}", "[]", '{"id": "x"}', "x" * 1000])
def test_a_broken_answer_of_a_browser_is_refused(connection: Connection, answer: str) -> None:
    with pytest.raises(Refused, match="passkey_refused"):
        passkeys.sign_in(connection, answer, b"c" * 32, "localhost", [], NOW_MS)
    with pytest.raises(Refused, match="passkey_refused"):
        passkeys.register(connection, "ca.truc", answer, b"c" * 32, "localhost", [], NOW_MS)


class TestGrants:
    """Who gets which role."""

    ADMIN, SECOND = Officer("quan.tri", "A", ()), "quan.tri.2"

    def test_nobody_grants_themselves(self, connection: Connection) -> None:
        with pytest.raises(Refused, match="own_grant"):
            proposals.grant_or_propose(connection, ROLES, self.ADMIN, "quan.tri", Grant("station", "all"), NOW_MS)
        with pytest.raises(Refused, match="own_grant"):
            proposals.reset_or_propose(connection, ROLES, self.ADMIN, "quan.tri", NOW_MS)

    @pytest.mark.parametrize("role", ["head", "case_officer"])
    def test_who_opens_cases_and_who_signs_them_is_made_by_two(
        self, connection: Connection, officer: str, role: str
    ) -> None:
        """Else one administrator makes two officers, and is both of them."""
        grant = Grant(role, "province-79")
        assert not proposals.grant_or_propose(connection, ROLES, self.ADMIN, officer, grant, NOW_MS)
        with pytest.raises(Refused, match="proposed_already"):
            proposals.grant_or_propose(connection, ROLES, self.ADMIN, officer, grant, NOW_MS)
        (waiting,) = proposals.open_proposals(connection)
        assert grant not in accounts.grants_of(connection, officer, NOW_MS)
        for same in (self.ADMIN.account, officer):
            with pytest.raises(Refused, match="same_person"):
                proposals.decide(connection, waiting.id, same, True, NOW_MS)
        proposals.decide(connection, waiting.id, self.SECOND, True, NOW_MS)
        assert grant in accounts.grants_of(connection, officer, NOW_MS)
        with pytest.raises(Refused, match="proposal_unknown"):
            proposals.decide(connection, waiting.id, self.SECOND, True, NOW_MS)

    def test_the_database_refuses_one_person_as_two(self, connection: Connection, officer: str) -> None:
        from sqlalchemy.exc import IntegrityError

        number = proposals.propose(connection, "grant", officer, Grant("head", "all"), "quan.tri", NOW_MS)
        sql = "UPDATE proposal SET state = 'signed', decided_ms = 1, decided_by = ? WHERE id = ?"
        for same in ("quan.tri", officer):
            with pytest.raises(IntegrityError):
                connection.exec_driver_sql(sql, (same, number))

    def test_a_new_code_for_a_head_takes_two_as_well(self, connection: Connection, officer: str) -> None:
        assert proposals.reset_or_propose(connection, ROLES, self.ADMIN, officer, NOW_MS) is not None
        proposals.put_grant(connection, officer, Grant("head", "all"), "command")
        assert proposals.reset_or_propose(connection, ROLES, self.ADMIN, officer, NOW_MS) is None
        (waiting,) = proposals.open_proposals(connection)
        _, code = proposals.decide(connection, waiting.id, self.SECOND, True, NOW_MS)
        assert code is not None and factors.is_invited(connection, officer, code, NOW_MS)

    def test_a_closed_account_is_out_for_good(self, connection: Connection, officer: str) -> None:
        code = factors.invite(connection, officer, NOW_MS)
        session = accounts.begin_session(connection, officer, NOW_MS)
        proposals.close_account(connection, officer)
        assert accounts.session_of(connection, session, NOW_MS) is None
        assert not factors.is_invited(connection, officer, code, NOW_MS)
        assert accounts.phrase_of(connection, officer) is None
        with pytest.raises(Refused, match="account_unknown"):
            proposals.put_grant(connection, officer, Grant("station", "all"), "command")
