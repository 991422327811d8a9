"""The student's minute over HTTP: codes, the form, sending, and all that can go wrong; both databases."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from survey_app.classrooms import service as classrooms
from survey_app.models.classrooms import Card
from survey_app.respond import routes
from survey_app.respond.patience import Patience
from tests.databases import TESTS
from tests.keys import CARD_KEYS, SECRET
from tests.pages import read_page, weigh

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    """Each test has its own memory of wrong codes, and nobody really waits."""
    monkeypatch.setattr(routes, "patience", Patience(sleep=lambda _seconds: None))


def words(answer) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def choices(school, value="3") -> dict[str, str]:
    return {item["key"]: value for item in school.sheet()["items"] if item["kind"] == "choice"}


# --- what a code opens --------------------------------------------------------------------------------------


def test_a_focal_card_opens_the_coded_sheet_and_says_so(school, client):
    school.open()
    page = client.get(f"/s/{school.cards['A']}")
    assert page.status_code == 200
    assert "Your teacher will know which answers are yours." in words(page)
    assert "minute" in words(page)
    assert "Think about class today." in words(page)


def test_every_card_opens_something_when_both_are_open_and_each_child_has_her_own_notice(school, client):
    school.open(focal=True, rest=True)
    focal, other = client.get(f"/s/{school.cards['A']}"), client.get(f"/s/{school.others[0]}")
    assert "which answers are yours" in words(focal)
    assert "not who picked it" in words(other)
    assert [one.attributes["name"] for one in read_page(words(focal)) if one.name == "textarea"] == [
        one.attributes["name"] for one in read_page(words(other)) if one.name == "textarea"
    ]


def test_a_focal_card_opens_the_pooled_sheet_when_only_that_is_open(school, client):
    school.open(focal=False, rest=True)
    assert "not who picked it" in words(client.get(f"/s/{school.cards['A']}"))


def test_a_focal_code_that_this_cycle_did_not_plan_for_belongs_to_the_rest(school, client):
    school.open(focal=True, rest=True, labels=["A", "B", "C"])
    assert "not who picked it" in words(client.get(f"/s/{school.cards['D']}"))


def test_a_card_of_the_rest_waits_when_only_focal_students_are_asked(school, client):
    school.open()
    answer = client.get(f"/s/{school.others[0]}")
    assert answer.status_code == 404
    assert "There are no questions for your class right now" in words(answer)


def test_the_class_code_opens_the_form_when_no_code_is_needed(school, client):
    school.open(focal=False, rest=True)
    assert "not who picked it" in words(client.get(f"/s/{school.class_code}"))


@pytest.mark.parametrize("rest", [False, True])
def test_the_class_code_asks_for_the_card_while_a_coded_sheet_is_open(school, client, rest):
    school.open(focal=True, rest=rest)
    answer = client.get(f"/s/{school.class_code}")
    assert answer.status_code == 404
    assert "You need your own card" in words(answer)
    assert 'name="code"' in words(answer)


@pytest.mark.parametrize("shape", ["{}", "{} ", "{}/", "%EF%BC%92{}"])
def test_an_address_is_as_forgiving_as_the_box(school, client, shape):
    school.open(focal=False, rest=True)
    code = school.class_code
    typed = shape.format(code.lower()) if "%" not in shape else f"{code[:3].lower()}-{code[3:]}"
    assert client.get(f"/s/{typed}").status_code == 200
    assert client.get(f"/S/{code}").status_code == 200


@pytest.mark.parametrize(
    "change", [str.lower, lambda c: f" {c[:3]}-{c[3:]} ", lambda c: " ".join(c), str.title]
)
def test_the_box_takes_a_code_however_it_is_typed(school, client, change):
    school.open(focal=False, rest=True)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in school.class_code)
    for typed in (change(school.class_code), wide):
        answer = client.post("/s", data={"code": typed}, follow_redirects=True)
        assert answer.status_code == 200
        assert "not who picked it" in words(answer)


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("", 422, "There is no code yet"),
        (" - ", 422, "There is no code yet"),
        ("7H4", 422, "You typed 3"),
        ("7H4MPXX", 422, "You typed 7"),
        ("7H4MPX", 404, "We do not know this code"),
        ("7H4MPX23", 404, "We do not know this code"),
        ("OIL015", 404, "We do not know this code"),
        ("<b>x</b", 422, "A code has 6 / 8 letters and numbers"),
        ("x" * 100_000, 422, "A code has"),
    ],
)
def test_a_wrong_code_is_answered_with_what_to_do(client, typed, status, said):
    answer = client.post("/s", data={"code": typed}, follow_redirects=True)
    assert answer.status_code == status
    assert said in words(answer)
    assert 'name="code"' in words(answer)
    assert "<b>x" not in words(answer)


def test_before_the_opening_it_says_wait(school, client):
    school.plan()
    for code in (school.cards["A"], school.class_code):
        answer = client.get(f"/s/{code}")
        assert answer.status_code == 404
        assert "Not open yet. Wait for your teacher." in words(answer)
        assert f'href="/s/{code}"' in words(answer)


def test_after_the_close_it_says_closed_and_days_later_that_nothing_is_open(school, client, clock):
    school.open().close()
    answer = client.get(f"/s/{school.cards['A']}")
    assert answer.status_code == 410
    assert "These questions are closed now" in words(answer)
    clock.forward(days=3)
    answer = client.get(f"/s/{school.class_code}")
    assert answer.status_code == 404
    assert "no questions for your class right now" in words(answer)


def test_a_class_without_any_cycle_says_that_nothing_is_open(school, client):
    assert "no questions for your class" in words(client.get(f"/s/{school.class_code}"))


def test_a_revoked_card_sends_to_the_teacher(school, client, clock):
    school.open()
    token = school.cards["A"]
    school.edit(
        lambda db, room: classrooms.make_cards(
            db,
            room,
            focal_codes=classrooms.queries.live_focal_codes(db, room.id)[:1],
            others=0,
            locale="en",
            keys=CARD_KEYS,
            now=clock(),
        )
    )
    answer = client.get(f"/s/{token}")
    assert answer.status_code == 410
    assert "Ask your teacher for your new card" in words(answer)


def test_a_class_put_away_is_over_and_comes_back(school, client, clock):
    school.open(focal=False, rest=True).close()
    school.edit(lambda db, room: classrooms.archive_class(db, room, now=clock()))
    for code in (school.class_code, school.cards["A"]):
        answer = client.get(f"/s/{code}")
        assert answer.status_code == 410
        assert "This class is over" in words(answer)
    school.edit(lambda db, room: classrooms.unarchive_class(db, room))
    school.reopen()
    assert client.get(f"/s/{school.class_code}").status_code == 200


def test_archiving_a_class_closes_what_is_open_in_it(school, client, fill, clock):
    school.open()
    path = f"/s/{school.cards['A']}"
    data = fill(path, **choices(school))
    school.edit(lambda db, room: classrooms.archive_class(db, room, now=clock()))
    assert school.administration("coded").state == "closed"
    for answer in (client.get(path), client.post(path, data=data)):
        assert answer.status_code == 410
        assert "This class is over" in words(answer)
    assert school.stored() == []


def test_no_answer_to_a_code_tells_whose_it_is(school, client):
    school.open()
    for code in (school.class_code, school.others[0], "7H4MPX23"):
        page = words(client.get(f"/s/{code}"))
        assert "Period 4" not in page
        assert "Ms. R" not in page
        assert "Lincoln" not in page


# --- the form -----------------------------------------------------------------------------------------------


def test_each_question_is_a_fieldset_of_native_radios_with_a_way_out(school, client):
    school.open(items=["SM1", "SG1", "AG1", "MS4"])
    page = read_page(client.get(f"/s/{school.cards['A']}").get_data(as_text=True))
    groups = [one for one in page if one.name == "fieldset"]
    assert len(groups) == 3
    for group in groups:
        assert group.holds("legend")
        values = [one.attributes["value"] for one in group.inside if one.attributes.get("type") == "radio"]
        assert values[:4] == ["1", "2", "3", "4"]
        assert "not_understood" in values
        assert "checked" not in " ".join(str(one.attributes) for one in group.inside)
    offered = [["not_applicable" in str([i.attributes for i in group.inside])] for group in groups]
    assert offered == [[False], [True], [False]]
    text = next(one for one in page if one.name == "textarea")
    assert text.attributes["maxlength"] == "300"
    assert page.index(text) > page.index(groups[-1])
    assert not any("required" in one.attributes for one in page)


def test_the_page_is_not_kept_sets_no_cookie_and_needs_no_script(school, client):
    school.open()
    answer = client.get(f"/s/{school.cards['A']}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    scripts = [one for one in read_page(answer.get_data(as_text=True)) if one.name == "script"]
    assert [one.attributes["src"].split("?")[0] for one in scripts] == ["/assets/student.js"]
    assert "http" not in words(answer).replace("HTTP", "")


@pytest.mark.parametrize("path", ["form", "box", "thanks"])
def test_a_whole_visit_weighs_less_than_14_kib(school, client, path):
    school.open(items=["SG1", "SG2", "SG3", "GW1", "PS1", "AG2", "WC5", "MS4"])
    address = {"form": f"/s/{school.cards['A']}", "box": "/s", "thanks": f"/s/{school.cards['A']}/thanks"}[
        path
    ]
    weights = weigh(client, address)
    assert sum(weights.values()) <= 14 * 1024, weights


def test_pages_travel_compressed(school, client):
    school.open()
    answer = client.get(f"/s/{school.cards['A']}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < 4096


def test_the_language_is_the_cards_then_the_browsers_then_english(new_school, client):
    new_school.begin(locale="es").open(focal=True, rest=True)
    spanish = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}
    assert 'lang="es"' in words(client.get(f"/s/{new_school.cards['A']}"))
    assert 'lang="en"' in words(client.get(f"/s/{new_school.cards['A']}?lang=en"))
    assert '<html lang="es"' in words(client.get("/s", headers=spanish))
    assert '<html lang="en"' in words(client.get("/s", headers={"Accept-Language": "ko"}))
    assert '<html lang="en"' in words(client.get("/s?lang=<script>"))


def test_switching_the_language_keeps_the_answers_and_the_key(school, client, fill):
    school.open(items=["SM1", "AG1", "MS4"])
    path = f"/s/{school.cards['A']}"
    data = fill(path, **{"SM1.3-12.1": "2", "AG1.3-12.1": "not_understood", "MS4.3-12.1": "the graph <b>"})
    answer = client.post(path, data={**data, "_lang": "es"})
    assert answer.status_code == 200
    page = read_page(answer.get_data(as_text=True))
    assert page[0].attributes["lang"] == "es"
    picked = {one.attributes["name"]: one.attributes["value"] for one in page if "checked" in one.attributes}
    assert picked == {"SM1.3-12.1": "2", "AG1.3-12.1": "not_understood"}
    assert next(one for one in page if one.name == "textarea").words.strip() == "the graph <b>"
    assert data["key"] in words(answer)
    assert "Piensa en la clase de hoy." in words(answer)
    assert school.stored() == []
    sent = client.post(path, data={**data, "lang": "es"})
    assert sent.status_code == 303
    assert school.stored()[0].locale == "es"


def test_a_typed_code_survives_the_language_switch(client):
    answer = client.post("/s", data={"code": "7h4", "_lang": "es", "lang": "en"})
    assert answer.status_code == 200
    assert 'value="7h4"' in words(answer)
    assert "Escribe tu código" in words(answer)


def test_k2_children_see_cups_and_words(new_school, client):
    new_school.begin(band="K-2", grade=1).open(items=["SM1", "WC5"])
    page = words(client.get(f"/s/{new_school.cards['A']}"))
    assert page.count('class="cup"') == 6
    for said in ("No", "Some", "Yes, a lot", "A grown-up can read this to you."):
        assert said in page


def test_the_notice_is_the_one_that_stood_at_the_first_answer(school, client, fill):
    school.open(may_be_shared=True)
    path = f"/s/{school.cards['A']}"
    assert "helps your teacher" in words(client.get(path))
    client.post(path, data=fill(path, **choices(school)))
    assert "helps your teacher" in school.administration("coded").notice["en"]
    assert "helps your teacher" in words(client.get(f"/s/{school.cards['B']}"))


# --- sending ------------------------------------------------------------------------------------------------


def test_send_thanks_and_back_shows_already_sent(school, client, fill):
    school.open()
    path = f"/s/{school.cards['A']}"
    answer = client.post(path, data=fill(path, **choices(school)))
    assert answer.status_code == 303
    thanks = client.get(answer.headers["Location"])
    assert "Sent. Your teacher will tell you what the class learned." in words(thanks)
    assert "radio" not in words(thanks)
    back = client.get(path)
    assert "Your answers are already sent" in words(back)
    assert "radio" not in words(back)
    assert len(school.stored()) == 1


def test_a_double_tap_a_reload_and_a_retry_are_one_answer(school, client, fill):
    school.open(focal=False, rest=True)
    path = f"/s/{school.class_code}"
    data = fill(path, **choices(school))
    answers = [client.post(path, data=data) for _ in range(5)]
    assert {one.status_code for one in answers} == {303}
    assert len({one.headers["Location"] for one in answers}) == 1
    assert len(school.stored()) == 1


def test_b8_fifty_posts_at_once_are_one_answer_and_fifty_thanks(school, app, fill):
    school.open()
    path = f"/s/{school.cards['A']}"
    data = fill(path, **choices(school))
    start, got = threading.Barrier(50), []

    def post():
        client = app.test_client()
        start.wait()
        got.append(client.post(path, data=data).status_code)

    threads = [threading.Thread(target=post) for _ in range(50)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert got == [303] * 50
    assert len(school.stored()) == 1


def test_the_same_page_with_other_answers_does_not_change_what_was_sent(school, client, fill):
    school.open()
    path = f"/s/{school.cards['A']}"
    data = fill(path, **choices(school))
    client.post(path, data=data)
    answer = client.post(path, data={**data, **choices(school, "1")})
    assert answer.status_code == 422
    assert "already sent" in words(answer)
    assert 1 not in [value for _item, value, _words, _missing in school.answers()]


@pytest.mark.parametrize("mode", ["coded", "pooled"])
def test_b7_two_tabs_of_one_card_the_first_wins_and_the_second_is_told_kindly(school, client, fill, mode):
    school.open(focal=mode == "coded", rest=mode == "pooled")
    path = f"/s/{school.cards['A'] if mode == 'coded' else school.others[0]}"
    first, second = fill(path, **choices(school)), fill(path, **choices(school, "1"))
    assert client.post(path, data=first).status_code == 303
    answer = client.post(path, data=second)
    assert answer.status_code == 409
    assert "This card was already used" in words(answer)
    assert len(school.stored()) == 1
    assert 1 not in [value for _item, value, _words, _missing in school.answers()]


def test_skipped_questions_are_fine_and_an_empty_sheet_is_asked_about_once(school, client, fill):
    school.open()
    path = f"/s/{school.cards['A']}"
    data = fill(path)
    answer = client.post(path, data=data)
    assert answer.status_code == 422
    assert "You did not pick any answers. That is okay." in words(answer)
    assert client.post(path, data={**data, "sure": "1"}).status_code == 303
    assert {missing for _item, _value, _words, missing in school.answers()} == {"skipped"}
    other = f"/s/{school.cards['B']}"
    first = next(iter(choices(school)))
    assert client.post(other, data=fill(other, **{first: "4"})).status_code == 303


@pytest.mark.parametrize(
    "value",
    ["0", "5", "6", "-1", "1e308", "NaN", "1 OR 1=1", "true", "{}", "[]", "１", "1.0", "null", "\x00"],
)
def test_b13_what_is_no_answer_is_shown_again_with_the_others_kept(school, client, fill, value):
    school.open(items=["SM1", "AG1"])
    path = f"/s/{school.cards['A']}"
    answer = client.post(path, data=fill(path, **{"SM1.3-12.1": value, "AG1.3-12.1": "2"}))
    assert answer.status_code == 422
    assert "Please pick it again." in words(answer)
    page = read_page(answer.get_data(as_text=True))
    picked = {one.attributes["name"]: one.attributes["value"] for one in page if "checked" in one.attributes}
    assert picked == {"AG1.3-12.1": "2"}
    assert school.stored() == []


def test_two_values_for_one_question_are_refused(school, client, fill):
    school.open(items=["SM1", "AG1"])
    path = f"/s/{school.cards['A']}"
    data = fill(path)
    answer = client.post(path, data={**data, "SM1.3-12.1": ["1", "4"]})
    assert answer.status_code == 422
    assert "just one answer" in words(answer)


def test_words_of_300_signs_are_taken_and_301_are_kept_on_the_page(school, client, fill):
    school.open(items=["SM1", "AG1", "MS4"])
    path = f"/s/{school.cards['A']}"
    long = "á" * 299 + "\r\n" + "x"
    answer = client.post(path, data=fill(path, **{"MS4.3-12.1": long + "y"}))
    assert answer.status_code == 422
    assert "You used 302" in words(answer)
    assert "á" * 299 in words(answer)
    assert client.post(path, data=fill(path, **{"MS4.3-12.1": "á" * 298 + "\r\nx"})).status_code == 303
    stored = [said for _item, _value, said, _missing in school.answers() if said]
    assert stored == ["á" * 298 + "\nx"]


def test_markup_and_odd_signs_in_words_stay_words(school, client, fill):
    school.open(items=["SM1", "AG1", "MS4"])
    path = f"/s/{school.cards['A']}"
    odd = "<script>alert(1)</script> {{7*7}} %(x)s \x00\x1b[31m =1+1"
    shown = client.post(path, data={**fill(path, **{"MS4.3-12.1": odd}), "_lang": "es"})
    assert "<script>alert" not in words(shown)
    assert "{{7*7}}" in words(shown)
    assert client.post(path, data=fill(path, **{"MS4.3-12.1": odd})).status_code == 303
    stored = [said for _item, _value, said, _missing in school.answers() if said]
    assert stored == ["<script>alert(1)</script> {{7*7}} %(x)s [31m =1+1"]


@pytest.mark.parametrize("key", [None, "", "null", "[]", " ", "AAAA", "ключ", "A" * 76, "x" * 100_000])
def test_a_page_without_its_own_key_is_shown_anew_with_its_answers(school, client, key):
    school.open(items=["SM1", "AG1"])
    path = f"/s/{school.cards['A']}"
    answer = client.post(path, data={"SM1.3-12.1": "2", **({} if key is None else {"key": key})})
    assert answer.status_code == 422
    assert "Please look at them again and press Send." in words(answer)
    assert [one.attributes["value"] for one in read_page(words(answer)) if "checked" in one.attributes] == [
        "2"
    ]
    assert school.stored() == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", json.dumps({"key": [], "SM1.3-12.1": {}})),
        ("application/json", "[" * 1000 + "]" * 1000),
        ("text/plain", "SM1.3-12.1=2"),
        ("multipart/form-data; boundary=x", "--x\r\nbroken"),
        ("application/x-www-form-urlencoded", "&".join(f"a{n}=1" for n in range(10_000))),
    ],
)
def test_other_kinds_of_bodies_store_nothing_and_break_nothing(school, client, kind, body):
    school.open()
    answer = client.post(f"/s/{school.cards['A']}", data=body, content_type=kind)
    assert answer.status_code in (413, 422)
    assert school.stored() == []


def test_b15_ten_megabytes_are_refused(school, client):
    school.open()
    answer = client.post(f"/s/{school.cards['A']}", data={"key": "x" * 10_000_000})
    assert answer.status_code == 413


def test_b19_another_site_cannot_send(school, client, fill):
    school.open()
    path = f"/s/{school.cards['A']}"
    data = fill(path, **choices(school))
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert client.post(path, data=data, headers=headers).status_code == 403
    assert school.stored() == []


def test_extra_fields_change_nothing(school, client, fill):
    school.open(focal=False, rest=True)
    path = f"/s/{school.others[0]}"
    extra = {"focal_code_id": "x", "entry": "paper", "late": "1", "locale": "xx", "mode": "coded"}
    assert client.post(path, data={**fill(path, **choices(school)), **extra}).status_code == 303
    [stored] = school.stored()
    assert (stored.mode, stored.focal_code_id, stored.locale, stored.entry) == ("pooled", None, None, None)


def test_a_page_of_one_class_is_no_page_of_another(school, client, fill, database, clock):
    school.open(focal=False, rest=True)
    data = fill(f"/s/{school.class_code}", **choices(school))
    assert client.post(f"/s/{school.cards['A']}", data=data).status_code == 303
    assert school.turnout() == 1


# --- the close ----------------------------------------------------------------------------------------------


def test_b17_within_ten_minutes_of_the_close_a_loaded_page_is_taken(school, client, fill, clock):
    school.open()
    path = f"/s/{school.cards['A']}"
    data = fill(path, **choices(school))
    school.close()
    clock.forward(minutes=9)
    assert client.post(path, data=data).status_code == 303
    assert len(school.stored()) == 1


def test_b17_later_the_page_says_so_keeps_the_answers_and_works_again_after_a_reopening(
    school, client, fill, clock
):
    school.open()
    path = f"/s/{school.cards['A']}"
    data = fill(path, **choices(school))
    school.close()
    clock.forward(minutes=11)
    answer = client.post(path, data=data)
    assert answer.status_code == 410
    assert "Your teacher closed the questions before you pressed Send" in words(answer)
    picked = [one for one in read_page(answer.get_data(as_text=True)) if "checked" in one.attributes]
    assert len(picked) == len(choices(school))
    assert school.stored() == []
    school.reopen()
    assert client.post(path, data=data).status_code == 303


def test_a_page_left_open_for_an_hour_is_taken(school, client, fill, clock):
    school.open()
    path = f"/s/{school.cards['A']}"
    data = fill(path, **choices(school))
    clock.forward(hours=1)
    assert client.post(path, data=data).status_code == 303


def test_yesterdays_page_is_shown_todays_questions(school, client, fill, clock):
    school.open(items=["SM1", "AG1"])
    path = f"/s/{school.cards['A']}"
    data = fill(path, **{"SM1.3-12.1": "2", "AG1.3-12.1": "4"})
    school.close()
    clock.forward(days=1)
    school.cycle_id = None
    school.open(items=["SM1", "SM2"])
    answer = client.post(path, data=data)
    # The old sheet is closed for good: its own page comes back and says so.
    assert answer.status_code == 410
    assert school.stored() == []
    assert client.get(path).status_code == 200


def test_a_page_of_a_voided_try_out_is_shown_the_new_sheet(school, client, fill):
    school.open(items=["SM1", "AG1"])
    path = f"/s/{school.cards['A']}"
    data = fill(path, **{"SM1.3-12.1": "2", "AG1.3-12.1": "4"})
    assert client.post(path, data=data).status_code == 303
    school.void()
    assert client.post(path, data=data).status_code == 404
    school.open()
    answer = client.post(path, data=data)
    assert answer.status_code == 422
    assert "changed the questions" in words(answer)
    assert school.stored() == []


# --- one tablet ---------------------------------------------------------------------------------------------


def test_one_tablet_goes_from_child_to_child_by_cards(school, client, fill):
    school.open()
    start = client.get(f"/s/{school.class_code}?tablet=1")
    assert 'action="/s?tablet=1"' in words(start)
    for label in ("A", "B"):
        there = client.post("/s?tablet=1", data={"code": school.cards[label]})
        path = there.headers["Location"]
        assert path.endswith("tablet=1")
        sent = client.post(path, data=fill(path, **choices(school)))
        thanks = words(client.get(sent.headers["Location"]))
        assert "Next student" in thanks
        assert 'href="/s?tablet=1"' in thanks
        assert school.cards[label] not in thanks
    assert len(school.stored()) == 2


def test_one_tablet_goes_from_child_to_child_at_the_class_code(school, client, fill):
    school.open(focal=False, rest=True)
    path = f"/s/{school.class_code}?tablet=1"
    for _ in range(3):
        sent = client.post(path, data=fill(path, **choices(school)))
        assert f'href="{path}"' in words(client.get(sent.headers["Location"]))
    assert len(school.stored()) == 3


def test_on_ones_own_device_there_is_no_next_student(school, client, fill):
    school.open()
    path = f"/s/{school.cards['A']}"
    sent = client.post(path, data=fill(path, **choices(school)))
    assert "Next student" not in words(client.get(sent.headers["Location"]))


# --- budgets ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["coded", "pooled"])
def test_a_first_answer_takes_eight_statements_and_one_commit(
    school, app, client, fill, count_statements, mode
):
    school.open(focal=mode == "coded", rest=mode == "pooled")
    path = f"/s/{school.cards['A'] if mode == 'coded' else school.others[0]}"
    data = fill(path, **choices(school))
    with count_statements(app.extensions["focal_db"].engine) as counted:
        assert client.post(path, data=data).status_code == 303
    assert len(counted) <= 8, str(counted)
    assert counted.commits == 1


def test_a_page_takes_one_statement_and_thanks_take_none(school, app, client, count_statements):
    school.open(focal=True, rest=True)
    with count_statements(app.extensions["focal_db"].engine) as counted:
        client.get(f"/s/{school.cards['A']}")
    assert len(counted) == 1, str(counted)
    with count_statements(app.extensions["focal_db"].engine) as counted:
        client.get(f"/s/{school.cards['A']}/thanks")
        client.get("/s")
        client.get("/check")
    assert len(counted) == 0, str(counted)


VISIT = """
import sys
from config import Config
from survey_app.app import create_app
given = {"DATABASE_URL": sys.argv[1], "FOCAL_INSTANCE": sys.argv[2], "FOCAL_SECRET_KEY": sys.argv[3]}
client = create_app(Config.from_env(given)).test_client()
path, data = sys.argv[4], dict(pair.split("=", 1) for pair in sys.argv[5:])
key = client.get(path).get_data(as_text=True).split('name="key" value="')[1].split('"')[0]
sent = client.post(path, data={**data, "key": key})
print(sent.status_code, [m for m in ("pandas", "numpy", "scipy", "altair", "vl_convert") if m in sys.modules])
"""


@pytest.mark.database("sqlite")
def test_a_students_visit_loads_no_pandas_scipy_or_altair(school, database_url, tmp_path):
    school.open()
    pairs = [f"{name}={value}" for name, value in choices(school).items()]
    arguments = [database_url, str(tmp_path / "other"), SECRET, f"/s/{school.cards['A']}", *pairs]
    done = subprocess.run(
        [sys.executable, "-c", VISIT, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "303 []"
    assert len(school.stored()) == 1


# --- wrong codes --------------------------------------------------------------------------------------------


def test_b1_a_thousand_wrong_codes_slow_down_and_stop_and_a_right_one_passes(school, client, monkeypatch):
    waits = []
    monkeypatch.setattr(routes, "patience", Patience(clock=lambda: 0.0, sleep=waits.append))
    school.open(focal=False, rest=True)
    statuses = [client.get("/s/7H4MPX").status_code for _ in range(1001)]
    assert statuses == [404] * 1000 + [429]
    assert waits == sorted(waits)
    assert max(waits) <= 1.0
    before = len(waits)
    assert client.get(f"/s/{school.class_code}").status_code == 200
    assert len(waits) == before


def test_forty_children_at_one_address_are_not_held_up(school, client, fill):
    school.open(focal=False, rest=True)
    path = f"/s/{school.class_code}"
    got = []
    for _ in range(40):
        client.get("/s/7H4MPX")
        got.append(client.post(path, data=fill(path, **choices(school))).status_code)
    assert got == [303] * 40


# --- the network check --------------------------------------------------------------------------------------


def test_the_network_check_says_yes_and_lets_one_try_sending(client):
    answer = client.get("/check")
    assert answer.status_code == 200
    assert "localhost" in words(answer)
    assert "sending works, too" in words(client.post("/check"))


def test_a_card_row_holds_no_code(school, database):
    with database.reading(TESTS) as db:
        for card in db.query(Card).all():
            everything = " ".join(str(getattr(card, column)) for column in Card.__table__.columns.keys())  # noqa: SIM118  (going through it gives columns)
            assert not any(token in everything for token in [*school.cards.values(), *school.others])
