"""C. Disclosure: what can be worked out of pages, files and the database, by whoever puts heads together.

The release function's own cases (C3, C4, C6, C7, C9, C11, C12, C13, C20) stand beside it, in
tests/analytics/release; here the same is asked of what travels over the wire.
"""

import itertools
import random
import re
import uuid
from html import unescape

import pytest
from sqlalchemy import func, select, text

from survey_app.models.responses import Answer, Response
from survey_app.models.surveys import Administration
from survey_app.models.turnout import Turnout
from tests.databases import TESTS
from tests.pages import read_page
from tests.survey_app.loop.teacher import Teacher, answer, visible
from tests.survey_app.sharing.conftest import in_cycle
from tests.trust.forms import ids_of, pages
from tests.trust.routes import addresses

OTHERS = ("lead", "researcher", "administrator", "coach")


def same_for_all(body: str) -> str:
    """Return a page without what differs for every cycle: ids, dates, tokens."""
    body = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", body)
    body = re.sub(r'(name="csrf_token" value=")\w+', r"\1", body)
    return re.sub(r"\d{1,2}:\d\d( [ap]m)?", "TIME", body)


def handed_on(owner: Teacher, reader: Teacher, cycle: str, level: str = "bands") -> str:
    owner.post(f"{cycle}/share", person=str(reader.person_id), level=level, asks="")
    return reader.get(f"/shared/{cycle.split('/')[2]}")


def cycle_of(owner: Teacher, values: str, **fields) -> str:
    """Run one cycle in a new class in which each focal student picks one value everywhere."""
    cycle = owner.start(focal_count=str(max(3, len(values))), nickname="P", **fields)
    for token, value in zip(owner.cards().values(), values, strict=False):
        answer(owner.app, token, value)
    owner.see(cycle)
    owner.predict_and_lock(cycle)
    owner.post(f"{cycle}/reveal")
    return cycle


@pytest.mark.parametrize("level", ["bands"])
def test_c1_with_four_no_page_beside_the_teachers_says_a_number(app, room, level):
    cycle = cycle_of(room.owner, "1234")
    for page in (handed_on(room.owner, room.coach, cycle, level), room.owner.get(f"{cycle}/poster")):
        said = visible(page)
        assert re.search(r"[Ff]ewer than (5|five)|[Tt]oo few", said), said[:1500]
        assert not re.search(r"\b4 (of|students|answered|answers)|\bof 4\b|\d+ %", said), said[:1500]
        drawn = " ".join(
            re.findall(r"<(?:title|desc|text)[^>]*>([^<]*)", page) + re.findall(r'aria-label="([^"]*)"', page)
        )
        assert not re.search(r"\b4 (of|students)|\d+ %", drawn)


def test_c1_a_pooled_class_of_four_shows_nothing_to_its_own_teacher_in_page_or_file(teacher):
    cycle = teacher.start(asks_focal=None, asks_rest="1", rest_count="20", ready_set="whole_class")
    for token in teacher.cards(others=4).values():
        answer(teacher.app, token, "1")
    teacher.see(cycle)
    teacher.post(f"{cycle}/lock")
    teacher.post(f"{cycle}/reveal")
    said = visible(teacher.get(f"{cycle}/look"))
    assert "Fewer than 5 students" in said
    assert not re.search(r"\d of 4|Not at all \(\d", said)
    file = teacher.get(f"{cycle}/export.csv")
    assert ",student," not in file.split("\n", 1)[1], "the file holds her own rating, and no count of four"


def test_c3_and_c4_one_of_six_and_none_of_six_are_the_same_page(app, room):
    none, one = (cycle_of(room.owner, values) for values in ("111111", "111114"))
    first, second = (same_for_all(handed_on(room.owner, room.coach, cycle)) for cycle in (none, one))
    assert "20 % or less" in visible(first)
    assert not re.search(r"\b0 %|\b17 %|none of", visible(first).lower())
    assert first == second


