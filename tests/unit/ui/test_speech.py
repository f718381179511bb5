"""Sentences read aloud by the real programs, by recordings, or not at all."""

import shutil
import wave
from io import BytesIO
from pathlib import Path

import pytest

from tests.needs import need, need_contrib
from ui.speech import Speech, recording_name, voices
from ui.speech_voices import OpenJTalk
from ui.speech_wav import Sound, joined

SENTENCE = "Mời đến bàn hướng dẫn"


@pytest.fixture
def espeak() -> str:
    program = shutil.which("espeak-ng")
    need(program is not None, "espeak-ng")
    return str(program)


def child(folder: Path, script: str) -> str:
    """A program of one's own in the place of espeak-ng, which notes each of its runs."""
    path = folder / "voice"
    path.write_text(f'#!/bin/sh\necho run >> "{folder}/runs"\n{script}\n')
    path.chmod(0o700)
    return str(path)


def runs(folder: Path) -> int:
    return len((folder / "runs").read_text().splitlines())


@pytest.mark.parametrize(("language", "text"), [("vi", SENTENCE), ("en", "Please come in"), ("ko", "들어오세요")])
def test_a_sentence_is_spoken_as_a_sound_that_every_player_takes(espeak: str, language: str, text: str) -> None:
    sound = Speech(program=espeak).speak(text, language)
    assert sound is not None
    assert 0.5 < length_s(sound) < 6
    assert Speech(program=espeak).speaks(language)


def length_s(wav: bytes) -> float:
    """Seconds of a file whose sizes are true."""
    with wave.open(BytesIO(wav)) as heard:
        assert len(heard.readframes(10**9)) == heard.getnframes() * heard.getsampwidth()
        return float(heard.getnframes() / heard.getframerate())


def test_chinese_is_spoken(espeak: str) -> None:
    speech = Speech(program=espeak)
    need(speech.speaks("zh"), "pypinyin, and espeak-ng's voice cmn-latn-pinyin")
    sound = speech.speak("请问您有发热吗？. 请选择所有符合您情况的选项。. 咳嗽", "zh")
    assert sound is not None
    assert 4 < length_s(sound) < 15


def test_japanese_is_spoken_however_long_the_page(tmp_path: Path) -> None:
    need_contrib(OpenJTalk().there(), "open-jtalk with a voice")
    page = "過去14日間に、次の症状がありましたか？. " * 20  # open_jtalk would stop after 1,023 bytes
    once, all_ = (Speech(limit_s=60).speak(text, "ja") for text in ("過去14日間に、次の症状がありましたか？", page))
    assert once is not None
    assert all_ is not None
    assert length_s(all_) > 15 * length_s(once)


@pytest.mark.parametrize("language", ["zh", "ja"])
def test_a_program_that_is_missing_is_known_beforehand(tmp_path: Path, language: str) -> None:
    missing = str(tmp_path / "missing")
    speech = Speech(tmp_path, speakers={**voices(missing), "ja": OpenJTalk(missing)})
    assert not speech.speaks(language)
    assert not speech.speaks("vi")
    assert speech.speak("中文", language) is None


def test_a_voice_whose_data_are_missing_is_known_beforehand(tmp_path: Path) -> None:
    need_contrib(OpenJTalk().there(), "open-jtalk with a voice")
    assert not OpenJTalk(voices=tmp_path).there()
    assert not OpenJTalk(dictionary=tmp_path).there()


def test_names_of_places_are_spoken_in_vietnamese_whatever_the_language(tmp_path: Path, espeak: str) -> None:
    only_vietnamese = {"vi": voices(espeak)["vi"]}
    assert Speech(tmp_path, speakers=only_vietnamese).speak("Tân Sơn Nhất. Đà Nẵng", "km") is not None
    assert Speech(tmp_path, speakers=only_vietnamese).speak("ព្រលាន Tân Sơn Nhất", "km") is None


