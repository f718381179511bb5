"""The operator's commands: JSON for programs, a sentence in two languages for people, and a status."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import central
from central.declaring_words import DONE, REFUSALS, WARNINGS
from central.keys import init_keys
from tests.parts.centre import NOW_MS
from tests.parts.warm import Nursery, WarmChild
from tests.unit.central.orders import SAMPLES, rule_set, small_form

CENTRAL = Path(central.__file__).parent
Run = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("centre")
    init_keys(made / "keys", NOW_MS)
    return made


@pytest.fixture(scope="module")
def run(folder: Path) -> Iterator[Run]:
    """One command to its end, in a process of its own."""
    store = ("--database", f"sqlite:///{folder}/central.db", "--keys", str(folder / "keys"))

    def one(*arguments: str) -> CompletedProcess[str]:
        log = folder / f"{os.urandom(4).hex()}.log"
        child = WarmChild(nursery, "central", ["central", *arguments, *store], log)
        child.start()
        return CompletedProcess(arguments, child.status(), child.said(), log.read_text("utf-8"))

    with Nursery() as nursery:
        yield one


def both(sentence: str) -> bool:
    """Whether it is said in Vietnamese and English."""
    vietnamese, _, english = sentence.partition(" / ")
    return bool(re.search("[à-ỹđ]", vietnamese)) and english.isascii() and len(english) > 10


def test_an_order_is_published_listed_and_ended(run: Run) -> None:
    sample = next(file for file in SAMPLES if file.stem == "mau-trong-nuoc")
    done = run("order", "publish", str(sample), "--days", "2")
    assert (done.returncode, json.loads(done.stdout)["name"]) == (0, "mau-trong-nuoc")
    assert both(done.stderr.strip())
    listed = json.loads(run("order", "list").stdout)
    assert (listed["id"], listed["runs"], listed["mandatory"]) == ("mau-trong-nuoc", True, True)
    ended = run("order", "end", "mau-trong-nuoc")
    assert ended.returncode == 0 and both(ended.stderr.strip())
    assert json.loads(run("order", "list").stdout)["runs"] is False


def test_a_refusal_says_what_to_mend_and_where(run: Run, folder: Path) -> None:
    form = small_form()
    del form["item"][0]["_text"]
    (folder / "form.json").write_text(json.dumps(form), "utf-8")
    done = run("form", "publish", str(folder / "form.json"))
    sentence, *places = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert both(sentence) and places and all("Questionnaire.item[0]" in place for place in places)


def test_a_warning_stands_before_the_good_news(run: Run, folder: Path) -> None:
    (folder / "rules.json").write_text(rule_set(signal="STOP"), "utf-8")
    done = run("rules", "publish", str(folder / "rules.json"), "--alone", "Chưa có ai ký thứ hai")
    told, news = done.stderr.splitlines()
    assert done.returncode == 0 and told.startswith("! ") and both(news)


@pytest.mark.parametrize("content", [None, b"{", b"\xff\xfe", b"[NaN]", b" " * 1_000_001])
def test_a_file_that_cannot_be_read_is_wrong_usage(content: bytes | None, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    if content is not None:
        file.write_bytes(content)
    done = run("order", "publish", str(file))
    assert done.returncode == 2 and both(done.stderr.splitlines()[0]) and "Traceback" not in done.stderr


def test_everything_that_can_be_refused_or_told_has_words() -> None:
    sources = "".join((CENTRAL / f"{name}.py").read_text("utf-8") for name in ("declaring", "library", "bulletins"))
    reasons = set(re.findall(r'Refused\("(\w+)"', sources)) - {"unknown_kind"}  # the commands name no kind
    assert reasons | {"bad_rules", "bad_file", "form_refused"} == set(REFUSALS)
    told = set(re.findall(r'\("(\w+)", ', (CENTRAL / "declaring.py").read_text("utf-8")))
    assert set(WARNINGS) <= told
    assert all(both(f"{vi} / {en}") for vi, en in (REFUSALS | DONE).values())