def test_c7_no_page_for_others_takes_a_filter_or_a_date(app, clock, teacher):
    """Groupings are declared: whatever is asked for in an address, the same page comes."""
    in_cycle(teacher, decide=False)
    lead = Teacher.arrive(app, clock, "Lea Lead", roles=("lead", "researcher"))
    with app.extensions["focal_db"].reading(TESTS) as db:
        ids = ids_of(db)
    filters = {
        "from": "2026-01-01",
        "to": "2026-03-02",
        "school": "x",
        "teacher": "y",
        "grade": "7",
        "exclude": "z",
    }
    seen = 0
    for path, page in pages(app, lead.client, ids, ("improvement.keep_diagram",)):
        if path.startswith(("/network", "/research", "/releases")) and page.mimetype == "text/html":
            again = lead.client.get(path, query_string=filters)
            assert again.status_code == 422 or same_for_all(again.text) == same_for_all(page.text), path
            fields = [one for one in read_page(page.text) if one.name in ("input", "select")]
            names = {one.attributes.get("name") for one in fields} - {"csrf_token", None}
            assert not names & {"from", "to", "since", "until", "date", "teacher", "student"}, path
            seen += 1
    assert seen >= 2


def test_c10_asked_again_and_again_it_is_the_same_to_the_byte(app, room):
    cycle = cycle_of(room.owner, "112344")
    first = same_for_all(handed_on(room.owner, room.coach, cycle))
    path = f"/shared/{cycle.split('/')[2]}"
    for _ in range(12):
        assert same_for_all(room.coach.get(path)) == first, "no noise that could be averaged away"
    picture = same_for_all(room.owner.get(f"{cycle}/poster"))
    assert all(same_for_all(room.owner.get(f"{cycle}/poster")) == picture for _ in range(3))


CHILDREN = 60


def test_c14_who_answered_what_cannot_be_told_from_the_order_of_rows_and_a_web_log(app, clock, teacher):
    """The attacker has a web log with a time and a card for each of 30 children, and a dump of the database.

    She tries every order the dump has: as the file keeps it, by key, by each column, by the receipts, by the
    database's own transaction numbers. She wins when she names the answers of more children than chance does.
    """
    cycle = teacher.start(asks_focal=None, asks_rest="1", rest_count=str(CHILDREN), ready_set="whole_class")
    cards = list(teacher.cards(others=CHILDREN).values())
    draw = random.Random(14)
    sheets = [str(draw.randint(1, 4)) for _ in cards]
    web_log = []
    for token, value in zip(cards, sheets, strict=True):
        clock.forward(seconds=draw.randint(1, 9))
        web_log.append((clock(), token, value))
        answer(app, token, value)
    teacher.post(f"{cycle}/close")
    truth = [value for _at, _token, value in web_log]
    orders = dict(orders_of_a_dump(app))
    assert len(orders) >= 5
    # Four answers, 60 children: chance names 15. Of all orders and beginnings tried, one names 33 or more
    # once in nine thousand runs; an order that is kept names nearly all.
    for name, guessed in orders.items():
        assert len(guessed) == CHILDREN
        hits = max(matches(truth, guessed), matches(truth, guessed[::-1]))
        assert hits < 33, (name, hits)
    with app.extensions["focal_db"].reading(TESTS) as db:
        for table in (Response, Answer, Turnout):
            kinds = {str(column.type) for column in table.__table__.columns}
            assert not [kind for kind in kinds if "DATE" in kind.upper()], table
        assert db.scalar(select(func.count()).select_from(Response)) == CHILDREN


def matches(truth: list[str], guessed: list[str]) -> int:
    """Count the children named right, at the best place to begin: a log may hold a few lines more."""
    places = range(-3, 4)
    return max(
        sum(a == b for a, b in zip(truth[max(0, by) :], guessed[max(0, -by) :], strict=False))
        for by in places
    )


def orders_of_a_dump(app):
    """Yield every order of the sheets that a dump of the database shows, as what each one answered."""
    on_sqlite = app.extensions["focal_db"].engine.dialect.name == "sqlite"
    wanted = {
        "as the answers lie": "SELECT response_id FROM answers GROUP BY response_id"
        if on_sqlite
        else "SELECT response_id FROM answers ORDER BY ctid",
        "as the sheets lie": "SELECT id FROM responses" + ("" if on_sqlite else " ORDER BY ctid"),
        "by key": "SELECT id FROM responses ORDER BY id",
        "backwards by key": "SELECT id FROM responses ORDER BY id DESC",
        "by every column": "SELECT id FROM responses ORDER BY 2, 3, 4, 5, 6, 7, 1".replace(
            "2, 3, 4, 5, 6, 7, ", ""
        ),
    }
    if not on_sqlite:
        wanted["by transaction"] = "SELECT id FROM responses ORDER BY xmin::text::bigint, ctid"
        wanted["answers by transaction"] = "SELECT response_id FROM answers ORDER BY xmin::text::bigint, ctid"
    with app.extensions["focal_db"].reading(TESTS) as db:
        picked = {}
        for response, value in db.execute(select(Answer.response_id, Answer.value)):
            picked.setdefault(response, str(value))
        for name, statement in wanted.items():
            rows = [
                one if isinstance(one, uuid.UUID) else uuid.UUID(one) for one in db.scalars(text(statement))
            ]
            yield name, [picked[one] for one in dict.fromkeys(rows)]
        cards = [one for one in db.scalars(select(Turnout.card_id))]
        sheets = list(picked.values())
        assert len(cards) == CHILDREN, "that a card was used is kept"
        yield "turnout beside the sheets", sheets[: len(cards)]


