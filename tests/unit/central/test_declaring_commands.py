"""The operator's commands: JSON for programs, a sentence in two languages for people, and a status."""

import json
import re
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import central
from central.declaring_words import DONE, REFUSALS, WARNINGS
from central.keys import init_keys
from tests.parts.centre import NOW_MS, run_central
from tests.unit.central.orders import SAMPLES, rule_set, small_form

CENTRAL = Path(central.__file__).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("centre")
    init_keys(made / "keys", NOW_MS)
    return made


def run(folder: Path, *arguments: str) -> CompletedProcess[str]:
    store = ("--database", f"sqlite:///{folder}/central.db", "--keys", str(folder / "keys"))
    return run_central(*arguments, *store)


def both(sentence: str) -> bool:
    """Whether it is said in Vietnamese and English."""
    vietnamese, _, english = sentence.partition(" / ")
    return bool(re.search("[à-ỹđ]", vietnamese)) and english.isascii() and len(english) > 10


def test_an_order_is_published_listed_and_ended(folder: Path) -> None:
    sample = next(file for file in SAMPLES if file.stem == "mau-trong-nuoc")
    done = run(folder, "order", "publish", str(sample), "--days", "2")
    assert (done.returncode, json.loads(done.stdout)["name"]) == (0, "mau-trong-nuoc")
    assert both(done.stderr.strip())
    listed = json.loads(run(folder, "order", "list").stdout)
    assert (listed["id"], listed["runs"], listed["mandatory"]) == ("mau-trong-nuoc", True, True)
    ended = run(folder, "order", "end", "mau-trong-nuoc")
    assert ended.returncode == 0 and both(ended.stderr.strip())
    assert json.loads(run(folder, "order", "list").stdout)["runs"] is False


def test_a_refusal_says_what_to_mend_and_where(folder: Path) -> None:
    form = small_form()
    del form["item"][0]["_text"]
    (folder / "form.json").write_text(json.dumps(form), "utf-8")
    done = run(folder, "form", "publish", str(folder / "form.json"))
    sentence, *places = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert both(sentence) and places and all("Questionnaire.item[0]" in place for place in places)


def test_a_warning_stands_before_the_good_news(folder: Path) -> None:
    (folder / "rules.json").write_text(rule_set(signal="STOP"), "utf-8")
    done = run(folder, "rules", "publish", str(folder / "rules.json"))
    told, news = done.stderr.splitlines()
    assert done.returncode == 0 and told.startswith("! ") and both(news)


@pytest.mark.parametrize("content", [None, b"{", b"\xff\xfe", b"[NaN]", b" " * 1_000_001])
def test_a_file_that_cannot_be_read_is_wrong_usage(content: bytes | None, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    if content is not None:
        file.write_bytes(content)
    done = run(folder, "order", "publish", str(file))
    assert done.returncode == 2 and both(done.stderr.splitlines()[0]) and "Traceback" not in done.stderr


def test_everything_that_can_be_refused_or_told_has_words() -> None:
    sources = "".join((CENTRAL / f"{name}.py").read_text("utf-8") for name in ("declaring", "library", "bulletins"))
    reasons = set(re.findall(r'Refused\("(\w+)"', sources)) - {"unknown_kind"}  # the commands name no kind
    assert reasons | {"bad_rules", "bad_file", "form_refused"} == set(REFUSALS)
    told = set(re.findall(r'\("(\w+)", ', (CENTRAL / "declaring.py").read_text("utf-8")))
    assert set(WARNINGS) <= told
    assert all(both(f"{vi} / {en}") for vi, en in (REFUSALS | DONE).values())
