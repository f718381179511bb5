"""Japanese sentences as Open JTalk reads them well. Pure.

- Its dictionary (NAIST-jdic) reads our sentences by their grammar; `READINGS` writes in kana the words that it takes
  for others: 方 as a direction where a person is meant, 中 as "during" where the inside is meant.
- open_jtalk reads the first line alone, and of that the first 1,023 bytes (MAXBUFLEN in open_jtalk.c, 1.11): longer
  text goes in portions that end where a sentence does.
"""

import re

MOST_BYTES = 1_000
READINGS = (
    (re.compile(r"(?<=[のいたるな])方(?![法向式針面角])"), "かた"),
    (re.compile(r"^中は|(?<=ただいま)中は"), "なかは"),
    (re.compile(r"外に(?=い[るま])"), "そとに"),
    (re.compile(r"数文字"), "すうもじ"),
    (re.compile(r"行を追加"), "ぎょうを追加"),
    (re.compile(r"を行(?=[いうえわっ])"), "をおこな"),
    (re.compile(r"お入りで"), "おはいりで"),
    (re.compile(r"船名"), "せんめい"),
    (re.compile(r"父母"), "ふぼ"),
    (re.compile(r"手洗い場"), "手あらいば"),
    (re.compile(r"年・月・日"), "ねん、つき、ひ"),
    (re.compile(r"(?<=\d)(?=[A-Z]\b)"), " "),  # a seat: 12A is no current of 12 amperes
    (re.compile(r"(?<=\d) ?cm\b"), "センチ"),
)
_AFTER_MARK = re.compile(r"(?<=[。？！])\s*\.?\s+")
_STOP = re.compile(r"\s*\.\s+|\s*\n\s*")
_SENTENCES = re.compile(r"[^。？！]*[。？！]?")


def portions(text: str) -> list[str]:
    """`text` in order, each portion one line of at most MOST_BYTES in UTF-8. What cannot be said is left out."""
    text = _STOP.sub("。", _AFTER_MARK.sub("", text))
    for word, kana in READINGS:
        text = word.sub(kana, text)
    lines: list[str] = [""]
    for sentence in _SENTENCES.findall(text):
        for piece in _pieces(sentence):
            if len((lines[-1] + piece).encode()) > MOST_BYTES:
                lines.append("")
            lines[-1] += piece
    return [line for line in lines if any(sign.isalnum() for sign in line)]


def _pieces(sentence: str) -> list[str]:
    """A sentence that is too long by itself is cut: no sign takes more than 4 bytes."""
    most = MOST_BYTES // 4
    if len(sentence.encode()) <= MOST_BYTES:
        return [sentence]
    return [sentence[at : at + most] for at in range(0, len(sentence), most)]
