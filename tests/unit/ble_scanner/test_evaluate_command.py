"""python -m ble_scanner evaluate: a report over a folder, and a clear sentence for a folder that has none."""

import io
import json
import random
from pathlib import Path

from ble_scanner.commands.evaluate import run


def evaluate(*argv: str) -> tuple[int, str, str]:
    stdout, stderr = io.StringIO(), io.StringIO()
    return run(argv, io.StringIO(), stdout, stderr), stdout.getvalue(), stderr.getvalue()


def recording(path: Path, slope_db: float) -> None:
    """20 pairs for ten minutes, near or far, whose RSSI falls by `slope_db` beyond 2 m."""
    rng = random.Random(7)
    rows = [
        f"{path.stem},g,t{pair},{at_s},{round(rng.gauss(-60 - slope_db * (pair % 2), 6))},{1.1 + pair % 2 * 2}"
        for pair in range(20)
        for at_s in range(0, 600, 20)
    ]
    path.write_text("\n".join(["scene,receiver,transmitter,time_s,rssi,metres", *rows]))


def test_a_folder_is_reported_scene_by_scene(tmp_path: Path) -> None:
    recording(tmp_path / "office.csv", slope_db=8)
    recording(tmp_path / "lunch.csv", slope_db=0)
    (tmp_path / "notes.txt").write_text("nothing here")
    status, out, err = evaluate(str(tmp_path))
    document = json.loads(out)
    assert status == 0
    assert document["scenes"]["office"]["auc_sample"] > 0.75 > 0.6 > document["scenes"]["lunch"]["auc_sample"]
    assert document["scenes"]["office"]["windows"]["best_f1"]["f1"] > 0.8
    assert document["all"]["samples"] == 1200
    assert document["all"]["windows"]["near"] == document["all"]["windows"]["far"] == 40
    assert document["files_refused"] == 1
    assert "notes.txt" in err
    assert "không đo được khoảng cách" in err
    assert "does not measure distance" in err


def test_what_counts_as_near_can_be_chosen(tmp_path: Path) -> None:
    recording(tmp_path / "office.csv", slope_db=8)
    _, out, _ = evaluate(str(tmp_path), "--near", "4")
    document = json.loads(out)
    assert document["all"]["far"] == 0
    assert document["all"]["auc_sample"] is None


def test_a_folder_without_recordings_ends_with_2_and_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    for folder in (tmp_path, tmp_path / "missing"):
        status, out, err = evaluate(str(folder))
        assert (status, out) == (2, "")
        assert " / " in err
        assert err.count("\n") == 1


def test_wrong_usage_ends_with_2() -> None:
    assert evaluate()[0] == 2
    assert evaluate("x", "--near", "-1")[0] == 2
