"""The voices: programs that are children for one sentence, the text on their input, the sound on their output.

- espeak-ng (Vietnamese, English, Korean; Mandarin from pinyin) and Open JTalk (Japanese). Both may be missing: `there`
  tells, by asking the program itself.
- No text is ever in a file or in a list of arguments, which other users of the machine can read.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Protocol

from ui import speech_chinese
from ui.speech_japanese import portions
from ui.speech_wav import Sound, read

WORDS_PER_MINUTE = 145  # espeak-ng's own 175 is too fast beside a busy gate
SYLLABLES = 170  # of Mandarin: each is a word to espeak-ng; gives about 3.5 syllables a second, as announcers speak
QUIETER_DB = "-3"  # the Japanese voice overdrives the samples at its own level
ASK_S = 2.0
# Where Debian's open-jtalk-mecab-naist-jdic and hts-voice-* lie.
DICTIONARY = Path("/var/lib/mecab/dic/open-jtalk/naist-jdic")
HTS_VOICES = Path("/usr/share/hts-voice")


class Silent(Exception):
    """A voice did not speak: no such program, or it failed, or it took too long."""


class Voice(Protocol):
    """One language spoken by a program."""

    def there(self) -> bool:
        """Whether its program and its data are here now."""
        ...

    def say(self, text: str, ends: float) -> list[Sound]:
        """`text` as sounds in order, done before `ends` of time.monotonic(). Raises Silent."""
        ...


@dataclass(frozen=True, slots=True)
class Espeak:
    """`voice` is espeak-ng's name of it, say "cmn-latn-pinyin"."""

    voice: str
    program: str = "espeak-ng"
    words_per_minute: int = WORDS_PER_MINUTE

    def there(self) -> bool:
        try:
            _ask([self.program, "-q", "-v", self.voice, ""], "", time.monotonic() + ASK_S)
        except Silent:
            return False  # it ends with an error for a voice that it does not have
        return True

    def say(self, text: str, ends: float) -> list[Sound]:
        command = [self.program, "-v", self.voice, "-s", str(self.words_per_minute), "--stdin", "--stdout"]
        return [_sound(_ask(command, text, ends))]


@dataclass(frozen=True, slots=True)
class Mandarin:
    """espeak-ng's pinyin voice after the program that makes pinyin (see speech_chinese)."""

    espeak: Espeak

    def there(self) -> bool:
        try:
            return self.espeak.there() and _pinyin("好", time.monotonic() + 5 * ASK_S) == "hao3"
        except Silent:
            return False

    def say(self, text: str, ends: float) -> list[Sound]:
        return self.espeak.say(_pinyin(text, ends), ends)


@dataclass(frozen=True, slots=True)
class OpenJTalk:
    """Open JTalk with the first voice of `voices`: each lies in a folder of its own."""

    program: str = "open_jtalk"
    dictionary: Path = DICTIONARY
    voices: Path = HTS_VOICES

    def there(self) -> bool:
        return which(self.program) is not None and (self.dictionary / "sys.dic").is_file() and bool(self._voice())

    def say(self, text: str, ends: float) -> list[Sound]:
        command = [
            self.program,
            "-x",
            str(self.dictionary),
            "-m",
            self._voice(),
            "-g",
            QUIETER_DB,
            "-ow",
            "/dev/stdout",
        ]
        return [_sound(_ask(command, line + "\n", ends)) for line in portions(text)]

    def _voice(self) -> str:
        return min(map(str, self.voices.glob("*/*.htsvoice")), default="")


def _pinyin(text: str, ends: float) -> str:
    # -I: it sees the installed packages and nothing of the folder or the environment that it was started in.
    return _ask([sys.executable, "-I", speech_chinese.__file__], text, ends).decode()


def _ask(command: Sequence[str], text: str, ends: float) -> bytes:
    """What a program answers to `text`. Raises Silent."""
    left_s = ends - time.monotonic()
    if left_s <= 0:
        raise Silent
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=left_s, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise Silent from error
    return done.stdout


def _sound(wav: bytes) -> Sound:
    sound = read(wav)
    if sound is None:
        raise Silent
    return sound
