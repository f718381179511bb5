"""Sentences read aloud by the real espeak-ng, by recordings, or not at all."""

import shutil
import wave
from io import BytesIO
from pathlib import Path

import pytest

from tests.needs import need
from ui.speech import Speech, recording_name

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
    with wave.open(BytesIO(sound)) as heard:
        assert 0.5 < heard.getnframes() / heard.getframerate() < 6
        assert len(heard.readframes(10**9)) == heard.getnframes() * heard.getsampwidth()


@pytest.mark.parametrize("language", ["km", "lo", "th", "ja", "zh", "hmong", "../vi"])
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
