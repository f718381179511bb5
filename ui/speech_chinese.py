"""Chinese as pinyin with tone numbers, one syllable a word: what espeak-ng's voice `cmn-latn-pinyin` speaks.

- espeak-ng itself cannot read Han characters (1.51 and later name most of them in English). pypinyin knows 47,000
  phrases, which decide characters of several readings; `PHRASES` says what it gets wrong in the words of our forms.
- 不 and 一 change their tone before the next syllable; the third tone before a third is espeak-ng's own work.
- A program of its own: text on its input, pinyin on its output. The dictionary is 56 MB and 0.1 s of a PC during which
  no other thread runs: it may neither stay in the gate's memory nor hold up a scan.

Sources of readings: 现代汉语词典, 7th edition; of the tone changes: GB/T 16159-2012, 6.5.
"""

import re
import sys
from collections.abc import Iterator

PHRASES = {
    "太长": "tai4 chang2",
    "当前": "dang1 qian2",
    "出血": "chu1 xue4",
    "接种": "jie1 zhong4",
    "同行": "tong2 xing2",
    "一行": "yi4 hang2",
    "妻子": "qi1 zi5",
    "电子": "dian4 zi3",
    "哮喘": "xiao4 chuan3",
    "记得": "ji4 de5",
    "为必": "wei2 bi4",
    "小为": "xiao3 wei2",
    "大为": "da4 wei2",
    "期为": "qi1 wei2",
    "为准": "wei2 zhun3",
}
_OWN = re.compile(f"({'|'.join(PHRASES)})")
_RUNS = re.compile(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]+")
_PAIRS = re.compile(r"(?<![\d.])2 ?(?=[米次位人个])")  # two of something is 两, not the numeral 二
_MARKS = str.maketrans({"，": ", ", "、": ", ", "；": ", ", "：": ", ", "。": ". ", "？": "? ", "！": "! "})
_NUMERALS = "第统唯零一二三四五六七八九十百"  # before 一 they leave it its own tone


def pinyin(text: str) -> str:
    """`text` in pinyin: "qing3 jin4". What is not Chinese stays, its marks as those of ASCII."""
    spoken = list(_read(_PAIRS.sub("两", text)))
    return " ".join(_in_tone(spoken, place) for place in range(len(spoken))).translate(_MARKS)


def _read(text: str) -> Iterator[tuple[str, str]]:
    """Each character with its syllable; other text with itself."""
    from pypinyin import Style, lazy_pinyin  # only this program needs its dictionary

    for part in _OWN.split(text):
        if part in PHRASES:
            yield from zip(part, PHRASES[part].split(), strict=True)
            continue
        for run in _RUNS.findall(part):
            if not "\u3400" <= run[0] <= "\u9fff":
                yield run, run
                continue
            yield from zip(run, lazy_pinyin(run, Style.TONE3, v_to_u=False, neutral_tone_with_five=True), strict=True)


def _in_tone(spoken: list[tuple[str, str]], place: int) -> str:
    """A syllable as it sounds before the next one."""
    character, sound = spoken[place]
    following = spoken[place + 1][1][-1:] if place + 1 < len(spoken) else ""
    if (character, sound, following) == ("不", "bu4", "4"):
        return "bu2"
    if (character, sound) == ("一", "yi1") and following in tuple("1234") and spoken[place + 1][0] not in "月日号":
        before = spoken[place - 1][0][-1:] if place else ""
        if not before or before not in _NUMERALS:
            return "yi2" if following == "4" else "yi4"
    return sound


if __name__ == "__main__":
    sys.stdout.write(pinyin(sys.stdin.read()))
