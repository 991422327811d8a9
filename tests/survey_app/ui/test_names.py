"""What an adult writes is looked at for names: gently, never in the way, and in every field there is."""

from __future__ import annotations

import re

import pytest

from config import ROOT
from survey_app.ui import names
from tests.survey_app.loop.teacher import Teacher, visible

TEMPLATES = ROOT / "survey_app" / "templates"
CALL = re.compile(
    r"forms\.(?:text|area)\(\s*(?P<name>(?:[^\s,()\"]|\"[^\"]*\")+(?:\s*~\s*[\w.]+)*)\s*,(?P<rest>.*)"
)
# Fields in which no adult writes about students, and why.
EXEMPT = {
    "accounts/*": "an adult's own name, address, password",
    "admin/*": "an adult's name and address",
    "research/*": "agreements and packages, between researchers and administrators, who know no student",
    "sharing.email": "a colleague's address",
    "improvement.place": "a number",
    "cycles.predict-": "a number",
}
WRITTEN = [
    ("B asked Maria first.", ["Maria"]),
    ("Today josé was quiet", ["josé"]),
    ("Nguyen did well, as did MARIA's partner", ["Nguyen", "MARIA"]),
    ("Xochitl led.", ["Xochitl"]),
    ("the group of Ms. Lopez", ["Ms. Lopez"]),
    ("Then Hope spoke", ["Hope"]),
    ("call (510) 555-0134 today", ["(510) 555-0134"]),
    ("mail to kid.one+two@school.example.org please", ["kid.one+two@school.example.org"]),
    ("C was born 4/9/2014", ["4/9/2014"]),
    ("birthday on June 9", ["birthday"]),
]
NOTHING = [
    "Student B had a chance to share in May; A and C did not.",
    "Hope is what they need. Grace under pressure. Mark the line. Will they see?",
    "We used Desmos and the Taylor series; Isaac Newton's law; in San Jose",
    "The lesson is on 3/3/2026, room 204, period 4, 12-15 minutes, 4 of 5",
    'Wait ten seconds after a question; "Said another way" cards; Mathematics, Science, English, Spanish',
    "She said the angle was 45. They chase the pattern and miles per hour.",
    "mean 3.5, p. 210-214, 555 1234 items, 2 x 10-3",
]


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_what_looks_like_a_name_is_found(text, expected):
    assert [one.words for one in names.found_in(text, year=2026)] == expected


@pytest.mark.parametrize("text", NOTHING)
def test_a_teachers_plain_words_are_left_alone(text):
    assert names.found_in(text, year=2026) == []


def test_a_long_text_takes_no_time():
    for piece in ("a", "A ", "1", "a@", "a.", "Ms. ", "1/1/", "(510) "):
        assert len(names.found_in(piece * 50_000, year=2026)) < names.LONGEST_READ


def test_the_list_holds_names_of_many_peoples():
    sure, doubtful = names._names()
    assert len(sure) + len(doubtful) > 400
    assert {"maria", "jose", "nguyen", "muhammad", "priya", "xochitl", "deandre"} <= sure
    assert not sure & doubtful
    assert not {"april", "may", "june", "jordan", "will", "hung"} & (sure | doubtful)


def fields_of_templates() -> list[tuple[str, str, str]]:
    """Return (template, slice, name) of every text field that a staff template makes."""
    found = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        where = path.relative_to(TEMPLATES).as_posix()
        if where.startswith(("components/", "respond/")):
            continue
        source = path.read_text(encoding="utf-8")
        for one in CALL.finditer(source):
            kind = re.search(r"\btype=\"(\w+)\"", one["rest"].split("}}")[0])
            if kind is None or kind[1] == "text":
                found.append((where, where.split("/")[0], _constant(one["name"])))
        for tag in re.findall(r"<(?:textarea|input)\b[^>]*>", source):
            name = re.search(r"\bname=\"([^\"]*)\"", tag)
            if name and (tag.startswith("<textarea") or 'type="text"' in tag or "type=" not in tag):
                found.append((where, where.split("/")[0], name[1]))
    return found


def _constant(written: str) -> str:
    quoted = re.match(r"\"([^\"]*)\"", written)
    return quoted[1] if quoted else written


def is_exempt(slice_: str, name: str) -> bool:
    return bool({f"{slice_}/*", f"{slice_}.{name}"} & set(EXEMPT))


