"""The agent's report lies in RAM where the service manager has made a place for it, else beside the database."""

from pathlib import Path

from machine.agent_report import report_file


def test_in_ram_on_a_card_and_beside_the_database_on_a_desk(tmp_path: Path) -> None:
    storage, run = tmp_path / "gatepost", tmp_path / "run"
    assert report_file(storage, run) == storage / "sync.json"
    run.mkdir()
    assert report_file(storage, run) == run / "sync.json"