def test_c15_nothing_for_others_can_be_sorted_searched_or_paged(app, clock, teacher):
    in_cycle(teacher, decide=False)
    lead = Teacher.arrive(app, clock, "Lea Lead", roles=("lead", "researcher"))
    with app.extensions["focal_db"].reading(TESTS) as db:
        ids = ids_of(db)
    seen = 0
    for path, page in pages(app, lead.client, ids, ("improvement.keep_diagram",)):
        if not path.startswith(("/network", "/research", "/releases")) or page.mimetype != "text/html":
            continue
        seen += 1
        for one in read_page(page.text):
            asked = one.attributes.get("href", "") + one.attributes.get("name", "")
            assert not re.search(r"[?&](sort|order|page|offset|limit)=|^(sort|order_by)$", asked), (
                path,
                asked,
            )
            assert one.attributes.get("type") != "search", path
            assert "aria-sort" not in one.attributes, path
        assert "".join(page.text.split()).lower().count("sortable") == 0, path
    assert seen >= 2


def test_c16_three_or_four_students_make_the_same_page_at_the_same_cost(app, room, count_statements):
    told = []
    for values in ("111", "4444"):
        cycle = cycle_of(room.owner, values)
        room.owner.post(f"{cycle}/share", person=str(room.coach.person_id), level="bands", asks="")
        path = f"/shared/{cycle.split('/')[2]}"
        room.coach.get(path)
        with count_statements(app.extensions["focal_db"].engine) as counted:
            page = same_for_all(room.coach.get(path))
        told.append((page, len(counted)))
    assert told[0] == told[1]


def test_c19_the_table_behind_a_picture_says_what_the_picture_says(app, room):
    cycle = cycle_of(room.owner, "112344")
    for page in (handed_on(room.owner, room.coach, cycle), room.owner.get(f"{cycle}/poster")):
        for figure in re.findall(r"<figure.*?</figure>", page, re.DOTALL):
            table = visible("".join(re.findall(r"<table.*?</table>", figure, re.DOTALL)))
            drawn = unescape(" ".join(re.findall(r"<text[^>]*>(?:<tspan[^>]*>)?([^<]+)", figure)))
            exact = re.compile(r"\b\d+ of \d+\b|\b(?!20\b|80\b)\d+ %")
            assert not exact.search(table), table
            assert not exact.search(drawn), drawn
        assert not re.search(r'"(values|datasets)":', page), "no data beside the picture"


def test_c11_and_c20_no_role_beside_the_teacher_reads_a_childs_words(app, clock, teacher):
    """The words of a child reach nobody: what is shared of them goes through the release of texts."""
    secret = "we measured the shadow twice"
    cycle = teacher.start()
    tokens = teacher.cards()
    text_items = [item for item in teacher.sheet(cycle)["items"] if item["kind"] == "text"]
    for token in tokens.values():
        answer(app, token, **{item["key"]: secret for item in text_items})
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    teacher.post(f"{cycle}/reveal")
    teacher.decide(cycle)
    people = [Teacher.arrive(app, clock, f"The {role}", roles=(role,)) for role in OTHERS]
    with app.extensions["focal_db"].reading(TESTS) as db:
        ids = ids_of(db)
        sheets = {str(one) for one in db.scalars(select(Response.id))}
        assert db.scalar(select(func.count()).select_from(Administration)) >= 1
    seen = 0
    for person, (endpoint, path) in itertools.product(people, list(addresses(app, **ids))):
        if endpoint in ("asset", "results.gallery", "improvement.keep_diagram"):
            continue
        if endpoint.startswith(("respond", "health")):
            continue
        page = person.client.get(path)
        seen += page.status_code == 200
        assert secret not in page.text, path
        assert not [one for one in sheets if one in page.text], path
    assert seen >= 10
