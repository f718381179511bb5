"""Sentences read aloud: recordings first, else a voice of espeak-ng, else nothing.

- A recording is a WAV file `<folder>/<tag>/<name>.wav`; `recording_name` gives the name of a sentence. So a language
  that espeak-ng does not speak, or one that is spoken more than written, has its sound by a folder of files.
- espeak-ng is a child for one sentence: the text on its input, the sound on its output, ended after `limit_s`.
- It has usable voices for Vietnamese, English and Korean. Its Chinese and Japanese spell the characters out, its Thai
  reads letters, Khmer and Lao it lacks (1.51, read as phonemes): silence is better.
- What was spoken stays in memory, up to `budget_b` in all. A sentence with a visitor's own words must not be kept:
  the caller says `keep=False`.
"""

import subprocess
from collections import OrderedDict
from hashlib import sha256
from pathlib import Path
from threading import Lock
from unicodedata import normalize

SOUNDS = Path(__file__).parent / "sounds"
VOICES = {"vi": "vi", "en": "en-gb", "ko": "ko"}
WORDS_PER_MINUTE = 145  # espeak-ng's own 175 is too fast beside a busy gate
MOST_LETTERS = 1_000  # 90 s of speech; nobody listens longer
LIMIT_S = 5.0
BUDGET_B = 2_000_000
RIFF_HEADER_B = 44  # canonical PCM WAV: "RIFF" size "WAVE" "fmt " 16 ... "data" size


class Speech:
    """Thread-safe; one sentence is spoken at a time, so that many touches start no crowd of children."""

    def __init__(
        self,
        folder: Path = SOUNDS,
        program: str = "espeak-ng",
        limit_s: float = LIMIT_S,
        budget_b: int = BUDGET_B,
    ) -> None:
        self._folder, self._program, self._limit_s, self._budget_b = folder, program, limit_s, budget_b
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._speaking, self._keeping = Lock(), Lock()

    def speaks(self, language: str) -> bool:
        """Whether sentences of this language can be heard at all; some may still lack their recording."""
        return language in VOICES or (self._folder / language).is_dir()

    def speak(self, text: str, language: str, *, keep: bool = True) -> bytes | None:
        """The WAV file of `text`; None when there is no voice, no recording, or the voice did not answer in time."""
        text = normalize("NFC", text).strip()
        if not text or len(text) > MOST_LETTERS:
            return None
        recorded = self._folder / language / f"{recording_name(text)}.wav"
        if language.isalnum() and recorded.is_file():
            return recorded.read_bytes()
        if language not in VOICES:
            return None
        kept = self._take((language, text))
        if kept is not None:
            return kept
        sound = self._say(text, VOICES[language])
        if sound is not None and keep:
            self._put((language, text), sound)
        return sound

    def _say(self, text: str, voice: str) -> bytes | None:
        command = [self._program, "-v", voice, "-s", str(WORDS_PER_MINUTE), "--stdin", "--stdout"]
        if not self._speaking.acquire(timeout=self._limit_s):
            return None
        try:
            done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=self._limit_s, check=True)
        except (OSError, subprocess.SubprocessError):
            return None  # no such program, or it hangs: the page hides its button when it gets no sound
        finally:
            self._speaking.release()
        return _with_sizes(done.stdout)

    def _take(self, key: tuple[str, str]) -> bytes | None:
        with self._keeping:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _put(self, key: tuple[str, str], sound: bytes) -> None:
        with self._keeping:
            self._kept[key] = sound
            while sum(map(len, self._kept.values())) > self._budget_b:
                self._kept.popitem(last=False)


def recording_name(text: str) -> str:
    """The name of the file that holds the recording of `text`: the start of its SHA-256, in NFC and UTF-8."""
    return sha256(normalize("NFC", text).strip().encode()).hexdigest()[:16]


def _with_sizes(wav: bytes) -> bytes | None:
    """espeak-ng writes to a pipe, where it cannot go back: its header names 2 GB. Players want the true sizes."""
    if len(wav) <= RIFF_HEADER_B or wav[:4] != b"RIFF" or wav[36:40] != b"data":
        return None
    sizes = [(len(wav) - 8).to_bytes(4, "little"), (len(wav) - RIFF_HEADER_B).to_bytes(4, "little")]
    return wav[:4] + sizes[0] + wav[8:40] + sizes[1] + wav[44:]