def test_every_staff_text_field_is_looked_at_or_exempt_with_a_reason():
    found = fields_of_templates()
    assert len(found) > 35
    # In paper/ a teacher keys in what students wrote: "{{ name }}"; in cycles/ a number: a variable.
    left = [
        (where, name)
        for where, slice_, name in found
        if not (names.is_text(slice_, name) or is_exempt(slice_, name) or name in ("{{ name }}", "name"))
    ]
    assert left == [], "Add the field to TEXTS in survey_app/ui/names.py, or to EXEMPT here with the reason."
    known = {(slice_, name) for _where, slice_, name in found}
    asked = {(slice_, name) for slice_, fields in names.TEXTS.items() for name in fields}
    assert asked <= known | {("classrooms", "subject")}, "a field that no page has any more"


@pytest.fixture
def teacher(app, clock) -> Teacher:
    return Teacher.arrive(app, clock)


def version(teacher: Teacher, page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', teacher.get(page))[1]


@pytest.mark.database("sqlite")
def test_what_can_be_changed_is_saved_first_and_then_asked_about(teacher):
    cycle = teacher.start()
    page = f"{cycle}/plan"
    assert "use the code, never a name" in teacher.get(page)
    sent = teacher.post(page, version=version(teacher, page), aim="Give Maria a turn", change="wait")
    assert sent.location.startswith(f"{page}?look=names")
    shown = teacher.get(sent.location)
    assert "“Maria” looks like a name." in shown
    assert 'aria-describedby="h-aim h-names n-aim"' in shown
    assert ">Give Maria a turn</textarea>" in shown, "nothing is lost"
    assert f'<a href="{cycle}?did=planned">' in shown
    assert "looks like a name" not in teacher.get(page), "kept as it is, nobody asks again"
    sent = teacher.post(page, version=version(teacher, page), aim="Give B a turn", change="wait")
    assert sent.location == f"{cycle}?did=planned"
    log = f"{cycle}/log"
    teacher.post(log, version=version(teacher, log), dose="twice, with Ahmed")
    for away in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert "evil" not in teacher.get(f"{page}?look=names&did=planned&then={away}").replace("&amp;", "")


@pytest.mark.database("sqlite")
def test_what_cannot_be_changed_is_asked_about_first_and_kept_when_she_says_so(teacher):
    form = {"nickname": "Jayden's group", "grade": "7", "form_key": "0" * 32}
    asked = teacher.post("/classes/new", 422, **form).text
    assert "“Jayden” looks like a name. Use the code instead" in visible(asked)
    assert 'value="Jayden&#39;s group"' in asked
    assert 'name="names_kept"' in asked
    kept = teacher.post("/classes/new", **form, names_kept="1")
    assert "Jayden" in teacher.get(kept.location)


@pytest.mark.database("sqlite")
def test_the_quick_start_asks_once_and_loses_nothing(teacher):
    page = teacher.get("/cycles/new")
    form = {
        "cycle_id": re.search(r'name="cycle_id" value="([^"]+)"', page)[1],
        "ready_set": "small_group",
        "classroom": "new",
        "nickname": "Period 4",
        "grade": "7",
        "asks_focal": "1",
        "focal_count": "5",
        "change": "let Fatima begin",
        "do": "open",
    }
    asked = teacher.post("/cycles/new", 422, **form).text
    assert "“Fatima” looks like a name." in asked
    assert 'value="let Fatima begin"' in asked
    assert teacher.post("/cycles/new", **form, names_kept="1").location.endswith("/projector")


@pytest.mark.database("sqlite")
def test_the_warning_in_a_browser_without_script(open_page, teacher):
    cycle = teacher.start()
    token = teacher.client.get_cookie("focal_session").value

    def window(**options):
        page = open_page(**options)
        page.context.add_cookies([{"name": "focal_session", "value": token, "url": "http://127.0.0.1"}])
        return page

    page = window(width=390, java_script_enabled=False)
    page.goto(f"{cycle}/plan")
    page.get_by_label("What are you after?").fill("Maria Garcia first; m.garcia@example.org")
    page.get_by_role("button", name="Save my plan").click()
    page.get_by_text("Something below looks like a name.").wait_for()
    wide = window(width=1280)
    for one in (page, wide):
        one.goto(f"{cycle}/plan?look=names&did=planned&then={cycle}?did=planned")
        one.shoot("names-saved-first")
    wide.check_axe()
    page.locator("#n-aim").get_by_role("link", name="Keep it as it is").click()
    page.get_by_text("Your plan is saved.").wait_for()
    for one in (page, wide):
        one.goto("/classes/new")
        one.get_by_label("Nickname").fill("Jayden's group")
        one.get_by_role("button", name="Add the class").click()
        one.get_by_text("Use the code instead").last.wait_for()
        one.shoot("names-asked-first")
    wide.check_axe()
    page.get_by_label("It is no student's name").check()
    page.get_by_role("button", name="Add the class").click()
    page.get_by_role("heading", name="Jayden's group", level=1).wait_for()
