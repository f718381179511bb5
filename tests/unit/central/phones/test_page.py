"""docs/visitor.md: the figures for whoever runs it are those of the code, and its commands are taken."""

import re
from pathlib import Path

from central.__main__ import _parser
from central.phones import claims, limits, passes, visits, wishes, writing
from central.phones.asking import sentences
from central.phones.jobs import JOBS
from central.phones.words import WORDS
from central.web.console import all_words

PAGE = (Path(__file__).parents[4] / "docs" / "visitor.md").read_text("utf-8")
DAY_MS = 86_400_000


def test_its_figures_are_those_of_the_code() -> None:
    assert limits.LOOKS == limits.STATEMENTS == limits.Purse(600, 1000 // 20)
    assert (limits.PASSES, limits.ALL_PASSES.each_ms) == (limits.Purse(120, 2000), 1000 // 50)
    assert (visits.MOST, visits.TOO_OLD_MS // DAY_MS) == (50, 14)
    assert (claims.A_DAY, limits.CODES, limits.CLAIMS.each_ms) == (5, limits.Purse(5, DAY_MS // 5), 60_000)
    assert wishes.MOST_OPEN == 3
    assert tuple(limits.REQUESTS) == (20, 600_000)
    assert (passes.DAYS, passes.RENEW_DAYS, passes.PRINTED_DAYS) == (180, 60, 30)
    for row in (
        "| questions and statements of one network | 20 a second, 600 at once |",
        "| new passes of one network, of everybody | one each 2 s and 120 at once; 50 a second |",
        "| visits in one request, age of a visit | 50; 14 days |",
        "| claims of a slip: a pass, a code, a network | 5 a day; 5 a day; one a minute |",
        "| requests to officers: a pass, a network | 3 open; one each 10 minutes and 20 at once |",
        "| a pass lives | 180 days, renewed in its last 60; on paper 30 days |",
        f"up to {writing.MOST_WAITING:,} batches",
    ):
        assert row in PAGE


def test_its_jobs_and_commands_are_there() -> None:
    assert all(f"`{job.name}`" in PAGE for job in JOBS)
    told = re.findall(r"^python -m central (.*)$", PAGE, re.M)
    assert told
    for command in told:
        _parser().parse_args(command.split())


def test_no_sentence_of_a_phone_takes_the_place_of_an_officers() -> None:
    others = {
        key.rpartition("refused.")[2] for key in all_words() if ".refused." in key and not key.startswith("phones.")
    }
    own = {key.removeprefix("phones.refused.") for key in WORDS if key.startswith("phones.refused.")}
    assert own & others == set()
    assert sentences("bad_request")["en"].startswith("What was sent")
    assert sentences("bad_code")["en"] and sentences("too_fast")["vi"]
