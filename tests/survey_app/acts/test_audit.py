"""The record of acts as its readers see it: their own organisations, page by page, nothing about students."""

import re
import uuid

from survey_app.acts.queries import ON_A_PAGE
from survey_app.audit import first_broken_link, record_act
from tests.survey_app.accounts.staff import words_of


def numbers(answer) -> list[int]:
    return [int(one) for one in re.findall(r'<th scope="row">(\d+)</th>', answer.text)]


def record(network, place: str, count: int, act: str = "class.erased") -> None:
    with network.writing() as db:
        for _ in range(count):
            record_act(
                db,
                act,
                actor_id=None,
                organisation_id=network.places[place],
                route="nightly",
                object_id=uuid.uuid4(),
                now=network.clock(),
            )
        db.commit()


def test_an_administrator_reads_what_was_done_where_she_looks_after(network):
    network.add("Olive", "Lincoln", "administrator")
    record(network, "Lincoln", 1)
    record(network, "Mercer", 1, "code.erased")
    record(network, "Bay network", 1, "role.given")
    page = network.browser("Olive").get("/audit")
    assert page.status_code == 200
    words = words_of(page)
    assert "erased a class the nightly job" in words
    assert "erased a student" not in words
    assert "gave a role" not in words


def test_those_above_read_what_is_below(network):
    network.add("Nell", "Bay network", "administrator")
    record(network, "Mercer", 1, "code.erased")
    assert "erased a student" in words_of(network.browser("Nell").get("/audit"))


def test_page_by_page_each_event_stands_once(network):
    network.add("Olive", "Lincoln", "administrator")
    record(network, "Lincoln", ON_A_PAGE + 20)
    browser = network.browser("Olive")
    signed_in = 1
    seen, path = [], "/audit"
    while path:
        page = browser.get(path)
        seen += numbers(page)
        older = re.search(r'href="(/audit\?before=\d+)">Older', page.text)
        path = older[1] if older else None
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == ON_A_PAGE + 20 + signed_in
    assert numbers(browser.get("/audit?before=1%27--")) == seen[:ON_A_PAGE]
    assert "Nothing older" in words_of(browser.get("/audit?before=1"))


def test_no_name_stands_on_it_and_people_are_a_link(network):
    network.add("Olive", "Lincoln", "administrator")
    who = network.add("Theresa", "Lincoln", "teacher")
    network.browser("Theresa").post("/account/name", name="Theresa Maria")
    page = network.browser("Olive").get("/audit")
    assert "changed their own name" in page.text
    assert "Theresa" not in page.text
    assert f'href="/people/{who}"' in page.text


def test_nobody_else_reads_it(network):
    for name, role in (("Tia", "teacher"), ("Cora", "coach")):
        network.add(name, "Lincoln", role)
        assert network.browser(name).get("/audit").status_code == 403
    with network.writing() as db:
        assert first_broken_link(db) is None


def test_it_is_readable_at_every_width(network, open_page):
    network.add("Olive", "Lincoln", "administrator")
    network.add("Theresa", "Lincoln", "teacher")
    network.browser("Theresa").post("/account/name", name="Theresa Maria")
    record(network, "Lincoln", ON_A_PAGE)
    token = network.browser("Olive").token
    for options in ({"width": 1280}, {"width": 320, "color_scheme": "dark"}):
        page = open_page(**options)
        page.context.add_cookies([{"name": "focal_session", "value": token, "url": "http://127.0.0.1"}])
        page.goto("/audit")
        page.check_axe()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.goto("/people")
        page.get_by_role("link", name="What was done").click()
        page.get_by_role("link", name="Older").focus()
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Back to the newest").click()
        page.shoot("audit")
