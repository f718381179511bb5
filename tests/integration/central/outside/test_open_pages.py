"""What every open address holds to, whoever asks; each test is named by the attack."""

import pytest
from flask.testing import FlaskClient

from central.web.console import OpenPage, all_pages
from tests.integration.central.outside.town import OPEN, Town, ask, rubbish


def test_the_public_process_serves_the_open_pages_and_nothing_else(town: Town) -> None:
    served = {rule.endpoint for rule in town.public.url_map.iter_rules()}
    assert served == {page.name for page in OPEN} | {"static"}
    assert not any(rule.endpoint in {page.name for page in all_pages()} for rule in town.public.url_map.iter_rules())


@pytest.mark.parametrize("page", [page for page in OPEN if "GET" in page.methods], ids=lambda page: page.name)
def test_no_open_page_is_framed_by_others_but_the_map_made_for_it(
    town: Town, anybody: FlaskClient, page: OpenPage
) -> None:
    answer = ask(anybody, page, "GET")
    if page.rule == "/map/snapshot.json":
        return  # answered before Flask, thousands of times a second: JSON that nobody looks at
    policy = answer.headers["Content-Security-Policy"]
    framed = "frame-ancestors *" in policy
    assert framed == (page.rule == "/map/embed"), page.rule
    assert framed or "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "script-src 'self'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    cookies = answer.headers.getlist("Set-Cookie")
    assert all("gatepost_language" in cookie or "Max-Age=0" in cookie for cookie in cookies)
    answer.close()


@pytest.mark.parametrize("page", [page for page in OPEN if "POST" in page.methods], ids=lambda page: page.name)
def test_no_form_or_statement_is_taken_from_somebody_elses_page(
    town: Town, anybody: FlaskClient, page: OpenPage
) -> None:
    for foreign in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert ask(anybody, page, "POST", headers=foreign).status_code == 403, (page.rule, foreign)


@pytest.mark.parametrize("page", [page for page in OPEN if "POST" in page.methods], ids=lambda page: page.name)
def test_a_giant_body_is_refused_and_rubbish_is_no_fault_of_ours(
    town: Town, anybody: FlaskClient, page: OpenPage
) -> None:
    form = "application/x-www-form-urlencoded"
    for data, kind in [*rubbish(), (b"a=" + b"x" * (4 << 20), form)]:
        answer = ask(anybody, page, "POST", data=data, content_type=kind)
        assert answer.status_code < 500, (page.rule, kind, data[:60])
        assert len(data) < 1 << 20 or answer.status_code in (400, 404, 413), page.rule
        answer.close()


@pytest.mark.parametrize("page", [page for page in OPEN if "GET" in page.methods], ids=lambda page: page.name)
def test_rubbish_in_an_address_is_no_fault_of_ours(town: Town, anybody: FlaskClient, page: OpenPage) -> None:
    for part in ("%00", "..%2f..%2fetc%2fpasswd", "%F0%9F%92%A9" * 40, "x" * 3000, "-1", "'; DROP TABLE place; --"):
        query = {"q": part, "province": part, "ward": part, "state": part, "kind": part, "page": part, "to": part}
        query |= {"lang": part, "canonical": part, "place": part, "since": part}
        answer = ask(anybody, page, "GET", part=part, query_string=query)
        assert answer.status_code < 500, (page.rule, part[:30])
        answer.close()


def test_the_public_process_begins_no_session(town: Town, anybody: FlaskClient) -> None:
    for path in ("/sign-in", "/welcome", "/me"):
        assert anybody.get(path).status_code == 404, path


def test_no_open_page_leads_a_visitor_to_another_house(town: Town, anybody: FlaskClient) -> None:
    for page in OPEN:
        if "GET" not in page.methods:
            continue
        for to in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"):
            query = dict.fromkeys(("to", "next", "back", "url", "return"), to)
            answer = ask(anybody, page, "GET", query_string=query)
            assert "elsewhere" not in answer.headers.get("Location", ""), page.rule
            answer.close()
