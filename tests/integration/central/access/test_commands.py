"""`account` and `audit`, as the operator types them."""

import json
import shlex
from pathlib import Path

import pytest

from central.__main__ import _parser, main
from central.access import heads
from central.access.audit import Look, note
from central.access.roles import Purpose
from tests.integration.central.access.conftest import Console
from tests.parts.centre import NOW_MS


@pytest.fixture
def typed(console: Console, capsys: pytest.CaptureFixture[str]) -> object:
    """Run a command; (exit status, what it printed, what it complained)."""

    def run(*words: str) -> tuple[int, str, str]:
        status = main([*words, "--database", console.centre.url, "--keys", str(console.centre.keys)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_the_first_accounts_of_a_centre(typed, console: Console) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = typed("account", "add", "quan.tri", "--name", "Quản Trị THỬ", "--role", "administrator", "--alone")
    made = json.loads(out)
    assert (status, made["role"], len(made["first_code"])) == (0, "held", 19)
    assert typed("account", "add", "quan.tri", "--name", "x")[0] == 1
    _, out, _ = typed("account", "add", "truong", "--name", "Trưởng THỬ", "--role", "head", "--area", "province-79")
    assert json.loads(out)["role"] == "waits for an administrator"
    _, out, _ = typed("account", "list")
    held = {one["login"]: one["grants"] for one in map(json.loads, out.splitlines())}
    assert held == {"quan.tri": [{"role": "administrator", "area": "all", "ends_ms": None}], "truong": []}
    assert typed("account", "grant", "truong", "--role", "station", "--area", "ward-26740")[0] == 0
    assert typed("account", "revoke", "truong", "--role", "station", "--area", "ward-26740")[0] == 0
    assert typed("account", "revoke", "truong", "--role", "station", "--area", "ward-26740")[0] == 1
    assert "first_code" in typed("account", "reset", "truong")[1]
    assert typed("account", "link", "truong", "--issuer", "https://tinh.example", "--subject", "1")[0] == 0
    assert typed("account", "close", "truong")[0] == 0
    assert typed("account", "reset", "truong")[0] == 1
    for wrong in (("--role", "king"), ("--role", "station", "--area", "mars")):
        assert typed("account", "grant", "quan.tri", *wrong)[0] == 1
    actions = [
        row[0] for row in console.centre.rows("SELECT action FROM audit WHERE actor = 'command' ORDER BY number")
    ]
    assert actions[:3] == ["granted_role", "added_account", "proposed_role"]
    assert actions[-1] == "closed_account"


def test_the_log_is_verified_exported_and_proved(typed, console: Console, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for n in range(5):
        typed("account", "add", f"can.bo.{n}", "--name", "Cán bộ THỬ")
    assert json.loads(typed("audit", "sign-head")[1])["size"] >= 5
    (tmp_path / "log.json").write_text(typed("audit", "heads")[1])
    status, out, _ = typed("audit", "verify", "--heads", str(tmp_path / "log.json"))
    assert (status, json.loads(out)["faults"]) == (0, [])
    assert json.loads(typed("audit", "verify", "--from", "3")[1])["rows"] == json.loads(out)["rows"] - 2
    typed("audit", "export", "--out", str(tmp_path / "log.jsonl"))
    key = console.centre.ring.signing("log").public.hex()
    kept = ["--file", str(tmp_path / "log.jsonl"), "--heads", str(tmp_path / "log.json"), "--key", key]
    assert typed("audit", "verify", *kept)[0] == 0
    (tmp_path / "proof.json").write_text(typed("audit", "prove", "2")[1])
    assert main(["audit", "check-proof", str(tmp_path / "proof.json"), "--key", key]) == 0
    assert main(["audit", "check-proof", str(tmp_path / "proof.json"), "--key", "00" * 32]) == 1
    assert typed("audit", "prove", "1000")[0] == 1
    with console.centre.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit SET about = 'x' WHERE number = 2")
    status, out, _ = typed("audit", "verify")
    assert (status, json.loads(out)["faults"]) == (1, [{"number": 2, "what": "changed"}])
    lines = (tmp_path / "log.jsonl").read_text().replace("can.bo.1", "can.bo.9")
    (tmp_path / "log.jsonl").write_text(lines)
    assert typed("audit", "verify", *kept)[0] == 1


def test_every_command_of_the_handbook_is_there() -> None:
    lines = Path("docs/access.md").read_text(encoding="utf-8").splitlines()
    typed = [line.partition("#")[0].partition(" > ")[0] for line in lines if line.startswith("python -m central")]
    assert len(typed) >= 8
    for line in typed:
        _parser().parse_args(shlex.split(line)[3:])


def test_the_days_head_is_signed_by_a_job(console: Console) -> None:
    from central.access.jobs import JOBS
    from central.jobs import Bench

    with console.centre.engine.begin() as connection:
        note(connection, Look("ca.truc", "named", Purpose.TRACING, "BN-1", persons=(1,)), NOW_MS)
    bench = Bench(console.centre.engine, console.centre.ring, lambda: console.clock.ms + 400 * 86_400_000)
    for job in JOBS:
        while job.run(bench):
            pass
    with console.centre.engine.connect() as connection:
        assert heads.check_heads([*reversed(heads.newest_heads(connection, 99))]) == ""
        newest = heads.newest_head(connection)
        assert newest is not None and newest.at_ms == bench.now_ms()
