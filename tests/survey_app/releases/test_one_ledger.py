"""A lead who holds a weekly release, an item report and what was handed on subtracts one from another."""

import json

import pandas as pd
import pytest
from sqlalchemy import select

from analytics.release import Ledger, Policy, make_release
from survey_app.erasure.service import erase_code
from survey_app.models.releases import Release, ReleaseCell
from survey_app.models.research import ItemReport
from survey_app.releases import packing, service, told
from survey_app.releases import queries as release_queries
from survey_app.releases.beside_bands import release_beside_bands
from survey_app.research.scheduled import make_item_reports
from tests.survey_app.releases.small_network import SmallNetwork, three_rooms

AG = "AG1.3-12.1"


@pytest.fixture
def network(db, clock):
    return SmallNetwork(db, clock).found()


def release(db, database, clock):
    """Make the week's release; return the students behind the network's total, none where it is withheld."""
    db.commit()
    service.make_releases(database, now=clock.forward(minutes=1))
    db.expire_all()
    newest = db.scalars(select(Release).order_by(Release.made_at.desc())).first()
    where = (ReleaseCell.release_id == newest.id, ReleaseCell.table_name == "network", ReleaseCell.item == AG)
    return db.scalar(select(ReleaseCell.n).where(*where))


def report(db, database, clock, mode="coded"):
    """Work the item reports out; return the students behind the report, none where it is withheld."""
    db.commit()
    make_item_reports(database, now=clock.forward(minutes=1))
    db.expire_all()
    found = db.get(ItemReport, (AG, mode))
    return found.figures.get("students") if found else None


def four_more(network, *, rest=False):
    """Let a fourth teacher's class answer: four by code, or five without one."""
    room = network.room("Di", "North", codes=4)
    network.lesson(room, [4, 4, 4, 4, 4] if rest else [4, 4, 4, 4], rest=rest)
    return room


def test_c11_a_report_is_refused_that_a_release_could_be_taken_from(db, database, network, clock):
    three_rooms(network)
    assert release(db, database, clock) == 18
    four_more(network)
    assert report(db, database, clock) is None, "22 less 18 are the four of one class"
    clock.forward(days=7)
    for name in ("Ed", "Fay", "Guy"):
        network.lesson(network.room(name), [1, 2, 3, 4, 2, 3])
    assert release(db, database, clock) == 40
    assert report(db, database, clock) == 40, "the same answers: nothing stands between the two"


def test_c11_a_release_is_refused_that_could_be_taken_from_a_report(db, database, network, clock):
    three_rooms(network)
    assert report(db, database, clock) == 18
    four_more(network)
    assert release(db, database, clock) is None
    assert [one.fault for one in service.check_releases(database)] == [""], "made again in view of both"


def test_a_lesson_that_a_release_does_not_count_is_in_no_report(db, database, network, clock):
    rooms = three_rooms(network)
    network.lesson(rooms[0], [4, 4, 4, 4, 4, 4], number=2, unseen=(AG,))
    assert release(db, database, clock) == 18
    assert report(db, database, clock) == 18
    assert db.get(ItemReport, (AG, "coded")).figures["answers"] == 18


@pytest.mark.database("sqlite")
def test_pooled_students_have_the_same_numbers_in_both(db, database, network, clock):
    for place, name in enumerate(("Ana", "Bo", "Cy")):
        network.lesson(network.room(name), [1, 2, 3, 4, 1 + place, 2], rest=True)
    assert release(db, database, clock) == 18
    assert report(db, database, clock, "pooled") == 18
    [ledger] = release_queries.ledgers_of(db, network.network.id)
    [reports] = told.report_ledgers(db)
    behind = [
        {tuple(one) for one in json.loads(packing.unpack(row.contributors))} for row in (ledger, reports)
    ]
    assert behind[0] == behind[1]
    four_more(network, rest=True)
    assert report(db, database, clock, "pooled") == 18, "it stands as it stood: five are one class of one"


@pytest.mark.database("sqlite")
def test_an_erased_student_leaves_both_ledgers_under_one_mark(db, database, network, clock):
    rooms = three_rooms(network)
    release(db, database, clock)
    report(db, database, clock)
    erase_code(db, network.code(rooms[0], "B"), now=clock())
    db.commit()
    assert service.forget_erased(database) == 1
    db.expire_all()
    whole = told.before_reports(db)
    behind = {one[3] for one in whole.contributors if one[1] == str(rooms[0].classroom.id)}
    assert "B" not in behind
    assert len(behind) == 6, "one mark, the same in both"
    assert report(db, database, clock) is None
    assert report(db, database, clock) is None


def what_four_said(cell, *, own=0, banded) -> set[int]:
    """Return how many of four can be favourable: 22 in all, less her own and lessons of 2 to 4 of 6."""
    low, high = cell["share_low"], cell["share_high"]
    totals = [of for of in range(23) if low <= 5 * round(20 * of / 22) <= high]
    known = range(own + 2 * banded, own + 4 * banded + 1)
    return {of - some for of in totals for some in known if 0 <= of - some <= 4}


@pytest.mark.parametrize(
    ("six", "own", "four"),
    [
        # Three teachers hand on "between 20 and 80 %", before the total or after it.
        ({"a": [4, 3, 3, 4, 1, 2], "b": [4, 3, 3, 4, 1, 2], "c": [4, 3, 3, 4, 1, 2]}, 0, [4, 3, 3, 4]),
        # Two do, and the third one puts in what she knows of her own class.
        ({"a": [4, 3, 3, 1, 1, 2], "b": [4, 3, 1, 2, 1, 2], "c": [4, 3, 1, 2, 1, 2]}, 3, [1, 2, 2, 1]),
    ],
)
def test_c11_a_total_and_bands_handed_on_do_not_tell_what_the_fourth_class_said(six, own, four):
    rows = [
        {"teacher": name, "classroom": name, "administration": name, "student": str(place), "value": value}
        for name, values in (six | {"d": four}).items()
        for place, value in enumerate(values)
    ]
    answers = pd.DataFrame(rows).assign(item=AG, mode="coded")
    items = pd.DataFrame({"item": [AG], "steps": [4], "lowest": [1], "reverse": [False]})
    how = {"label": "a week", "policy": Policy(), "ledger": Ledger()}
    how["views"] = pd.DataFrame(columns=["viewer", "teacher"])
    known = {"own": own, "banded": 2 if own else 3}
    [cell] = make_release(answers, items, [()], **how).cells.to_dict("records")
    truth = sum(value > 2 for value in four)
    assert what_four_said(cell, **known) == {truth}, "all of them alike; so this is an attack"
    [cell] = release_beside_bands(answers, items, [()], **how).cells.to_dict("records")
    assert cell["status"] == "withheld" or len(what_four_said(cell, **known)) > 1
