"""Sentences read aloud: recordings first, else the voice of a program, else nothing.

- A recording is a WAV file `<folder>/<tag>/<name>.wav`; `recording_name` gives the name of a sentence. So a language
  that no program speaks (Khmer, Lao, Thai), or one that is spoken more than written, has its sound by a folder of
  files; `python -m ui.speech_sheet TAG` lists the sentences. A page is several sentences: a language without a voice
  is heard where each of them has its recording, since half a question misleads.
- Vietnamese, English, Korean and Mandarin are spoken by espeak-ng, Japanese by Open JTalk (ui/speech_voices.py).
  espeak-ng's Thai reads letters, Khmer and Lao it lacks (1.51, read as phonemes): silence is better.
- A page is spoken within `limit_s` after its turn came or not at all; a program that hangs is ended.
- What was spoken stays in memory, up to `budget_b` in all. A sentence with a visitor's own words must not be kept:
  the caller says `keep=False`.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from threading import Lock
from unicodedata import normalize

from ui.speech_runs import runs
from ui.speech_voices import SYLLABLES, Espeak, Mandarin, OpenJTalk, Silent, Voice
from ui.speech_wav import Sound, joined, read

SOUNDS = Path(__file__).parent / "sounds"
MOST_LETTERS = 1_000  # 90 s of speech; nobody listens longer
LIMIT_S = 10.0  # a long page in Japanese is 0.8 s of a PC's core, and some 4 s of a Raspberry Pi 4
WAIT_S = 3.0  # for the page of somebody else; a touch that waits longer is forgotten, and holds no thread of the server
BUDGET_B = 16_000_000  # some forty pages
_STOP = re.compile(r"(?<=\.)\s+")


def voices(espeak: str = "espeak-ng") -> dict[str, Voice]:
    """The voices that there can be, by language."""
    spoken: dict[str, Voice] = {
        tag: Espeak(name, espeak) for tag, name in (("vi", "vi"), ("en", "en-gb"), ("ko", "ko"))
    }
    return {**spoken, "zh": Mandarin(Espeak("cmn-latn-pinyin", espeak, SYLLABLES)), "ja": OpenJTalk()}


class Speech:
    """Thread-safe; one sentence is spoken at a time, so that many touches start no crowd of children."""

    def __init__(
        self,
        folder: Path = SOUNDS,
        program: str = "espeak-ng",
        limit_s: float = LIMIT_S,
        budget_b: int = BUDGET_B,
        speakers: Mapping[str, Voice] | None = None,
    ) -> None:
        self._folder, self._limit_s, self._budget_b = folder, limit_s, budget_b
        self._voices = voices(program) if speakers is None else speakers
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._speaking, self._keeping = Lock(), Lock()

    def speaks(self, language: str) -> bool:
        """Whether sentences of this language can be heard here and now; some may still lack their recording."""
        if language.isalnum() and any((self._folder / language).glob("*.wav")):
            return True
        return language in self._voices and self._voices[language].there()

    def speak(self, text: str, language: str, *, keep: bool = True) -> bytes | None:
        """The WAV file of `text`; None when there is no voice, no recording, or the voice did not answer in time."""
        text = normalize("NFC", text).strip()
        if not text or len(text) > MOST_LETTERS or not language.isalnum():
            return None
        recorded = self._recording(text, language)
        if recorded is not None:
            return recorded
        kept = self._take((language, text))
        if kept is not None:
            return kept
        sound = self._say(text, language)
        if sound is not None and keep:
            self._put((language, text), sound)
        return sound

    def _say(self, text: str, language: str) -> bytes | None:
        if not self._speaking.acquire(timeout=min(WAIT_S, self._limit_s)):
            return None
        try:
            ends = time.monotonic() + self._limit_s
            sounds = self._sounds(text, language, ends)
        except Silent:
            return None  # the page then stays as it is
        finally:
            self._speaking.release()
        return joined(sounds) if sounds else None

    def _sounds(self, text: str, language: str, ends: float) -> list[Sound]:
        """Recordings where they are, and between them the voices, as few children as can be. Raises Silent."""
        if not (self._folder / language).is_dir():
            return self._spoken(text, language, ends)
        found: list[Sound] = []
        waiting = ""
        for sentence in sentences(text):
            wav = self._recording(sentence, language)
            recorded = None if wav is None else read(wav)
            if recorded is None:
                waiting += sentence + " "
                continue
            found += [*self._spoken(waiting, language, ends), recorded]
            waiting = ""
        return found + self._spoken(waiting, language, ends)

    def _spoken(self, text: str, language: str, ends: float) -> list[Sound]:
        found: list[Sound] = []
        for run in runs(text, language) if text.strip() else ():
            if run.language not in self._voices:
                raise Silent
            found += self._voices[run.language].say(run.text, ends)
        return found

    def _recording(self, text: str, language: str) -> bytes | None:
        file = self._folder / language / f"{recording_name(text)}.wav"
        return file.read_bytes() if file.is_file() else None

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


def sentences(text: str) -> list[str]:
    """The sentences of a page: each may have a recording. The page ends them with a full stop and a space."""
    return _STOP.split(text.strip())


def recording_name(text: str) -> str:
    """The name of the file that holds the recording of `text`: the start of its SHA-256, in NFC and UTF-8.

    A full stop at the end makes no difference: a page puts one behind each of its sentences.
    """
    return sha256(normalize("NFC", text).strip().rstrip(".").encode()).hexdigest()[:16]
