"""What a teacher hands on herself moves only when enough students stand behind the move."""

import json

import pytest
from sqlalchemy import func, select

from survey_app.erasure.service import erase_class, erase_code
from survey_app.models.releases import HandOn
from survey_app.models.surveys import Administration
from survey_app.releases import packing
from survey_app.releases.thresholds import raise_thresholds
from survey_app.results.queries import snapshots_of
from survey_app.sharing import showing
from tests.survey_app.releases.small_network import SmallNetwork, late


@pytest.fixture
def network(db, clock):
    return SmallNetwork(db, clock).found()


def shown(db, cycle):
    """Return students and words of the first question, as a coach with bands reads them."""
    given = db.scalars(select(Administration).where(Administration.cycle_id == cycle.id)).all()
    [part] = showing.parts_of(db, given, "bands")
    return part.bands[0].students, part.bands[0].says


def test_a_band_stands_when_one_child_comes_late_and_goes_when_one_is_erased(db, network, clock):
    room = network.room("Ana", codes=6)
    cycle = network.lesson(room, [1, 1, 1, 1, 4])
    assert shown(db, cycle) == (5, "20 % or less")
    late(network, room, [4])
    assert shown(db, cycle) == (5, "20 % or less"), "two of six is no longer 20 %: it would be the late one's"
    erase_code(db, network.code(room, "A"), now=clock())
    assert shown(db, cycle) == (None, "too few"), "another band, or the same of four, would be A's answer"
    kept = db.scalars(select(HandOn)).one()
    behind = {one[3] for one in json.loads(packing.unpack(kept.ledger))["contributors"]}
    assert "A" not in behind
    assert {"B", "C", "D", "E"} <= behind
    erase_code(db, network.code(room, "F"), now=clock())
    assert shown(db, cycle) == (None, "too few")


def test_a_pooled_class_shows_more_once_five_more_have_answered(db, network, clock):
    room = network.room("Bo")
    cycle = network.lesson(room, [1, 1, 1, 1, 1, 4], rest=True)
    assert shown(db, cycle) == (6, "20 % or less")
    late(network, room, [4, 4, 4, 4, 4])
    [administration] = db.scalars(select(Administration).where(Administration.cycle_id == cycle.id)).all()
    assert len(snapshots_of(db, [administration.id])[administration.id]) == 2
    assert shown(db, cycle) == (11, "in between")


def test_a_network_that_asks_for_more_hands_on_less(db, network, clock):
    cycle = network.lesson(network.room("Cy"), [1, 2, 3, 4, 1, 2])
    raise_thresholds(db, network.network.id, {"smallest_group": 8})
    assert shown(db, cycle) == (None, "too few")


def test_an_erased_class_takes_what_its_bands_told_with_it(db, network, clock):
    room = network.room("Di")
    network.lesson(room, [1, 2, 3, 4, 1, 2])
    erase_code(db, network.code(room, "A"), now=clock())
    assert db.scalar(select(func.count()).select_from(HandOn)) == 1
    erase_class(db, room.classroom, now=clock())
    assert db.scalar(select(func.count()).select_from(HandOn)) == 0
