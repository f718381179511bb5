"""What is heard of our Japanese sentences: the readings that the real open_jtalk traces."""

import re
import subprocess

import pytest

from tests.needs import need_contrib
from ui.speech_japanese import MOST_BYTES, portions
from ui.speech_voices import OpenJTalk

PRONOUNCED = 9  # the field of a line of the trace


def heard(text: str) -> str:
    """The kana that open_jtalk pronounces for `text`."""
    voice = OpenJTalk()
    need_contrib(voice.there(), "open-jtalk with a voice")
    found = ""
    for line in portions(text):
        command = [voice.program, "-x", str(voice.dictionary), "-m", voice._voice(), "-ot", "/dev/stdout"]
        done = subprocess.run(command, input=line + "\n", capture_output=True, text=True, timeout=20, check=True)
        words = done.stdout.partition("[Output label]")[0].splitlines()[1:]
        found += "".join(word.split(",")[PRONOUNCED] for word in words if word.count(",") > PRONOUNCED)
    return re.sub(r"[’、？！]", "", found)


@pytest.mark.parametrize(
    ("text", "kana"),
    [
        ("過去14日間に次の症状がありましたか？", "カコジューヨッカカンニツギノショージョーガアリマシタカ"),
        ("この方はご家族のどなたですか？", "コノカタワゴカゾクノドナタデスカ"),
        ("係員が別の方法をご案内します。", "カカリインガベツノホーホーヲゴアンナイシマス"),
        ("発熱. せき. 息苦しさ", "ハツネツセキイキグルシサ"),
        ("ただいま中は満員です", "タダイマナカワマンインデス"),
        ("父母・祖父母", "フボソフボ"),
        ("例：12A。", "レージューニエイ"),
        ("QRコードか Wi-Fi", "キューアールコードカワイファイ"),
        ("何年生まれですか？", "ナンネンウマレデスカ"),
        ("皮下出血", "ヒカシュッケツ"),
    ],
)
def test_our_words_are_read_as_they_are_meant(text: str, kana: str) -> None:
    assert heard(text) == kana


def test_a_long_page_goes_in_portions_and_nothing_of_it_is_lost() -> None:
    page = "過去14日間に、次の症状がありましたか？. " * 30
    lines = portions(page)
    assert len(lines) > 1
    assert max(len(line.encode()) for line in lines) <= MOST_BYTES
    assert "".join(lines).count("症状") == 30
    assert all("\n" not in line for line in portions("熱\nせき"))


def test_a_sentence_without_an_end_is_cut() -> None:
    assert [len(line) for line in portions("熱" * 1_000)] == [250, 250, 250, 250]
    assert portions(" . ・") == []
