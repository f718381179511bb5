"""Recordings are read as their publishers lay them out; files that are none are refused with a sentence."""

import json
import sqlite3
from pathlib import Path

import pytest

from ble_scanner.study.layouts import NotRecording, read_samples


def dp3t(path: Path) -> None:
    """A scene as DP-3T/bt-measurements has them: four samples, one of which the cameras did not see."""
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE results(db_id INTEGER PRIMARY KEY, receiver_id INT, receiver_model TEXT, transmitter_id INT,"
            " transmitter_model TEXT, timestamp REAL, rssi INTEGER, tx_power INTEGER, ground_truth_distance REAL)"
        )
        connection.executemany(
            "INSERT INTO results VALUES(NULL, 1, 'm', 2, 'm', ?, ?, -21, ?)",
            [(1587106800000.0, -60, 1.2), (1587106805000.0, -70, 2.5), (1587106806000.0, -71, -1.0), (1.0, -71, None)],
        )
    connection.close()


def test_the_sqlite_of_a_scene(tmp_path: Path) -> None:
    path = tmp_path / "scenario03-office.sqlite"
    dp3t(path)
    before = path.read_bytes()
    first, second = read_samples(path)
    assert (first.at_s, first.rssi, first.metres) == (1587106800.0, -60, 1.2)
    assert second.metres == 2.5
    assert first.scene.endswith("/scenario03-office")
    assert first.pair.startswith("1<2")
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_another_sqlite_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "01.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE handshakes(timestamp, star, tx_power_level, rssi)")
    connection.close()
    with pytest.raises(NotRecording, match=r"01\.sqlite.*results"):
        read_samples(path)


def test_a_damaged_sqlite_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.sqlite"
    dp3t(path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(NotRecording):
        read_samples(path)


def test_a_list_of_pairs_in_json(tmp_path: Path) -> None:
    path = tmp_path / "data_train.json"
    item = {"rss": [-60, -65], "time": [0, 1], "dist": [1.5, 3.0], "receiver_id": "a", "transmitter_id": "b", "room": 4}
    path.write_text(json.dumps([item, {**item, "rss": [-70, -75]}]))
    samples = read_samples(path)
    assert [sample.rssi for sample in samples] == [-60, -65, -70, -75]
    assert samples[0].pair != samples[2].pair
    assert samples[0].scene.endswith(" 4")


LOG = """2020-05-22T13:38:22.805Z,app_name,Example
2020-05-22T13:38:22.815Z,Range,3
2020-05-22T13:38:22.866Z,Bluetooth,AAAA,-58,BlueProxTx,12.0,1.0
2020-05-22T13:38:22.869Z,Bluetooth,BBBB,-70,BlueProxTx,-999.0,1.0
2020-05-22T13:38:22.870Z,Bluetooth,CCCC,-90,[TV] Example,12.0,1.0
2020-05-22T13:39:22.815Z,Range,12
2020-05-22T13:39:23.866Z,Bluetooth,AAAA,-68,BlueProxTx,12.0,1.0
"""


def test_a_log_counts_only_the_testers_phone_in_feet(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text(LOG)
    samples = read_samples(path)
    assert [(sample.rssi, round(sample.metres, 2)) for sample in samples] == [(-58, 0.91), (-68, 3.66)]
    assert samples[0].pair != samples[1].pair


def test_a_log_without_names_counts_every_device(tmp_path: Path) -> None:
    path = tmp_path / "sniffed.csv"
    path.write_text("2020-05-07 09:54:59.1,Range,6\n2020-05-07 09:54:59.2,Bluetooth,AA:BB,-50,12,1588859699.2,37\n")
    (sample,) = read_samples(path)
    assert (sample.rssi, round(sample.metres, 2)) == (-50, 1.83)


def test_a_csv_of_our_own(tmp_path: Path) -> None:
    path = tmp_path / "market.csv"
    path.write_text(
        "scene,receiver,transmitter,time_s,rssi,metres\nstall,gate,tag,12.5,-61,1.5\nstall,gate,tag,13,-62,\n"
    )
    (sample,) = read_samples(path)
    assert (sample.scene, sample.at_s, sample.metres) == ("stall", 12.5, 1.5)


def test_a_csv_with_centimetres(tmp_path: Path) -> None:
    path = tmp_path / "RSS_human.csv"
    path.write_text("device,elapsed,rss,mRSS10,mRSS100,dist,label\none,4435.39,-78,-77.7,-70.4,20,1\n")
    (sample,) = read_samples(path)
    assert (sample.rssi, sample.metres) == (-78, 0.2)


def test_an_export_of_the_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "office.csv"
    path.write_text("receiver_id,transmitter_id,timestamp,rssi,ground_truth_distance\n1,2,1587106800000,-60,nan\n")
    with pytest.raises(NotRecording, match="no sample with a true distance"):
        read_samples(path)
    path.write_text("receiver_id,transmitter_id,timestamp,rssi,ground_truth_distance\n1,2,1587106800000,-60,1.5\n")
    assert read_samples(path)[0].at_s == 1587106800.0


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "time_s,rssi,metres\nx,-60,1\n", "[1, 2]", "[", '[{"rss": 1}]'])
def test_what_is_no_recording_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.csv"
    path.write_text(text)
    with pytest.raises(NotRecording, match=r"other\.csv"):
        read_samples(path)