@pytest.mark.parametrize("language", ["km", "lo", "th", "hmong", "../vi"])
def test_a_language_without_a_voice_is_silent(language: str) -> None:
    speech = Speech()
    assert not speech.speaks(language)
    assert speech.speak("ສະບາຍດີ", language) is None


def test_a_recording_is_heard_before_the_machine(tmp_path: Path, espeak: str) -> None:
    (tmp_path / "lo").mkdir()
    (tmp_path / "vi").mkdir()
    (tmp_path / "lo" / f"{recording_name('ເຊີນເຂົ້າ')}.wav").write_bytes(b"recorded")
    (tmp_path / "vi" / f"{recording_name(SENTENCE)}.wav").write_bytes(b"her own voice")
    speech = Speech(tmp_path, espeak)
    assert speech.speaks("lo")
    assert speech.speak("ເຊີນເຂົ້າ ", "lo") == b"recorded"
    assert speech.speak("ອອກ", "lo") is None
    assert speech.speak(SENTENCE, "vi") == b"her own voice"


def test_a_page_is_heard_when_each_of_its_sentences_is_recorded(tmp_path: Path) -> None:
    folder = tmp_path / "lo"
    folder.mkdir()
    tone = joined([Sound(16_000, b"\1\0" * 16_000)])
    for text in ("ທ່ານເປັນໄຂ້ບໍ?", "ຂ້າມໄດ້"):
        (folder / f"{recording_name(text)}.wav").write_bytes(tone)
    speech = Speech(tmp_path, speakers={})
    page = speech.speak("ທ່ານເປັນໄຂ້ບໍ?. ຂ້າມໄດ້", "lo")
    assert page is not None
    assert 2 < length_s(page) < 3
    assert speech.speak("ທ່ານເປັນໄຂ້ບໍ?. ຂ້າມໄດ້. ໄອ", "lo") is None


def test_an_empty_folder_is_no_voice(tmp_path: Path) -> None:
    (tmp_path / "km").mkdir()
    assert not Speech(tmp_path).speaks("km")


def test_a_voice_that_hangs_is_ended_in_time(tmp_path: Path) -> None:
    assert Speech(tmp_path, child(tmp_path, "exec sleep 60"), limit_s=0.3).speak(SENTENCE, "vi") is None


@pytest.mark.parametrize("script", ["exit 1", "echo no sound", "exit 0"])
def test_a_voice_that_fails_is_silence(tmp_path: Path, script: str) -> None:
    assert Speech(tmp_path, child(tmp_path, script)).speak(SENTENCE, "vi") is None
    assert Speech(tmp_path, str(tmp_path / "missing")).speak(SENTENCE, "vi") is None


def test_a_sentence_is_made_once_and_memory_is_bounded(tmp_path: Path, espeak: str) -> None:
    program = child(tmp_path, f'exec {espeak} "$@"')
    speech = Speech(tmp_path, program, budget_b=150_000)
    first = speech.speak("một", "vi")
    assert speech.speak("một", "vi") == first
    assert runs(tmp_path) == 1
    for word in ("Mời bạn vào", "Mời bạn chờ một chút", "Mời bạn đến bàn hướng dẫn"):
        speech.speak(word, "vi")
    assert sum(len(sound) for sound in speech._kept.values()) <= 150_000
    speech.speak("một", "vi")
    assert runs(tmp_path) == 5


def test_what_a_visitor_wrote_is_spoken_and_not_kept(tmp_path: Path, espeak: str) -> None:
    speech = Speech(tmp_path, espeak)
    assert speech.speak("NGUYỄN VĂN THỬ", "vi", keep=False) is not None
    assert not speech._kept


def test_nothing_and_far_too_much_is_not_read(tmp_path: Path, espeak: str) -> None:
    speech = Speech(tmp_path, espeak)
    assert speech.speak("  ", "vi") is None
    assert speech.speak("a" * 1_001, "vi") is None
